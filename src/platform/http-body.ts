import { isUtf8 } from 'node:buffer';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';

type Unpack = (packed: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const gunzip = promisify(zlib.gunzip) as Unpack;
const inflate = promisify(zlib.inflate) as Unpack;
const inflateRaw = promisify(zlib.inflateRaw) as Unpack;
const UNPACK: Readonly<Record<string, Unpack>> = {
	gzip: gunzip,
	'x-gzip': gunzip,
	// Some servers send the bare stream under this name; a zlib header says which it is.
	deflate: (packed, options) => (((packed[0] ?? 0) & 0x0f) === 8 ? inflate : inflateRaw)(packed, options),
	br: promisify(zlib.brotliDecompress) as Unpack,
	zstd: promisify(zlib.zstdDecompress) as Unpack,
};

export const ACCEPTED_ENCODINGS = 'gzip, deflate, br, zstd';

/** The one encoding of an answer, null when there is none; two on top of each other or an unknown one is a fault. */
export function encodingOf(header: string | undefined): Result<string | null, Fault> {
	const encoding = (header ?? '').trim().toLowerCase();
	if (encoding === '' || encoding === 'identity') return ok(null);
	if (Object.hasOwn(UNPACK, encoding)) return ok(encoding);
	return err(fault('bad-encoding', { encoding: clean(encoding, { max: 40 }) }));
}

/** Decodes at most `limit` bytes: a bomb is stopped while it unfolds. Faults: `body-too-large`, `bad-body`. */
export async function unpack(
	packed: Buffer,
	encoding: string,
	limit: number,
): Promise<Result<Buffer, Fault>> {
	if (packed.length === 0) return ok(packed);
	try {
		return ok(await (UNPACK[encoding] as Unpack)(packed, { maxOutputLength: Math.max(1, limit) }));
	} catch (error) {
		const { code } = error as { code?: string };
		if (code === 'ERR_BUFFER_TOO_LARGE') return err(fault('body-too-large', { limitBytes: limit }));
		return err(
			fault('bad-body', { format: encoding, reason: code === 'Z_BUF_ERROR' ? 'truncated' : 'broken' }),
		);
	}
}

/** Text in the charset that the answer names, UTF-8 when it names none; invalid bytes are fault `bad-encoding`. */
export function decode(bytes: Buffer, contentType: string | undefined): Result<string, Fault> {
	const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? '')?.[1]?.toLowerCase() ?? 'utf-8';
	if (charset === 'utf-8' || charset === 'utf8' || charset === 'us-ascii') {
		if (!isUtf8(bytes)) return err(fault('bad-encoding', { charset: 'utf-8' }));
		const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
		return ok(bytes.toString('utf8', marked ? 3 : 0));
	}
	try {
		return ok(new TextDecoder(charset, { fatal: true }).decode(bytes));
	} catch {
		return err(fault('bad-encoding', { charset: clean(charset, { max: 40 }) }));
	}
}
