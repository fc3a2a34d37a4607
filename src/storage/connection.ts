import type Database from 'better-sqlite3';
import { err, ok } from '../domain/result.ts';
import type { Stored } from '../domain/storage-port.ts';
import { storageFault } from './faults.ts';

/** One open database, seen from one environment. What the repositories share. */
export interface Connection {
	readonly db: Database.Database;
	readonly environment: number;
	read<T>(work: () => T): Stored<T>;
	/** Runs in one transaction that takes the write lock at its beginning, so that two processes wait, not collide. */
	write<T>(work: () => T): Stored<T>;
	/** What was remembered from a transaction that then failed must be forgotten. */
	onRollback(forget: () => void): void;
}

export function createConnection(db: Database.Database, path: string, environment: number): Connection {
	const forgetters: (() => void)[] = [];
	const begin = db.prepare('BEGIN IMMEDIATE');
	const beginRead = db.prepare('BEGIN');
	const commit = db.prepare('COMMIT');
	const run = <T>(start: Database.Statement, work: () => T): Stored<T> => {
		// Asked for within a transaction, e.g. who lives: it is part of it, and what it throws ends the whole.
		if (db.inTransaction) return ok(work());
		try {
			start.run();
			const value = work();
			commit.run();
			return ok(value);
		} catch (cause) {
			rollBack(db);
			for (const forget of forgetters) forget();
			return err(storageFault(cause, path));
		}
	};
	return {
		db,
		environment,
		// A read is a transaction too: several statements must see one state of the database.
		read: (work) => run(beginRead, work),
		write: (work) => run(begin, work),
		onRollback: (forget) => void forgetters.push(forget),
	};
}

/** SQLite itself rolls back on a full disk; a second rollback would hide the first fault. */
export function rollBack(db: Database.Database): void {
	try {
		if (db.open && db.inTransaction) db.exec('ROLLBACK');
	} catch {
		// The connection is broken for good; the fault that led here is the one to tell.
	}
}
