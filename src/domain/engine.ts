import type { Drill } from './backup.ts';
import type {
	CopyPicture,
	PlanPicture,
	ProgressPicture,
	PrunePreview,
	RestorePreview,
} from './backup-picture.ts';
import type { Fault } from './fault.ts';
import type { ActionId, CheckId, OperationId, PlanId, RoundId, SheetId } from './ids.ts';
import type { LogFilter, LogPage } from './log-line.ts';
import type { Verdict } from './observation.ts';
import type { Operation } from './operation.ts';
import type { OwnText } from './own-text.ts';
import type {
	CheckPicture,
	ConfigProblem,
	PlannedRound,
	PollingPicture,
	StoragePicture,
	SystemFace,
	TrendPoint,
} from './picture.ts';
import type { Transcript } from './reading.ts';
import type { Result } from './result.ts';
import type { AnswerOutcome, Round } from './round.ts';
import type { Baseline } from './snapshot.ts';
import type { Activity, HistoryPoint } from './storage-port.ts';

/** Why something asked of the engine was not done. `conflict`: another did it first; `by` and `at` say who and when. */
export type Refusal =
	| { readonly kind: 'fault'; readonly fault: Fault }
	| { readonly kind: 'conflict'; readonly by: string; readonly at: number }
	| {
			readonly kind: 'refused';
			readonly why: RefusalCode;
			readonly detail: Readonly<Record<string, string | number>>;
	  };

export type RefusalCode =
	| 'no-such-check'
	| 'no-such-action'
	| 'no-such-round'
	| 'no-such-step'
	| 'no-such-sheet'
	| 'no-such-event'
	| 'already-signed'
	| 'already-open'
	| 'already-running'
	| 'not-running'
	| 'needs-note'
	| 'needs-answer'
	| 'needs-confirmation'
	| 'steps-open'
	| 'nothing-due'
	| 'nothing-found'
	| 'no-such-plan'
	| 'no-such-copy'
	| 'nothing-to-copy'
	| 'plan-busy'
	| 'needs-copy'
	| 'needs-second'
	| 'cannot-restore'
	| 'closing';

/** A declared event, with when it was told last; null: never. */
export interface ToldEvent {
	readonly event: string;
	readonly title: OwnText;
	readonly last: { readonly at: number; readonly by: string; readonly note: string } | null;
	/** The steps that follow it, from 0. */
	readonly steps: readonly { readonly sheet: SheetId; readonly index: number }[];
}

export interface CheckDetail {
	readonly picture: CheckPicture;
	readonly verdict: Verdict | null;
	readonly transcript: Transcript | null;
	readonly copyAs: string | null;
	/** Epoch ms at which the next probe is due, when this console polls. */
	readonly nextAt: number | null;
	/** How long the newest question waited for a place, ms. */
	readonly lateMs: number;
	readonly uptime24h: number | null;
}

