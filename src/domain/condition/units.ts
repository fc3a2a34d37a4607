import { isZero } from '../decimal.ts';
import { isQuantity, type Unit } from '../value.ts';
import { functionShape } from './functions.ts';
import type { ArithmeticOperator, Condition, Expression, Node, ParseProblem } from './syntax.ts';

/** A unit, or null when it is not known before anything was read (or a plain zero, which is zero of anything). */
type Known = Unit | null;

/** Plain numbers and parts of one can be compared; durations and sizes only with their own sort. */
export function areLike(left: Unit, right: Unit): boolean {
	return left === right || (isPlain(left) && isPlain(right));
}

function isPlain(unit: Unit): boolean {
	return unit === 'none' || unit === 'ratio';
}

/** The unit of a calculation's result, or null when the two cannot be calculated with each other. */
export function combineUnits(operator: ArithmeticOperator, left: Unit, right: Unit): Unit | null {
	switch (operator) {
		case '+':
		case '-':
			if (!areLike(left, right)) return null;
			return left === right ? left : 'none';
		case '*':
			if (left === right && isPlain(left)) return left;
			if (isPlain(right)) return isPlain(left) ? 'none' : left;
			return isPlain(left) ? right : null;
		case '/':
			if (isPlain(right)) return left === 'ratio' && right === 'ratio' ? 'none' : left;
			return left === right ? 'none' : null;
	}
}

interface Clash {
	readonly offset: number;
	readonly length: number;
	readonly left: Unit;
	readonly right: Unit;
	readonly fromDocument: boolean;
}

/**
 * Finds units that cannot go together before anything runs. `unitOf` gives a sample's unit by its full name
 * (`latency`, `summary.net`), undefined when it is not known. Nodes of documents and headers are plain numbers.
 */
export function checkUnits(
	condition: Condition | Expression,
	unitOf: (name: string) => Unit | undefined,
): ParseProblem | null {
	const clashes: Clash[] = [];
	const read = (node: Node): Known => unitOfNode(node, unitOf, clashes);
	if ('root' in condition) read(condition.root);
	else checkCondition(condition, read, clashes);
	const clash = clashes[0];
	if (clash === undefined) return null;
	return {
		code: 'unlike-units',
		params: { left: clash.left, right: clash.right },
		offset: clash.offset,
		length: clash.length,
		...(clash.fromDocument ? { hint: { code: 'plain-number', params: {} } } : {}),
	};
}

function checkCondition(condition: Condition, read: (node: Node) => Known, clashes: Clash[]): void {
	const { left, right, operator, operatorOffset } = condition;
	const first = read(left);
	if (right === null) return;
	const others = right.kind === 'list' ? right.items : [right];
	for (const other of others) {
		const second = read(other);
		if (first === null || second === null || areLike(first, second)) continue;
		const place = { offset: operatorOffset, length: operator.length };
		clashes.push({
			...place,
			left: first,
			right: second,
			fromDocument: left.kind === 'path' || right.kind === 'path',
		});
	}
}

function unitOfNode(node: Node, unitOf: (name: string) => Unit | undefined, clashes: Clash[]): Known {
	const read = (inner: Node): Known => unitOfNode(inner, unitOf, clashes);
	switch (node.kind) {
		case 'literal':
			if (!isQuantity(node.value)) return null;
			return isZero(node.value.number) && node.value.unit === 'none' ? null : node.value.unit;
		case 'name':
			return unitOf(node.name) ?? null;
		case 'path':
		case 'header':
			return 'none';
		case 'list':
			return null;
		case 'negation':
			return read(node.operand);
		case 'window': {
			const gives = functionShape(node.name)?.gives ?? 'same';
			return gives === 'same' ? (unitOf(node.sample) ?? null) : gives;
		}
		case 'call':
			return unitOfCall(node.name, node.args.map(read), node, clashes);
		case 'arithmetic': {
			const [left, right] = [read(node.left), read(node.right)];
			if (left === null || right === null) return null;
			const unit = combineUnits(node.operator, left, right);
			if (unit !== null) return unit;
			const fromDocument = node.left.kind === 'path' || node.right.kind === 'path';
			clashes.push({ offset: node.operatorOffset, length: 1, left, right, fromDocument });
			return null;
		}
	}
}

function unitOfCall(name: string, args: readonly Known[], node: Node, clashes: Clash[]): Known {
	const gives = functionShape(name)?.gives ?? 'none';
	if (gives !== 'same') return gives;
	const known = args.filter((unit) => unit !== null);
	const [first] = known;
	const other = known.find((unit) => first !== undefined && !areLike(first, unit));
	if (first !== undefined && other !== undefined) {
		clashes.push({
			offset: node.offset,
			length: node.text.length,
			left: first,
			right: other,
			fromDocument: false,
		});
	}
	return first ?? null;
}
