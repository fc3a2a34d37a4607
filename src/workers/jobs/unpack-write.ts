import { constants } from 'node:fs';
import { link, lutimes, mkdir, open, symlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeWhole } from './file-bytes.ts';
import type { TarEntry } from './tar-read.ts';
import type { EntryKind } from './unpack-check.ts';

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** Never setuid, setgid or sticky. */
const FILE_MODE = 0o777;
const AT_ONCE = 16;

/** Fills an empty folder. Links come after all files, modes and times of folders at the very end. */
export interface Unpacking {
	add(kind: EntryKind, name: string, entry: TarEntry, body: AsyncIterable<Uint8Array>): Promise<void>;
	end(): Promise<void>;
}

type Later = readonly [name: string, entry: TarEntry];

export function createUnpacking(to: string): Unpacking {
	// Only root can give files to others; anybody else keeps what he unpacks.
	const isRoot = process.getuid?.() === 0;
	const made = new Set<string>(['.']);
	const files: string[] = [];
	const folders: Later[] = [];
	const hard: Later[] = [];
	const links: Later[] = [];

	const ensure = async (name: string): Promise<void> => {
		if (made.has(name)) return;
		await ensure(dirname(name));
		await mkdir(join(to, name), { mode: 0o700 });
		made.add(name);
	};
	const addFile = async (name: string, entry: TarEntry, body: AsyncIterable<Uint8Array>) => {
		const file = await open(join(to, name), NEW_FILE, 0o600);
		try {
			for await (const chunk of body) await writeWhole(file, chunk);
			if (isRoot) await file.chown(entry.uid, entry.gid);
			await file.chmod(entry.mode & FILE_MODE);
			await file.utimes(entry.modifiedAt, entry.modifiedAt);
		} finally {
			await file.close();
		}
		files.push(name);
	};
	return {
		async add(kind, name, entry, body) {
			await ensure(kind === 'folder' ? name : dirname(name));
			if (kind === 'file') return addFile(name, entry, body);
			(kind === 'folder' ? folders : kind === 'link' ? links : hard).push([name, entry]);
		},
		async end() {
			await inParts(files, (name) => syncPath(join(to, name)));
			for (const [name, { target }] of hard) await link(join(to, target), join(to, name));
			for (const [name, { target, modifiedAt }] of links) {
				await symlink(target, join(to, name));
				await lutimes(join(to, name), modifiedAt, modifiedAt);
			}
			// The innermost first: whatever is made in a folder changes its time.
			for (const [name, { mode, uid, gid, modifiedAt }] of folders.toReversed()) {
				const path = join(to, name);
				const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
				try {
					if (isRoot) await folder.chown(uid, gid);
					// A folder that its owner cannot enter could be neither used nor taken away.
					await folder.chmod((mode & FILE_MODE) | 0o700);
				} finally {
					await folder.close();
				}
				await utimes(path, modifiedAt, modifiedAt);
			}
			await inParts([...made], (name) => syncPath(join(to, name)));
		},
	};
}

async function inParts(names: readonly string[], act: (name: string) => Promise<void>): Promise<void> {
	for (let at = 0; at < names.length; at += AT_ONCE)
		await Promise.all(names.slice(at, at + AT_ONCE).map((name) => act(name)));
}

/** All at the end: what one sync writes down, the next ones need not wait for. */
async function syncPath(path: string): Promise<void> {
	const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch(
		(error: { code?: string }) => {
			// A file that nobody may read cannot be opened to be synced, except by root.
			if (error.code === 'EACCES') return null;
			throw error;
		},
	);
	try {
		await file?.sync();
	} finally {
		await file?.close();
	}
}
