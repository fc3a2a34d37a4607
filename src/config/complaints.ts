import type { Locale } from '../domain/own-text.ts';
import type { ConfigProblem } from '../domain/picture.ts';
import { clean, excerpt } from '../domain/text.ts';
import { type MessageValues, say } from '../i18n/messages.ts';
import { excerptOf, positionOf, type Span } from './source.ts';
import { type ConfigWord, words } from './words.ts';

export interface Hint {
	readonly key: ConfigWord;
	readonly values?: MessageValues;
}

/** Collects every problem and warning with its place; words are chosen here, once. */
export interface Complaints {
	error(at: Span, key: ConfigWord, values?: MessageValues, hint?: Hint | null): void;
	warn(at: Span, key: ConfigWord, values?: MessageValues, hint?: Hint | null): void;
	readonly locale: Locale;
	/** An error whose line is not shown, because it may hold a secret. */
	hidden(at: Span, key: ConfigWord, values?: MessageValues): void;
	hiddenText(at: Span, message: string): void;
	/** A sentence that is worded already. */
	errorText(at: Span, message: string, hint?: string | null): void;
	/** Whether an error is known inside this piece: what follows from it need not be said as well. */
	hasErrorIn(span: Span): boolean;
	word(key: ConfigWord, values?: MessageValues): string;
	readonly errors: readonly ConfigProblem[];
	readonly warnings: readonly ConfigProblem[];
}

const MOST = 200;
// A line that looks as if somebody had pasted a secret into it is never repeated, whatever else is wrong with it.
const PASTED = /(?:passw(?:or)?d|token|secret|bearer|authorization|api_?key)["']?\s*:\s*\S/i;
const REFERENCED = /secret:\w|(?:env|file|cmd):\S|\$\{/;
// Chinese text and Latin words have a space between them.
const TIGHT_BEFORE = /(\p{Script=Han})\u0001(?=[\w"{$.])/gu;
const TIGHT_BEHIND = /([\w"}.])\u0002(?=\p{Script=Han})/gu;

export function createComplaints(locale: Locale): Complaints {
	const errors: ConfigProblem[] = [];
	const warnings: ConfigProblem[] = [];
	const places: Span[] = [];
	const hiddenLines = new Set<string>();
	const lineKey = (file: string, line: number) => `${file}\0${line}`;
	const word = (key: ConfigWord, values: MessageValues = {}) => {
		const marked = Object.entries(values).map(([name, value]) => [
			name,
			`\u0001${typeof value === 'string' ? excerpt(value, 120) : value}\u0002`,
		]);
		return say(words, locale, key, Object.fromEntries(marked) as MessageValues)
			.replace(TIGHT_BEFORE, '$1 ')
			.replace(TIGHT_BEHIND, '$1 ')
			.replace(/[\u0001\u0002]/g, '');
	};
	const add = (list: ConfigProblem[], at: Span, message: string, hint: string | null) => {
		if (list === errors && places.length < 10 * MOST) places.push(at);
		if (list.length >= MOST) return;
		const { line, column } = positionOf(at);
		const file = clean(at.file.path);
		const known = list.some(
			(other) =>
				other.file === file && other.line === line && other.column === column && other.message === message,
		);
		if (known) return;
		const start = at.file.lineStarts[line - 1] ?? 0;
		const text = at.file.text.slice(start, (at.file.lineStarts[line] ?? at.file.text.length + 1) - 1);
		const hides = at.file.text === '' || (PASTED.test(text) && !REFERENCED.test(text));
		list.push({ file, line, column, message, hint, excerpt: hides ? null : excerptOf(at) });
	};
	const hidden = (at: Span, message: string) => {
		const last = positionOf({ ...at, start: Math.max(at.start, at.end - 1) }).line;
		for (let line = positionOf(at).line; line <= last; line++)
			hiddenLines.add(lineKey(clean(at.file.path), line));
		add(errors, at, message, null);
	};
	const shown = (list: readonly ConfigProblem[]) =>
		list.map((problem) =>
			hiddenLines.has(lineKey(problem.file, problem.line)) ? { ...problem, excerpt: null } : problem,
		);
	const hintText = (hint: Hint | null | undefined) => (hint ? word(hint.key, hint.values) : null);
	return {
		error: (at, key, values, hint) => add(errors, at, word(key, values), hintText(hint)),
		warn: (at, key, values, hint) => add(warnings, at, word(key, values), hintText(hint)),
		locale,
		hiddenText: hidden,
		hidden: (at, key, values) => hidden(at, word(key, values)),
		errorText: (at, message, hint) => add(errors, at, message, hint ?? null),
		hasErrorIn: ({ file, start, end }) =>
			places.some((place) => place.file === file && place.start >= start && place.end <= end),
		word,
		get errors() {
			return shown(errors);
		},
		get warnings() {
			return shown(warnings);
		},
	};
}

/** Problems in reading order: files as they were read, then top to bottom. */
export function inOrder(problems: readonly ConfigProblem[], files: readonly string[]): ConfigProblem[] {
	const rank = (problem: ConfigProblem) =>
		(files.indexOf(problem.file) + 1 || files.length + 1) * 1e9 +
		problem.line * 1e4 +
		Math.min(problem.column, 9999);
	return [...problems].sort((a, b) => rank(a) - rank(b));
}
