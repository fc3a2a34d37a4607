import { describe, expect, it } from 'vitest';
import type { Level } from '../../src/domain/level.ts';
import type { Reason } from '../../src/domain/observation.ts';
import { ANSWERS, type Evidence, isDone, type Round, type Step, standingOf } from '../../src/domain/round.ts';
import { hasChanged, lastHand, levelOfStep, objectionTo, snapshotOf } from '../../src/domain/round-rules.ts';
import { quantity } from '../../src/domain/value.ts';

const unbased = {
	kind: 'condition',
	severity: 'must',
	outcome: {
		condition: 'drop(n) < 5%',
		holds: null,
		resolved: [],
		must: {},
		why: { code: 'no-baseline', params: {} },
	},
} as unknown as Reason;
const broken = {
	kind: 'condition',
	severity: 'must',
	outcome: { condition: 'n > 0', holds: false, resolved: [], must: {} },
} as unknown as Reason;

function saw(
	check: string,
	level: Level,
	reasons: readonly Reason[] = [],
	n = 1,
): Extract<Evidence, { kind: 'observation' }> {
	const samples = { n: quantity(n) };
	return { kind: 'observation', check: check as never, at: 1, level, samples, reasons, baseline: {} };
}
const ran = (level: Level) => ({ kind: 'operation', level }) as unknown as Evidence;
const step = (definition: unknown, found: readonly Evidence[] = [], answer: unknown = null): Step =>
	({ index: 0, definition, answer, note: null, draft: null, found }) as unknown as Step;
const checks = (...ids: string[]) => ({ kind: 'check', title: null, checks: ids });
const RUN = { kind: 'run', title: null, action: 'tests' };
const ASK = { kind: 'ask', title: null, question: 'Any?' };

describe('where a step stands', () => {
	it.each([
		[step(checks('a', 'b')), 'filling'],
		[step(checks('a', 'b'), [saw('a', 'ok')]), 'filling'],
		[step(checks('a', 'b'), [saw('a', 'ok'), saw('b', 'ok')]), 'ok'],
		[step(checks('a', 'b'), [saw('a', 'ok'), saw('b', 'unknown', [unbased])]), 'first'],
		[step(checks('a', 'b'), [saw('a', 'critical', [broken]), saw('b', 'unknown', [unbased])]), 'attention'],
		[step(checks('a'), [saw('a', 'critical', [broken, unbased])]), 'attention'],
		[step(checks('a'), [saw('a', 'pending')]), 'attention'],
		[step(RUN), 'open'],
		[step(RUN, [ran('pending')]), 'filling'],
		[step(RUN, [ran('ok')]), 'ok'],
		[step(RUN, [ran('warning')]), 'attention'],
		[step(ASK, [saw('a', 'ok')]), 'open'],
	])('%#', (at, standing) => {
		expect(standingOf(at)).toBe(standing);
	});

	it('an answer settles every step', () => {
		for (const outcome of ANSWERS) expect(isDone(standingOf(step(ASK, [], { outcome })))).toBe(true);
		expect(isDone('attention') || isDone('open') || isDone('filling')).toBe(false);
	});

	it('means something for the round', () => {
		expect(levelOfStep(step(checks('a'), [saw('a', 'unknown', [unbased])]))).toBe('ok');
		expect(levelOfStep(step(ASK, [], { outcome: 'fail' }))).toBe('critical');
		expect(levelOfStep(step(ASK, [], { outcome: 'skip' }))).toBe('warning');
		expect(levelOfStep(step(ASK, [], { outcome: 'accept' }))).toBe('warning');
	});
});

describe('what an answer must not be', () => {
	it.each([
		[step(ASK), 'ok', '', 'needs-answer'],
		[step(ASK), 'ok', 'none', null],
		[step(ASK), 'fail', '', 'needs-note'],
		[step(ASK), 'skip', '', 'needs-note'],
		[step(checks('a')), 'ok', 'looks fine', 'nothing-found'],
		[step(RUN), 'ok', 'looks fine', 'nothing-found'],
		[step(checks('a'), [saw('a', 'ok')]), 'ok', '', null],
		[step(checks('a'), [saw('a', 'unknown', [unbased])]), 'ok', '', null],
		// What is bad is accepted or failed in words, never ticked.
		[step(checks('a'), [saw('a', 'critical', [broken])]), 'ok', '', 'needs-note'],
		[step(checks('a'), [saw('a', 'critical', [broken])]), 'ok', 'looks fine', 'needs-note'],
		[step(checks('a'), [saw('a', 'critical', [broken])]), 'accept', '', 'needs-note'],
		[step(checks('a'), [saw('a', 'critical', [broken])]), 'accept', 'known', null],
	] as const)('%#', (at, outcome, text, objection) => {
		expect(objectionTo(at, outcome, text)).toBe(objection);
	});
});

