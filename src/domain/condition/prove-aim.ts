import { add, compare, divide, isNegative, isZero, multiply, negate, round, subtract } from '../decimal.ts';
import { isQuantity, type Quantity, type SampleValue, type Unit, type Value } from '../value.ts';
import { asNumber } from './operand.ts';
import { MOST_NODES, type PlantedNode, put, SOME } from './prove-document.ts';
import { aimWindow } from './prove-history.ts';
import { aimDrift, aimUsual } from './prove-known.ts';
import { contextOf, isOther, type Scene, Stuck } from './prove-scene.ts';
import { resolve } from './resolve.ts';
import type { ArithmeticNode, CallNode, Node, PathNode } from './syntax.ts';
import { areLike } from './units.ts';

/** What an operand is to come to. `present` and `absent` are for `exists`. */
export type Target =
	| { readonly kind: 'value'; readonly value: SampleValue }
	| { readonly kind: 'list'; readonly items: readonly SampleValue[] }
	| { readonly kind: 'present' }
	| { readonly kind: 'absent' };

/** What an operand is when its value does not matter, only that there is one. */
const PLAIN = '10';
/** What is divided by: so that a part of it is a whole number. */
const DIVISOR = '100';

/** Changes the scene so that the operand comes to the target, as far as one can tell; throws Stuck where it cannot. */
export function aim(node: Node, target: Target, scene: Scene): void {
	switch (node.kind) {
		case 'literal':
		case 'list':
			break;
		case 'name':
			aimName(node.name, target, scene);
			break;
		case 'path':
			plant(node, nodesOf(node, target), scene);
			break;
		case 'header':
			if (target.kind === 'absent') scene.headers.delete(node.name);
			else scene.headers.set(node.name, headerText(target, node.text));
			break;
		case 'negation': {
			const { number, unit } = numberIn(target, node.text);
			aim(node.operand, asTarget(negate(number), unit), scene);
			break;
		}
		case 'arithmetic':
			aimArithmetic(node, numberIn(target, node.text), scene);
			break;
		case 'window':
			aimWindow(node, numberIn(target, node.text), scene);
			break;
		case 'call':
			aimCall(node, target, scene);
	}
}

export function asTarget(number: string, unit: Unit = 'none'): Target {
	return { kind: 'value', value: { number, unit } };
}

/** What a node comes to in a scene, as a number; null while it does not. */
export function numberNow(node: Node, scene: Scene): Quantity | null {
	const found = resolve(node, contextOf(scene), new Map());
	return found.ok ? asNumber(found.value) : null;
}

export function aimName(name: string, target: Target, scene: Scene): void {
	const { names } = scene;
	const shown = names.show.find((value) => value.name === name);
	if (shown !== undefined) {
		aim(shown.expression.root, target, scene);
		return;
	}
	const into = isOther(name, names) ? scene.others : scene.samples;
	if (target.kind === 'absent') {
		into.delete(name);
		return;
	}
	if (target.kind === 'list') throw new Stuck('none-found', name);
	const value: SampleValue = target.kind === 'present' ? { number: '1', unit: 'none' } : target.value;
	into.set(name, isQuantity(value) ? inUnitOf(name, value, scene) : value);
}

/** A sample has its own unit, whatever it is compared with; durations and sizes are not less than nothing. */
function inUnitOf(name: string, { number, unit }: Quantity, scene: Scene): Quantity {
	const own = scene.names.unitOf(name);
	if (own === undefined) return { number, unit };
	if (isNegative(number) && (own === 'ms' || own === 'bytes')) throw new Stuck('below-zero', name);
	return { number, unit: own };
}

/** An answer with nothing in it is still an answer. */
function plant({ path }: PathNode, nodes: readonly PlantedNode[], scene: Scene): void {
	const document = put(scene.document, path.query.segments, nodes);
	scene.document = document === undefined ? {} : document;
}

function nodesOf(node: PathNode, target: Target): readonly PlantedNode[] {
	switch (target.kind) {
		case 'absent':
			return [];
		case 'present':
			return [SOME];
		case 'value':
			return [inDocument(target.value, node.text)];
		case 'list': {
			const items = target.items.map((item) => inDocument(item, node.text));
			// A path to one place finds the list itself, one that may find several its items.
			return node.path.keys === null ? items : [items];
		}
	}
}

/** A number of a document: exact where a double holds it. Documents know no units. */
function inDocument(value: SampleValue, operand: string): Value {
	if (!isQuantity(value)) return value;
	if (!areLike(value.unit, 'none')) throw new Stuck('path', operand);
	const number = Number(value.number);
	if (String(number) === value.number) return number;
	const [whole = '0', fraction = ''] = value.number.split('.');
	return { digits: BigInt(whole + fraction), exponent: 0 - fraction.length };
}

function headerText(target: Target, operand: string): string {
	if (target.kind === 'present') return 'x';
	if (target.kind !== 'value') throw new Stuck('none-found', operand);
	if (isQuantity(target.value)) return target.value.number;
	if (typeof target.value !== 'string') throw new Stuck('none-found', operand);
	return target.value;
}

export function numberIn(target: Target, operand: string): Quantity {
	const number = target.kind === 'value' ? asNumber(target.value) : null;
	if (number === null) throw new Stuck('none-found', operand);
	return number;
}

