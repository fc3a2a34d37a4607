import { codePointWidth } from './text-width.ts';

export { createRedactor, type Redactor, redact, redactTexts } from './text-redact.ts';

export type CutWhere = 'end' | 'middle' | 'start';
export type Align = 'left' | 'right' | 'center';

const MARK = '…';
const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;
// Hidden, direction-changing, unassigned or of disputed width: each becomes one visible cell. Skin tones, keycaps and
// variation selectors are here because terminals disagree by a column about them.
const UNSAFE =
	/[\p{Default_Ignorable_Code_Point}\p{Format}\p{Unassigned}\p{Surrogate}\u0080-\u009f\u2028\u2029]|\u20e3|\p{Emoji_Modifier}/gu;
const TOO_MANY_MARKS = /(\p{Mark}{8})\p{Mark}+/gu;
const LEADING_MARK = /^\p{Mark}/gmu;

let segmenter: Intl.Segmenter | undefined;
const graphemes = (text: string) => {
	segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
	return segmenter.segment(text);
};

/** The characters of `text` as a reader counts them; cheap for ASCII. */
export const splitGraphemes = (text: string): string[] => {
	if (PRINTABLE_ASCII.test(text)) return text.split('');
	const parts: string[] = [];
	for (const { segment } of graphemes(text)) parts.push(segment);
	return parts;
};

/**
 * Makes text from outside safe to draw: control, escape, direction, invisible and tag characters, line separators and
 * lone surrogates become one visible cell each, at most 8 combining marks stay on a character.
 * `newlines: 'keep'` keeps line ends (CRLF as LF). `max`: UTF-16 units of the result, cut on a character's border with `…`.
 */
export const clean = (
	text: string,
	options: { readonly newlines?: 'keep' | 'replace'; readonly max?: number } = {},
): string => {
	const { newlines = 'replace', max = Number.POSITIVE_INFINITY } = options;
	// What lies beyond the cut costs nothing: only a few units more than needed are looked at.
	let safe = text.length > max + 64 ? text.slice(0, max + 64) : text;
	if (!PRINTABLE_ASCII.test(safe)) {
		safe = replaceControls(safe, newlines === 'keep');
		if (/[^\x00-\x7f]/.test(safe)) {
			safe = safe
				.toWellFormed()
				.replace(UNSAFE, '\ufffd')
				.replace(TOO_MANY_MARKS, '$1')
				.replace(LEADING_MARK, '\ufffd');
		}
	}
	if (safe.length <= max && text.length <= max + 64) return safe;
	return safe.slice(0, borderBefore(safe, max - 1)) + (max >= 1 ? MARK : '');
};

/** Each control character becomes its picture (ESC as ␛), unit for unit, so that the cost is one pass. */
const replaceControls = (text: string, keepNewlines: boolean): string => {
	let result = '';
	let from = 0;
	const source = keepNewlines && text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text;
	const length = source.length;
	const units: number[] = [];
	for (; from < length; from += 4096) {
		const end = Math.min(from + 4096, length);
		let changed = false;
		units.length = end - from;
		for (let at = from; at < end; at++) {
			let unit = source.charCodeAt(at);
			if (unit < 0x20) {
				if (unit !== 10 || !keepNewlines) {
					unit += 0x2400;
					changed = true;
				}
			} else if (unit === 0x7f) {
				unit = 0x2421;
				changed = true;
			}
			units[at - from] = unit;
		}
		result += changed ? String.fromCharCode(...units) : source.slice(from, end);
	}
	return result;
};

/** The last character border at or before `unit`. */
const borderBefore = (text: string, unit: number): number => {
	if (unit <= 0) return 0;
	if (unit >= text.length) return text.length;
	if (text.charCodeAt(unit) < 0x7f && text.charCodeAt(unit - 1) < 0x7f) return unit;
	// `containing` needs no walk from the start of the text; 64 units hold any character after cleaning.
	const from = Math.max(0, unit - 64);
	const start = from > 0 && isLowSurrogate(text.charCodeAt(from)) ? from - 1 : from;
	const segment = graphemes(text.slice(start, unit + 64)).containing(unit - start);
	return segment === undefined ? unit : start + segment.index;
};

const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

const widths = new Map<string, number>();