describe('the signed snapshot', () => {
	const round = (...steps: Step[]) => ({ steps }) as unknown as Round;
	const standing = (id: string, level: Level, more: object = {}) =>
		({ id, level, stale: false, samples: { n: quantity(7) }, reasons: [], ...more }) as never;
	const taken = (from: Round, all: readonly never[] = []) =>
		snapshotOf(from, all).map((v) => `${v.check} ${(v.value as { number: string }).number}`);

	it('takes what is ok or lacks only a baseline, at the sign-off', () => {
		expect(
			taken(round(), [
				standing('fine', 'ok'),
				standing('first', 'unknown', { reasons: [unbased] }),
				standing('bad', 'critical', { reasons: [broken] }),
				standing('slow', 'warning', { reasons: [broken] }),
				standing('old', 'ok', { stale: true }),
			]),
		).toEqual(['fine 7', 'first 7']);
	});

	it('takes of a step that filled itself what is true now, never what nobody has looked at since', () => {
		const filled = step(checks('a', 'b'), [saw('a', 'ok'), saw('b', 'ok')]);
		const all = [standing('a', 'ok'), standing('b', 'ok', { stale: true })];
		expect(taken(round(filled), all)).toEqual(['a 1']);
		const open = step(checks('c', 'd'), [saw('c', 'ok')]);
		expect(taken(round(open))).toEqual([]);
	});

	it('takes what was accepted in words, with the values that were accepted', () => {
		const accepted = step(checks('bad'), [], {
			outcome: 'accept',
			evidence: [saw('bad', 'critical', [broken], 3)],
		});
		expect(taken(round(accepted), [standing('bad', 'critical', { reasons: [broken] })])).toEqual(['bad 3']);
	});

	it('takes nothing of a step that was failed or skipped, even if it is well by then', () => {
		const failed = step(checks('a'), [], { outcome: 'fail', evidence: [saw('a', 'critical', [broken])] });
		const skipped = step(checks('b'), [], { outcome: 'skip', evidence: [saw('b', 'ok')] });
		expect(
			taken(round(failed, skipped), [standing('a', 'ok'), standing('b', 'ok'), standing('c', 'ok')]),
		).toEqual(['c 7']);
	});

	it('takes no bad value on an ok, e.g. of a question that shows what changed', () => {
		const asked = step(ASK, [], { outcome: 'ok', evidence: [saw('a', 'critical', [broken])] });
		expect(taken(round(asked), [standing('a', 'critical', { reasons: [broken] })])).toEqual([]);
	});
});

describe('what changed since the last signature', () => {
	const seen = (value: unknown, signed: unknown, level: Level = 'ok') => ({
		...saw('a', level),
		samples: { n: value } as never,
		baseline: { n: { value: signed, at: 1 } } as never,
	});
	it('is another value or a bad level, never another duration', () => {
		expect(hasChanged(seen(quantity(3), quantity(3)))).toBe(false);
		expect(hasChanged(seen(quantity(3), quantity(4)))).toBe(true);
		expect(hasChanged(seen(undefined, quantity(4)))).toBe(true);
		expect(hasChanged(seen(quantity(30, 'ms'), quantity(40, 'ms')))).toBe(false);
		expect(hasChanged(seen(quantity(3), quantity(3), 'warning'))).toBe(true);
	});
});

describe('who touched a round last', () => {
	it('is the newest answer, else who began it', () => {
		const begun = { startedAt: 5, startedBy: 'mei' };
		expect(lastHand({ ...begun, steps: [] } as never)).toEqual({ at: 5, by: 'mei' });
		const answers = [{ answer: { at: 9, by: 'tom' } }, { answer: { at: 7, by: 'ana' } }, { answer: null }];
		expect(lastHand({ ...begun, steps: answers } as never)).toMatchObject({ at: 9, by: 'tom' });
	});
});
