import { type BigIntStats, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Progress } from '../../domain/backup.ts';
import type { SqliteCopyRequest } from '../../domain/backup-ports.ts';
import { type Fault, fault } from '../../domain/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { createClock } from '../../platform/clock.ts';
import type { DatabaseFile } from './sql-file.ts';
import type { Copying } from './sqlite-copy.ts';
import { BUSY_MS, distrust, hold, stateOf } from './sqlite-state.ts';

const clock = createClock();
const STEP_BYTES = 8 * 1024 * 1024;

/**
 * WAL: a read transaction holds one moment of the database while others write on; without it the copy would begin anew with every
 * write of another process. Rows and sums come from the source, so that they say what should be in the copy.
 */
export async function copySnapshot(
	request: SqliteCopyRequest,
	file: DatabaseFile,
	before: BigIntStats,
	report: (progress: Progress) => void,
): Promise<Result<Copying, Fault>> {
	const db = new Database(file.address, { readonly: true, fileMustExist: true, timeout: BUSY_MS });
	try {
		distrust(db);
		db.pragma('query_only = ON');
		hold(db);
		const asOf = clock.now();
		const pageSize = Number(db.pragma('page_size', { simple: true }));
		const pages = Number(db.pragma('page_count', { simple: true }));
		const step = Math.max(1, Math.floor(STEP_BYTES / pageSize));
		report({ phase: 'copy', done: 0, total: pages * pageSize, unit: 'bytes' });
		await db.backup(request.to, {
			progress({ totalPages, remainingPages }) {
				const done = (totalPages - remainingPages) * pageSize;
				// Before the first step it does not know yet how many there are.
				if (totalPages > 0) report({ phase: 'copy', done, total: totalPages * pageSize, unit: 'bytes' });
				return step;
			},
		});
		report({ phase: 'copy', done: pages * pageSize, total: pages * pageSize, unit: 'bytes' });
		const state = stateOf(db, request.sums, file.path);
		if (!state.ok) return state;
		const after = statSync(file.path, { bigint: true });
		// While the snapshot is held nobody may make the file shorter than it is in it.
		const least = Math.min(Number(before.size), pages * pageSize);
		if (Number(after.size) < least) return err(fault('source-changed', { path: file.path }));
		return ok({ method: 'wal-snapshot', asOf, longestLockMs: 0, state: state.value });
	} finally {
		db.close();
	}
}
