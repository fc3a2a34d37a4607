import { formatValue, isQuantity, type SampleValue } from '../value.ts';
import { decide } from './compare.ts';
import {
	describe,
	type Found,
	found,
	isList,
	isSample,
	type Operand,
	toResolved,
	unknown,
} from './operand.ts';
import type { ConditionOutcome, EvaluationContext, Resolved, ResolvedValue, Why } from './outcome.ts';
import { findNodes } from './path.ts';
import { allNodes, query } from './query.ts';
import { resolve, resolveAsList, splitName, type Trace } from './resolve.ts';
import type { Condition, Expression, Node } from './syntax.ts';

/** The longest text a shown value may be. */
const MAX_SHOWN = 4096;

/**
 * Judges one condition. Pure: the same condition and context give the same outcome. What cannot be answered is unknown
 * (`holds` is null) with its reason, under every operator and every `not`.
 */
export function evaluateCondition(condition: Condition, context: EvaluationContext): ConditionOutcome {
	const trace: Trace = new Map();
	const { left, right, operator, text } = condition;
	if (right === null) {
		const answer = test(condition, context, trace);
		const must = { operator, value: '' };
		return {
			condition: text,
			...answered(answer),
			resolved: [side(left, trace), ...rest(trace, [left])],
			must,
		};
	}
	const [a, b] = [
		resolveSide(condition, left, context, trace),
		resolveSide(condition, right, context, trace),
	];
	const answer = !a.ok ? a : b.ok ? decide(condition, a.value, b.value) : b;
	const [seenLeft, seenRight] = likeUnits(side(left, trace, a), side(right, trace, b));
	const sides = isLiteral(right) ? [seenLeft] : [seenLeft, seenRight];
	return {
		condition: text,
		...answered(answer),
		resolved: [...sides, ...rest(trace, [left, right])],
		must: {
			operator,
			value: seenRight.value === undefined ? right.text : limitText(right, seenRight.value),
			...(seenRight.value === undefined ? {} : { operand: seenRight.value }),
			...(isLiteral(right) ? {} : { text: right.text }),
		},
	};
}

/** The value of what `show:` names, or why there is none. Lists and objects are not one value. */
export function evaluateExpression(
	expression: Expression,
	context: EvaluationContext,
): { readonly value?: SampleValue; readonly why?: Why } {
	const { root } = expression;
	const result = resolve(root, context, new Map());
	if (!result.ok) return { why: result.why };
	if (!isSample(result.value))
		return { why: unknown('not-one-value', root.text, { found: describe(result.value) }).why };
	if (typeof result.value === 'string' && result.value.length > MAX_SHOWN) {
		return { why: unknown('text-too-long', root.text, { limit: String(MAX_SHOWN) }).why };
	}
	return { value: result.value };
}

const limitTexts = new WeakMap<ResolvedValue & object, string>();

/** A limit that is written in the condition reads the same every time: long durations are not divided anew. */
function limitText(right: Node, value: ResolvedValue): string {
	if (right.kind !== 'literal' || typeof value !== 'object' || value === null) return formatValue(value);
	const known = limitTexts.get(value);
	if (known !== undefined) return known;
	const text = formatValue(value);
	limitTexts.set(value, text);
	return text;
}

function answered(answer: Found<boolean>): { readonly holds: boolean | null; readonly why?: Why } {
	return answer.ok ? { holds: answer.value } : { holds: null, why: answer.why };
}

function isLiteral(node: Node): boolean {
	return node.kind === 'literal' || node.kind === 'list';
}

function resolveSide(condition: Condition, node: Node, context: EvaluationContext, trace: Trace): Found {
	const takesList = condition.operator.endsWith('in')
		? condition.right
		: condition.operator.endsWith('contains')
			? condition.left
			: null;
	return node === takesList ? resolveAsList(node, context, trace) : resolve(node, context, trace);
}

function side(node: Node, trace: Trace, result?: Found): Resolved {
	const seen = trace.get(node.text);
	if (seen !== undefined) return seen;
	const value: ResolvedValue | undefined = result?.ok ? toResolved(result.value) : undefined;
	return value === undefined ? { text: node.text } : { text: node.text, value };
}

function rest(trace: Trace, sides: readonly Node[]): Resolved[] {
	const texts = sides.map((node) => node.text);
	return [...trace.values()].filter((seen) => !texts.includes(seen.text));
}

/** `errors / total < 5%` is read as a part of one on both sides. */
function likeUnits(left: Resolved, right: Resolved): [Resolved, Resolved] {
	const isRatio = (seen: Resolved) => isOne(seen) && seen.value.unit === 'ratio';
	if (isRatio(left) === isRatio(right)) return [left, right];
	return [asRatio(left), asRatio(right)];
}

function isOne(seen: Resolved): seen is Resolved & { value: { number: string; unit: string } } {
	return seen.value !== undefined && !Array.isArray(seen.value) && isQuantity(seen.value as SampleValue);
}

function asRatio(seen: Resolved): Resolved {
	if (!isOne(seen) || seen.value.unit !== 'none') return seen;
	return { ...seen, value: { number: seen.value.number, unit: 'ratio' } };
}

function test(condition: Condition, context: EvaluationContext, trace: Trace): Found<boolean> {
	const isNegated = condition.operator.startsWith('not ');
	const answer = condition.operator.endsWith('exists')
		? exists(condition.left, context, trace)
		: isEmpty(condition.left, context, trace);
	return answer.ok ? found(answer.value !== isNegated) : answer;
}

/** A missing member or header is a real answer; a missing document or another check's value is not. */
function exists(node: Node, context: EvaluationContext, trace: Trace): Found<boolean> {
	if (node.kind === 'path') {
		const { path } = node;
		return query(path, context, () => {
			const nodes = findNodes(path, context.document ?? null, 1);
			const value = nodes.length === 1 && path.keys !== null ? resolve(node, context, trace) : null;
			if (value === null) trace.set(node.text, { text: node.text });
			return found(nodes.length > 0);
		});
	}
	const value = resolve(node, context, trace);
	if (value.ok) return found(true);
	if (node.kind === 'name' && splitName(node.name) !== null) return value;
	return found(false);
}

/** Text, list or object without anything in it, or null. A path that may find several is empty when it finds none. */
function isEmpty(node: Node, context: EvaluationContext, trace: Trace): Found<boolean> {
	if (node.kind === 'path' && node.path.keys === null) {
		const nodes = allNodes(node.path, context, 1);
		trace.set(node.text, { text: node.text });
		return nodes.ok ? found(nodes.value.length === 0) : nodes;
	}
	const result = resolve(node, context, trace);
	if (!result.ok) return result;
	const size = sizeOf(result.value);
	return size === null
		? unknown('not-text-or-list', node.text, { found: describe(result.value) })
		: found(size === 0);
}

function sizeOf(value: Operand): number | null {
	if (value === null) return 0;
	if (typeof value === 'string') return value.length;
	if (isList(value)) return value.size;
	return typeof value === 'object' && 'members' in value ? value.members : null;
}
