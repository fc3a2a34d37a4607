import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { type Fault, fault } from '../../domain/fault.ts';
import { clean } from '../../domain/text.ts';
import { fileFault } from '../../platform/file-fault.ts';
import type { Reserved } from '../reserved.ts';

export const BLOCK = 256 * 1024;
/** Without O_NONBLOCK a pipe in place of a file would hold us for ever. */
export const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A fault on its way through streams, which know exceptions only. */
export class Refused extends Error {
	readonly fault: Fault;

	constructor(because: Fault) {
		super(because.code);
		this.fault = because;
	}
}

/** What a job that failed answers: what the world said. Our own mistakes are thrown on. */
export function faultOfFailure(cause: unknown, path: string): Fault {
	if (cause instanceof Refused) return cause.fault;
	const { code } = (cause ?? {}) as { code?: unknown };
	if (typeof code === 'string' && /^E[A-Z0-9]+$/.test(code)) return fileFault(cause, path);
	throw cause;
}

/** A regular file, to be read; never a link. */
export async function openFile(path: string): Promise<FileHandle> {
	const file = await open(path, READ);
	const isFile = (await file.stat()).isFile();
	if (isFile) return file;
	await file.close();
	throw new Refused(fault('not-a-file', { path: clean(path, { max: 300 }) }));
}

/** The empty file that was made for us, and no other in its place. */
export async function openReserved({ path, device, inode }: Reserved): Promise<FileHandle> {
	const file = await open(path, constants.O_WRONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	const facts = await file.stat({ bigint: true });
	if (facts.isFile() && String(facts.dev) === device && String(facts.ino) === inode && facts.size === 0n)
		return file;
	await file.close();
	throw new Refused(fault('name-taken', { path: clean(path, { max: 300 }) }));
}

/** A file's bytes from `from` on, as far as it goes. */
export async function* readBlocks(file: FileHandle, from = 0): AsyncGenerator<Buffer, void, undefined> {
	for (let at = from; ; ) {
		const block = Buffer.allocUnsafeSlow(BLOCK);
		const { bytesRead } = await file.read(block, 0, BLOCK, at);
		if (bytesRead === 0) return;
		at += bytesRead;
		yield block.subarray(0, bytesRead);
	}
}

export async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
	for (let at = 0; at < bytes.length; ) at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
}
