import { describe, expect, it, onTestFinished } from 'vitest';
import { afresh, operatorPattern, PatternOverTime, timeSearches } from '../../src/domain/pattern.ts';
import { stepsOf } from '../../src/domain/pattern-steps.ts';
import { searchWithin } from '../../src/platform/patterns.ts';

/** Fits nearly, in 2^24 ways: some hundred ms where nobody breaks it off. */
const EVIL = '^(?<word>(\\w+\\s?)+)$';
const NEARLY = `${'a'.repeat(60)}!`;

function watchSearches() {
	const counted = { searches: 0 };
	timeSearches((search, limitMs) => {
		counted.searches += 1;
		return searchWithin(search, limitMs);
	});
	onTestFinished(() => timeSearches((search) => ({ value: search(), tookMs: 0 })));
	return counted;
}

describe('how many steps a pattern may take', () => {
	it('has no bound where a repetition repeats what has choices', () => {
		for (const source of [
			EVIL,
			'(a+)+',
			'(?:a|ab)*c',
			'(a?){1,}b',
			'(?<x>.)\\k<x>',
			'(.*)\\1',
			'((ab*)c)+',
			'(?=(a+)+)b',
		])
			expect([source, stepsOf(source)(100)]).toEqual([source, Number.POSITIVE_INFINITY]);
		// Thirty choices one after the other are a thousand million.
		expect(stepsOf('a?'.repeat(30))(40)).toBeGreaterThan(1e9);
		expect(stepsOf('(a?){30}a{30}')(60)).toBeGreaterThan(1e9);
	});

	it('grows with the text as the repetitions say', () => {
		expect(stepsOf('abc')(99)).toBe(100);
		expect(stepsOf('a+')(99)).toBe(100 * 100);
		expect(stepsOf('(?<a>\\d+)/(?<b>\\d+)')(99)).toBe(100 ** 3);
		expect(stepsOf('x|y+')(99)).toBe(100 * 101);
		expect(stepsOf('\\u{1F600}[+*)(\\]]{3}\\p{L}{2}(?:ab)+?')(99)).toBe(100 * 100);
		expect(stepsOf('(?:ab){2,4}')(99)).toBe(100 * 3);
		expect(stepsOf('^(?:a|b)?$')(99)).toBe(100 * 3);
	});
});

describe('a pattern of the configuration', () => {
	it('costs nothing more where it is harmless', () => {
		const counted = watchSearches();
		const line = '2026-11-22 08:00:00 [ERROR] 17/20 passed in 4.2 s';
		for (const source of [
			'(?<passed>\\d+)/(?<total>\\d+)',
			'\\[ERROR\\]',
			'^\\d{4}-\\d\\d',
			'timeout|refused',
		])
			operatorPattern(source, 'mu').exec(line);
		expect(counted.searches).toBe(0);
	});

	it('finds all that an ordinary one finds, watched or not', () => {
		const counted = watchSearches();
		const text = Array.from({ length: 3_000 }, (_, at) => `case ${at}: ${at % 7} of 9`).join('\n');
		const [source, flags] = ['^case (?<at>\\d+): (?<got>\\d+) of (\\d+)$', 'gmu'];
		const plain = [...text.matchAll(new RegExp(source, flags))];
		const watched = [...text.matchAll(operatorPattern(source, flags))];
		expect(watched.length).toBe(3_000);
		expect(watched.map((m) => [m.index, m[0], { ...m.groups }])).toEqual(
			plain.map((m) => [m.index, m[0], { ...m.groups }]),
		);
		// Once for all of them.
		expect(counted.searches).toBe(1);
		expect(text.replace(operatorPattern('(?:e|s)+', 'gu'), '_')).toBe(text.replace(/(?:e|s)+/gu, '_'));
		expect(operatorPattern('(?:o|f)+ 9', 'u').test('3 of 9')).toBe(true);
	});

	it('is broken off when it would not end, however it is asked', () => {
		watchSearches();
		expect(() => operatorPattern(EVIL, 'mu').exec(NEARLY)).toThrow(PatternOverTime);
		expect(() => operatorPattern(EVIL, 'mu').test(NEARLY)).toThrow(PatternOverTime);
		expect(() => [...NEARLY.matchAll(operatorPattern(EVIL, 'gmu'))]).toThrow(PatternOverTime);
	});

	it('has one time for all its searches, and the whole of it when taken afresh', () => {
		const given: number[] = [];
		timeSearches((search, limitMs) => {
			given.push(limitMs);
			return { value: search(), tookMs: 200 };
		});
		onTestFinished(() => timeSearches((search) => ({ value: search(), tookMs: 0 })));
		const pattern = operatorPattern('(?:a|b)+$', 'u');
		for (let times = 0; times < 3; times += 1) expect(pattern.test('ab')).toBe(true);
		expect(() => pattern.test('ab')).toThrow(PatternOverTime);
		expect(afresh(pattern).test('ab')).toBe(true);
		expect(given).toEqual([500, 300, 100, 500]);
	});

	it('says a mistake as RegExp does', () => {
		expect(() => operatorPattern('(a', 'u')).toThrow(SyntaxError);
	});
});
