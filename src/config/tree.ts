import type { Span } from './source.ts';

/** What stands in the YAML, each piece with its place; values are not interpreted yet. */
export type Tree = Span & (ScalarBody | ListBody | MapBody);

interface ScalarBody {
	readonly kind: 'scalar';
	readonly value: string | number | boolean | null;
	readonly style: 'plain' | 'single' | 'double' | 'block';
	/** Inside `[ ]` or `{ }`, where commas and brackets end a plain text. */
	readonly inFlow: boolean;
}
interface ListBody {
	readonly kind: 'list';
	readonly items: readonly Tree[];
}
interface MapBody {
	readonly kind: 'map';
	readonly entries: ReadonlyMap<string, Entry>;
}

export interface Entry {
	readonly key: Span;
	readonly value: Tree;
}

export type ScalarTree = Span & ScalarBody;
export type ListTree = Span & ListBody;
export type MapTree = Span & MapBody;
export type Path = readonly (string | number)[];

export function emptyMap(at: Span): MapTree {
	return { ...at, kind: 'map', entries: new Map() };
}

export function member(tree: Tree | undefined, key: string): Tree | undefined {
	return tree?.kind === 'map' ? tree.entries.get(key)?.value : undefined;
}

/** The piece at a path, or the nearest piece above it that exists. */
export function nodeAt(
	tree: Tree,
	path: Path,
): { readonly node: Tree; readonly key: Span | null; readonly found: boolean } {
	let node = tree;
	let key: Span | null = null;
	for (const part of path) {
		if (node.kind === 'map') {
			const entry = node.entries.get(String(part));
			if (entry === undefined) return { node, key, found: false };
			node = entry.value;
			key = entry.key;
		} else if (node.kind === 'list') {
			const item = node.items[Number(part)];
			if (item === undefined) return { node, key, found: false };
			node = item;
			key = null;
		} else return { node, key, found: false };
	}
	return { node, key, found: true };
}

/** The value without its places. `scalar` says what a text becomes; `path` is where it stands. */
export function plainOf(
	tree: Tree,
	scalar: (tree: ScalarTree, path: Path) => unknown,
	path: Path = [],
): unknown {
	if (tree.kind === 'scalar') return scalar(tree, path);
	if (tree.kind === 'list') return tree.items.map((item, index) => plainOf(item, scalar, [...path, index]));
	return Object.fromEntries(
		[...tree.entries].map(([key, entry]) => [key, plainOf(entry.value, scalar, [...path, key])]),
	);
}

/** Every scalar in it, in order. */
export function* scalarsOf(tree: Tree): Generator<ScalarTree> {
	if (tree.kind === 'scalar') yield tree;
	else if (tree.kind === 'list') for (const item of tree.items) yield* scalarsOf(item);
	else for (const entry of tree.entries.values()) yield* scalarsOf(entry.value);
}

/** Where `offset` of a scalar's value stands in its file; its beginning when that cannot be told exactly. */
export function placeIn(tree: ScalarTree, offset: number, length: number): Span {
	const raw = tree.file.text.slice(tree.start, tree.end);
	const value = String(tree.value ?? '');
	const at = (want: number): number | null => {
		if (tree.style === 'plain') return raw.startsWith(value) ? want : null;
		if (tree.style === 'block' || raw.includes('\n')) return null;
		let unit = 1;
		for (let seen = 0; seen < want; seen++) {
			if (tree.style === 'single') unit += raw.startsWith("''", unit) ? 2 : 1;
			else unit += /^\\(?:x..|u....|U........|[\s\S])/.exec(raw.slice(unit, unit + 10))?.[0].length ?? 1;
		}
		return unit;
	};
	const from = at(offset);
	const to = at(offset + Math.max(1, length));
	if (from === null || to === null) return { file: tree.file, start: tree.start, end: tree.end };
	return {
		file: tree.file,
		start: tree.start + from,
		end: Math.max(tree.start + from, Math.min(tree.start + to, tree.end + 1)),
	};
}
