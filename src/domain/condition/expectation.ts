import { type FormatOptions, formatBare, formatValue } from '../value.ts';
import type { Condition, Node, Operator } from './syntax.ts';

const MIRRORED: Readonly<Partial<Record<Operator, Operator>>> = {
	'<': '>',
	'<=': '>=',
	'>': '<',
	'>=': '<=',
	'==': '==',
	'!=': '!=',
};
const SIGNS: Readonly<Partial<Record<Operator, string>>> = { '==': '=', '!=': '≠', '<=': '≤', '>=': '≥' };

/** How an operator is drawn: `=` for `==`, `≤` for `<=`; words stay words. */
export function operatorSign(operator: Operator): string {
	return SIGNS[operator] ?? operator;
}

/**
 * What the conditions expect of a value, for a column: `> 0`, `= ready`, `drop < 5 %`; several joined by a comma, null when
 * none speaks of it. Asked for by its sample's name, its expression's text, or both.
 */
export function expectationFor(
	names: string | readonly string[],
	conditions: readonly Condition[],
	options: FormatOptions = {},
): string | null {
	const wanted = (typeof names === 'string' ? [names] : names).map(plain);
	const texts = conditions.flatMap((condition) => expectation(condition, wanted, options) ?? []);
	return texts.length === 0 ? null : [...new Set(texts)].join(', ');
}

function expectation(condition: Condition, wanted: readonly string[], options: FormatOptions): string | null {
	const { left, operator, right } = condition;
	if (wanted.includes(plain(left.text))) {
		// Nobody reads `= ""` in a column.
		if (right?.kind === 'literal' && right.value === '' && operator === '==') return 'empty';
		return right === null ? operator : `${operatorSign(operator)} ${operandText(right, options)}`;
	}
	const mirrored = MIRRORED[operator];
	if (right !== null && mirrored !== undefined && wanted.includes(plain(right.text))) {
		return `${operatorSign(mirrored)} ${operandText(left, options)}`;
	}
	const about = functionOf(left, wanted);
	return about === null || right === null
		? null
		: `${about} ${operatorSign(operator)} ${operandText(right, options)}`;
}

/** `drop` for `drop(transactions)`, `p95 5m` for `p95(latency, 5m)`. */
function functionOf(node: Node, wanted: readonly string[]): string | null {
	if (node.kind === 'window' && wanted.includes(node.sample)) {
		return `${node.name} ${node.text.slice(node.text.lastIndexOf(',') + 1, -1).trim()}`;
	}
	const isAbout =
		node.kind === 'call' && node.args.length === 1 && wanted.includes(plain(node.args[0]?.text ?? ''));
	return isAbout ? node.name : null;
}

function operandText(node: Node, options: FormatOptions): string {
	if (node.kind === 'literal') return formatBare(node.value, options);
	if (node.kind === 'list')
		return formatValue(
			node.items.map((item) => item.value),
			options,
		);
	return node.text;
}

/** Spaces carry no meaning outside quotes; two ways of writing the same operand are the same operand. */
function plain(text: string): string {
	return text.replace(/"[^"]*"|'[^']*'|\s+/g, (part) => (/^\s/.test(part) ? '' : part));
}
