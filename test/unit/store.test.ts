import { describe, expect, test } from 'vitest';
import { checkId, operationId } from '../../src/domain/ids.ts';
import { quantity } from '../../src/domain/value.ts';
import {
	apply,
	countsOf,
	createPicture,
	EMPTY_PICTURE,
	levelOf,
	type PictureState,
	roundClock,
	scrolledTop,
	TREND_LENGTH,
} from '../../src/store/index.ts';
import { CHECKS, face, MORNING, operation, slowAccounting, wellCheck, world } from '../support/pictures.ts';

const troubled = (): PictureState =>
	world({ isTroubled: true, withRound: true }).reduce(apply, EMPTY_PICTURE);
const check = (id: string) => CHECKS.find((one) => one.id === id)!;

describe('apply', () => {
	test('takes a whole world of first events', () => {
		const state = troubled();
		expect(state.face?.system).toBe('CreditPilot');
		expect(state.checks.size).toBe(CHECKS.length);
		expect(state.trends.get(checkId('customers'))).toHaveLength(60);
		expect(state.rounds.size).toBe(1);
		expect(state.now).toBe(MORNING);
	});

	test('keeps the identity of every part that an event does not touch', () => {
		const before = troubled();
		const after = apply(before, {
			kind: 'recorded',
			now: MORNING + 1_000,
			checks: [wellCheck('customers', MORNING + 1_000, 0)],
		});
		expect(after.checks.get(checkId('integrity'))).toBe(before.checks.get(checkId('integrity')));
		expect(after.trends.get(checkId('integrity'))).toBe(before.trends.get(checkId('integrity')));
		expect(after.rounds).toBe(before.rounds);
		expect(after.plan).toBe(before.plan);
		expect(after.view).toBe(before.view);
		expect(after.checks.get(checkId('customers'))).not.toBe(before.checks.get(checkId('customers')));
	});

	test('adds one point a new observation, at most sixty, and none when the same one was only saved at last', () => {
		let state = troubled();
		for (let at = 1; at <= 70; at++) {
			state = apply(state, {
				kind: 'recorded',
				now: MORNING + at * 1_000,
				checks: [wellCheck('customers', MORNING + at * 1_000, 0)],
			});
		}
		const points = state.trends.get(checkId('customers'))!;
		expect(points).toHaveLength(TREND_LENGTH);
		expect(points.at(-1)).toEqual({ at: MORNING + 70_000, value: 11, level: 'ok' });
		const saved = apply(state, {
			kind: 'recorded',
			now: MORNING + 70_500,
			checks: [{ ...wellCheck('customers', MORNING + 70_000, 0), unsaved: true }],
		});
		expect(saved.trends.get(checkId('customers'))).toBe(points);
		expect(saved.checks.get(checkId('customers'))?.unsaved).toBe(true);
		expect(saved.values.get('customers customers')).toHaveLength(TREND_LENGTH);
	});

	test('a fault is a point without a value', () => {
		const state = apply(troubled(), {
			kind: 'recorded',
			now: MORNING + 5_000,
			checks: [
				{
					...wellCheck('customers', MORNING + 5_000, 0),
					level: 'critical',
					samples: {},
					reasons: [{ kind: 'fault', fault: { code: 'timeout', detail: { limitMs: 5_000 } } }],
				},
			],
		});
		expect(state.trends.get(checkId('customers'))?.at(-1)).toEqual({
			at: MORNING + 5_000,
			value: null,
			level: 'critical',
		});
	});

	test('a reloaded configuration forgets checks it does not name any more', () => {
		const left = CHECKS.filter((one) => one.id !== 'cors');
		const state = apply(troubled(), { kind: 'system', face: { ...face(), checks: left } });
		expect(state.checks.has(checkId('cors'))).toBe(false);
		expect(state.checks.has(checkId('customers'))).toBe(true);
	});

	test('an operation keeps its output when an event brings none, and running ones are never forgotten', () => {
		let state = apply(troubled(), { kind: 'operation', operation: operation(), tail: ['one', 'two'] });
		state = apply(state, {
			kind: 'operation',
			operation: operation({ state: 'done', level: 'ok', endedAt: MORNING }),
			tail: [],
		});
		expect(state.operations.get(operationId(3))?.tail).toEqual(['one', 'two']);
		state = apply(state, { kind: 'operation', operation: operation({ id: operationId(4) }), tail: [] });
		for (let id = 10; id < 150; id++) {
			state = apply(state, {
				kind: 'operation',
				operation: operation({ id: operationId(id), state: 'done' }),
				tail: [],
			});
		}
		expect(state.operations.size).toBeLessThanOrEqual(100);
		expect(state.operations.has(operationId(4))).toBe(true);
		expect(state.operations.has(operationId(149))).toBe(true);
	});

	test('storage, polling, configuration, notices and the crash each land in their own place', () => {
		const state = (
			[
				{
					kind: 'storage',
					storage: { unsaved: 3, since: MORNING, fault: { code: 'disk-full', detail: {} } },
				},
				{ kind: 'polling', polling: { mine: false, holder: 'ana', present: [] } },
				{
					kind: 'config',
					problems: [
						{ file: 'rounds.yaml', line: 3, column: 5, message: 'unknown key', hint: null, excerpt: null },
					],
					at: MORNING,
				},
				{ kind: 'notice', code: 'clock-jumped', detail: { ms: 4_000 }, at: MORNING },
				{ kind: 'uptime', uptime: [{ check: checkId('cors'), share: 0.5 }] },
				{ kind: 'crashed', text: 'boom', file: '/tmp/crash' },
			] as const
		).reduce(apply, troubled());
		expect(state.storage.unsaved).toBe(3);
		expect(state.polling?.holder).toBe('ana');
		expect(state.config.problems).toHaveLength(1);
		expect(state.notices.at(-1)?.code).toBe('clock-jumped');
		expect(state.uptime.get(checkId('cors'))).toBe(0.5);
		expect(state.uptime.get(checkId('customers'))).toBe(0.9998);
		expect(state.crashed?.file).toBe('/tmp/crash');
	});
});

