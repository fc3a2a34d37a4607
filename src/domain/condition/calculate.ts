import { add, compare, divide, fits, isZero, multiply, subtract } from '../decimal.ts';
import type { Quantity } from '../value.ts';
import { readInstant } from './instant.ts';
import { asNumber, describe, type Found, found, isList, type Operand, unknown } from './operand.ts';
import type { EvaluationContext } from './outcome.ts';
import { allNodes, numberOfNodes } from './query.ts';
import type { Trace } from './resolve.ts';
import type { ArithmeticNode, CallNode, Node } from './syntax.ts';
import { areLike, combineUnits } from './units.ts';

type Resolve = (node: Node, context: EvaluationContext, trace: Trace) => Found;

/** A sum, difference, product or quotient; exact but for the quotient's last digit. */
export function arithmetic(node: ArithmeticNode, left: Operand, right: Operand): Found {
	const [a, b] = [asNumber(left), asNumber(right)];
	if (a === null) return unknown('not-a-number', node.left.text, { found: describe(left) });
	if (b === null) return unknown('not-a-number', node.right.text, { found: describe(right) });
	const unit = unitOfResult(node, a, b);
	if (unit === null) return unknown('unlike-units', node.text, { left: a.unit, right: b.unit });
	const number = calculate(node, a.number, b.number);
	if (number === null) return unknown('divide-by-zero', node.right.text);
	return fits(number) ? found({ number, unit }) : unknown('number-too-large', node.text);
}

function unitOfResult(node: ArithmeticNode, a: Quantity, b: Quantity) {
	if (node.operator === '+' || node.operator === '-') {
		// A plain zero is zero of anything.
		if (a.unit === 'none' && isZero(a.number)) return b.unit;
		if (b.unit === 'none' && isZero(b.number)) return a.unit;
	}
	return combineUnits(node.operator, a.unit, b.unit);
}

function calculate(node: ArithmeticNode, a: string, b: string): string | null {
	switch (node.operator) {
		case '+':
			return add(a, b);
		case '-':
			return subtract(a, b);
		case '*':
			return multiply(a, b);
		case '/':
			return divide(a, b);
	}
}

/** Functions of what was read now. Those of the baseline and of history have their own files. */
export function callFunction(
	node: CallNode,
	context: EvaluationContext,
	trace: Trace,
	resolve: Resolve,
): Found {
	const [argument] = node.args as [Node];
	switch (node.name) {
		case 'count': {
			if (argument.kind !== 'path') throw new Error('count takes a path');
			const count = numberOfNodes(argument.path, context);
			return count.ok ? found({ number: String(count.value), unit: 'none' }) : count;
		}
		case 'first':
			return first(argument, context);
		case 'len':
			return length(argument, resolve(argument, context, trace));
		case 'age':
			return age(argument, resolve(argument, context, trace), context.now);
		default:
			return aggregate(node, context, trace, resolve);
	}
}

function first(argument: Node, context: EvaluationContext): Found {
	if (argument.kind !== 'path') throw new Error('first takes a path');
	const nodes = allNodes(argument.path, context, 1);
	if (!nodes.ok) return nodes;
	const [node] = nodes.value;
	if (node === undefined) return unknown('none-found', argument.text);
	if (!isList(node)) return found(node);
	const item = node.items()[0];
	return item === undefined ? unknown('none-found', argument.text) : found(item);
}

function length(argument: Node, operand: Found): Found {
	if (!operand.ok) return operand;
	const { value } = operand;
	let size: number | null = null;
	if (typeof value === 'string') size = countCharacters(value);
	else if (isList(value)) size = value.size;
	else if (typeof value === 'object' && value !== null && 'members' in value) size = value.members;
	if (size === null) return unknown('no-length', argument.text, { found: describe(value) });
	return found({ number: String(size), unit: 'none' });
}

/** Characters as people count code points; a surrogate pair is one. */
function countCharacters(text: string): number {
	let count = 0;
	for (const _ of text) count++;
	return count;
}

// Clocks of two machines differ a little; beyond that, a time in the future is a mistake that must not look fresh.
const CLOCK_SKEW_MS = 60_000;

function age(argument: Node, operand: Found, now: number): Found {
	if (!operand.ok) return operand;
	const at = readInstant(operand.value);
	if (at === null) return unknown('not-a-time', argument.text, { found: describe(operand.value) });
	if (at > now + CLOCK_SKEW_MS)
		return unknown('time-in-future', argument.text, { found: describe(operand.value) });
	return found({ number: String(Math.max(0, now - at)), unit: 'ms' });
}

function aggregate(node: CallNode, context: EvaluationContext, trace: Trace, resolve: Resolve): Found {
	let total: Quantity | null = null;
	for (const argument of node.args) {
		const values = valuesOf(argument, context, trace, resolve);
		if (!values.ok) return values;
		for (const value of values.value) {
			const number = asNumber(value);
			if (number === null) return unknown('not-a-number', argument.text, { found: describe(value) });
			if (total !== null && !areLike(total.unit, number.unit)) {
				return unknown('unlike-units', argument.text, { left: total.unit, right: number.unit });
			}
			total = total === null ? number : merge(node.name, total, number);
		}
	}
	if (total !== null) return fits(total.number) ? found(total) : unknown('number-too-large', node.text);
	return node.name === 'sum' ? found({ number: '0', unit: 'none' }) : unknown('none-found', node.text);
}

function merge(name: string, total: Quantity, value: Quantity): Quantity {
	if (name === 'sum') return { number: add(total.number, value.number), unit: total.unit };
	const order = compare(value.number, total.number);
	return (name === 'min' ? order < 0 : order > 0) ? value : total;
}

function valuesOf(
	node: Node,
	context: EvaluationContext,
	trace: Trace,
	resolve: Resolve,
): Found<readonly Operand[]> {
	let values: Found<readonly Operand[]>;
	if (node.kind === 'path' && node.path.keys === null) values = allNodes(node.path, context);
	else {
		const one = resolve(node, context, trace);
		values = one.ok ? found([one.value]) : one;
	}
	if (!values.ok) return values;
	return found(values.value.flatMap((value) => (isList(value) ? value.items() : [value])));
}
