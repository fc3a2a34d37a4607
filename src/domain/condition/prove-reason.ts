import { add, compare, divide, isZero, multiply, negate, subtract } from '../decimal.ts';
import { isQuantity, type SampleValue } from '../value.ts';
import { functionShape } from './functions.ts';
import { readTime } from './instant.ts';
import { asNumber } from './operand.ts';
import { findsEverywhere } from './prove-pattern.ts';
import { isOther, type ProofNames } from './prove-scene.ts';
import type { Condition, Node } from './syntax.ts';
import type { VacuousCode } from './vacuous.ts';

/** Why no reading could break a condition, or none keep it. */
export type ProofCode =
	| VacuousCode
	| 'out-of-range'
	| 'never-whole'
	| 'other-kind'
	| 'no-order'
	| 'unknown-when-absent';

/** A certainty about every reading there may be. `fail`: none breaks it; `hold`: none keeps it. */
export interface Certainty {
	readonly never: 'fail' | 'hold';
	readonly code: ProofCode;
	readonly operand: string;
}

/** Between which numbers an operand must lie when it is one at all; null is no bound. */
interface Range {
	readonly least: string | null;
	readonly most: string | null;
	readonly isWhole: boolean;
}
const ANY: Range = { least: null, most: null, isWhole: false };

/** What can be said of a condition from its operands alone; null when it may turn out either way. */
export function findCertainty(condition: Condition, names: ProofNames): Certainty | null {
	const { left, right, operator } = condition;
	if (right === null) {
		const isDotted = left.kind === 'name' && isOther(left.name, names);
		if (!isDotted || !operator.endsWith('exists')) return null;
		return {
			never: operator === 'exists' ? 'fail' : 'hold',
			code: 'unknown-when-absent',
			operand: left.text,
		};
	}
	if (operator.endsWith('matches') && condition.pattern !== null && findsEverywhere(condition.pattern)) {
		return { never: operator === 'matches' ? 'fail' : 'hold', code: 'any-text', operand: right.text };
	}
	if (right.kind === 'literal' || right.kind === 'list')
		return besideLiteral(condition, left, operator, right, names);
	if (left.kind === 'literal') return besideLiteral(condition, right, mirror(operator), left, names);
	return null;
}

function besideLiteral(
	{ operator: written }: Condition,
	node: Node,
	operator: string,
	literal: Node,
	names: ProofNames,
): Certainty | null {
	const items =
		literal.kind === 'list'
			? literal.items.map((item) => item.value)
			: literal.kind === 'literal'
				? [literal.value]
				: [];
	const word = operator.replace('not ', '');
	const isNegated = operator.startsWith('not ') || operator === '!=';
	// A literal to the left of a word is its text, not what it is searched for.
	if (written !== operator && /^[a-z]/.test(written)) return null;
	const isEquality = word === '==' || word === '!=' || (word === 'in' && literal.kind === 'list');
	if (isAlwaysNumber(node, names) && /^(?:contains|startsWith|endsWith|matches)$/.test(word))
		return { never: 'hold', code: 'other-kind', operand: node.text };
	if (literal.kind === 'list' && word !== 'in') return null;
	const kinds = items.map((item) => relation(node, item, names));
	if (isEquality) {
		if (items.length === 0 || kinds.some((kind) => kind === null)) return null;
		const code = kinds.find((kind) => kind !== 'other-kind') ?? 'other-kind';
		// Of another kind is an answer only beside null; else it is unknown, which neither breaks nor keeps.
		const isAnswer = code !== 'other-kind' || items.includes(null);
		return { never: isNegated && isAnswer ? 'fail' : 'hold', code, operand: node.text };
	}
	if (!/^[<>]/.test(word)) return null;
	const [item] = items as [SampleValue];
	const number = asNumber(item);
	if (number === null) {
		const isTime = typeof item === 'string' && readTime(item) !== null;
		if (!isTime) return { never: 'hold', code: 'no-order', operand: literal.text };
		return isAlwaysNumber(node, names) ? { never: 'hold', code: 'other-kind', operand: node.text } : null;
	}
	const never = outsideOf(rangeOf(node, names), word, number.number);
	if (never === null) return null;
	const range = rangeOf(node, names);
	const isBelow = range.most === null && range.least !== null && isZero(range.least);
	return { never, code: isBelow ? 'never-negative' : 'out-of-range', operand: node.text };
}

/** Why a value can never equal a literal, or null when it can. */
function relation(node: Node, item: SampleValue, names: ProofNames): ProofCode | null {
	const number = asNumber(item);
	if (number === null) {
		if (isAlwaysNumber(node, names)) return 'other-kind';
		return node.kind === 'header' && typeof item !== 'string' ? 'other-kind' : null;
	}
	const { least, most, isWhole } = rangeOf(node, names);
	if (least !== null && compare(number.number, least) < 0)
		return isZero(least) ? 'never-negative' : 'out-of-range';
	if (most !== null && compare(number.number, most) > 0) return 'out-of-range';
	return isWhole && /\.\d*[1-9]/.test(number.number) ? 'never-whole' : null;
}

