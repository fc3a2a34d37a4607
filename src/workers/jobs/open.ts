import type { FileHandle } from 'node:fs/promises';
import type { Manifest, Progress } from '../../domain/backup.ts';
import type { Sealed } from '../../domain/backup-ports.ts';
import { type Fault, fault } from '../../domain/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { defineJob } from '../protocol.ts';
import type { Reserved } from '../reserved.ts';
import { decryptAge } from './age.ts';
import { type Bytes, createTally, decompress } from './byte-stages.ts';
import { faultOfFailure, openFile, openReserved, Refused, readBlocks, writeWhole } from './file-bytes.ts';
import { createMeter } from './meter.ts';

interface Input {
	readonly from: string;
	/** null: only reads. */
	readonly to: Reserved | null;
	readonly manifest: Pick<
		Manifest,
		'bytes' | 'sha256' | 'plainBytes' | 'plainSha256' | 'compress' | 'encrypted'
	>;
	readonly identity: string | null;
	readonly passphrase: string | null;
}

/**
 * The way back of `copy.seal`, held against the manifest before and after. A file that is not the one of the manifest is
 * `copy-incomplete` or `copy-damaged` {what: size|hash}, whatever else went wrong with it. Faults beside those: `wrong-key`,
 * `copy-damaged` {what: compression|encryption|size|hash}, `disk-full`, `file-missing`, `no-permission`, `io-error`.
 */
export const openCopy = defineJob({
	name: 'copy.open',
	async run(input: Input, report: (progress: Progress) => void): Promise<Result<Sealed, Fault>> {
		const { from, to, manifest } = input;
		let source: FileHandle | null = null;
		let target: FileHandle | null = null;
		let at = from;
		try {
			source = await openFile(from);
			const found = (await source.stat()).size;
			const wrong = wrongSize(found, manifest.bytes);
			if (wrong !== null) return err(wrong);
			const meter = createMeter(report, 'open', found);
			const sealed = createTally();
			const plain = createTally();
			let told = 0;
			const read = sealed.through(readBlocks(source), (bytes) => {
				meter.add(bytes - told);
				told = bytes;
			});
			const { encrypted } = manifest;
			const packed: Bytes = encrypted === 'no' ? read : decryptAge(read, input, encrypted);
			const out = plain.through(decompress(packed, manifest.compress), (bytes) => {
				// A few bytes may stand for any number of them: never more than was said.
				if (bytes > manifest.plainBytes)
					throw new Refused(
						fault('copy-damaged', { what: 'size', found: bytes, expected: manifest.plainBytes }),
					);
			});
			let failure: unknown = null;
			try {
				if (to !== null) target = await openReserved(to);
				for await (const chunk of out)
					if (target !== null) {
						at = to?.path ?? from;
						await writeWhole(target, chunk);
						at = from;
					}
			} catch (cause) {
				failure = cause;
			}
			// Where it could not be opened, whether it is the right file at all comes first.
			const whole = failure === null && sealed.bytes === found;
			const sum = whole ? sealed.sha256() : await hashOf(source);
			if (sum !== manifest.sha256) return err(fault('copy-damaged', { what: 'hash' }));
			if (failure !== null) throw failure;
			if (plain.bytes !== manifest.plainBytes)
				return err(
					fault('copy-damaged', { what: 'size', found: plain.bytes, expected: manifest.plainBytes }),
				);
			if (plain.sha256() !== manifest.plainSha256) return err(fault('copy-damaged', { what: 'hash' }));
			at = to?.path ?? from;
			await target?.sync();
			meter.end();
			return ok({
				sha256: sum,
				bytes: found,
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

function wrongSize(found: number, expected: number): Fault | null {
	if (found < expected) return fault('copy-incomplete', { found, expected });
	return found > expected ? fault('copy-damaged', { what: 'size', found, expected }) : null;
}

async function hashOf(file: FileHandle): Promise<string> {
	const tally = createTally();
	for await (const _ of tally.through(readBlocks(file)));
	return tally.sha256();
}