/** Solves for the left side where the right is known, else for the right. */
function aimArithmetic(node: ArithmeticNode, target: Quantity, scene: Scene): void {
	let right = numberNow(node.right, scene);
	const left = right === null ? numberNow(node.left, scene) : null;
	if (left !== null) {
		aim(node.right, solveRight(node, target, left), scene);
		return;
	}
	if (right === null) {
		const isProduct = node.operator === '*' || node.operator === '/';
		const plain = node.operator === '/' ? DIVISOR : PLAIN;
		aim(node.right, asTarget(plain, isProduct ? 'none' : target.unit), scene);
		right = numberNow(node.right, scene);
	}
	if (right === null) throw new Stuck('none-found', node.right.text);
	aim(node.left, solveLeft(node, target, right), scene);
	// Where a product or a quotient did not come out even, the other side takes what is left over.
	const now = numberNow(node, scene);
	const side = numberNow(node.left, scene);
	if (now !== null && side !== null && compare(now.number, target.number) !== 0)
		aim(node.right, solveRight(node, target, side), scene);
}

function solveLeft(node: ArithmeticNode, { number, unit }: Quantity, right: Quantity): Target {
	const isSized = right.unit === 'ms' || right.unit === 'bytes';
	switch (node.operator) {
		case '+':
			return asTarget(subtract(number, right.number), unit);
		case '-':
			return asTarget(add(number, right.number), unit);
		case '*':
			return asTarget(quotient(number, right.number, node.text), isSized ? 'none' : unit);
		case '/':
			return asTarget(multiply(number, right.number), isSized ? right.unit : unit);
	}
}

function solveRight(node: ArithmeticNode, { number, unit }: Quantity, left: Quantity): Target {
	const isSized = left.unit === 'ms' || left.unit === 'bytes';
	switch (node.operator) {
		case '+':
			return asTarget(subtract(number, left.number), unit);
		case '-':
			return asTarget(subtract(left.number, number), unit);
		case '*':
			return asTarget(quotient(number, left.number, node.text), isSized ? 'none' : unit);
		case '/':
			return asTarget(
				quotient(left.number, number, node.text),
				isSized && unit === 'none' ? left.unit : 'none',
			);
	}
}

function quotient(number: string, by: string, operand: string): string {
	const found = divide(number, by);
	if (found === null) throw new Stuck('none-found', operand);
	// What a division leaves over is no better an example.
	return found.length > 12 ? round(found, 6) : found;
}

function aimCall(node: CallNode, target: Target, scene: Scene): void {
	const [argument] = node.args as [Node];
	if (node.name === 'first') aim(argument, target, scene);
	else if (node.name === 'count') aimCount(argument, wholeIn(target, node.text), scene);
	else if (node.name === 'len') aim(argument, ofLength(argument, wholeIn(target, node.text)), scene);
	else if (node.name === 'age') aimAge(argument, numberIn(target, node.text), scene);
	else if (node.name === 'sum') aimSum(node, numberIn(target, node.text), scene);
	else if (node.name === 'drop' || node.name === 'rise' || node.name === 'change')
		aimDrift(node.name, argument, numberIn(target, node.text), scene);
	else if (node.name === 'usual') aimUsual(argument, numberIn(target, node.text), scene);
	else {
		const { number, unit } = numberIn(target, node.text);
		for (const part of node.args) aim(part, asTarget(number, unit), scene);
	}
}

function ofLength(argument: Node, size: number): Target {
	// A path that may find several finds the items of a list, never the list.
	return argument.kind === 'path' && argument.path.keys !== null
		? { kind: 'list', items: Array.from({ length: size }, () => one) }
		: { kind: 'value', value: 'x'.repeat(size) };
}

const one: SampleValue = { number: '1', unit: 'none' };

function aimCount(path: Node, count: number, scene: Scene): void {
	if (path.kind !== 'path') throw new Stuck('function', path.text);
	const nodes = Array.from({ length: count }, (): PlantedNode => SOME);
	plant(path, nodes, scene);
}

function wholeIn(target: Target, operand: string): number {
	const number = round(numberIn(target, operand).number, 0);
	if (isNegative(number)) throw new Stuck('none-found', operand);
	if (compare(number, String(MOST_NODES)) > 0) throw new Stuck('too-many', number);
	return Number(number);
}

/** What is written down has its age from the clock; anything else is given an instant as far back. */
function aimAge(argument: Node, { number }: Quantity, scene: Scene): void {
	if (isNegative(number)) throw new Stuck('none-found', argument.text);
	const age = Number(round(number, 0));
	if (argument.kind === 'literal') {
		const found = resolve({ ...ageCall(argument) }, contextOf(scene), new Map());
		const now = found.ok ? asNumber(found.value) : null;
		// An instant ahead of the clock has no age yet: then the clock is what has to move.
		const text = typeof argument.value === 'string' ? Date.parse(argument.value) : Number.NaN;
		const since = now === null ? text : scene.now - Number(now.number);
		if (Number.isFinite(since)) scene.now = since + age;
		return;
	}
	const at = scene.now - age;
	if (!(Math.abs(at) < 8.64e15)) throw new Stuck('too-many', number);
	const isNumber = argument.kind === 'name' && scene.names.unitOf(argument.name) === 'ms';
	const value = isNumber ? ({ number: String(at), unit: 'ms' } as const) : new Date(at).toISOString();
	aim(argument, { kind: 'value', value }, scene);
}

function ageCall(argument: Node): CallNode {
	return { kind: 'call', name: 'age', args: [argument], text: argument.text, offset: 0 };
}

/** All but the first count nothing where they may. */
function aimSum(node: CallNode, { number, unit }: Quantity, scene: Scene): void {
	const [first, ...others] = node.args as [Node, ...Node[]];
	let rest = '0';
	for (const other of others) {
		if (numberNow(other, scene) === null) aim(other, asTarget('0', unit), scene);
		rest = add(rest, numberNow(other, scene)?.number ?? '0');
	}
	const left = subtract(number, rest);
	aim(first, asTarget(isZero(left) ? '0' : left, unit), scene);
}
