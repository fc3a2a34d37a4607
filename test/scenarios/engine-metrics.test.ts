import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { quantity } from '../../src/domain/value.ts';
import { openStorage } from '../../src/storage/open.ts';
import { got, observation, record } from '../contract/storage-world.ts';
import { isRecorded, makeSystem, openTest } from '../support/engine.ts';
import { type CounterServer, serveCounters } from '../support/metrics-world.ts';

const HOUR = 3_600_000;

async function counters(): Promise<CounterServer> {
	const api = await serveCounters();
	onTestFinished(() => api.close());
	return api;
}

test('a rate is unknown until its window has filled in this process, and says so; then it is known', async () => {
	const api = await counters();
	const system = makeSystem(
		`version: 1\nsystem: Booking\nchecks:\n  rate:\n    kind: metrics\n    url: ${api.url}\n    every: 1s\n    watch: {x: {rate: appointments_created_total, over: 2s}}\n    must: [x < 1000]\n`,
	);
	const engine = await openTest(system.options());
	await engine.until(isRecorded('rate', 'unknown'));
	const [reason] = engine.picture('rate')?.reasons ?? [];
	expect(reason).toMatchObject({
		kind: 'condition',
		outcome: { why: { code: 'too-few-samples', params: { operand: 'x', needMs: '2000' } } },
	});
	await engine.until(isRecorded('rate', 'ok'));
	expect(engine.picture('rate')?.samples['x']).toEqual(quantity(0));
	await engine.close();
});

test('a mean day is known again at once after a restart: its counter is stored', async () => {
	const api = await counters();
	api.counts.created = 700;
	const system = makeSystem(
		`version: 1\nsystem: Booking\nchecks:\n  created:\n    kind: metrics\n    url: ${api.url}\n    every: 1h\n    watch: {x: {daily: appointments_created_total}}\n    should: [x >= 50%]\n`,
	);
	const options = system.options();
	await (await openTest(options)).close();
	const now = Date.now();
	const storage = got(
		openStorage({
			path: join(system.folder, '.rounds'),
			environment: 'default',
			group: null,
			now,
			version: 'test',
		}),
	);
	// A hundred a day for a week, and since yesterday ten.
	for (let ago = 8 * 24; ago >= 1; ago--) {
		const value = ago >= 24 ? Math.round(((8 * 24 - ago) / 24) * 100) : 700;
		const samples = { 'x.counter': quantity(value) };
		record(storage, observation('created', now - ago * HOUR, { samples }));
	}
	storage.close();
	api.counts.created = 710;
	const engine = await openTest(options);
	await engine.until(isRecorded('created', 'warning'));
	const number = (sample: string) => {
		const value = engine.picture('created')?.samples[sample];
		return typeof value === 'object' && value !== null ? Number(value.number) : Number.NaN;
	};
	expect(number('x')).toBeCloseTo(0.1, 1);
	expect(number('x.mean')).toBeCloseTo(100, 0);
	await engine.close();
});
