import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { quantileOf } from '../../src/checks/metrics-quantile.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createProbePorts } from '../../src/platform/ports.ts';
import { fakeSql } from '../support/check-subjects.ts';
import {
	type CounterServer,
	createWatcher,
	DAY,
	MINUTE,
	SECOND,
	START,
	serveCounters,
} from '../support/metrics-world.ts';

const ports = createProbePorts({ sql: fakeSql, clock: createClock() });
let api: CounterServer;
beforeEach(async () => {
	api = await serveCounters();
});
afterEach(async () => {
	await ports.close();
	await api.close();
});

const rules = () => `booking:
  kind: metrics
  url: ${api.url}
  every: 15s
  for: 5m
  watch:
    p95: {quantile: 0.95, of: http_request_duration_seconds, over: 5m, unit: seconds}
    errors: {ratio: 'http_requests_total{status=~"5.."}', of: http_requests_total, over: 5m}
    misses: {ratio: availability_cache_miss_total, beside: availability_cache_hit_total, over: 5m}
  must:
    - p95 <= 800ms
    - p95.floor < 800ms
    - errors <= 2%
  should:
    - misses <= 80%
`;

/** Asks every 15 s for so many minutes; `between` happens before each. */
async function watch(
	watcher: Awaited<ReturnType<typeof createWatcher>>,
	from: number,
	minutes: number,
	between: () => void,
) {
	let found = await watcher.ask(from);
	for (let at = from + 15 * SECOND; at <= from + minutes * MINUTE; at += 15 * SECOND) {
		between();
		found = await watcher.ask(at);
	}
	return found;
}

describe('the rules of the booking system', () => {
	const calm = () => {
		api.request(98, 0.2);
		api.request(2, 0.6);
		api.counts.miss += 3;
		api.counts.hit += 7;
	};

	test('before the window has filled everything is unknown, and says how much is seen', async () => {
		const watcher = await createWatcher(ports, rules());
		const found = await watch(watcher, START, 4, calm);
		expect(found.level).toBe('unknown');
		expect(found.samples).not.toHaveProperty('p95');
		expect(found.why).toContain('only 4 min of 5 min seen since this process began to watch');
	});

	test('calm: within all limits', async () => {
		const watcher = await createWatcher(ports, rules());
		const found = await watch(watcher, START, 6, calm);
		expect(found).toMatchObject({ level: 'ok', why: '' });
		expect(found.samples).toMatchObject({ misses: 0.3, errors: 0, 'p95.floor': 100 });
		expect(found.samples['p95']).toBeCloseTo(100 + 150 * (95 / 98), 6);
	});

	test('P95 above 800 ms over 5 minutes', async () => {
		const watcher = await createWatcher(ports, rules());
		await watch(watcher, START, 6, calm);
		const found = await watch(watcher, START + 6 * MINUTE + SECOND, 5, () => api.request(20, 0.9));
		expect(found.level).toBe('critical');
		expect(found.why).toContain('p95');
		expect(found.samples['p95']).toBeCloseTo(987.5, 6);
	});

	test('so slow that it lies above the last bucket: critical by its floor, never fine', async () => {
		const watcher = await createWatcher(ports, rules());
		await watch(watcher, START, 6, calm);
		const found = await watch(watcher, START + 6 * MINUTE + SECOND, 6, () => api.request(20, 30));
		expect(found.level).toBe('critical');
		expect(found.samples).toMatchObject({ 'p95.floor': 10_000 });
		expect(found.samples).not.toHaveProperty('p95');
		expect(found.why).toContain('above the last bucket of the histogram, 10 s');
	});

	test('more than 2 % of answers are 5xx over the same 5 minutes', async () => {
		const watcher = await createWatcher(ports, rules());
		await watch(watcher, START, 6, calm);
		const some = await watch(watcher, START + 6 * MINUTE + SECOND, 6, () => {
			api.request(98, 0.1);
			api.request(2, 0.1, 503);
		});
		expect(some).toMatchObject({ level: 'unknown', samples: { errors: 0.02 } });
		const many = await watch(watcher, START + 12 * MINUTE + 2 * SECOND, 6, () => {
			api.request(97, 0.1);
			api.request(3, 0.1, 503);
			api.counts.hit += 1;
		});
		expect(many).toMatchObject({ level: 'critical', samples: { errors: 0.03 } });
	});

	test('more than 80 % of look-ups miss the cache: a warning', async () => {
		const watcher = await createWatcher(ports, rules());
		const found = await watch(watcher, START, 6, () => {
			api.request(50, 0.2);
			api.counts.miss += 81;
			api.counts.hit += 19;
		});
		expect(found).toMatchObject({ level: 'warning', samples: { misses: 0.81 } });
	});

	test('nobody asks anything: too few to say, never ok', async () => {
		const watcher = await createWatcher(ports, rules());
		await watch(watcher, START, 6, calm);
		const found = await watch(watcher, START + 6 * MINUTE + SECOND, 6, () => {});
		expect(found.level).toBe('unknown');
		expect(found.why).toContain('only 0 of at least 20 seen in the window');
		expect(found.samples).toMatchObject({ 'p95.events': 0, 'errors.events': 0 });
	});

	test('a restart of the service is no growth below zero and hides nothing', async () => {
		const watcher = await createWatcher(ports, rules());
		await watch(watcher, START, 6, calm);
		api.restart();
		const found = await watch(watcher, START + 6 * MINUTE + SECOND, 2, calm);
		expect(found).toMatchObject({ level: 'ok', samples: { misses: 0.3, errors: 0 } });
	});

	test('nobody watched for longer than the window allows: the window fills again', async () => {
		const watcher = await createWatcher(ports, rules());
		await watch(watcher, START, 6, calm);
		calm();
		const found = await watcher.ask(START + 20 * MINUTE);
		expect(found.level).toBe('unknown');
		expect(found.why).toContain('only 0 ms of 5 min');
		expect((await watch(watcher, START + 20 * MINUTE, 5, calm)).level).toBe('ok');
	});

	test('a clock that was set back begins anew', async () => {
		const watcher = await createWatcher(ports, rules());
		await watch(watcher, START, 6, calm);
		expect((await watcher.ask(START - DAY)).level).toBe('unknown');
		expect((await watch(watcher, START - DAY, 5, calm)).level).toBe('ok');
	});
});

