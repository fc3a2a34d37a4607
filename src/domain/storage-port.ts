import type { BackupStore } from './backup-store-port.ts';
import type { Fault } from './fault.ts';
import type { ActionId, CheckId, OperationId, RoundId, SheetId } from './ids.ts';
import type { CheckState, Flip, Observation, Recorded } from './observation.ts';
import type { Operation } from './operation.ts';
import type { OwnText } from './own-text.ts';
import type { Result } from './result.ts';
import type { Answer, Evidence, Hand, Round, SignOff } from './round.ts';
import type { Baseline } from './snapshot.ts';
import type { StepDefinition } from './system.ts';
import type { SampleValue } from './value.ts';

/** Storage faults are `disk-full`, `read-only`, `storage-busy` (retry), `storage-corrupt`, `storage-newer`, `io-error`. */
export type Stored<T> = Result<T, Fault>;

/** One bucket of a check's history, for drawing. Level is the worst in it; value the mean of the numeric sample. */
export interface HistoryPoint {
	readonly at: number;
	readonly level: Observation['level'];
	readonly value: number | null;
	readonly count: number;
}

/** What is wanted of one check's recent past; a check is asked for once. */
export interface RecentAsk {
	readonly check: CheckId;
	/** Epoch ms of the oldest observation wanted. */
	readonly sinceAt: number;
	/** Names of the samples whose values are wanted, each once. */
	readonly samples: readonly string[];
}

/** What a sample was, as far as it can be drawn: a quantity as the nearest double, truth as it is, null for all else. */
export type Figure = number | boolean | null;

/**
 * A check's recent past, column by column, for it is made of thousands: what belongs to one observation has the same index,
 * the oldest is first, there is at least one, and the last is `newest`, which is whole.
 */
export interface Recent {
	readonly check: CheckId;
	readonly newest: Observation;
	readonly ats: readonly number[];
	readonly levels: readonly Observation['level'][];
	readonly durationsMs: readonly number[];
	/** Whether the probe brought any sample. */
	readonly hasReading: readonly boolean[];
	/** A column for each sample asked for, in that order. */
	readonly values: readonly (readonly Figure[])[];
}

/** Everything is keyed by the environment the store was opened for. All calls are synchronous and short. */
export interface ObservationStore {
	/** One transaction: observations, changed states, flips. */
	record(batch: readonly Recorded[]): Stored<void>;
	states(): Stored<readonly CheckState[]>;
	/**
	 * The recent past of each check asked for, in the order of the asks; one without any observation since then is left out.
	 * At most `limit` observations in all, the newest of them. Only what is asked for is decoded.
	 */
	recent(asks: readonly RecentAsk[], limit: number): Stored<readonly Recent[]>;
	/** One check's observations in [fromAt, toAt], oldest first, newest `limit` of them. Reads packed hours too. */
	of(check: CheckId, fromAt: number, toAt: number, limit: number): Stored<readonly Observation[]>;
	/**
	 * Bucketed history of one sample (null: the duration) for graphs with zoom: exactly `buckets` points, an empty one
	 * `pending` with count 0, so that the gap is drawn.
	 */
	history(
		check: CheckId,
		sample: string | null,
		fromAt: number,
		toAt: number,
		buckets: number,
	): Stored<readonly HistoryPoint[]>;
	/** Share of observations that were ok or warning in [fromAt, toAt] by check: {ok, count}. Uses roll-ups for closed hours. */
	uptime(
		fromAt: number,
		toAt: number,
	): Stored<ReadonlyMap<CheckId, { readonly good: number; readonly count: number }>>;
	/** Newest `limit` with `at >= sinceAt`, oldest first. */
	flips(sinceAt: number, limit: number): Stored<readonly Flip[]>;
	/** Packs and rolls up hours closed before `now`, a bounded amount a call; returns whether more is left. Applies retention. */
	compact(now: number, keepMs: number): Stored<boolean>;
}

export interface RoundStore {
	/** Fails with `io-error` {reason: 'open', …} when a round of this sheet is already in progress. */
	begin(round: {
		readonly sheet: SheetId;
		readonly title: OwnText;
		readonly dueAt: number | null;
		readonly graceMs: number;
		readonly startedAt: number;
		readonly startedBy: string;
		readonly steps: readonly StepDefinition[];
	}): Stored<Round>;
	get(id: RoundId): Stored<Round | null>;
	inProgress(): Stored<readonly Round[]>;
	/** Rounds whose `startedAt` lies in the range, newest first. */
	list(fromAt: number, toAt: number, limit: number): Stored<readonly Round[]>;
	lastSigned(sheet: SheetId | null): Stored<Round | null>;
	/**
	 * Sets or (null) takes back a step's answer. `version` is the one the operator saw of the STEP's answer state
	 * (round.version); when another answered this step since, nothing is written and the present round comes back as
	 * `conflict`.
	 */
	answer(
		id: RoundId,
		index: number,
		answer: Answer | null,
		version: number,
		/** Who takes the answer back, and when: for the trail. */
		takenBack?: Hand,
	): Stored<{ readonly round: Round; readonly conflict: boolean }>;
	/** A note written since `version` is not overwritten: nothing is written and `conflict` says so. */
	note(
		id: RoundId,
		index: number,
		note: string | null,
		version: number,
		hand: Hand,
	): Stored<{ readonly round: Round; readonly conflict: boolean }>;
	/** One operator's own typed text; `index` null: the words of the sign-off. An answer ends the answering operator's draft only. */
	draft(id: RoundId, index: number | null, text: string | null, hand: Hand): Stored<void>;
	/** Newest found evidence of an unanswered step; does not count as a change (`version` stays). */
	found(id: RoundId, index: number, evidence: readonly Evidence[]): Stored<void>;
	/** One transaction, all or nothing. `conflict`: the round is not what was seen, and nothing was written. */
	sign(id: RoundId, signing: Signing): Stored<{ readonly round: Round; readonly conflict: boolean }>;
	/** Signed rounds whose record has not been written. */
	unwritten(): Stored<readonly Round[]>;
	/** The right to write a signed round's files; false while anybody has it, or once they are written. null: given back. */
	claimRecord(id: RoundId, hand: Hand | null): Stored<boolean>;
	/** When the first round ever was begun; null before it. */
	firstAt(): Stored<number | null>;
	/** Adds paths of the written record once the files are there. */
	signedFiles(id: RoundId, files: readonly string[]): Stored<Round>;
	baseline(): Stored<Baseline>;
	/** As it stood at this instant (epoch ms): the newest value of each sample signed until then. */
	baselineAt(at: number): Stored<Baseline>;
	/** Every answer a round's steps ever had, oldest first; none is ever deleted. */
	trail(id: RoundId): Stored<readonly AnswerChange[]>;
}

