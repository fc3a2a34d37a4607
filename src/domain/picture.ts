import type { BackupVerb } from './backup.ts';
import type { Fault } from './fault.ts';
import type { ActionId, CheckId, PlanId, RoundId, ServiceId, SheetId } from './ids.ts';
import type { Level } from './level.ts';
import type { Reason } from './observation.ts';
import type { OwnText } from './own-text.ts';
import type { Samples } from './reading.ts';
import type { EnvironmentDefinition, StepDefinition } from './system.ts';
import type { Unit } from './value.ts';

/** A service as the screen knows it. */
export interface ServiceFace {
	readonly id: ServiceId;
	readonly title: OwnText;
	readonly port: number | null;
	readonly hasLogs: boolean;
}

/** A check as the screen knows it: nothing secret, nothing to run. */
export interface CheckFace {
	readonly id: CheckId;
	readonly title: OwnText | null;
	readonly service: ServiceId | null;
	readonly kind: string;
	/** `GET /api/health`. */
	readonly target: string;
	readonly everyMs: number;
	readonly timeoutMs: number;
	readonly confirm: number;
	readonly must: readonly string[];
	readonly should: readonly string[];
	/** Values in the order to draw them; `expected` like `> 0`, null when nothing is expected of it. */
	readonly values: readonly {
		readonly name: string;
		readonly expected: string | null;
		readonly unit: Unit | null;
	}[];
	readonly headline: string | null;
}

export interface ActionFace {
	readonly id: ActionId;
	readonly title: OwnText;
	readonly key: string | null;
	readonly guard: 'none' | 'confirm' | 'typed';
	/** What would run, secrets masked, for the confirmation. */
	readonly command: string;
	/** Which of the program's own actions this is; null for a configured command or sequence. */
	readonly builtin: 'report' | null;
	/** Which plan's, and what it does with it; absent for everything else. */
	readonly backup?: { readonly plan: PlanId; readonly verb: BackupVerb; readonly isPinned?: boolean };
}

export interface SheetFace {
	readonly id: SheetId;
	readonly title: OwnText;
	readonly atMinute: number | null;
	readonly graceMs: number;
	readonly steps: readonly StepDefinition[];
}

/** The fixed part of the present picture; sent at the start and when the configuration is reloaded. */
export interface SystemFace {
	readonly system: string;
	readonly environment: EnvironmentDefinition;
	readonly environments: readonly EnvironmentDefinition[];
	readonly timezone: string;
	readonly operator: string;
	readonly services: readonly ServiceFace[];
	readonly checks: readonly CheckFace[];
	readonly actions: readonly ActionFace[];
	readonly sheets: readonly SheetFace[];
	readonly keys: Readonly<Record<string, string>>;
	readonly statePath: string;
	/** Shared with a group, or the owner only. */
	readonly stateGroup: string | null;
	readonly demo: boolean;
}

/** The moving part of one check. */
export interface CheckPicture {
	readonly id: CheckId;
	readonly level: Level;
	readonly hard: boolean;
	readonly attempt: number;
	readonly since: number;
	/** Newest observation; 0 before the first. */
	readonly at: number;
	readonly durationMs: number;
	readonly samples: Samples;
	readonly reasons: readonly Reason[];
	/** Its newest result is not on disk. */
	readonly unsaved: boolean;
	/** It changes too often to be believed. */
	readonly flapping: boolean;
	/** Its headline in ms as it usually is at this hour; only while it is not ok, and once enough days are known. */
	readonly usual?: number;
	/** Why its trouble is no news now; it is asked and drawn all the same. */
	readonly hushed: Hush | null;
}

/** Explained by another check's trouble, by planned work, or not asked outside its hours. */
export type Hush =
	| { readonly kind: 'needs'; readonly check: CheckId }
	| { readonly kind: 'maintenance'; readonly title: OwnText }
	| { readonly kind: 'hours'; readonly text: string };

/** One point of the sparkline: the headline in its unit (null where there was none), and whether it was bad. */
export interface TrendPoint {
	readonly at: number;
	readonly value: number | null;
	readonly level: Level;
}

/** Planned rounds of today and what became of them, computed by the engine with one `now`. */
export interface PlannedRound {
	readonly sheet: SheetId;
	readonly dueAt: number;
	readonly lateAt: number;
	readonly standing:
		| 'planned'
		/** Nothing of it is due on this day. */
		| 'not-due'
		| 'due'
		| 'late'
		| 'missed'
		| 'in-progress'
		| 'signed'
		| 'signed-with-exceptions';
	readonly round: RoundId | null;
	/** Of one that is not due: the next planned time at which something of it is; null: only after something happened. */
	readonly nextAt?: number | null;
}

export interface StoragePicture {
	readonly unsaved: number;
	readonly since: number | null;
	readonly fault: Fault | null;
}

export interface PollingPicture {
	/** Whether this console polls; else who does. */
	readonly mine: boolean;
	readonly holder: string | null;
	/** Operators with a console open on this state, and the round they look at. */
	readonly present: readonly {
		readonly session: string;
		readonly operator: string;
		readonly looking: RoundId | null;
		readonly mine: boolean;
	}[];
}

/** A position in a file, or problems of a configuration; already worded (the one place where files are named). */
export interface ConfigProblem {
	readonly file: string;
	readonly line: number;
	readonly column: number;
	readonly message: string;
	readonly hint: string | null;
	/** The line of text and a caret below it, cleaned. */
	readonly excerpt: string | null;
}
