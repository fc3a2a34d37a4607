import { describe, expect, test } from 'vitest';
import { checkId } from '../../src/domain/ids.ts';
import type { Observation } from '../../src/domain/observation.ts';
import type { RecentAsk } from '../../src/domain/storage-port.ts';
import { quantity, type SampleValue } from '../../src/domain/value.ts';
import { recentPast } from '../support/recent-past.ts';
import { compactAll, got, HOUR, observation, opened, record, scratch } from './storage-world.ts';

const NAMES = ['latency', 'ready', 'net', 'version', 'never'];
const END = HOUR + 3 * 3_600_000;

/** Values of every sort, which stay, step, change their scale, their unit and their names, and vanish. */
function samplesAt(index: number): Record<string, SampleValue> {
	if (index % 17 === 3) return {};
	const latency = [
		quantity(index % 23, 'ms'),
		quantity(`${index % 9}.${10 + (index % 89)}`, 'ms'),
		quantity('-0.005', 'ratio'),
		quantity('9007199254740993'),
		quantity('-123456789012345678901234567890.0123456789'),
		null,
		'slow',
	][index % 31 < 7 ? index % 31 : 1]!;
	const some: Record<string, SampleValue> = { latency, ready: index % 5 > 0, net: quantity('266481.41') };
	if (index % 7 > 2) some['version'] = `v${Math.floor(index / 40)}`;
	return index % 11 === 0 ? { other: quantity(index), ...some } : some;
}

/** Three hours: one check each second for the last minutes, some slower, one that stopped, one with a gap of an hour. */
function threeHours(): Observation[] {
	const fault = { code: 'refused', detail: { address: '127.0.0.1:1' } } as const;
	const one = (check: string, at: number, index: number) => {
		const samples = samplesAt(index);
		if (Object.keys(samples).length > 0) {
			return observation(check, at, { samples, durationMs: index / 8, level: index % 13 ? 'ok' : 'warning' });
		}
		return observation(check, at, { fault, level: 'critical', reasons: [{ kind: 'fault', fault }] });
	};
	const series = (check: string, fromAt: number, toAt: number, everyMs: number) =>
		Array.from({ length: Math.floor((toAt - fromAt) / everyMs) }, (_, index) =>
			one(check, fromAt + index * everyMs, index),
		);
	return [
		...series('fast', END - 400_000, END, 1_000),
		...series('even', HOUR + 3, END, 20_000),
		...series('slow', HOUR + 4, END, 700_000),
		...series('stopped', HOUR + 5, HOUR + 3_000_000, 30_000),
		...series('gap', HOUR + 6, HOUR + 3_000_000, 30_000),
		...series('gap', END - 900_000, END, 30_000),
	].sort((a, b) => a.at - b.at);
}

const asking = (reaches: Readonly<Record<string, number>>, samples: readonly string[] = NAMES): RecentAsk[] =>
	Object.entries(reaches).map(([check, sinceAt]) => ({ check: checkId(check), sinceAt, samples }));

const ALL = { gap: 0, fast: 0, stopped: 0, even: 0, slow: 0, unknown: 0 };
const QUESTIONS: readonly [string, readonly RecentAsk[], number][] = [
	['everything of all', asking(ALL), 100_000],
	['no samples', asking(ALL, []), 100_000],
	['samples that stand behind others', asking(ALL, ['net', 'ready']), 100_000],
	['no check', [], 100],
	['each as far as it needs', asking({ fast: END - 60_000, even: END - 1_200_000, slow: 0 }), 100_000],
	['from within a ten minutes', asking({ fast: END - 333_333, gap: END - 777_777 }), 100_000],
	[
		'two that reach almost as far',
		asking({ gap: END - 400_000, fast: END - 300_000, even: END - 222_222 }),
		100_000,
	],
	['what began after all ended', asking({ fast: END, even: END * 2, stopped: END - 100 }), 100_000],
	['a border to the millisecond', asking({ even: END - 20_000 + 3, slow: HOUR + 5 }), 100_000],
	['one point', asking(ALL), 1],
	['few', asking(ALL), 57],
	['what ends within an hour', asking(ALL), 430],
	['what ends in the first hour', asking({ even: 0, slow: HOUR + 1, stopped: 0 }), 470],
	['nothing', asking(ALL), 0],
];

