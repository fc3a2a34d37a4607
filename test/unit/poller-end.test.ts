import { describe, expect, it } from 'vitest';
import { createPlaces } from '../../src/services/places.ts';
import { createPoller } from '../../src/services/poller.ts';
import { createProber, type Probed } from '../../src/services/prober.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { check, createFakeKind, fakePorts } from '../support/fake-world.ts';

function setUp() {
	const clock = createFakeClock();
	const fake = createFakeKind(clock, 'one-origin');
	const probed: Probed[] = [];
	const poller = createPoller({
		clock,
		prober: createProber(fakePorts(clock)),
		places: createPlaces({ network: 1, origin: 1, local: 1 }),
		kindOf: () => fake.kind,
		onProbed: (one) => {
			probed.push(one);
			return null;
		},
		onJump: () => {},
	});
	return { clock, fake, poller, probed };
}

describe('when polling ends', () => {
	it('whoever asked is answered, also one who still waited for a place', async () => {
		const { clock, fake, poller } = setUp();
		fake.answer = () => 'hang';
		const asked = poller.askNow([check('a'), check('b')]);
		await clock.idle();
		poller.stop();
		await expect(asked).resolves.toBe(2);
		expect(fake.asked).toHaveLength(1);
	});

	it('what comes back after that is not recorded: we ended it, the service did nothing', async () => {
		const { clock, fake, poller, probed } = setUp();
		fake.takesMs = 500;
		poller.start([check('a')]);
		await clock.advance(100);
		expect(fake.running).toBe(1);
		poller.stop();
		await clock.advance(2_000);
		expect(fake.running).toBe(0);
		expect(probed).toEqual([]);
	});
});

describe('when a check is configured anew', () => {
	it('its question under way is not asked a second time beside itself', async () => {
		const { clock, fake, poller } = setUp();
		fake.takesMs = 3_000;
		poller.start([check('a')]);
		await clock.advance(100);
		poller.replace([check('a')]);
		const asked = poller.askNow([check('a')]);
		await clock.advance(2_000);
		expect(fake.mostRunning).toBe(1);
		await clock.advance(5_000);
		await asked;
		expect(fake.mostRunning).toBe(1);
	});

	it('one who does not poll asks the new question', async () => {
		const { clock, fake, poller } = setUp();
		await Promise.all([poller.askNow([check('a', { options: 'old' })]), clock.advance(100)]);
		await Promise.all([poller.askNow([check('a', { options: 'new' })]), clock.advance(100)]);
		expect(fake.asked.map((one) => one.check)).toEqual(['old', 'new']);
	});
});
