import { statSync } from 'node:fs';
import { type FileHandle, open, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Header, type Pack, pack as tarPack } from 'tar-stream';
import type { Progress } from '../../domain/backup.ts';
import type { Packed, PackRequest } from '../../domain/backup-ports.ts';
import type { Fault } from '../../domain/fault.ts';
import { ok, type Result } from '../../domain/result.ts';
import { clean } from '../../domain/text.ts';
import type { FewStats } from '../../platform/walk.ts';
import { defineJob } from '../protocol.ts';
import type { Reserved } from '../reserved.ts';
import { BLOCK, faultOfFailure, openReserved, READ, writeWhole } from './file-bytes.ts';
import { createMeter, type Meter } from './meter.ts';
import { foldersAbove, type PackPlan, type Planned, planPack } from './pack-plan.ts';

const MOST_NAMED = 100;
/** What a header holds of a number; larger ones go into its extension. */
const LARGEST_ID = 0o777777;
const LARGEST_SECONDS = 0x7fffffff;

type Input = Omit<PackRequest, 'to'> & { readonly to: Reserved | null };

/**
 * Packs what globs find into a tar: the same bytes for the same files. Links stay links, hard links become files of their own.
 * A file that cannot be read is a fault: a copy without it would look whole. Faults: `no-permission`, `own-limit`, `disk-full`,
 * `not-supported` {what: root}, `io-error`.
 */
export const pack = defineJob({
	name: 'archive.pack',
	async run(request: Input, report: (progress: Progress) => void): Promise<Result<Packed, Fault>> {
		const plan = planPack(request);
		if (!plan.ok) return plan;
		if (request.to === null) return ok(answerOf(plan.value, plan.value.entries, []));
		return write(request, request.to, plan.value, createMeter(report, 'pack', plan.value.bytes));
	},
});

async function write(
	{ root }: Input,
	to: Reserved,
	plan: PackPlan,
	meter: Meter,
): Promise<Result<Packed, Fault>> {
	let at = to.path;
	let file: FileHandle | null = null;
	const tar = tarPack();
	const written: Planned[] = [];
	const changed: string[] = [];
	const fill = async () => {
		const given = new Set(plan.entries.filter(({ kind }) => kind === 'folder').map(({ name }) => name));
		for (const name of foldersAbove(plan.entries.map((one) => one.name))) {
			const stats = given.has(name) ? undefined : statSync(join(root, name), { throwIfNoEntry: false });
			if (stats?.isDirectory()) await addEntry(tar, headerOf(name, 'directory', stats));
		}
		for (const one of plan.entries) {
			at = one.path;
			const took = await addOne(tar, one, meter);
			if (took !== 'gone') written.push(one);
			if (took !== 'whole') changed.push(one.path);
		}
		at = to.path;
		tar.finalize();
	};
	try {
		file = await openReserved(to);
		const filled = fill();
		filled.catch((error: Error) => tar.destroy(error));
		for await (const chunk of tar) await writeWhole(file, chunk as Uint8Array);
		await filled;
		await file.sync();
		meter.end();
		return ok(answerOf(plan, written, changed));
	} catch (cause) {
		// The producer waits for a reader that is gone.
		tar.destroy();
		return { ok: false, error: faultOfFailure(cause, at) };
	} finally {
		await file?.close();
	}
}

function answerOf(plan: PackPlan, entries: readonly Planned[], changed: readonly string[]): Packed {
	const files = entries.filter(({ kind }) => kind === 'file');
	const named = (paths: readonly string[]) =>
		paths.slice(0, MOST_NAMED).map((path) => clean(path, { max: 300 }));
	return {
		files: files.length,
		links: entries.filter(({ kind }) => kind === 'link').length,
		bytes: files.reduce((sum, { stats }) => sum + stats.size, 0),
		newestAt: files.reduce<number | null>(
			(at, { stats }) => Math.max(at ?? 0, Math.round(stats.mtimeMs)),
			null,
		),
		left: named(plan.left),
		changed: named(changed),
	};
}

