import type { ProgressPicture } from '../domain/backup-picture.ts';
import type { Refusal } from '../domain/engine.ts';
import type { ActionId, CheckId, OperationId, RoundId } from '../domain/ids.ts';
import type { Level } from '../domain/level.ts';
import type { Operation } from '../domain/operation.ts';
import type { Locale } from '../domain/own-text.ts';
import type { Clock, Leftovers, ProcessesPort } from '../domain/ports.ts';
import type { Result } from '../domain/result.ts';
import type { OperationStore, Runner, RunningOperation } from '../domain/storage-port.ts';
import type { SystemDefinition } from '../domain/system.ts';
import type { Backups } from './backups/define.ts';
import type { LateWrites } from './late-writes.ts';
import type { OperationEnd } from './run-command.ts';

export interface OperationsParts {
	readonly clock: Clock;
	readonly store: OperationStore;
	readonly processes: ProcessesPort;
	readonly system: () => SystemDefinition;
	readonly operator: string;
	readonly locale: Locale;
	readonly redact: (text: string) => string;
	/** Asks a check and returns how it stands then. */
	readonly askCheck: (check: CheckId) => Promise<{ readonly level: Level; readonly line: string }>;
	readonly leftovers: Leftovers;
	readonly report: () => Promise<OperationEnd>;
	/** This process, for the others to know whether it lives. */
	readonly runner: Runner;
	/** Whether the console that started an operation of another session may still be running it. */
	readonly isAlive: (running: RunningOperation) => boolean;
	/** Stores how an operation ended, later if it cannot be now. */
	readonly keep: LateWrites['put'];
	/** What carries out the verbs of backup plans. */
	readonly backups: () => Pick<Backups, 'refuses' | 'run'>;
	readonly onOperation: (operation: Operation, tail: readonly string[], progress?: ProgressPicture) => void;
	readonly onFinished: (operation: Operation, output: string) => void;
	readonly onActivity: (code: string, detail: Record<string, string | number>) => void;
}

export interface Operations {
	start(input: {
		action: ActionId;
		step: { readonly round: RoundId; readonly index: number } | null;
		confirmed: string | null;
		args?: Readonly<Record<string, string>>;
	}): Promise<Result<{ readonly operation: Operation }, Refusal>>;
	/** Runs a configured action to its end as a part of another operation, whose start was agreed to; null: it could not begin. */
	runWithin(id: ActionId, parent: OperationId): Promise<Operation | null>;
	/** What this console runs now. */
	present(): readonly Operation[];
	cancel(id: OperationId): Result<Record<never, never>, Refusal>;
	/** Operations a dead process left running are marked lost. */
	recover(): void;
	/** Tells operations other consoles started or ended. */
	reread(): void;
	/** How one ended that the store does not know of yet. */
	unstored(id: OperationId): { readonly operation: Operation; readonly output: string } | null;
	isBusy(): boolean;
	/** How long an orderly end should wait for `stop`, ms: what is being replaced has to come to its end, one way or the other. */
	lastMs(): number;
	/** Resolves when the operation has ended. */
	ended(id: OperationId): Promise<Operation | null>;
	stop(): Promise<void>;
	/** What would not end in time is said to be cancelled, with what it had said. */
	abandon(): void;
}