/** Terminal columns of `text`, which holds no escape sequences. Ambiguous characters count as one column. */
export const cellWidth = (text: string): number => {
	if (PRINTABLE_ASCII.test(text)) return text.length;
	const known = widths.get(text);
	if (known !== undefined) return known;
	let width = 0;
	for (const character of text) width += codePointWidth(character.codePointAt(0)!);
	if (text.length <= 256) {
		if (widths.size >= 4096) widths.clear();
		widths.set(text, width);
	}
	return width;
};

/** Shortens `text` to at most `width` columns, `…` standing where something was left out. */
export const cut = (text: string, width: number, options: { readonly where?: CutWhere } = {}): string => {
	if (width <= 0) return '';
	// A million characters need not be measured to know that they do not fit.
	const bounded = text.length > 4096 + width * 16;
	if (!bounded && cellWidth(text) <= width) return text;
	const { where = 'end' } = options;
	if (where === 'start') return MARK + takeEnd(text, width - 1);
	if (where === 'middle') {
		const tail = Math.floor((width - 1) / 2);
		return takeStart(text, width - 1 - tail) + MARK + takeEnd(text, tail);
	}
	return takeStart(text, width - 1) + MARK;
};

const takeStart = (text: string, width: number): string => {
	const head = text.slice(0, width * 16 + 64);
	if (PRINTABLE_ASCII.test(head)) return head.slice(0, width);
	let used = 0;
	let result = '';
	for (const { segment } of graphemes(head)) {
		const next = used + cellWidth(segment);
		if (next > width) break;
		used = next;
		result += segment;
	}
	return result;
};

const takeEnd = (text: string, width: number): string => {
	if (width <= 0) return '';
	const tail = text.slice(-(width * 16 + 64));
	if (PRINTABLE_ASCII.test(tail)) return tail.slice(-width);
	const parts = splitGraphemes(tail);
	let used = 0;
	let from = parts.length;
	while (from > 0) {
		const next = used + cellWidth(parts[from - 1]!);
		if (next > width) break;
		used = next;
		from--;
	}
	return parts.slice(from).join('');
};

/** Fills `text` with spaces up to `width` columns; longer text stays as it is. */
export const pad = (text: string, width: number, align: Align = 'left'): string => {
	const missing = width - cellWidth(text);
	if (missing <= 0) return text;
	if (align === 'left') return text + ' '.repeat(missing);
	if (align === 'right') return ' '.repeat(missing) + text;
	const before = missing >> 1;
	return ' '.repeat(before) + text + ' '.repeat(missing - before);
};

/** Exactly `width` columns: cut when longer, filled when shorter. */
export const fit = (
	text: string,
	width: number,
	align: Align = 'left',
	options: { readonly where?: CutWhere } = {},
): string => pad(cut(text, width, options), width, align);

/** One safe line of at most `width` columns from text of any size: cleaned, white space folded, cut with `…`. */
export const excerpt = (text: string, width = 160): string => {
	const head = text.length > width * 16 + 4096 ? text.slice(0, width * 16 + 4096) : text;
	const folded = head.replace(/[\s\u0085]+/g, ' ').trim();
	const line = clean(folded);
	if (head === text) return cut(line, width);
	return cellWidth(line) < width ? `${line}${MARK}` : cut(`${line}${MARK}`, width);
};

/** Breaks `text` into lines of at most `width` columns, at spaces where there are some; newlines break too. */
export const wrap = (text: string, width: number): string[] => {
	const lines: string[] = [];
	const limit = Math.max(1, width);
	for (const paragraph of text.split('\n')) {
		let rest = paragraph;
		const before = lines.length;
		while (cellWidth(rest) > limit) {
			let head = takeStart(rest, limit);
			// A two-column character alone cannot fit one column: it is taken so that the loop ends.
			if (head === '') head = splitGraphemes(rest.slice(0, 64))[0] ?? rest;
			const space = rest[head.length] === ' ' ? head.length : head.lastIndexOf(' ');
			const end = space > limit / 3 ? space : head.length;
			lines.push(rest.slice(0, end).trimEnd());
			rest = rest.slice(end).trimStart();
		}
		if (rest !== '' || lines.length === before) lines.push(rest);
	}
	return lines;
};
