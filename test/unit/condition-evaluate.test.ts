import { describe, expect, test } from 'vitest';
import { evaluateExpression, parseExpression } from '../../src/domain/condition/index.ts';
import { parseJson } from '../../src/domain/json.ts';
import { quantity } from '../../src/domain/value.ts';
import { answerTo, contextOf, judgeText, NOW, type World } from '../support/reading-context.ts';

type Row = [condition: string, answer: boolean | string];

function rows(world: World, table: readonly Row[]): void {
	test.each(table)('%s → %s', (text, answer) => {
		expect(answerTo(text, world)).toBe(answer);
	});
}

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

describe('exists and empty', () => {
	const body = '{"a":null,"e":"","l":[],"o":{},"f":[1],"s":"x","n":0,"k":[{"bad":false}]}';
	rows(
		{
			body,
			samples: { own: 1, 'a.b': 2 },
			headers: { vary: 'Origin' },
			others: { 'c.v': 1 },
			stale: ['c.v'],
		},
		[
			['$.a exists', true],
			['$.gone exists', false],
			['$.gone not exists', true],
			['$.a not exists', false],
			['$.gone.deep not exists', true],
			['$.k[*].bad exists', true],
			['$.k[*].worse exists', false],
			['own exists', true],
			['other exists', false],
			['a.b exists', true],
			['c.gone not exists', 'no-such-check-value'],
			['c.v exists', 'stale-value'],
			['header("Vary") exists', true],
			['header("X-Y") not exists', true],
			['$.e empty', true],
			['$.l empty', true],
			['$.o empty', true],
			['$.a empty', true],
			['$.a not empty', false],
			['$.f empty', false],
			['$.s not empty', true],
			['$.n empty', 'not-text-or-list'],
			['$.gone empty', 'path-missing'],
			['$.k[?@.bad == true] empty', true],
			['$.k[?@.bad == false] empty', false],
			['$.gone[?@.bad == true] empty', 'parent-missing'],
		],
	);

	test('without a document nothing is known of its members', () => {
		for (const text of ['$.a exists', '$.a not exists', '$.a empty', '$.a == 1', 'count($.a[*]) == 0']) {
			expect(answerTo(text, {})).toBe('no-document');
		}
	});
});

