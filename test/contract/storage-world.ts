import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { checkId } from '../../src/domain/ids.ts';
import type { CheckState, Observation, Recorded } from '../../src/domain/observation.ts';
import type { Storage, Stored } from '../../src/domain/storage-port.ts';
import { openStorage, type StorageOptions } from '../../src/storage/open.ts';

/** The beginning of an hour in 2027. */
export const HOUR = 500_000 * 3_600_000;

export function scratch(): string {
	const path = mkdtempSync(join(tmpdir(), 'rounds-storage-'));
	onTestFinished(() => rmSync(path, { recursive: true, force: true }));
	return path;
}

export function optionsFor(path: string, more: Partial<StorageOptions> = {}): StorageOptions {
	return {
		path: join(path, '.rounds'),
		environment: 'production',
		group: null,
		now: HOUR,
		version: 'test',
		...more,
	};
}

export function opened(path: string, more: Partial<StorageOptions> = {}): Storage {
	const storage = got(openStorage(optionsFor(path, more)));
	onTestFinished(() => storage.close());
	return storage;
}

export function got<T>(stored: Stored<T>): T {
	if (!stored.ok) throw new Error(`${stored.error.code} ${JSON.stringify(stored.error.detail)}`);
	return stored.value;
}

export function faultOf(stored: Stored<unknown>): string {
	if (stored.ok) throw new Error('expected a fault');
	const { reason } = stored.error.detail;
	return reason === undefined ? stored.error.code : `${stored.error.code} ${reason}`;
}

export function observation(check: string, at: number, more: Partial<Observation> = {}): Observation {
	const plain = { durationMs: 12.345, samples: {}, fault: null, level: 'ok', reasons: [] } as const;
	return { check: checkId(check), at, ...plain, ...more };
}

export function recorded(seen: Observation, more: Partial<CheckState> = {}): Recorded {
	const { check, at, level } = seen;
	const state: CheckState = {
		check,
		level,
		hard: true,
		attempt: 1,
		since: HOUR,
		hardLevel: level,
		hardSince: HOUR,
		at,
		...more,
	};
	return { observation: seen, state, flip: null };
}

export function record(storage: Storage, ...seen: readonly Observation[]): void {
	got(storage.observations.record(seen.map((each) => recorded(each))));
}

/** Whole observations of every check since then, oldest first, the newest `limit`. */
export function since(
	{ observations }: Pick<Storage, 'observations'>,
	sinceAt: number,
	limit: number,
): Observation[] {
	return got(observations.states())
		.flatMap(({ check }) => got(observations.of(check, sinceAt, Number.MAX_SAFE_INTEGER, limit)))
		.sort((a, b) => a.at - b.at)
		.slice(-limit);
}

/** Packs until nothing is left. */
export function compactAll(storage: Storage, now: number, keepMs = 1e12): void {
	while (got(storage.observations.compact(now, keepMs)));
}
