import type { Copy, CopyState, Drill, Manifest } from '../domain/backup.ts';
import type { BackupStore, PlannedRun, RestoreRequest } from '../domain/backup-store-port.ts';
import { operationId, planId } from '../domain/ids.ts';
import { levelCode, levelOf } from './codes.ts';
import type { Connection } from './connection.ts';

interface CopyRow {
	readonly plan: string;
	readonly target: string;
	readonly name: string;
	readonly at: number;
	readonly bytes: number;
	readonly state: CopyState;
	readonly manifest: string;
	readonly verified_at: number | null;
	readonly proven_at: number | null;
	readonly pinned: string | null;
}

interface DrillRow {
	readonly id: number;
	readonly plan: string;
	readonly copy: string;
	readonly target: string;
	readonly by: string;
	readonly started_at: number;
	readonly ended_at: number;
	readonly level: number;
	readonly rto_ms: number;
	readonly rpo_ms: number;
	readonly could_fail: number;
	readonly evidence: string;
	readonly operation_id: number | null;
}

interface RunRow {
	readonly planned_at: number;
	readonly attempts: number;
	readonly taken_at: number;
}

export function createBackupStore(connection: Connection): BackupStore {
	const { db, environment } = connection;
	const copies = db.prepare<[number, string], CopyRow>(
		'SELECT * FROM copy WHERE environment_id = ? AND plan = ? ORDER BY at DESC, name DESC',
	);
	const stamps = db.prepare<[number], { readonly plan: string; readonly stamp: string }>(`
		SELECT plan, concat_ws(' ', count(*), total(at), total(bytes), total(verified_at), total(proven_at), total(unicode(state)),
			count(pinned)) AS stamp FROM copy WHERE environment_id = ? GROUP BY plan`);
	const keep = db.prepare(`
		INSERT INTO copy (environment_id, plan, target, name, at, bytes, state, manifest, verified_at, proven_at, pinned)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET at = excluded.at, bytes = excluded.bytes, state = excluded.state, manifest = excluded.manifest,
			verified_at = excluded.verified_at, proven_at = excluded.proven_at, pinned = excluded.pinned`);
	const addDrill = db.prepare(`
		INSERT INTO drill (environment_id, plan, copy, target, by, started_at, ended_at, level, rto_ms, rpo_ms, could_fail, evidence, operation_id)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
	const drills = db.prepare<[number, string, number], DrillRow>(
		'SELECT * FROM drill WHERE environment_id = ? AND plan = ? ORDER BY started_at DESC, id DESC LIMIT ?',
	);
	const run = db.prepare<[number, string], RunRow>(
		'SELECT planned_at, attempts, taken_at FROM planned_run WHERE environment_id = ? AND plan = ?',
	);
	const setRun = db.prepare(`
		INSERT INTO planned_run (environment_id, plan, planned_at, attempts, taken_at) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET planned_at = excluded.planned_at, attempts = excluded.attempts, taken_at = excluded.taken_at`);
	const request = db.prepare<[number, string], RestoreRequest>(
		'SELECT copy, target, by, at FROM restore_request WHERE environment_id = ? AND plan = ?',
	);
	const setRequest = db.prepare(`
		INSERT INTO restore_request (environment_id, plan, copy, target, by, at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET copy = excluded.copy, target = excluded.target, by = excluded.by, at = excluded.at`);
	const dropRequest = db.prepare('DELETE FROM restore_request WHERE environment_id = ? AND plan = ?');
	const write = (copy: Copy) =>
		keep.run(
			environment,
			copy.plan,
			copy.target,
			copy.name,
			copy.at,
			copy.bytes,
			copy.state,
			JSON.stringify(copy.manifest),
			copy.verifiedAt,
			copy.provenAt,
			copy.pinned,
		);
	return {
		copies: (plan) => connection.read(() => copies.all(environment, plan).map(toCopy)),
		stamps: () =>
			connection.read(() => new Map(stamps.all(environment).map(({ plan, stamp }) => [planId(plan), stamp]))),
		keepCopies: (all) =>
			connection.write(() => {
				for (const copy of all) write(copy);
			}),
		drills: (plan, limit) => connection.read(() => drills.all(environment, plan, limit).map(toDrill)),
		addDrill: (drill) =>
			connection.write(() => {
				const { plan, copy, target, by, startedAt, endedAt, level, rtoMs, rpoMs, couldFail } = drill;
				const { lastInsertRowid } = addDrill.run(
					environment,
					plan,
					copy,
					target,
					by,
					startedAt,
					endedAt,
					levelCode(level),
					rtoMs,
					rpoMs,
					couldFail ? 1 : 0,
					JSON.stringify(drill.evidence),
					drill.operation,
				);
				return { ...drill, id: Number(lastInsertRowid) };
			}),
		plannedRun: (plan) => connection.read(() => toRun(run.get(environment, plan))),
		takeRun: (plan, seen, next) =>
			connection.write(() => {
				const now = toRun(run.get(environment, plan));
				if (now?.plannedAt !== seen?.plannedAt || now?.attempts !== seen?.attempts) return false;
				setRun.run(environment, plan, next.plannedAt, next.attempts, next.takenAt);
				return true;
			}),
		restoreRequest: (plan) => connection.read(() => request.get(environment, plan) ?? null),
		askRestore: (plan, asked) =>
			connection.write(() => {
				if (asked === null) dropRequest.run(environment, plan);
				else setRequest.run(environment, plan, asked.copy, asked.target, asked.by, asked.at);
			}),
	};
}

function toCopy(row: CopyRow): Copy {
	return {
		plan: planId(row.plan),
		target: row.target,
		name: row.name,
		manifest: JSON.parse(row.manifest) as Manifest,
		at: row.at,
		bytes: row.bytes,
		state: row.state,
		verifiedAt: row.verified_at,
		provenAt: row.proven_at,
		pinned: row.pinned,
	};
}

function toDrill(row: DrillRow): Drill {
	return {
		id: row.id,
		plan: planId(row.plan),
		copy: row.copy,
		target: row.target,
		by: row.by,
		startedAt: row.started_at,
		endedAt: row.ended_at,
		level: levelOf(row.level),
		rtoMs: row.rto_ms,
		rpoMs: row.rpo_ms,
		couldFail: row.could_fail === 1,
		evidence: JSON.parse(row.evidence) as Drill['evidence'],
		operation: row.operation_id === null ? null : operationId(row.operation_id),
	};
}

function toRun(row: RunRow | undefined): PlannedRun | null {
	return row === undefined
		? null
		: { plannedAt: row.planned_at, attempts: row.attempts, takenAt: row.taken_at };
}
