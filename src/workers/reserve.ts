import { type BigIntStats, constants } from 'node:fs';
import { lstat, mkdir, open, readdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { fileFault } from '../platform/file-fault.ts';
import type { Reserved } from './reserved.ts';

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** A worker that was ended may write a moment longer. */
const TRIES = 20;

export interface Reservation {
	readonly reserved: Reserved;
	/** Takes away what was made, and nothing that came in its place. */
	drop(): Promise<void>;
}

/**
 * A worker is ended in the middle of its work at a cancel or a deadline and cannot clean up: so the file is made here, empty, and
 * the worker fills it.
 */
export async function reserveFile(path: string): Promise<Result<Reservation, Fault>> {
	try {
		const file = await open(path, NEW_FILE, 0o600);
		try {
			await file.chmod(0o600);
			const reserved = reservedOf(path, await file.stat({ bigint: true }));
			return ok({
				reserved,
				async drop() {
					if (await isStill(reserved)) await unlink(path).catch(() => {});
				},
			});
		} finally {
			await file.close();
		}
	} catch (error) {
		return err(takenFault(error, path));
	}
}

/** The same for a folder that is new, or empty. */
export async function reserveFolder(path: string): Promise<Result<Reservation, Fault>> {
	try {
		const isNew = await mkdir(path, { mode: 0o700 }).then(
			() => true,
			(error: { code?: string }) => {
				if (error.code !== 'EEXIST') throw error;
				return false;
			},
		);
		const facts = await lstat(path, { bigint: true });
		const shown = clean(path, { max: 300 });
		if (!facts.isDirectory()) return err(fault('name-taken', { path: shown }));
		if ((await readdir(path)).length > 0) return err(fault('not-empty', { path: shown }));
		const reserved = reservedOf(path, facts);
		return ok({
			reserved,
			async drop() {
				for (let tried = 0; tried < TRIES && (await isStill(reserved)); tried++) {
					const names = await readdir(path).catch(() => []);
					await Promise.all(
						names.map((name) => rm(join(path, name), { recursive: true, force: true }).catch(() => {})),
					);
					if (isNew) await rm(path, { recursive: true, force: true }).catch(() => {});
					else if ((await readdir(path).catch(() => [])).length === 0) return;
				}
			},
		});
	} catch (error) {
		return err(takenFault(error, path));
	}
}

function reservedOf(path: string, facts: BigIntStats): Reserved {
	return { path, device: String(facts.dev), inode: String(facts.ino) };
}

async function isStill({ path, device, inode }: Reserved): Promise<boolean> {
	const facts = await lstat(path, { bigint: true }).catch(() => null);
	return facts !== null && String(facts.dev) === device && String(facts.ino) === inode;
}

function takenFault(error: unknown, path: string): Fault {
	const { code } = error as { code?: string };
	return code === 'EEXIST'
		? fault('name-taken', { path: clean(path, { max: 300 }) })
		: fileFault(error, path);
}
