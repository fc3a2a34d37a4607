import type { CommandInput, CommandName, CommandOutput, Refusal } from '../domain/engine.ts';
import type { LogPage } from '../domain/log-line.ts';
import type { Clock } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Storage, Stored } from '../domain/storage-port.ts';
import type { Backups } from './backups/define.ts';
import type { Checks } from './checks.ts';
import type { Lease } from './lease.ts';
import type { Operations } from './operations-parts.ts';
import { lift } from './refusing.ts';
import type { Rounds } from './rounds-parts.ts';

export interface DispatchParts {
	readonly clock: Clock;
	readonly isClosing: () => boolean;
	readonly checks: Checks;
	readonly rounds: Rounds;
	readonly operations: Operations;
	readonly backups: Backups;
	readonly lease: Lease;
	readonly storage: Storage;
	readonly readLogs: (input: CommandInput<'logs.read'>) => Promise<Stored<LogPage>>;
}

type Handler<N extends CommandName> = (
	input: CommandInput<N>,
) => Result<CommandOutput<N>, Refusal> | Promise<Result<CommandOutput<N>, Refusal>>;

export type Dispatch = { readonly [N in CommandName]: Handler<N> };

type Answered<T> = Result<T, Refusal> | Promise<Result<T, Refusal>>;

/** How long a person waits for a store that another program is writing, and how often it is tried meanwhile. */
const PATIENCE_MS = 2_000;
const AGAIN_MS = 50;

/** Tries again while the store is busy; between two attempts everything else goes on. */
async function whileBusy<T>(
	clock: Clock,
	isClosing: () => boolean,
	ask: () => Answered<T>,
): Promise<Result<T, Refusal>> {
	const until = clock.monotonic() + PATIENCE_MS;
	for (;;) {
		const answered = await ask();
		const isBusy =
			!answered.ok && answered.error.kind === 'fault' && answered.error.fault.code === 'storage-busy';
		if (!isBusy || clock.monotonic() >= until) return answered;
		await new Promise<void>((resolve) => void clock.after(AGAIN_MS, resolve));
		// There may be no store any more.
		if (isClosing()) return answered;
	}
}

/** What every command does, by name: the one table between the port and the services. */
export function createDispatch({
	clock,
	isClosing,
	checks,
	rounds,
	operations,
	backups,
	lease,
	storage,
	readLogs,
}: DispatchParts): Dispatch {
	/** Round and step → how often they were written: a draft that waits must not undo what came after it. */
	const turns = new Map<string, number>();
	const overtake = (round: number, step: number | null): (() => boolean) => {
		const place = `${round} ${step}`;
		const turn = (turns.get(place) ?? 0) + 1;
		turns.set(place, turn);
		return () => turns.get(place) === turn;
	};
	const patient = <T>(ask: () => Answered<T>) => whileBusy(clock, isClosing, ask);
	return {
		'checks.ask': (input) => checks.askNow(input.checks),
		'check.detail': (input) => checks.detail(input.check),
		'check.history': ({ check, sample, fromAt, toAt, buckets }) => {
			const points = lift(storage.observations.history(check, sample, fromAt, toAt, Math.min(500, buckets)));
			return points.ok ? ok({ points: points.value }) : points;
		},
		'round.begin': (input) => patient(() => rounds.begin(input.sheet, input.dueAt)),
		'round.answer': (input) => {
			overtake(input.round, input.step);
			return patient(() => rounds.answer(input));
		},
		'round.undo': (input) => patient(() => rounds.undo(input.round, input.step, input.version)),
		'round.note': (input) => patient(() => rounds.note(input.round, input.step, input.note, input.version)),
		'round.draft': (input) => {
			const isNewest = overtake(input.round, input.step);
			return patient(() => (isNewest() ? rounds.draft(input.round, input.step, input.text) : ok({})));
		},
		'round.pin': (input) => patient(() => rounds.pin(input.round, input.step, input.source, input.line)),
		'round.sign': (input) => {
			overtake(input.round, null);
			return patient(() => rounds.sign(input.round, input.note, input.version));
		},
		'round.look': (input) => {
			lease.look(input.round);
			return ok({});
		},
		'rounds.list': (input) => rounds.list(input.limit),
		'event.tell': (input) => patient(() => rounds.tellEvent(input.event, input.note)),
		'events.list': () => rounds.events(),
		'operation.start': (input) => patient(() => operations.start(input)),
		'backups.look': () => backups.look(),
		'backup.copies': (input) => backups.copies(input.plan),
		'backup.prune-preview': (input) => backups.prunePreview(input.plan),
		'restore.preview': (input) => backups.restorePreview(input.plan, input.copy, input.target),
		'operation.cancel': (input) => operations.cancel(input.operation),
		'operation.output': (input) => {
			const unstored = operations.unstored(input.operation);
			if (unstored) return ok(unstored);
			const operation = lift(storage.operations.get(input.operation));
			if (!operation.ok) return operation;
			if (!operation.value)
				return err({ kind: 'refused', why: 'not-running', detail: { operation: input.operation } });
			const output = lift(storage.operations.output(input.operation));
			return output.ok ? ok({ operation: operation.value, output: output.value }) : output;
		},
		'operations.list': (input) => {
			const found = lift(storage.operations.list(input.limit));
			return found.ok ? ok({ operations: found.value }) : found;
		},
		'logs.read': async (input) => lift(await readLogs(input)),
		'activity.list': (input) => {
			const found = lift(storage.activity.list(input.limit));
			return found.ok ? ok({ activity: found.value }) : found;
		},
	};
}
