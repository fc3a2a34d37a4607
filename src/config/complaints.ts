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
	word(key: ConfigWord, values?: MessageValues): string;
	readonly errors: readonly ConfigProblem[];
	readonly warnings: readonly ConfigProblem[];
}

const MOST = 200;

export function createComplaints(locale: Locale): Complaints {
	const errors: ConfigProblem[] = [];
	const warnings: ConfigProblem[] = [];
	const word = (key: ConfigWord, values: MessageValues = {}) => {
		const safe = Object.entries(values).map(([name, value]) => [
			name,
			typeof value === 'string' ? excerpt(value, 80) : value,
		]);
		return say(words, locale, key, Object.fromEntries(safe) as MessageValues);
	};
	const add = (list: ConfigProblem[], at: Span, message: string, hint: string | null) => {
		const { line, column } = positionOf(at);
		const known = list.some(
			(other) =>
				other.file === at.file.path &&
				other.line === line &&
				other.column === column &&
				other.message === message,
		);
		if (known || list.length >= MOST) return;
		list.push({
			file: clean(at.file.path),
			line,
			column,
			message,
			hint,
			excerpt: at.file.text === '' ? null : excerptOf(at),
		});
	};
	const hidden = (at: Span, message: string) => {
		errors.push({ file: clean(at.file.path), ...positionOf(at), message, hint: null, excerpt: null });
	};
	const hintText = (hint: Hint | null | undefined) => (hint ? word(hint.key, hint.values) : null);
	return {
		error: (at, key, values, hint) => add(errors, at, word(key, values), hintText(hint)),
		warn: (at, key, values, hint) => add(warnings, at, word(key, values), hintText(hint)),
		locale,
		hiddenText: hidden,
		hidden: (at, key, values) => hidden(at, word(key, values)),
		errorText: (at, message, hint) => add(errors, at, message, hint ?? null),
		word,
		errors,
		warnings,
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
