import { describe, expect, test } from 'vitest';
import { evaluateExpression, parseExpression } from '../../src/domain/condition/index.ts';
import { quantity } from '../../src/domain/value.ts';
import { answerTo, contextOf, rows, type World } from '../support/reading-context.ts';

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
