import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { fileFault } from './file-fault.ts';

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** How files and folders of ours come into being. Modes hold whatever the umask is. */
export interface OwnMaking {
	readonly fileMode: number;
	/** Gives an open file of ours its mode and group. */
	settle(file: FileHandle): Promise<void>;
	/** Opens a file that was not there; throws what the file system says. */
	openNew(path: string): Promise<FileHandle>;
	/** A whole new file, fsynced; its folder is not. */
	writeNew(path: string, text: string): Promise<void>;
	/** Makes the folder and what is missing above it; `isPrivate`: the folder itself is shared with nobody. */
	ensureFolder(path: string, isPrivate?: boolean): Promise<Result<void, Fault>>;
}

/** `group`: who shares what is made, by number; null: only the owner. */
export function createOwnMaking(group: number | null): OwnMaking {
	const fileMode = group === null ? 0o600 : 0o660;
	const folderMode = group === null ? 0o700 : 0o2770;

	const settle = async (file: FileHandle) => {
		await file.chmod(fileMode);
		if (group !== null) await file.chown(-1, group);
	};
	const openNew = async (path: string) => {
		const file = await open(path, NEW_FILE, fileMode);
		try {
			await settle(file);
			return file;
		} catch (error) {
			await file.close();
			await unlink(path).catch(() => {});
			throw error;
		}
	};

	return {
		fileMode,
		settle,
		openNew,
		async writeNew(path, text) {
			const file = await openNew(path);
			try {
				await file.writeFile(text);
				await file.sync();
			} finally {
				await file.close();
			}
		},
		// Node's own recursive mkdir never returns where making a folder fails with ENOENT below one that exists (/proc).
		async ensureFolder(path, isPrivate = false) {
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
						const isShared = group !== null && !(isPrivate && one === path);
						if (isShared) await handle.chown(-1, group);
						await handle.chmod(isShared ? folderMode : 0o700);
					});
					await syncFolder(dirname(one));
				}
				return ok(undefined);
			} catch (error) {
				return err(fileFault(error, path));
			}
		},
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
export async function syncFolder(path: string): Promise<void> {
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