/** A sign-off as it goes to the store. Its level is that of the round it leaves. */
export interface Signing {
	/** `round.version` the operator saw. */
	readonly version: number;
	/** Answers of steps that filled themselves. */
	readonly fills: readonly { readonly index: number; readonly answer: Answer }[];
	readonly signOff: Omit<SignOff, 'level' | 'files'>;
	readonly snapshot: readonly {
		readonly check: CheckId;
		readonly sample: string;
		readonly value: SampleValue;
	}[];
	/** Who writes its files. */
	readonly claimedBy: string;
}

/** One change of a step's answer; `answer` null: it was taken back. `at` and `by` are null where nobody said. */
export interface AnswerChange {
	readonly index: number;
	readonly version: number;
	readonly at: number | null;
	readonly by: string | null;
	readonly answer: Answer | null;
}

/** The process that runs an operation. `born`: when it began, in its system's own count; null where that is not known. */
export interface Runner {
	readonly session: string;
	readonly pid: number;
	readonly host: string;
	readonly born: string | null;
}

export interface RunningOperation {
	readonly operation: Operation;
	/** null: begun by a program that did not say. */
	readonly runner: Runner | null;
}

export interface OperationStore {
	/**
	 * Looks and writes in one transaction: where one of `rivals` (this action itself when absent) already runs and `lives` says
	 * that its console is there, that operation comes back as `running` and nothing is begun.
	 */
	start(
		operation: Omit<Operation, 'id' | 'endedAt' | 'state' | 'level' | 'samples' | 'reasons' | 'files'>,
		runner: Runner,
		lives: (running: RunningOperation) => boolean,
		rivals?: readonly ActionId[],
	): Stored<{ readonly begun: Operation } | { readonly running: Operation }>;
	finish(
		id: OperationId,
		end: Pick<Operation, 'endedAt' | 'state' | 'level' | 'samples' | 'reasons' | 'files'>,
		output: string,
	): Stored<Operation>;
	get(id: OperationId): Stored<Operation | null>;
	output(id: OperationId): Stored<string>;
	list(limit: number): Stored<readonly Operation[]>;
	/** The newest of this action that has ended. */
	newestOf(action: ActionId): Stored<Operation | null>;
	/** Those still `running` in the store, e.g. after a crash. */
	running(): Stored<readonly RunningOperation[]>;
}

/** What the console itself ran or changed: one line a thing, codes and values. */
export interface Activity {
	readonly at: number;
	readonly by: string;
	/** `engine.started`, `check.asked`, `operation.started`, `round.signed`, `config.reloaded`, `lease.taken`, `event.told` … */
	readonly code: string;
	readonly detail: Readonly<Record<string, string | number>>;
}

export interface ActivityStore {
	append(activity: Activity): Stored<void>;
	list(limit: number, beforeAt?: number): Stored<readonly Activity[]>;
	/** The newest `event.told` of each event, by `detail.event`. */
	told(): Stored<readonly Activity[]>;
}

export interface Holder {
	/** Unique per process start. */
	readonly session: string;
	readonly operator: string;
	readonly pid: number;
	readonly host: string;
	/** See Runner. */
	readonly born?: string | null;
}

/** The time-limited right to be the one poller, and who else is here. */
export interface LeaseStore {
	/** Takes or renews; false when another holds it and its heartbeat is younger than `ttlMs`. */
	take(holder: Holder, now: number, ttlMs: number): Stored<boolean>;
	release(holder: Holder): Stored<void>;
	holder(now: number, ttlMs: number): Stored<Holder | null>;
	/** Says that this console is open; `looking` is the round it stands in. */
	present(holder: Holder, now: number, looking: RoundId | null): Stored<void>;
	leave(holder: Holder): Stored<void>;
	sessions(
		now: number,
		ttlMs: number,
	): Stored<readonly (Holder & { readonly looking: RoundId | null; readonly since: number })[]>;
}

export interface Storage {
	readonly observations: ObservationStore;
	readonly rounds: RoundStore;
	readonly operations: OperationStore;
	readonly activity: ActivityStore;
	readonly backups: BackupStore;
	readonly lease: LeaseStore;
	/** `PRAGMA data_version`: changes when another connection wrote. */
	dataVersion(): number;
	/** Bytes of the database file and its log. */
	bytes(): number;
	close(): void;
}
