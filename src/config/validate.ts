import { z } from 'zod';
import { nearest } from '../domain/condition/index.ts';
import { Secret } from '../domain/secret.ts';
import type { Complaints, Hint } from './complaints.ts';
import { fieldWords } from './field-words.ts';
import { kindWord } from './include.ts';
import type { ScalarTree, Tree } from './tree.ts';
import { nodeAt, type Path, plainOf } from './tree.ts';

type Issue = z.core.$ZodIssue;

/** What a text becomes before the schema sees it. */
export type FillScalar = (scalar: ScalarTree, path: Path) => unknown;

export interface Validation {
	readonly schema: z.ZodType;
	/** The piece without the keys that are not the schema's business. */
	readonly tree: Tree;
	/** How the piece is named in messages: `checks.api-health`. */
	readonly where: string;
	readonly fill: FillScalar;
	/** Keys to suggest besides the schema's own. */
	readonly moreKeys?: readonly string[];
}

/** Checks a piece against its schema. Every problem is reported at its place; undefined when there was one. */
export function validate<T>(validation: Validation, complaints: Complaints): T | undefined {
	const { schema, tree, fill } = validation;
	const filled = new Map<string, unknown>();
	const first = plainOf(tree, (scalar, path) => {
		const value = fill(scalar, path);
		if (typeof scalar.value === 'string' && scalar.value.includes('${')) filled.set(path.join('\0'), value);
		return value;
	});
	let result = schema.safeParse(first);
	if (!result.success && filled.size > 0) {
		const other = retype(tree, first, filled, result.error.issues);
		const second = schema.safeParse(other);
		if (second.success || second.error.issues.length < result.error.issues.length) result = second;
	}
	if (result.success) return result.data as T;
	for (const issue of result.error.issues) report(issue, [], validation, complaints);
	return undefined;
}

/** `${port}` may be a number where text is wanted, or text where a number is: the field decides which it is. */
function retype(
	tree: Tree,
	plain: unknown,
	filled: ReadonlyMap<string, unknown>,
	issues: readonly Issue[],
): unknown {
	const concerned = new Set(pathsOf(issues, []).map((path) => path.join('\0')));
	const isWithin = (path: string) =>
		[...concerned].some((other) => path === other || other === '' || path.startsWith(`${other}\0`));
	const values = new Map(
		[...filled].map(([path, value]) => [path, isWithin(path) ? otherType(value) : value]),
	);
	const walk = (value: unknown, path: Path): unknown => {
		const known = values.get(path.join('\0'));
		if (known !== undefined) return known;
		if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
		if (typeof value !== 'object' || value === null || value instanceof Secret) return value;
		return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, walk(item, [...path, key])]));
	};
	return tree.kind === 'scalar' ? plain : walk(plain, []);
}

function pathsOf(issues: readonly Issue[], above: Path): Path[] {
	return issues.flatMap((issue) => {
		const path = [...above, ...(issue.path as Path)];
		return issue.code === 'invalid_union'
			? [path, ...issue.errors.flatMap((inner) => pathsOf(inner, path))]
			: [path];
	});
}

function otherType(value: unknown): unknown {
	if (typeof value === 'number' || typeof value === 'boolean') return String(value);
	if (value === 'true' || value === 'false') return value === 'true';
	return typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
}

function report(issue: Issue, above: Path, validation: Validation, complaints: Complaints) {
	const path = [...above, ...(issue.path as Path)];
	const { node, key, found } = nodeAt(validation.tree, path);
	// A reference that leads nowhere was told already; the wrong value that came of it is its echo.
	if (node.kind === 'scalar' && found && complaints.hasErrorIn(node)) return;
	const whereText = [validation.where, ...path].filter((part) => part !== '').join('.');
	const own = isOwnMessage(issue.message);
	if (!own && found && holdsSecret(node)) return complaints.error(node, 'secret-here');
	if (issue.code === 'unrecognized_keys') {
		for (const name of issue.keys) {
			const entry = node.kind === 'map' ? node.entries.get(name) : undefined;
			const known = [
				...keysAt(validation.schema, path),
				...(path.length === 0 ? (validation.moreKeys ?? []) : []),
			];
			complaints.error(
				entry?.key ?? node,
				'unknown-key',
				{ key: name, where: whereText || 'rounds.yaml' },
				meantOr(name, known),
			);
		}
		return;
	}
	if (!found) {
		const at = key ?? { ...node, end: node.start };
		const where =
			[validation.where, ...path.slice(0, -1)].filter((part) => part !== '').join('.') || 'rounds.yaml';
		const wanted = own ? issue.message.replace(/^expected /, '') : expectedBy(issue, complaints);
		complaints.error(at, 'missing', {
			key: String(path.at(-1) ?? ''),
			where,
			expected: fieldWords(wanted, complaints.locale),
		});
		return;
	}
	if (own) return ownMessage(issue.message, node, complaints);
	if (issue.code === 'invalid_union') {
		const branch = bestBranch(issue.errors);
		if (branch !== null) {
			for (const inner of branch) report(inner, path, validation, complaints);
			return;
		}
	}
	wrongValue(issue, node, complaints);
}

