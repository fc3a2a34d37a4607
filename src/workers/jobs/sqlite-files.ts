import Database from 'better-sqlite3';
import { type Fault, fault } from '../../domain/fault.ts';
import { fileFault } from '../../platform/file-fault.ts';
import type { Reserved } from '../reserved.ts';
import { faultOfSqlite } from './sql-faults.ts';

/** Which file it is, whatever its name. */
interface Identity {
	readonly dev: bigint;
	readonly ino: bigint;
}

export function isSame(one: Identity, other: Identity): boolean {
	return one.dev === other.dev && one.ino === other.ino;
}

/** Whether it is the file that was made for us. */
export function isReserved(found: Identity, made: Reserved): boolean {
	return String(found.dev) === made.device && String(found.ino) === made.inode;
}

/** What failed while `path` was read and `to` was written; our own mistakes are thrown on. */
export function faultOfCopying(cause: unknown, path: string, to: string): Fault {
	const code = String((cause as { code?: unknown } | null)?.code);
	if (cause instanceof Database.SqliteError) {
		if (code === 'SQLITE_FULL') return fault('disk-full', { path: to });
		if (/^SQLITE_IOERR_(WRITE|FSYNC|DIR_FSYNC|TRUNCATE|DELETE)/.test(code))
			return fault('io-error', { path: to, reason: code });
		return faultOfSqlite(cause, path, null, null);
	}
	// What is read through a descriptor of the source says so by its own words; all else the system says of the new file.
	if (cause instanceof Error && /^E[A-Z0-9]+$/.test(code))
		return fileFault(cause, (cause as NodeJS.ErrnoException).syscall === 'read' ? path : to);
	throw cause;
}
