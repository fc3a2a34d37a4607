import { codePointWidth } from '../domain/text-width.ts';

/** One screen line as a terminal holds it: the right half of a wide character is `''`. */
export interface CellRow {
	readonly chars: string[];
	/** Style ids of a `StyleTable`. */
	readonly styles: number[];
}

interface Style {
	/** Bit n is SGR attribute n (1 bold, 2 dim, 3 italic, 4 underline, 7 inverse, 9 struck). */
	readonly flags: number;
	readonly foreground: string;
	readonly background: string;
}

/** Numbers for styles, so that cells compare by number, and the shortest way from one style to another. */
export interface StyleTable {
	/** The style after `parameters` of an SGR sequence (`1;31`) are applied to style `from`. */
	apply(from: number, parameters: string): number;
	/** A space shows only background and lines: the style that draws the same. */
	ofSpace(style: number): number;
	transition(from: number, to: number): string;
}

const LINES = (1 << 4) | (1 << 9);
const INVERSE = 1 << 7;
const OFF: readonly (readonly [mask: number, code: string])[] = [
	[(1 << 1) | (1 << 2), '22'],
	[1 << 3, '23'],
	[1 << 4, '24'],
	[INVERSE, '27'],
	[1 << 9, '29'],
];

export const createStyleTable = (): StyleTable => {
	const styles: Style[] = [];
	const ids = new Map<string, number>();
	const applied = new Map<string, number>();
	const transitions = new Map<number, string>();
	const intern = (style: Style): number => {
		const key = `${style.flags}|${style.foreground}|${style.background}`;
		const known = ids.get(key);
		if (known !== undefined) return known;
		styles.push(style);
		ids.set(key, styles.length - 1);
		return styles.length - 1;
	};
	intern({ flags: 0, foreground: '', background: '' });
	const spaces: number[] = [];
	return {
		apply(from, parameters) {
			const key = `${from}|${parameters}`;
			const known = applied.get(key);
			if (known !== undefined) return known;
			const id = intern(applySgr(styles[from]!, parameters));
			applied.set(key, id);
			return id;
		},
		ofSpace(style) {
			const known = spaces[style];
			if (known !== undefined) return known;
			const { flags, foreground, background } = styles[style]!;
			const visible = flags & (LINES | INVERSE);
			const id = intern({ flags: visible, foreground: visible === 0 ? '' : foreground, background });
			spaces[style] = id;
			return id;
		},
		transition(from, to) {
			if (from === to) return '';
			const key = from * 65536 + to;
			const known = transitions.get(key);
			if (known !== undefined) return known;
			const text = `\x1b[${shortest(styles[from]!, styles[to]!)}m`;
			transitions.set(key, text);
			return text;
		},
	};
};

const applySgr = (from: Style, parameters: string): Style => {
	let { flags, foreground, background } = from;
	const codes = parameters.split(/[;:]/);
	for (let at = 0; at < codes.length; at++) {
		const code = Number(codes[at] || '0');
		if (code === 0) {
			flags = 0;
			foreground = '';
			background = '';
		} else if (code <= 9) flags |= 1 << code;
		else if (code === 22) flags &= ~0b110;
		else if (code > 22 && code <= 29) flags &= ~(1 << (code - 20));
		else if (code === 39) foreground = '';
		else if (code === 49) background = '';
		else if (code === 38 || code === 48) {
			const length = codes[at + 1] === '5' ? 3 : 5;
			const colour = codes.slice(at, at + length).join(';');
			if (code === 38) foreground = colour;
			else background = colour;
			at += length - 1;
		} else if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) foreground = String(code);
		else if ((code >= 40 && code <= 47) || (code >= 100 && code <= 107)) background = String(code);
	}
	return { flags, foreground, background };
};

const shortest = (from: Style, to: Style): string => {
	if (to.flags === 0 && to.foreground === '' && to.background === '') return '';
	const fresh = ['0', ...flagCodes(to.flags)];
	if (to.foreground !== '') fresh.push(to.foreground);
	if (to.background !== '') fresh.push(to.background);
	const steps: string[] = [];
	let flags = from.flags;
	for (const [mask, code] of OFF) {
		if ((flags & mask & ~to.flags) === 0) continue;
		steps.push(code);
		flags &= ~mask;
	}
	steps.push(...flagCodes(to.flags & ~flags));
	if (to.foreground !== from.foreground) steps.push(to.foreground || '39');
	if (to.background !== from.background) steps.push(to.background || '49');
	const one = steps.join(';');
	const other = fresh.join(';');
	return one.length <= other.length ? one : other;
};

const flagCodes = (flags: number): string[] => {
	const codes: string[] = [];
	for (let bit = 1; bit <= 9; bit++) if (flags & (1 << bit)) codes.push(String(bit));
	return codes;
};

/** Reads one line of text with SGR sequences into exactly `columns` cells; any other sequence is left out. */
export const parseRow = (line: string, columns: number, table: StyleTable): CellRow => {
	const chars: string[] = [];
	const styles: number[] = [];
	let style = 0;
	let at = 0;
	while (at < line.length) {
		const unit = line.charCodeAt(at);
		if (unit >= 0x20 && unit < 0x7f) {
			const column = chars.length;
			if (column >= columns) {
				at++;
				continue;
			}
			chars[column] = line[at]!;
			styles[column] = unit === 0x20 ? table.ofSpace(style) : style;
			at++;
			continue;
		}
		if (unit === 0x1b) {
			const [end, parameters] = skipSequence(line, at);
			if (parameters !== undefined) style = table.apply(style, parameters);
			at = end;
			continue;
		}
		const codePoint = line.codePointAt(at)!;
		const character = String.fromCodePoint(codePoint);
		at += character.length;
		placeWide(chars, styles, character, codePointWidth(codePoint), style, columns);
	}
	while (chars.length < columns) {
		chars.push(' ');
		styles.push(0);
	}
	return { chars, styles };
};

const placeWide = (
	chars: string[],
	styles: number[],
	character: string,
	width: number,
	style: number,
	columns: number,
): void => {
	const column = chars.length;
	if (width === 0) {
		const base = chars[column - 1] === '' ? column - 2 : column - 1;
		if (base >= 0 && column <= columns && !isControl(character)) chars[base] += character;
		return;
	}
	if (column >= columns) return;
	// Half a wide character does not fit the last column: the rest of the line stays in place.
	if (column + width > columns) {
		chars[column] = ' ';
		styles[column] = style;
		return;
	}
	chars[column] = character;
	styles[column] = style;
	if (width === 2) {
		chars[column + 1] = '';
		styles[column + 1] = style;
	}
};

const isControl = (character: string): boolean => /\p{Control}/u.test(character);

/** The index behind the sequence at `start`, and its parameters when it is SGR. */
const skipSequence = (line: string, start: number): readonly [end: number, parameters?: string] => {
	if (line[start + 1] !== '[') return [start + 2];
	let end = start + 2;
	while (end < line.length) {
		const unit = line.charCodeAt(end);
		if (unit >= 0x40 && unit <= 0x7e) {
			if (line[end] !== 'm') return [end + 1];
			return [end + 1, line.slice(start + 2, end)];
		}
		end++;
	}
	return [end];
};
