import { describe, expect, test } from 'vitest';
import { nextOpen } from '../../src/actions/index.ts';
import { checkId } from '../../src/domain/ids.ts';
import { hasChanged } from '../../src/domain/round-rules.ts';
import { quantity } from '../../src/domain/value.ts';
import { toSheetHead, toSheetRows } from '../../src/screens/round/rows.ts';
import { toSignPage } from '../../src/screens/round/sign-rows.ts';
import { toStepDetail } from '../../src/screens/round/step-rows.ts';
import { apply, EMPTY_PICTURE, type PictureState } from '../../src/store/index.ts';
import { lostTransactions, MORNING, morningRound, wellCheck, world } from '../support/pictures.ts';
import { answered, doneRound, observed, troubledRound } from '../support/rounds.ts';

const state = (isTroubled = false): PictureState => world({ isTroubled }).reduce(apply, EMPTY_PICTURE);
const detail = (index: number, round = troubledRound(), from = state(true)) => {
	const step = round.steps[index];
	if (!step) throw new RangeError(`no step ${index}`);
	return toStepDetail(from, round, step, MORNING, 'en', 'UTC');
};

describe('the rows of a sheet', () => {
	test('say how each step stands, who answered and when', () => {
		const rows = toSheetRows(state(), troubledRound(), 'en', 'UTC');
		expect(rows.map((row) => row.standing)).toEqual(['attention', 'ok', 'failed', 'ok', 'open', 'open']);
		expect(rows[2]).toMatchObject({ by: 'li', time: '09:16', title: 'CORS' });
	});

	test('the head counts, and tells how late it is once it is late', () => {
		const late = toSheetHead(state(), troubledRound(), MORNING + 20 * 60_000, 'en', 'UTC');
		expect(late).toMatchObject({ done: 3, count: 6, clock: '38 min late', isLate: true, isReady: false });
		expect(toSheetHead(state(), doneRound(), MORNING, 'en', 'UTC')).toMatchObject({
			isReady: true,
			isLate: false,
		});
	});

	test('a round of another day tells the day', () => {
		const head = toSheetHead(state(), morningRound(), MORNING + 30 * 3_600_000, 'en', 'UTC');
		expect(head.due).toBe('due 2025-11-22 09:00');
	});
});

describe('the step in hand', () => {
	test('the worst check stands first; durations are no change', () => {
		const { checks } = detail(0);
		expect(checks.map((check) => check.level)).toEqual(['critical', 'warning', 'ok']);
		expect(checks[1]?.values.every((value) => value.change === '')).toBe(true);
	});

	test('a check not asked in this round is never shown with an older value', () => {
		const round = morningRound();
		const steps = round.steps.map((step) => (step.index === 0 ? { ...step, found: [] } : step));
		const { checks } = detail(0, { ...round, steps });
		expect(checks.map((check) => [check.level, check.values.length])).toEqual([
			['pending', 0],
			['pending', 0],
			['pending', 0],
		]);
	});

	test('changes hold value, signed value and difference; what is as signed is left out', () => {
		const round = troubledRound();
		const steps = round.steps.map((step) =>
			step.definition.kind === 'ask' ? { ...step, definition: { ...step.definition, changes: true } } : step,
		);
		const changes = detail(4, { ...round, steps }).changes ?? [];
		expect(changes.map((check) => check.id)).toContain(checkId('integrity'));
		expect(changes.map((check) => check.id)).not.toContain(checkId('customers'));
		const lost = changes.find((check) => check.id === checkId('integrity'));
		expect(lost?.values.find((value) => value.name === 'transactions')).toMatchObject({
			value: '1,960',
			was: '48,609',
			change: expect.stringMatching(/46,649 \(.95\.97 %\)/),
		});
	});

	test('an operation is n/m where it says passed and total', () => {
		expect(detail(3).operation).toMatchObject({ result: '8/8', share: 1, isRunning: false, level: 'ok' });
		expect(detail(5).operation).toMatchObject({ level: null, command: 'report' });
	});
});

describe('a change against the signed snapshot', () => {
	test('is no duration, neither now nor when it was signed', () => {
		const seen = observed(wellCheck('customers'), { customers: 8 });
		if (seen.kind !== 'observation') throw new TypeError('an observation is meant');
		const signedAt = MORNING - 1_000;
		const connect = { value: quantity(3, 'ms'), at: signedAt };
		expect(hasChanged({ ...seen, baseline: { ...seen.baseline, connect } })).toBe(false);
		expect(hasChanged({ ...seen, baseline: { customers: { value: quantity(9), at: signedAt } } })).toBe(true);
	});
});

describe('the next open step', () => {
	test('is the one behind, then from the beginning; one that still fills itself comes last', () => {
		const round = troubledRound();
		expect(nextOpen(round, 1)?.index).toBe(4);
		expect(nextOpen(round, 5)?.index).toBe(0);
		expect(nextOpen(doneRound(), 0)).toBeNull();
		const filling = { ...round, steps: round.steps.map((s) => (s.index === 1 ? { ...s, found: [] } : s)) };
		expect(nextOpen(filling, 0)?.index).toBe(4);
	});
});

describe('the sign-off page', () => {
	test('open, exceptions, and what is well are told apart', () => {
		const page = toSignPage(state(), troubledRound(), MORNING, 'en', 'UTC');
		expect(page.open.map((step) => step.number)).toEqual([1, 5, 6]);
		expect(page.exceptions.map((step) => step.number)).toEqual([3]);
		expect(page.fine.map((step) => step.number)).toEqual([2, 4]);
		expect(page.level).toBe('critical');
	});

	test('a failed step enters nothing, an accepted one does, a check that is not ok does not', () => {
		const all = toSignPage(state(), doneRound(), MORNING, 'en', 'UTC');
		expect(all.snapshot.checks).toBe(8);
		const failed = toSignPage(state(), answered(doneRound(), 2, 'fail', 'no'), MORNING, 'en', 'UTC');
		expect(failed.snapshot.checks).toBe(7);
		expect(failed.snapshot.notTaken).toEqual(['CORS origins']);
		const lost = apply(state(), { kind: 'recorded', now: MORNING, checks: [lostTransactions()] });
		const page = toSignPage(lost, doneRound(), MORNING, 'en', 'UTC');
		expect(page.snapshot.checks).toBe(7);
		expect(page.outside).toEqual([{ level: 'critical', text: expect.stringContaining('95.97 %') }]);
		expect(all.outside).toEqual([]);
	});

	test('coverage names what was not evaluated, and the age of the oldest value', () => {
		const round = doneRound();
		const steps = round.steps.map((step) =>
			step.index === 0 ? { ...step, found: step.found.slice(0, 1) } : step,
		);
		const { coverage } = toSignPage(state(), { ...round, steps }, MORNING + 60_000, 'en', 'UTC');
		expect(coverage).toMatchObject({ declared: 7, seen: 5, oldest: '1 min' });
		expect(coverage.missing).toEqual(['Accounting API GET /health', 'MCP Server GET /health']);
	});

	test('a stale check is not said to enter the snapshot', () => {
		const old = apply(state(), {
			kind: 'recorded',
			now: MORNING,
			checks: [{ ...wellCheck('integrity'), at: MORNING - 3_600_000 }],
		});
		const stale = {
			...old,
			checks: new Map(old.checks).set(checkId('integrity'), {
				...wellCheck('integrity'),
				at: MORNING - 3_600_000,
			}),
		};
		expect(toSignPage(stale, doneRound(), MORNING, 'en', 'UTC').snapshot.checks).toBe(7);
	});
});
