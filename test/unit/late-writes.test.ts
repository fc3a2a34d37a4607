import { expect, it } from 'vitest';
import type { FaultCode } from '../../src/domain/fault.ts';
import { fault } from '../../src/domain/fault.ts';
import { err, ok } from '../../src/domain/result.ts';
import type { Stored } from '../../src/domain/storage-port.ts';
import { createLateWrites, joinStorage } from '../../src/services/late-writes.ts';
import { createFakeClock } from '../support/fake-clock.ts';

function setUp() {
	const clock = createFakeClock();
	const world: { fault: FaultCode | null; reason?: string } = { fault: null };
	const kept: string[] = [];
	const told: number[] = [];
	const late = createLateWrites(clock, () => told.push(late.storage().unsaved));
	const write = (what: string) => (): Stored<string> => {
		if (world.fault) return err(fault(world.fault, world.reason ? { reason: world.reason } : {}));
		kept.push(what);
		return ok(what);
	};
	return { clock, world, kept, told, late, write };
}

it('stores at once where it can, and tells nobody', () => {
	const { late, write, kept, told } = setUp();
	expect(late.put(write('a'))).toEqual({ ok: true, value: 'a' });
	expect([kept, told, late.storage()]).toEqual([['a'], [], { unsaved: 0, since: null, fault: null }]);
});

it('keeps what cannot be stored, counts it, and stores it in order as soon as it can', async () => {
	const { clock, world, late, write, kept, told } = setUp();
	world.fault = 'storage-busy';
	const since = clock.now();
	const stored: string[] = [];
	expect(late.put(write('end'), (value) => stored.push(value))).toMatchObject({ ok: false });
	await clock.advance(5_000);
	expect(late.put(write('evidence'))).toMatchObject({ ok: false });
	expect(late.storage()).toEqual({ unsaved: 2, since, fault: { code: 'storage-busy', detail: {} } });
	expect(stored).toEqual([]);
	world.fault = null;
	await clock.advance(200);
	expect(kept).toEqual(['end', 'evidence']);
	expect(stored).toEqual(['end']);
	expect(late.storage()).toEqual({ unsaved: 0, since: null, fault: null });
	expect(told).toEqual([1, 2, 0]);
	expect(clock.timers).toBe(0);
});

it('what the store refuses for good does not hold up what comes after it', async () => {
	const { clock, world, late, write, kept } = setUp();
	world.fault = 'disk-full';
	late.put(write('of a round that is signed by then'));
	world.fault = 'io-error';
	world.reason = 'signed';
	await clock.advance(2_000);
	world.fault = null;
	late.put(write('next'));
	expect(kept).toEqual(['next']);
	expect(late.storage().unsaved).toBe(0);
});

it('holds no more than it may, and goes on counting what it gave up', async () => {
	const { clock, world, late, write, kept } = setUp();
	world.fault = 'disk-full';
	for (let n = 0; n < 1_100; n += 1) late.put(write(String(n)));
	expect(late.storage().unsaved).toBe(1_100);
	world.fault = null;
	await clock.advance(2_000);
	expect(kept).toHaveLength(1_000);
	expect(kept[0]).toBe('100');
});

it('tries once more when it is stopped', () => {
	const { clock, world, late, write, kept } = setUp();
	world.fault = 'storage-busy';
	late.put(write('last'));
	world.fault = null;
	late.stop();
	expect(kept).toEqual(['last']);
	expect(clock.timers).toBe(0);
});

it('is one picture with what else waits', () => {
	const busy = fault('storage-busy');
	const none = { unsaved: 0, since: null, fault: null };
	expect(joinStorage(none, { unsaved: 2, since: 9, fault: busy })).toEqual({
		unsaved: 2,
		since: 9,
		fault: busy,
	});
	expect(joinStorage({ unsaved: 3, since: 5, fault: busy }, { unsaved: 2, since: 9, fault: busy })).toEqual({
		unsaved: 5,
		since: 5,
		fault: busy,
	});
});
