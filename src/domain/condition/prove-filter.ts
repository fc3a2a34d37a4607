import { jsonpath } from 'json-p3';
import { operatorPattern } from '../pattern.ts';
import type { Value } from '../value.ts';
import { put, SOME } from './prove-document.ts';
import { textMatching } from './prove-pattern.ts';
import { Stuck } from './prove-scene.ts';

const { InfixExpression, LogicalExpression, PrefixExpression, RelativeQuery, FunctionExtension } =
	jsonpath.expressions;
const { NullLiteral, BooleanLiteral, StringLiteral, NumberLiteral } = jsonpath.expressions;
type FilterPart = InstanceType<typeof LogicalExpression>['expression'];

const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
const OPPOSITE: Readonly<Record<string, string>> = {
	'==': '!=',
	'!=': '==',
	'<': '>=',
	'<=': '>',
	'>': '<=',
	'>=': '<',
};

/**
 * The item, changed so that a filter takes it, or does not: simple comparisons with literals, tests of existence, `length`,
 * `count`, `value`, `match` and `search`, joined by `&&`, `||` and `!`. Throws Stuck for anything else.
 */
export function fit(filter: FilterPart, item: Value | undefined, want: boolean): Value | undefined {
	if (filter instanceof LogicalExpression) return fit(filter.expression, item, want);
	if (filter instanceof PrefixExpression) return fit(filter.right, item, !want);
	if (filter instanceof RelativeQuery) return put(item, filter.path.segments, want ? [SOME] : []);
	if (filter instanceof FunctionExtension) return fitPattern(filter, item, want);
	if (!(filter instanceof InfixExpression)) throw stuck(filter);
	const { left, operator, right } = filter;
	if (operator === '&&' || operator === '||') {
		// Either is enough to break an "and", both are needed to keep it; the other way round for "or".
		const needsBoth = (operator === '&&') === want;
		return needsBoth ? fit(right, fit(left, item, want), want) : fit(left, item, want);
	}
	const asked = want ? operator : (OPPOSITE[operator] ?? operator);
	const [a, b] = [literalOf(left), literalOf(right)];
	if (b !== undefined && a === undefined) return place(left, item, valueFor(asked, b));
	if (a !== undefined && b === undefined) return place(right, item, valueFor(MIRRORED[asked] ?? asked, a));
	if (a !== undefined) throw stuck(filter);
	return place(left, place(right, item, 10), valueFor(asked, 10));
}

function literalOf(part: FilterPart): Value | undefined {
	if (part instanceof NullLiteral) return null;
	if (part instanceof BooleanLiteral || part instanceof StringLiteral || part instanceof NumberLiteral)
		return part.value;
	return undefined;
}

/** A value that stands in this relation to another. */
function valueFor(operator: string, value: Value): Value {
	const step = { '==': 0, '!=': 1, '<': -1, '<=': 0, '>': 1, '>=': 0 }[operator] ?? 0;
	if (step === 0) return value;
	if (typeof value === 'number') return value + step;
	if (typeof value === 'string') return step > 0 ? `${value}x` : '';
	return operator === '!=' ? (typeof value === 'boolean' ? !value : 1) : value;
}

function place(part: FilterPart, item: Value | undefined, value: Value): Value | undefined {
	if (part instanceof RelativeQuery) return put(item, part.path.segments, [value]);
	if (!(part instanceof FunctionExtension)) throw stuck(part);
	const [of] = part.args;
	if (!(of instanceof RelativeQuery)) throw stuck(part);
	const { segments } = of.path;
	if (part.name === 'value') return put(item, segments, [value]);
	if (typeof value !== 'number' || value < 0 || value > 1000) throw stuck(part);
	if (part.name === 'length') return put(item, segments, ['x'.repeat(value)]);
	if (part.name !== 'count') throw stuck(part);
	return put(
		item,
		segments,
		Array.from({ length: value }, () => SOME),
	);
}

function fitPattern(
	part: InstanceType<typeof FunctionExtension>,
	item: Value | undefined,
	want: boolean,
): Value | undefined {
	const [of, pattern] = part.args;
	const isPattern = part.name === 'match' || part.name === 'search';
	if (!isPattern || !(of instanceof RelativeQuery) || !(pattern instanceof StringLiteral)) throw stuck(part);
	if (!want) return put(item, of.path.segments, [1]);
	const source = part.name === 'match' ? `^(?:${pattern.value})$` : pattern.value;
	let text: string | null = null;
	try {
		text = textMatching(operatorPattern(source, 'u'));
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
	}
	if (text === null) throw stuck(part);
	return put(item, of.path.segments, [text]);
}

function stuck(part: FilterPart): Stuck {
	return new Stuck('filter', part.toString());
}
