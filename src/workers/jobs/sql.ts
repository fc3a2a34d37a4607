import Database from 'better-sqlite3';
import { type Fault, fault } from '../../domain/fault.ts';
import type { SqlCell, SqlRequest } from '../../domain/ports.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { readQuantity, type SampleValue } from '../../domain/value.ts';
import { defineJob } from '../protocol.ts';
import { faultOfSqlite } from './sql-faults.ts';
import { type DatabaseFile, lookAt, stillUntouched } from './sql-file.ts';
import { lookCloser } from './sql-look.ts';

/** Characters kept of a text cell. */
const TEXT_LIMIT = 10_000;

type Found = Readonly<Record<string, SqlCell>>;

/**
 * Runs single read-only statements in one read transaction. In WAL the application's writers never wait for it; in
 * rollback-journal mode they wait while it reads, at most until the deadline ends the worker. Faults:
 * `database-missing`, `not-a-database`, `not-a-file`, `database-corrupt`, `database-locked`, `no-permission`, `bad-query`
 * {query, message}, `own-limit`.
 */
export const sqlRead = defineJob({
	name: 'sql.read',
	run(request: SqlRequest): Result<Found, Fault> {
		// Twice at most: once the quiet way, then as anybody else when a writer came meanwhile.
		for (const quiet of [true, false]) {
			const file = lookAt(request.file, quiet);
			if (!file.ok) return file;
			const found = readAll(request, file.value);
			if (!file.value.quiet) return found;
			// Where addresses of this form are not understood, the quiet way does not exist.
			const opened = found.ok || found.error.code !== 'no-permission';
			if (opened && stillUntouched(file.value)) return found;
		}
		return err(fault('database-locked', { path: request.file }));
	},
});

function readAll(request: SqlRequest, file: DatabaseFile): Result<Found, Fault> {
	let db: Database.Database | null = null;
	try {
		db = new Database(file.address, { readonly: true, fileMustExist: true, timeout: request.busyTimeoutMs });
		db.pragma('query_only = ON');
		db.pragma('trusted_schema = OFF');
		db.pragma('cell_size_check = ON');
		db.exec('BEGIN');
		// The lock is taken by the first read: a busy file is told apart from a bad query.
		db.pragma('schema_version');
		const found: [string, SqlCell][] = [];
		for (const [name, sql] of Object.entries(request.queries)) {
			const one = readOne(db, name, sql, request.file);
			if (!one.ok) return one;
			found.push([name, one.value]);
		}
		const closer = lookCloser(db, request);
		return closer.ok ? ok({ ...Object.fromEntries(found), ...closer.value }) : closer;
	} catch (cause) {
		return err(faultOfSqlite(cause, request.file, null, request.busyTimeoutMs));
	} finally {
		db?.close();
	}
}

/** The value of one SELECT; `value` undefined unless it gave one row of one column. */
export function readOne(
	db: Database.Database,
	name: string,
	sql: string,
	path: string,
): Result<SqlCell, Fault> {
	try {
		const statement = db.prepare<[], unknown[]>(sql);
		if (!statement.reader || !statement.readonly || !isReading(sql)) {
			return err(
				fault('bad-query', { query: name, reason: 'not-read-only', message: 'not a read-only statement' }),
			);
		}
		statement.raw().safeIntegers();
		const startedAt = performance.now();
		let rows = 0;
		let first: unknown[] = [];
		for (const row of statement.iterate()) {
			if (rows === 0) first = row;
			rows++;
		}
		const tookMs = performance.now() - startedAt;
		if (rows !== 1 || first.length !== 1) return ok({ value: undefined, rows, tookMs });
		if (Buffer.isBuffer(first[0]))
			return err(fault('bad-query', { query: name, reason: 'blob', message: 'a BLOB is no value' }));
		return ok({ value: toSampleValue(first[0]), rows, tookMs });
	} catch (cause) {
		return err(faultOfSqlite(cause, path, name, null));
	}
}

/** PRAGMAs that look and change nothing; others may, even on a read-only handle. */
const LOOKING = new Set([
	'integrity_check',
	'quick_check',
	'foreign_key_check',
	'page_count',
	'page_size',
	'freelist_count',
	'user_version',
	'application_id',
	'schema_version',
	'journal_mode',
]);

function isReading(sql: string): boolean {
	const bare = sql.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, '');
	if (/^(?:select|with|values)\b/i.test(bare)) return true;
	const pragma = /^pragma\s+(?:\w+\s*\.\s*)?(\w+)\s*(?:\(\s*\w*\s*\))?\s*;?\s*$/i.exec(bare);
	const name = pragma?.[1]?.toLowerCase();
	if (name === undefined || !LOOKING.has(name)) return false;
	return !/\(/.test(bare) || name.endsWith('_check');
}

function toSampleValue(cell: unknown): SampleValue {
	if (cell === null || cell === undefined) return null;
	if (typeof cell === 'bigint') return { number: cell.toString(), unit: 'none' };
	if (typeof cell === 'number') return readQuantity(String(cell)) ?? String(cell);
	return cutText(String(cell));
}

/** Never in the middle of a surrogate pair. */
function cutText(text: string): string {
	if (text.length <= TEXT_LIMIT) return text;
	const cut = text.slice(0, TEXT_LIMIT);
	return /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
}
