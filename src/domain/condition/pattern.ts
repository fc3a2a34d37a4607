import type { Condition } from './syntax.ts';
import { fail } from './tokens.ts';

/** The longest text a pattern is tried on. A longer one is unknown: half a text would give half an answer. */
export const MAX_SUBJECT = 65_536;

/** The pattern of `matches`, compiled once with Unicode rules where it allows them; null for other operators. */
export function compilePattern(condition: Omit<Condition, 'pattern'>): RegExp | null {
	const { operator, right } = condition;
	if (!operator.endsWith('matches') || right?.kind !== 'literal') return null;
	const source = String(right.value);
	try {
		return new RegExp(source, 'u');
	} catch {
		try {
			return new RegExp(source);
		} catch (error) {
			const detail = error instanceof Error ? error.message.replace(/^.*: /s, '') : '';
			throw fail('pattern-invalid', right, { detail });
		}
	}
}
