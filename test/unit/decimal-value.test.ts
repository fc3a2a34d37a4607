import { describe, expect, test } from 'vitest';
import {
	formatBare,
	formatValue,
	isExactNumber,
	quantity,
	readQuantity,
	toSample,
	type Unit,
} from '../../src/domain/value.ts';

describe('how values are drawn', () => {
	test.each<[string | number, Unit, string]>([
		[48609, 'none', '48,609'],
		[-46649, 'none', '−46,649'],
		['6637551.32', 'none', '6,637,551.32'],
		['12.50', 'none', '12.50'],
		['0.123456789', 'none', '0.123457'],
		['0.0000000123', 'none', '0.000000012'],
		['9223372036854775807', 'none', '9,223,372,036,854,775,807'],
		[0, 'ms', '0 ms'],
		['8.368', 'ms', '8.37 ms'],
		[612, 'ms', '612 ms'],
		['612.7', 'ms', '613 ms'],
		[1240, 'ms', '1.24 s'],
		[90_000, 'ms', '1 min 30 s'],
		[7_500_000, 'ms', '2 h 5 min'],
		[3_600_000, 'ms', '1 h'],
		[90_000_000, 'ms', '1 d 1 h'],
		['0.0004', 'ms', '0.0004 ms'],
		[512, 'bytes', '512 B'],
		[1536, 'bytes', '1.5 KiB'],
		[1_572_864, 'bytes', '1.5 MiB'],
		[3_221_225_472, 'bytes', '3 GiB'],
		['0.9596782488839515', 'ratio', '95.97 %'],
		['0.05', 'ratio', '5 %'],
		['0.00001', 'ratio', '0.001 %'],
		['12', 'ratio', '1,200 %'],
	])('%s %s', (number, unit, text) => {
		expect(formatValue(quantity(number, unit))).toBe(text);
	});

	test('long durations have their words', () => {
		expect(formatValue(quantity(7_500_000, 'ms'), 'zh-CN')).toBe('2 小时 5 分');
	});

	test('exact is not rounded', () => {
		expect(formatValue(quantity('499.6', 'ms'), { exact: true })).toBe('499.6 ms');
		expect(formatValue(quantity('0.0499999', 'ratio'), { exact: true })).toBe('4.99999 %');
	});

	test('text is quoted, one line, and cut on character borders', () => {
		expect(formatValue('ready')).toBe('"ready"');
		expect(formatBare('ready')).toBe('ready');
		expect(formatBare('a"\\')).toBe('a"\\');
		expect(formatValue('a\nb\u001b[31m')).toBe('"a␊b␛[31m"');
		const cut = formatValue('😀'.repeat(100), { maxText: 10 });
		expect(cut).toBe(`"${'😀'.repeat(4)}…"`);
		expect(formatValue('x'.repeat(10_000_000)).length).toBeLessThan(70);
	});

	test('lists show their first items', () => {
		expect(formatValue([quantity(200), 'a', null, true])).toBe('[200, "a", null, true]');
		expect(formatValue(Array.from({ length: 50 }, () => true))).toMatch(/, …\]$/);
	});
});

describe('what a value is', () => {
	test('only decimal text becomes a quantity; our own nonsense throws', () => {
		expect(readQuantity('abc')).toBeNull();
		expect(() => quantity(Number.NaN)).toThrow(RangeError);
		expect(() => quantity(Number.POSITIVE_INFINITY)).toThrow(RangeError);
		expect(quantity(9223372036854775807n).number).toBe('9223372036854775807');
		expect(quantity(1e21).number).toBe('1000000000000000000000');
	});

	test('a body cannot imitate a quantity or an exact number', () => {
		expect(toSample(JSON.parse('{"number":"5","unit":"none"}'))).toBeUndefined();
		expect(isExactNumber(JSON.parse('{"digits":5,"exponent":0}'))).toBe(false);
		expect(toSample(JSON.parse('{"digits":"5","exponent":0}'))).toBeUndefined();
	});

	test('exact numbers survive a thread', () => {
		const crossed = structuredClone({ digits: 12345678901234567890n, exponent: -2 });
		expect(toSample(crossed)).toEqual({ number: '123456789012345678.90', unit: 'none' });
	});

	test('not-a-number is no sample', () => {
		expect(toSample(Number.NaN)).toBeUndefined();
		expect(toSample(Number.NEGATIVE_INFINITY)).toBeUndefined();
	});
});
