import { describe, expect, it } from 'vitest';
import type { CheckDefinition } from '../../src/domain/check.ts';
import { createPlaces } from '../../src/services/places.ts';
import { createPoller } from '../../src/services/poller.ts';
import { createProber, type Probed } from '../../src/services/prober.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { check, createFakeKind, fakePorts } from '../support/fake-world.ts';

function setUp(origin: string | null = null, limits = { network: 256, origin: 16, local: 8 }) {
	const clock = createFakeClock();
	const fake = createFakeKind(clock, origin);
	const probed: Probed[] = [];
	const jumps: number[] = [];
	let retry: number | null = null;
	const poller = createPoller({
		clock,
		prober: createProber(fakePorts(clock)),
		places: createPlaces(limits),
		kindOf: (name) => (name === 'fake' ? fake.kind : undefined),
		onProbed(one) {
			probed.push(one);
			return retry;
		},
		onJump: (by) => jumps.push(by),
	});
	const many = (count: number, wishes: Parameters<typeof check>[1] = {}): CheckDefinition[] =>
		Array.from({ length: count }, (_, i) => check(`c${i}`, wishes));
	return { clock, fake, probed, jumps, poller, many, softly: (ms: number | null) => (retry = ms) };
}

describe('the rhythm', () => {
	it('asks everything within the first second, then spreads it over the interval', async () => {
		const { clock, fake, poller, many } = setUp();
		poller.start(many(20));
		await clock.advance(1_000);
		expect(new Set(fake.asked.map((a) => a.check)).size).toBe(20);
		fake.asked.length = 0;
		await clock.advance(20_000);
		fake.asked.length = 0;
		await clock.advance(10_000);
		expect(fake.asked).toHaveLength(20);
		const perSecond = Map.groupBy(fake.asked, (a) => Math.floor((a.at - 1_000) / 1_000) % 10);
		expect(perSecond.size).toBe(10);
		for (const asked of perSecond.values()) expect(asked).toHaveLength(2);
	});

	it('keeps the promised rate over an hour', async () => {
		const { clock, fake, poller, many } = setUp();
		poller.start(many(3, { everyMs: 7_000 }));
		await clock.advance(3_600_000);
		expect(fake.asked.length).toBeGreaterThanOrEqual(3 * Math.floor(3_600 / 7));
	});

	it('never runs one check twice at once, however slow it is', async () => {
		const { clock, fake, poller } = setUp();
		fake.takesMs = 35_000;
		poller.start([check('slow', { timeoutMs: 60_000 })]);
		await clock.advance(120_000);
		expect(fake.mostRunning).toBe(1);
		expect(fake.asked.length).toBeGreaterThanOrEqual(3);
	});

	it('asks again sooner while a level is soft, and falls back into the rhythm', async () => {
		const { clock, fake, poller, softly } = setUp();
		softly(2_000);
		poller.start([check('a', { everyMs: 60_000 })]);
		await clock.advance(5_000);
		expect(fake.asked).toHaveLength(3);
		softly(null);
		await clock.advance(120_000);
		expect(fake.asked.length).toBeLessThanOrEqual(6);
	});
});

describe('bounds', () => {
	it('lets only so many run at one origin', async () => {
		const { clock, fake, poller, many } = setUp('http://one', { network: 256, origin: 2, local: 8 });
		fake.takesMs = 500;
		poller.start(many(10));
		await clock.advance(4_000);
		expect(fake.mostRunning).toBe(2);
		expect(new Set(fake.asked.map((a) => a.check)).size).toBe(10);
	});

	it('gives a probe up that hangs beyond its deadline: a hung check has a state', async () => {
		const { clock, fake, probed, poller } = setUp();
		fake.answer = () => 'hang';
		poller.start([check('hung')]);
		await clock.advance(5_500);
		expect(probed).toHaveLength(0);
		await clock.advance(1_000);
		expect(probed[0]?.outcome).toMatchObject({
			ok: false,
			error: { code: 'timeout', detail: { limitMs: 5_000 } },
		});
	});

	it('turns a probe that throws into a bug of that check alone', async () => {
		const { clock, fake, probed, poller } = setUp();
		fake.answer = (target) => (target === 'bad' ? 'throw' : { ok: true, value: { samples: {} } });
		poller.start([check('bad'), check('good')]);
		await clock.advance(1_500);
		expect(probed.map((p) => [p.check.id, 'bug' in p.outcome])).toEqual([
			['bad', true],
			['good', false],
		]);
	});
});

describe('clocks', () => {
	it('does not run anything twice when the wall clock is set back', async () => {
		const { clock, fake, jumps, poller } = setUp();
		poller.start([check('a')]);
		await clock.advance(20_000);
		const before = fake.asked.length;
		clock.jumpWall(-3_600_000);
		await clock.advance(20_000);
		expect(fake.asked.length - before).toBe(2);
		expect(jumps).toEqual([-3_600_000]);
	});

	it('asks everything once after a sleep', async () => {
		const { clock, fake, jumps, poller, many } = setUp();
		poller.start(many(4, { everyMs: 60_000 }));
		await clock.advance(60_000);
		fake.asked.length = 0;
		clock.jumpWall(8 * 3_600_000);
		await clock.advance(16_000);
		expect(jumps).toHaveLength(1);
		expect(fake.asked.length).toBeGreaterThanOrEqual(4);
		expect(fake.asked.length).toBeLessThanOrEqual(5);
	});
});

describe('a changed list', () => {
	it('drops what is gone, keeps the rhythm of what stays, starts what is new', async () => {
		const { clock, fake, poller } = setUp();
		poller.start([check('stays'), check('goes')]);
		await clock.advance(2_000);
		fake.asked.length = 0;
		poller.replace([check('stays'), check('comes')]);
		await clock.advance(1_000);
		expect(fake.asked.map((a) => a.check)).toEqual(['comes']);
		await clock.advance(10_000);
		expect(fake.asked.map((a) => a.check)).not.toContain('goes');
		expect(fake.asked.filter((a) => a.check === 'stays')).toHaveLength(1);
	});

	it('ends with nothing left to run', async () => {
		const { clock, poller, many } = setUp();
		poller.start(many(5));
		await clock.advance(1_500);
		poller.stop();
		await clock.advance(60_000);
		expect(clock.timers).toBe(0);
	});
});
