import { fault } from '../domain/fault.ts';
import { actionId, type OperationId, operationId, roundId } from '../domain/ids.ts';
import type { Operation, OperationState } from '../domain/operation.ts';
import type { OperationStore } from '../domain/storage-port.ts';
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
}

export function createOperationStore(connection: Connection): OperationStore {
	const { db, environment } = connection;
	const insert = db.prepare(`
		INSERT INTO operation (environment_id, action, title, by, started_at, state, level, samples, reasons, round_id, step, parent, command, files)
		VALUES (?, ?, ?, ?, ?, 'running', ?, '{}', '[]', ?, ?, ?, ?, '[]')`);
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
	const running = db.prepare<[number], Row>(
		"SELECT * FROM operation WHERE environment_id = ? AND state = 'running' ORDER BY id",
	);
	const load = (id: OperationId): Operation => {
		const row = one.get(environment, id);
		if (row === undefined) throw new Refused(fault('io-error', { reason: 'missing', operation: id }));
		return toOperation(row);
	};
	return {
		start: (operation) =>
			connection.write(() => {
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
				);
				return load(operationId(Number(lastInsertRowid)));
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
		running: () => connection.read(() => running.all(environment).map(toOperation)),
	};
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
