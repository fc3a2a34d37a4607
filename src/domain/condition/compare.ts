import { compare, isZero } from '../decimal.ts';
import { afresh, PATTERN_MS, PatternOverTime } from '../pattern.ts';
import type { Quantity } from '../value.ts';
import { readTime } from './instant.ts';
import {
	asNumber,
	describe,
	type Found,
	found,
	isList,
	kindOf,
	type ListOperand,
	type Operand,
	unknown,
} from './operand.ts';
import { MAX_SUBJECT } from './pattern.ts';
import type { Condition } from './syntax.ts';
import { areLike } from './units.ts';

/**
 * Decides a test of two resolved operands. Kinds are never converted, but text that is a decimal counts as a number
 * beside a number. Two kinds are never equal; that they differ is only an answer where null was written on purpose:
 * otherwise a broken answer (`null`, `"n/a"`) would make `!= 0` or `not in [0, 1]` true.
 */
export function decide(condition: Condition, left: Operand, right: Operand): Found<boolean> {
	const word = condition.operator.replace('not ', '');
	const isNegated = condition.operator.startsWith('not ') || condition.operator === '!=';
	const answer = positive(condition, word, left, right);
	if (!answer.ok) return answer;
	if (answer.value === 'unlike') {
		if (!isNegated) return found(false);
		return unlike(condition, left, right);
	}
	return found(answer.value !== isNegated);
}

function positive(
	condition: Condition,
	word: string,
	left: Operand,
	right: Operand,
): Found<boolean | 'unlike'> {
	const text = condition.left.text;
	switch (word) {
		case '==':
		case '!=':
			return isNullMeant(condition, left, right) ? found(left === right) : areEqual(left, right, text);
		case 'in':
			return isIn(left, right, condition.right?.text ?? '', text);
		case 'contains':
			return contains(left, right, text);
		case 'startsWith':
		case 'endsWith':
		case 'matches':
			return readText(condition, word, left, right);
		default:
			return inOrder(word, left, right, condition);
	}
}

/** `!= null` and `== null` say what they mean; a null that was found says nothing about a number. */
function isNullMeant({ left, right }: Condition, a: Operand, b: Operand): boolean {
	const isLiteral = (node: Condition['right']) => node?.kind === 'literal' && node.value === null;
	return (isLiteral(left) || isLiteral(right)) && (a === null || b === null);
}

function unlike(condition: Condition, left: Operand, right: Operand): Found<never> {
	const params = { found: describe(left), expected: describe(right) };
	return unknown('unlike-kinds', condition.left.text, params);
}

function areEqual(left: Operand, right: Operand, text: string): Found<boolean | 'unlike'> {
	const kinds = [kindOf(left), kindOf(right)];
	if (kinds.includes('number')) {
		const [a, b] = [asNumber(left), asNumber(right)];
		if (a === null || b === null) return found('unlike');
		return areComparable(a, b) ? found(compare(a.number, b.number) === 0) : unlikeUnits(a, b, text);
	}
	if (kinds[0] !== kinds[1] || kinds[0] === 'object' || kinds[0] === 'unreadable') return found('unlike');
	if (!isList(left) || !isList(right)) return found(left === right);
	return areListsEqual(left, right, text);
}

function areListsEqual(left: ListOperand, right: ListOperand, text: string): Found<boolean | 'unlike'> {
	if (left.size !== right.size) return found(false);
	const others = right.items();
	for (const [index, item] of left.items().entries()) {
		const same = areEqual(item, others[index] as Operand, text);
		if (!same.ok || same.value !== true) return same;
	}
	return found(true);
}

/** A plain zero is zero of anything, so `latency > 0` needs no unit. */
function areComparable(a: Quantity, b: Quantity): boolean {
	const isPlainZero = (value: Quantity) => value.unit === 'none' && isZero(value.number);
	return areLike(a.unit, b.unit) || isPlainZero(a) || isPlainZero(b);
}

function unlikeUnits(a: Quantity, b: Quantity, text: string): Found<never> {
	return unknown('unlike-units', text, { left: a.unit, right: b.unit });
}

function isIn(item: Operand, list: Operand, listText: string, text: string): Found<boolean | 'unlike'> {
	if (!isList(list)) return unknown('not-a-list', listText, { found: describe(list) });
	let isLike = list.size === 0;
	for (const candidate of list.items()) {
		const same = areEqual(item, candidate, text);
		if (!same.ok || same.value === true) return same;
		// A null in the list says that null was thought of.
		if (same.value === false || candidate === null) isLike = true;
	}
	return found(isLike ? false : 'unlike');
}

function contains(whole: Operand, part: Operand, text: string): Found<boolean | 'unlike'> {
	if (isList(whole)) return isIn(part, whole, text, text);
	if (typeof whole !== 'string') return unknown('not-text-or-list', text, { found: describe(whole) });
	return typeof part === 'string' ? found(whole.includes(part)) : found('unlike');
}

function readText(condition: Condition, word: string, left: Operand, right: Operand): Found<boolean> {
	if (typeof left !== 'string') return unknown('not-text', condition.left.text, { found: describe(left) });
	if (typeof right !== 'string')
		return unknown('not-text', condition.right?.text ?? '', { found: describe(right) });
	if (word === 'startsWith') return found(left.startsWith(right));
	if (word === 'endsWith') return found(left.endsWith(right));
	if (left.length > MAX_SUBJECT)
		return unknown('text-too-long', condition.left.text, { limit: String(MAX_SUBJECT) });
	if (condition.pattern === null) throw new Error('matches was parsed without a pattern');
	try {
		return found(afresh(condition.pattern).test(left));
	} catch (thrown) {
		if (!(thrown instanceof PatternOverTime)) throw thrown;
		return unknown('pattern-over-time', condition.right?.text ?? '', { limitMs: String(PATTERN_MS) });
	}
}

/** Numbers have an order, and so have times of day and date written as ISO 8601; other text has none. */
function inOrder(operator: string, left: Operand, right: Operand, condition: Condition): Found<boolean> {
	const [a, b] = [asNumber(left), asNumber(right)];
	if (a !== null && b !== null) {
		if (!areComparable(a, b)) return unlikeUnits(a, b, condition.left.text);
		return found(isOrdered(operator, compare(a.number, b.number)));
	}
	if (a === null && b === null && typeof left === 'string' && typeof right === 'string') {
		const [earlier, later] = [readTime(left), readTime(right)];
		if (earlier !== null && later !== null) return found(isOrdered(operator, earlier - later));
		const operand = earlier === null ? condition.left.text : (condition.right?.text ?? '');
		return unknown('not-ordered', operand, { found: describe(earlier === null ? left : right) });
	}
	const isLeft = a === null;
	const operand = isLeft ? condition.left.text : (condition.right?.text ?? '');
	return unknown('not-a-number', operand, { found: describe(isLeft ? left : right) });
}

function isOrdered(operator: string, order: number): boolean {
	switch (operator) {
		case '<':
			return order < 0;
		case '<=':
			return order <= 0;
		case '>':
			return order > 0;
		default:
			return order >= 0;
	}
}
