import unicode from '@xterm/addon-unicode11';
import headless from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { diffRow, type Pen } from '../../src/ui/cell-diff.ts';
import { createStyleTable, parseRow } from '../../src/ui/cells.ts';
import { readCells } from '../support/screen-buffer.ts';

const emulate = async (columns: number, rows: number, text: string) => {
	const terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true });
	terminal.loadAddon(new unicode.Unicode11Addon());
	terminal.unicode.activeVersion = '11';
	await new Promise<void>((resolve) => terminal.write(`\x1b[?7l${text}`, resolve));
	return readCells(terminal);
};

// A small fixed generator: the same frames on every run.
const createRandom = (seed: number) => () => {
	seed = (seed * 1103515245 + 12345) % 2147483648;
	return seed / 2147483648;
};

const PIECES = [
	'a',
	'Z',
	' ',
	'  ',
	'漢',
	'字',
	'─',
	'▁',
	'█',
	'●',
	'✖',
	'e\u0301',
	'7',
	'한',
	'\x1b[31m',
	'\x1b[1;44m',
	'\x1b[0m',
	'\x1b[7m',
	'\x1b[38;5;203m',
	'\x1b[22m',
	'\x1b[4m',
];

describe('the cell difference', () => {
	it('turns any screen into any other, cell for cell', async () => {
		const random = createRandom(7);
		const columns = 24;
		const rows = 6;
		const frame = () =>
			Array.from({ length: rows }, () => {
				let line = '';
				const count = Math.floor(random() * 30);
				for (let at = 0; at < count; at++) line += PIECES[Math.floor(random() * PIECES.length)]!;
				return line;
			});
		const table = createStyleTable();
		const pen: Pen = { row: 0, column: -1, style: 0 };
		let sent = Array.from({ length: rows }, () => parseRow('', columns, table));
		let written = '';
		for (let step = 0; step < 60; step++) {
			const lines = frame();
			const next = lines.map((line) => parseRow(line, columns, table));
			for (let y = 0; y < rows; y++) written += diffRow(y, sent[y]!, next[y]!, pen, table);
			sent = next;
			const shown = await emulate(columns, rows, written);
			// The same frame drawn from nothing, each line placed by itself.
			const whole = next
				.map((row, y) => {
					let text = `\x1b[${y + 1};1H`;
					let style = 0;
					row.chars.forEach((character, x) => {
						if (character === '') return;
						text += `\x1b[${y + 1};${x + 1}H${table.transition(style, row.styles[x]!)}${character}`;
						style = row.styles[x]!;
					});
					return text + table.transition(style, 0);
				})
				.join('');
			const wanted = await emulate(columns, rows, whole);
			expect(visible(shown)).toEqual(visible(wanted));
		}
	});

	it('writes nothing for a row that looks the same', () => {
		const table = createStyleTable();
		const pen: Pen = { row: 0, column: 0, style: 0 };
		// A space shows no foreground colour.
		const a = parseRow('ab \x1b[31mred\x1b[0m', 20, table);
		const b = parseRow('ab\x1b[31m red\x1b[0m', 20, table);
		expect(diffRow(0, a, b, pen, table)).toBe('');
	});

	it('writes only the cells that differ', () => {
		const table = createStyleTable();
		const pen: Pen = { row: 0, column: 0, style: 0 };
		const a = parseRow('latency  612 ms', 40, table);
		const b = parseRow('latency  598 ms', 40, table);
		expect(diffRow(0, a, b, pen, table)).toBe('\x1b[9C598');
	});

	it('places the cursor anew after a character whose width terminals dispute', () => {
		const table = createStyleTable();
		const pen: Pen = { row: 0, column: 0, style: 0 };
		expect(diffRow(0, parseRow('', 10, table), parseRow('☎x', 10, table), pen, table)).toBe('☎\r\x1b[Cx');
	});

	it('never lets half a wide character stand in the last column', () => {
		const row = parseRow('abc漢', 4, createStyleTable());
		expect(row.chars).toEqual(['a', 'b', 'c', ' ']);
	});

	it('drops every sequence but colours', () => {
		const row = parseRow('a\x1b[2Jb\x1b]0;title\x07\x1b[31mc', 20, createStyleTable());
		expect(row.chars.join('')).not.toContain('\x1b');
		expect(row.chars.join('')).not.toContain('\x07');
		expect(row.chars[0]! + row.chars[1]!).toBe('ab');
	});
});

const visible = (cells: Awaited<ReturnType<typeof emulate>>) =>
	cells.map((row) =>
		row.map((cell) => {
			const text = cell.text === '' && cell.width === 1 ? ' ' : cell.text;
			if (text !== ' ') return { ...cell, text };
			const foreground = cell.isInverse || cell.isUnderlined ? cell.foreground : undefined;
			return { ...cell, text, foreground, isBold: false, isDim: false };
		}),
	);
