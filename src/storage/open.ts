import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Storage } from '../domain/storage-port.ts';
import { createActivityStore } from './activity-store.ts';
import { createBackupStore } from './backup-store.ts';
import { type Connection, createConnection } from './connection.ts';
import { storageFault } from './faults.ts';
import { createLeaseStore } from './lease-store.ts';
import { migrate } from './migrate.ts';
import { createNames } from './names.ts';
import { createObservationStore } from './observation-store.ts';
import { createOperationStore } from './operation-store.ts';
import { createRoundStore } from './round-store.ts';
import { databaseIn, prepareDirectory, prepareFile, sharingWith } from './state-directory.ts';

/** How long a call may wait for another process's short transaction; longer is `storage-busy`, for the caller to retry. */
const BUSY_MS = 10;
/** Opening may meet another process making the database at the same moment. */
const OPENING_BUSY_MS = 5_000;
/** The smaller the page, the less a small batch of observations rewrites: bench/storage.ts has the figures. */
const PAGE_BYTES = 512;
/** Pages in the log before it is copied into the database. */
const CHECKPOINT_PAGES = 8192;
const LOG_LIMIT_BYTES = 16 * 1024 * 1024;

export interface StorageOptions {
	/** The state directory; the database is `rounds.db` in it. */
	readonly path: string;
	readonly environment: string;
	/** Name or number of the group that shares the state; null: the owner only. */
	readonly group: string | null;
	/** Epoch ms. */
	readonly now: number;
	/** Of the program, kept beside each migration. */
	readonly version: string;
}

/**
 * Opens (making or migrating) the one database of all environments, seen from one of them. Faults: `read-only`,
 * `disk-full`, `storage-busy`, `storage-corrupt`, `storage-newer`, `no-permission`, `io-error` {reason: 'link',
 * 'group-unknown', 'not-a-directory', …}; each with `path`.
 */
export function openStorage(options: StorageOptions): Result<Storage, Fault> {
	const file = databaseIn(options.path);
	let db: Database.Database | null = null;
	try {
		const sharing = sharingWith(options.group);
		prepareDirectory(options.path, sharing);
		prepareFile(file, sharing);
		db = new Database(file, { timeout: OPENING_BUSY_MS });
		configure(db);
		migrate(db, file, { now: options.now, version: options.version, fileMode: sharing.fileMode });
		const storage = assemble(db, file, environmentNumber(db, options.environment));
		// The log and its shared memory were made just now.
		prepareFile(file, sharing);
		db.pragma(`busy_timeout = ${BUSY_MS}`);
		return ok(storage);
	} catch (cause) {
		db?.close();
		return err(storageFault(cause, file));
	}
}

function configure(db: Database.Database): void {
	db.pragma(`page_size = ${PAGE_BYTES}`);
	// Asking for what already holds needs no lock.
	if (db.pragma('journal_mode', { simple: true }) !== 'wal') db.pragma('journal_mode = WAL');
	db.pragma('synchronous = FULL');
	db.pragma('foreign_keys = ON');
	db.pragma('trusted_schema = OFF');
	db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
	db.pragma(`journal_size_limit = ${LOG_LIMIT_BYTES}`);
}

function environmentNumber(db: Database.Database, name: string): number {
	const find = db.prepare<[string], number>('SELECT id FROM environment WHERE name = ?').pluck();
	const known = find.get(name);
	if (known !== undefined) return known;
	db.prepare('INSERT INTO environment (name) VALUES (?) ON CONFLICT (name) DO NOTHING').run(name);
	return find.get(name)!;
}

function assemble(db: Database.Database, file: string, environment: number): Storage {
	const connection: Connection = createConnection(db, file, environment);
	const checks = createNames(connection, 'check_name');
	const samples = createNames(connection, 'sample_name');
	const version = db.prepare<[], number>('PRAGMA data_version').pluck();
	let lastVersion = 0;
	return {
		observations: createObservationStore(connection, checks, samples),
		rounds: createRoundStore(connection, checks, samples),
		operations: createOperationStore(connection),
		activity: createActivityStore(connection),
		backups: createBackupStore(connection),
		lease: createLeaseStore(connection),
		dataVersion() {
			try {
				lastVersion = version.get() ?? lastVersion;
			} catch {
				// A follower asks again soon; what is wrong shows itself in the next real call.
			}
			return lastVersion;
		},
		bytes: () => sizeOf(file) + sizeOf(`${file}-wal`),
		close: () => void db.close(),
	};
}

function sizeOf(file: string): number {
	return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
