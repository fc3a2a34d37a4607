import { expect, it } from 'vitest';
import { opened } from '../contract/storage-world.ts';
import { makeSystem, openTest } from '../support/engine.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createScenarioWorld } from '../support/scenario-world.ts';

it('a console that slept too long finds another polling, and stops until it may again', async () => {
	const clock = createFakeClock();
	const { world, asked } = createScenarioWorld(clock, { api: [{ from: '0s' }] });
	const system = makeSystem(
		'version: 1\nsystem: Slept\nchecks:\n  api: {kind: http, url: "http://api.test/", every: 1s}\n',
	);
	const engine = await openTest(system.options({ world }));
	await clock.advance(3_500);
	expect(asked.get('api')).toBeGreaterThanOrEqual(3);
	const { lease } = opened(system.folder, { environment: 'default', now: clock.now() });
	const other = { session: 'other', operator: 'tom', pid: 1, host: 'elsewhere' };
	clock.jumpWall(60_000);
	expect(lease.take(other, clock.now(), 4_000)).toEqual({ ok: true, value: true });
	const renewed = async (seconds: number) => {
		for (let i = 0; i < seconds; i += 1) {
			await clock.advance(1_000);
			lease.take(other, clock.now(), 4_000);
		}
	};
	await renewed(2);
	expect(engine.events.findLast((e) => e.kind === 'polling')).toMatchObject({
		polling: { mine: false, holder: 'tom' },
	});
	const before = asked.get('api');
	await renewed(10);
	expect(asked.get('api')).toBe(before);
	lease.release(other);
	await clock.advance(2_500);
	expect(engine.events.findLast((e) => e.kind === 'polling')).toMatchObject({
		polling: { mine: true, holder: 'mei' },
	});
	expect(asked.get('api')).toBeGreaterThan(before!);
});
