import { JSONPathError } from 'json-p3';
import { PATTERN_MS, PatternOverTime, withinPatternTime } from '../pattern.ts';
import { type Found, found, fromDocument, type Operand, unknown } from './operand.ts';
import type { EvaluationContext } from './outcome.ts';
import { countNodes, findNodes, isContainer, type Path } from './path.ts';

// A filter compiles its patterns itself, and takes whatever is thrown in them for a no: it is broken off as a whole.
const TRIES_PATTERNS = /\b(?:match|search)\s*\(/;

/** Runs a query; one that a hostile document makes too deep or too wide is unknown, not a crash. */
export function query<T>(
	path: Path,
	context: EvaluationContext,
	read: (document: NonNullable<unknown>) => Found<T>,
): Found<T> {
	const { document } = context;
	if (document === undefined) return unknown('no-document', path.text);
	try {
		const found = () => read(document as NonNullable<unknown>);
		return TRIES_PATTERNS.test(path.text) ? withinPatternTime(found) : found();
	} catch (error) {
		if (error instanceof RangeError || error instanceof JSONPathError)
			return unknown('path-too-heavy', path.text);
		if (error instanceof PatternOverTime)
			return unknown('pattern-over-time', path.text, { limitMs: String(PATTERN_MS) });
		throw error;
	}
}

/** The one node a comparison takes; none and several are unknown. */
export function oneNode(path: Path, context: EvaluationContext): Found {
	return query(path, context, () => {
		const [node, second] = findNodes(path, context.document ?? null, 2);
		if (node === undefined) return unknown(path.keys === null ? 'none-found' : 'path-missing', path.text);
		if (second !== undefined) return unknown('several-found', path.text);
		return found(fromDocument(node));
	});
}

/** Every node found. None is an answer only when the place where they would be is there. */
export function allNodes(
	path: Path,
	context: EvaluationContext,
	limit = Number.POSITIVE_INFINITY,
): Found<Operand[]> {
	return query(path, context, () => {
		const nodes = findNodes(path, context.document ?? null, limit);
		return nodes.length === 0 ? (absence(path, context) ?? found([])) : found(nodes.map(fromDocument));
	});
}

/** How many nodes are found, under the same rule. */
export function numberOfNodes(path: Path, context: EvaluationContext): Found<number> {
	return query(path, context, () => {
		const count = countNodes(path, context.document ?? null);
		return count === 0 ? (absence(path, context) ?? found(0)) : found(count);
	});
}

/**
 * Why finding nothing says nothing: the nearest part of the path that is there has no such member, or is no list at all.
 * null when it really is empty: an empty list, or no item that a filter takes.
 */
function absence(path: Path, context: EvaluationContext): Found<never> | null {
	let child = path;
	let parent = path.parent;
	while (parent !== null) {
		const nodes = findNodes(parent, context.document ?? null, Number.POSITIVE_INFINITY);
		if (nodes.length > 0) {
			if (!nodes.some(isContainer)) return unknown('not-a-list', path.text, { parent: parent.text });
			return child === path || child.many
				? null
				: unknown('parent-missing', path.text, { parent: child.text });
		}
		child = parent;
		parent = parent.parent;
	}
	return null;
}
