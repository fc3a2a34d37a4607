import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import type { Progress } from '../../domain/backup.ts';
import type { Unpacked } from '../../domain/backup-ports.ts';
import type { Fault } from '../../domain/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { clean } from '../../domain/text.ts';
import { defineJob } from '../protocol.ts';
import type { Reserved } from '../reserved.ts';
import { faultOfFailure, openFile } from './file-bytes.ts';
import { createMeter, type Meter } from './meter.ts';
import { readTar } from './tar-read.ts';
import { createArchiveCheck } from './unpack-check.ts';
import { createUnpacking } from './unpack-write.ts';

const MOST_TOLD = 10_000;

interface Input {
	readonly from: string;
	/** An empty folder; null: only looks. */
	readonly to: Reserved | null;
	/** Of all files together, unpacked. */
	readonly maxBytes: number;
}

/**
 * Reads an archive twice: once whole, to see that nothing in it leads anywhere else, and only then to write it. Faults:
 * `archive-unsafe` {entry, reason}, `copy-damaged` {what: archive}, `disk-full`, `file-missing`, `no-permission`, `io-error`.
 */
export const unpack = defineJob({
	name: 'archive.unpack',
	async run(
		{ from, to, maxBytes }: Input,
		report: (progress: Progress) => void,
	): Promise<Result<Unpacked, Fault>> {
		let file: FileHandle | null = null;
		let at = from;
		try {
			file = await openFile(from);
			const { size } = await file.stat();
			const seen = await look(file, maxBytes, createMeter(report, 'check', size));
			if (to === null) return ok(seen);
			at = to.path;
			await write(file, to.path, maxBytes, createMeter(report, 'unpack', size));
			return ok(seen);
		} catch (cause) {
			return err(faultOfFailure(cause, at));
		} finally {
			await file?.close();
		}
	},
});

async function look(file: FileHandle, maxBytes: number, meter: Meter): Promise<Unpacked> {
	const check = createArchiveCheck(maxBytes);
	const entries: string[] = [];
	let [files, links, bytes] = [0, 0, 0];
	for await (const entry of readTar(file, meter.add)) {
		const admitted = check.admit(entry);
		const hash = createHash('sha256');
		for await (const chunk of entry.body) hash.update(chunk);
		if (admitted === null) continue;
		if (admitted.kind === 'file' || admitted.kind === 'hard') files++;
		if (admitted.kind === 'link') links++;
		bytes += entry.size;
		if (entries.length < MOST_TOLD)
			entries.push(`${clean(admitted.name, { max: 300 })}\t${entry.size}\t${hash.digest('hex')}`);
	}
	check.end();
	meter.end();
	return { files, links, bytes, entries };
}

/** The same checks again: what is written is what was looked at, or nothing. */
async function write(file: FileHandle, to: string, maxBytes: number, meter: Meter): Promise<void> {
	const check = createArchiveCheck(maxBytes);
	const unpacking = createUnpacking(to);
	for await (const entry of readTar(file, meter.add)) {
		const admitted = check.admit(entry);
		if (admitted?.kind === 'file') await unpacking.add('file', admitted.name, entry, entry.body);
		else {
			for await (const _ of entry.body);
			if (admitted !== null) await unpacking.add(admitted.kind, admitted.name, entry, entry.body);
		}
	}
	check.end();
	await unpacking.end();
	meter.end();
}