describe('appointments against the mean day', () => {
	const rule = () => `created:
  kind: metrics
  url: ${api.url}
  every: 1m
  watch:
    created: {daily: appointments_created_total}
  should:
    - created >= 50%
`;
	/** What an earlier process stored: so many a day, hourly. */
	const stored = (days: number, perDay: number) =>
		Array.from({ length: days * 24 + 1 }, (_, hour) => ({
			at: START - (days * 24 - hour) * 60 * MINUTE,
			value: Math.round((perDay * hour) / 24),
		}));

	test.each([
		[100, 'ok', 1],
		[50, 'ok', 0.5],
		[49, 'warning', 0.49],
		[0, 'warning', 0],
	])('%i in the last 24 hours after days of 100: %s', async (today, level, part) => {
		const history = stored(7, 100);
		const watcher = await createWatcher(ports, rule(), history);
		api.counts.created = 700;
		await watcher.ask(START + MINUTE);
		api.counts.created = 700 + today;
		const found = await watcher.ask(START + DAY);
		expect(found.level).toBe(level);
		expect(found.samples).toMatchObject({ created: part, 'created.last': today, 'created.mean': 100 });
		expect(found.samples['created.counter']).toBe(700 + today);
	});

	test('a counter that began anew over night counts on', async () => {
		const watcher = await createWatcher(ports, rule(), stored(7, 100));
		api.counts.created = 40;
		expect(await watcher.ask(START + DAY)).toMatchObject({ level: 'warning', samples: { created: 0.4 } });
	});

	test('fewer than three days before are no mean', async () => {
		const watcher = await createWatcher(ports, rule(), stored(2, 100));
		api.counts.created = 300;
		const found = await watcher.ask(START + DAY);
		expect(found.level).toBe('unknown');
		expect(found.why).toMatch(/only (?:3 d|72 h) of 4 d|only .* of .* seen since/);
		expect(found.samples).toMatchObject({ 'created.counter': 300 });
	});

	test('days without any have no half', async () => {
		const watcher = await createWatcher(ports, rule(), stored(7, 0));
		expect((await watcher.ask(START + DAY)).level).toBe('unknown');
	});
});

