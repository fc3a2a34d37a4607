import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';

export type Labels = ReadonlyMap<string, string>;

/** One line of a metrics page. */
export interface Series {
	/** The metric's name, `_total`, `_bucket` and the like included. */
	readonly name: string;
	readonly labels: Labels;
	/** As written, for exact values: `8`, `1.2e-05`, `NaN`, `+Inf`. */
	readonly text: string;
	readonly value: number;
}

const NUMBER = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?[iI]nf(?:inity)?|[nN]a[nN])$/;
const NAME = /[a-zA-Z_:][\w:]*/y;
const LABEL = /[a-zA-Z_]\w*/y;
/** Nothing but a timestamp and an exemplar may follow a value. */
const REST = /^(?:[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)?(?:\s*# \{.*\} .+)?$/;
const SPACE = /[ \t]*/y;

/**
 * Reads a metrics page line by line, in time linear in its length: the text format 0.0.4, and what OpenMetrics adds to it
 * (`# EOF`, exemplars, timestamps in seconds, quoted names). Only series of `wanted` names are kept; each line is checked.
 * Fault `bad-body`: what is no such page, a line with a mistake, the same series twice, an OpenMetrics page without its end.
 */
export function readExposition(
	text: string,
	wanted: (name: string) => boolean,
	isOpenMetrics = false,
): Result<readonly Series[], Fault> {
	if (text.trim() === '') return err(wrong('empty'));
	if (/^\s*<(?:!|html|\?xml)/i.test(text)) return err(wrong('html'));
	const kept: Series[] = [];
	const seen = new Set<string>();
	let ended = false;
	let number = 0;
	for (let from = 0; from < text.length; ) {
		let to = text.indexOf('\n', from);
		if (to < 0) to = text.length;
		const line = text.slice(from, text[to - 1] === '\r' ? to - 1 : to);
		from = to + 1;
		number++;
		if (ended && line.trim() !== '') return err(wrong('syntax', number, line));
		if (line.trim() === '') continue;
		if (line.startsWith('#')) {
			if (line.trim() === '# EOF') ended = true;
			continue;
		}
		const series = readSeries(line);
		if (series === null) return err(wrong('syntax', number, line));
		if (!wanted(series.name)) continue;
		const key = keyOf(series);
		if (seen.has(key)) return err(wrong('duplicate-key', number, line));
		seen.add(key);
		kept.push(series);
	}
	return isOpenMetrics && !ended ? err(wrong('truncated', number)) : ok(kept);
}

/** What tells a series from every other: its name and labels, whatever their order. */
export function keyOf({ name, labels }: Pick<Series, 'name' | 'labels'>): string {
	const pairs = [...labels].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
	return JSON.stringify([name, ...pairs]);
}

/** `1.5`, `+Inf`, `NaN` as a number, or null. */
export function readNumber(text: string): number | null {
	if (!NUMBER.test(text)) return null;
	const word = text.replace(/^[+-]/, '').toLowerCase();
	if (word === 'nan') return Number.NaN;
	if (word.startsWith('inf'))
		return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
	return Number(text);
}

function readSeries(line: string): Series | null {
	const labels = new Map<string, string>();
	let at = skip(line, 0);
	let name = match(NAME, line, at);
	at += name.length;
	at = skip(line, at);
	if (line[at] === '{') {
		const read = readLabels(line, at, labels);
		if (read === null) return null;
		at = skip(line, read.end);
		if (read.name !== null && name !== '') return null;
		name = read.name ?? name;
	}
	if (name === '') return null;
	const rest = line.slice(at);
	const [text = ''] = rest.split(/[ \t]/, 1);
	const value = readNumber(text);
	if (value === null || !REST.test(rest.slice(text.length).trim())) return null;
	return { name, labels, text, value };
}

/** `{a="b",c="d"}`: a comma may end it; a quoted word without a value is the name of the metric itself. */
export function readLabels(
	line: string,
	from: number,
	into: Map<string, string>,
): { readonly end: number; readonly name: string | null } | null {
	let at = skip(line, from + 1);
	let named: string | null = null;
	for (;;) {
		if (line[at] === '}') return { end: at + 1, name: named };
		const quoted = line[at] === '"' ? readQuoted(line, at) : null;
		const label = quoted?.text ?? match(LABEL, line, at);
		if (label === '') return null;
		at = skip(line, quoted?.end ?? at + label.length);
		if (line[at] === '=') {
			const value = readQuoted(line, skip(line, at + 1));
			if (value === null || into.has(label)) return null;
			into.set(label, value.text);
			at = skip(line, value.end);
		} else {
			if (quoted === null || named !== null) return null;
			named = label;
		}
		if (line[at] === ',') at = skip(line, at + 1);
		else if (line[at] !== '}') return null;
	}
}

/** A text in double quotes with `\\`, `\"` and `\n`. */
export function readQuoted(
	line: string,
	from: number,
): { readonly text: string; readonly end: number } | null {
	if (line[from] !== '"') return null;
	let text = '';
	for (let at = from + 1; at < line.length; at++) {
		const character = line[at] as string;
		if (character === '"') return { text, end: at + 1 };
		if (character !== '\\') text += character;
		else {
			const next = line[++at];
			if (next === undefined) return null;
			text += next === 'n' ? '\n' : next === '"' || next === '\\' ? next : `\\${next}`;
		}
	}
	return null;
}

function match(pattern: RegExp, line: string, at: number): string {
	pattern.lastIndex = at;
	return pattern.exec(line)?.[0] ?? '';
}

function skip(line: string, at: number): number {
	return at + match(SPACE, line, at).length;
}

function wrong(reason: string, line?: number, text?: string): Fault {
	const detail: Record<string, string | number> = { format: 'Prometheus', reason };
	if (line !== undefined) detail['line'] = line;
	if (text !== undefined) detail['key'] = clean(text, { max: 80 });
	return fault('bad-body', detail);
}
