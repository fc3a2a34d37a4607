import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest, Progress } from '../../src/domain/backup.ts';
import type { Run, SourcePorts } from '../../src/domain/backup-ports.ts';
import type { Fault } from '../../src/domain/fault.ts';
import type { Result } from '../../src/domain/result.ts';
import type { Copied, OpenedCopy } from '../../src/sources/define.ts';
import { manifestOf, openSourcePorts } from './source-world.ts';

/** Everything a database's source reaches the world through, and runs with a folder of their own. */
export class DatabaseWorld {
	private readonly open = openSourcePorts();
	private readonly made: string[] = [];
	readonly lines: string[] = [];
	readonly progress: Progress[] = [];

	get ports(): SourcePorts {
		return this.open.ports;
	}

	folder(): string {
		const folder = mkdtempSync(join(tmpdir(), 'rounds-run-'));
		this.made.push(folder);
		return folder;
	}

	run(more: Partial<Run> & { readonly limitMs?: number } = {}): Run {
		const { limitMs = 60_000, ...given } = more;
		return {
			now: this.ports.clock.now(),
			zone: 'UTC',
			folder: this.folder(),
			deadline: this.ports.clock.monotonic() + limitMs,
			signal: new AbortController().signal,
			onProgress: (progress) => void this.progress.push(progress),
			onLine: (line) => void this.lines.push(line),
			...given,
		};
	}

	/** What runs have left in their folders. */
	left(): readonly string[] {
		return this.made.flatMap((folder) =>
			existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [],
		);
	}

	async close(): Promise<void> {
		await this.open.close();
		for (const folder of this.made) rmSync(folder, { recursive: true, force: true });
	}
}

/** A copy as the service hands it on. */
export function copyOf(
	source: string,
	file: string,
	copied: Copied,
	more: Partial<Manifest> = {},
	increments: OpenedCopy['increments'] = [],
): OpenedCopy {
	return { file, manifest: manifestOf(source, file, copied, more), increments };
}

/** The value, or a failed test that says why. */
export function must<T>(result: Result<T, Fault>): T {
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
}

export function faultOf(result: Result<unknown, Fault>): Fault {
	if (result.ok) throw new Error(`no fault: ${JSON.stringify(result.value)}`);
	return result.error;
}
