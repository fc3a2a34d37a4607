import { JSONPathEnvironment, JSONPathError, JSONPathQuery } from 'json-p3';
import { exactText, isExactNumber, type Value } from '../value.ts';

// Bodies are refused beyond 512 levels, so a descent never meets this limit in a document of ours.
const environment = new JSONPathEnvironment({ strict: true, maxRecursionDepth: 1024 });

/** A compiled RFC 9535 query. `keys` is set when it can find one node at most. */
export interface Path {
	readonly text: string;
	readonly keys: readonly (string | number)[] | null;
	readonly query: JSONPathQuery;
	/** Whether its last segment alone may take several members: `[*]`, a slice, a filter, `..`. */
	readonly many: boolean;
	/** The path without its last segment; null for `$` alone. */
	readonly parent: Path | null;
}

export type PathFault = { readonly offset: number; readonly detail: string };

/** Compiles once; `detail` is the library's own sentence without its position. */
export function compilePath(text: string): Path | PathFault {
	try {
		return pathOf(environment.compile(text), text);
	} catch (error) {
		if (!(error instanceof JSONPathError)) return { offset: 0, detail: 'too complex' };
		const at = error.token?.index ?? 0;
		const detail = error.message.replace(/ \('.*$/s, '').slice(0, 80);
		return {
			offset: Math.min(Math.max(at, 0), text.length),
			detail: /backup/.test(detail) ? 'incomplete path' : detail,
		};
	}
}

function pathOf(query: JSONPathQuery, text: string): Path {
	const { segments } = query;
	const parent =
		segments.length === 0
			? null
			: new JSONPathQuery(query.environment, segments.slice(0, segments.length - 1));
	const last = segments.at(-1);
	return {
		text,
		many: last !== undefined && !new JSONPathQuery(query.environment, [last]).singularQuery(),
		keys: query.singularQuery() ? segments.map((segment) => keyOf(segment.selectors[0])) : null,
		query,
		parent: parent === null ? null : pathOf(parent, parent.toString()),
	};
}

function keyOf(selector: unknown): string | number {
	const { name, index } = selector as { name?: string; index?: number };
	if (name !== undefined) return name;
	if (index !== undefined) return index;
	throw new Error('a singular path has only names and indexes');
}

/**
 * At most `limit` nodes that the path finds, in document order. Filters compare numbers as doubles (as RFC 9535 has
 * it); the nodes found are exact all the same. Throws RangeError when the document is too large for the query.
 */
export function findNodes(path: Path, document: Value, limit: number): Value[] {
	if (path.keys !== null) {
		const found = walk(document, path.keys);
		return found === undefined ? [] : [found];
	}
	const plain = plainOf(document);
	const found: Value[] = [];
	for (const node of path.query.lazyQuery(plain as never)) {
		found.push(plain === document ? (node.value as Value) : (walk(document, node.location) as Value));
		if (found.length >= limit) break;
	}
	return found;
}

/** How many nodes the path finds. */
export function countNodes(path: Path, document: Value): number {
	if (path.keys !== null) return walk(document, path.keys) === undefined ? 0 : 1;
	let count = 0;
	for (const _ of path.query.lazyQuery(plainOf(document) as never)) count++;
	return count;
}

/** Whether a node can have members at all. */
export function isContainer(value: Value): boolean {
	return typeof value === 'object' && value !== null && !isExactNumber(value);
}

function walk(document: Value, keys: readonly (string | number)[]): Value | undefined {
	let here: Value | undefined = document;
	for (const key of keys) {
		if (here === undefined || here === null || typeof here !== 'object' || isExactNumber(here))
			return undefined;
		if (typeof key === 'number') {
			here = Array.isArray(here) ? (here.at(key) as Value | undefined) : undefined;
		} else {
			here =
				!Array.isArray(here) && Object.hasOwn(here, key)
					? (here as { [key: string]: Value })[key]
					: undefined;
		}
	}
	return here;
}

// Exact numbers are objects of ours, which a query would walk into: it is given a copy with doubles in their place.
const plainCopies = new WeakMap<object, Value>();

function plainOf(document: Value): Value {
	if (typeof document !== 'object' || document === null) return document;
	const known = plainCopies.get(document);
	if (known !== undefined) return known;
	const copy = hasExactNumber(document) ? withDoubles(document) : document;
	plainCopies.set(document, copy);
	return copy;
}

function hasExactNumber(value: Value): boolean {
	if (typeof value !== 'object' || value === null) return false;
	if (isExactNumber(value)) return true;
	if (Array.isArray(value)) return value.some(hasExactNumber);
	for (const key in value) if (hasExactNumber((value as { [key: string]: Value })[key] ?? null)) return true;
	return false;
}

function withDoubles(value: Value): Value {
	if (typeof value !== 'object' || value === null) return value;
	if (isExactNumber(value)) return Number(exactText(value) ?? `${value.digits}e${value.exponent}`);
	if (Array.isArray(value)) return value.map(withDoubles);
	// fromEntries defines own properties, so a key named __proto__ stays an ordinary key.
	return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, withDoubles(member)]));
}
