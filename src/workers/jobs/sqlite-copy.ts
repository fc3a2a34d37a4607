import {
	closeSync,
	constants,
	fstatSync,
	fsyncSync,
	ftruncateSync,
	openSync,
	statSync,
	unlinkSync,
} from 'node:fs';
import Database from 'better-sqlite3';
import type { Progress } from '../../domain/backup.ts';
import type { SqliteCopied, SqliteCopyRequest } from '../../domain/backup-ports.ts';
import { type Fault, fault } from '../../domain/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { defineJob } from '../protocol.ts';
import type { Reserved } from '../reserved.ts';
import { type DatabaseFile, lookAt, stillUntouched } from './sql-file.ts';
import { copyLocked } from './sqlite-copy-locked.ts';
import { copySnapshot } from './sqlite-copy-snapshot.ts';
import { faultOfCopying, isReserved, isSame } from './sqlite-files.ts';
import { BUSY_MS, distrust, type State, stateOf } from './sqlite-state.ts';

/** `made`: the empty file at `to`, as whoever asked has made it. */
export type SqliteCopyInput = SqliteCopyRequest & { readonly made: Reserved };

/** What each way of copying brings: all the pages, and the state where the same snapshot was still there to be asked. */
export interface Copying {
	readonly method: SqliteCopied['method'];
	readonly asOf: number;
	readonly longestLockMs: number;
	readonly state: State | null;
}

const REPORT_EVERY_MS = 120;
/** What reading a file that became shorter comes to. */
const READING: ReadonlySet<string> = new Set(['database-corrupt', 'not-a-database', 'io-error']);

/**
 * Copies a database that is being written to into the empty file at `to`. In WAL the snapshot is held by a read transaction,
 * which keeps no writer out; in rollback-journal mode by locks no longer than `longestWaitMs`. Faults: those of `sql.read`,
 * `source-changed`, `disk-full`, `database-locked` {reason: keeps-changing} where the bound leaves no way. Whoever asked takes
 * away what lies at `to` after a fault.
 */
export const sqliteCopy = defineJob({
	name: 'sqlite.copy',
	async run(
		request: SqliteCopyInput,
		tell: (progress: Progress) => void,
	): Promise<Result<SqliteCopied, Fault>> {
		const report = seldom(tell);
		// Twice at most: once the quiet way, then as anybody else when a writer came meanwhile.
		for (const quiet of [true, false]) {
			const file = lookAt(request.file, quiet);
			if (!file.ok) return file;
			const copied = await copyOnce(request, file.value, report);
			// Another file in its place is no writer that came meanwhile.
			if (!file.value.quiet || (!copied.ok && copied.error.code === 'source-changed')) return copied;
			const opened = copied.ok || copied.error.code !== 'no-permission';
			if (opened && stillUntouched(file.value)) return copied;
			const emptied = empty(request);
			if (!emptied.ok) return emptied;
		}
		return err(fault('database-locked', { path: request.file }));
	},
});

async function copyOnce(
	request: SqliteCopyInput,
	file: DatabaseFile,
	report: (progress: Progress) => void,
): Promise<Result<SqliteCopied, Fault>> {
	const before = statSync(file.path, { bigint: true, throwIfNoEntry: false });
	if (before === undefined) return err(fault('database-missing', { path: file.path }));
	let copied: Result<SqliteCopied, Fault>;
	try {
		const copying = await (file.isWal ? copySnapshot : copyLocked)(request, file, before, report);
		copied = copying.ok ? finish(request, file, copying.value, report) : copying;
	} catch (cause) {
		copied = err(faultOfCopying(cause, file.path, request.to));
	}
	// Of a file that was exchanged or cut off meanwhile any other fault would only be a consequence.
	const after = statSync(file.path, { bigint: true, throwIfNoEntry: false });
	const isOther = after === undefined || !isSame(before, after);
	if (isOther || (!copied.ok && after.size < before.size && READING.has(copied.error.code)))
		return err(fault('source-changed', { path: file.path }));
	return copied;
}

/** Makes the copy one plain file that is on disk, looks whether it is sound, and asks it what was not asked of the source. */
function finish(
	request: SqliteCopyInput,
	file: DatabaseFile,
	copying: Copying,
	report: (progress: Progress) => void,
): Result<SqliteCopied, Fault> {
	const { to } = request;
	report({ phase: 'check', done: 0, total: 2, unit: 'steps' });
	const db = new Database(to, { fileMustExist: true, timeout: BUSY_MS });
	let answer: Result<State | null, Fault>;
	let pageSize: number;
	try {
		distrust(db);
		// With this no other file is made for the log that the header speaks of.
		db.pragma('locking_mode = EXCLUSIVE');
		db.pragma('synchronous = OFF');
		db.pragma('journal_mode = DELETE');
		if (db.pragma('quick_check(1)', { simple: true }) !== 'ok')
			return err(fault('database-corrupt', { path: file.path }));
		report({ phase: 'check', done: 1, total: 2, unit: 'steps' });
		pageSize = Number(db.pragma('page_size', { simple: true }));
		answer = copying.state === null ? stateOf(db, request.sums, file.path) : ok(copying.state);
	} finally {
		db.close();
	}
	if (!answer.ok) return answer;
	report({ phase: 'check', done: 2, total: 2, unit: 'steps' });
	const bytes = settle(request);
	if (!bytes.ok) return bytes;
	return ok({
		...(answer.value as State),
		method: copying.method,
		journalMode: file.isWal ? 'wal' : 'rollback',
		bytes: bytes.value,
		pageSize,
		sqliteVersion: sqliteVersion(),
		longestLockMs: copying.longestLockMs,
		asOf: copying.asOf,
	});
}

/** It is the file that was made for us, and it is on disk. */
function settle({ to, made }: SqliteCopyInput): Result<number, Fault> {
	const file = openSync(to, constants.O_RDWR | constants.O_NOFOLLOW);
	try {
		const found = fstatSync(file, { bigint: true });
		if (!isReserved(found, made)) return err(fault('name-taken', { path: to }));
		fsyncSync(file);
		return ok(Number(found.size));
	} finally {
		closeSync(file);
	}
}

function empty({ to, made }: SqliteCopyInput): Result<void, Fault> {
	const file = openSync(to, constants.O_RDWR | constants.O_NOFOLLOW);
	try {
		if (!isReserved(fstatSync(file, { bigint: true }), made)) return err(fault('name-taken', { path: to }));
		ftruncateSync(file);
	} finally {
		closeSync(file);
	}
	try {
		unlinkSync(`${to}-journal`);
	} catch {
		// There is none.
	}
	return ok(undefined);
}

function sqliteVersion(): string {
	const db = new Database(':memory:');
	try {
		return String(db.prepare('SELECT sqlite_version()').pluck().get());
	} finally {
		db.close();
	}
}

/** At most some ten a second, and each change of phase. */
function seldom(tell: (progress: Progress) => void): (progress: Progress) => void {
	let last = Number.NEGATIVE_INFINITY;
	let phase: Progress['phase'] | null = null;
	return (progress) => {
		const now = performance.now();
		if (progress.phase === phase && progress.done !== progress.total && now - last < REPORT_EVERY_MS) return;
		last = now;
		phase = progress.phase;
		tell(progress);
	};
}
