import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, lstat, mkdir, open, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Fault, fault } from '../domain/fault.ts';
import type { OwnFilesPort } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { fileFault } from './file-fault.ts';

export interface OwnFilesOptions {
	/** The group that shares the state, by number; null: only the owner. */
	readonly group?: number | null;
}

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const APPEND =
	constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What we write ourselves. Modes hold whatever the umask is; a crash leaves the old file or the new one, never a half. */
export function createOwnFiles({ group = null }: OwnFilesOptions = {}): OwnFilesPort {
	const fileMode = group === null ? 0o600 : 0o660;
	const folderMode = group === null ? 0o700 : 0o2770;

	const settle = async (file: FileHandle) => {
		await file.chmod(fileMode);
		if (group !== null) await file.chown(-1, group);
	};

	// Node's own recursive mkdir never returns where making a folder fails with ENOENT below one that exists (/proc).
	const ensureDirectory = async (path: string): Promise<Result<void, Fault>> => {
		try {
			const missing: string[] = [];
			let folder = path;
			for (; folder !== dirname(folder); folder = dirname(folder)) {
				const found = await stat(folder).catch((error: { code?: string }) => {
					if (error.code !== 'ENOENT') throw error;
					return null;
				});
				if (found?.isDirectory()) break;
				if (found !== null) return err(fault('not-a-file', { path: clean(folder, { max: 300 }) }));
				missing.unshift(folder);
			}
			for (const one of missing) {
				// Another process may make the same folder at the same time.
				await mkdir(one, { mode: 0o700 }).catch((error: { code?: string }) => {
					if (error.code !== 'EEXIST') throw error;
				});
				// Folders that were there belong to somebody who chose their modes; these are ours.
				await withFolder(one, async (handle) => {
					if (group !== null) await handle.chown(-1, group);
					await handle.chmod(folderMode);
				});
				await syncFolder(dirname(one));
			}
			return ok(undefined);
		} catch (error) {
			return err(fileFault(error, path));
		}
	};

	const writeNew = async (path: string, text: string) => {
		const file = await open(path, NEW_FILE, fileMode);
		try {
			await settle(file);
			await file.writeFile(text);
			await file.sync();
		} finally {
			await file.close();
		}
	};

	return {
		async write(path, text, { replace = false } = {}) {
			const folder = dirname(path);
			const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.new`);
			const ready = await ensureDirectory(folder);
			if (!ready.ok) return ready;
			try {
				await writeNew(temporary, text);
				if (replace) await rename(temporary, path);
				// A link is made only where nothing stands, in one step: two writers cannot both believe they were first.
				else await link(temporary, path);
				await syncFolder(folder);
				return ok(undefined);
			} catch (error) {
				return err(fileFault(error, path));
			} finally {
				await unlink(temporary).catch(() => {});
			}
		},
		async append(path, text) {
			const ready = await ensureDirectory(dirname(path));
			if (!ready.ok) return ready;
			try {
				const file = await open(path, APPEND, fileMode);
				try {
					const found = await file.stat();
					if (!found.isFile()) return err(fault('not-a-file', { path: clean(path, { max: 300 }) }));
					if (found.size === 0 && found.uid === process.getuid?.()) await settle(file);
					await file.writeFile(text);
					await file.sync();
				} finally {
					await file.close();
				}
				return ok(undefined);
			} catch (error) {
				return err(fileFault(error, path));
			}
		},
		exists: async (path) => (await lstat(path).catch(() => null)) !== null,
		ensureDirectory,
	};
}

async function withFolder(path: string, act: (handle: FileHandle) => Promise<void>): Promise<void> {
	const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
	try {
		await act(handle);
	} finally {
		await handle.close();
	}
}

/** A new name is on disk only when its folder is. Some file systems cannot sync a folder; then there is nothing to do. */
async function syncFolder(path: string): Promise<void> {
	try {
		const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
		try {
			await handle.sync();
		} finally {
			await handle.close();
		}
	} catch (error) {
		const { code } = error as { code?: string };
		if (code !== 'EINVAL' && code !== 'ENOTSUP' && code !== 'EACCES') throw error;
	}
}
