import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { glob, isDynamicPattern } from 'tinyglobby';
import { type Fault, type FaultCode, fault } from '../domain/fault.ts';
import type { LogFacts, LogFilesPort, OpenLog } from '../domain/log-port.ts';
import { err, ok, type Result } from '../domain/result.ts';

const inflate = promisify(gunzip);

const FOLDER_LIMIT = 2000;
const ROTATED_LIMIT = 64;

const CODES: Readonly<Record<string, FaultCode>> = {
	ENOENT: 'file-missing',
	ENOTDIR: 'file-missing',
	EACCES: 'no-permission',
	EPERM: 'no-permission',
	EISDIR: 'not-a-file',
	ENXIO: 'not-a-file',
	ELOOP: 'not-a-file',
};

function toFault(error: unknown, path: string): Fault {
	const code = (error as NodeJS.ErrnoException).code ?? '';
	return fault(CODES[code] ?? 'io-error', CODES[code] ? { path } : { path, reason: code || 'unknown' });
}

function factsOf(stats: Stats): LogFacts {
	return { identity: `${stats.dev}:${stats.ino}`, bytes: stats.size, modifiedAt: stats.mtimeMs };
}

/** The real file system behind the log reader. */
export function createLogFiles(): LogFilesPort {
	return { expand, facts, open: openLog, rotated, unpack, locate };
}

async function expand(globs: readonly string[], limit: number): Promise<readonly string[]> {
	const found = new Set<string>();
	for (const pattern of globs) {
		if (!isDynamicPattern(pattern)) {
			found.add(pattern);
			continue;
		}
		try {
			const paths = await glob([pattern], {
				absolute: true,
				dot: true,
				onlyFiles: false,
				expandDirectories: false,
			});
			for (const path of paths) if (!path.endsWith('/')) found.add(path);
		} catch {
			// A folder that cannot be listed has no matches; its pattern is then reported as missing.
		}
	}
	return [...found].sort().slice(0, limit);
}

async function facts(path: string): Promise<Result<LogFacts, Fault>> {
	try {
		const stats = await stat(path);
		return stats.isFile() ? ok(factsOf(stats)) : err(fault('not-a-file', { path }));
	} catch (error) {
		return err(toFault(error, path));
	}
}

async function openLog(path: string): Promise<Result<OpenLog, Fault>> {
	// Asked before opening: merely opening some devices has an effect. Not blocking, in case it was swapped since.
	const before = await facts(path);
	if (!before.ok) return before;
	let handle: FileHandle | undefined;
	try {
		handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
		const stats = await handle.stat();
		if (stats.isFile()) return ok(wrapHandle(handle, path));
		await handle.close();
		return err(fault('not-a-file', { path }));
	} catch (error) {
		await handle?.close().catch(() => {});
		return err(toFault(error, path));
	}
}

function wrapHandle(handle: FileHandle, path: string): OpenLog {
	return {
		facts: async () => {
			try {
				return ok(factsOf(await handle.stat()));
			} catch (error) {
				return err(toFault(error, path));
			}
		},
		read: async (offset, length) => {
			try {
				const buffer = Buffer.allocUnsafe(length);
				let filled = 0;
				while (filled < length) {
					const { bytesRead } = await handle.read(buffer, filled, length - filled, offset + filled);
					if (bytesRead === 0) break;
					filled += bytesRead;
				}
				return ok(buffer.subarray(0, filled));
			} catch (error) {
				return err(toFault(error, path));
			}
		},
		close: () => handle.close().catch(() => {}),
	};
}

async function rotated(path: string): Promise<readonly string[]> {
	const name = basename(path);
	const extension = extname(name);
	const stem = name.slice(0, name.length - extension.length);
	const isPart = (other: string) => {
		if (other.startsWith(name))
			return /^[.-]\d[\d_T-]*(?:\.(?:gz|bz2|xz|zst))?$/.test(other.slice(name.length));
		const inside = other.slice(stem.length, other.length - extension.length);
		return other.startsWith(stem) && other.endsWith(extension) && /^[.-]\d{8}[\d_T-]*$/.test(inside);
	};
	try {
		const names = await readdir(dirname(path));
		return names
			.filter(isPart)
			.slice(0, ROTATED_LIMIT)
			.map((found) => join(dirname(path), found));
	} catch {
		return [];
	}
}

async function unpack(path: string, limit: number): Promise<Result<string, Fault>> {
	const opened = await openLog(path);
	if (!opened.ok) return opened;
	try {
		const sizes = await opened.value.facts();
		if (!sizes.ok) return sizes;
		if (sizes.value.bytes > limit) return err(fault('log-too-large', { limitBytes: limit, path }));
		const packed = await opened.value.read(0, sizes.value.bytes);
		if (!packed.ok) return packed;
		const text = await inflate(packed.value, { maxOutputLength: limit });
		return ok(text.toString('utf8'));
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		return code === 'ERR_BUFFER_TOO_LARGE'
			? err(fault('log-too-large', { limitBytes: limit, path }))
			: err(fault('file-malformed', { format: 'gzip', path }));
	} finally {
		await opened.value.close();
	}
}

async function locate(path: string, identity: string): Promise<string | null> {
	const folder = dirname(path);
	try {
		const names = await readdir(folder);
		for (const name of names.slice(0, FOLDER_LIMIT)) {
			const found = await facts(join(folder, name));
			if (found.ok && found.value.identity === identity) return join(folder, name);
		}
	} catch {
		// Not finding it is an ordinary outcome.
	}
	return null;
}
