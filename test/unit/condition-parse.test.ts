import { describe, expect, test } from 'vitest';
import type { Condition } from '../../src/domain/condition/index.ts';
import {
	checkUnits,
	expectationFor,
	findVacuous,
	namesOf,
	parseCondition,
	parseExpression,
} from '../../src/domain/condition/index.ts';
import type { Unit } from '../../src/domain/value.ts';

function parsed(text: string): Condition {
	const result = parseCondition(text);
	if (!result.ok) throw new Error(`${text}: ${JSON.stringify(result.error)}`);
	return result.value;
}

describe('problems have a code, a place and a hint', () => {
	test.each<[string, string, string, string?]>([
		['', 'empty', ''],
		['   ', 'empty', '   '],
		['status = 200', 'unknown-operator', '=', 'did-you-mean =='],
		['status === 200', 'unknown-operator', '===', 'did-you-mean =='],
		['status <> 200', 'unknown-operator', '<>', 'did-you-mean !='],
		['latency =< 5ms', 'unknown-operator', '=<', 'did-you-mean <='],
		['latency ≥ 5ms', 'unknown-operator', '≥', 'did-you-mean >='],
		['status is 200', 'unknown-operator', 'is', 'did-you-mean =='],
		['$.a contians "x"', 'unknown-operator', 'contians', 'did-you-mean contains'],
		['$.a startswith "x"', 'unknown-operator', 'startswith', 'did-you-mean startsWith'],
		['$.a not exist', 'unknown-operator', 'exist', 'did-you-mean exists'],
		['status zzzzzz 200', 'unknown-operator', 'zzzzzz'],
		['coutn($.a[*]) > 0', 'unknown-function', 'coutn', 'did-you-mean count'],
		['status == 200 && latency < 5ms', 'joined-tests', '&&', 'two-conditions'],
		['status == 200 and latency < 5ms', 'joined-tests', 'and', 'two-conditions'],
		['1 < status < 3', 'joined-tests', '<', 'two-conditions'],
		['status or latency', 'joined-tests', 'or', 'two-conditions'],
		['status', 'missing-operator', ''],
		['status ==', 'unexpected-end', '', 'quote-it'],
		['status in [200', 'bracket-open', '[', 'quote-it'],
		['count($.items[*', 'bracket-open', '[', 'quote-it'],
		['count($.items[*]', 'bracket-open', '(', 'quote-it'],
		['(a + b > 0', 'unexpected-word', '>'],
		['$.a == "healthy', 'string-open', '"healthy', 'quote-it'],
		['status == 200)', 'bracket-extra', ')'],
		['latency < 500 ms', 'unexpected-word', 'ms', 'no-space 500ms'],
		['drop(x) < 5 %', 'unexpected-character', '%', 'did-you-mean 5%'],
		['x < 48,609', 'unexpected-word', ',', 'no-commas 48609'],
		['x < 5kb', 'unknown-unit', 'kb', 'did-you-mean 5KB'],
		['x < 5sec', 'unknown-unit', 'sec'],
		['x < .5', 'unexpected-character', '.', 'did-you-mean 0.5'],
		['x < 1_000', 'number-form', '1_000'],
		['x < 1.2.3', 'number-form', '1.2.3'],
		['a -b > 0', 'minus-spaces', '-'],
		['a- b > 0', 'minus-spaces', '-'],
		['(a)-(b) > 0', 'minus-spaces', '-'],
		['$.a-b > 0', 'minus-spaces', '-', 'quote-name'],
		['5-3 > 0', 'minus-spaces', '-'],
		['not $.a exists', 'unexpected-word', 'not', 'operator-after'],
		['exists $.a', 'unexpected-word', 'exists', 'operator-after'],
		['$.items.0 == 1', 'path-invalid', '0'],
		['$.a. == 1', 'path-invalid', '.'],
		['$.a[] == 1', 'path-invalid', '[]'],
		['$.a matches "("', 'pattern-invalid', '"("'],
		['$.a matches "(a+)+$"', 'pattern-slow', '"(a+)+$"'],
		['$.a matches "^(?:[a-z]*)*$"', 'pattern-slow', '"^(?:[a-z]*)*$"'],
		['$.a matches $.b', 'needs-text', '$.b'],
		['$.a startsWith 5', 'needs-text', '5'],
		['status in 200', 'needs-list', '200'],
		['status > [1]', 'list-here', '[1]'],
		['[1] == [1]', 'list-here', '[1]'],
		['a + [1] > 0', 'list-here', '[1]'],
		['5 exists', 'needs-name', '5'],
		['a + b exists', 'needs-name', 'a + b'],
		['count(a) > 0', 'needs-path', 'a'],
		['count($.customers) > 0', 'count-of-one', '$.customers', 'did-you-mean count($.customers[*])'],
		['drop($.a) < 5%', 'needs-sample', '$.a', 'show-it'],
		['p95(latency) < 5ms', 'argument-count', 'p95(latency)'],
		['p95(latency, 5) < 5ms', 'needs-window', '5'],
		['p95(latency, 0m) < 5ms', 'needs-window', '0m'],
		['len() > 0', 'argument-count', 'len()'],
		['header(Vary) == "x"', 'needs-text', 'Vary'],
		['status == 200 #', 'unexpected-character', '#'],
		['status in [1, a]', 'list-here', 'a'],
	])('%s', (text, code, place, hint) => {
		const result = parseCondition(text);
		expect(result.ok).toBe(false);
		if (result.ok) return;
		const { error } = result;
		expect(error.code).toBe(code);
		expect(text.slice(error.offset, error.offset + error.length).trim()).toBe(place.trim());
		const said = error.hint && [error.hint.code, error.hint.params['word']].filter((part) => part).join(' ');
		expect(said).toBe(hint);
	});

	test('what show takes is a value, not a test', () => {
		const result = parseExpression('count($.a[*]) > 0');
		expect(!result.ok && result.error.code).toBe('is-a-test');
		expect(parseExpression('(a + b) / 2').ok).toBe(true);
	});
});

