import { describe, expect, test } from 'vitest';
import { checkId } from '../../src/domain/ids.ts';
import type { Observation } from '../../src/domain/observation.ts';
import { quantity, type SampleValue } from '../../src/domain/value.ts';
import {
	compactAll,
	got,
	HOUR,
	observation,
	opened,
	record,
	recorded,
	scratch,
	since,
} from './storage-world.ts';

const VALUES: Readonly<Record<string, SampleValue>> = {
	nothing: null,
	yes: true,
	no: false,
	text: 'zażółć \u{1f980}',
	empty: '',
	'': quantity(7),
	__proto__x: 'x',
	money: quantity('12.50'),
	negative: quantity('-0.005', 'ratio'),
	zeros: quantity('0.00'),
	large: quantity('9007199254740993'),
	int64: quantity('9223372036854775807', 'bytes'),
	huge: quantity('-123456789012345678901234567890.0123456789', 'ms'),
	small: quantity(`0.${'0'.repeat(40)}1`),
	edge: quantity('999999999999999'),
	beyond: quantity('1000000000000000'),
};

/** Two hours of three checks with values that stay, change, vanish and fail. */
function twoHours(): Observation[] {
	const fault = { code: 'refused', detail: { address: '127.0.0.1:1' } } as const;
	return Array.from({ length: 720 }, (_, index) => {
		const at = HOUR + index * 10_000 + (index % 3);
		const failed = index % 50 > 40;
		if (failed) {
			const reasons = [{ kind: 'fault', fault }] as const;
			return observation(`check-${index % 3}`, at, {
				fault,
				level: 'critical',
				reasons,
				durationMs: index / 8,
			});
		}
		const samples: Record<string, SampleValue> = {
			latency: quantity(((index * 37) % 1000) / 100, 'ms'),
			customers: quantity(index < 300 ? 8 : 9),
			version: index % 90 === 0 ? `v${index}` : 'v1',
		};
		if (index % 7 === 0) samples['extra'] = index % 2 === 0;
		return observation(`check-${index % 3}`, at, {
			samples,
			durationMs: index / 8,
			level: index % 11 === 0 ? 'warning' : 'ok',
			reasons: index % 11 === 0 ? [{ kind: 'bug', text: `n${index % 2}` }] : [],
		});
	});
}

