import { describe, expect, test } from 'vitest';
import { quantity } from '../../src/domain/value.ts';
import { answerTo, rows } from '../support/reading-context.ts';

describe('precedence and arithmetic', () => {
	rows(
		{
			samples: {
				a: 2,
				b: 3,
				c: 4,
				'a-b': 99,
				text: '1.5',
				word: 'x',
				cents: quantity('9223372036854775807'),
			},
		},
		[
			['a + b * c == 14', true],
			['(a + b) * c == 20', true],
			['c - b - a == -1', true],
			['c / a / 2 == 1', true],
			['-a + b == 1', true],
			['-(a + b) == -5', true],
			['a - -b == 5', true],
			['- -a == 2', true],
			['a-b == 99', true],
			['a - b == -1', true],
			['a*b == 6', true],
			['0.1 + 0.2 == 0.3', true],
			['1 / 3 * 3 == 1', false],
			['cents + 1 == 9223372036854775808', true],
			['cents == 9223372036854775806', false],
			['text * 2 == 3', true],
			['a / 0 == 1', 'divide-by-zero'],
			['a / (b - 3) != 1', 'divide-by-zero'],
			['word + 1 == 1', 'not-a-number'],
			['-word == 1', 'not-a-number'],
			['true + 1 == 2', 'not-a-number'],
			['500ms + 1s == 1.5s', true],
			['1m == 60s', true],
			['1h - 1d < 0', true],
			['1KiB == 1024B', true],
			['1MB < 1MiB', true],
			['1GB == 1000MB', true],
			['5% == 0.05', true],
			['100 * 5% == 5', true],
			['3s / 1s == 3', true],
			['1s + 1KB > 0', 'unlike-units'],
			['1s * 2 == 2s', true],
			['0 + 1s == 1s', true],
			['1s - 0 == 1s', true],
		],
	);

	test('a number that grows without bound is unknown, not slow', () => {
		const big = '9'.repeat(900);
		expect(answerTo(`${big} * ${big} > 0`, {})).toBe('number-too-large');
	});
});

describe('equality', () => {
	const body =
		'{"n":0,"s":"abc","d":"12.50","t":true,"z":null,"e":"","l":["a",1],"o":{"x":1},"broken":"n/a"}';
	rows({ body, samples: { status: 200 } }, [
		['status == 200', true],
		['status != 200', false],
		['status == "200"', true],
		['$.d == 12.5', true],
		['$.d == "12.5"', false],
		['$.s == "abc"', true],
		['$.s == "ABC"', false],
		["$.s == 'abc'", true],
		['$.t == true', true],
		['$.t == "true"', false],
		['$.t == 1', false],
		['$.z == null', true],
		['$.z != null', false],
		['$.s != null', true],
		['$.n != null', true],
		['null == $.z', true],
		['$.l == ["a", 1]', true],
		['$.l == ["a"]', false],
		['$.l != ["a", 2]', true],
		['$.s == 5', false],
		['$.o == 5', false],
		['$.z == 0', false],
		['$.e == 0', false],
	]);

	describe('a broken answer never makes a negative true', () => {
		rows({ body }, [
			['$.broken != 0', 'unlike-kinds'],
			['$.z != 0', 'unlike-kinds'],
			['$.e != 0', 'unlike-kinds'],
			['$.t != 0', 'unlike-kinds'],
			['$.o != 0', 'unlike-kinds'],
			['$.l != 0', 'unlike-kinds'],
			['$.z not in [0, 1]', 'unlike-kinds'],
			['$.z not contains "error"', 'not-text-or-list'],
			['$.z not matches "error"', 'not-text'],
			['$.n not startsWith "x"', 'not-text'],
			['$.gone != 0', 'path-missing'],
			['$.gone not in [1]', 'path-missing'],
			['$.gone not contains "x"', 'path-missing'],
			['$.gone not empty', 'path-missing'],
			['$.gone != null', 'path-missing'],
			['gone != 1', 'sample-missing'],
			['header("x") != "y"', 'header-missing'],
			['$.gone == $.gone2', 'path-missing'],
		]);
	});
});

describe('order', () => {
	rows(
		{
			body: '{"n":5,"d":"4.99","s":"abc","day":"2026-01-02","later":"2026-01-02T00:00:01Z","z":null,"t":true}',
			samples: { latency: quantity(612, 'ms') },
		},
		[
			['$.n < 5', false],
			['$.n <= 5', true],
			['$.n > 5', false],
			['$.n >= 5', true],
			['$.d < $.n', true],
			['$.d > 4.98', true],
			['latency < 500ms', false],
			['latency < 0.612s', false],
			['latency <= 0.612s', true],
			['latency > 0', true],
			['latency < 5', 'unlike-units'],
			['latency < 5MB', 'unlike-units'],
			['$.n < 5ms', 'unlike-units'],
			['$.day < $.later', true],
			['$.day >= "2026-01-03"', false],
			['$.s > "abb"', 'not-ordered'],
			['$.s > 5', 'not-a-number'],
			['$.z < 5', 'not-a-number'],
			['$.t >= 1', 'not-a-number'],
			['5 < $.s', 'not-a-number'],
		],
	);
});

describe('lists and text', () => {
	rows(
		{
			body: '{"r":["admin","ops"],"m":[1,null],"none":[],"s":"hello world","w":"in","k":[{"n":"a"},{"n":"b"}],"o":{}, "nl":"a\\nb"}',
			samples: { status: 204 },
		},
		[
			['status in [200, 204]', true],
			['status in [200]', false],
			['status not in [200]', true],
			['status not in [204]', false],
			['status not in ["x"]', 'unlike-kinds'],
			['status not in [null, "x"]', true],
			['status in ["204"]', true],
			['-204 in [-204]', true],
			['"ops" in $.r', true],
			['"x" not in $.r', true],
			['$.r contains "ops"', true],
			['$.r not contains "root"', true],
			['$.r not contains 5', 'unlike-kinds'],
			['$.m contains 1', true],
			['$.m contains null', true],
			['$.none contains "x"', false],
			['$.none not contains "x"', true],
			['"b" in $.k[*].n', true],
			['$.k[*].n contains "c"', false],
			['"a" in $.gone[*]', 'parent-missing'],
			['"a" not in $.s', 'not-a-list'],
			['$.s contains "lo wo"', true],
			['$.s contains "LO"', false],
			['$.s not contains "bye"', true],
			['$.s contains 5', false],
			['$.s not contains 5', 'unlike-kinds'],
			['$.s startsWith "hello"', true],
			['$.s startsWith "world"', false],
			['$.s not startsWith "world"', true],
			['$.s endsWith "world"', true],
			['$.s not endsWith "world"', false],
			['$.s matches "^h.*d$"', true],
			['$.s matches "^w"', false],
			['$.s not matches "\\d"', true],
			['$.s matches "\\bworld\\b"', true],
			['$.nl == "a\\nb"', true],
			['$.nl matches "^\\w\\n\\w$"', true],
			['$.w == "in"', true],
		],
	);

	test('a pattern is not tried on half of a long text', () => {
		expect(answerTo('a not matches "x"', { samples: { a: `${'y'.repeat(65_536)}x` } })).toBe('text-too-long');
		expect(answerTo('a not matches "x"', { samples: { a: 'y'.repeat(65_536) } })).toBe(true);
	});
});
