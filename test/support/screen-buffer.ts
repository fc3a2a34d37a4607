import type { Terminal } from '@xterm/headless';

/** One cell as the emulator shows it; colours are palette numbers, `#rrggbb`, or `undefined` for the terminal's own. */
export interface ScreenCell {
	readonly text: string;
	/** 0 for the right half of a wide character. */
	readonly width: number;
	readonly foreground: number | string | undefined;
	readonly background: number | string | undefined;
	readonly isBold: boolean;
	readonly isDim: boolean;
	readonly isInverse: boolean;
	readonly isUnderlined: boolean;
}

/** The visible rows as text, without spaces at their ends. */
export const readScreen = (terminal: Terminal): string[] => {
	const buffer = terminal.buffer.active;
	return Array.from({ length: terminal.rows }, (_, y) => {
		const line = buffer.getLine(buffer.viewportY + y);
		return line === undefined ? '' : line.translateToString(true).trimEnd();
	});
};

export const readCells = (terminal: Terminal): ScreenCell[][] => {
	const buffer = terminal.buffer.active;
	return Array.from({ length: terminal.rows }, (_, y) => {
		const line = buffer.getLine(buffer.viewportY + y);
		return Array.from({ length: terminal.cols }, (_, x) => {
			const cell = line?.getCell(x);
			if (cell === undefined) throw new Error(`no cell at ${x}, ${y}`);
			return {
				text: cell.getChars(),
				width: cell.getWidth(),
				foreground: cell.isFgDefault() ? undefined : colourOf(cell.isFgRGB(), cell.getFgColor()),
				background: cell.isBgDefault() ? undefined : colourOf(cell.isBgRGB(), cell.getBgColor()),
				isBold: cell.isBold() !== 0,
				isDim: cell.isDim() !== 0,
				isInverse: cell.isInverse() !== 0,
				isUnderlined: cell.isUnderline() !== 0,
			};
		});
	});
};

const colourOf = (isRgb: boolean, value: number): number | string =>
	isRgb ? `#${value.toString(16).padStart(6, '0')}` : value;
