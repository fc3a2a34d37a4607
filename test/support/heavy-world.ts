import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import type { Limits } from '../../src/domain/ports.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createPool, type Pool } from '../../src/workers/pool.ts';

const clock = createClock();

/** Real workers, ended when the file's tests are done. */
export function heavyPool(): Pool {
	const pool = createPool({
		script: new URL('../../src/workers/worker.ts', import.meta.url),
		clock,
		size: 2,
	});
	afterAll(() => pool.close());
	return pool;
}

export function scratchFolder(): string {
	const path = mkdtempSync(join(tmpdir(), 'rounds-heavy-'));
	onTestFinished(() => rmSync(path, { recursive: true, force: true }));
	return path;
}

export function within(ms = 60_000, signal = new AbortController().signal): Limits {
	return { deadline: clock.monotonic() + ms, signal };
}