describe('other computations', () => {
	const check = (watched: string, must: string) =>
		`c:\n  kind: metrics\n  url: ${api.url}\n  watch:\n    x: ${watched}\n  must: ["${must}"]\n`;

	test.each([
		['appointments_created_total', 'x == 12', 'ok'],
		['{value: appointments_created_total, unit: bytes}', 'x == 12B', 'ok'],
		['no_such_metric', 'x >= 0', 'unknown'],
		['http_requests_total', 'x >= 0', 'unknown'],
		['http_requests_total', 'x.max == 7', 'ok'],
		['\'http_requests_total{status="500"}\'', 'x == 3', 'ok'],
	])('%s: %s is %s', async (watched, must, level) => {
		api.counts.created = 12;
		api.request(7, 0.1);
		api.request(3, 0.1, 500);
		const watcher = await createWatcher(ports, check(watched, must));
		expect((await watcher.ask(START)).level).toBe(level);
	});

	test('rate per second and increase', async () => {
		const rate = await createWatcher(
			ports,
			check('{rate: appointments_created_total, over: 1m}', 'x == 0.5'),
		);
		const increase = await createWatcher(
			ports,
			check('{increase: appointments_created_total, over: 1m}', 'x == 30'),
		);
		for (const watcher of [rate, increase]) await watcher.ask(START);
		api.counts.created += 30;
		for (const watcher of [rate, increase]) expect((await watcher.ask(START + MINUTE)).level).toBe('ok');
	});

	test('a label that is misspelt is unknown, one that has not happened is none', async () => {
		api.request(10, 0.1);
		const misspelt = check(
			`{ratio: 'http_requests_total{staus=~"5.."}', of: http_requests_total}`,
			'x <= 2%',
		);
		const none = check(`{ratio: 'http_requests_total{status=~"5.."}', of: http_requests_total}`, 'x <= 2%');
		for (const [text, level] of [
			[misspelt, 'unknown'],
			[none, 'ok'],
		] as const) {
			const watcher = await createWatcher(ports, text);
			expect((await watch(watcher, START, 5, () => api.request(10, 0.1))).level).toBe(level);
		}
	});

	test('the first of its kind counts: it began at zero while the page was watched', async () => {
		api.request(10, 0.1);
		const watcher = await createWatcher(
			ports,
			check(`{increase: 'http_requests_total{status=~"5.."}', over: 1m}`, 'x == 4'),
		);
		await watcher.ask(START);
		api.request(4, 0.1, 500);
		expect((await watcher.ask(START + MINUTE)).level).toBe('ok');
	});

	test.each(['NaN', '+Inf', '-3'])('a counter that is %s is no number', async (text) => {
		const watcher = await createWatcher(
			ports,
			check('{increase: appointments_created_total, over: 1m}', 'x >= 0'),
		);
		await watcher.ask(START);
		api.instead = `appointments_created_total ${text}\n`;
		const found = await watcher.ask(START + MINUTE);
		expect(found.level).toBe('unknown');
		expect(found.why).toContain(text);
	});

	test('without conditions of its own it is still never ok before it knows', async () => {
		const text = `c:\n  kind: metrics\n  url: ${api.url}\n  watch: {x: {rate: appointments_created_total, over: 1m}}\n`;
		const watcher = await createWatcher(ports, text);
		expect((await watcher.ask(START)).level).toBe('unknown');
		expect((await watcher.ask(START + MINUTE)).level).toBe('ok');
	});

	test('what is kept is bounded, however long it runs', async () => {
		const memory = new Map<string, unknown>();
		const watcher = await createWatcher(
			ports,
			check('{rate: appointments_created_total, over: 1m}', 'x >= 0'),
		);
		for (let at = START; at < START + 10 * MINUTE; at += SECOND / 10) await watcher.ask(at, { memory });
		const { marks } = memory.get('x') as { marks: unknown[] };
		expect(marks.length).toBeGreaterThan(100);
		expect(marks.length).toBeLessThan(500);
	});
});

describe('quantiles', () => {
	const counts = (...pairs: [number, number][]) => new Map(pairs);
	const INF = Number.POSITIVE_INFINITY;
	test.each([
		[0.5, counts([1, 10], [2, 20], [INF, 20]), { kind: 'value', value: 1, floor: 0 }],
		[0.75, counts([1, 10], [2, 20], [INF, 20]), { kind: 'value', value: 1.5, floor: 1 }],
		[0.95, counts([1, 10], [INF, 20]), { kind: 'beyond', floor: 1 }],
		[0.5, counts([-1, 10], [1, 10], [INF, 10]), { kind: 'value', value: -1, floor: -1 }],
		[0.95, counts([1, 10], [2, 10]), { kind: 'no-buckets' }],
		[0.95, counts([INF, 10]), { kind: 'no-buckets' }],
		// A page written while others counted: the sums of later buckets are never smaller.
		[0.9, counts([1, 10], [2, 9], [INF, 10]), { kind: 'value', value: 0.9, floor: 0 }],
	])('%d of %o', (share, seen, found) => {
		expect(quantileOf(share, seen)).toEqual(found);
	});
});
