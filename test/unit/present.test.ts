import { expect, it } from 'vitest';
import { checkId } from '../../src/domain/ids.ts';
import type { Observation } from '../../src/domain/observation.ts';
import { quantity } from '../../src/domain/value.ts';
import { createPresent } from '../../src/services/present.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { check, createFakeKind } from '../support/fake-world.ts';
import { recentPast } from '../support/recent-past.ts';

const observation = (at: number): Observation => ({
	check: checkId('a'),
	at,
	durationMs: 7,
	samples: { latency: quantity(at / 1_000, 'ms') },
	fault: null,
	level: 'ok',
	reasons: [],
});

function refilled(headline: string | null) {
	const clock = createFakeClock();
	const present = createPresent();
	const kind = { ...createFakeKind(clock).kind, headline };
	present.adopt([check('a', { must: ['p95(latency, 1h) < 1s'] })], () => kind, clock.now());
	const observations = [1_000, 2_000, 3_000].map(observation);
	const asks = present.asksToFollow(0);
	present.refill([], recentPast(observations, asks, 100));
	// Again when the lease is taken, with one that another console stored meanwhile.
	present.refill([], recentPast([...observations, observation(4_000)], asks, 100));
	return present.get(checkId('a'))!;
}

it('counts no observation twice, however often it is read back', () => {
	const { trend, windows } = refilled('latency');
	expect(trend.map((point) => point.value)).toEqual([1, 2, 3, 4]);
	expect(windows.get('latency')?.points.map((point) => point.at)).toEqual([1_000, 2_000, 3_000, 4_000]);
});

it('draws how long a probe took where its kind has no headline, read back or fresh', () => {
	expect(refilled(null).trend.map((point) => point.value)).toEqual([7, 7, 7, 7]);
});

/** Observations of every sort: quantities, truth, faults, and levels that change often. */
const mixed = Array.from({ length: 150 }, (_, index): Observation => {
	const failed = index % 7 === 5;
	return {
		...observation(1_000 + index * 1_000),
		samples: failed
			? {}
			: { latency: index % 10 === 9 ? 'slow' : quantity(index, 'ms'), ready: index % 3 > 0 },
		level: failed ? 'critical' : 'ok',
	};
});

it.each([
	['latency', 40],
	['ready', 0],
	[null, 149],
] as const)(
	'remembers the same of what was read back as of what it saw itself (%s, %i before)',
	(headline, before) => {
		const worlds = [0, 1].map(() => {
			const clock = createFakeClock();
			const present = createPresent();
			const kind = { ...createFakeKind(clock).kind, headline };
			const must = ['p95(latency, 50s) < 1s', 'avg(ready, 1h) > 10%'];
			present.adopt([check('a', { must })], () => kind, clock.now());
			return { present, remembered: () => present.get(checkId('a'))! };
		});
		const [seeing, reading] = worlds as [(typeof worlds)[0], (typeof worlds)[0]];
		const see = ({ present, remembered }: typeof seeing, seen: readonly Observation[]) => {
			for (const each of seen) present.add(remembered(), each, { ...remembered().state, at: each.at });
		};
		see(seeing, mixed);
		see(reading, mixed.slice(0, before));
		const asks = reading.present.asksToFollow(0);
		expect(asks[0]?.sinceAt).toBe(before === 0 ? 1 : before * 1_000 + 1);
		reading.present.refill([], recentPast(mixed, asks, 1_000));
		const { windows, trend, steadiness, newest, state } = reading.remembered();
		expect({ windows, trend, steadiness, newest, state }).toEqual(
			(({ windows, trend, steadiness, newest, state }) => ({ windows, trend, steadiness, newest, state }))(
				seeing.remembered(),
			),
		);
	},
);

it('asks as far back as trend and windows reach before the last observation, and not for what it knows', () => {
	const now = 10 * 86_400_000;
	const clock = createFakeClock();
	const present = createPresent();
	const { kind } = createFakeKind(clock);
	const wide = check('wide', { must: ['p95(ready, 1h) < 1s'], everyMs: 1_000 });
	const checks = ['fresh', 'paused', 'old', 'ahead', 'never'].map((id) => check(id, { everyMs: 2_000 }));
	present.adopt([...checks, wide], () => kind, now);
	const at = (id: string, lastAt: number) => ({ ...present.get(checkId(id))!.state, at: lastAt });
	const states = [
		at('fresh', now - 1_000),
		at('paused', now - 3_600_000),
		at('old', now - 5 * 86_400_000),
		at('ahead', now + 7_000),
		at('wide', now),
	];
	const asks = () => new Map(present.asksToRefill(states, now).map((ask) => [ask.check as string, ask]));
	expect(Object.fromEntries([...asks()].map(([id, ask]) => [id, now - ask.sinceAt]))).toEqual({
		fresh: 121_000,
		paused: 3_720_000,
		old: 86_400_000,
		ahead: 120_000,
		never: 120_000,
		wide: 3_600_000,
	});
	expect(asks().get('wide')?.samples).toEqual(['latency', 'ready']);
	present.add(
		present.get(checkId('fresh'))!,
		{ ...observation(now - 500), check: checkId('fresh') },
		states[0]!,
	);
	expect(asks().get('fresh')?.sinceAt).toBe(now - 499);
});
