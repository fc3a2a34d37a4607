import { operatorPattern } from '../pattern.ts';
import type { Condition } from './syntax.ts';
import { fail } from './tokens.ts';

/** The longest text a pattern is tried on. A longer one is unknown: half a text would give half an answer. */
export const MAX_SUBJECT = 65_536;

// One repeated piece alone in a repeated group, as in `(a+)+`: it says no more than `a+`, and takes time exponential in the
// length of a text that nearly fits.
const REPEATED_TWICE =
	/(?<!\\)\((?:\?(?::|<\w+>))?(?:\\.|\[(?:\\.|[^\]\\])*\]|[^()\\[\]])[+*]\)(?:[+*]|\{\d*,)/;

/** The pattern of `matches`, compiled once with Unicode rules where it allows them; null for other operators. */
export function compilePattern(condition: Omit<Condition, 'pattern'>): RegExp | null {
	const { operator, right } = condition;
	if (!operator.endsWith('matches') || right?.kind !== 'literal') return null;
	const source = String(right.value);
	if (REPEATED_TWICE.test(source)) throw fail('pattern-slow', right, {});
	try {
		return operatorPattern(source, 'u');
	} catch {
		try {
			return operatorPattern(source, '');
		} catch (error) {
			const detail = error instanceof Error ? error.message.replace(/^.*: /s, '') : '';
			throw fail('pattern-invalid', right, { detail });
		}
	}
}
