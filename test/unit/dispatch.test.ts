import { describe, expect, it } from 'vitest';
import { fault } from '../../src/domain/fault.ts';
import { roundId } from '../../src/domain/ids.ts';
import { err, ok } from '../../src/domain/result.ts';
import { createDispatch } from '../../src/services/dispatch.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const BUSY = err({ kind: 'fault', fault: fault('storage-busy', { path: '/srv/rounds.db' }) } as const);
const ID = roundId(7);

/** Rounds whose store is busy until it is let go. */
function setUp() {
	const clock = createFakeClock();
	const kept: unknown[] = [];
	const world = { isBusy: true, isClosing: false, asked: 0 };
	const write = (what: unknown) => {
		world.asked += 1;
		if (world.isBusy) return BUSY;
		kept.push(what);
		return ok({ round: { id: ID } });
	};
	const rounds = {
		draft: (_id: unknown, step: number | null, text: string | null) => write(['draft', step, text]),
		answer: async ({ step, note }: { step: number; note: string }) => write(['answer', step, note]),
		note: async (_id: unknown, step: number, text: string) => write(['note', step, text]),
		undo: async (_id: unknown, step: number) => write(['undo', step]),
		pin: async (_id: unknown, step: number) => write(['pin', step]),
		sign: async (_id: unknown, note: string) => write(['sign', note]),
		begin: async (sheet: string) => write(['begin', sheet]),
	};
	const operations = { start: async ({ action }: { action: string }) => write(['start', action]) };
	const parts = { clock, rounds, operations, isClosing: () => world.isClosing };
	return { clock, kept, world, dispatch: createDispatch(parts as never) };
}

const draft = (step: number | null, text: string) => ({ round: ID, step, text });

describe('what a person does while another program writes the store', () => {
	it.each([
		['round.draft', draft(1, 'a')],
		['round.answer', { round: ID, step: 1, outcome: 'ok', note: 'a', version: 1 }],
		['round.note', { round: ID, step: 1, note: 'a', version: 1 }],
		['round.undo', { round: ID, step: 1, version: 1 }],
		['round.pin', { round: ID, step: 1, source: 's', line: 'l' }],
		['round.sign', { round: ID, note: 'a', version: 1 }],
		['round.begin', { sheet: 'morning', dueAt: null }],
		['operation.start', { action: 'tests', step: null, confirmed: null }],
	] as const)('%s waits for it, and then is done once', async (name, input) => {
		const { clock, world, kept, dispatch } = setUp();
		const sent = Promise.resolve(dispatch[name](input as never));
		await clock.advance(1_500);
		expect(kept).toEqual([]);
		world.isBusy = false;
		await clock.advance(100);
		expect(await sent).toMatchObject({ ok: true });
		expect(kept).toHaveLength(1);
	});

	it('is refused after two seconds, with what is in the way', async () => {
		const { clock, world, dispatch } = setUp();
		let answered: unknown;
		void Promise.resolve(dispatch['round.draft'](draft(1, 'a'))).then((result) => (answered = result));
		await clock.advance(1_900);
		expect(answered).toBeUndefined();
		await clock.advance(200);
		expect(answered).toEqual(BUSY);
		const { asked } = world;
		await clock.advance(5_000);
		expect(world.asked).toBe(asked);
	});

	it('does not undo with an old draft what was typed or answered after it', async () => {
		const { clock, world, kept, dispatch } = setUp();
		const sent = [
			dispatch['round.draft'](draft(1, 'a')),
			dispatch['round.draft'](draft(null, 'calm')),
			dispatch['round.draft'](draft(1, 'ab')),
			dispatch['round.draft'](draft(2, 'other')),
			dispatch['round.answer']({ round: ID, step: 2, outcome: 'ok', note: 'other', version: 1 }),
		];
		await clock.advance(100);
		world.isBusy = false;
		await clock.advance(100);
		for (const one of sent) expect(await one).toMatchObject({ ok: true });
		expect(kept).toHaveLength(3);
		expect(kept).toEqual(
			expect.arrayContaining([
				['draft', null, 'calm'],
				['draft', 1, 'ab'],
				['answer', 2, 'other'],
			]),
		);
	});

	it('asks no store that is being closed', async () => {
		const { clock, world, dispatch } = setUp();
		const sent = Promise.resolve(dispatch['round.draft'](draft(1, 'a')));
		await clock.idle();
		world.isClosing = true;
		const { asked } = world;
		await clock.advance(3_000);
		expect(await sent).toEqual(BUSY);
		expect(world.asked).toBe(asked);
	});
});