describe('selectors', () => {
	test('a check without a fresh answer is unknown, never green', () => {
		const state = troubled();
		expect(levelOf(state, check('customers'), MORNING)).toBe('ok');
		expect(levelOf(state, check('customers'), MORNING + 20_000)).toBe('ok');
		expect(levelOf(state, check('customers'), MORNING + 22_000)).toBe('unknown');
		// An interval of five minutes is patient.
		expect(levelOf(state, check('integrity'), MORNING + 22_000)).toBe('critical');
	});

	test('counts what is wrong, stale ones as unknown', () => {
		expect(countsOf(troubled(), MORNING)).toEqual({ critical: 2, warning: 1, unknown: 0, total: 8 });
		expect(countsOf(troubled(), MORNING + 60_000)).toEqual({ critical: 1, warning: 0, unknown: 7, total: 8 });
	});

	test('the round clock prefers the open round, then what is due, then what comes next', () => {
		expect(roundClock(troubled(), MORNING)).toMatchObject({ standing: 'in-progress', done: 3, steps: 6 });
		const without = world().reduce(apply, EMPTY_PICTURE);
		expect(roundClock(without, MORNING)).toMatchObject({ standing: 'due', sheet: 'morning' });
		const later = { ...without, plan: without.plan.filter((one) => one.standing === 'planned') };
		expect(roundClock(later, MORNING)).toMatchObject({ standing: 'planned', sheet: 'evening' });
		expect(roundClock({ ...later, plan: [] }, MORNING)).toBeNull();
	});
});

describe('the picture', () => {
	test('many events are one change, a repeated tick is none', () => {
		const picture = createPicture();
		let changes = 0;
		picture.store.subscribe(() => {
			changes += 1;
		});
		picture.apply(world({ isTroubled: true }));
		expect(changes).toBe(1);
		picture.tick(MORNING);
		picture.tick(MORNING - 5_000);
		expect(changes).toBe(1);
		picture.apply([]);
		expect(changes).toBe(1);
		picture.tick(MORNING + 5_000);
		expect(changes).toBe(2);
	});

	test('layers open over each other and close one by one; a screen closes them all', () => {
		const { view, state } = createPicture();
		view.open({ kind: 'service', subject: 'service:flask', openedAt: 0, field: null });
		view.open({ kind: 'help', subject: '', openedAt: 0, field: null });
		view.close();
		expect(state().view.layers.map((layer) => layer.kind)).toEqual(['service']);
		view.showScreen('endpoints');
		expect(state().view.layers).toEqual([]);
		expect(state().view.screen).toBe('endpoints');
	});
});

describe('scrolling', () => {
	const shape = { size: 1, total: 100, height: 10 };
	test('stays while the row is in view, moves by half a page at the edge, and ends at the ends', () => {
		expect(scrolledTop(0, { ...shape, start: 9 })).toBe(0);
		expect(scrolledTop(0, { ...shape, start: 10 })).toBe(5);
		expect(scrolledTop(20, { ...shape, start: 19 })).toBe(15);
		expect(scrolledTop(0, { ...shape, start: 99 })).toBe(90);
		expect(scrolledTop(90, { ...shape, start: 0 })).toBe(0);
	});
	test('a row taller than the view is shown from its first line', () => {
		expect(scrolledTop(0, { start: 30, size: 40, total: 100, height: 10 })).toBe(30);
	});
	test('a list that shrank is not scrolled past its end', () => {
		expect(scrolledTop(50, { start: 0, size: 1, total: 5, height: 10 })).toBe(0);
	});
});

test('samples of another kind than numbers are no points', () => {
	const state = apply(troubled(), {
		kind: 'recorded',
		now: MORNING + 5_000,
		checks: [
			{
				...slowAccounting(MORNING + 5_000),
				at: MORNING + 5_000,
				samples: { latency: 'soon', status: quantity(200) },
			},
		],
	});
	expect(state.trends.get(checkId('accounting-health'))?.at(-1)?.value).toBeNull();
});
