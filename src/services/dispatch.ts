import type { CommandInput, CommandName, CommandOutput, Refusal } from '../domain/engine.ts';
import type { LogPage } from '../domain/log-line.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Storage, Stored } from '../domain/storage-port.ts';
import type { Checks } from './checks.ts';
import type { Lease } from './lease.ts';
import type { Operations } from './operations.ts';
import { lift } from './refusing.ts';
import type { Rounds } from './rounds.ts';

export interface DispatchParts {
	readonly checks: Checks;
	readonly rounds: Rounds;
	readonly operations: Operations;
	readonly lease: Lease;
	readonly storage: Storage;
	readonly readLogs: (input: CommandInput<'logs.read'>) => Promise<Stored<LogPage>>;
}

type Handler<N extends CommandName> = (
	input: CommandInput<N>,
) => Result<CommandOutput<N>, Refusal> | Promise<Result<CommandOutput<N>, Refusal>>;

export type Dispatch = { readonly [N in CommandName]: Handler<N> };

/** What every command does, by name: the one table between the port and the services. */
export function createDispatch({
	checks,
	rounds,
	operations,
	lease,
	storage,
	readLogs,
}: DispatchParts): Dispatch {
	return {
		'checks.ask': (input) => checks.askNow(input.checks),
		'check.detail': (input) => checks.detail(input.check),
		'check.history': ({ check, sample, fromAt, toAt, buckets }) => {
			const points = lift(storage.observations.history(check, sample, fromAt, toAt, Math.min(500, buckets)));
			return points.ok ? ok({ points: points.value }) : points;
		},
		'round.begin': (input) => rounds.begin(input.sheet, input.dueAt),
		'round.answer': (input) => rounds.answer(input),
		'round.undo': (input) => rounds.undo(input.round, input.step, input.version),
		'round.note': (input) => rounds.note(input.round, input.step, input.note),
		'round.draft': (input) => rounds.draft(input.round, input.step, input.text),
		'round.pin': (input) => rounds.pin(input.round, input.step, input.source, input.line),
		'round.sign': (input) => rounds.sign(input.round, input.note, input.version),
		'round.look': (input) => {
			lease.look(input.round);
			return ok({});
		},
		'rounds.list': (input) => rounds.list(input.limit),
		'operation.start': (input) => operations.start(input),
		'operation.cancel': (input) => operations.cancel(input.operation),
		'operation.output': (input) => {
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
