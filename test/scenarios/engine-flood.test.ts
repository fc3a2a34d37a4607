import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeSystem, openTest } from '../support/engine.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createScenarioWorld } from '../support/scenario-world.ts';

it('a flood of faults is one event and one error line each, and the console goes on', async () => {
	const count = 200;
	const clock = createFakeClock();
	const ids = Array.from({ length: count }, (_, index) => `c${index}`);
	const { world, asked } = createScenarioWorld(clock, {
		all: [{ from: '0s' }, { from: '25s', fault: 'refused' }, { from: '65s' }],
	});
	const checks = ids.map(
		(id) => `  ${id}: {kind: http, url: "http://all.test/${id}", every: 10s, confirm: 2}\n`,
	);
	const system = makeSystem(`version: 1\nsystem: Flood\nchecks:\n${checks.join('')}`);
	const engine = await openTest(system.options({ world }));
	await clock.advance(24_000);
	const bursts = () => engine.events.filter((e) => e.kind === 'recorded').length;
	const before = bursts();
	await clock.advance(40_000);
	// Two hundred a tenth of a second are one event, not two hundred.
	expect(bursts() - before).toBeLessThanOrEqual(400);
	for (const id of ids) expect(engine.picture(id)).toMatchObject({ level: 'critical', hard: true });
	await clock.advance(20_000);
	for (const id of ids) expect(engine.picture(id)!.level).toBe('ok');
	expect(asked.get('all')).toBeGreaterThanOrEqual(count * 8);
	await engine.close();
	const lines = readFileSync(join(system.folder, 'logs/error.log'), 'utf8').trimEnd().split('\n');
	expect(lines.filter((line) => line.includes('[ERROR]'))).toHaveLength(count);
	expect(lines.filter((line) => line.includes('[INFO]'))).toHaveLength(count);
	expect(lines).toHaveLength(2 * count);
});
