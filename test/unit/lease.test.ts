import { describe, expect, it } from 'vitest';
import type { PollingPicture } from '../../src/domain/picture.ts';
import type { Holder, Runner } from '../../src/domain/storage-port.ts';
import { createLease, createLiving } from '../../src/services/lease.ts';
import { opened, scratch } from '../contract/storage-world.ts';
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts';

const holderOf = (session: string, operator: string, pid = 1, host = 'here'): Holder => ({
	session,
	operator,
	pid,
	host,
});

/** A console on a real store; `kill` ends it without a word. */
function open(path: string, clock: FakeClock, holder: Holder, mayHold = true) {
	const store = opened(path, { now: clock.now() }).lease;
	const told: PollingPicture[] = [];
	let [taken, lost] = [0, 0];
	let dead = false;
	const own: FakeClock = {
		...clock,
		now: () => clock.now(),
		after: (ms, run) => clock.after(ms, () => (dead ? undefined : run())),
	};
	const lease = createLease({
		clock: own,
		store,
		holder,
		mayHold,
		onChange: (polling) => told.push(polling),
		onTaken: () => {
			taken += 1;
		},
		onLost: () => {
			lost += 1;
		},
	});
	lease.start();
	return {
		lease,
		store,
		told,
		counts: () => [taken, lost],
		kill: () => {
			dead = true;
		},
	};
}

describe('the right to poll', () => {
	it('is one console’s; the other knows whose', async () => {
		const clock = createFakeClock();
		const path = scratch();
		const mei = open(path, clock, holderOf('a', 'mei'));
		const tom = open(path, clock, holderOf('b', 'tom'));
		await clock.advance(20_000);
		expect(mei.counts()).toEqual([1, 0]);
		expect(tom.counts()).toEqual([0, 0]);
		expect(tom.lease.picture()).toMatchObject({ mine: false, holder: 'mei' });
		expect(mei.lease.picture().present.map((p) => [p.operator, p.mine])).toEqual([
			['mei', true],
			['tom', false],
		]);
	});

	it('goes over within half a second after an orderly end, and within five after a kill', async () => {
		const clock = createFakeClock();
		const path = scratch();
		const mei = open(path, clock, holderOf('a', 'mei'));
		const tom = open(path, clock, holderOf('b', 'tom'));
		await clock.advance(3_000);
		mei.lease.stop();
		mei.kill();
		await clock.advance(500);
		expect(tom.lease.picture()).toMatchObject({ mine: true, holder: 'tom' });
		const ana = open(path, clock, holderOf('c', 'ana'));
		await clock.advance(3_000);
		tom.kill();
		await clock.advance(4_990);
		expect(ana.lease.picture()).toMatchObject({ mine: true, holder: 'ana' });
		await clock.advance(2_000);
		expect(ana.lease.picture().present).toHaveLength(1);
	});

	it('is not taken from one who lives when somebody sets the clock', async () => {
		const clock = createFakeClock();
		const path = scratch();
		const mei = open(path, clock, holderOf('a', 'mei'));
		await clock.advance(5_000);
		clock.jumpWall(3_600_000);
		await clock.advance(5_000);
		clock.jumpWall(-7_200_000);
		await clock.advance(5_000);
		expect(mei.counts()).toEqual([1, 0]);
		expect(mei.lease.picture().mine).toBe(true);
	});

	it('is never taken by one who only asks, who is seen all the same', async () => {
		const clock = createFakeClock();
		const path = scratch();
		const cron = open(path, clock, holderOf('a', 'cron'), false);
		await clock.advance(10_000);
		expect(cron.counts()).toEqual([0, 0]);
		expect(cron.lease.picture()).toMatchObject({
			mine: false,
			holder: null,
			present: [{ operator: 'cron' }],
		});
		cron.lease.stop();
		const mei = open(path, clock, holderOf('b', 'mei'));
		await clock.advance(100);
		expect(mei.lease.picture().present).toHaveLength(1);
	});

	it('says which round each console looks at', async () => {
		const clock = createFakeClock();
		const path = scratch();
		const mei = open(path, clock, holderOf('a', 'mei'));
		const tom = open(path, clock, holderOf('b', 'tom'));
		mei.lease.look(7 as never);
		await clock.advance(2_000);
		expect(tom.lease.picture().present.find((p) => p.operator === 'mei')).toMatchObject({ looking: 7 });
	});
});

describe('whether the console of an operation lives', () => {
	const operation = (by: string, startedAt: number, runner: Runner | null = null) =>
		({ operation: { by, startedAt }, runner }) as never;

	it('on this host its process says it, elsewhere its heartbeat; a name alone is not enough', async () => {
		const clock = createFakeClock();
		const path = scratch();
		const { store } = open(path, clock, holderOf('mine', 'mei', 10));
		store.present(holderOf('dead', 'mei', 11), clock.now(), null);
		store.present(holderOf('far', 'tom', 10, 'there'), clock.now(), null);
		const lives = createLiving(store, clock, holderOf('mine', 'mei', 10), (pid) => pid === 10 || pid === 12);
		await clock.advance(1_000);
		const startedAt = clock.now();
		expect(lives(operation('mei', startedAt))).toBe(false);
		expect(lives(operation('tom', startedAt))).toBe(true);
		expect(lives(operation('ana', startedAt))).toBe(false);
		// One of the same name that came later did not start it.
		await clock.advance(1_000);
		store.present(holderOf('later', 'mei', 12), clock.now(), null);
		expect(lives(operation('mei', startedAt))).toBe(false);
		expect(lives(operation('mei', clock.now()))).toBe(true);
		// A clock set anew makes every heartbeat look old; the process still says it.
		clock.jumpWall(3_600_000);
		expect(lives(operation('mei', clock.now()))).toBe(true);
		expect(lives(operation('tom', startedAt))).toBe(false);
	});

	it('a process that said who it is, is known by its number and its birth, not by its name', async () => {
		const clock = createFakeClock();
		const { store } = open(scratch(), clock, holderOf('mine', 'mei', 10));
		store.present(holderOf('far', 'tom', 10, 'there'), clock.now(), null);
		const births: Record<number, string> = { 10: '100', 12: '120' };
		const lives = createLiving(
			store,
			clock,
			holderOf('mine', 'mei', 10),
			(pid, born) => births[pid] !== undefined && (born ?? births[pid]) === births[pid],
		);
		const by = (session: string, pid: number, born: string | null, host = 'here') =>
			lives(operation('mei', clock.now(), { session, pid, born, host }));
		// Nobody says here that 12 is open: its process is enough.
		expect(by('12-5', 12, '120')).toBe(true);
		expect(by('12-5', 12, null)).toBe(true);
		// The number was given to another process.
		expect(by('12-1', 12, '7')).toBe(false);
		expect(by('11-1', 11, '110')).toBe(false);
		// What this console does not run is not run by it.
		expect(by('mine', 10, '100')).toBe(false);
		expect(by('far', 10, '1', 'there')).toBe(true);
		expect(by('gone', 10, '1', 'there')).toBe(false);
	});
});
