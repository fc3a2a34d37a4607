import { describe, expect, it } from 'vitest';
import { fault } from '../../src/domain/fault.ts';
import { judge, type Surroundings } from '../../src/domain/judge.ts';
import { err, ok } from '../../src/domain/result.ts';
import { quantity } from '../../src/domain/value.ts';
import { check } from '../support/fake-world.ts';

const alone: Surroundings = {
	now: 1_000,
	latest: () => undefined,
	baseline: () => undefined,
	window: () => [],
};
const reading = (
	samples: Record<string, ReturnType<typeof quantity>>,
	document?: unknown,
	headers?: Record<string, string>,
) =>
	ok({ samples, ...(document === undefined ? {} : { document }), ...(headers ? { headers } : {}) } as never);

describe('a verdict', () => {
	it('is the worst of what is broken, worst first, and names everything that was judged', () => {
		const one = check('a', {
			must: ['status == 200', 'missing > 1'],
			should: ['latency < 500ms', 'latency > 0ms'],
		});
		const { verdict } = judge(reading({ status: quantity(500), latency: quantity(612, 'ms') }), one, alone);
		expect(verdict.level).toBe('critical');
		expect(verdict.reasons.map((r) => r.kind === 'condition' && [r.severity, r.outcome.condition])).toEqual([
			['must', 'status == 200'],
			['must', 'missing > 1'],
			['should', 'latency < 500ms'],
		]);
		expect(verdict.outcomes).toHaveLength(4);
	});

	it('is unknown, never ok, where a condition has no answer; and a broken should beside it stays', () => {
		const one = check('a', { should: ['missing < 1', 'latency < 500ms'] });
		const { verdict } = judge(reading({ latency: quantity(612, 'ms') }), one, alone);
		expect(verdict.level).toBe('unknown');
		expect(verdict.reasons).toHaveLength(2);
	});

	it('is ok with no condition broken, and without reasons', () => {
		const { verdict } = judge(
			reading({ status: quantity(200) }),
			check('a', { must: ['status == 200'] }),
			alone,
		);
		expect(verdict).toMatchObject({ level: 'ok', reasons: [] });
	});

	it('of a fault is what its code declares; no condition is asked', () => {
		const one = check('a', { must: ['status == 200'] });
		for (const [code, level] of [
			['refused', 'critical'],
			['command-missing', 'unknown'],
		] as const) {
			const { verdict, samples } = judge(err(fault(code, { path: 'x' })), one, alone);
			expect(verdict).toEqual({
				level,
				reasons: [{ kind: 'fault', fault: fault(code, { path: 'x' }) }],
				outcomes: [],
			});
			expect(samples).toEqual({});
		}
	});

	it('keeps shown values beside the samples, and leaves out what is not there', () => {
		const one = check('a', {
			show: { customers: 'count($.customers[*])', net: '$.net', half: 'status / 2' },
			must: ['customers == 2'],
		});
		const { verdict, samples } = judge(reading({ status: quantity(200) }, { customers: [1, 2] }), one, alone);
		expect(Object.keys(samples)).toEqual(['status', 'customers', 'half']);
		expect(samples['half']).toEqual(quantity(100));
		expect(verdict.level).toBe('ok');
	});

	it('reads headers whatever their case, and no property that is not a sample', () => {
		const one = check('a', { must: ['header("Vary") contains "Origin"', 'toString exists'] });
		const { verdict } = judge(reading({}, {}, { vary: 'Origin' }), one, alone);
		expect(verdict.outcomes.map((o) => o.outcome.holds)).toEqual([true, false]);
	});
});
