import { expect, it } from 'vitest';
import { pendingState } from '../../src/domain/check-state.ts';
import { checkId } from '../../src/domain/ids.ts';
import type { Observation } from '../../src/domain/observation.ts';
import type { RecentAsk, Storage } from '../../src/domain/storage-port.ts';
import { quantity } from '../../src/domain/value.ts';
import { createFollower } from '../../src/services/follower.ts';
import { createPresent } from '../../src/services/present.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { check, createFakeKind, createFakeStore } from '../support/fake-world.ts';

const MINUTE = 60_000;

function setUp(polls: boolean) {
	const clock = createFakeClock();
	const present = createPresent();
	const { kind } = createFakeKind(clock);
	present.adopt([check('a'), check('b')], () => kind, clock.now());
	const store = createFakeStore();
	const asked: (readonly RecentAsk[])[] = [];
	let version = 1;
	const storage = {
		dataVersion: () => version,
		observations: {
			...store,
			recent: (asks: readonly RecentAsk[], limit: number) => {
				asked.push(asks);
				return store.recent(asks, limit);
			},
		},
	} as unknown as Storage;
	const told: string[][] = [];
	const follower = createFollower({
		clock,
		storage,
		present,
		onObserved: (checks) => told.push([...checks]),
		onWritten: () => {},
		polls: () => polls,
	});
	const stored = (id: string, at: number, n: number, level: Observation['level'] = 'ok') => {
		const samples = { latency: quantity(n, 'ms') };
		const observation = { check: checkId(id), at, durationMs: 1, samples, fault: null, level, reasons: [] };
		const state = { ...pendingState(checkId(id), at), level, at };
		store.record([{ observation, state, flip: null }]);
		version += 1;
	};
	follower.start();
	const look = () => clock.advance(500);
	return { clock, present, asked, told, stored, look, remembered: () => present.get(checkId('a'))! };
}

it('takes what others stored, once, tells of which checks, and asks only for what it does not know', async () => {
	const { clock, asked, told, stored, look, remembered } = setUp(false);
	const start = clock.now();
	await look();
	expect(asked).toEqual([]);
	stored('a', start - 2_000, 1);
	stored('a', start - 1_000, 2, 'critical');
	stored('gone', start, 3);
	await look();
	stored('b', start + 600, 4);
	await look();
	expect(told).toEqual([['a'], ['b']]);
	expect(remembered().trend.map(({ value }) => value)).toEqual([1, 2]);
	expect(remembered().newest?.samples).toEqual({ latency: quantity(2, 'ms') });
	expect(remembered().state).toMatchObject({ level: 'critical', at: start - 1_000 });
	expect(asked[1]?.map(({ check: id, sinceAt }) => [id, sinceAt - start])).toEqual([
		['a', -999],
		// As far behind the newest one as the slowest probe and its storing may take.
		['b', -1_000 - 5_000 - 30_000],
	]);
});

it('goes on from what it knew, however long nobody stored anything', async () => {
	const { clock, present, asked, stored, look, remembered } = setUp(false);
	const start = clock.now();
	const old = {
		check: checkId('a'),
		durationMs: 1,
		samples: {},
		fault: null,
		level: 'ok',
		reasons: [],
	} as const;
	present.add(remembered(), { ...old, at: start - 20 * MINUTE }, remembered().state);
	stored('b', start - 20 * MINUTE + 1, 1);
	await look();
	expect(asked[0]?.map(({ sinceAt }) => sinceAt)).toEqual([
		start - 20 * MINUTE + 1,
		start - 20 * MINUTE - 35_000,
	]);
	expect(present.get(checkId('b'))!.trend).toHaveLength(1);
});

it('keeps its own state while it polls, and no verdict of a probe that was not its own', async () => {
	const { clock, stored, look, remembered } = setUp(true);
	const { state } = remembered();
	remembered().verdict = { level: 'ok', reasons: [], outcomes: [] };
	stored('a', clock.now() - 10, 1, 'critical');
	await look();
	expect(remembered().state).toEqual(state);
	expect(remembered()).toMatchObject({ verdict: null, newest: { level: 'critical' } });
});