describe('observations', () => {
	test('every value comes back exactly, from open and from packed hours', () => {
		const storage = opened(scratch());
		const proto = Object.fromEntries([['__proto__', quantity('1.10')]]);
		const seen = [
			observation('a', HOUR, { samples: VALUES }),
			observation('a', HOUR + 1, { samples: { ...VALUES, money: quantity('12.5') } }),
			observation('a', HOUR + 2, { samples: proto }),
			observation('a', HOUR + 3, { samples: {} }),
			observation('a', HOUR + 4, { samples: { ...proto } }),
		];
		record(storage, ...seen);
		expect(since(storage, 0, 10)).toEqual(seen);
		expect(Object.keys(since(storage, HOUR + 2, 1)[0]!.samples)).toEqual(['__proto__']);
		compactAll(storage, HOUR + 8_000_000);
		expect(since(storage, 0, 10)).toEqual(seen);
	});

	test('open and packed hours answer alike', () => {
		const storage = opened(scratch());
		const seen = twoHours();
		for (let index = 0; index < seen.length; index += 20) record(storage, ...seen.slice(index, index + 20));
		const end = HOUR + 7_200_000;
		const check = checkId('check-1');
		const ask = () => ({
			all: since(storage, 0, 10_000),
			middle: since(storage, HOUR + 1_234_567, 10_000),
			newest: since(storage, 0, 250),
			one: got(storage.observations.of(check, HOUR + 555_555, end - 999_999, 1000)),
			few: got(storage.observations.of(check, 0, end, 130)),
			up: got(storage.observations.uptime(HOUR + 100_000, end - 100_000)),
			fine: got(storage.observations.history(check, 'latency', HOUR, end - 1, 24)),
			coarse: got(storage.observations.history(check, null, HOUR, end - 1, 2)),
			states: got(storage.observations.states()),
		});
		const open = ask();
		expect(open.all).toEqual(seen);
		expect(open.middle).toEqual(seen.filter(({ at }) => at >= HOUR + 1_234_567));
		expect(open.newest).toEqual(seen.slice(-250));
		const ones = seen.filter((each) => each.check === check);
		expect(open.one).toEqual(ones.filter(({ at }) => at >= HOUR + 555_555 && at <= end - 999_999));
		expect(open.few).toEqual(ones.slice(-130));
		// One hour closed, then both: the border runs through every answer.
		for (const now of [HOUR + 4_300_000, HOUR + 8_000_000]) {
			compactAll(storage, now);
			const packed = ask();
			const { coarse, fine, ...rest } = packed;
			const { coarse: openCoarse, fine: openFine, ...openRest } = open;
			expect(rest).toEqual(openRest);
			for (const [after, before] of [
				[coarse, openCoarse],
				[fine, openFine],
			] as const) {
				expect(after.map(({ at, level, count }) => ({ at, level, count }))).toEqual(
					before.map(({ at, level, count }) => ({ at, level, count })),
				);
				for (const [index, point] of after.entries())
					expect(point.value).toBeCloseTo(before[index]!.value!, 9);
			}
		}
	});

	test('uptime counts ok and warning as good', () => {
		const storage = opened(scratch());
		const levels = ['ok', 'warning', 'critical', 'unknown'] as const;
		record(storage, ...levels.map((level, index) => observation('a', HOUR + index, { level })));
		expect(got(storage.observations.uptime(HOUR, HOUR + 2))).toEqual(new Map([['a', { good: 2, count: 3 }]]));
	});

	test('a bucket without observations is pending, so that the gap is drawn', () => {
		const storage = opened(scratch());
		record(storage, observation('a', HOUR + 5, { level: 'warning', durationMs: 4 }));
		expect(got(storage.observations.history(checkId('a'), null, HOUR, HOUR + 19, 2))).toEqual([
			{ at: HOUR, level: 'warning', value: 4, count: 1 },
			{ at: HOUR + 10, level: 'pending', value: null, count: 0 },
		]);
	});

	test('what comes after its hour was packed is put into it', () => {
		const storage = opened(scratch());
		const first = observation('a', HOUR + 10, { samples: { n: quantity(1) } });
		const late = observation('a', HOUR + 5, { samples: { n: quantity(2) }, level: 'critical' });
		const other = observation('b', HOUR + 7);
		record(storage, first);
		compactAll(storage, HOUR + 8_000_000);
		record(storage, late, other);
		expect(since(storage, 0, 10)).toEqual([late, other, first]);
		expect(got(storage.observations.uptime(HOUR, HOUR + 3_600_000)).get(checkId('a'))).toEqual({
			good: 1,
			count: 2,
		});
	});

	test('the same observation twice is stored once', () => {
		const storage = opened(scratch());
		const seen = observation('a', HOUR, { samples: { n: quantity(1) } });
		record(storage, seen);
		record(storage, seen, observation('a', HOUR + 1, { samples: { n: quantity(2) } }));
		expect(since(storage, 0, 10).map(({ samples }) => samples['n'])).toEqual([quantity(1), quantity(2)]);
	});

	test('two consoles that record the same check read each other right', () => {
		const path = scratch();
		const [one, two] = [opened(path), opened(path)];
		const seen = Array.from({ length: 40 }, (_, index) =>
			observation(`c${index % 2}`, HOUR + index, { samples: { a: quantity(index % 5), b: 'same' } }),
		);
		for (const [index, each] of seen.entries()) record(index % 3 === 0 ? two : one, each);
		expect(since(one, 0, 100)).toEqual(seen);
		expect(since(two, 0, 100)).toEqual(seen);
	});

	test('a state has the time of its newest observation', () => {
		const path = scratch();
		const storage = opened(path);
		for (let index = 0; index < 5; index++) record(storage, observation('a', HOUR + index * 1000));
		const bad = observation('a', HOUR + 9000, { level: 'critical' });
		got(storage.observations.record([recorded(bad, { hard: false, attempt: 2, hardLevel: 'ok' })]));
		const expected = { ...recorded(bad, { hard: false, attempt: 2, hardLevel: 'ok' }).state };
		expect(got(storage.observations.states())).toEqual([expected]);
		expect(got(opened(path).observations.states())).toEqual([expected]);
	});

	test('flips are kept in order, newest of them', () => {
		const storage = opened(scratch());
		for (let index = 0; index < 4; index++) {
			const seen = observation('a', HOUR + index);
			const flip = { check: seen.check, at: seen.at, from: 'ok', to: 'critical' } as const;
			got(storage.observations.record([{ ...recorded(seen), flip }]));
		}
		expect(got(storage.observations.flips(HOUR + 1, 2)).map(({ at }) => at - HOUR)).toEqual([2, 3]);
	});

	test('environments do not see each other', () => {
		const path = scratch();
		const [production, staging] = [opened(path), opened(path, { environment: 'staging' })];
		record(production, observation('a', HOUR));
		record(staging, observation('a', HOUR, { level: 'critical' }), observation('b', HOUR));
		compactAll(staging, HOUR + 8_000_000);
		expect(since(production, 0, 10).map(({ level }) => level)).toEqual(['ok']);
		expect(since(staging, 0, 10).map(({ level }) => level)).toEqual(['critical', 'ok']);
		expect(got(production.observations.states())).toHaveLength(1);
	});

	test('retention forgets whole hours that are too old', () => {
		const storage = opened(scratch());
		record(storage, observation('a', HOUR), observation('a', HOUR + 5 * 3_600_000));
		compactAll(storage, HOUR + 7 * 3_600_000, 3 * 3_600_000);
		expect(since(storage, 0, 10).map(({ at }) => at)).toEqual([HOUR + 5 * 3_600_000]);
		expect(got(storage.observations.uptime(0, HOUR * 2)).get(checkId('a'))?.count).toBe(1);
	});
});