/** Sentences of the fields themselves begin otherwise than those of the schema library. */
function isOwnMessage(message: string): boolean {
	return message !== '' && !/^(?:Invalid|Too |Unrecognized|Number must)/.test(message);
}

function holdsSecret(node: Tree): boolean {
	return node.kind === 'scalar' && typeof node.value === 'string' && /^secret:|\$\{secret:/.test(node.value);
}

function ownMessage(message: string, node: Tree, complaints: Complaints) {
	const said = fieldWords(message, complaints.locale);
	// What stands here may be the secret itself, so neither it nor its line is shown.
	if (/never the value|name and password/.test(message)) return complaints.hiddenText(node, said);
	if (holdsSecret(node)) return complaints.errorText(node, said);
	if (node.kind === 'map' || !message.startsWith('expected')) return complaints.errorText(node, said);
	complaints.errorText(node, `${said}${complaints.word('found', { found: kindWord(node, complaints) })}`);
}

function wrongValue(issue: Issue, node: Tree, complaints: Complaints) {
	const found = kindWord(node, complaints);
	const expected = expectedBy(issue, complaints);
	if (issue.code === 'invalid_value') {
		const words = issue.values.map(String);
		const written = node.kind === 'scalar' ? String(node.value) : '';
		const meant = nearest(written, words);
		const hint: Hint | null = meant === null ? null : { key: 'did-you-mean', values: { word: meant } };
		return complaints.error(node, 'expected-one-of', { words: words.join(', '), found }, hint);
	}
	if (issue.code === 'too_small') {
		if (issue.origin === 'string' || issue.origin === 'array')
			return complaints.error(node, 'expected', { expected, found });
		return complaints.error(node, 'expected-least', { expected, limit: Number(issue.minimum), found });
	}
	if (issue.code === 'too_big')
		return complaints.error(node, 'expected-most', { expected, limit: Number(issue.maximum), found });
	const isNumber = node.kind === 'scalar' && typeof node.value !== 'string' && node.value !== null;
	const wantsText = issue.code === 'invalid_type' && issue.expected === 'string';
	complaints.error(
		node,
		'expected',
		{ expected, found },
		isNumber && wantsText ? { key: 'quote-number', values: { found } } : null,
	);
}

function expectedBy(issue: Issue, complaints: Complaints): string {
	if (issue.code === 'invalid_union') {
		const words = issue.errors.flatMap((inner) =>
			inner.slice(0, 1).map((one) => expectedBy(one, complaints)),
		);
		return [...new Set(words)].join(' / ') || complaints.word('value');
	}
	if (issue.code === 'invalid_value') return issue.values.map(String).join(', ');
	if (issue.code === 'too_small' || issue.code === 'too_big') {
		if (issue.origin === 'string') return complaints.word('text');
		if (issue.origin === 'array') return complaints.word('list');
		return complaints.word('number');
	}
	if (issue.code !== 'invalid_type') return complaints.word('value');
	switch (issue.expected) {
		case 'string':
			return complaints.word('text');
		case 'number':
			return complaints.word('number');
		case 'int':
			return complaints.word('integer');
		case 'boolean':
			return complaints.word('boolean');
		case 'array':
			return complaints.word('list');
		case 'object':
		case 'record':
			return complaints.word('map');
		default:
			return complaints.word('value');
	}
}

/** The alternative that was meant: the one whose shape fits and only something inside is wrong. */
function bestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | null {
	const fitting = branches.filter(
		(issues) =>
			issues.every((issue) => issue.path.length > 0 || issue.code !== 'invalid_type') &&
			issues.every((issue) => issue.code !== 'invalid_value' || issue.path.length > 0),
	);
	const sorted = fitting.sort((a, b) => a.length - b.length);
	return sorted[0] ?? null;
}

function meantOr(word: string, known: readonly string[]): Hint | null {
	const meant = nearest(word, known);
	if (meant !== null) return { key: 'did-you-mean', values: { word: meant } };
	return known.length === 0 ? null : { key: 'unknown-keys-are', values: { keys: known.join(', ') } };
}

type JsonSchema = {
	readonly properties?: Record<string, JsonSchema>;
	readonly additionalProperties?: unknown;
	readonly items?: JsonSchema;
	readonly anyOf?: readonly JsonSchema[];
};

/** The keys that a schema knows at a path, read from its JSON Schema so that any shape of schema will do. */
export function keysAt(schema: z.ZodType, path: Path): string[] {
	const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
	let here: JsonSchema[] = [json];
	for (const part of path) {
		here = here.flatMap(branchesOf).flatMap((branch) => {
			const next =
				typeof part === 'number' ? branch.items : (branch.properties?.[part] ?? branch.additionalProperties);
			return typeof next === 'object' && next !== null ? [next as JsonSchema] : [];
		});
	}
	return [...new Set(here.flatMap(branchesOf).flatMap((branch) => Object.keys(branch.properties ?? {})))];
}

function branchesOf(schema: JsonSchema): JsonSchema[] {
	return schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap(branchesOf);
}
