import { cellWidth, clean, splitGraphemes } from '../domain/text.ts';
import { createLine } from './line.ts';
import type { StyleName, Theme } from './theme.ts';

/** A line of text being written. `at`: characters (as a reader counts them) before the cursor. */
export interface TextField {
	readonly characters: readonly string[];
	readonly at: number;
	/** Most characters it takes. */
	readonly max: number;
}

export const createTextField = (text = '', max = 500): TextField => {
	const characters = splitGraphemes(clean(text)).slice(0, max);
	return { characters, at: characters.length, max };
};

export const textOf = (field: TextField): string => field.characters.join('');

/** The field after a key, `text` being what it types; `undefined` when the key is not for a text field. */
export const editText = (field: TextField, key: string, text: string): TextField | undefined => {
	const { characters, at } = field;
	switch (key) {
		case 'left':
			return moveTo(field, at - 1);
		case 'right':
			return moveTo(field, at + 1);
		case 'home':
			return moveTo(field, 0);
		case 'end':
		case 'ctrl-e':
			return moveTo(field, characters.length);
		case 'alt-b':
		case 'ctrl-left':
			return moveTo(field, wordStart(field));
		case 'alt-f':
		case 'ctrl-right':
			return moveTo(field, wordEnd(field));
		case 'backspace':
			return remove(field, at - 1, at);
		case 'delete':
		case 'ctrl-d':
			return remove(field, at, at + 1);
		case 'ctrl-w':
		case 'alt-backspace':
			return remove(field, wordStart(field), at);
		case 'ctrl-u':
			return remove(field, 0, at);
		case 'ctrl-k':
			return remove(field, at, characters.length);
		default:
			return text === '' ? undefined : insertText(field, text);
	}
};

/** Typed or pasted text at the cursor: line ends become spaces, what does not fit is left out. */
export const insertText = (field: TextField, text: string): TextField => {
	const { characters, at, max } = field;
	const flat = clean(text.replace(/[\r\n\t]+/g, ' '), { max: 65_536 });
	const head = characters.slice(0, at);
	// A combining mark typed after a letter joins it, so the border is counted anew.
	const joined = splitGraphemes(head.join('') + (head.length > 0 ? unmarked(text, flat) : flat));
	const room = max - (characters.length - at);
	const kept = joined.slice(0, Math.max(head.length, room));
	if (kept.length > room && joined.length > head.length) return field;
	return { ...field, characters: [...kept, ...characters.slice(at)], at: kept.length };
};

const unmarked = (text: string, flat: string): string =>
	/^\p{Mark}/u.test(text) ? text.slice(0, 1) + flat.slice(1) : flat;

const moveTo = (field: TextField, at: number): TextField => {
	const place = Math.max(0, Math.min(at, field.characters.length));
	return place === field.at ? field : { ...field, at: place };
};

const remove = (field: TextField, from: number, to: number): TextField => {
	const start = Math.max(0, from);
	const end = Math.min(field.characters.length, to);
	if (start >= end) return field;
	return { ...field, characters: field.characters.toSpliced(start, end - start), at: start };
};

const wordStart = ({ characters, at }: TextField): number => {
	let place = at;
	while (place > 0 && characters[place - 1] === ' ') place--;
	while (place > 0 && characters[place - 1] !== ' ') place--;
	return place;
};

const wordEnd = ({ characters, at }: TextField): number => {
	let place = at;
	while (place < characters.length && characters[place] === ' ') place++;
	while (place < characters.length && characters[place] !== ' ') place++;
	return place;
};

export interface TextFieldView {
	/** Exactly as many columns as asked, scrolled so that the cursor shows. */
	readonly line: string;
	/** Column of the cursor in `line`. */
	readonly cursor: number;
}

/** How a field looks in `width` columns; `hint` shows while nothing is written. */
export const viewTextField = (
	theme: Theme,
	field: TextField,
	width: number,
	options: { readonly hint?: string; readonly style?: StyleName; readonly masked?: boolean } = {},
): TextFieldView => {
	const { hint = '', style = 'plain', masked = false } = options;
	const shown = masked ? field.characters.map(() => '*') : field.characters;
	if (shown.length === 0)
		return { line: createLine(theme, width).cell(hint, width, 'muted').end(), cursor: 0 };
	let from = 0;
	let column = cellWidth(shown.slice(0, field.at).join(''));
	// One column is kept for the cursor itself behind the last character.
	while (column > Math.max(0, width - 1) && from < field.at) {
		column -= cellWidth(shown[from]!);
		from++;
	}
	let used = 0;
	let text = '';
	for (const character of shown.slice(from)) {
		used += cellWidth(character);
		if (used > width) break;
		text += character;
	}
	return {
		line: createLine(theme, width).cell(text, width, style).end(),
		cursor: Math.min(column, Math.max(0, width - 1)),
	};
};
