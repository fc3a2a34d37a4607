import { lstat, unlink } from 'node:fs/promises';
import type { HeavyPort } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import type { Pool } from './pool.ts';
import { reserveFile } from './reserve.ts';
import type { Reserved } from './reserved.ts';

/** What SQLite makes beside a database while it works. */
const BESIDE = ['-journal', '-wal', '-shm'];

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
	fill: (made: Reserved) => Promise<Result<Value, Fault>>,
): Promise<Result<Value, Fault>> {
	// They would be taken for the new file's own.
	for (const each of BESIDE.map((suffix) => path + suffix))
		if ((await lstat(each).catch(() => null)) !== null)
			return err(fault('name-taken', { path: clean(each, { max: 300 }) }));
	const made = await reserveFile(path);
	if (!made.ok) return made;
	let isWhole = false;
	try {
		const filled = await fill(made.value.reserved);
		isWhole = filled.ok;
		return filled;
	} finally {
		if (!isWhole) {
			await made.value.drop();
			for (const suffix of BESIDE) await unlink(path + suffix).catch(() => {});
		}
	}
}