describe('hostile text is refused, in time linear to its length', () => {
	test.each<[string, string, string]>([
		['brackets', `${'('.repeat(1900)}1 == 1`, 'too-deep'],
		['minus signs', `${'- '.repeat(900)}1 == 1`, 'too-deep'],
		['lists', `a in ${'['.repeat(900)}`, 'too-deep'],
		['functions', `${'len('.repeat(400)}a`, 'too-deep'],
		['length', `a == "${'x'.repeat(1_000_000)}"`, 'too-long'],
		['an open path', `$${'[?('.repeat(600)}`, 'bracket-open'],
		['quotes', '"\\'.repeat(900), 'string-open'],
	])('%s', (_, text, code) => {
		const result = parseCondition(text);
		expect(!result.ok && result.error.code).toBe(code);
	});

	test.each(['(\\d+\\.)+\\d+', '\\((a+)\\)+', '(ab+)?', '^(a|b)+$', '[(a+)]+'])(
		'the pattern %s is a good one',
		(pattern) => {
			expect(parseCondition(`a matches "${pattern}"`).ok).toBe(true);
		},
	);

	test('a long chain is no deep nesting', () => {
		expect(parseCondition(`${'1 + '.repeat(400)}1 == 401`).ok).toBe(true);
	});

	test('anything at all gives an answer, with a place inside the text', () => {
		const pieces = [
			'$',
			'.a',
			'[',
			']',
			'(',
			')',
			'"',
			"'",
			' ',
			'-',
			'5',
			'%',
			'ms',
			',',
			'not',
			' in ',
			'==',
			'<',
			'count',
			'?@',
			'\\',
			'😀',
			'\u0000',
			'é',
			'*',
			'..',
		];
		let seed = 7;
		const next = () => {
			seed = (seed * 48271) % 2147483647;
			return seed;
		};
		for (let run = 0; run < 3000; run++) {
			const text = Array.from({ length: 1 + (next() % 12) }, () => pieces[next() % pieces.length]).join('');
			const result = parseCondition(text);
			if (result.ok) continue;
			const { offset, length } = result.error;
			expect([text, offset >= 0 && length >= 0 && offset + length <= text.length]).toEqual([text, true]);
		}
	});
});

test('the names a condition reads', () => {
	const names = namesOf(
		parsed(
			'(drop(bills) + customers.took - p95(latency, 5m)) / len(header("Vary")) == api-health.latency + $.a',
		),
	);
	expect(names).toEqual({
		samples: ['bills', 'latency'],
		others: [
			{ check: 'customers', sample: 'took', name: 'customers.took' },
			{ check: 'api-health', sample: 'latency', name: 'api-health.latency' },
		],
		paths: ['$.a'],
		headers: ['vary'],
		baselines: ['bills'],
		windows: [{ sample: 'latency', ms: 300_000 }],
	});
	const own = namesOf(parsed('customers.took < 1s'), (name) => name === 'customers.took');
	expect([own.samples, own.others]).toEqual([['customers.took'], []]);
});

