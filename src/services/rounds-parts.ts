import type { Refusal, ToldEvent } from '../domain/engine.ts';
import type { CheckId, RoundId, SheetId } from '../domain/ids.ts';
import type { PlannedRound } from '../domain/picture.ts';
import type { Clock } from '../domain/ports.ts';
import type { Result } from '../domain/result.ts';
import type { AnswerOutcome, Evidence, Round } from '../domain/round.ts';
import type { ActivityStore, RoundStore } from '../domain/storage-port.ts';
import type { LookDefinition, SystemDefinition } from '../domain/system.ts';
import type { LateWrites } from './late-writes.ts';
import type { Present } from './present.ts';

export interface RoundsParts {
	readonly clock: Clock;
	readonly store: RoundStore;
	readonly present: Present;
	readonly system: () => SystemDefinition;
	readonly operator: string;
	/** Unique per process start: who writes a record. */
	readonly session: string;
	/** Whether this console finishes what others left unfinished; one that only asks does not. */
	readonly mends: boolean;
	/** Stores what must not be lost, later if it cannot be now. */
	readonly keep: LateWrites['put'];
	/** Hides secrets in what a person typed or pinned: what is stored is kept for ever. */
	readonly redact: (text: string) => string;
	/** The embedded demo's rounds are marked as such. */
	readonly demo: boolean;
	/** Asks these checks now; does not wait. */
	readonly askChecks: (checks: readonly CheckId[]) => void;
	/** Newest modification among files and globs, epoch ms; null when there are none. */
	readonly changedAt: (files: readonly string[]) => Promise<number | null>;
	/** What was told to have happened outside. */
	readonly events: Pick<ActivityStore, 'append' | 'told'>;
	/** Error lines for a manual step: what the operator looked at. */
	readonly lookAt: (look: LookDefinition, sinceAt: number | null) => Promise<Evidence | null>;
	/** Writes the record's files; called with the signed round, also for those a crash left without. */
	readonly writeRecord: (round: Round) => Promise<Result<readonly string[], Refusal>>;
	readonly onRound: (round: Round) => void;
	readonly onPlan: (plan: readonly PlannedRound[]) => void;
	readonly onBaseline: () => void;
	readonly onActivity: (code: string, detail: Record<string, string | number>) => void;
}

export type RoundsResult = Promise<Result<{ readonly round: Round }, Refusal>>;

export interface Rounds {
	/** Reads what is in progress and finishes what a crash interrupted. */
	open(): Promise<void>;
	begin(sheet: SheetId, dueAt: number | null): RoundsResult;
	answer(input: {
		round: RoundId;
		step: number;
		outcome: AnswerOutcome;
		note: string;
		version: number;
	}): RoundsResult;
	undo(id: RoundId, step: number, version: number): RoundsResult;
	note(id: RoundId, step: number, note: string | null, version: number): RoundsResult;
	/** `step` null: the words of the sign-off. */
	draft(id: RoundId, step: number | null, text: string | null): Result<Record<never, never>, Refusal>;
	pin(id: RoundId, step: number, source: string, line: string): RoundsResult;
	sign(id: RoundId, note: string, version: number): RoundsResult;
	list(limit: number): Result<{ readonly rounds: readonly Round[] }, Refusal>;
	/** Evidence a launched operation left for its step. */
	found(id: RoundId, step: number, evidence: Evidence): void;
	/** New observations: rounds in progress that rest on them are told again. */
	observed(checks: ReadonlySet<CheckId>): void;
	/** Somebody else wrote: read again and tell what changed. */
	reread(): void;
	/** Writes the records of signed rounds that nobody is writing. */
	mend(): Promise<void>;
	/** Keeps that a declared event happened: who says so, now, and a note. The plan follows. */
	tellEvent(event: string, note: string): Result<{ readonly told: ToldEvent }, Refusal>;
	/** The same after an action of ours; stored later if it cannot be now. */
	follow(event: string, note: string): void;
	/** Every declared event with when it was told last. */
	events(): Result<{ readonly events: readonly ToldEvent[] }, Refusal>;
	/** Time alone makes what steps rest on too old. */
	age(): void;
	/** Tells the plan when it changed. */
	plan(now: number): void;
	planned(): readonly PlannedRound[];
	present(): readonly Round[];
	lastSigned(): Round | null;
}
