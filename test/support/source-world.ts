import { createHash } from 'node:crypto';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Manifest, Progress } from '../../src/domain/backup.ts';
import type { Run, SourcePorts } from '../../src/domain/backup-ports.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createFolders } from '../../src/platform/folders.ts';
import { createProbePorts } from '../../src/platform/ports.ts';
import type { Copied, OpenedCopy } from '../../src/sources/define.ts';
import { createHeavyPort } from '../../src/workers/heavy-port.ts';
import { createPool } from '../../src/workers/pool.ts';
import { createSqlPort } from '../../src/workers/sql-port.ts';

export interface SourcePortsOpen {
	readonly ports: SourcePorts;
	close(): Promise<void>;
}

/** What sources reach the world through: all of it real, with a pool of its own. */
export function openSourcePorts(): SourcePortsOpen {
	const clock = createClock();
	const pool = createPool({
		script: new URL('../../src/workers/worker.ts', import.meta.url),
		clock,
		size: 2,
	});
	const probe = createProbePorts({ sql: createSqlPort(pool), clock });
	return {
		ports: { ...probe, heavy: createHeavyPort(pool), folders: createFolders({ clock }) },
		async close() {
			pool.close();
			await probe.close();
		},
	};
}

export interface TestRun extends Run {
	readonly lines: string[];
	readonly progress: Progress[];
	readonly controller: AbortController;
}

/** The world one test of one source is made in: a folder of the application, and private folders of runs. */
export class SourceWorld {
	readonly folder: string;
	readonly ports: SourcePorts;
	private readonly root = mkdtempSync(join(tmpdir(), 'rounds-sources-'));
	private readonly closers: (() => Promise<void> | void)[] = [];
	private runs = 0;

	constructor(ports: SourcePorts) {
		this.ports = ports;
		this.folder = join(this.root, 'application');
		mkdirSync(this.folder, { mode: 0o700 });
	}

	/** A run with its own private, empty folder. */
	run(withinMs = 60_000, onProgress: (progress: Progress) => void = () => {}): TestRun {
		const folder = join(this.root, `run-${++this.runs}`);
		mkdirSync(folder, { mode: 0o700 });
		const controller = new AbortController();
		const lines: string[] = [];
		const progress: Progress[] = [];
		return {
			now: this.ports.clock.now(),
			zone: 'UTC',
			folder,
			lines,
			progress,
			controller,
			deadline: this.ports.clock.monotonic() + withinMs,
			signal: controller.signal,
			onLine: (line) => void lines.push(line),
			onProgress: (each) => {
				progress.push(each);
				onProgress(each);
			},
		};
	}

	/** Done when the test ends, last first. */
	later(close: () => Promise<void> | void): void {
		this.closers.push(close);
	}

	async close(): Promise<void> {
		for (const close of this.closers.toReversed()) await close();
		rmSync(this.root, { recursive: true, force: true });
	}
}

/** Every file below a folder with what it holds, links as such. */
export function treeOf(folder: string): Readonly<Record<string, string>> {
	const found: Record<string, string> = {};
	for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
		const facts = lstatSync(join(folder, name));
		found[name] = facts.isFile() ? sha256(join(folder, name)) : facts.isSymbolicLink() ? 'link' : 'folder';
	}
	return found;
}

export function sha256(file: string): string {
	return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** The manifest as the service writes it, of a copy that was neither compressed nor encrypted. */
export function manifestOf(
	source: string,
	file: string,
	copied: Copied,
	more: Partial<Manifest> = {},
): Manifest {
	const { size } = lstatSync(file);
	const hash = sha256(file);
	return {
		format: 1,
		program: 'rounds test',
		system: 'Test',
		environment: 'production',
		host: 'localhost',
		plan: 'plan',
		source,
		subject: 'subject',
		name: basename(file),
		by: 'test',
		startedAt: new Date(copied.asOf).toISOString(),
		asOf: new Date(copied.asOf).toISOString(),
		durationMs: 1,
		bytes: size,
		sha256: hash,
		plainBytes: size,
		plainSha256: hash,
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

export function opened(file: string, manifest: Manifest): OpenedCopy {
	return { file, manifest, increments: [] };
}
