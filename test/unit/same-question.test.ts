import { describe, expect, it } from 'vitest';
import { isStale } from '../../src/domain/check-state.ts';
import { isSameQuestion } from '../../src/domain/same-question.ts';
import { check } from '../support/fake-world.ts';

describe('the same question', () => {
	it.each([
		['nothing changed', {}, true],
		['its interval', { everyMs: 1_000 }, true],
		['its address', { options: 'elsewhere' }, false],
		['its kind', { kind: 'other' }, false],
		['a condition', { must: ['status == 418'] }, false],
		['how much a condition matters', { should: ['status == 200'], must: [] }, false],
		['a shown value', { show: { n: '$.n' } }, false],
	] as const)('%s', (_what, change, same) => {
		const wishes = { options: 'here', must: ['status == 200'] };
		expect(isSameQuestion(check('a', wishes), check('a', { ...wishes, ...change } as never))).toBe(same);
	});
});

describe('a value from the future', () => {
	it('is stale: the clock was set back', () => {
		const rules = { everyMs: 10_000, timeoutMs: 5_000 };
		expect(isStale(10 * 3_600_000, 1_000, rules)).toBe(true);
		expect(isStale(5_500, 1_000, rules)).toBe(false);
	});
});
