import { type Align, type CutWhere, cellWidth } from '../domain/text.ts';
import { createLine } from './line.ts';
import { type ListShape, type ListState, placeList } from './list.ts';
import type { StyleName, Theme } from './theme.ts';

export interface TableColumn {
	readonly title: string;
	/** Columns of the screen; one column at most may be `rest` and takes what the others leave. */
	readonly width: number | 'rest';
	readonly align?: Align;
	readonly where?: CutWhere;
}

/** A cell, or several pieces of different style side by side in one cell. */
export type TableCell = string | StyledText | readonly StyledText[];

export interface StyledText {
	readonly text: string;
	readonly style: StyleName;
}

export interface TableRow {
	readonly cells: readonly TableCell[];
	/** Lines under the row that say what is wrong. */
	readonly below?: readonly StyledText[];
}

export interface TableView {
	readonly columns: readonly TableColumn[];
	readonly count: number;
	/** Called for visible rows only. */
	readonly rowAt: (index: number) => TableRow;
	readonly list: ListState;
	/** Screen columns and lines, the header line included. */
	readonly width: number;
	readonly height: number;
	/** No row is marked when the keys go elsewhere. */
	readonly isFocused?: boolean;
	/** Drawn when there is no row. */
	readonly empty?: string;
	readonly gap?: number;
	readonly hasHeader?: boolean;
}

/** The shape a list reducer needs for this table. */
export const shapeOf = (view: Pick<TableView, 'count' | 'height' | 'hasHeader' | 'rowAt'>): ListShape => ({
	count: view.count,
	height: Math.max(1, view.height - (view.hasHeader === false ? 0 : 1)),
	heightOf: (index) => 1 + (view.rowAt(index).below?.length ?? 0),
});

/** Exactly `height` lines of exactly `width` columns. */
export const drawTable = (theme: Theme, view: TableView): string[] => {
	const { width, height, hasHeader = true, isFocused = true, gap = 2 } = view;
	const widths = columnWidths(view.columns, width, gap);
	const lines: string[] = [];
	if (hasHeader) lines.push(drawHeader(theme, view.columns, widths, width, gap));
	const list = placeList(view.list, view.list.selected, shapeOf(view));
	for (let index = list.top; index < view.count && lines.length < height; index++) {
		const row = view.rowAt(index);
		const isSelected = isFocused && index === list.selected;
		lines.push(drawRow(theme, view.columns, row, widths, width, gap, isSelected));
		for (const { text, style } of row.below ?? []) {
			lines.push(createLine(theme, width).gap(3).text(text, style).end());
		}
	}
	if (view.count === 0 && view.empty !== undefined) {
		lines.push(createLine(theme, width).gap(1).text(view.empty, 'muted').end());
	}
	while (lines.length < height) lines.push(' '.repeat(width));
	return lines.slice(0, Math.max(0, height));
};

const columnWidths = (columns: readonly TableColumn[], width: number, gap: number): number[] => {
	// One column at the left for the mark of the selected row, one at the right end.
	let left = width - 2 - gap * Math.max(0, columns.length - 1);
	for (const column of columns) if (column.width !== 'rest') left -= column.width;
	return columns.map((column) => (column.width === 'rest' ? Math.max(0, left) : column.width));
};

const drawHeader = (
	theme: Theme,
	columns: readonly TableColumn[],
	widths: readonly number[],
	width: number,
	gap: number,
): string => {
	const line = createLine(theme, width).gap(1);
	for (const [at, column] of columns.entries()) {
		if (at > 0) line.gap(gap);
		line.cell(column.title, widths[at]!, 'heading', { align: column.align ?? 'left' });
	}
	return line.end();
};

const drawRow = (
	theme: Theme,
	columns: readonly TableColumn[],
	row: TableRow,
	widths: readonly number[],
	width: number,
	gap: number,
	isSelected: boolean,
): string => {
	const line = createLine(theme, width, isSelected ? 'selected' : 'plain');
	// The mark shows the row without any colour.
	line.cell(isSelected ? theme.glyphs.pointer : '', 1, 'accent');
	for (const [at, column] of columns.entries()) {
		if (at > 0) line.gap(gap);
		drawCell(line, row.cells[at] ?? '', widths[at]!, column);
	}
	return line.end();
};

const drawCell = (
	line: ReturnType<typeof createLine>,
	cell: TableCell,
	width: number,
	column: TableColumn,
): void => {
	const options = { align: column.align ?? 'left', where: column.where ?? 'end' } as const;
	if (typeof cell === 'string') line.cell(cell, width, 'plain', options);
	else if ('text' in cell) line.cell(cell.text, width, cell.style, options);
	else {
		const end = line.used + width;
		for (const part of cell)
			line.cell(part.text, Math.min(cellWidth(part.text), Math.max(0, end - line.used)), part.style);
		line.to(end);
	}
};