describe('the recent past', () => {
	test('is what whole observations say, in open hours, packed ones and over the border', () => {
		const path = scratch();
		const storage = opened(path);
		const seen = threeHours();
		for (let index = 0; index < seen.length; index += 50) record(storage, ...seen.slice(index, index + 50));
		const expectAll = (where: string) => {
			// A store opened anew knows nothing from writing.
			const fresh = opened(path);
			for (const [what, asks, limit] of QUESTIONS) {
				expect(got(fresh.observations.recent(asks, limit)), `${what}, ${where}`).toEqual(
					recentPast(seen, asks, limit),
				);
			}
		};
		expectAll('all open');
		for (const hours of [1, 2, 3]) {
			compactAll(storage, HOUR + hours * 3_600_000 + 700_000);
			expectAll(`${hours} packed`);
		}
	});

	test('more rows than are handed over at once come whole and in order', () => {
		const storage = opened(scratch());
		const seen = Array.from({ length: 41_000 }, (_, index) =>
			// Several in one millisecond: a page may end between them.
			observation(`c${index % 7}`, HOUR + Math.floor(index / 7), { samples: { n: quantity(index) } }),
		);
		for (let index = 0; index < seen.length; index += 4_100)
			record(storage, ...seen.slice(index, index + 4_100));
		const checks = Object.fromEntries(Array.from({ length: 7 }, (_, index) => [`c${index}`, 0]));
		for (const limit of [100_000, 30_001]) {
			const found = got(storage.observations.recent(asking(checks, ['n']), limit));
			expect(found).toEqual(recentPast(seen, asking(checks, ['n']), limit));
		}
	});

	test('two consoles that record the same check, and what comes late, are all in it', () => {
		const path = scratch();
		const [one, two] = [opened(path), opened(path)];
		const seen = Array.from({ length: 40 }, (_, index) =>
			observation(`c${index % 2}`, HOUR + index, { samples: { a: quantity(index % 5), b: 'same' } }),
		);
		for (const [index, each] of seen.entries()) if (index !== 20) record(index % 3 === 0 ? two : one, each);
		const asks = asking({ c1: HOUR + 7, c0: HOUR + 8 }, ['b', 'a']);
		const without = seen.filter((_, index) => index !== 20);
		expect(got(one.observations.recent(asks, 100))).toEqual(recentPast(without, asks, 100));
		compactAll(one, HOUR + 8_000_000);
		record(two, seen[20]!);
		expect(got(one.observations.recent(asks, 100))).toEqual(recentPast(seen, asks, 100));
	});

	test('another environment is not in it', () => {
		const path = scratch();
		const [production, staging] = [opened(path), opened(path, { environment: 'staging' })];
		record(production, observation('a', HOUR));
		record(staging, observation('a', HOUR + 1), observation('b', HOUR + 2));
		const found = got(production.observations.recent(asking({ a: 0, b: 0 }), 10));
		expect(found.map(({ check, ats }) => [check, ats])).toEqual([['a', [HOUR]]]);
	});
});

describe('states read by a store opened anew', () => {
	test('have the time of the newest observation, whatever each rhythm and however much is packed', () => {
		const path = scratch();
		const storage = opened(path);
		const seen = threeHours();
		for (let index = 0; index < seen.length; index += 50) record(storage, ...seen.slice(index, index + 50));
		const newest = new Map(seen.map(({ check, at }) => [check, at]));
		for (const hours of [0, 1, 2, 3]) {
			if (hours > 0) compactAll(storage, HOUR + hours * 3_600_000 + 700_000);
			const states = got(opened(path).observations.states());
			expect(new Map(states.map(({ check, at }) => [check, at])), `${hours} packed`).toEqual(newest);
		}
	});
});
