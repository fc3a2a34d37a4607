import Database from 'better-sqlite3';
import type { HeavyPort, SqliteState } from '../../domain/backup-ports.ts';
import { type Fault, fault } from '../../domain/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { clean } from '../../domain/text.ts';
import { defineJob } from '../protocol.ts';
import { faultOfSqlite } from './sql-faults.ts';
import { type DatabaseFile, lookAt, stillUntouched } from './sql-file.ts';
import { BUSY_MS, distrust, hold, stateOf } from './sqlite-state.ts';

export type SqliteLookInput = Parameters<HeavyPort['lookSqlite']>[0];

const MESSAGE_LIMIT = 200;
const SHARE = 0.8;

/** Reads a database, read-only, and leaves nothing beside it. Faults: those of `sql.read`. */
export const sqliteLook = defineJob({
	name: 'sqlite.look',
	run(request: SqliteLookInput): Result<SqliteState, Fault> {
		// Twice at most, as the check does: once the quiet way, then as anybody else when a writer came meanwhile.
		for (const quiet of [true, false]) {
			const file = lookAt(request.file, quiet);
			if (!file.ok) return file;
			const found = look(request, file.value);
			if (!file.value.quiet) return found;
			const opened = found.ok || found.error.code !== 'no-permission';
			if (opened && stillUntouched(file.value)) return found;
		}
		return err(fault('database-locked', { path: request.file }));
	},
});

function look(request: SqliteLookInput, file: DatabaseFile): Result<SqliteState, Fault> {
	const { full, sums, longestWaitMs } = request;
	let db: Database.Database | null = null;
	try {
		db = new Database(file.address, {
			readonly: true,
			fileMustExist: true,
			timeout: longestWaitMs ?? BUSY_MS,
		});
		db.pragma('query_only = ON');
		distrust(db);
		hold(db);
		const began = performance.now();
		const isBounded = longestWaitMs !== undefined && !file.isWal;
		const integrity = full ? clean(String(db.pragma('integrity_check(1)', { simple: true }))) : 'unread';
		const isLate = isBounded ? () => performance.now() - began > longestWaitMs * SHARE : null;
		const state = stateOf(db, sums, file.path, isLate);
		if (!state.ok) return state;
		if (state.value === null) {
			const limitMs = longestWaitMs ?? 0;
			return err(fault('database-locked', { path: file.path, reason: 'keeps-writers-out', limitMs }));
		}
		return ok({ integrity: integrity.slice(0, MESSAGE_LIMIT), ...state.value });
	} catch (cause) {
		return err(faultOfSqlite(cause, file.path, null, longestWaitMs ?? BUSY_MS));
	} finally {
		db?.close();
	}
}
