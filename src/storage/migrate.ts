import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { fault } from '../domain/fault.ts';
import { rollBack } from './connection.ts';
import { Refused } from './faults.ts';
import { MIGRATIONS, type Migration } from './migrations/index.ts';

/** "rnds": says that a database is ours. */
const APPLICATION_ID = 0x726e6473;

interface Occasion {
	readonly now: number;
	/** Of the program. */
	readonly version: string;
	readonly fileMode: number;
	/** Given by tests only. */
	readonly migrations?: readonly Migration[];
}

/** Brings the database to the newest shape, or refuses one that a newer program made or that is not ours. */
export function migrate(db: Database.Database, path: string, occasion: Occasion): void {
	const migrations = occasion.migrations ?? MIGRATIONS;
	const newest = migrations.length;
	const found = shapeOf(db);
	if (found > newest) throw new Refused(fault('storage-newer', { path, found, known: newest }));
	if (found === 0 && !isEmpty(db)) throw new Refused(fault('storage-corrupt', { path, reason: 'not-ours' }));
	if (found > 0 && db.pragma('application_id', { simple: true }) !== APPLICATION_ID) {
		throw new Refused(fault('storage-corrupt', { path, reason: 'not-ours' }));
	}
	if (found > 0 && found < newest) copyBefore(db, `${path}.before-${newest}`, occasion.fileMode);
	for (const migration of migrations) apply(db, migration, occasion);
}

const shapeOf = (db: Database.Database): number => db.pragma('user_version', { simple: true }) as number;

function isEmpty(db: Database.Database): boolean {
	return db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
}

function apply(db: Database.Database, migration: Migration, occasion: Occasion): void {
	if (shapeOf(db) >= migration.number) return;
	try {
		db.exec('BEGIN IMMEDIATE');
		// Another process may have done it while this one waited for the lock.
		if (shapeOf(db) < migration.number) {
			db.exec(migration.sql);
			db.prepare('INSERT INTO migration (number, name, at, program) VALUES (?, ?, ?, ?)').run(
				migration.number,
				migration.name,
				occasion.now,
				occasion.version,
			);
			db.pragma(`application_id = ${APPLICATION_ID}`);
			db.pragma(`user_version = ${migration.number}`);
		}
		db.exec('COMMIT');
	} catch (cause) {
		rollBack(db);
		throw cause;
	}
}

/** A whole copy under its final name only when it is complete and on disk. */
function copyBefore(db: Database.Database, target: string, mode: number): void {
	const unfinished = `${target}.${process.pid}`;
	rmSync(unfinished, { force: true });
	const made = openSync(unfinished, 'wx', 0o600);
	// The umask took its part of the mode away.
	fchmodSync(made, mode);
	closeSync(made);
	db.prepare('VACUUM INTO ?').run(unfinished);
	const file = openSync(unfinished, 'r+');
	try {
		fsyncSync(file);
	} finally {
		closeSync(file);
	}
	renameSync(unfinished, target);
}
