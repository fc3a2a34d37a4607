import { fault } from '../domain/fault.ts';
import { actionId, type OperationId, operationId, roundId } from '../domain/ids.ts';
import type { Operation, OperationState } from '../domain/operation.ts';
import type { OperationStore, RunningOperation } from '../domain/storage-port.ts';
import { keepTail } from './bounds.ts';
import { levelCode, levelOf } from './codes.ts';
import type { Connection } from './connection.ts';
import { Refused } from './faults.ts';

/** UTF-8 bytes of output kept of one operation: the last ones, where a failure says why. */
const OUTPUT_BYTES = 64 * 1024;

interface Row {
	readonly id: number;
	readonly action: string;
	readonly title: string;
	readonly by: string;
	readonly started_at: number;
	readonly ended_at: number | null;
	readonly state: OperationState;
	readonly level: number;
	readonly samples: string;
	readonly reasons: string;
	readonly round_id: number | null;
	readonly step: number | null;
	readonly parent: number | null;
	readonly command: string;
	readonly files: string;
	readonly session: string | null;
	readonly pid: number | null;
	readonly host: string | null;
	readonly born: string | null;
}

export function createOperationStore(connection: Connection): OperationStore {
	const { db, environment } = connection;
	const insert = db.prepare(`
		INSERT INTO operation (environment_id, action, title, by, started_at, state, level, samples, reasons, round_id, step, parent, command, files, session, pid, host, born)
		VALUES (?, ?, ?, ?, ?, 'running', ?, '{}', '[]', ?, ?, ?, ?, '[]', ?, ?, ?, ?)`);
	const end = db.prepare(
		'UPDATE operation SET ended_at = ?, state = ?, level = ?, samples = ?, reasons = ?, files = ? WHERE environment_id = ? AND id = ?',
	);
	const keepOutput = db.prepare('INSERT OR REPLACE INTO operation_output (operation_id, body) VALUES (?, ?)');
	const output = db
		.prepare<[number, number], string>(
			'SELECT body FROM operation_output JOIN operation ON operation.id = operation_id WHERE environment_id = ? AND operation_id = ?',
		)
		.pluck();
	const one = db.prepare<[number, number], Row>(
		'SELECT * FROM operation WHERE environment_id = ? AND id = ?',
	);
	const newest = db.prepare<[number, number], Row>(
		'SELECT * FROM operation WHERE environment_id = ? ORDER BY id DESC LIMIT ?',
	);
	const ended = db.prepare<[number, string], Row>(
		"SELECT * FROM operation WHERE environment_id = ? AND action = ? AND state <> 'running' ORDER BY id DESC LIMIT 1",
	);
	const running = db.prepare<[number], Row>(
		"SELECT * FROM operation WHERE environment_id = ? AND state = 'running' ORDER BY id",
	);
	const load = (id: OperationId): Operation => {
		const row = one.get(environment, id);
		if (row === undefined) throw new Refused(fault('io-error', { reason: 'missing', operation: id }));
		return toOperation(row);
	};
	return {
		start: (operation, runner, lives, rivals = [operation.action]) =>
			connection.write(() => {
				const there = running
					.all(environment)
					.filter((row) => (rivals as readonly string[]).includes(row.action));
				const same = there.map(toRunning).find(lives);
				if (same) return { running: same.operation };
				const { session, pid, host, born } = runner;
				const { action, title, by, startedAt, step, parent, command } = operation;
				const { lastInsertRowid } = insert.run(
					environment,
					action,
					title,
					by,
					startedAt,
					levelCode('pending'),
					step?.round ?? null,
					step?.index ?? null,
					parent,
					command,
					session,
					pid,
					host,
					born,
				);
				return { begun: load(operationId(Number(lastInsertRowid))) };
			}),
		finish: (id, ending, text) =>
			connection.write(() => {
				const { endedAt, state, level, samples, reasons, files } = ending;
				const parts = [JSON.stringify(samples), JSON.stringify(reasons), JSON.stringify(files)];
				end.run(endedAt, state, levelCode(level), ...parts, environment, id);
				const ended = load(id);
				keepOutput.run(id, keepTail(text, OUTPUT_BYTES));
				return ended;
			}),
		get: (id) =>
			connection.read(() => {
				const row = one.get(environment, id);
				return row === undefined ? null : toOperation(row);
			}),
		output: (id) => connection.read(() => output.get(environment, id) ?? ''),
		list: (limit) => connection.read(() => newest.all(environment, limit).map(toOperation)),
		newestOf: (action) =>
			connection.read(() => {
				const row = ended.get(environment, action);
				return row === undefined ? null : toOperation(row);
			}),
		running: () => connection.read(() => running.all(environment).map(toRunning)),
	};
}

function toRunning(row: Row): RunningOperation {
	const { session, pid, host, born } = row;
	const runner = session === null || pid === null || host === null ? null : { session, pid, host, born };
	return { operation: toOperation(row), runner };
}

function toOperation(row: Row): Operation {
	return {
		id: operationId(row.id),
		action: actionId(row.action),
		title: row.title,
		by: row.by,
		startedAt: row.started_at,
		endedAt: row.ended_at,
		state: row.state,
		level: levelOf(row.level),
		samples: JSON.parse(row.samples) as Operation['samples'],
		reasons: JSON.parse(row.reasons) as Operation['reasons'],
		step:
			row.round_id === null || row.step === null ? null : { round: roundId(row.round_id), index: row.step },
		parent: row.parent === null ? null : operationId(row.parent),
		command: row.command,
		files: JSON.parse(row.files) as string[],
	};
}
