import type { FileHandle } from 'node:fs/promises';
import { extract } from 'tar-stream';
import { fault } from '../../domain/fault.ts';
import { Refused, readBlocks } from './file-bytes.ts';

const BLOCK = 512;
const END = 2 * BLOCK;

export interface TarEntry {
	/** As it stands in the archive. */
	readonly name: string;
	readonly type: string;
	readonly target: string;
	readonly size: number;
	readonly mode: number;
	readonly uid: number;
	readonly gid: number;
	/** Epoch seconds. */
	readonly modifiedAt: number;
	readonly body: AsyncIterable<Uint8Array>;
}

/** What the reader of the format tells of an entry; its types know less than it gives. */
interface Source extends AsyncIterable<Uint8Array> {
	readonly offset: number;
	readonly header: {
		readonly name: string;
		readonly type: string | null;
		readonly linkname: string | null;
		readonly size: number;
		readonly mode: number;
		readonly uid: number;
		readonly gid: number;
		readonly mtime: Date;
		readonly byteOffset: number;
		readonly pax: Readonly<Record<string, string>> | null;
	};
}

/**
 * The entries of an archive, one after the other; each body is read before the next. Throws `Refused` with `copy-damaged` where it
 * is no archive, ends early, or where anything but zeros follows its end: other programs would read it otherwise.
 */
export async function* readTar(
	file: FileHandle,
	onBytes: (count: number) => void,
): AsyncGenerator<TarEntry, void, undefined> {
	const { size } = await file.stat();
	const tar = extract();
	const feed = async () => {
		for await (const block of readBlocks(file)) {
			onBytes(block.length);
			if (!tar.write(block))
				await new Promise<void>((resolve) => {
					tar.once('drain', () => resolve());
					tar.once('close', () => resolve());
				});
			if (tar.destroyed) return;
		}
		tar.end(null);
	};
	let failure: unknown = null;
	feed().catch((error: Error) => {
		failure = error;
		tar.destroy(error);
	});
	let end = 0;
	try {
		for await (const each of tar as unknown as AsyncIterable<Source>) {
			const { header, offset } = each;
			// A block of zeros before an entry is an end that is none.
			if (offset !== end && (await isZero(file, end, end + BLOCK))) throw damaged();
			if (!Number.isSafeInteger(header.size) || header.byteOffset + header.size > size) throw damaged();
			end = header.byteOffset + Math.ceil(header.size / BLOCK) * BLOCK;
			yield entryOf(each);
		}
	} catch (error) {
		throw error instanceof Refused || failure !== null
			? (failure ?? error)
			: errnoOf(error)
				? error
				: damaged();
	} finally {
		tar.destroy();
	}
	if (size < end + END || size % BLOCK !== 0 || !(await isZero(file, end, size))) throw damaged();
}

function errnoOf(error: unknown): boolean {
	return typeof (error as { code?: unknown }).code === 'string';
}

function damaged(): Refused {
	return new Refused(fault('copy-damaged', { what: 'archive' }));
}

function entryOf(source: Source): TarEntry {
	const { header } = source;
	const pax = header.pax ?? {};
	// A file with holes is written as something else than its bytes.
	const sparse = Object.keys(pax).some((key) => key.startsWith('GNU.sparse'));
	const id = (name: 'uid' | 'gid') => (/^\d{1,10}$/.test(pax[name] ?? '') ? Number(pax[name]) : header[name]);
	const seconds = /^\d{1,11}(\.\d+)?$/.test(pax['mtime'] ?? '')
		? Number(pax['mtime'])
		: header.mtime.getTime() / 1000;
	const isFolder = header.type === 'directory' || (header.type === 'file' && header.name.endsWith('/'));
	return {
		name: header.name,
		type: sparse ? 'sparse' : isFolder ? 'directory' : (header.type ?? 'unknown'),
		target: header.linkname ?? '',
		size: header.size,
		mode: header.mode,
		uid: id('uid'),
		gid: id('gid'),
		modifiedAt: Number.isFinite(seconds) ? seconds : 0,
		body: source,
	};
}

async function isZero(file: FileHandle, from: number, to: number): Promise<boolean> {
	let at = from;
	for await (const block of readBlocks(file, from)) {
		const part = block.subarray(0, Math.max(0, to - at));
		if (part.some((byte) => byte !== 0)) return false;
		at += block.length;
		if (at >= to) return true;
	}
	return true;
}
