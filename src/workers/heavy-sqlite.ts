import { constants } from 'node:fs';
import { lstat, open, unlink } from 'node:fs/promises';
import type { HeavyPort } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { fileFault } from '../platform/file-fault.ts';
import type { Pool } from './pool.ts';

const NEW_FILE = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** What SQLite makes beside a database while it works. */
const BESIDE = ['-journal', '-wal', '-shm'];

interface Made {
	readonly dev: bigint;
	readonly ino: bigint;
}

/**
 * The way of backups to SQLite, always in a worker. New files are made here and not there: a worker can be ended at any moment,
 * and only who made a file knows that it may be taken away.
 */
export function createSqliteHeavy(pool: Pool): Pick<HeavyPort, 'copySqlite' | 'lookSqlite' | 'changeSqlite'> {
	return {
		copySqlite: (request, limits, onProgress) =>
			withNewFile(request.to, (made) => pool.run('sqlite.copy', { ...request, made }, limits, onProgress)),
		lookSqlite: (request, limits) => pool.run('sqlite.look', request, limits),
		changeSqlite: (request, limits) => {
			const change = () => pool.run('sqlite.change', request, limits);
			const makesOne = request.statements.length === 0 && request.as === undefined;
			return makesOne ? withNewFile(request.file, change) : change();
		},
	};
}

async function withNewFile<Value>(
	path: string,
	fill: (made: Made) => Promise<Result<Value, Fault>>,
): Promise<Result<Value, Fault>> {
	const made = await makeFile(path);
	if (!made.ok) return made;
	let isWhole = false;
	try {
		const filled = await fill(made.value);
		isWhole = filled.ok;
		return filled;
	} finally {
		if (!isWhole) await takeAway(path, made.value);
	}
}

async function makeFile(path: string): Promise<Result<Made, Fault>> {
	for (const suffix of BESIDE)
		if ((await lstat(path + suffix).catch(() => null)) !== null)
			return err(fault('name-taken', { path: path + suffix }));
	try {
		const file = await open(path, NEW_FILE, 0o600);
		try {
			await file.chmod(0o600);
			const { dev, ino } = await file.stat({ bigint: true });
			return ok({ dev, ino });
		} finally {
			await file.close();
		}
	} catch (cause) {
		const { code } = cause as { code?: string };
		if (code === 'EEXIST' || code === 'ELOOP') return err(fault('name-taken', { path }));
		return err(fileFault(cause, path));
	}
}

async function takeAway(path: string, made: Made): Promise<void> {
	const found = await lstat(path, { bigint: true }).catch(() => null);
	// Somebody else's by now: then nothing beside it is ours either.
	if (found !== null && (found.dev !== made.dev || found.ino !== made.ino)) return;
	for (const each of [path, ...BESIDE.map((suffix) => path + suffix)]) await unlink(each).catch(() => {});
}
