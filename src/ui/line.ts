import { type Align, type CutWhere, cellWidth, cut, pad } from '../domain/text.ts';
import type { StyleName, Theme } from './theme.ts';

export interface CellOptions {
	readonly align?: Align;
	readonly where?: CutWhere;
}

/** Builds one pre-coloured row, cell by cell, exactly as wide as asked: one text per row is what Ink draws cheapest. */
export interface Line {
	/** Text as wide as it is; what does not fit any more is cut. */
	text(text: string, style?: StyleName): Line;
	/** Text cut or filled to exactly `width` columns. */
	cell(text: string, width: number, style?: StyleName, options?: CellOptions): Line;
	/** `columns` spaces, 1 unless told. */
	gap(columns?: number): Line;
	/** Fills up to `column` with spaces. */
	to(column: number): Line;
	/** From here on cells stand at the right end of the row. What stands left gives way when there is not room for both. */
	right(): Line;
	/** Columns used so far, both sides together. */
	readonly used: number;
	/** The row: exactly `columns` wide. */
	end(): string;
}

interface Piece {
	readonly text: string;
	readonly style: StyleName;
	readonly width: number;
}

/** `base` lies under the whole row: `selected`, for instance. */
export const createLine = (theme: Theme, columns: number, base: StyleName = 'plain'): Line => {
	const left: Piece[] = [];
	const right: Piece[] = [];
	let side = left;
	let used = 0;
	const add = (text: string, style: StyleName): Line => {
		const width = cellWidth(text);
		if (width > 0) side.push({ text, style, width });
		used += width;
		return line;
	};
	const line: Line = {
		text: (text, style = 'plain') => add(text, style),
		cell: (text, width, style = 'plain', options = {}) =>
			add(pad(cut(text, width, options), width, options.align ?? 'left'), style),
		gap: (width = 1) => add(' '.repeat(Math.max(0, width)), 'plain'),
		to: (column) => add(' '.repeat(Math.max(0, column - used)), 'plain'),
		right() {
			side = right;
			return line;
		},
		get used() {
			return used;
		},
		end() {
			const tail = take(right, columns);
			const head = take(left, columns - tail.width);
			const between = ' '.repeat(columns - tail.width - head.width);
			const pieces = [...head.pieces, { text: between, style: 'plain' as const, width: 0 }, ...tail.pieces];
			return join(pieces, theme, base);
		},
	};
	return line;
};

const take = (pieces: readonly Piece[], columns: number) => {
	const kept: Piece[] = [];
	let width = 0;
	for (const piece of pieces) {
		const room = columns - width;
		if (room <= 0) break;
		if (piece.width <= room) {
			kept.push(piece);
			width += piece.width;
			continue;
		}
		const text = cut(piece.text, room);
		kept.push({ ...piece, text });
		width += cellWidth(text);
		break;
	}
	return { pieces: kept, width };
};

// Neighbours of one style share their sequences: fewer bytes, less to tokenise.
const join = (pieces: readonly Piece[], theme: Theme, base: StyleName): string => {
	let result = '';
	let text = '';
	let style: StyleName = 'plain';
	for (const piece of pieces) {
		if (piece.style !== style) {
			result += theme.paint(text, style, base);
			text = '';
			style = piece.style;
		}
		text += piece.text;
	}
	return result + theme.paint(text, style, base);
};
