import { negate, parseDecimal } from '../decimal.ts';
import type { SampleValue } from '../value.ts';
import { arithmetic, callFunction } from './calculate.ts';
import { drift } from './drift.ts';
import { functionShape } from './functions.ts';
import { overHistory } from './history.ts';
import { asNumber, describe, type Found, found, listOf, toResolved, unknown } from './operand.ts';
import type { EvaluationContext, Resolved } from './outcome.ts';
import { allNodes, oneNode } from './query.ts';
import type { CallNode, Node, WindowNode } from './syntax.ts';

/** What was read on the way, by text, for the reason. */
export type Trace = Map<string, Resolved>;

/** The value of a node, or why there is none. Operands it reads are written to the trace. */
export function resolve(node: Node, context: EvaluationContext, trace: Trace): Found {
	switch (node.kind) {
		case 'literal':
			return found(node.value);
		case 'list':
			return found(listOf(node.items.map((item) => item.value)));
		case 'name':
			return resolveName(node.name, context, trace);
		case 'path':
			return noted(node, oneNode(node.path, context), trace);
		case 'header': {
			const value = context.header(node.name);
			return noted(node, value === undefined ? unknown('header-missing', node.text) : found(value), trace);
		}
		case 'window':
			return noted(node, resolveWindow(node, context), trace);
		case 'call':
			return resolveCall(node, context, trace);
		case 'negation': {
			const inner = resolve(node.operand, context, trace);
			if (!inner.ok) return inner;
			const number = asNumber(inner.value);
			if (number === null)
				return unknown('not-a-number', node.operand.text, { found: describe(inner.value) });
			return found({ ...number, number: negate(number.number) });
		}
		case 'arithmetic': {
			const left = resolve(node.left, context, trace);
			const right = resolve(node.right, context, trace);
			if (!left.ok) return left;
			return right.ok ? arithmetic(node, left.value, right.value) : right;
		}
	}
}

/** The right side of `in` and the left of `contains`: there a path that may find several stands for the list of them. */
export function resolveAsList(node: Node, context: EvaluationContext, trace: Trace): Found {
	if (node.kind !== 'path' || node.path.keys !== null) return resolve(node, context, trace);
	const nodes = allNodes(node.path, context);
	return noted(node, nodes.ok ? found(listOf(nodes.value)) : nodes, trace);
}

function noted(node: { readonly text: string }, result: Found, trace: Trace): Found {
	const value = result.ok ? toResolved(result.value) : undefined;
	trace.set(node.text, value === undefined ? { text: node.text } : { text: node.text, value });
	return result;
}

/** An own sample of that name, dots included, comes before another check's value. */
function resolveName(name: string, context: EvaluationContext, trace: Trace): Found {
	const own = context.sample(name);
	if (own !== undefined) return noted({ text: name }, found(own), trace);
	const why = context.absent?.(name);
	if (why !== undefined) return noted({ text: name }, { ok: false, why }, trace);
	const other = splitName(name);
	if (other === null) return noted({ text: name }, unknown('sample-missing', name), trace);
	const latest = context.latest(other.check, other.sample);
	if (latest === undefined) return noted({ text: name }, unknown('no-such-check-value', name), trace);
	const value = toResolved(latest.value) as SampleValue;
	trace.set(name, { text: name, value, at: latest.at });
	return latest.stale ? unknown('stale-value', name, { at: String(latest.at) }) : found(latest.value);
}

/** `summary.net` is the sample `net` of the check `summary`; a check's id holds no dot. */
export function splitName(name: string): { readonly check: string; readonly sample: string } | null {
	const dot = name.indexOf('.');
	return dot < 0 ? null : { check: name.slice(0, dot), sample: name.slice(dot + 1) };
}

function resolveWindow(node: WindowNode, context: EvaluationContext): Found {
	const current = context.sample(node.sample);
	const number = overHistory(node.name, context.window(node.sample, node.ms), {
		ms: node.ms,
		now: { at: context.now, value: Number(asNumber(current ?? null)?.number ?? Number.NaN) },
	});
	if (number === null) return unknown('too-few-samples', node.text, { sample: node.sample });
	const gives = functionShape(node.name)?.gives ?? 'same';
	if (gives !== 'same') return found({ number, unit: gives });
	// History keeps bare numbers; their unit is that of the sample now, or of its signed value.
	const now = current ?? context.baseline(node.sample)?.value ?? null;
	return found({ number, unit: asNumber(now)?.unit ?? 'none' });
}

function resolveCall(node: CallNode, context: EvaluationContext, trace: Trace): Found {
	const [first] = node.args as [Node];
	if (node.name === 'drop' || node.name === 'rise' || node.name === 'change') {
		const result = drift(node.name, first.text, context);
		trace.set(node.text, { text: node.text, ...result.seen });
		return result.found;
	}
	if (node.name === 'usual') return noted(node, resolveUsual(node, first.text, context), trace);
	return noted(node, callFunction(node, context, trace, resolve), trace);
}

/** What is usual is told in the unit of what was read: without a value now there is nothing to hold it against. */
function resolveUsual(node: CallNode, sample: string, context: EvaluationContext): Found {
	const current = context.sample(sample);
	if (current === undefined) return unknown('sample-missing', sample);
	const number = typeof current === 'boolean' ? null : asNumber(current);
	if (number === null && typeof current !== 'boolean')
		return unknown('not-a-number', sample, { found: describe(current) });
	const usual = context.usual?.(sample);
	const value = usual?.value ?? null;
	const decimal = value === null ? null : parseDecimal(String(value));
	if (decimal === null)
		return unknown('too-few-days', node.text, {
			have: String(usual?.days ?? 0),
			need: String(usual?.need ?? 1),
		});
	return found({ number: decimal, unit: number?.unit ?? 'none' });
}