/** What is typed in, and what comes back, by command name. All plain data. */
export interface Commands {
	/** Ask now. Empty list: all. Resolves when they are asked and recorded. */
	'checks.ask': {
		readonly input: { readonly checks: readonly CheckId[] };
		readonly output: { readonly asked: number };
	};
	'check.detail': { readonly input: { readonly check: CheckId }; readonly output: CheckDetail };
	'check.history': {
		readonly input: {
			readonly check: CheckId;
			readonly sample: string | null;
			readonly fromAt: number;
			readonly toAt: number;
			readonly buckets: number;
		};
		readonly output: { readonly points: readonly HistoryPoint[] };
	};
	/** `dueAt`: which planned time it is for; null takes the nearest. Joins the one in progress if there is one. */
	'round.begin': {
		readonly input: { readonly sheet: SheetId; readonly dueAt: number | null };
		readonly output: { readonly round: Round };
	};
	'round.answer': {
		readonly input: {
			readonly round: RoundId;
			readonly step: number;
			readonly outcome: AnswerOutcome;
			readonly note: string;
			/** `round.version` the operator saw. */
			readonly version: number;
		};
		readonly output: { readonly round: Round };
	};
	'round.undo': {
		readonly input: { readonly round: RoundId; readonly step: number; readonly version: number };
		readonly output: { readonly round: Round };
	};
	'round.note': {
		readonly input: {
			readonly round: RoundId;
			readonly step: number;
			readonly note: string | null;
			/** `round.version` the operator saw. */
			readonly version: number;
		};
		readonly output: { readonly round: Round };
	};
	/** Typed and not confirmed, each operator's own; `step` null: the words of the sign-off. */
	'round.draft': {
		readonly input: { readonly round: RoundId; readonly step: number | null; readonly text: string | null };
		readonly output: Record<never, never>;
	};
	/** Which round this console looks at, for "who else is here". */
	'round.look': { readonly input: { readonly round: RoundId | null }; readonly output: Record<never, never> };
	'round.sign': {
		readonly input: { readonly round: RoundId; readonly note: string; readonly version: number };
		readonly output: { readonly round: Round };
	};
	'rounds.list': {
		readonly input: { readonly limit: number };
		readonly output: { readonly rounds: readonly Round[] };
	};
	/** Says that a declared event happened; the steps that follow it are due from now on. */
	'event.tell': {
		readonly input: { readonly event: string; readonly note: string };
		readonly output: { readonly told: ToldEvent };
	};
	'events.list': {
		readonly input: Record<never, never>;
		readonly output: { readonly events: readonly ToldEvent[] };
	};
	/** `confirmed` is the environment's name where it is guarded `typed`, `yes` where `confirm`. */
	'operation.start': {
		readonly input: {
			readonly action: ActionId;
			readonly step: { readonly round: RoundId; readonly index: number } | null;
			readonly confirmed: string | null;
			/**
			 * What a backup's verb wants to know. `copy`: its name (verify, drill, restore; the newest when absent, but for restore);
			 * `target`: which target's; `pin`: why a backup is kept whatever its age, e.g. `deploy`.
			 */
			readonly args?: Readonly<Record<string, string>>;
		};
		readonly output: { readonly operation: Operation };
	};
	/** Looks into every target anew. */
	'backups.look': {
		readonly input: Record<never, never>;
		readonly output: { readonly plans: readonly PlanPicture[] };
	};
	/** Newest first. */
	'backup.copies': {
		readonly input: { readonly plan: PlanId };
		readonly output: { readonly copies: readonly CopyPicture[]; readonly drills: readonly Drill[] };
	};
	'backup.prune-preview': { readonly input: { readonly plan: PlanId }; readonly output: PrunePreview };
	'restore.preview': {
		readonly input: { readonly plan: PlanId; readonly copy: string; readonly target: string | null };
		readonly output: RestorePreview;
	};
	'operation.cancel': {
		readonly input: { readonly operation: OperationId };
		readonly output: Record<never, never>;
	};
	'operation.output': {
		readonly input: { readonly operation: OperationId };
		readonly output: { readonly operation: Operation; readonly output: string };
	};
	'operations.list': {
		readonly input: { readonly limit: number };
		readonly output: { readonly operations: readonly Operation[] };
	};
	/** `source`: a service id, a file path of the configuration, or null for all logs. Cursors are those of a LogPage. */
	'logs.read': {
		readonly input: {
			readonly source: string | null;
			readonly filter: LogFilter;
			readonly from: { readonly at: 'end' } | { readonly before: string } | { readonly after: string };
			readonly limit: number;
			/** Stop at the first error line found in the direction of `from`. */
			readonly untilError?: boolean;
		};
		readonly output: LogPage;
	};
	'activity.list': {
		readonly input: { readonly limit: number };
		readonly output: { readonly activity: readonly Activity[] };
	};
	/** Pins a log line as evidence of a manual step. */
	'round.pin': {
		readonly input: {
			readonly round: RoundId;
			readonly step: number;
			readonly source: string;
			readonly line: string;
		};
		readonly output: { readonly round: Round };
	};
}

export type CommandName = keyof Commands;
export type CommandInput<N extends CommandName> = Commands[N]['input'];
export type CommandOutput<N extends CommandName> = Commands[N]['output'];

/** Everything the engine tells, in the order it happened. All plain data. */
export type EngineEvent =
	| { readonly kind: 'system'; readonly face: SystemFace }
	| {
			readonly kind: 'picture';
			readonly now: number;
			readonly checks: readonly CheckPicture[];
			readonly trends: readonly { readonly check: CheckId; readonly points: readonly TrendPoint[] }[];
			readonly uptime: readonly { readonly check: CheckId; readonly share: number }[];
	  }
	| { readonly kind: 'recorded'; readonly now: number; readonly checks: readonly CheckPicture[] }
	| {
			readonly kind: 'uptime';
			readonly uptime: readonly { readonly check: CheckId; readonly share: number }[];
	  }
	| {
			readonly kind: 'baseline';
			readonly baseline: Baseline;
			readonly signedAt: number | null;
			readonly signedBy: string | null;
			readonly title: string | null;
	  }
	| { readonly kind: 'plan'; readonly plan: readonly PlannedRound[] }
	/** Rounds in progress, and the one just signed. */
	| { readonly kind: 'round'; readonly round: Round }
	/** Without `progress` it has none, or nothing is known yet. */
	| {
			readonly kind: 'operation';
			readonly operation: Operation;
			readonly tail: readonly string[];
			readonly progress?: ProgressPicture;
	  }
	/** All plans, whenever one of them changed. */
	| { readonly kind: 'backups'; readonly plans: readonly PlanPicture[] }
	| { readonly kind: 'polling'; readonly polling: PollingPicture }
	| { readonly kind: 'storage'; readonly storage: StoragePicture }
	| { readonly kind: 'config'; readonly problems: readonly ConfigProblem[]; readonly at: number }
	| { readonly kind: 'logs'; readonly sources: readonly string[] }
	/** A check that runs longer than its place allows, clock jumps, and other plain notices: a code and its values. */
	| {
			readonly kind: 'notice';
			readonly code: string;
			readonly detail: Readonly<Record<string, string | number>>;
			readonly at: number;
	  }
	/** The engine ended by a bug of its own; the screen says so and names the crash file. */
	| { readonly kind: 'crashed'; readonly text: string; readonly file: string | null };

/** The one port between the engine and whoever shows it: a direct call, a worker message, later a socket. */
export interface Engine {
	send<N extends CommandName>(name: N, input: CommandInput<N>): Promise<Result<CommandOutput<N>, Refusal>>;
	/** The listener first gets the present picture, then every event. Returns how to stop. */
	subscribe(listener: (event: EngineEvent) => void): () => void;
	/** Orderly end: releases the lease, stores what is pending. At most 2 s. */
	close(): Promise<void>;
}
