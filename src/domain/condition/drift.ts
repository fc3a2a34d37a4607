import { absolute, divide, isNegative, isZero, subtract } from '../decimal.ts';
import type { SampleValue } from '../value.ts';

import { asNumber, describe, type Found, found, toResolved, unknown } from './operand.ts';
import type { EvaluationContext, Resolved } from './outcome.ts';
import { areLike } from './units.ts';

export type DriftName = 'drop' | 'rise' | 'change';

/**
 * How far a sample has moved from its signed value, as a part of that value's size: `drop` only downwards, `rise` only
 * upwards, `change` both, and of a text 0 or 1. From zero to zero is no change; from zero to anything else has no proportion and is unknown.
 */
export function drift(
	name: DriftName,
	sample: string,
	context: EvaluationContext,
): { readonly found: Found; readonly seen: Omit<Resolved, 'text'> } {
	const current = context.sample(sample);
	if (current === undefined) return { found: unknown('sample-missing', sample), seen: {} };
	const to = toResolved(current) as SampleValue;
	const signed = context.baseline(sample);
	if (signed === undefined) return { found: unknown('no-baseline', sample), seen: { to } };
	const seen = { from: toResolved(signed.value) as SampleValue, to, at: signed.at };
	const [before, now] = [asNumber(signed.value), asNumber(current)];
	// A text has no size: it is the same, or wholly another.
	if (name === 'change' && isWord(signed.value, before) && isWord(current, now)) {
		const value = { number: signed.value === current ? '0' : '1', unit: 'ratio' } as const;
		return { found: found(value), seen: { value, ...seen } };
	}
	if (now === null) return { found: unknown('not-a-number', sample, { found: describe(current) }), seen };
	if (before === null)
		return { found: unknown('not-a-number', sample, { found: describe(signed.value) }), seen };
	if (!areLike(before.unit, now.unit)) {
		return { found: unknown('unlike-units', sample, { left: before.unit, right: now.unit }), seen };
	}
	const moved = subtract(now.number, before.number);
	const counts = name === 'change' || isNegative(moved) === (name === 'drop');
	const part = !counts || isZero(moved) ? '0' : divide(absolute(moved), absolute(before.number));
	if (part === null || (isZero(before.number) && !isZero(moved))) {
		return { found: unknown('baseline-zero', sample), seen };
	}
	const value = { number: part, unit: 'ratio' } as const;
	return { found: found(value), seen: { value, ...seen } };
}

function isWord(value: unknown, number: unknown): boolean {
	return typeof value === 'string' && number === null;
}