describe('one value, counting, and what is absent', () => {
	const body =
		'{"c":[{"v":1.1,"t":"a"},{"v":2.2,"t":"b"}],"none":[],"null":null,"text":"x","g":[{"m":[1]},{"m":[]}],"h":[{}],"nums":["1.5",2],"odd":[1,"x"],"obj":{"a":1,"b":2},"__proto__":{"p":1}}';
	rows({ body, samples: { took: quantity(5, 'ms'), text: 'añ😀' } }, [
		['$.c[*].v == 1.1', 'several-found'],
		['$.none[*] == 1', 'none-found'],
		['$.c[0].v == 1.1', true],
		['$.c[-1].t == "b"', true],
		['$.c[5].v == 1', 'path-missing'],
		['$["c"][0]["t"] == "a"', true],
		['$.c[?@.t == "b"].v == 2.2', true],
		['$.__proto__.p == 1', true],
		['$.constructor exists', false],
		['$.c.length exists', false],
		['count($.c[*]) == 2', true],
		['count($.c[?@.v > 2]) == 1', true],
		['count($.c[?@.v > 9]) == 0', true],
		['count($.none[*]) == 0', true],
		['count($.gone[*]) == 0', 'parent-missing'],
		['count($.gone.deep[*]) == 0', 'parent-missing'],
		['count($.null[*]) == 0', 'not-a-list'],
		['count($.text[*]) == 0', 'not-a-list'],
		['count($.g[*].m[*]) == 1', true],
		['count($.none[*].m[*]) == 0', true],
		['count($.c[*].zzz) == 0', true],
		['$.c[?@["t"] == "b"].v == 2.2', true],
		['count($.g[?@.m[0] == 1].m[*]) == 1', true],
		['$["c"][?(@.t == "]")] empty', true],
		['count($.h[*].m[*]) == 0', 'parent-missing'],
		['count($..v) == 2', true],
		['count($..zzz) == 0', true],
		['count($.obj[*]) == 2', true],
		['count($.c[*]) - 1 == 1', true],
		['len($.c) == 2', true],
		['len($.obj) == 2', true],
		['len($.none) == 0', true],
		['len(text) == 3', true],
		['len($.null) == 0', 'no-length'],
		['len($.gone) == 0', 'path-missing'],
		['len($.c[*]) == 2', 'several-found'],
		['sum($.c[*].v) == 3.3', true],
		['sum($.nums) == 3.5', true],
		['sum($.none[*]) == 0', true],
		['sum($.gone[*]) == 0', 'parent-missing'],
		['sum($.odd[*]) > 0', 'not-a-number'],
		['sum(1, 2, 3) == 6', true],
		['min($.c[*].v) == 1.1', true],
		['max($.c[*].v) == 2.2', true],
		['max(1s, took) == 1s', true],
		['max($.none[*]) == 0', 'none-found'],
		['max(took, 3) > 0', 'unlike-units'],
		['first($.c[*].t) == "a"', true],
		['first($.none[*]) == 1', 'none-found'],
		['first($.gone[*]) == 1', 'parent-missing'],
	]);

	test('numbers of a document are exact, also beside filters', () => {
		const long = '{"id":9007199254740993,"cents":[{"v":12345678901234567.89},{"v":0.01}],"e":1e2}';
		const world = { body: long };
		expect(answerTo('$.id == 9007199254740993', world)).toBe(true);
		expect(answerTo('$.id == 9007199254740992', world)).toBe(false);
		expect(answerTo('sum($.cents[*].v) == 12345678901234567.90', world)).toBe(true);
		expect(answerTo('$.cents[?@.v > 1].v == 12345678901234567.89', world)).toBe(true);
		expect(answerTo('count($.cents[?@.v > 1]) == 1', world)).toBe(true);
		expect(answerTo('count($..*) == 7', world)).toBe(true);
		expect(answerTo('$.id.digits exists', world)).toBe(false);
		expect(answerTo('$.e == 100', world)).toBe(true);
	});

	test('a body that looks like our own objects is only a body', () => {
		const world = { body: '{"x":{"number":"5","unit":"none"},"y":{"size":0},"z":{"digits":1,"exponent":0}}' };
		expect(answerTo('$.x == 5', world)).toBe(false);
		expect(answerTo('$.x != 5', world)).toBe('unlike-kinds');
		expect(answerTo('$.x > 1', world)).toBe('not-a-number');
		expect(answerTo('$.y empty', world)).toBe(false);
		expect(answerTo('$.z == 1', world)).toBe(false);
	});

	test('NaN and Infinity of other formats are never compared', () => {
		const context = { ...contextOf({}), document: { n: Number.NaN, i: Number.POSITIVE_INFINITY } };
		for (const text of ['$.n', '$.i', '$.n + 1', 'max($.i, 1)']) {
			const parsed = parseExpression(text);
			if (!parsed.ok) throw new Error(text);
			expect(evaluateExpression(parsed.value, context).value).toBeUndefined();
		}
	});

	test('a deep and a wide body end in an answer', () => {
		const deep = `${'{"a":'.repeat(512)}1${'}'.repeat(512)}`;
		expect(answerTo('count($..a) == 512', { body: deep })).toBe(true);
		const wide = `{"l":[${'1,'.repeat(300_000)}1]}`;
		expect(answerTo('count($.l[*]) == 300001', { body: wide })).toBe(true);
		expect(answerTo('$.l[*] == 1', { body: wide })).toBe('several-found');
	});
});

describe('other checks', () => {
	const world: World = {
		samples: { 'summary.own': 1, 'customers.took': quantity(20, 'ms') },
		others: {
			'summary.net': quantity('266481.41'),
			'summary.own': 2,
			'api-health.latency': quantity(9, 'ms'),
			'old.v': 3,
		},
		stale: ['old.v'],
	};
	rows(world, [
		['summary.net == 266481.41', true],
		['summary.own == 1', true],
		['api-health.latency < 10ms', true],
		['customers.took < 100ms', true],
		['old.v == 3', 'stale-value'],
		['old.v != 4', 'stale-value'],
		['gone.v == 3', 'no-such-check-value'],
		['summary.net.deep == 3', 'no-such-check-value'],
	]);
});

