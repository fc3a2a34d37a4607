import type { FileHandle } from 'node:fs/promises';
import type { Compression, Progress } from '../../domain/backup.ts';
import type { Sealed } from '../../domain/backup-ports.ts';
import type { Fault } from '../../domain/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { defineJob } from '../protocol.ts';
import type { Reserved } from '../reserved.ts';
import { encryptAge } from './age.ts';
import { type Bytes, compress, createTally } from './byte-stages.ts';
import { faultOfFailure, openFile, openReserved, readBlocks, writeWhole } from './file-bytes.ts';
import { createMeter } from './meter.ts';

interface Input {
	readonly from: string;
	/** null: only hashes and fsyncs `from`. */
	readonly to: Reserved | null;
	readonly compress: Compression;
	readonly encrypt: { readonly recipients: readonly string[]; readonly passphrase: string | null } | null;
}

/**
 * Compresses, encrypts and hashes in one pass, a block at a time. Faults: `not-supported` {what: recipient}, `disk-full`,
 * `file-missing`, `no-permission`, `io-error`.
 */
export const seal = defineJob({
	name: 'copy.seal',
	async run(input: Input, report: (progress: Progress) => void): Promise<Result<Sealed, Fault>> {
		const { from, to, encrypt } = input;
		if (to === null && (input.compress !== 'none' || encrypt !== null)) throw new Error('nowhere to seal to');
		let source: FileHandle | null = null;
		let target: FileHandle | null = null;
		let at = from;
		try {
			source = await openFile(from);
			const phase = encrypt !== null ? 'encrypt' : input.compress !== 'none' ? 'compress' : 'hash';
			const meter = createMeter(report, phase, (await source.stat()).size);
			const plain = createTally();
			let told = 0;
			const read = plain.through(readBlocks(source), (bytes) => {
				meter.add(bytes - told);
				told = bytes;
			});
			const packed = compress(read, input.compress);
			const sealed = createTally();
			const out: Bytes = sealed.through(encrypt === null ? packed : encryptAge(packed, encrypt));
			if (to !== null) {
				at = to.path;
				target = await openReserved(to);
			}
			for await (const chunk of out) if (target !== null) await writeWhole(target, chunk);
			// A copy of a file that was made by others is on disk only when somebody says so.
			await (target ?? source).sync();
			meter.end();
			return ok({
				sha256: sealed.sha256(),
				bytes: sealed.bytes,
				plainSha256: plain.sha256(),
				plainBytes: plain.bytes,
			});
		} catch (cause) {
			return err(faultOfFailure(cause, at));
		} finally {
			await source?.close();
			await target?.close();
		}
	},
});
