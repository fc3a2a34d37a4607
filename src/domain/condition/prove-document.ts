import { type JSONPathQuery, jsonpath } from 'json-p3';
import { isExactNumber, type Value } from '../value.ts';
import { fit } from './prove-filter.ts';
import { Stuck } from './prove-scene.ts';

const { NameSelector, IndexSelector, SliceSelector, WildcardSelector, FilterSelector } = jsonpath.selectors;
type Segments = JSONPathQuery['segments'];
type Selector = Segments[number]['selectors'][number];

/** A node of which only the presence matters. */
export const SOME: unique symbol = Symbol('some');
export type PlantedNode = Value | typeof SOME;

/** The most members that a made-up list gets. */
export const MOST_NODES = 100_000;

/**
 * The document, changed so that the path finds these nodes, as far as one can tell from the path; undefined where nothing is
 * left. What is there already is kept where it can be. Throws Stuck for what it cannot build.
 */
export function put(
	here: Value | undefined,
	segments: Segments,
	nodes: readonly PlantedNode[],
): Value | undefined {
	const [segment, ...rest] = segments;
	if (nodes.length > MOST_NODES) throw new Stuck('too-many', String(nodes.length));
	if (segment === undefined) {
		if (nodes.length > 1) throw new Stuck('path', '$');
		const [node] = nodes;
		return node === SOME ? (here ?? 1) : node;
	}
	// A child is a descendant too, and the shortest document is the best example.
	const { selectors } = segment;
	const [first] = selectors as [Selector];
	if (selectors.length === 1) return select(here, first, rest, nodes);
	if (nodes.length > selectors.length) throw new Stuck('path', segment.toString());
	if (nodes.length === 0) return first instanceof NameSelector ? {} : [];
	let document = here;
	for (const [index, node] of nodes.entries())
		document = select(document, selectors[index] as Selector, rest, [node]);
	return document;
}

function select(
	here: Value | undefined,
	selector: Selector,
	rest: Segments,
	nodes: readonly PlantedNode[],
): Value | undefined {
	if (selector instanceof NameSelector) return member(here, selector.name, rest, nodes);
	if (selector instanceof IndexSelector) return itemAt(listIn(here), selector.index, rest, nodes);
	if (selector instanceof WildcardSelector)
		return spread(
			listIn(here),
			(index) => index,
			rest,
			nodes,
			(item) => item,
		);
	if (selector instanceof FilterSelector) {
		const { expression } = selector;
		// What another path put there is taken by no filter that is to find nothing.
		if (nodes.length === 0) return listIn(here).map((item) => fit(expression, item, false) ?? null);
		return spread(
			listIn(here),
			(index) => index,
			rest,
			nodes,
			(item) => fit(expression, item, true),
		);
	}
	if (!(selector instanceof SliceSelector)) throw new Stuck('path', selector.toString());
	const { start = 0, step = 1 } = selector;
	if (step < 1) throw new Stuck('path', selector.toString());
	// From the end, a list no longer than the slice is taken whole.
	const from = Math.max(0, start ?? 0);
	return spread(
		listIn(here),
		(index) => from + index * (step ?? 1),
		rest,
		nodes,
		(item) => item,
	);
}

function member(here: Value | undefined, name: string, rest: Segments, nodes: readonly PlantedNode[]): Value {
	const isObject = typeof here === 'object' && here !== null && !Array.isArray(here) && !isExactNumber(here);
	const members = new Map(isObject ? Object.entries(here as { [key: string]: Value }) : []);
	const child = put(members.get(name), rest, nodes);
	if (child === undefined) members.delete(name);
	else members.set(name, child);
	return Object.fromEntries(members);
}

function itemAt(list: Value[], index: number, rest: Segments, nodes: readonly PlantedNode[]): Value {
	if (Math.abs(index) > MOST_NODES) throw new Stuck('too-many', String(index));
	if (index < 0) while (list.length < -index && nodes.length > 0) list.push(null);
	const at = index < 0 ? list.length + index : index;
	const child = put(list[at], rest, nodes);
	if (child === undefined) return list.slice(0, Math.max(0, at));
	while (list.length < at) list.push(null);
	list[at] = child;
	return list;
}

/** One item a node, or all nodes in one item where the rest of the path finds several by itself. */
function spread(
	list: Value[],
	placeOf: (index: number) => number,
	rest: Segments,
	nodes: readonly PlantedNode[],
	prepare: (item: Value | undefined) => Value | undefined,
): Value {
	if (nodes.length === 0) return [];
	const isSingle = rest.every(
		({ selectors: [only], selectors }) =>
			selectors.length === 1 && (only instanceof NameSelector || only instanceof IndexSelector),
	);
	if (rest.length === 0 && list.length === 0 && placeOf(1) === 1 && nodes.every((node) => node === SOME)) {
		const item = prepare(undefined) ?? 1;
		return nodes.map(() => item);
	}
	const groups: readonly (readonly PlantedNode[])[] = isSingle ? nodes.map((node) => [node]) : [nodes];
	for (const [index, group] of groups.entries()) {
		const at = placeOf(index);
		while (list.length < at) list.push(null);
		list[at] = put(prepare(list[at]), rest, group) ?? null;
	}
	return list;
}

function listIn(here: Value | undefined): Value[] {
	return Array.isArray(here) ? [...here] : [];
}