describe('against the baseline', () => {
	const world: World = {
		samples: {
			t: 1960,
			up: 120,
			same: 0,
			fromZero: 3,
			negative: -50,
			text: 'x',
			fresh: 5,
			cents: quantity('95.00'),
			ms: quantity(5, 'ms'),
		},
		signed: {
			t: 48609,
			up: 100,
			same: 0,
			fromZero: 0,
			negative: -100,
			text: 5,
			cents: quantity('100.00'),
			gone: 1,
			ms: quantity(5, 'bytes'),
		},
	};
	rows(world, [
		['drop(t) < 5%', false],
		['drop(t) > 95.96%', true],
		['drop(t) < 95.97%', true],
		['rise(t) == 0', true],
		['change(t) > 95%', true],
		['drop(up) == 0', true],
		['rise(up) == 20%', true],
		['change(up) == 0.2', true],
		['drop(cents) < 5%', false],
		['drop(cents) <= 5%', true],
		['rise(negative) == 50%', true],
		['drop(negative) == 0', true],
		['drop(same) < 5%', true],
		['change(fromZero) < 5%', 'baseline-zero'],
		['rise(fromZero) < 5%', 'baseline-zero'],
		['drop(fromZero) < 5%', 'baseline-zero'],
		['drop(text) < 5%', 'not-a-number'],
		['drop(fresh) < 5%', 'no-baseline'],
		['drop(fresh) != 1', 'no-baseline'],
		['drop(gone) < 5%', 'sample-missing'],
		['change(ms) < 5%', 'unlike-units'],
	]);

	test('the outcome shows from, to and when', () => {
		const outcome = judgeText('drop(t) < 5%', world);
		expect(outcome.resolved[0]).toMatchObject({
			text: 'drop(t)',
			from: { number: '48609' },
			to: { number: '1960' },
			at: NOW - 86_400_000,
		});
		expect(outcome.must).toMatchObject({ operator: '<', value: '5 %' });
	});
});

describe('over history', () => {
	const history = Array.from({ length: 100 }, (_, index) => ({
		at: NOW - 100_000 + index * 1000,
		value: index + 1,
	}));
	rows({ history, samples: { latency: quantity(5, 'ms'), n: 1 } }, [
		['p50(latency, 5m) == 50ms', true],
		['p90(n, 5m) == 90', true],
		['p95(latency, 5m) < 96ms', true],
		['p95(latency, 5m) < 95ms', false],
		['p99(n, 5m) == 99', true],
		['avg(n, 5m) == 50.5', true],
		['avg(n, 10s) == 95.5', true],
		['rate(n, 5m) == 1', true],
		['ratio(n, 5m) == 100%', true],
		['avg(latency, 5m) < 1s', true],
	]);
	rows(
		{
			history: [
				{ at: NOW - 3000, value: 10 },
				{ at: NOW - 2000, value: 0 },
				{ at: NOW - 1000, value: 4 },
				{ at: NOW, value: 1 },
			],
			samples: { n: 1 },
		},
		[
			['rate(n, 1m) > 1.666', true],
			['rate(n, 1m) < 1.667', true],
			['ratio(n, 1m) == 75%', true],
			['p95(n, 1m) == 10', true],
			['p50(n, 1m) == 1', true],
			['rate(n, 500ms) > 0', 'too-few-samples'],
			['avg(n, 500ms) == 1', true],
		],
	);
	rows({ samples: { n: 1 } }, [
		['avg(n, 1h) < 5', 'too-few-samples'],
		['p95(n, 1h) != 5', 'too-few-samples'],
		['ratio(n, 1h) >= 0%', 'too-few-samples'],
	]);
	test('a bare history takes the unit of the signed value when there is no sample now', () => {
		const world = { history, signed: { latency: quantity(5, 'ms') } };
		expect(answerTo('p50(latency, 5m) == 50ms', world)).toBe(true);
		expect(answerTo('p50(latency, 5m) == 50ms', { history })).toBe('unlike-units');
	});
	test('tenths add up', () => {
		const tenths = Array.from({ length: 10 }, (_, index) => ({ at: NOW - 1000 + index, value: 0.1 }));
		expect(answerTo('avg(n, 1m) * 10 == 1', { history: tenths, samples: { n: 1 } })).toBe(true);
	});
});

