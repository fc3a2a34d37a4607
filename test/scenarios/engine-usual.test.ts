import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { quantity } from '../../src/domain/value.ts';
import { openStorage } from '../../src/storage/open.ts';
import { got, observation, record } from '../contract/storage-world.ts';
import { isRecorded, makeSystem, openTest } from '../support/engine.ts';
import { serveCounters } from '../support/metrics-world.ts';

const HOUR = 3_600_000;

/** An http check that is slower than a millionth of what is usual, whose last days were stored before the engine opens. */
async function openWithDays(days: number) {
	const api = await serveCounters();
	onTestFinished(() => api.close());
	const system = makeSystem(
		`version: 1\nsystem: Booking\nchecks:\n  api:\n    kind: http\n    url: ${api.url}\n    every: 1h\n    should: [latency < usual(latency) / 1000000]\n`,
	);
	const options = system.options();
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
	for (let day = days; day >= 1; day--) {
		// The hours beside it too: the clock may pass one while this runs.
		for (const beside of [-1, 0, 1]) {
			const samples = { latency: quantity(day === 2 ? 900 : 9.25, 'ms') };
			record(storage, observation('api', now - day * 24 * HOUR + beside * HOUR, { samples }));
		}
	}
	storage.close();
	return openTest(options);
}

test('a condition asks for what is usual at this hour, and the sentence beside the time says the same', async () => {
	const engine = await openWithDays(4);
	await engine.until(isRecorded('api', 'warning'));
	const picture = engine.picture('api');
	expect(picture?.usual).toBe(9.25);
	expect(picture?.reasons).toMatchObject([
		{ outcome: { holds: false, resolved: expect.arrayContaining([USUAL]) } },
	]);
	await engine.close();
});

const USUAL = { text: 'usual(latency)', value: quantity('9.25', 'ms') };

test('two days are too few: unknown, and no sentence', async () => {
	const engine = await openWithDays(2);
	await engine.until(isRecorded('api', 'unknown'));
	const picture = engine.picture('api');
	expect(picture?.usual).toBeUndefined();
	expect(picture?.reasons).toMatchObject([
		{ outcome: { why: { code: 'too-few-days', params: { have: '2', need: '3' } } } },
	]);
	await engine.close();
});
