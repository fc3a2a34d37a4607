import { sliceColumns } from './slice-columns.ts';

export interface Placed {
	readonly x: number;
	readonly y: number;
}

/**
 * Draws `box` (rows of equal width) over `lines`, one empty column on either side; both hold SGR sequences, wide
 * characters cut in half become spaces.
 */
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
		const left = Math.max(0, at.x - 1);
		const right = Math.min(columns, at.x + boxWidth + 1);
		const placed = ' '.repeat(at.x - left) + sliceColumns(row, 0, Math.min(boxWidth, columns - at.x));
		return (
			sliceColumns(line, 0, left) + sliceColumns(placed, 0, right - left) + sliceColumns(line, right, columns)
		);
	});

const centre = (lines: number, rows: number, columns: number, width: number): Placed => ({
	x: Math.max(0, (columns - width) >> 1),
	y: Math.max(0, (lines - rows) >> 1),
});
