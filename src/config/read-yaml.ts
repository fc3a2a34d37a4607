import {
	type Document,
	isAlias,
	isMap,
	isPair,
	isScalar,
	isSeq,
	LineCounter,
	type Node,
	parseAllDocuments,
} from 'yaml';
import type { Complaints } from './complaints.ts';
import { positionOf, type SourceFile, type Span } from './source.ts';
import type { Entry, Tree } from './tree.ts';

// An operator's sheet has some thousand pieces; a document that unfolds into more was made to fill memory.
const MOST_NODES = 100_000;
const DEEPEST = 100;
// Brackets in quotes and comments are counted too, since nothing is parsed yet; so this is generous.
const MOST_OPEN = 1000;

class TooMuch extends Error {}

/** Text → tree. Reports every syntax problem; null when there is nothing to go on with. */
export function readYaml(file: SourceFile, complaints: Complaints): Tree | null {
	const whole: Span = { file, start: 0, end: 0 };
	if (!isReadable(file, complaints)) return null;
	const nested = tooNested(file.text);
	if (nested !== null) {
		complaints.error({ file, start: nested, end: nested + 1 }, 'too-deep', { limit: DEEPEST });
		return null;
	}
	try {
		const documents = parseAllDocuments(file.text, {
			lineCounter: new LineCounter(),
			uniqueKeys: false,
			prettyErrors: false,
			logLevel: 'silent',
			version: '1.2',
		});
		const list = Array.isArray(documents) ? documents : [];
		if (reportSyntax(list, file, complaints)) return null;
		const [document, second] = list;
		if (second !== undefined) complaints.error(spanOf(second.contents, file) ?? whole, 'several-documents');
		if (document === undefined || document.contents === null || isEmptyScalar(document.contents)) {
			complaints.error(whole, 'empty');
			return null;
		}
		const reader = createReader(document, file, complaints);
		const tree = reader.read(document.contents as Node, false);
		return reader.hasLostAlias() ? null : tree;
	} catch (error) {
		// The parser recurses: a stack that ends is the document's depth, anything else is a mistake of ours.
		if (!(error instanceof TooMuch) && !(error instanceof RangeError)) throw error;
		complaints.error(whole, 'unfolds', { limit: MOST_NODES });
		return null;
	}
}

function isReadable(file: SourceFile, complaints: Complaints): boolean {
	const odd = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/.exec(file.text);
	if (odd !== null) {
		complaints.error({ file, start: odd.index, end: odd.index + 1 }, 'binary');
		return false;
	}
	const broken = file.text.search(
		/\ufffd|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/,
	);
	if (broken !== -1) complaints.error({ file, start: broken, end: broken + 1 }, 'not-utf8');
	return broken === -1;
}

/** Brackets and dashes nested beyond sense are refused before the parser meets them: it slows down with their square. */
function tooNested(text: string): number | null {
	let depth = 0;
	for (let at = 0; at < text.length; at++) {
		const unit = text.charCodeAt(at);
		if (unit === 0x5b || unit === 0x7b) depth++;
		else if (unit === 0x5d || unit === 0x7d) depth = Math.max(0, depth - 1);
		if (depth > MOST_OPEN) return at;
	}
	// Anchors and tags in a row cost the parser the square of their number.
	const ladder = /(?:[-?:][ \t]+|[&!]\S*\s+){101}/.exec(text);
	if (ladder !== null) return ladder.index;
	const indent = new RegExp(`^ {${DEEPEST * 10},}\\S`, 'm').exec(text);
	return indent === null ? null : indent.index;
}

function isEmptyScalar(node: unknown): boolean {
	return isScalar(node) && node.value === null && (node.source ?? '') === '';
}

