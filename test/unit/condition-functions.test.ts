import { describe, expect, test } from 'vitest';
import { evaluateCondition, parseCondition } from '../../src/domain/condition/index.ts';
import { quantity } from '../../src/domain/value.ts';
import { reasonText } from '../../src/i18n/reason.ts';
import { answerTo, contextOf, judgeText, NOW, rows, type World } from '../support/reading-context.ts';

describe('against the baseline', () => {
	const world: World = {
		samples: {
			t: 1960,
			up: 120,
			same: 0,
			fromZero: 3,
			negative: -50,
			text: 'x',
			word: 'a1',
			otherWord: 'b2',
			fresh: 5,
			cents: quantity('95.00'),
			ms: quantity(5, 'ms'),
		},
		signed: {
			t: 48609,
			up: 100,
			same: 0,
			fromZero: 0,
			negative: -100,
			text: 5,
			word: 'a1',
			otherWord: 'b1',
			cents: quantity('100.00'),
			gone: 1,
			ms: quantity(5, 'bytes'),
		},
	};
	rows(world, [
		['drop(t) < 5%', false],
		['drop(t) > 95.96%', true],
		['drop(t) < 95.97%', true],
		['rise(t) == 0', true],
		['change(t) > 95%', true],
		['drop(up) == 0', true],
		['rise(up) == 20%', true],
		['change(up) == 0.2', true],
		['change(word) == 0', true],
		['change(otherWord) < 5%', false],
		['change(otherWord) == 100%', true],
		['drop(cents) < 5%', false],
		['drop(cents) <= 5%', true],
		['rise(negative) == 50%', true],
		['drop(negative) == 0', true],
		['drop(same) < 5%', true],
		['change(fromZero) < 5%', 'baseline-zero'],
		['drop(word) < 5%', 'not-a-number'],
		['rise(fromZero) < 5%', 'baseline-zero'],
		['drop(fromZero) < 5%', 'baseline-zero'],
		['drop(text) < 5%', 'not-a-number'],
		['change(text) < 5%', 'not-a-number'],
		['drop(fresh) < 5%', 'no-baseline'],
		['drop(fresh) != 1', 'no-baseline'],
		['drop(gone) < 5%', 'sample-missing'],
		['change(ms) < 5%', 'unlike-units'],
	]);

	test('the outcome shows from, to and when', () => {
		const outcome = judgeText('drop(t) < 5%', world);
		expect(outcome.resolved[0]).toMatchObject({
			text: 'drop(t)',
			from: { number: '48609' },
			to: { number: '1960' },
			at: NOW - 86_400_000,
		});
		expect(outcome.must).toMatchObject({ operator: '<', value: '5 %' });
	});
});

describe('against what is usual at this hour', () => {
	const world: World = {
		samples: {
			latency: quantity(30, 'ms'),
			'rows.took': quantity(2, 'ms'),
			fresh: quantity(5, 'ms'),
			orders: 40,
			up: true,
			word: 'a1',
			size: quantity(10, 'bytes'),
		},
		usual: { latency: 9.25, 'rows.took': 2, fresh: '2', orders: 100, up: 0.5, word: 9, size: 20, gone: 5 },
	};
	rows(world, [
		['latency < 3 * usual(latency)', false],
		['latency < usual(latency) * 4', true],
		['usual(latency) == 9.25ms', true],
		['latency / usual(latency) > 3', true],
		['rows.took <= usual(rows.took)', true],
		['orders > usual(orders) / 2', false],
		['usual(up) == 50%', true],
		['size < usual(size)', true],
		['latency < usual(orders)', 'unlike-units'],
		['fresh < 3 * usual(fresh)', 'too-few-days'],
		['fresh >= 3 * usual(fresh)', 'too-few-days'],
		['usual(fresh) != 1ms', 'too-few-days'],
		['usual(word) > 1', 'not-a-number'],
		['usual(gone) > 1', 'sample-missing'],
	]);

	test('a reason tells the limit and what it was made of, or how many days are known', () => {
		const slow = judgeText('latency < 3 * usual(latency)', world);
		expect(reasonText(slow, 'en')).toBe('latency = 30 ms, must be < 27.8 ms (3 * usual(latency))');
		expect(slow.resolved).toContainEqual({
			text: 'usual(latency)',
			value: { number: '9.25', unit: 'ms' },
		});
		const early = judgeText('fresh < 3 * usual(fresh)', world);
		expect(reasonText(early, 'en')).toBe('usual(fresh): too few days known at this hour: 2 of 3');
		expect(reasonText(early, 'zh-CN')).toBe('usual(fresh)：此时段已知的天数太少：2 / 3');
	});

	test('where no history is kept nothing is usual', () => {
		const parsed = parseCondition('latency < 3 * usual(latency)');
		if (!parsed.ok) throw new Error('refused');
		const { usual: _, ...without } = contextOf(world);
		expect(evaluateCondition(parsed.value, without).why?.code).toBe('too-few-days');
	});
});

