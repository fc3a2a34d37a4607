import { describe, expect, it } from 'vitest';
import type { CheckDefinition } from '../../src/domain/check.ts';
import { fault } from '../../src/domain/fault.ts';
import type { Recorded } from '../../src/domain/observation.ts';
import type { StoragePicture } from '../../src/domain/picture.ts';
import type { Samples } from '../../src/domain/reading.ts';
import { quantity } from '../../src/domain/value.ts';
import { writeLast } from '../../src/services/late-writes.ts';
import { createPresent } from '../../src/services/present.ts';
import { createRecorder } from '../../src/services/recorder.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { check, createFakeKind, createFakeStore } from '../support/fake-world.ts';

function setUp(checks: readonly CheckDefinition[]) {
	const clock = createFakeClock();
	const store = createFakeStore();
	const present = createPresent();
	const kind = createFakeKind(clock).kind;
	present.adopt(checks, () => kind, clock.now());
	const bursts: (readonly Recorded[])[] = [];
	const storage: StoragePicture[] = [];
	const lost: number[] = [];
	const asked: (readonly [string, string, number])[] = [];
	const usual: { value: number | null; days: number; need: number } = { value: null, days: 2, need: 3 };
	const recorder = createRecorder({
		usual: (...question) => {
			asked.push(question);
			return { ...usual };
		},
		onLost: (count) => lost.push(count),
		clock,
		store,
		present,
		onRecorded: (batch) => bursts.push(batch),
		onStored: () => {},
		onStorage: (picture) => storage.push(picture),
	});
	const saw = (one: CheckDefinition, samples: Samples) =>
		recorder.take({ check: one, at: clock.now(), durationMs: 8, outcome: { ok: true, value: { samples } } });
	return { clock, store, present, bursts, storage, lost, recorder, saw, asked, usual };
}

describe('one burst', () => {
	it('is one transaction and one event', async () => {
		const [a, b] = [check('a'), check('b')];
		const { clock, store, bursts, saw } = setUp([a, b]);
		saw(a, { latency: quantity(8, 'ms') });
		await clock.advance(50);
		saw(b, { latency: quantity(9, 'ms') });
		expect(store.batches).toHaveLength(0);
		await clock.advance(60);
		expect(store.batches.map((batch) => batch.map((r) => r.observation.check))).toEqual([['a', 'b']]);
		expect(bursts).toHaveLength(1);
	});
});

describe('judging', () => {
	it('says how soon to ask again while soft, and nothing once hard', () => {
		const one = check('a', { must: ['status == 200'], confirm: 2, retryMs: 3_000 });
		const { saw, clock } = setUp([one]);
		expect(saw(one, { status: quantity(500) })).toBe(3_000);
		clock.jumpWall(10);
		expect(saw(one, { status: quantity(500) })).toBeNull();
	});

	it('asks no sooner for what nobody has mended', () => {
		const one = check('a', { retryMs: 3_000 });
		const { recorder, clock } = setUp([one]);
		const take = (code: 'refused' | 'command-missing') =>
			recorder.take({
				check: one,
				at: clock.now(),
				durationMs: 1,
				outcome: { ok: false, error: fault(code) },
			});
		expect(take('refused')).toBe(3_000);
		expect(take('command-missing')).toBeNull();
	});

	it('compares with another check and with the signed value', () => {
		const summary = check('summary');
		const rows = check('rows', { must: ['customers == summary.customers', 'drop(customers) < 5%'] });
		const { saw, present } = setUp([summary, rows]);
		present.baseline = { [rows.id]: { customers: { value: quantity(10), at: 1 } } };
		saw(summary, { customers: quantity(8) });
		saw(rows, { customers: quantity(8) });
		const { newest } = present.get(rows.id) ?? {};
		expect(newest?.level).toBe('critical');
		expect(newest?.reasons).toHaveLength(1);
		expect(newest?.reasons[0]).toMatchObject({
			kind: 'condition',
			outcome: { condition: 'drop(customers) < 5%', holds: false },
		});
	});

	it('never takes a stale value of another check', async () => {
		const summary = check('summary');
		const rows = check('rows', { must: ['customers == summary.customers'] });
		const { saw, present, clock } = setUp([summary, rows]);
		saw(summary, { customers: quantity(8) });
		await clock.advance(26_000);
		saw(rows, { customers: quantity(8) });
		expect(present.get(rows.id)?.newest?.level).toBe('unknown');
	});

	it('looks back over a window of its own history', async () => {
		const one = check('a', { should: ['avg(latency, 1m) < 100ms'] });
		const { saw, present, clock } = setUp([one]);
		for (const ms of [50, 60, 70]) {
			saw(one, { latency: quantity(ms, 'ms') });
			await clock.advance(10_000);
		}
		expect(present.get(one.id)?.newest?.level).toBe('ok');
		saw(one, { latency: quantity(900, 'ms') });
		expect(present.get(one.id)?.newest?.level).toBe('warning');
		await clock.advance(70_000);
		saw(one, { latency: quantity(50, 'ms') });
		expect(present.get(one.id)?.newest?.level).toBe('ok');
	});

	it('asks what is usual of checks whose conditions do, in the hour of the answer', () => {
		const plain = check('plain', { must: ['latency < 1s'] });
		const one = check('a', { should: ['latency < 3 * usual(latency)'] });
		const { saw, present, clock, asked, usual } = setUp([plain, one]);
		saw(plain, { latency: quantity(50, 'ms') });
		expect(asked).toEqual([]);
		saw(one, { latency: quantity(50, 'ms') });
		expect(asked).toEqual([['a', 'latency', clock.now()]]);
		expect(present.get(one.id)?.newest).toMatchObject({
			level: 'unknown',
			reasons: [{ outcome: { why: { code: 'too-few-days', params: { have: '2', need: '3' } } } }],
		});
		usual.value = 9;
		saw(one, { latency: quantity(26, 'ms') });
		expect(present.get(one.id)?.newest?.level).toBe('ok');
		saw(one, { latency: quantity(28, 'ms') });
		expect(present.get(one.id)?.newest?.level).toBe('warning');
	});

	it('keeps a fault as a value with the level its code declares', () => {
		const one = check('a');
		const { recorder, present, clock } = setUp([one]);
		const take = (code: 'refused' | 'database-locked') =>
			recorder.take({
				check: one,
				at: clock.now(),
				durationMs: 1,
				outcome: { ok: false, error: fault(code) },
			});
		take('refused');
		expect(present.get(one.id)?.newest).toMatchObject({ level: 'critical', fault: { code: 'refused' } });
		clock.jumpWall(5);
		take('database-locked');
		expect(present.get(one.id)?.newest?.level).toBe('unknown');
	});
});