/** The first problem of each line: what follows on the same line is mostly its echo. */
function reportSyntax(
	documents: readonly { readonly errors: Document['errors'] }[],
	file: SourceFile,
	complaints: Complaints,
): boolean {
	const lines = new Set<number>();
	let found = false;
	let echo = false;
	for (const error of documents.flatMap((document) => document.errors)) {
		found = true;
		const [from, to] = error.pos;
		const start = Math.min(from, file.text.length);
		const line = file.text.lastIndexOf('\n', start - 1);
		if (lines.has(line)) continue;
		lines.add(line);
		// Once the parser has lost its way, every later line is "unexpected": those are echoes, not problems.
		if (echo && /in YAML stream/.test(error.message)) continue;
		echo = true;
		const at: Span = { file, start, end: Math.max(start, Math.min(to, file.text.length)) };
		const lineText = file.text.slice(line + 1, start);
		if (/call stack/i.test(error.message)) complaints.error(at, 'too-deep', { limit: DEEPEST });
		else if (error.code === 'TAB_AS_INDENT') complaints.error(at, 'tab');
		else if (error.code === 'BAD_ALIAS') complaints.error(at, 'bad-alias');
		else if (/[[{]/.test(lineText))
			complaints.error(
				at,
				flowWord(error.message, lineText),
				{ detail: error.message },
				{ key: 'hint-quote-flow' },
			);
		else if (error.code === 'BLOCK_AS_IMPLICIT_KEY' || error.code === 'BLOCK_IN_FLOW')
			complaints.error(at, 'yaml-colon', {}, { key: 'hint-quote' });
		else if (error.code === 'BAD_SCALAR_START') complaints.error(at, 'yaml-start', {}, { key: 'hint-quote' });
		else if (/at node end/.test(error.message)) complaints.error(at, 'yaml-cut', {}, { key: 'hint-quote' });
		else if (/[Mm]issing closing/.test(error.message)) complaints.error(at, 'yaml-quote');
		else
			complaints.error(
				at,
				'yaml',
				{ detail: error.message },
				/^\s*-\s/.test(lineText) ? { key: 'hint-quote' } : null,
			);
	}
	return found;
}

/** Whether a bracket or brace in a text ended it too early, and whether that text was a condition. */
function flowWord(message: string, lineText: string): 'condition-bracket' | 'yaml-cut' | 'yaml-flow' {
	if (!/^Unexpected flow-|Missing ,|Unexpected scalar|needed|must be/.test(message)) return 'yaml-flow';
	return /(?:^|[\s{,])(?:must|should|show)\s*:/.test(lineText) ? 'condition-bracket' : 'yaml-cut';
}

function spanOf(node: unknown, file: SourceFile): Span | null {
	const range = (node as { range?: readonly number[] | null } | null)?.range;
	return range ? { file, start: range[0] ?? 0, end: range[1] ?? 0 } : null;
}

function createReader(document: { readonly contents: unknown }, file: SourceFile, complaints: Complaints) {
	const anchors = new Map<string, Node>();
	collectAnchors(document.contents, anchors);
	const open = new Set<Node>();
	let count = 0;
	let lost = false;

	const read = (node: Node | null, inFlow: boolean, from?: Span, depth = 0): Tree => {
		if (++count > MOST_NODES || depth > DEEPEST) throw new TooMuch();
		const at = spanOf(node, file) ?? from ?? { file, start: 0, end: 0 };
		if (isAlias(node)) {
			const target = anchors.get(node.source);
			if (target === undefined || open.has(target)) {
				lost = true;
				complaints.error(at, target === undefined ? 'bad-alias' : 'alias-loop', { name: node.source });
				return { ...at, kind: 'scalar', value: null, style: 'plain', inFlow };
			}
			return read(target, inFlow, at, depth + 1);
		}
		if (isMap(node)) {
			open.add(node);
			const entries = new Map<string, Entry>();
			const merged = new Map<string, Entry>();
			for (const pair of node.items) {
				if (!isPair(pair)) continue;
				const keyAt = spanOf(pair.key, file) ?? at;
				const value = read(
					pair.value as Node | null,
					inFlow || node.flow === true,
					{ ...keyAt, start: keyAt.end },
					depth + 1,
				);
				addEntry(isScalar(pair.key) ? pair.key.value : pair.key, keyAt, value, entries, merged);
			}
			open.delete(node);
			for (const [key, entry] of merged) if (!entries.has(key)) entries.set(key, entry);
			return { ...at, kind: 'map', entries };
		}
		if (isSeq(node)) {
			open.add(node);
			const items = node.items.map((item) => read(item as Node, inFlow || node.flow === true, at, depth + 1));
			open.delete(node);
			return { ...at, kind: 'list', items };
		}
		if (isScalar(node))
			return { ...at, kind: 'scalar', value: scalarValue(node.value), style: styleOf(node.type), inFlow };
		return { ...at, kind: 'scalar', value: null, style: 'plain', inFlow };
	};

	const addEntry = (
		key: unknown,
		at: Span,
		value: Tree,
		entries: Map<string, Entry>,
		merged: Map<string, Entry>,
	) => {
		if (key === '<<') {
			const parts = value.kind === 'list' ? value.items : [value];
			for (const part of parts) {
				if (part.kind !== 'map') complaints.error(at, 'merge-not-map');
				else for (const [name, entry] of part.entries) if (!merged.has(name)) merged.set(name, entry);
			}
			return;
		}
		if (typeof key === 'object' && key !== null)
			return complaints.error(at, 'key-not-text', {}, { key: 'hint-quote' });
		const name = String(key ?? '');
		if (name === '__proto__') return complaints.error(at, 'key-not-text');
		const before = entries.get(name);
		if (before !== undefined)
			complaints.error(at, 'duplicate-key', { key: name, line: positionOf(before.key).line });
		else entries.set(name, { key: at, value });
	};

	return { read, hasLostAlias: () => lost };
}

function collectAnchors(node: unknown, anchors: Map<string, Node>): void {
	const anchor = (node as { anchor?: string } | null)?.anchor;
	if (anchor !== undefined) anchors.set(anchor, node as Node);
	if (isMap(node)) {
		for (const pair of node.items) {
			collectAnchors(pair.key, anchors);
			collectAnchors(pair.value, anchors);
		}
	} else if (isSeq(node)) for (const item of node.items) collectAnchors(item, anchors);
}

function scalarValue(value: unknown): string | number | boolean | null {
	if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
	return value === null || value === undefined ? null : String(value);
}

function styleOf(type: string | null | undefined): 'plain' | 'single' | 'double' | 'block' {
	if (type === 'QUOTE_SINGLE') return 'single';
	if (type === 'QUOTE_DOUBLE') return 'double';
	return type === 'BLOCK_LITERAL' || type === 'BLOCK_FOLDED' ? 'block' : 'plain';
}