describe('age', () => {
	const at = (value: string | number) => ({ samples: { at: value } });
	test.each<[string | number, string]>([
		['2026-01-02T11:00:00Z', '3600000'],
		['2026-01-02T11:00:00', '3600000'],
		['2026-01-02 11:59:59.500', '500'],
		['2026-01-02T13:00:00+02:00', '3600000'],
		['2026-01-02T06:30:00-0530', '0'],
		['2026-01-02', '43200000'],
		['Fri, 02 Jan 2026 11:00:00 GMT', '3600000'],
		[NOW / 1000 - 60, '60000'],
		[NOW - 60_000, '60000'],
		[String(NOW - 60_000), '60000'],
		['2026-01-02T12:00:30Z', '0'],
	])('%s', (value, ms) => {
		const [seen] = judgeText('age(at) < 1d', at(value)).resolved;
		expect(seen?.value).toEqual({ number: ms, unit: 'ms' });
	});

	test.each([
		'2026-02-30',
		'2026-13-01',
		'2026-01-02T25:00:00Z',
		'yesterday',
		'',
		-5,
		'02/01/2026',
		`2026-01-02${' '.repeat(100_000)}`,
	])('%j is no time', (value) => {
		expect(answerTo('age(at) < 1000d', at(value))).toBe('not-a-time');
	});

	test('a time in the future does not look fresh', () => {
		expect(answerTo('age(at) < 1h', at('2099-01-01'))).toBe('time-in-future');
	});
});

describe('outcomes', () => {
	test('a calculation shows both sides and what is in them', () => {
		const outcome = judgeText('(expenses - repayments) / 100 == summary.net', {
			samples: { expenses: 1000, repayments: 200 },
			others: { 'summary.net': 9 },
		});
		expect(outcome.holds).toBe(false);
		expect(outcome.resolved.map((seen) => seen.text)).toEqual([
			'(expenses - repayments) / 100',
			'summary.net',
			'expenses',
			'repayments',
		]);
		expect(outcome.must).toEqual({
			operator: '==',
			value: '9',
			operand: { number: '9', unit: 'none' },
			text: 'summary.net',
		});
	});

	test('they are plain, storable, and bounded whatever was read', () => {
		for (const body of [
			JSON.stringify({ v: 'x'.repeat(900_000) }),
			JSON.stringify({ v: Array.from({ length: 50_000 }, () => 'y'.repeat(15)) }),
		]) {
			for (const text of [
				'$.v == "z"',
				'$.v == $.v',
				'$.v not exists',
				'$.v empty',
				'len($.v) == 0',
				'$.v > 5',
			]) {
				const outcome = judgeText(text, { body });
				const stored = JSON.stringify(outcome);
				expect(stored.length).toBeLessThan(6000);
				expect(JSON.parse(stored)).toEqual(outcome);
			}
		}
	});

	test('a plain number beside a percentage is drawn as one', () => {
		const outcome = judgeText('errors / total < 5%', { samples: { errors: 1, total: 8 } });
		expect(outcome.resolved[0]?.value).toEqual({ number: '0.125', unit: 'ratio' });
	});
});

test('a shown value is one value', () => {
	const body = '{"n":12.5,"s":"ready","l":[1],"o":{},"z":null}';
	const show = (text: string) => {
		const parsed = parseExpression(text);
		if (!parsed.ok) throw new Error(text);
		return evaluateExpression(parsed.value, contextOf({ body }));
	};
	expect(show('$.n')).toEqual({ value: { number: '12.5', unit: 'none' } });
	expect(show('$.s')).toEqual({ value: 'ready' });
	expect(show('$.z')).toEqual({ value: null });
	expect(show('$.l').why?.code).toBe('not-one-value');
	expect(show('$.gone').why?.code).toBe('path-missing');
	expect(show('$.n * 2')).toEqual({ value: { number: '25', unit: 'none' } });
});

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