describe('over history', () => {
	const history = Array.from({ length: 100 }, (_, index) => ({
		at: NOW - 100_000 + index * 1000,
		value: index + 1,
	}));
	rows({ history, samples: { latency: quantity(5, 'ms'), n: 1 } }, [
		['p50(latency, 5m) == 50ms', true],
		['p90(n, 5m) == 90', true],
		['p95(latency, 5m) < 96ms', true],
		['p95(latency, 5m) < 95ms', false],
		['p99(n, 5m) == 99', true],
		['avg(n, 5m) == 50.5', true],
		['avg(n, 10s) == 95.5', true],
		['rate(n, 5m) == 1', true],
		['ratio(n, 5m) == 100%', true],
		['avg(latency, 5m) < 1s', true],
	]);
	rows(
		{
			history: [
				{ at: NOW - 3000, value: 10 },
				{ at: NOW - 2000, value: 0 },
				{ at: NOW - 1000, value: 4 },
				{ at: NOW, value: 1 },
			],
			samples: { n: 1 },
		},
		[
			['rate(n, 1m) > 1.666', true],
			['rate(n, 1m) < 1.667', true],
			['ratio(n, 1m) == 75%', true],
			['p95(n, 1m) == 10', true],
			['p50(n, 1m) == 1', true],
			['rate(n, 500ms) > 0', 'too-few-samples'],
			['avg(n, 500ms) == 1', true],
		],
	);
	rows({ samples: { n: 1 } }, [
		['avg(n, 1h) < 5', 'too-few-samples'],
		['p95(n, 1h) != 5', 'too-few-samples'],
		['ratio(n, 1h) >= 0%', 'too-few-samples'],
	]);
	const climbing = Array.from({ length: 60 }, (_, index) => ({
		at: NOW - 3_600_000 + index * 60_000,
		// A peak at the end and a hole at the start are no tendency.
		value: index === 59 ? 9000 : index === 0 ? 1 : 100 + index,
	}));
	rows({ history: climbing, samples: { rss: quantity(160, 'bytes') } }, [
		['growth(rss, 1h) < 37%', false],
		['growth(rss, 1h) < 38%', true],
		['growth(rss, 3h) < 37%', 'too-few-samples'],
		['growth(rss, 4m) < 1%', 'too-few-samples'],
		['changes(rss, 1h) > 50', true],
	]);
	const restarted = [
		{ at: NOW - 4000, value: 71 },
		{ at: NOW - 3000, value: 71 },
		{ at: NOW - 2000, value: 88 },
		{ at: NOW - 1000, value: 88 },
	];
	rows({ history: restarted, samples: { pid: 88 } }, [
		['changes(pid, 1m) == 1', true],
		['changes(pid, 1500ms) == 0', true],
	]);
	rows({ history: restarted, samples: { pid: 99 } }, [
		['changes(pid, 1m) == 2', true],
		['changes(pid, 1500ms) == 1', true],
	]);
	rows({ samples: { pid: 99 } }, [['changes(pid, 1m) == 0', 'too-few-samples']]);
	test('what shrinks has grown by less than nothing', () => {
		const falling = climbing.map(({ at }, index) => ({ at, value: 1000 - index }));
		expect(answerTo('growth(rss, 1h) < 0', { history: falling, samples: { rss: 941 } })).toBe(true);
	});
	test('a bare history takes the unit of the signed value when there is no sample now', () => {
		const world = { history, signed: { latency: quantity(5, 'ms') } };
		expect(answerTo('p50(latency, 5m) == 50ms', world)).toBe(true);
		expect(answerTo('p50(latency, 5m) == 50ms', { history })).toBe('unlike-units');
	});
	test('tenths add up', () => {
		const tenths = Array.from({ length: 10 }, (_, index) => ({ at: NOW - 1000 + index, value: 0.1 }));
		expect(answerTo('avg(n, 1m) * 10 == 1', { history: tenths, samples: { n: 1 } })).toBe(true);
	});
});

describe('age', () => {
	const at = (value: string | number) => ({ samples: { at: value } });
	test.each<[string | number, string]>([
		['2026-01-02T11:00:00Z', '3600000'],
		['2026-01-02T11:00:00', '3600000'],
		['2026-01-02 11:59:59.500', '500'],
		['2026-01-02T13:00:00+02:00', '3600000'],
		['2026-01-02T06:30:00-0530', '0'],
		['2026-01-02', '43200000'],
		['Fri, 02 Jan 2026 11:00:00 GMT', '3600000'],
		[NOW / 1000 - 60, '60000'],
		[NOW - 60_000, '60000'],
		[String(NOW - 60_000), '60000'],
		['2026-01-02T12:00:30Z', '0'],
	])('%s', (value, ms) => {
		const [seen] = judgeText('age(at) < 1d', at(value)).resolved;
		expect(seen?.value).toEqual({ number: ms, unit: 'ms' });
	});

	test.each([
		'2026-02-30',
		'2026-13-01',
		'2026-01-02T25:00:00Z',
		'yesterday',
		'',
		-5,
		'02/01/2026',
		`2026-01-02${' '.repeat(100_000)}`,
	])('%j is no time', (value) => {
		expect(answerTo('age(at) < 1000d', at(value))).toBe('not-a-time');
	});

	test('a time in the future does not look fresh', () => {
		expect(answerTo('age(at) < 1h', at('2099-01-01'))).toBe('time-in-future');
	});
});