describe('unlike units are found before anything runs', () => {
	const units: Record<string, Unit> = { latency: 'ms', size: 'bytes', status: 'none', 'other.took': 'ms' };
	const check = (text: string) => checkUnits(parsed(text), (name) => units[name]);

	test.each([
		'latency < 500ms',
		'latency > 0',
		'latency / 2 < 1s',
		'latency * 1.5 < 1s',
		'latency / other.took < 3',
		'latency - other.took < 1s',
		'drop(status) < 5%',
		'drop(status) < 0.05',
		'$.rate < 5%',
		'size <= 4MiB',
		'unheard == 5ms',
		'p95(latency, 5m) < 1s',
		'ratio(status, 5m) > 99%',
		'age($.at) < 1h',
		'max(latency, other.took) < 1s',
	])('%s goes together', (text) => {
		expect(check(text)).toBeNull();
	});

	test.each<[string, string, string, string]>([
		['latency < 500', '<', 'ms', 'none'],
		['size < 5ms', '<', 'bytes', 'ms'],
		['latency < 5%', '<', 'ms', 'ratio'],
		['latency + size > 0', '+', 'ms', 'bytes'],
		['latency + 5 > 1s', '+', 'ms', 'none'],
		['latency * latency > 0', '*', 'ms', 'ms'],
		['status / latency > 0', '/', 'none', 'ms'],
		['max(latency, size) > 0', 'max(latency, size)', 'ms', 'bytes'],
		['$.elapsed < 500ms', '<', 'none', 'ms'],
		['status in [200, 5ms]', 'in', 'none', 'ms'],
		['avg(latency, 1h) < 5', '<', 'ms', 'none'],
		['age($.at) < 5', '<', 'ms', 'none'],
	])('%s does not', (text, place, left, right) => {
		const problem = check(text);
		expect(problem?.code).toBe('unlike-units');
		expect(problem && text.slice(problem.offset, problem.offset + problem.length)).toBe(place);
		expect(problem?.params).toEqual({ left, right });
	});
});

describe('vacuous conditions', () => {
	test.each<[string, string]>([
		['1 == 1', 'constant'],
		['"a" in ["a", "b"]', 'constant'],
		['2 + 2 == 4', 'constant'],
		['header("x") == header( "x" )', 'same-both-sides'],
		['$.a != $.a', 'same-both-sides'],
		['$.a startsWith $.a', 'same-both-sides'],
		['word contains word', 'same-both-sides'],
		['a + b == a +b'.replace('+b', '+ b'), 'same-both-sides'],
		['(latency) <= latency', 'same-both-sides'],
		['count($.a[*]) >= 0', 'never-negative'],
		['0 <= count($.a[*])', 'never-negative'],
		['len($.a) > -1', 'never-negative'],
		['drop(x) < 0', 'never-negative'],
		['status not in []', 'empty-list'],
		['header("x") contains ""', 'any-text'],
		['word not contains ""', 'any-text'],
		['$.a endsWith ""', 'any-text'],
		['$.a matches ".*"', 'any-text'],
		['$.a matches "^.*"', 'any-text'],
		['$.a matches "$"', 'any-text'],
		['$ exists', 'always-there'],
	])('%s: %s', (text, code) => {
		expect(findVacuous(parsed(text))?.code).toBe(code);
	});

	test.each([
		'status == 200',
		'count($.a[*]) > 0',
		'count($.a[*]) <= 0',
		'drop(x) < 5%',
		'$.a exists',
		'a == b',
		'age("2026-01-01") < 1d',
		'sum($.a[*]) >= 0',
		'$.a matches "x.*"',
		'$.a contains ""',
		'$.a[*] not contains ""',
		'$.a == $.a',
		'first($.a[*]) == first($.a[*])',
		'$.a contains $.a',
		'$.a[*] in $.a[*]',
		'header("a b") == header("ab")',
		'$["a b"] <= $["ab"]',
		'$.a matches "^$"',
		'$.a matches "^.*$"',
	])('%s is not', (text) => {
		expect(findVacuous(parsed(text))).toBeNull();
	});
});

describe('the expectation of a value', () => {
	const conditions = [
		'count($.customers[*]) > 0',
		'status == "ready"',
		'drop(transactions) < 5%',
		'p95(latency, 5m) < 500ms',
		'500ms >= latency',
		'total == summary.net',
		'total != 0',
		'code in [200, 204]',
		'$.error not exists',
		'5 < count',
		'missing == ""',
	].map(parsed);

	test.each<[string, string | null]>([
		['count( $.customers[*] )', '> 0'],
		['status', '= ready'],
		['transactions', 'drop < 5 %'],
		['latency', 'p95 5m < 500 ms, ≤ 500 ms'],
		['total', '= summary.net, ≠ 0'],
		['code', 'in [200, 204]'],
		['$.error', 'not exists'],
		['count', '> 5'],
		['missing', 'empty'],
		['nothing', null],
	])('%s', (name, text) => {
		expect(expectationFor(name, conditions)).toBe(text);
	});
});
