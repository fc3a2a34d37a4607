import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import {
	chmod,
	type FileHandle,
	lstat,
	mkdtemp,
	open,
	readdir,
	readFile,
	realpath,
	rename,
	rm,
	stat,
	unlink,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { FolderEntry, FoldersPort } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import type { Clock } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { fileFault } from './file-fault.ts';
import { createLeash } from './leash.ts';
import { linkNew, renameNew } from './naming.ts';
import { createOwnMaking, syncFolder } from './own-making.ts';

export interface FoldersOptions {
	readonly clock: Clock;
	/** The group that shares what is made, by number; null: only the owner. */
	readonly group?: number | null;
	/** false: as on file systems that have none. */
	readonly hardLinks?: boolean;
	/** Where private folders are made. */
	readonly temporary?: string;
}

const BLOCK = 1024 * 1024;
const TELL_EVERY_MS = 100;

/** Files and folders of ours, as `FoldersPort` promises. */
export function createFolders({
	clock,
	group = null,
	hardLinks = true,
	temporary = tmpdir(),
}: FoldersOptions): FoldersPort {
	const making = createOwnMaking(group);

	/** `from` has to be a file of its own, and `to` gets it only where nothing stands. */
	const move = async (from: string, to: string) => {
		await renameNew(from, to, hardLinks);
		await syncBoth(from, to);
	};

	return {
		ensure: (path, { isPrivate = false } = {}) =>
			attempt(path, async () => {
				if ((await lookAt(path))?.isSymbolicLink()) return notOurs(path);
				return making.ensureFolder(path, isPrivate);
			}),
		list: (path) =>
			attempt(path, async () => {
				if (!(await lstat(path)).isDirectory()) return notOurs(path);
				const names = (await readdir(path)).sort();
				const entries: FolderEntry[] = [];
				for (const name of names) {
					// What has gone between the two looks is not in it any more.
					const found = await lookAt(join(path, name));
					if (found !== null) entries.push(entryOf(name, found));
				}
				return ok(entries);
			}),
		look: (path) =>
			attempt(path, async () => {
				const found = await lookAt(path);
				return ok(found === null ? null : entryOf(basename(path), found));
			}),
		isMount: (path) => attempt(path, async () => ok(await isMounted(path))),
		place: (from, to) =>
			attempt(to, async () => {
				if (!(await lstat(from)).isFile()) return notOurs(from);
				await move(from, to);
				return ok(undefined);
			}),
		replace: (from, to) =>
			attempt(to, async () => {
				if (!(await lstat(from)).isFile()) return notOurs(from);
				const there = await lookAt(to);
				if (there !== null && !there.isFile()) return notOurs(to);
				await rename(from, to);
				await syncBoth(from, to);
				return ok(undefined);
			}),
		move: (from, to) =>
			attempt(to, async () => {
				await move(from, to);
				return ok(undefined);
			}),
		link: (from, to) =>
			attempt(to, async () => {
				if (!(await lstat(from)).isFile()) return notOurs(from);
				if (!hardLinks || !(await linkNew(from, to)))
					return err(fault('not-supported', { what: 'hard-link', path: clean(to, { max: 300 }) }));
				await syncFolder(dirname(to));
				return ok(undefined);
			}),
		async copy(from, to, run, onBytes) {
			const leash = createLeash(clock, run);
			let source: FileHandle | null = null;
			let made: FileHandle | null = null;
			let whole = false;
			try {
				// A pipe would hold us for ever: it is opened without waiting, and then refused.
				source = await open(from, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
				if (!(await source.stat()).isFile()) return notOurs(from);
			} catch (error) {
				leash.release();
				return err(fileFault(error, from));
			}
			try {
				made = await making.openNew(to);
				const buffer = Buffer.allocUnsafe(BLOCK);
				let told = clock.monotonic();
				let done = 0;
				for (;;) {
					if (leash.ended !== null) return err(leash.ended);
					const { bytesRead } = await source.read(buffer, 0, BLOCK);
					if (bytesRead === 0) break;
					for (let at = 0; at < bytesRead; )
						at += (await made.write(buffer, at, bytesRead - at)).bytesWritten;
					done += bytesRead;
					if (clock.monotonic() - told < TELL_EVERY_MS) continue;
					told = clock.monotonic();
					onBytes?.(done);
				}
				await made.sync();
				await syncFolder(dirname(to));
				onBytes?.(done);
				whole = true;
				return ok(undefined);
			} catch (error) {
				return err(placeFault(error, to));
			} finally {
				leash.release();
				await source.close().catch(() => {});
				await made?.close().catch(() => {});
				if (made !== null && !whole) await unlink(to).catch(() => {});
			}
		},
		write: (path, text, { replace = false } = {}) =>
			attempt(path, async () => {
				const part = join(dirname(path), `.rounds-${randomBytes(8).toString('hex')}.part`);
				try {
					await making.writeNew(part, text);
					const there = replace ? await lookAt(path) : null;
					if (there !== null && !there.isFile()) return notOurs(path);
					if (replace) await rename(part, path);
					else await renameNew(part, path, hardLinks);
					await syncFolder(dirname(path));
					return ok(undefined);
				} finally {
					await unlink(part).catch(() => {});
				}
			}),
		remove: (path) =>
			attempt(path, async () => {
				const found = await lookAt(path);
				if (found === null) return ok(undefined);
				if (found.isDirectory()) return notOurs(path);
				await unlink(path).catch(unlessGone);
				await syncFolder(dirname(path));
				return ok(undefined);
			}),
		removeFolder: (path) =>
			attempt(path, async () => {
				const found = await lookAt(path);
				if (found === null) return ok(undefined);
				if (!found.isDirectory()) return notOurs(path);
				await removeTree(path);
				await syncFolder(dirname(path));
				return ok(undefined);
			}),
		privately: (act) =>
			attempt(temporary, async () => {
				const folder = await mkdtemp(join(temporary, 'rounds-'));
				try {
					return ok(await act(folder));
				} finally {
					await removeTree(folder).catch(() => {});
				}
			}),
	};
}

async function attempt<T>(path: string, act: () => Promise<Result<T, Fault>>): Promise<Result<T, Fault>> {
	try {
		return await act();
	} catch (error) {
		// Ours to mend: nothing that the file system says has no code.
		if ((error as { code?: unknown } | null)?.code === undefined) throw error;
		return err(placeFault(error, path));
	}
}

function placeFault(error: unknown, path: string): Fault {
	const { code } = error as { code?: unknown };
	return code === 'EEXIST' || code === 'ENOTEMPTY'
		? fault('name-taken', { path: clean(path, { max: 300 }) })
		: fileFault(error, path);
}

const notOurs = (path: string) => err(fault('not-a-file', { path: clean(path, { max: 300 }) }));

function unlessGone(error: { code?: string }): null {
	if (error.code !== 'ENOENT') throw error;
	return null;
}

const lookAt = (path: string): Promise<Stats | null> => lstat(path).catch(unlessGone);

function entryOf(name: string, found: Stats): FolderEntry {
	const kind = found.isFile()
		? 'file'
		: found.isDirectory()
			? 'folder'
			: found.isSymbolicLink()
				? 'link'
				: 'other';
	return { name, kind, bytes: found.size, modifiedAt: Math.round(found.mtimeMs) };
}

async function syncBoth(from: string, to: string): Promise<void> {
	await syncFolder(dirname(to));
	if (dirname(from) !== dirname(to)) await syncFolder(dirname(from));
}

/** The kernel's own list knows mounts of one file system in another place too; elsewhere the device numbers have to do. */
async function isMounted(path: string): Promise<boolean> {
	const whole = path === dirname(path) ? path : join(await realpath(dirname(path)), basename(path));
	const table = await readFile('/proc/self/mountinfo', 'latin1').catch(() => null);
	if (table !== null) {
		const points = table.split('\n').map((line) => line.split(' ')[4] ?? '');
		if (points.some((point) => unescapeMount(point) === whole)) return true;
		// A disk that is gone may not answer: only what is no mount is looked at.
		await lstat(whole);
		return false;
	}
	const found = await lstat(whole);
	if (!found.isDirectory()) return false;
	const above = await stat(dirname(whole));
	return found.dev !== above.dev || found.ino === above.ino;
}

const unescapeMount = (point: string): string =>
	Buffer.from(
		point.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
		'latin1',
	).toString('utf8');

/** Links in it are removed, not followed. What was restored may hold folders that forbid it even to their owner. */
async function removeTree(path: string): Promise<void> {
	try {
		await rm(path, { recursive: true, force: true });
	} catch (error) {
		const { code } = error as { code?: string };
		if (code !== 'EACCES' && code !== 'EPERM') throw error;
		await openTree(path);
		await rm(path, { recursive: true, force: true });
	}
}

async function openTree(path: string): Promise<void> {
	await chmod(path, 0o700);
	for (const entry of await readdir(path, { withFileTypes: true }))
		if (entry.isDirectory()) await openTree(join(path, entry.name));
}
