import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Progress } from '../../src/domain/backup.ts';
import type { HeavyPort } from '../../src/domain/backup-ports.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createSqliteHeavy } from '../../src/workers/heavy-sqlite.ts';
import { createPool, type Pool } from '../../src/workers/pool.ts';

export const clock = createClock();

export function openHeavy(): {
	readonly pool: Pool;
	readonly heavy: Pick<HeavyPort, 'copySqlite' | 'lookSqlite' | 'changeSqlite'>;
} {
	const script = new URL('../../src/workers/worker.ts', import.meta.url);
	const pool = createPool({ script, clock, size: 2 });
	return { pool, heavy: createSqliteHeavy(pool) };
}

/** Processes this one has started and that still run, by a part of their command line. */
export function childrenLike(part: string): number[] {
	return readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
		.split(' ')
		.filter((pid) => pid.trim() !== '')
		.map(Number)
		.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(part));
}

export interface Places {
	/** Where the application's database lies, alone. */
	readonly source: string;
	readonly file: string;
	/** Where copies are made. */
	readonly target: string;
	readonly to: string;
	/** File names in both. */
	left(): { readonly source: string[]; readonly target: string[] };
}

export function makePlaces(): Places {
	const root = mkdtempSync(join(tmpdir(), 'rounds-sqlite-'));
	onTestFinished(() => rmSync(root, { recursive: true, force: true }));
	const [source, target] = [mkdtempSync(join(root, 'app-')), mkdtempSync(join(root, 'to-'))];
	return {
		source,
		target,
		file: join(source, 'app #1?.db'),
		to: join(target, 'copy'),
		left: () => ({ source: readdirSync(source).sort(), target: readdirSync(target).sort() }),
	};
}

export const within = (ms = 60_000, signal = new AbortController().signal) => ({
	deadline: clock.monotonic() + ms,
	signal,
});

/** Calls `act` once, when the first bytes have been copied. */
export function onFirstBytes(act: () => void): (progress: Progress) => void {
	let done = false;
	return (progress) => {
		if (done || progress.phase !== 'copy') return;
		done = true;
		act();
	};
}
