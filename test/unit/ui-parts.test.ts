import { describe, expect, it } from 'vitest';
import { cellWidth } from '../../src/domain/text.ts';
import { createLine } from '../../src/ui/line.ts';
import { overlay } from '../../src/ui/overlay.ts';
import { drawBeside, drawPanel } from '../../src/ui/panel.ts';
import { bodyHeight, drawScreen } from '../../src/ui/screen.tsx';
import { sliceColumns } from '../../src/ui/slice-columns.ts';
import { createTextField, editText, insertText, textOf, viewTextField } from '../../src/ui/text-field.ts';
import { chooseAppearance, createTheme } from '../../src/ui/theme.ts';

const plain = createTheme({ colours: 'none', background: 'dark', glyphs: 'unicode' });
const ascii = createTheme({ colours: 'none', background: 'dark', glyphs: 'ascii' });
const coloured = createTheme({ colours: 'full', background: 'light', glyphs: 'unicode' });
const bare = (line: string): string => line.replace(/\x1b\[[\d;]*m/g, '');

describe('a line', () => {
	it('is exactly as wide as asked, whatever is put in', () => {
		for (const columns of [0, 1, 2, 7, 20, 41]) {
			const line = createLine(coloured, columns, 'selected')
				.gap(1)
				.cell('记账接口', 7, 'strong')
				.text('▲ warning', 'warning')
				.right()
				.cell('612 ms', 9, 'plain', { align: 'right' })
				.end();
			expect(cellWidth(bare(line))).toBe(columns);
		}
	});

	it('gives the right end precedence', () => {
		expect(createLine(plain, 10).text('abcdefghij').right().text('XYZ').end()).toBe('abcdef…XYZ');
	});

	it('says nothing in colour without colours, and only ASCII of its own with ASCII signs', () => {
		const line = createLine(ascii, 20).text('● ok · 1…', 'ok').end();
		expect(line).toBe('o ok - 1~           ');
		expect(plain.paint('x', 'ok')).toBe('x');
		expect(coloured.paint('x', 'ok')).toBe('\x1b[38;2;58;125;74mx\x1b[0m');
	});
});

describe('appearance', () => {
	it.each([
		[{ TERM: 'xterm-256color', NO_COLOR: '1' }, 'none'],
		[{ TERM: 'xterm-256color', NO_COLOR: '' }, 'indexed'],
		[{ TERM: 'xterm', COLORTERM: 'truecolor' }, 'indexed'],
		[{ TERM: 'linux' }, 'basic'],
		[{ TERM: 'dumb' }, 'none'],
	])('of %j has colours %s', (variables, colours) =>
		expect(chooseAppearance(variables).colours).toBe(colours),
	);

	it('follows COLORFGBG and the locale, and what is asked for first', () => {
		expect(chooseAppearance({ COLORFGBG: '0;15' }).background).toBe('light');
		expect(chooseAppearance({ COLORFGBG: '15;default;0' }).background).toBe('dark');
		expect(chooseAppearance({ LANG: 'C' }).glyphs).toBe('ascii');
		expect(chooseAppearance({ LANG: 'zh_CN.UTF-8' }).glyphs).toBe('unicode');
		expect(chooseAppearance({ LANG: 'C', NO_COLOR: '1' }, { glyphs: 'unicode', colours: 'full' })).toEqual({
			colours: 'full',
			background: 'dark',
			glyphs: 'unicode',
		});
	});
});

describe('a text field', () => {
	const write = (keys: readonly (readonly [string, string?])[], from = createTextField()) =>
		keys.reduce((field, [key, text]) => editText(field, key, text ?? '') ?? field, from);

	it('edits by characters as a reader counts them', () => {
		const field = write([['a', 'a'], ['e\u0301', 'e\u0301'], ['记', '记'], ['left'], ['backspace']]);
		expect(textOf(field)).toBe('a记');
		expect(field.at).toBe(1);
		expect(textOf(write([['home'], ['delete'], ['end'], ['x', 'x']], field))).toBe('记x');
	});

	it('removes words and lines', () => {
		const field = createTextField('one two  three');
		expect(textOf(write([['ctrl-w']], field))).toBe('one two  ');
		expect(textOf(write([['ctrl-w'], ['ctrl-w']], field))).toBe('one ');
		expect(textOf(write([['alt-b'], ['ctrl-u']], field))).toBe('three');
		expect(textOf(write([['alt-b'], ['ctrl-k']], field))).toBe('one two  ');
	});

	it('leaves keys that are not for it', () => {
		expect(editText(createTextField('a'), 'ctrl-a', '')).toBeUndefined();
		expect(editText(createTextField('a'), 'enter', '')).toBeUndefined();
	});

	it('takes a paste as one clean line, within its length', () => {
		const field = insertText(createTextField('[]', 10), 'a\r\nb\x1b[31m');
		expect(textOf(field)).toBe('[]a b␛[31m');
		expect(textOf(insertText(field, 'more'))).toBe(textOf(field));
		const middle = insertText({ ...createTextField('ab', 4), at: 1 }, 'xyz');
		expect(textOf(middle)).toBe('axyb');
		expect(middle.at).toBe(3);
	});

	it('joins a mark to the letter before it', () => {
		expect(createTextField('e').at).toBe(1);
		const field = insertText(createTextField('e'), '\u0301');
		expect(field.characters).toEqual(['e\u0301']);
	});

	it('scrolls so that the cursor shows, with wide characters too', () => {
		const field = createTextField('记账接口服务');
		const view = viewTextField(plain, field, 6);
		expect(view).toEqual({ line: '服务  ', cursor: 4 });
		expect(viewTextField(plain, { ...field, at: 0 }, 6)).toEqual({ line: '记账接', cursor: 0 });
		expect(bare(viewTextField(plain, createTextField(), 6, { hint: 'name' }).line)).toBe('name  ');
		expect(viewTextField(plain, createTextField('abc'), 6, { masked: true }).line).toBe('***   ');
	});
});

describe('boxes', () => {
	it('cut columns out of coloured lines with wide characters', () => {
		const line = `a\x1b[31m记账\x1b[0mb`;
		expect(sliceColumns(line, 0, 6)).toBe(`${line}\x1b[0m`);
		expect(bare(sliceColumns(line, 2, 6))).toBe(' 账b');
		expect(bare(sliceColumns(line, 0, 2))).toBe('a ');
		expect(sliceColumns(line, 3, 5)).toBe('\x1b[31m账\x1b[0m');
		expect(sliceColumns('ab', 0, 5)).toBe('ab   ');
	});

	it('lie over what is below without moving it', () => {
		const lines = ['记账接口服务', 'abcdefghijkl', 'x'];
		const box = drawPanel(plain, { title: 'T', lines: [], width: 6, height: 2 });
		expect(overlay(lines, box, 12, 6, { x: 3, y: 0 }).map(bare)).toEqual([
			'记 ┌─ T ┐ 务',
			'ab └────┘ kl',
			'x',
		]);
	});

	it('are exactly as large as asked', () => {
		for (const [width, height] of [
			[10, 3],
			[3, 2],
			[40, 8],
			[1, 1],
		] as const) {
			const panel = drawPanel(coloured, {
				title: '记账接口',
				foot: 'esc',
				lines: ['记'.repeat(50)],
				width,
				height,
			});
			expect(panel).toHaveLength(height);
			for (const line of panel) expect(cellWidth(bare(line))).toBe(width);
		}
		for (const line of drawBeside(plain, ['a'], 4, ['记', 'c'], 5)) expect(cellWidth(bare(line))).toBe(10);
	});

	it('make a whole screen of any size', () => {
		const shape = { top: ['t'], footer: ['f'], body: ['1', '2', '3'] };
		expect(bodyHeight({ rows: 6, ...shape })).toBe(2);
		expect(drawScreen(plain, { columns: 3, rows: 6, ...shape }).map(bare)).toEqual([
			't',
			'───',
			'1',
			'2',
			'───',
			'f',
		]);
		expect(drawScreen(plain, { columns: 1, rows: 1, ...shape })).toEqual(['t']);
	});
});
