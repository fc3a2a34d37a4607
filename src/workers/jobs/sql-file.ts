import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Fault, fault } from '../../domain/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { faultOfFile } from './sql-faults.ts';

const MAGIC = 'SQLite format 3\0';
/** Byte 18 of the header: 2 says that the file is in WAL mode. */
const WAL_MODE = 2;

export interface DatabaseFile {
	readonly path: string;
	/** What SQLite is to open. */
	readonly address: string;
	/** Opened without locks and without making a `-shm`: only right while nobody writes. */
	readonly quiet: boolean;
	readonly isWal: boolean;
	readonly bytes: number;
	readonly modifiedAt: number;
}

/**
 * Looks at a database before SQLite touches it. A WAL database that nobody has open would get `-wal` and `-shm` files beside
 * it from a mere reader; it is read as an unchanging file instead, and looked at again afterwards.
 */
export function lookAt(given: string, mayBeQuiet: boolean): Result<DatabaseFile, Fault> {
	const path = resolve(given);
	try {
		const facts = statSync(path);
		if (!facts.isFile()) return err(fault('not-a-file', { path }));
		const header = readHeader(path);
		if (header.toString('latin1', 0, 16) !== MAGIC) {
			return err(fault('not-a-database', facts.size === 0 ? { path, bytes: 0 } : { path }));
		}
		const isWal = header[18] === WAL_MODE;
		const quiet = mayBeQuiet && isWal && !hasLog(path);
		const address = quiet ? `${pathToFileURL(path).href}?immutable=1` : path;
		return ok({ path, address, quiet, isWal, bytes: facts.size, modifiedAt: facts.mtimeMs });
	} catch (cause) {
		return err(faultOfFile(cause, path));
	}
}

/** Whether what was read without locks is what stands there: no log appeared, nothing was written. */
export function stillUntouched(file: DatabaseFile): boolean {
	try {
		const { size, mtimeMs } = statSync(file.path);
		return !hasLog(file.path) && size === file.bytes && mtimeMs === file.modifiedAt;
	} catch {
		return false;
	}
}

function hasLog(path: string): boolean {
	return statSync(`${path}-wal`, { throwIfNoEntry: false }) !== undefined;
}

function readHeader(path: string): Buffer {
	const file = openSync(path, 'r');
	try {
		if (!fstatSync(file).isFile()) return Buffer.alloc(0);
		const header = Buffer.alloc(100);
		return header.subarray(0, readSync(file, header, 0, 100, 0));
	} finally {
		closeSync(file);
	}
}
