import { compare } from '../decimal.ts';
import { isQuantity } from '../value.ts';
import { functionShape } from './functions.ts';
import type { Condition, Node } from './syntax.ts';

/** Why a condition could not fail (or could not hold), whatever is read. */
export type VacuousCode =
	| 'constant'
	| 'same-both-sides'
	| 'never-negative'
	| 'empty-list'
	| 'any-text'
	| 'always-there';

/** A condition that tests nothing, found without running it; null when it may turn out either way. */
export function findVacuous(
	condition: Condition,
): { readonly code: VacuousCode; readonly operand: string } | null {
	const { left, right, operator } = condition;
	const word = operator.replace('not ', '');
	if (right === null) {
		const isRoot = left.kind === 'path' && left.path.parent === null;
		return isRoot && word === 'exists' ? { code: 'always-there', operand: left.text } : null;
	}
	if (isConstant(left) && isConstant(right)) return { code: 'constant', operand: condition.text };
	if (bare(left.text) === bare(right.text)) {
		// An object equals nothing, not even itself, and no list is among its own items.
		const isCertain = word !== 'in' && (!/^(?:==|contains)$/.test(word) || isOneValue(left));
		return isCertain ? { code: 'same-both-sides', operand: left.text } : null;
	}
	if (right.kind === 'list' && right.items.length === 0 && word === 'in')
		return { code: 'empty-list', operand: right.text };
	if (isAnyText(left, word, right)) return { code: 'any-text', operand: right.text };
	const never = neverNegative(left, operator, right) ?? neverNegative(right, mirror(operator), left);
	return never === null ? null : { code: 'never-negative', operand: never };
}

function isConstant(node: Node): boolean {
	switch (node.kind) {
		case 'literal':
		case 'list':
			return true;
		case 'negation':
			return isConstant(node.operand);
		case 'arithmetic':
			return isConstant(node.left) && isConstant(node.right);
		case 'call':
			// The age of a written time does change.
			return node.name !== 'age' && node.args.every(isConstant);
		default:
			return false;
	}
}

/** Never a list nor an object, whatever is read: those stand in documents only. */
function isOneValue(node: Node): boolean {
	return node.kind !== 'path' && !(node.kind === 'call' && node.name === 'first');
}

// "^$" finds the empty text alone, and "^.*$" no text of several lines.
const ANY_TEXT = /^\^?(?:\.\*)?$|^(?:\.\*)?\$$|^\[\\s\\S\]\*$/;

function isAnyText(left: Node, word: string, right: Node): boolean {
	if (right.kind !== 'literal' || typeof right.value !== 'string') return false;
	if (word === 'matches') return ANY_TEXT.test(right.value);
	if (right.value !== '') return false;
	// A list holds an empty text or does not.
	return word === 'startsWith' || word === 'endsWith' || (word === 'contains' && isOneValue(left));
}

/** `count(…) >= 0`, `drop(x) > -1`, and `count(…) < 0`, which could never hold. */
function neverNegative(node: Node, operator: string, bound: Node): string | null {
	const isCall = node.kind === 'call' || node.kind === 'window';
	if (!isCall || functionShape(node.name)?.neverNegative !== true) return null;
	if (bound.kind !== 'literal' || !isQuantity(bound.value)) return null;
	const order = compare(bound.value.number, '0');
	const isCertain = order < 0 || (order === 0 && (operator === '>=' || operator === '<'));
	return isCertain ? node.text : null;
}

function mirror(operator: string): string {
	return operator.replace(/[<>]/, (sign) => (sign === '<' ? '>' : '<'));
}

/** Text without the brackets and spaces that change nothing; those in quotes do. */
function bare(text: string): string {
	const inner = text.replace(/"[^"]*"|'[^']*'|\s+/g, (part) => (/^\s/.test(part) ? '' : part));
	return /^\([^()]*\)$/.test(inner) ? inner.slice(1, -1) : inner;
}
