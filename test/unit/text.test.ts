import { describe, expect, it } from 'vitest';
import {
	cellWidth,
	clean,
	cut,
	excerpt,
	fit,
	pad,
	redact,
	splitGraphemes,
	wrap,
} from '../../src/domain/text.ts';

const points = (from: number, to: number): number[] =>
	Array.from({ length: to - from + 1 }, (_, at) => from + at);

describe('clean', () => {
	const hostile = [
		...points(0x00, 0x1f),
		0x7f,
		...points(0x80, 0x9f),
		0xad,
		0x61c,
		...points(0x200b, 0x200f),
		...points(0x2028, 0x202e),
		...points(0x2060, 0x206f),
		0x3164,
		0xfeff,
		0xfffe,
		...points(0xfe00, 0xfe0f),
		...points(0xe0020, 0xe007f),
		0xd800,
		0xdfff,
	];

	it.each(hostile)('makes U+%# one visible cell', (codePoint) => {
		const safe = clean(`a${String.fromCodePoint(codePoint)}b`);
		expect(safe).toMatch(/^a[^\p{C}\p{Z}]b$/u);
		expect(cellWidth(safe)).toBe(3);
	});

	it('leaves ordinary text of any script as it is', () => {
		for (const text of ['plain', 'Ünïcode', '记账接口', 'été', 'कि', '한국어', '😀', 'a b'])
			expect(clean(text)).toBe(text);
	});

	it('keeps line ends only where asked, CRLF as one', () => {
		expect(clean('a\r\nb\nc', { newlines: 'keep' })).toBe('a\nb\nc');
		expect(clean('a\rb', { newlines: 'keep' })).toBe('a␍b');
		expect(clean('a\nb')).toBe('a␊b');
		expect(clean('a\u2028b', { newlines: 'keep' })).toBe('a\ufffdb');
	});

	it('leaves at most 8 combining marks on a character and none on nothing', () => {
		expect(clean(`e${'\u0301'.repeat(500)}x`)).toBe(`e${'\u0301'.repeat(8)}x`);
		expect(clean('\u0301x')).toBe('\ufffdx');
		expect(clean('a\n\u0301x', { newlines: 'keep' })).toBe('a\n\ufffdx');
	});

	it('cuts on a border of characters, within the limit', () => {
		expect(clean('abcdef', { max: 4 })).toBe('abc…');
		expect(clean('abcd', { max: 4 })).toBe('abcd');
		expect(clean('ab😀cd', { max: 4 })).toBe('ab…');
		expect(clean(`abe${'\u0301'.repeat(4)}cd`, { max: 5 })).toBe('ab…');
		expect(clean('한'.repeat(100_000), { max: 10 })).toBe(`${'한'.repeat(9)}…`);
		expect(clean('abc', { max: 0 })).toBe('');
	});

	it('is the same after a second pass', () => {
		const text = `\x1b[31m${'e\u0301'.repeat(3)}\u202e\ud800\u0085 漢`;
		expect(clean(clean(text))).toBe(clean(text));
	});

	it('takes a megabyte of escapes in one pass', () => {
		const megabyte = '\x1b[;;;;'.repeat(174_763);
		expect(clean(megabyte)).toHaveLength(megabyte.length);
		expect(clean(megabyte)).not.toContain('\x1b');
	});
});

describe('width', () => {
	it.each([
		['', 0],
		['abc', 3],
		['记账', 4],
		['ｆ', 2],
		['e\u0301', 1],
		['●▲✖✔·…', 6],
		['한', 2],
		['😀', 2],
		['ｱ', 1],
		['𠮷', 2],
	])('of %s is %i', (text, width) => expect(cellWidth(text)).toBe(width));

	it('is kept by cut, pad and fit', () => {
		const texts = ['', 'a', 'abcdefgh', '记账接口服务', 'a记b账c接', 'e\u0301e\u0301e\u0301e\u0301'];
		for (const text of texts) {
			for (let width = 0; width < 10; width++) {
				for (const where of ['start', 'middle', 'end'] as const) {
					expect(cellWidth(cut(text, width, { where }))).toBeLessThanOrEqual(width);
					expect(cellWidth(fit(text, width, 'right', { where }))).toBe(width);
				}
			}
		}
	});

	it('says with … where something is missing', () => {
		expect(cut('abcdefgh', 5)).toBe('abcd…');
		expect(cut('abcdefgh', 5, { where: 'start' })).toBe('…efgh');
		expect(cut('abcdefgh', 5, { where: 'middle' })).toBe('ab…gh');
		expect(cut('记账接口', 5)).toBe('记账…');
		expect(cut('记账接口', 4)).toBe('记…');
		expect(cut('abc', 3)).toBe('abc');
	});

	it('pads on the side asked for', () => {
		expect(pad('记', 4)).toBe('记  ');
		expect(pad('记', 4, 'right')).toBe('  记');
		expect(pad('ab', 5, 'center')).toBe(' ab  ');
		expect(pad('abc', 2)).toBe('abc');
	});
});

it('makes one line of an excerpt', () => {
	expect(excerpt('  a\n\tb\u0085c  ')).toBe('a b c');
	expect(excerpt('x'.repeat(500), 10)).toBe(`${'x'.repeat(9)}…`);
	expect(cellWidth(excerpt('记\x1b'.repeat(1_000_000), 21))).toBeLessThanOrEqual(21);
});

it('breaks lines at spaces, and words only when they must', () => {
	expect(wrap('the quick brown fox', 10)).toEqual(['the quick', 'brown fox']);
	expect(wrap('abcdefghijkl', 5)).toEqual(['abcde', 'fghij', 'kl']);
	expect(wrap('记账接口', 5)).toEqual(['记账', '接口']);
	expect(wrap('记', 1)).toEqual(['记']);
	expect(wrap('a\n\nb', 5)).toEqual(['a', '', 'b']);
});

it('counts characters as a reader does', () => {
	expect(splitGraphemes('ae\u0301记')).toEqual(['a', 'e\u0301', '记']);
});

describe('redact', () => {
	const secret = 's3cr/et+ä "q"';
	const base64 = Buffer.from(secret).toString('base64');

	it.each([
		['plain', secret],
		['URL-encoded', encodeURIComponent(secret)],
		['URL-encoded in lower case', encodeURIComponent(secret).toLowerCase()],
		['a form field', encodeURIComponent(secret).replaceAll('%20', '+')],
		['JSON', JSON.stringify(secret)],
		['JSON in ASCII', JSON.stringify(secret).replace('ä', '\\u00e4')],
		['base64', base64],
		['base64 for URLs', Buffer.from(secret).toString('base64url')],
	])('hides the value in %s', (_form, text) => {
		const hidden = redact(`before ${text} after`, [secret]);
		expect(hidden).toMatch(/^before "?\*\*\*"? after$/);
	});

	it('hides it inside the base64 of something longer', () => {
		for (const user of ['a', 'ab', 'abc']) {
			const header = Buffer.from(`${user}:tok-123456789:x`).toString('base64');
			const hidden = redact(`Basic ${header}`, ['tok-123456789']);
			expect(hidden).toContain('***');
			expect(Buffer.from(hidden.slice(6).replaceAll('*', ''), 'base64').toString()).not.toContain('123456');
		}
	});

	it('hides the longer of two values whole and every occurrence', () => {
		expect(redact('abcdef abcd abcdef', ['abcd', 'abcdef'])).toBe('*** *** ***');
	});

	it('leaves short values and text without secrets alone', () => {
		expect(redact('abc', ['abc', ''])).toBe('abc');
		expect(redact('a.b*c', ['x.y*z'])).toBe('a.b*c');
	});
});
