import { describe, expect, it } from 'vitest';
import { sheetId } from '../../src/domain/ids.ts';
import { ok } from '../../src/domain/result.ts';
import type { Round } from '../../src/domain/round.ts';
import type { SheetDefinition, StepDefinition, SystemDefinition } from '../../src/domain/system.ts';
import { createDueLook } from '../../src/services/round-due.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const DAY = 86_400_000;

function setUp(step: Partial<StepDefinition>) {
	const clock = createFakeClock();
	const definition = {
		kind: 'ask',
		title: null,
		question: 'Right?',
		look: null,
		changes: false,
		...step,
	} as StepDefinition;
	const sheet: SheetDefinition = {
		id: sheetId('imports'),
		title: 'Imports',
		atMinute: 0,
		graceMs: 0,
		steps: [definition],
	};
	const world = { changedAt: null as number | null, signed: null as Round | null, looks: 0, reads: 0 };
	const parts = {
		clock,
		system: () => ({ sheets: [sheet], timezone: 'UTC' }) as unknown as SystemDefinition,
		store: {
			lastSigned: () => ok(world.signed),
			list: () => {
				world.reads += 1;
				return ok(world.signed === null ? [] : [world.signed]);
			},
		} as unknown as Parameters<typeof createDueLook>[0]['store'],
		events: { append: () => ok(undefined), told: () => ok([]) },
		changedAt: async () => {
			world.looks += 1;
			return world.changedAt;
		},
	};
	const due = createDueLook(parts);
	const dueAt = clock.now() - 1_000;
	let changed: () => void = () => {};
	/** Looks, and waits until it told that a file says otherwise. */
	const settled = () => new Promise<void>((resolve) => (changed = resolve));
	const since = () => due.dueness(() => changed()).since(sheet, dueAt, dueAt + DAY);
	const sign = (at: number) => {
		world.signed = {
			id: at,
			signed: { at },
			steps: [{ definition, answer: { outcome: 'ok' } }],
		} as unknown as Round;
	};
	return { clock, world, since, settled, sign, dueAt };
}

describe('what the plan looks at', () => {
	it('follows a file that changes, looked at now and then and not at every plan', async () => {
		const { clock, world, since, settled } = setUp({ after: ['/in/*.csv'] });
		expect(since()).toBeNull();
		since();
		expect(world.looks).toBe(1);
		world.changedAt = clock.now();
		const told = settled();
		await clock.advance(5_000);
		since();
		await told;
		expect(world.looks).toBe(2);
		expect(since()).toBe(world.changedAt);
	});

	it('reads earlier rounds again only when another one was signed', async () => {
		const { clock, world, since, sign, dueAt } = setUp({ every: 'daily' });
		sign(clock.now() - 2 * DAY);
		expect(since()).toBe(dueAt);
		since();
		expect(world.reads).toBe(1);
		sign(clock.now());
		expect(since()).toBeNull();
		expect(world.reads).toBe(2);
	});
});
