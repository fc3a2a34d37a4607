import type { ConditionOutcome } from './condition/index.ts';
import type { Fault } from './fault.ts';
import type { CheckId } from './ids.ts';
import type { Level } from './level.ts';
import type { Samples } from './reading.ts';

export type Severity = 'must' | 'should';

/** Why a level is what it is: codes and values, never sentences (`i18n` says them). */
export type Reason =
	| { readonly kind: 'condition'; readonly severity: Severity; readonly outcome: ConditionOutcome }
	| { readonly kind: 'fault'; readonly fault: Fault }
	/** The check's own code threw; `id` names the crash record, `text` is the error's message. */
	| { readonly kind: 'bug'; readonly text: string };

/** Level and reasons judged from one observation. `reasons` holds what is not ok, worst first. */
export interface Verdict {
	readonly level: Level;
	readonly reasons: readonly Reason[];
	/** Every condition with its resolved values, holding ones too, for the detail view. */
	readonly outcomes: readonly { readonly severity: Severity; readonly outcome: ConditionOutcome }[];
}

/** One probe's outcome as it is stored: immutable, keyed by (check, at). */
export interface Observation {
	readonly check: CheckId;
	/** Epoch ms at which the probe began; unique per check. */
	readonly at: number;
	readonly durationMs: number;
	/** The kind's samples and the shown values together. Empty when there was a fault. */
	readonly samples: Samples;
	readonly fault: Fault | null;
	readonly level: Level;
	readonly reasons: readonly Reason[];
}

/** A check's standing. Soft until `confirm` equal verdicts; the first ok is always hard. */
export interface CheckState {
	readonly check: CheckId;
	readonly level: Level;
	readonly hard: boolean;
	/** Verdicts of this badness in a row, from 1. */
	readonly attempt: number;
	/** Epoch ms since when this level is drawn. */
	readonly since: number;
	readonly hardLevel: Level;
	readonly hardSince: number;
	/** Epoch ms of the newest observation. */
	readonly at: number;
}

/** A change of hard state, stored once and processed once. */
export interface Flip {
	readonly check: CheckId;
	readonly at: number;
	readonly from: Level;
	readonly to: Level;
}

/** What one probe left behind: written in one transaction, sent to the screen as one event. */
export interface Recorded {
	readonly observation: Observation;
	readonly state: CheckState;
	readonly flip: Flip | null;
}
