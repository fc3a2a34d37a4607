import type { Stats } from 'node:fs';
import { link, lstat, mkdir, open, rename, rmdir, unlink } from 'node:fs/promises';

/** What file systems without hard links say, and kernels that refuse a link to somebody else's file. */
const NO_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);

/**
 * Renames without ever overwriting: throws EEXIST where anything stands at `to`, whoever put it there and whenever. Between
 * two file systems it throws EXDEV.
 */
export async function renameNew(from: string, to: string, hardLinks = true): Promise<void> {
	const found = await lstat(from);
	if (found.isDirectory()) return renameFolder(from, to);
	if (hardLinks) {
		// A link is made only where nothing stands, in one step: two cannot both believe they were first.
		if (await linkNew(from, to)) {
			await unlink(from).catch(() => {});
			return;
		}
	}
	await renameOverOwn(from, to);
}

/** Gives a file a second name; false where the file system, or the kernel for this file, has none to give. */
export async function linkNew(from: string, to: string): Promise<boolean> {
	try {
		await link(from, to);
		return true;
	} catch (error) {
		if (!NO_LINKS.has((error as { code?: string }).code ?? '')) throw error;
		return false;
	}
}

/** A folder replaces an empty one and nothing else: so the name is taken first by an empty folder of ours. */
async function renameFolder(from: string, to: string): Promise<void> {
	await mkdir(to, { mode: 0o700 });
	try {
		await rename(from, to);
	} catch (error) {
		await rmdir(to).catch(() => {});
		// Somebody has put something into it meanwhile.
		if ((error as { code?: string }).code === 'ENOTEMPTY')
			throw Object.assign(new Error('exists'), { code: 'EEXIST' });
		throw error;
	}
}

/**
 * Without hard links, the name is taken by an empty file of ours, which is made only where nothing stands, and is what the
 * rename then replaces. A crash between the two leaves that empty file, which no manifest describes.
 */
async function renameOverOwn(from: string, to: string): Promise<void> {
	const own = await open(to, 'wx', 0o600);
	let taken: Stats;
	try {
		taken = await own.stat();
	} finally {
		await own.close();
	}
	const isOurs = async () => {
		const there = await lstat(to).catch(() => null);
		return there !== null && there.ino === taken.ino && there.dev === taken.dev && there.size === 0;
	};
	if (!(await isOurs())) throw Object.assign(new Error('exists'), { code: 'EEXIST' });
	try {
		await rename(from, to);
	} catch (error) {
		if (await isOurs()) await unlink(to).catch(() => {});
		throw error;
	}
}
