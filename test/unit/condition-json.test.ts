import { describe, expect, test } from 'vitest';
import { parseJson } from '../../src/domain/json.ts';

describe('reading JSON strictly', () => {
	test.each<[string, string, number?]>([
		['', 'empty'],
		[' \n', 'empty'],
		['<!doctype html>', 'not-json', 0],
		['Service Unavailable', 'not-json', 0],
		['{"a":1', 'truncated'],
		['{"a":', 'truncated'],
		['["a', 'truncated'],
		['[1,]', 'syntax'],
		['{"a":NaN}', 'syntax'],
		['[Infinity]', 'syntax'],
		['{"a":1}}', 'syntax', 7],
		["{'a':1}", 'syntax'],
		['{"a":1,"b":2,"a":3}', 'duplicate-key', 13],
		['[{"a":{"b":1,"\\u0062":2}}]', 'duplicate-key', 13],
		['{"":1,"":1}', 'duplicate-key', 6],
		['{"n":1e999999}', 'number-too-large'],
		[`{"n":${'9'.repeat(1001)}}`, 'number-too-large'],
		[`[${'['.repeat(100_000)}`, 'too-deep', 512],
	])('%j is refused: %s', (text, code, offset) => {
		const result = parseJson(text);
		if (result.ok) throw new Error('was read');
		expect(result.why.code).toBe(code);
		if (offset !== undefined) expect(result.why.offset).toBe(offset);
	});

	test('the key that stands twice is named', () => {
		const result = parseJson('{"a":{"x":1},"b":{"x":1,"y":[],"x":2}}');
		expect(result).toEqual({ ok: false, why: { code: 'duplicate-key', offset: 31, key: 'x' } });
	});

	test.each([
		'{"a":{"x":1},"b":{"x":1},"c":[{"x":1},{"x":2}]}',
		'{"k:{[":"v:}]","q\\"":"\\\\","u":"\\ud800"}',
		'0',
		'"text"',
		'null',
		'{}',
		'{"__proto__":1,"constructor":2,"1":3}',
		`${'['.repeat(512)}${']'.repeat(512)}`,
	])('%j is read as JSON.parse reads it', (text) => {
		expect(parseJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
	});

	test('__proto__ is an ordinary key, also beside long numbers', () => {
		for (const text of ['{"__proto__":{"x":1}}', '{"__proto__":{"x":9007199254740993}}']) {
			const result = parseJson(text);
			expect(result.ok && Object.keys(result.value as object)).toEqual(['__proto__']);
			expect(({} as { x?: unknown }).x).toBeUndefined();
		}
	});

	test('a byte order mark is passed over', () => {
		expect(parseJson('\ufeff{"a":1}')).toEqual({ ok: true, value: { a: 1 } });
		expect(parseJson('\ufeff{"a":1,"a":1}')).toMatchObject({ why: { offset: 8 } });
	});
});
