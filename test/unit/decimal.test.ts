import { describe, expect, test } from 'vitest';
import {
	absolute,
	add,
	compare,
	divide,
	fits,
	MAX_DIGITS,
	multiply,
	negate,
	parseDecimal,
	round,
	subtract,
	trimZeros,
} from '../../src/domain/decimal.ts';

describe('parseDecimal', () => {
	test.each([
		['0', '0'],
		['-0', '0'],
		['-0.00', '0.00'],
		['+5', '5'],
		['007', '7'],
		['12.50', '12.50'],
		['.5', '0.5'],
		['5.', '5'],
		['1e3', '1000'],
		['1.5e1', '15'],
		['-1.25E-3', '-0.00125'],
		['0e999', '0'],
		['9223372036854775807', '9223372036854775807'],
	])('%s is %s', (text, canonical) => {
		expect(parseDecimal(text)).toBe(canonical);
	});

	test.each([
		'',
		' ',
		'abc',
		'NaN',
		'Infinity',
		'-',
		'.',
		'1,000',
		'0x10',
		'1 ',
		' 1',
		'1e',
		'--1',
		'１',
		'1e9999999',
	])('%j is none', (text) => {
		expect(parseDecimal(text)).toBeNull();
	});

	test('the number of digits is bounded on both sides of the point', () => {
		expect(parseDecimal('9'.repeat(MAX_DIGITS))).not.toBeNull();
		expect(parseDecimal('9'.repeat(MAX_DIGITS + 1))).toBeNull();
		expect(parseDecimal(`0.${'1'.repeat(MAX_DIGITS + 1)}`)).toBeNull();
		expect(parseDecimal('1e1001')).toBeNull();
		expect(parseDecimal('9'.repeat(5_000_000))).toBeNull();
		expect(fits('9'.repeat(MAX_DIGITS + 1))).toBe(false);
	});
});

describe('arithmetic is exact', () => {
	test('tenths, cents and 64-bit integers', () => {
		expect(add('0.1', '0.2')).toBe('0.3');
		expect(subtract('6637551.32', '266481.41')).toBe('6371069.91');
		expect(multiply('9223372036854775807', '9223372036854775807')).toBe(
			'85070591730234615847396907784232501249',
		);
		expect(add('9223372036854775807', '1')).toBe('9223372036854775808');
	});

	test('division keeps thirty digits however small the quotient, and has no answer for zero', () => {
		expect(divide('1', '4')).toBe('0.25');
		expect(divide('1', '3')).toMatch(/^0\.3{30,}$/);
		expect(divide('1', `3${'0'.repeat(40)}`)?.replace(/^0\.0*/, '')).toMatch(/^3{30,}$/);
		expect(divide('2', '3')?.at(-1)).toBe('7');
		expect(divide('1', '0')).toBeNull();
		expect(divide('1', '0.00')).toBeNull();
	});

	test('adding and taking away again gives back what was there', () => {
		for (const left of ['0', '-12.50', '99999999999999999999.01', '0.000000000000000000001']) {
			for (const right of ['1', '-0.7', '123456789012345678.9']) {
				expect(compare(subtract(add(left, right), right), left)).toBe(0);
			}
		}
	});
});

test('order is that of the numbers, not of the text or the nearest double', () => {
	const ascending = [
		'-10',
		'-9.5',
		'0',
		'0.09',
		'0.1',
		'9',
		'10',
		'9007199254740992',
		'9007199254740993',
		'1e20',
	];
	const texts = ascending.map((text) => parseDecimal(text) as string);
	for (const [i, left] of texts.entries()) {
		for (const [j, right] of texts.entries()) expect(Math.sign(compare(left, right))).toBe(Math.sign(i - j));
	}
	expect(compare('1.50', '1.5')).toBe(0);
});

test('sign and zeros', () => {
	expect(negate('0')).toBe('0');
	expect(negate('-1.5')).toBe('1.5');
	expect(absolute('-3')).toBe('3');
	expect(round('2.345', 2)).toBe('2.35');
	expect(round('-0.001', 2)).toBe('0.00');
	expect(trimZeros('12.50')).toBe('12.5');
	expect(trimZeros('100')).toBe('100');
});
