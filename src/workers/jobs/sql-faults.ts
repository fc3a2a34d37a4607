import Database from 'better-sqlite3';
import { type Fault, fault } from '../../domain/fault.ts';
import { clean } from '../../domain/text.ts';

const MESSAGE_LIMIT = 200;

/** What SQLite said of somebody's database. `query` is the sample's name, null outside of one. Our own mistakes are thrown on. */
export function faultOfSqlite(
	cause: unknown,
	path: string,
	query: string | null,
	waitedMs: number | null,
): Fault {
	const code = (cause as { code?: unknown } | null)?.code;
	const waited = waitedMs === null ? {} : { limitMs: waitedMs };
	if (!(cause instanceof Database.SqliteError) || typeof code !== 'string') {
		// better-sqlite3 itself refuses several statements in one text, and none.
		if (query !== null && cause instanceof Error && !(cause instanceof ReferenceError))
			return badQuery(query, cause);
		throw cause;
	}
	if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
		return fault('database-locked', { path, ...waited });
	}
	if (code.startsWith('SQLITE_CORRUPT')) return fault('database-corrupt', { path });
	if (code.startsWith('SQLITE_NOTADB')) return fault('not-a-database', { path });
	// Its writer died in the middle, and mending it would be writing.
	if (code === 'SQLITE_READONLY_ROLLBACK' || code === 'SQLITE_READONLY_RECOVERY') {
		return fault('database-locked', { path, reason: 'needs-recovery' });
	}
	if (/^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)/.test(code))
		return fault('no-permission', { path, reason: code });
	if (/^SQLITE_(NOMEM|FULL|IOERR_NOMEM)/.test(code)) return fault('own-limit', { reason: 'memory', path });
	if (code.startsWith('SQLITE_IOERR')) return fault('io-error', { path, reason: code });
	if (query !== null) return badQuery(query, cause);
	throw cause;
}

function badQuery(query: string, cause: Error): Fault {
	return fault('bad-query', { query, message: clean(cause.message).slice(0, MESSAGE_LIMIT) });
}

/** What the file system said of it. */
export function faultOfFile(cause: unknown, path: string): Fault {
	const code = (cause as NodeJS.ErrnoException | null)?.code;
	switch (code) {
		case 'ENOENT':
		case 'ENOTDIR':
			return fault('database-missing', { path });
		case 'EACCES':
		case 'EPERM':
			return fault('no-permission', { path });
		case undefined:
			throw cause;
		default:
			return fault('io-error', { path, reason: code });
	}
}
