import type { Level } from '../domain/level.ts';
import { type Background, type ColourDepth, type StyleName, sgrOf } from './palette.ts';

export type { Background, ColourDepth, StyleName } from './palette.ts';

export type GlyphSet = 'unicode' | 'ascii';

export interface Appearance {
	readonly colours: ColourDepth;
	readonly background: Background;
	readonly glyphs: GlyphSet;
}

export interface Glyphs {
	readonly levels: Readonly<Record<Level, string>>;
	readonly done: string;
	readonly open: string;
	readonly failed: string;
	readonly skipped: string;
	readonly pointer: string;
	readonly block: string;
	readonly rule: string;
	readonly bar: string;
	readonly corners: readonly [topLeft: string, topRight: string, bottomLeft: string, bottomRight: string];
	/** From lowest to highest. */
	readonly spark: readonly string[];
	readonly gap: string;
	readonly full: string;
	readonly empty: string;
	readonly enter: string;
}

export interface Theme {
	readonly appearance: Appearance;
	readonly glyphs: Glyphs;
	/** Pre-coloured text. `base` is the style underneath, such as the selected row's. */
	paint(text: string, style: StyleName, base?: StyleName): string;
}

const UNICODE: Glyphs = {
	levels: { ok: '●', warning: '▲', critical: '✖', unknown: '?', pending: '○' },
	done: '✔',
	open: '○',
	failed: '✖',
	skipped: '─',
	pointer: '▸',
	block: '■',
	rule: '─',
	bar: '│',
	corners: ['┌', '┐', '└', '┘'],
	spark: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
	gap: ' ',
	full: '█',
	empty: '─',
	enter: '↵',
};

const ASCII: Glyphs = {
	levels: { ok: 'o', warning: '!', critical: 'X', unknown: '?', pending: '.' },
	done: 'v',
	open: '.',
	failed: 'X',
	skipped: '-',
	pointer: '>',
	block: '#',
	rule: '-',
	bar: '|',
	corners: ['+', '+', '+', '+'],
	spark: ['_', '.', ',', '-', '=', '+', '*', '#'],
	gap: ' ',
	full: '#',
	empty: '-',
	enter: 'Enter',
};

const PLAIN_SIGNS: Readonly<Record<string, string>> = {
	'…': '~',
	'·': '-',
	'–': '-',
	'−': '-',
	'—': '-',
	'→': '>',
	'←': '<',
	'↑': '^',
	'↓': 'v',
	'↵': '<',
	'×': 'x',
	'●': 'o',
	'▲': '!',
	'✖': 'X',
	'✔': 'v',
	'○': '.',
	'▸': '>',
	'■': '#',
	'─': '-',
	'│': '|',
	'█': '#',
	'�': '?',
};
const SIGN = new RegExp(`[${Object.keys(PLAIN_SIGNS).join('')}\\u2400-\\u2421]`, 'g');

/** Our own signs in ASCII, column for column; letters of any script stay as they are. */
export const toAscii = (text: string): string => text.replace(SIGN, (sign) => PLAIN_SIGNS[sign] ?? '?');

export const createTheme = (appearance: Appearance): Theme => {
	const { colours, background, glyphs } = appearance;
	const opened = new Map<string, string>();
	const open = (style: StyleName, base: StyleName): string => {
		const key = `${style}|${base}`;
		const known = opened.get(key);
		if (known !== undefined) return known;
		const parts = [sgrOf(base, colours, background), sgrOf(style, colours, background)];
		const parameters = parts.filter((part) => part !== '').join(';');
		const sequence = parameters === '' ? '' : `\x1b[${parameters}m`;
		opened.set(key, sequence);
		return sequence;
	};
	return {
		appearance,
		glyphs: glyphs === 'ascii' ? ASCII : UNICODE,
		paint(text, style, base = 'plain') {
			const drawn = glyphs === 'ascii' ? toAscii(text) : text;
			const sequence = drawn === '' ? '' : open(style, base);
			return sequence === '' ? drawn : `${sequence}${drawn}\x1b[0m`;
		},
	};
};

/** The style that carries a level's colour. */

/**
 * How to draw, from the process's variables: `NO_COLOR`, `COLORTERM`, `TERM`, `COLORFGBG`, `LC_ALL`, `LC_CTYPE`, `LANG`.
 * `wanted` overrides.
 */
export const chooseAppearance = (
	variables: Readonly<Record<string, string | undefined>>,
	wanted: Partial<Appearance> = {},
): Appearance => {
	const terminal = variables['TERM'] ?? '';
	const locale = variables['LC_ALL'] || variables['LC_CTYPE'] || variables['LANG'] || '';
	const ground = Number((variables['COLORFGBG'] ?? '').split(';').at(-1) || Number.NaN);
	return {
		colours: wanted.colours ?? chooseColours(variables, terminal),
		background: wanted.background ?? (ground === 7 || ground === 15 ? 'light' : 'dark'),
		glyphs: wanted.glyphs ?? (/utf-?8/i.test(locale) || locale === '' ? 'unicode' : 'ascii'),
	};
};

const chooseColours = (
	variables: Readonly<Record<string, string | undefined>>,
	terminal: string,
): ColourDepth => {
	if ((variables['NO_COLOR'] ?? '') !== '' || terminal === 'dumb') return 'none';
	// Terminals of 24 bits show the fixed 256 too, in half the bytes; 24 bits are for those who ask.
	const isRich = /truecolor|24bit/i.test(variables['COLORTERM'] ?? '');
	return isRich || /256|kitty|ghostty|alacritty/.test(terminal) ? 'indexed' : 'basic';
};
