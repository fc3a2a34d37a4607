import { statfsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { type Fault, fault } from '../domain/fault.ts';

/** Thrown inside a transaction to roll it back and hand the fault to the caller. */
export class Refused extends Error {
	readonly fault: Fault;
	constructor(reason: Fault) {
		super(reason.code);
		this.fault = reason;
	}
}

/** A row that cannot be what we wrote, though SQLite finds nothing wrong with its page. */
export class DamagedRow extends Error {}

/**
 * What SQLite or the file system said, as one of our faults. What is not the world's doing (wrong SQL, a broken
 * constraint) is our bug and is thrown on.
 */
export function storageFault(cause: unknown, path: string): Fault {
	if (cause instanceof Refused) return cause.fault;
	if (cause instanceof DamagedRow) return fault('storage-corrupt', { path, reason: 'damaged-row' });
	const code = (cause as { code?: unknown } | null)?.code;
	if (typeof code !== 'string') throw cause;
	if (cause instanceof Database.SqliteError) return sqliteFault(cause, code, path);
	switch (code) {
		case 'ENOSPC':
		case 'EDQUOT':
			return fault('disk-full', { path });
		case 'EROFS':
		case 'EACCES':
		case 'EPERM':
			return fault('read-only', { path, reason: code });
		case 'ELOOP':
			return fault('io-error', { path, reason: 'link' });
		default:
			if (/^E[A-Z0-9]+$/.test(code)) return fault('io-error', { path, reason: code });
			throw cause;
	}
}

function sqliteFault(cause: Error, code: string, path: string): Fault {
	if (code.startsWith('SQLITE_FULL')) return fault('disk-full', { path });
	if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))
		return fault('storage-busy', { path });
	if (code.startsWith('SQLITE_READONLY') || code === 'SQLITE_PERM')
		return fault('read-only', { path, reason: code });
	if (code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB'))
		return fault('storage-corrupt', { path });
	if (code.startsWith('SQLITE_IOERR') || code.startsWith('SQLITE_CANTOPEN')) {
		// A log's shared memory that cannot grow says "I/O error", not "full".
		return fault(isFull(path) ? 'disk-full' : 'io-error', { path, reason: code });
	}
	throw cause;
}

function isFull(path: string): boolean {
	try {
		const { bavail, bsize } = statfsSync(path);
		return bavail * bsize < 65_536;
	} catch {
		return false;
	}
}
