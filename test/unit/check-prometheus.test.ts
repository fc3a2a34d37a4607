// Answers as Prometheus 2.42 gives them; one part asks the real server. Debian: apt-get install prometheus.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createClock } from '../../src/platform/clock.ts';
import { createProbePorts } from '../../src/platform/ports.ts';
import { fakeSql } from '../support/check-subjects.ts';
import { type CounterServer, createWatcher, START, serveCounters } from '../support/metrics-world.ts';
import { findProgram } from '../support/programs.ts';
import { closedPort } from '../support/servers.ts';

const clock = createClock();
const ports = createProbePorts({ sql: fakeSql, clock });

describe('answers', () => {
	let server: Server;
	let url = '';
	let answer = '';
	let asked: string[] = [];
	beforeEach(async () => {
		asked = [];
		server = createServer((request, response) => {
			asked.push(request.url ?? '');
			response.setHeader('content-type', 'application/json');
			response.end(answer);
		}).listen(0, '127.0.0.1');
		server.keepAliveTimeout = 1;
		await once(server, 'listening');
		url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/prom/`;
	});
	afterEach(async () => {
		await ports.close();
		await new Promise((resolve) => server.close(resolve));
	});

	const says = (resultType: string, result: unknown, more: object = {}) => {
		answer = JSON.stringify({ status: 'success', data: { resultType, result }, ...more });
	};
	const vector = (...values: [string, string][]) =>
		values.map(([job, value]) => ({ metric: { __name__: 'up', job }, value: [1767603600.123, value] }));
	const watcher = (must: string, more = '') =>
		createWatcher(
			ports,
			`c:\n  kind: prometheus\n  url: ${url}\n  query: {x: "up{job=~\\"a|b\\"}"}\n${more}  must: ["${must}"]\n`,
		);

	test('one series is one exact value, asked under the path of the server', async () => {
		says('vector', vector(['a', '12345678901234567.89']));
		const found = await (await watcher('x == 12345678901234567.89')).ask(START);
		expect(found).toMatchObject({ level: 'ok', samples: { 'x.count': 1, 'x.highest': 'job="a"' } });
		expect(asked).toEqual(['/prom/api/v1/query?query=up%7Bjob%3D%7E%22a%7Cb%22%7D']);
	});

	test.each([
		['scalar', [1767603600.123, '7'], 'x == 7', 'ok'],
		['vector', vector(['a', '0.5']), 'x == 500ms', 'ok', '  unit: {x: seconds}\n'],
		['vector', vector(['a', '6.6e-05']), 'x < 1ms', 'ok', '  unit: {x: seconds}\n'],
		['vector', vector(['a', '3'], ['b', '1']), 'x >= 0', 'unknown'],
		['vector', vector(['a', '3'], ['b', '1']), 'x.min == 1', 'ok'],
		['vector', vector(['a', '3'], ['b', '1']), 'x.lowest contains \\"b\\"', 'ok'],
		['vector', [], 'x.count < 100', 'unknown'],
		['vector', vector(['a', 'NaN']), 'x != 0', 'unknown'],
		['vector', vector(['a', '3'], ['b', 'NaN']), 'x.max < 5', 'unknown'],
		['vector', vector(['a', '+Inf']), 'x > 0', 'unknown'],
		['vector', vector(['a', '-Inf']), 'x < 0', 'unknown'],
		['string', [1767603600.123, 'eight'], 'x != 0', 'unknown'],
		['vector', [{ metric: {}, histogram: [1, {}] }], 'x >= 0', 'unknown'],
		['matrix', [{ metric: {}, values: [[1, '2']] }], 'x >= 0', 'unknown'],
	])('%s %j: %s is %s', async (type, result, must, level, more = '') => {
		says(type, result);
		const found = await (await watcher(must, more)).ask(START);
		expect([found.level, found.why === '']).toEqual([level, level === 'ok']);
	});

	test('an answer under a warning is not relied on; a hint is no warning', async () => {
		says('vector', vector(['a', '3']), { warnings: ['store-1 is not reachable'] });
		const found = await (await watcher('x == 3')).ask(START);
		expect(found.level).toBe('unknown');
		expect(found.why).toContain('may not be whole: store-1 is not reachable');
		says('vector', vector(['a', '3']), { infos: ['metric might not be a counter'] });
		expect((await (await watcher('x == 3')).ask(START)).level).toBe('ok');
	});

	test('without conditions of its own no answer is never ok', async () => {
		says('vector', []);
		const bare = await createWatcher(ports, `c:\n  kind: prometheus\n  url: ${url}\n  query: {x: up}\n`);
		expect((await bare.ask(START)).level).toBe('unknown');
		says('vector', vector(['a', '1'], ['b', '1']));
		expect((await bare.ask(START)).level).toBe('ok');
	});

	describe('a range', () => {
		const RANGE = '  unit: {x: seconds}\n  range: 1m\n  step: 15s\n';
		const points = (...values: string[]) => [
			{ metric: { job: 'a' }, values: values.map((value, at) => [START / 1000 - 60 + at * 15, value]) },
		];

		test('its least, its most and its newest', async () => {
			says('matrix', points('0.9', '0.85', '0.9', '1.2', '0.7'));
			const found = await (await watcher('x.min <= 800ms', RANGE)).ask(START + 1234);
			expect(found).toMatchObject({
				level: 'ok',
				samples: { x: 700, 'x.min': 700, 'x.max': 1200, 'x.count': 1, 'x.points': 5 },
			});
			expect(asked[0]).toBe(
				`/prom/api/v1/query_range?query=up%7Bjob%3D%7E%22a%7Cb%22%7D&start=${START / 1000 - 60}&end=${START / 1000}&step=15`,
			);
		});

		test('above the limit all the time', async () => {
			says('matrix', points('0.9', '0.85', '0.9', '1.2', '0.81'));
			expect((await (await watcher('x.min <= 800ms', RANGE)).ask(START)).level).toBe('critical');
		});

		test('too few points, or one that is none', async () => {
			says('matrix', points('0.9', '0.1'));
			const few = await (await watcher('x.min <= 800ms', RANGE)).ask(START);
			expect(few.level).toBe('unknown');
			expect(few.why).toContain('only 2 of at least 4 seen');
			says('matrix', points('0.9', 'NaN', '0.1', '0.1', '0.1'));
			expect((await (await watcher('x.min <= 800ms', RANGE)).ask(START)).level).toBe('unknown');
		});
	});
});

const program = findProgram('prometheus');
describe.skipIf(program === null)('the real Prometheus', () => {
	let folder = '';
	let api: CounterServer;
	let running: ChildProcess;
	let base = '';
	let traffic: (() => void) | null = null;

	beforeAll(async () => {
		api = await serveCounters();
		folder = mkdtempSync(join(tmpdir(), 'rounds-prometheus-'));
		const port = await closedPort();
		base = `http://127.0.0.1:${port}`;
		writeFileSync(
			join(folder, 'prometheus.yml'),
			`global: {scrape_interval: 250ms, scrape_timeout: 200ms}\nscrape_configs: [{job_name: booking, static_configs: [{targets: ["${new URL(api.url).host}"]}]}]\n`,
		);
		running = spawn(
			program as string,
			[
				`--config.file=${join(folder, 'prometheus.yml')}`,
				`--storage.tsdb.path=${join(folder, 'data')}`,
				`--web.listen-address=127.0.0.1:${port}`,
				'--log.level=error',
			],
			{ stdio: 'ignore' },
		);
	});
	afterAll(async () => {
		const ended = once(running, 'exit');
		running.kill('SIGTERM');
		await ended;
		await ports.close();
		await api.close();
		rmSync(folder, { recursive: true, force: true });
	});

	/** The rules of the booking system, their windows made short. */
	const rules = () => `booking:
  kind: prometheus
  url: ${base}
  every: 15s
  for: 5m
  query:
    p95: histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[2s])))
    errors: (sum(rate(http_requests_total{status=~"5.."}[2s])) or vector(0)) / sum(rate(http_requests_total[2s]))
    misses: sum(rate(availability_cache_miss_total[2s])) / (sum(rate(availability_cache_miss_total[2s])) + sum(rate(availability_cache_hit_total[2s])))
    created: sum(rate(appointments_created_total[2s])) / sum(rate(appointments_created_total[4s] offset 2s)) and on() max(appointments_created_total offset 6s) >= 0
  unit: {p95: seconds, errors: ratio, misses: ratio, created: ratio}
  must:
    - p95 <= 800ms
    - errors <= 2%
  should:
    - created >= 50%
    - misses <= 80%
`;

	/** Asks until the answer is as wanted; between two questions the service is used. */
	async function until(
		wanted: (found: { level: string; samples: Record<string, unknown>; why: string }) => boolean,
	) {
		const watcher = await createWatcher(ports, rules());
		for (;;) {
			traffic?.();
			const found = await watcher.ask(clock.now());
			if (wanted(found)) return found;
			await new Promise<void>((resolve) => void clock.after(100, resolve));
		}
	}

	test('no traffic is unknown, calm is ok, trouble is critical', async () => {
		const idle = await until(
			({ samples }) => samples['created.count'] !== undefined || samples['latency'] !== undefined,
		);
		expect(idle.level).not.toBe('ok');
		traffic = () => {
			api.request(100, 0.2);
			api.counts.created += 5;
			api.counts.hit += 5;
			api.counts.miss += 5;
		};
		const calm = await until(({ level }) => level === 'ok');
		expect(calm.samples['errors']).toBe(0);
		expect(calm.samples['p95']).toBeLessThan(250);
		traffic = () => {
			api.request(50, 0.9);
			api.request(50, 0.9, 500);
			api.counts.miss += 10;
		};
		const trouble = await until(
			({ samples }) => Number(samples['errors']) > 0.4 && Number(samples['misses']) > 0.9,
		);
		expect(trouble.level).toBe('critical');
		expect(trouble.samples['p95']).toBeGreaterThan(800);
		expect(trouble.why).toContain('misses');
		expect(trouble.why).toContain('created');
	}, 120_000);

	test('several series, a query it cannot read, one that is not there', async () => {
		const query = (text: string, must: string) =>
			createWatcher(
				ports,
				`c:\n  kind: prometheus\n  url: ${base}\n  query: {x: '${text}'}\n  must: ["${must}"]\n`,
			);
		await until(({ samples }) => samples['p95'] !== undefined);
		const several = await (await query('http_requests_total', 'x.count == 2')).ask(clock.now());
		expect(several.level).toBe('ok');
		expect(several.samples['x.highest']).toContain('status="');
		const bad = await (await query('sum(', 'x == 1')).ask(clock.now());
		expect(bad.level).toBe('unknown');
		expect(bad.why).toMatch(/the query "x" cannot be run · .*parse error/);
		expect((await (await query('no_such_metric', 'x.count >= 0')).ask(clock.now())).level).toBe('unknown');
		expect((await (await query('vector(0)/vector(0)', 'x != 1')).ask(clock.now())).why).toContain('NaN');
	});

	test('its own metrics page is read as one', async () => {
		const own = await createWatcher(
			ports,
			`c:\n  kind: metrics\n  url: ${base}/metrics\n  watch: {up: 'prometheus_config_last_reload_successful'}\n  must: [up == 1]\n`,
		);
		expect(await own.ask(clock.now())).toMatchObject({ level: 'ok' });
	});
});
