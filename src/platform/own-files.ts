import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { link, lstat, open, rename, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fault } from '../domain/fault.ts';
import type { OwnFilesPort } from '../domain/ports.ts';
import { err, ok } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { fileFault } from './file-fault.ts';
import { createOwnMaking, syncFolder } from './own-making.ts';

export interface OwnFilesOptions {
	/** The group that shares the state, by number; null: only the owner. */
	readonly group?: number | null;
}

const APPEND =
	constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** What we write ourselves. A crash leaves the old file or the new one, never a half. */
export function createOwnFiles({ group = null }: OwnFilesOptions = {}): OwnFilesPort {
	const making = createOwnMaking(group);
	return {
		async write(path, text, { replace = false } = {}) {
			const folder = dirname(path);
			const temporary = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}.new`);
			const ready = await making.ensureFolder(folder);
			if (!ready.ok) return ready;
			try {
				await making.writeNew(temporary, text);
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
			const ready = await making.ensureFolder(dirname(path));
			if (!ready.ok) return ready;
			try {
				const file = await open(path, APPEND, making.fileMode);
				try {
					const found = await file.stat();
					if (!found.isFile()) return err(fault('not-a-file', { path: clean(path, { max: 300 }) }));
					if (found.size === 0 && found.uid === process.getuid?.()) await making.settle(file);
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
		ensureDirectory: making.ensureFolder,
	};
}
