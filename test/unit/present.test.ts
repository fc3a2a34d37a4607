import { expect, it } from 'vitest';
import { checkId } from '../../src/domain/ids.ts';
import type { Observation } from '../../src/domain/observation.ts';
import { quantity } from '../../src/domain/value.ts';
import { createPresent } from '../../src/services/present.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { check, createFakeKind } from '../support/fake-world.ts';

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
	present.refill([], observations);
	// Again when the lease is taken, with one that another console stored meanwhile.
	present.refill([], [...observations, observation(4_000)]);
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