describe('a full disk', () => {
	it('shows every result, counts what is not stored, and stores it when there is room again', async () => {
		const one = check('a');
		const { clock, store, present, bursts, storage, saw } = setUp([one]);
		store.failing = true;
		for (let i = 0; i < 3; i += 1) {
			saw(one, { latency: quantity(i, 'ms') });
			await clock.advance(200);
		}
		expect(bursts.flat()).toHaveLength(3);
		expect(present.pictureOf(present.get(one.id)!, clock.now())).toMatchObject({
			unsaved: true,
			level: 'ok',
		});
		expect(storage.at(-1)).toMatchObject({ unsaved: 3, fault: { code: 'disk-full' } });
		const since = storage[0]?.since;
		expect(storage.at(-1)?.since).toBe(since);
		store.failing = false;
		await clock.advance(1_500);
		expect(store.batches.flat()).toHaveLength(3);
		expect(storage.at(-1)).toEqual({ unsaved: 0, since: null, fault: null });
		expect(present.pictureOf(present.get(one.id)!, clock.now()).unsaved).toBe(false);
	});
});

describe('more than can wait', () => {
	it('is counted as not stored, and said to be lost once it stores again', async () => {
		const one = check('a');
		const { clock, store, recorder, saw, lost } = setUp([one]);
		store.failing = true;
		for (let at = 0; at < 20_003; at += 1) saw(one, { latency: quantity(at, 'ms') });
		recorder.flush();
		expect(recorder.storage().unsaved).toBe(20_003);
		expect(lost).toEqual([]);
		store.failing = false;
		await clock.advance(2_000);
		expect(store.batches.map((batch) => batch.length)).toEqual([20_000]);
		expect(recorder.storage().unsaved).toBe(0);
		expect(lost).toEqual([3]);
	});
});

describe('the end', () => {
	it('tries until all is stored, and for a second in a console', async () => {
		const one = check('a');
		const { clock, store, recorder, saw } = setUp([one]);
		store.failing = true;
		saw(one, { latency: quantity(8, 'ms') });
		let ended = false;
		const first = writeLast(clock, false, [recorder]).then(() => {
			ended = true;
		});
		await clock.advance(5_000);
		expect(ended).toBe(false);
		store.failing = false;
		await clock.advance(200);
		await first;
		expect(recorder.storage().unsaved).toBe(0);
		store.failing = true;
		saw(one, { latency: quantity(9, 'ms') });
		const second = writeLast(clock, true, [recorder]);
		await clock.advance(1_200);
		await second;
		expect(recorder.storage().unsaved).toBe(1);
	});
});