function isAlwaysNumber(node: Node, names: ProofNames): boolean {
	if (node.kind === 'name') {
		const shown = names.show.find((value) => value.name === node.name);
		return shown !== undefined && isAlwaysNumber(shown.expression.root, names);
	}
	return (
		(node.kind === 'call' && node.name !== 'first') ||
		node.kind === 'window' ||
		node.kind === 'arithmetic' ||
		node.kind === 'negation'
	);
}

function outsideOf({ least, most }: Range, operator: string, bound: string): 'fail' | 'hold' | null {
	const low = least === null ? null : compare(least, bound);
	const high = most === null ? null : compare(most, bound);
	switch (operator) {
		case '<':
			return low !== null && low >= 0 ? 'hold' : high !== null && high < 0 ? 'fail' : null;
		case '<=':
			return low !== null && low > 0 ? 'hold' : high !== null && high <= 0 ? 'fail' : null;
		case '>':
			return high !== null && high <= 0 ? 'hold' : low !== null && low > 0 ? 'fail' : null;
		default:
			return high !== null && high < 0 ? 'hold' : low !== null && low >= 0 ? 'fail' : null;
	}
}

function rangeOf(node: Node, names: ProofNames): Range {
	switch (node.kind) {
		case 'literal': {
			const number = isQuantity(node.value) ? node.value.number : null;
			return { least: number, most: number, isWhole: number !== null && !/\.\d*[1-9]/.test(number) };
		}
		case 'name': {
			const shown = names.show.find((value) => value.name === node.name);
			if (shown !== undefined) return rangeOf(shown.expression.root, names);
			return names.unitOf(node.name) === 'bytes' ? { ...ANY, least: '0' } : ANY;
		}
		case 'negation': {
			const { least, most, isWhole } = rangeOf(node.operand, names);
			return {
				least: most === null ? null : negate(most),
				most: least === null ? null : negate(least),
				isWhole,
			};
		}
		case 'window':
			return functionShape(node.name)?.gives === 'same' && node.name !== 'rate'
				? { ...rangeOf({ ...node, kind: 'name', name: node.sample }, names), isWhole: false }
				: ofFunction(node.name);
		case 'call':
			if (node.name === 'min' || node.name === 'max') return extreme(node.name, node.args, names);
			// A middle of means lies where the values themselves may lie.
			if (node.name === 'usual' && node.args[0] !== undefined)
				return { ...rangeOf(node.args[0], names), isWhole: false };
			return ofFunction(node.name);
		case 'arithmetic':
			return calculated(node.operator, rangeOf(node.left, names), rangeOf(node.right, names));
		default:
			return ANY;
	}
}

function ofFunction(name: string): Range {
	const isWhole = name === 'count' || name === 'len' || name === 'changes';
	const isNever = functionShape(name)?.neverNegative === true || name === 'age';
	return { least: isNever ? '0' : null, most: name === 'ratio' ? '1' : null, isWhole };
}

/** The least of several is at most each of them; it is at least the smallest bound, if all have one. */
function extreme(name: 'min' | 'max', args: readonly Node[], names: ProofNames): Range {
	const ranges = args.map((argument) => rangeOf(argument, names));
	const pick = (
		bounds: readonly (string | null)[],
		wantsLeast: boolean,
		needsAll: boolean,
	): string | null => {
		const known = bounds.filter((bound) => bound !== null);
		if (known.length === 0 || (needsAll && known.length < bounds.length)) return null;
		return known.reduce((best, bound) => (compare(bound, best) < 0 === wantsLeast ? bound : best));
	};
	const isMin = name === 'min';
	return {
		least: pick(
			ranges.map(({ least }) => least),
			isMin,
			isMin,
		),
		most: pick(
			ranges.map(({ most }) => most),
			isMin,
			!isMin,
		),
		isWhole: false,
	};
}

function calculated(operator: string, left: Range, right: Range): Range {
	const both = (a: string | null, b: string | null, how: (x: string, y: string) => string | null) =>
		a === null || b === null ? null : how(a, b);
	if (operator === '+')
		return {
			least: both(left.least, right.least, add),
			most: both(left.most, right.most, add),
			isWhole: false,
		};
	if (operator === '-')
		return {
			least: both(left.least, right.most, subtract),
			most: both(left.most, right.least, subtract),
			isWhole: false,
		};
	// Of products only what keeps its sign is told.
	const isPositive = ({ least }: Range) => least !== null && compare(least, '0') >= 0;
	if (!isPositive(left) || !isPositive(right)) return ANY;
	if (operator === '*')
		return {
			least: both(left.least, right.least, multiply),
			most: both(left.most, right.most, multiply),
			isWhole: false,
		};
	const isFixed = right.least === right.most;
	return {
		least: isFixed ? both(left.least, right.most, divide) : '0',
		most: isFixed ? both(left.most, right.least, divide) : null,
		isWhole: false,
	};
}

function mirror(operator: string): string {
	return operator.replace(/[<>]/, (sign) => (sign === '<' ? '>' : '<'));
}
