import {
	closeSync,
	constants,
	fchmodSync,
	fchownSync,
	fstatSync,
	fsyncSync,
	lstatSync,
	openSync,
	statSync,
} from 'node:fs';
import Database from 'better-sqlite3';
import type { HeavyPort } from '../../domain/backup-ports.ts';
import { type Fault, fault } from '../../domain/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { defineJob } from '../protocol.ts';
import { faultOfSqlite } from './sql-faults.ts';
import { faultOfCopying } from './sqlite-files.ts';
import { BUSY_MS, distrust } from './sqlite-state.ts';

export type SqliteChangeInput = Parameters<HeavyPort['changeSqlite']>[0];

/** They would reach past the one transaction, or past the file. SQLite reads an empty statement before another as nothing. */
const REACHES_FURTHER =
	/^(?:[\s;]|--[^\n]*(?:\n|$)|\/\*(?:[^*]|\*(?!\/))*\*\/)*(?:attach|detach|begin|commit|end|rollback|savepoint|release|vacuum|pragma)\b/i;

/**
 * Changes a database that is our own. Faults: `bad-query` {query: number of the statement from 1}, `not-a-file`,
 * `no-permission` where the owner of `as.like` cannot be taken over, those of SQLite.
 */
export const sqliteChange = defineJob({
	name: 'sqlite.change',
	run(request: SqliteChangeInput): Result<Record<never, never>, Fault> {
		const { file, statements, as } = request;
		let db: Database.Database | null = null;
		try {
			if (!lstatSync(file).isFile()) return err(fault('not-a-file', { path: file }));
			db = new Database(file, { fileMustExist: true, timeout: BUSY_MS });
			distrust(db);
			// What is overwritten shall not be found in the file's free places.
			db.pragma('secure_delete = ON');
			const changed = as === undefined ? change(db, file, statements) : ok(undefined);
			if (!changed.ok) return changed;
			if (as !== undefined) db.pragma(`journal_mode = ${as.journalMode === 'wal' ? 'WAL' : 'DELETE'}`);
			db.close();
			db = null;
			sync(file);
			return as === undefined ? ok({}) : become(file, as.like);
		} catch (cause) {
			return err(faultOfCopying(cause, file, file));
		} finally {
			db?.close();
		}
	},
});

function change(db: Database.Database, file: string, statements: readonly string[]): Result<void, Fault> {
	db.exec('BEGIN IMMEDIATE');
	// Even without a statement: an empty file becomes a database.
	if (statements.length === 0) db.pragma('user_version = 0');
	for (const [index, sql] of statements.entries()) {
		const query = String(index + 1);
		if (REACHES_FURTHER.test(sql)) return err(reachesFurther(query));
		try {
			const statement = db.prepare(sql);
			if (!statement.reader) statement.run();
			else for (const _row of statement.iterate());
			// Whatever way it was written: nothing but this file may be within reach of the next one.
			if (filesOf(db) > 1) return err(reachesFurther(query));
		} catch (cause) {
			if ((cause as { code?: unknown } | null)?.code === 'SQLITE_FULL') throw cause;
			return err(faultOfSqlite(cause, file, query, null));
		}
	}
	db.exec('COMMIT');
	return ok(undefined);
}

const reachesFurther = (query: string): Fault =>
	fault('bad-query', {
		query,
		reason: 'reaches-further',
		message: 'only statements that change rows or tables',
	});

/** Temporary tables lie in a file without a name. */
function filesOf(db: Database.Database): number {
	return (db.pragma('database_list') as { readonly name: string }[]).filter(({ name }) => name !== 'temp')
		.length;
}

function sync(path: string): void {
	const file = openSync(path, constants.O_RDWR | constants.O_NOFOLLOW);
	try {
		fsyncSync(file);
	} finally {
		closeSync(file);
	}
}

/** Takes over owner, group and mode: a program that could open the old file can open the new one. */
function become(file: string, like: string | null): Result<Record<never, never>, Fault> {
	if (like === null) return ok({});
	const model = statSync(like, { throwIfNoEntry: false });
	if (model === undefined) return ok({});
	const own = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW);
	try {
		const found = fstatSync(own);
		try {
			if (found.uid !== model.uid || found.gid !== model.gid) fchownSync(own, model.uid, model.gid);
		} catch {
			return err(fault('no-permission', { path: like, reason: 'owner' }));
		}
		fchmodSync(own, model.mode & 0o777);
		return ok({});
	} finally {
		closeSync(own);
	}
}
