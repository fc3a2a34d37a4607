import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest, Progress } from '../../src/domain/backup.ts';
import type { FolderEntry, FoldersPort, Run, SourcePorts } from '../../src/domain/backup-ports.ts';
import { type Fault, fault } from '../../src/domain/fault.ts';
import { err, ok, type Result } from '../../src/domain/result.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createProbePorts } from '../../src/platform/ports.ts';
import type { Copied } from '../../src/sources/define.ts';
import { fakeSql } from './check-subjects.ts';

const clock = createClock();

async function trying<T>(path: string, work: () => Promise<T>): Promise<Result<T, Fault>> {
	try {
		return ok(await work());
	} catch (error) {
		const { code } = error as { code?: string };
		if (code === 'ENOENT') return err(fault('file-missing', { path }));
		if (code === 'EEXIST') return err(fault('name-taken', { path }));
		return err(fault('io-error', { path, reason: code ?? 'unknown' }));
	}
}

async function entryOf(path: string, name: string): Promise<FolderEntry> {
	const facts = await lstat(path);
	const kind = facts.isSymbolicLink()
		? 'link'
		: facts.isFile()
			? 'file'
			: facts.isDirectory()
				? 'folder'
				: 'other';
	return { name, kind, bytes: facts.size, modifiedAt: facts.mtimeMs };
}

const folders: FoldersPort = {
	ensure: (path) => trying(path, async () => void (await mkdir(path, { recursive: true, mode: 0o700 }))),
	list: (path) =>
		trying(path, async () =>
			Promise.all((await readdir(path)).sort().map((name) => entryOf(join(path, name), name))),
		),
	look: async (path) => {
		const found = await trying(path, () => entryOf(path, path));
		return found.ok || found.error.code !== 'file-missing' ? found : ok(null);
	},
	isMount: async () => ok(false),
	place: (from, to) => trying(to, () => rename(from, to)),
	replace: (from, to) => trying(to, () => rename(from, to)),
	move: async (from, to) =>
		existsSync(to) ? err(fault('name-taken', { path: to })) : trying(from, () => rename(from, to)),
	copy: (from, to) => trying(to, () => copyFile(from, to)),
	write: (path, text, options) =>
		trying(path, () => writeFile(path, text, { mode: 0o600, flag: options?.replace ? 'w' : 'wx' })),
	remove: (path) => trying(path, () => rm(path, { force: true })),
	removeFolder: (path) => trying(path, () => rm(path, { recursive: true, force: true })),
};

/** As the worker does it, with the system's tar: what the sources ask of it and no more. */
const heavy = {
	async pack({ root, files, to }: { root: string; files: readonly string[]; to: string }) {
		const names = files.map((file) => file.replace(/\\/g, '').slice(root.length + 1));
		execFileSync('tar', ['-cf', to, '-C', root, ...names]);
		return ok({ files: names.length, links: 0, bytes: statSync(to).size, left: [], changed: [] });
	},
	async unpack({ from, to }: { from: string; to: string | null }) {
		try {
			if (to === null) execFileSync('tar', ['-tf', from], { stdio: 'ignore' });
			else {
				mkdirSync(to, { recursive: true, mode: 0o700 });
				execFileSync('tar', ['-xf', from, '-C', to, '--no-same-owner'], {
					stdio: ['ignore', 'ignore', 'ignore'],
				});
			}
		} catch {
			return err(fault('copy-damaged', { what: 'archive' }));
		}
		return ok({ files: 0, bytes: 0, entries: [] });
	},
} as unknown as SourcePorts['heavy'];

/** Everything a database's source reaches the world through, and runs with a folder of their own. */
export function sourceWorld() {
	const probes = createProbePorts({ sql: fakeSql, clock });
	const made: string[] = [];
	const ports: SourcePorts = { ...probes, heavy, folders };
	return {
		ports,
		lines: [] as string[],
		progress: [] as Progress[],
		folder(): string {
			const folder = mkdtempSync(join(tmpdir(), 'rounds-run-'));
			made.push(folder);
			return folder;
		},
		run(more: Partial<Run> & { readonly limitMs?: number } = {}): Run {
			const { limitMs = 120_000, ...given } = more;
			return {
				now: clock.now(),
				zone: 'UTC',
				folder: this.folder(),
				deadline: clock.monotonic() + limitMs,
				signal: new AbortController().signal,
				onProgress: (progress) => void this.progress.push(progress),
				onLine: (line) => void this.lines.push(line),
				...given,
			};
		},
		/** What runs have left in their folders. */
		left: () =>
			made.flatMap((folder) =>
				existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [],
			),
		async close() {
			await probes.close();
			for (const folder of made) rmSync(folder, { recursive: true, force: true });
		},
	};
}

/** A manifest as the service would write it. */
export function manifestOf(copied: Copied, file: string, more: Partial<Manifest> = {}): Manifest {
	const bytes = statSync(file).size;
	return {
		format: 1,
		program: 'rounds',
		system: 'Booking',
		environment: 'staging',
		host: 'here',
		plan: 'booking',
		source: 'postgres',
		subject: 'booking',
		name: file.split('/').at(-1) ?? '',
		by: 'tester',
		startedAt: new Date(copied.asOf).toISOString(),
		asOf: new Date(copied.asOf).toISOString(),
		durationMs: 1,
		bytes,
		sha256: '',
		plainBytes: bytes,
		plainSha256: '',
		compress: 'none',
		encrypted: 'no',
		method: copied.method,
		versions: copied.versions,
		rows: copied.rows,
		sums: copied.sums,
		facts: copied.facts,
		pinned: null,
		base: null,
		...more,
	};
}

/** The value, or a failed test that says why. */
export function must<T>(result: Result<T, Fault>): T {
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
}
