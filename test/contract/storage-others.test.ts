import { describe, expect, test } from 'vitest';
import { actionId, operationId, roundId } from '../../src/domain/ids.ts';
import type { Operation } from '../../src/domain/operation.ts';
import type { Storage } from '../../src/domain/storage-port.ts';
import { quantity } from '../../src/domain/value.ts';
import { faultOf, got, HOUR, opened, scratch } from './storage-world.ts';

const started = {
	action: actionId('api-tests'),
	title: 'API tests',
	by: 'ada',
	startedAt: HOUR,
	step: null,
	parent: null,
	command: 'bash test.sh',
} as const;
const runner = { session: '7-1', pid: 7, host: 'h', born: '42' };
/** Begins it whoever runs it already. */
function begun(
	storage: Storage,
	operation: Parameters<Storage['operations']['start']>[0] = started,
): Operation {
	const answered = got(storage.operations.start(operation, runner, () => false));
	if (!('begun' in answered)) throw new Error('not begun');
	return answered.begun;
}
const ended: Pick<Operation, 'endedAt' | 'state' | 'level' | 'samples' | 'reasons' | 'files'> = {
	endedAt: HOUR + 5,
	state: 'done',
	level: 'warning',
	samples: { passed: quantity(7) },
	reasons: [{ kind: 'bug', text: 'x' }],
	files: ['/tmp/a'],
};

describe('operations', () => {
	test('start, finish, list', () => {
		const storage = opened(scratch());
		const one = begun(storage);
		expect(one).toEqual({
			...started,
			id: one.id,
			endedAt: null,
			state: 'running',
			level: 'pending',
			samples: {},
			reasons: [],
			files: [],
		});
		const two = begun(storage, { ...started, parent: one.id });
		expect(got(storage.operations.running())).toEqual([
			{ operation: one, runner },
			{ operation: two, runner },
		]);
		expect(got(storage.operations.finish(one.id, ended, 'out'))).toEqual({ ...one, ...ended });
		expect(got(storage.operations.list(1))).toEqual([two]);
		expect(got(storage.operations.running())).toEqual([{ operation: two, runner }]);
		expect(got(storage.operations.output(one.id))).toBe('out');
		expect(got(storage.operations.output(two.id))).toBe('');
		expect(got(storage.operations.get(operationId(77)))).toBeNull();
		expect(faultOf(storage.operations.finish(operationId(77), ended, ''))).toBe('io-error missing');
	});

	test('one that another console runs is not begun a second time', () => {
		const path = scratch();
		const [one, two] = [opened(path), opened(path)];
		const first = begun(one);
		const asked: string[] = [];
		const lives = (is: boolean) => (running: { runner: { session: string } | null }) => {
			// Who lives may be asked of the store itself.
			got(two.lease.sessions(HOUR, 1_000));
			asked.push(running.runner?.session ?? '');
			return is;
		};
		const mine = { ...runner, session: '8-1' };
		expect(got(two.operations.start({ ...started, by: 'bob' }, mine, lives(true)))).toEqual({
			running: first,
		});
		expect(got(two.operations.running())).toHaveLength(1);
		const other = { ...started, action: actionId('other') };
		expect(got(two.operations.start(other, mine, lives(true)))).toHaveProperty('begun');
		expect(asked).toEqual(['7-1']);
		expect(got(two.operations.start(started, mine, lives(false)))).toHaveProperty('begun');
	});

	test('the end of a long output is kept, cut between characters', () => {
		const storage = opened(scratch());
		const { id } = begun(storage);
		got(storage.operations.finish(id, ended, `${'é'.repeat(50_000)}the end`));
		const output = got(storage.operations.output(id));
		expect(Buffer.byteLength(output)).toBeLessThanOrEqual(65_536);
		expect(output).toMatch(/^é+the end$/);
	});
});

