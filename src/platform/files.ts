import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { type Fault, fault } from '../domain/fault.ts';
import type { Clock, FileFacts, FilesPort, Limits } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { fileFault } from './file-fault.ts';
import { findFiles } from './glob.ts';
import { createLeash, type Leash } from './leash.ts';
import { readYaml } from './yaml.ts';

const BLOCK = 256 * 1024;

/** Files that others write. A FIFO or a device is never opened: reading one could wait for ever. */
export function createFiles(clock: Clock): FilesPort {
	return {
		async facts(path) {
			try {
				return ok(factsOf(await stat(path)));
			} catch (error) {
				return err(fileFault(error, path));
			}
		},
		readBytes: (path, limit, limits) => readWhole(clock, path, limit, limits),
		async readText(path, limit, limits) {
			const read = await readWhole(clock, path, limit, limits);
			if (!read.ok) return read;
			const text = read.value;
			if (!isUtf8(text))
				return err(fault('bad-encoding', { charset: 'utf-8', path: clean(path, { max: 300 }) }));
			return ok(text.toString('utf8').replace(/^\ufeff/, ''));
		},
		async hash(path, limits) {
			const sum = createHash('sha256');
			const read = await readBlocks(clock, path, limits, (block) => {
				sum.update(block);
				return null;
			});
			return read.ok ? ok(sum.digest('hex')) : read;
		},
		glob: findFiles,
		parseYaml: readYaml,
	};
}

async function readWhole(
	clock: Clock,
	path: string,
	limit: number,
	limits: Limits,
): Promise<Result<Buffer, Fault>> {
	const chunks: Buffer[] = [];
	let bytes = 0;
	const read = await readBlocks(clock, path, limits, (block) => {
		bytes += block.length;
		if (bytes > limit) return fault('body-too-large', { limitBytes: limit, path: clean(path, { max: 300 }) });
		chunks.push(Buffer.from(block));
		return null;
	});
	return read.ok ? ok(Buffer.concat(chunks)) : read;
}

function factsOf(stats: Stats): FileFacts {
	const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other';
	return { kind, bytes: stats.size, modifiedAt: Math.round(stats.mtimeMs), mode: stats.mode & 0o7777 };
}

/** Gives a regular file block by block; between blocks others run, and the deadline is kept. */
async function readBlocks(
	clock: Clock,
	path: string,
	limits: Limits,
	take: (block: Buffer) => Fault | null,
): Promise<Result<void, Fault>> {
	const leash = createLeash(clock, limits);
	let file: FileHandle | null = null;
	try {
		if (!(await stat(path)).isFile()) return err(fault('not-a-file', { path: clean(path, { max: 300 }) }));
		// Without O_NONBLOCK a FIFO put here in the meantime would hold us; after opening it is looked at once more.
		file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
		if (!(await file.stat()).isFile()) return err(fault('not-a-file', { path: clean(path, { max: 300 }) }));
		return await readAll(file, leash, take);
	} catch (error) {
		return err(fileFault(error, path));
	} finally {
		leash.release();
		await file?.close().catch(() => {});
	}
}

async function readAll(
	file: FileHandle,
	leash: Leash,
	take: (block: Buffer) => Fault | null,
): Promise<Result<void, Fault>> {
	const buffer = Buffer.allocUnsafe(BLOCK);
	for (;;) {
		if (leash.ended !== null) return err(leash.ended);
		const { bytesRead } = await file.read(buffer, 0, BLOCK);
		if (bytesRead === 0) return ok(undefined);
		const refused = take(buffer.subarray(0, bytesRead));
		if (refused !== null) return err(refused);
	}
}
