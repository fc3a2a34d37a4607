import { sliceColumns } from './slice-columns.ts';

export interface Placed {
	readonly x: number;
	readonly y: number;
}

/** Draws `box` (rows of equal width) over `lines`; both hold SGR sequences, wide characters cut in half become spaces. */
export const overlay = (
	lines: readonly string[],
	box: readonly string[],
	columns: number,
	boxWidth: number,
	at: Placed = centre(lines.length, box.length, columns, boxWidth),
): string[] =>
	lines.map((line, y) => {
		const row = box[y - at.y];
		if (row === undefined) return line;
		return (
			sliceColumns(line, 0, at.x) +
			sliceColumns(row, 0, Math.min(boxWidth, columns - at.x)) +
			sliceColumns(line, at.x + boxWidth, columns)
		);
	});

const centre = (lines: number, rows: number, columns: number, width: number): Placed => ({
	x: Math.max(0, (columns - width) >> 1),
	y: Math.max(0, (lines - rows) >> 1),
});
