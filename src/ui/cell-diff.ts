import type { CellRow, StyleTable } from './cells.ts';

/** Where the terminal's cursor and pen are known to stand; column −1: not known. */
export interface Pen {
	row: number;
	column: number;
	style: number;
}

/**
 * Text that turns row `y` of the screen from `sent` into `next`: only cells that differ are written, with the cheapest
 * moves between them. Moves `pen` along.
 */
export const diffRow = (y: number, sent: CellRow, next: CellRow, pen: Pen, table: StyleTable): string => {
	const columns = next.chars.length;
	let last = columns - 1;
	while (last >= 0 && isSame(sent, next, last)) last--;
	if (last < 0) return '';
	const eraseFrom = findErase(sent, next, last);
	let text = '';
	for (let x = 0; x <= last && x < eraseFrom; x++) {
		if (isSame(sent, next, x)) continue;
		const character = next.chars[x]!;
		// The right half of a wide character was drawn with its left half.
		if (character === '') continue;
		text += moveTo(y, x, next, pen, table);
		// A space needs no pen of its own when this one draws it the same.
		if (character !== ' ' || table.ofSpace(pen.style) !== next.styles[x]) {
			text += table.transition(pen.style, next.styles[x]!);
			pen.style = next.styles[x]!;
		}
		text += character;
		pen.column = columnAfter(character, next.chars[x + 1] === '' ? x + 2 : x + 1, columns);
	}
	if (eraseFrom <= last) {
		text += `${moveTo(y, eraseFrom, next, pen, table)}${table.transition(pen.style, 0)}\x1b[K`;
		pen.style = 0;
	}
	return text;
};

const isSame = (a: CellRow, b: CellRow, x: number): boolean =>
	a.chars[x] === b.chars[x] && a.styles[x] === b.styles[x] && !leftHalfDiffers(a, b, x);

// A right half looks the same under any wide character, so it is redrawn when its left half is.
const leftHalfDiffers = (a: CellRow, b: CellRow, x: number): boolean =>
	b.chars[x] === '' && x > 0 && a.chars[x - 1] !== b.chars[x - 1];

/** The column from which erasing to the end of the line is cheaper than writing spaces; beyond the line if it is not. */
const findErase = (sent: CellRow, next: CellRow, last: number): number => {
	const columns = next.chars.length;
	let from = columns;
	while (from > 0 && next.chars[from - 1] === ' ' && next.styles[from - 1] === 0) from--;
	if (from > last) return columns;
	let changed = 0;
	let first = -1;
	for (let x = from; x <= last; x++) {
		if (isSame(sent, next, x)) continue;
		if (first < 0) first = x;
		changed++;
	}
	return changed > 3 ? first : columns;
};

const columnAfter = (character: string, column: number, columns: number): number => {
	// In the last column terminals wait to wrap; where that leaves the cursor differs between them.
	if (column >= columns) return -1;
	return character.length === 1 && isCertain(character.charCodeAt(0)) ? column : -1;
};

// Characters about whose width terminals agree, and our own signs; after any other the cursor is placed anew.
const isCertain = (unit: number): boolean =>
	unit < 0x7f ||
	unit === 0xb7 ||
	unit === 0x2026 ||
	unit === 0x2716 ||
	unit === 0x2714 ||
	(unit >= 0x2500 && unit <= 0x25f7) ||
	(unit >= 0x3041 && unit <= 0x30ff) ||
	(unit >= 0x4e00 && unit <= 0x9fff) ||
	(unit >= 0xac00 && unit <= 0xd7a3) ||
	(unit >= 0xff01 && unit <= 0xff60);

const moveTo = (y: number, x: number, row: CellRow, pen: Pen, table: StyleTable): string => {
	if (pen.row === y && pen.column === x) return '';
	const wanted = x === 0 ? `\x1b[${y === 0 ? '' : y + 1}H` : `\x1b[${y + 1};${x + 1}H`;
	const down = y - pen.row;
	let text = wanted;
	if (down === 0 && pen.column >= 0 && x > pen.column) text = forward(row, pen.column, x, pen, table);
	else if (down === 0) text = `\r${forward(row, 0, x, pen, table)}`;
	else if (down === 1) text = `\r\n${forward(row, 0, x, pen, table)}`;
	else if (down > 0 && x === pen.column) text = `\x1b[${down}B`;
	if (text.length > wanted.length) text = wanted;
	pen.row = y;
	pen.column = x;
	return text;
};

/** From one column of a row to a later one: a few unchanged letters written again are shorter than a jump. */
const forward = (row: CellRow, from: number, to: number, pen: Pen, table: StyleTable): string => {
	const gap = to - from;
	if (gap === 0) return '';
	const jump = gap === 1 ? '\x1b[C' : `\x1b[${gap}C`;
	return gap <= jump.length && canRewrite(row, from, to, pen, table)
		? row.chars.slice(from, to).join('')
		: jump;
};

const canRewrite = (row: CellRow, from: number, to: number, pen: Pen, table: StyleTable): boolean => {
	for (let x = from; x < to; x++) {
		const character = row.chars[x]!;
		if (character.length !== 1 || character.charCodeAt(0) >= 0x7f) return false;
		if (row.styles[x] !== (character === ' ' ? table.ofSpace(pen.style) : pen.style)) return false;
	}
	return true;
};
