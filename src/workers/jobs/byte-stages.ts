import { createHash } from 'node:crypto';
import { pipeline, Readable, type Transform } from 'node:stream';
import { constants, createGunzip, createGzip, createZstdCompress, createZstdDecompress } from 'node:zlib';
import type { Compression } from '../../domain/backup.ts';
import { fault } from '../../domain/fault.ts';
import { BLOCK, Refused } from './file-bytes.ts';

export type Bytes = AsyncIterable<Uint8Array>;

export interface Tally {
	readonly bytes: number;
	sha256(): string;
	/** Passes on what it counts. */
	through(chunks: Bytes, each?: (bytes: number) => void): AsyncGenerator<Uint8Array, void, undefined>;
}

export function createTally(): Tally {
	const hash = createHash('sha256');
	let bytes = 0;
	return {
		get bytes() {
			return bytes;
		},
		sha256: () => hash.copy().digest('hex'),
		async *through(chunks, each) {
			for await (const chunk of chunks) {
				hash.update(chunk);
				bytes += chunk.length;
				each?.(bytes);
				yield chunk;
			}
		},
	};
}

export function compress(chunks: Bytes, how: Compression): Bytes {
	if (how === 'none') return chunks;
	return transformed(
		chunks,
		how === 'gzip'
			? createGzip({ chunkSize: BLOCK })
			: createZstdCompress({ chunkSize: BLOCK, params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
	);
}

/** Throws `Refused` with `copy-damaged` {what: compression}. */
export async function* decompress(
	chunks: Bytes,
	how: Compression,
): AsyncGenerator<Uint8Array, void, undefined> {
	if (how === 'none') return yield* chunks;
	const stage =
		how === 'gzip' ? createGunzip({ chunkSize: BLOCK }) : createZstdDecompress({ chunkSize: BLOCK });
	try {
		yield* transformed(chunks, stage);
	} catch (cause) {
		const { code } = cause as { code?: unknown };
		const ofStage = typeof code === 'string' && /^(Z_|ZSTD_|ERR_ZSTD|ERR_ZLIB)/.test(code);
		throw ofStage ? new Refused(fault('copy-damaged', { what: 'compression' })) : cause;
	}
}

async function* transformed(chunks: Bytes, stage: Transform): AsyncGenerator<Uint8Array, void, undefined> {
	const source = Readable.from(chunks, { objectMode: false, highWaterMark: BLOCK });
	// An error at either end is seen where the bytes are taken out.
	const ended = new Promise<void>((resolve, reject) => {
		pipeline(source, stage, (error) => (error ? reject(error) : resolve()));
	});
	ended.catch(() => {});
	try {
		yield* stage as AsyncIterable<Uint8Array>;
		await ended;
	} finally {
		source.destroy();
		stage.destroy();
	}
}