function headerOf(
	name: string,
	type: 'file' | 'directory' | 'symlink',
	stats: FewStats,
): Partial<Header> & Pick<Header, 'name'> {
	const seconds = Math.min(Math.max(0, Math.floor(stats.mtimeMs / 1000)), LARGEST_SECONDS);
	const large = Math.max(stats.uid, stats.gid) > LARGEST_ID;
	return {
		name: type === 'directory' ? `${name}/` : name,
		type,
		mode: stats.mode & 0o7777,
		mtime: new Date(seconds * 1000),
		uid: large ? 0 : stats.uid,
		gid: large ? 0 : stats.gid,
		...(large ? { pax: { uid: String(stats.uid), gid: String(stats.gid) } } : {}),
	};
}

async function addOne(tar: Pack, one: Planned, meter: Meter): Promise<'whole' | 'changed' | 'gone'> {
	if (one.kind === 'folder') {
		await addEntry(tar, headerOf(one.name, 'directory', one.stats));
		return 'whole';
	}
	if (one.kind === 'link') {
		await addEntry(tar, { ...headerOf(one.name, 'symlink', one.stats), linkname: one.target });
		return 'whole';
	}
	let file: FileHandle;
	try {
		file = await open(one.path, READ);
	} catch (error) {
		// It is gone, or a link or a pipe stands there now: not what was found.
		if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'].includes((error as { code: string }).code)) return 'gone';
		throw error;
	}
	try {
		const stats = await file.stat();
		if (!stats.isFile() || !(await isWhereItWas(file, join(one.realFolder, basename(one.path)))))
			return 'gone';
		return await addFile(tar, one, file, meter);
	} finally {
		await file.close();
	}
}

/** A folder on the way may have become a link since it was walked. */
async function isWhereItWas(file: FileHandle, real: string): Promise<boolean> {
	if (process.platform !== 'linux') return true;
	const found = await readlink(`/proc/self/fd/${file.fd}`).catch(() => real);
	// Where it was removed meanwhile, the file that was opened is still the right one.
	return found === real || found === `${real} (deleted)`;
}

/** As many bytes as the header says, whatever the file does meanwhile. */
async function addFile(
	tar: Pack,
	one: Planned,
	file: FileHandle,
	meter: Meter,
): Promise<'whole' | 'changed'> {
	const { size } = one.stats;
	let short = false;
	const done = new Promise<void>((resolve, reject) => {
		const sink = tar.entry({ ...headerOf(one.name, 'file', one.stats), size }, (error) =>
			error ? reject(error) : resolve(),
		);
		const feed = async () => {
			for (let at = 0; at < size; ) {
				const block = Buffer.allocUnsafeSlow(Math.min(BLOCK, size - at));
				const { bytesRead } = short ? { bytesRead: 0 } : await file.read(block, 0, block.length, at);
				short ||= bytesRead === 0;
				const part = short ? block.fill(0) : block.subarray(0, bytesRead);
				at += part.length;
				meter.add(part.length);
				if (!sink.write(part)) await drained(sink);
			}
			sink.end(null);
		};
		feed().catch((error: Error) => {
			sink.destroy(error);
			reject(error);
		});
	});
	await done;
	const after = await file.stat();
	return !short && after.size === size && after.mtimeMs === one.stats.mtimeMs ? 'whole' : 'changed';
}

function drained(sink: ReturnType<Pack['entry']>): Promise<void> {
	return new Promise((resolve, reject) => {
		const settle = (error: Error | null) => {
			sink.removeListener('drain', drain);
			sink.removeListener('close', closed);
			if (error) reject(error);
			else resolve();
		};
		const closed = () => settle(new Error('the archive was closed'));
		const drain = () => settle(null);
		sink.once('drain', drain);
		sink.once('close', closed);
	});
}

function addEntry(tar: Pack, header: Partial<Header> & Pick<Header, 'name'>): Promise<void> {
	return new Promise((resolve, reject) => {
		tar.entry(header, (error) => (error ? reject(error) : resolve()));
	});
}