test('of what was told to have happened the newest of each event is found, in its own environment', () => {
	const path = scratch();
	const storage = opened(path);
	expect(got(storage.activity.told())).toEqual([]);
	const tell = (event: string, at: number, by: string, into = storage) =>
		got(into.activity.append({ at, by, code: 'event.told', detail: { event } }));
	tell('deploy', 3, 'ci');
	tell('deploy', 1, 'ada');
	tell('import', 2, 'ada');
	tell('deploy', 9, 'staging', opened(path, { environment: 'staging' }));
	got(storage.activity.append({ at: 8, by: 'ada', code: 'check.asked', detail: { event: 'deploy' } }));
	const told = got(storage.activity.told()).map(({ at, by, detail }) => [detail['event'], at, by]);
	expect(told.sort()).toEqual([
		['deploy', 3, 'ci'],
		['import', 2, 'ada'],
	]);
});

test('activity is listed newest first, page by page', () => {
	const storage = opened(scratch());
	for (let index = 0; index < 5; index++) {
		got(storage.activity.append({ at: HOUR + index, by: 'ada', code: 'check.asked', detail: { n: index } }));
	}
	expect(got(storage.activity.list(2)).map(({ detail }) => detail['n'])).toEqual([4, 3]);
	expect(got(storage.activity.list(9, HOUR + 2)).map(({ detail }) => detail['n'])).toEqual([1, 0]);
});

describe('lease', () => {
	const ada = { session: 'a', operator: 'ada', pid: 1, host: 'h' };
	const bob = { session: 'b', operator: 'bob', pid: 2, host: 'h' };

	test('one holds it, the other gets it when the heart stops or it is let go', () => {
		const path = scratch();
		const [one, two] = [opened(path).lease, opened(path).lease];
		expect(got(one.take(ada, HOUR, 4000))).toBe(true);
		expect(got(two.take(bob, HOUR + 3999, 4000))).toBe(false);
		expect(got(one.take(ada, HOUR + 3000, 4000))).toBe(true);
		expect(got(two.take(bob, HOUR + 6999, 4000))).toBe(false);
		expect(got(two.holder(HOUR + 6999, 4000))).toEqual(ada);
		expect(got(two.holder(HOUR + 7000, 4000))).toBeNull();
		expect(got(two.take(bob, HOUR + 7000, 4000))).toBe(true);
		expect(got(one.take(ada, HOUR + 7001, 4000))).toBe(false);
		got(one.release(ada));
		expect(got(two.holder(HOUR + 7001, 4000))).toEqual(bob);
		got(two.release(bob));
		expect(got(one.take(ada, HOUR + 7002, 4000))).toBe(true);
	});

	test('a renewal that saves its write never lets the lease run out', () => {
		const { lease } = opened(scratch());
		for (let now = HOUR; now < HOUR + 20_000; now += 100) {
			expect(got(lease.take(ada, now, 4000))).toBe(true);
			expect(got(lease.take(bob, now, 4000 - 500))).toBe(false);
		}
	});

	test('who is here, and where', () => {
		const { lease } = opened(scratch());
		got(lease.present(ada, HOUR, null));
		got(lease.present(bob, HOUR + 10, roundId(3)));
		got(lease.present(ada, HOUR + 3000, roundId(3)));
		expect(got(lease.sessions(HOUR + 3000, 4000))).toEqual([
			{ ...ada, looking: 3, since: HOUR },
			{ ...bob, looking: 3, since: HOUR + 10 },
		]);
		expect(got(lease.sessions(HOUR + 4010, 4000)).map(({ operator }) => operator)).toEqual(['ada']);
		got(lease.leave(ada));
		expect(got(lease.sessions(HOUR + 3000, 4000)).map(({ operator }) => operator)).toEqual(['bob']);
	});
});

test('the version changes when another console wrote', () => {
	const path = scratch();
	const [one, two] = [opened(path), opened(path)];
	const before = one.dataVersion();
	got(one.activity.append({ at: 1, by: 'a', code: 'x', detail: {} }));
	expect(one.dataVersion()).toBe(before);
	got(two.activity.append({ at: 1, by: 'a', code: 'x', detail: {} }));
	expect(one.dataVersion()).not.toBe(before);
	expect(one.bytes()).toBeGreaterThan(0);
});
