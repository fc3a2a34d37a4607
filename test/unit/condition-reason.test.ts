import { describe, expect, test } from 'vitest';
import { type Operator, parseCondition, type WhyCode } from '../../src/domain/condition/index.ts';
import { quantity } from '../../src/domain/value.ts';
import { problemHint, problemText } from '../../src/i18n/condition-problem.ts';
import { REASON_COLUMNS, reasonText } from '../../src/i18n/reason.ts';
import { whyText } from '../../src/i18n/why.ts';
import { judgeText, type World } from '../support/reading-context.ts';

const world: World = {
	samples: {
		latency: quantity(612, 'ms'),
		near: quantity('500.2', 'ms'),
		transactions: 1960,
		fresh: 1,
		expenses: quantity('26648141'),
		size: quantity(2048, 'bytes'),
	},
	signed: { transactions: 48609 },
	others: { 'summary.net': quantity('5847469.98'), 'old.v': 1 },
	stale: ['old.v'],
	body: '{"status":"degraded","roles":["ops"],"error":"boom","list":[1,2],"z":null}',
	headers: { vary: 'Accept' },
};

describe('reasons in both languages', () => {
	test.each<[string, 'must' | 'should', string, string]>([
		[
			'drop(transactions) < 5%',
			'must',
			'drop(transactions) = 95.97 % (48,609 → 1,960), must be < 5 %',
			'drop(transactions) = 95.97 % (48,609 → 1,960)，必须 < 5 %',
		],
		['latency < 500ms', 'should', 'latency = 612 ms, should be < 500 ms', 'latency = 612 ms，应 < 500 ms'],
		[
			'$.status == "healthy"',
			'must',
			'$.status = "degraded", must be = "healthy"',
			'$.status = "degraded"，必须 = "healthy"',
		],
		[
			'expenses / 100 == summary.net',
			'must',
			'expenses / 100 = 266,481.41, must be = 5,847,469.98 (summary.net)',
			'expenses / 100 = 266,481.41，必须 = 5,847,469.98 (summary.net)',
		],
		['near <= 500ms', 'should', 'near = 500.2 ms, should be ≤ 500 ms', 'near = 500.2 ms，应 ≤ 500 ms'],
		['latency != 612ms', 'must', 'latency = 612 ms, must be ≠ 612 ms', 'latency = 612 ms，必须 ≠ 612 ms'],
		[
			'transactions in [200, 204]',
			'must',
			'transactions = 1,960, must be in [200, 204]',
			'transactions = 1,960，必须在 [200, 204] 之中',
		],
		[
			'transactions not in [1960]',
			'should',
			'transactions = 1,960, should not be in [1,960]',
			'transactions = 1,960，不应在 [1,960] 之中',
		],
		[
			'header("Vary") contains "Origin"',
			'must',
			'header("Vary") = "Accept", must contain "Origin"',
			'header("Vary") = "Accept"，必须包含 "Origin"',
		],
		[
			'$.status not contains "grade"',
			'must',
			'$.status = "degraded", must not contain "grade"',
			'$.status = "degraded"，不得包含 "grade"',
		],
		[
			'$.status startsWith "up"',
			'must',
			'$.status = "degraded", must start with "up"',
			'$.status = "degraded"，必须以 "up" 开头',
		],
		[
			'$.status endsWith "up"',
			'must',
			'$.status = "degraded", must end with "up"',
			'$.status = "degraded"，必须以 "up" 结尾',
		],
		[
			'$.status matches "^ok$"',
			'must',
			'$.status = "degraded", must match "^ok$"',
			'$.status = "degraded"，必须匹配 "^ok$"',
		],
		['$.gone exists', 'must', '$.gone: not there, must exist', '$.gone：不存在，必须存在'],
		['$.error not exists', 'must', '$.error = "boom", must not exist', '$.error = "boom"，不得存在'],
		['$.list empty', 'must', '$.list = [1, 2], must be empty', '$.list = [1, 2]，必须为空'],
		['$.z not empty', 'should', '$.z = null, should not be empty', '$.z = null，不应为空'],
		['size < 1KB', 'must', 'size = 2 KiB, must be < 1,000 B', 'size = 2 KiB，必须 < 1,000 B'],
		['500ms > latency', 'must', '500 ms, must be > 612 ms (latency)', '500 ms，必须 > 612 ms (latency)'],
	])('%s', (text, severity, english, chinese) => {
		const outcome = judgeText(text, world);
		expect(outcome.holds).toBe(false);
		expect(reasonText(outcome, 'en', severity)).toBe(english);
		expect(reasonText(outcome, 'zh-CN', severity)).toBe(chinese);
	});

	test.each<[string, string, string]>([
		[
			'$.net_balance == 1',
			'$.net_balance: nothing found at this path',
			'$.net_balance：此路径下未找到任何内容',
		],
		['drop(fresh) < 5%', 'fresh: no signed snapshot yet', 'fresh：尚无已签署的快照'],
		['old.v == 1', 'old.v: stale, that check has no fresh value', 'old.v：已过时，该检查没有新的值'],
		[
			'count($.gone[*]) == 0',
			'$.gone[*]: $.gone is not there, so nothing can be counted in it',
			'$.gone[*]：$.gone 不存在，无法在其中计数',
		],
		[
			'$.list[*] == 1',
			'$.list[*]: several values found, one is needed',
			'$.list[*]：找到多个值，只需要一个值',
		],
		['$.status > 5', '$.status: not a number, found "degraded"', '$.status：不是数字，实际为 "degraded"'],
		[
			'latency < 5',
			'latency: a duration cannot be compared with a plain number',
			'latency：时长不能与普通数字比较',
		],
	])('unknown: %s', (text, english, chinese) => {
		const outcome = judgeText(text, world);
		expect(outcome.holds).toBeNull();
		expect(reasonText(outcome, 'en')).toBe(english);
		expect(reasonText(outcome, 'zh-CN')).toBe(chinese);
	});
});

const wide = (text: string) =>
	Array.from(text).reduce((sum, character) => sum + (/[\u2e80-\uffff]/.test(character) ? 2 : 1), 0);

test('one line of at most 160 columns, whatever was read', () => {
	const long = '错误'.repeat(5000);
	const hostile: World = {
		body: JSON.stringify({
			v: long,
			l: Array.from({ length: 100 }, () => long),
			n: '\n\u001b[2J\u202e'.repeat(100),
		}),
	};
	for (const text of [
		'$.v == "x"',
		`$.v == "${'很长'.repeat(300)}"`,
		'$.l == $.l',
		'$.l == ["a"]',
		'$.n == "x"',
		'$.v > 5',
		`$.l[${'*'.padEnd(400)}] == 1`,
		`first($.l[?@ == "${'y'.repeat(300)}"]) == 1`,
	]) {
		const outcome = judgeText(text, hostile);
		for (const locale of ['en', 'zh-CN'] as const) {
			const line = reasonText(outcome, locale);
			expect([text, wide(line) <= REASON_COLUMNS]).toEqual([text, true]);
			expect(line).not.toMatch(/[\n\r\u001b\u202e]|undefined|NaN|\[object/);
		}
	}
});

test('every reason and every expectation is said in Chinese too', () => {
	const params = {
		operand: 'x',
		parent: '$.p',
		found: '5',
		expected: '6',
		left: 'ms',
		right: 'none',
		limit: '9',
		at: '1',
		sample: 's',
		warning: 'w',
		have: '2',
		need: '3',
	};
	const codes: readonly WhyCode[] = [
		'sample-missing',
		'header-missing',
		'no-document',
		'path-missing',
		'parent-missing',
		'none-found',
		'several-found',
		'not-a-list',
		'path-too-heavy',
		'no-such-check-value',
		'stale-value',
		'no-baseline',
		'baseline-zero',
		'not-a-number',
		'number-too-large',
		'not-text',
		'not-text-or-list',
		'no-length',
		'not-one-value',
		'text-too-long',
		'not-a-time',
		'time-in-future',
		'unlike-units',
		'unlike-kinds',
		'not-ordered',
		'divide-by-zero',
		'too-few-samples',
		'too-few-days',
		'beyond-buckets',
		'partial-answer',
	];
	for (const code of codes) {
		expect(whyText({ code, params }, 'en')).toMatch(/^[\x20-\x7e]+$/);
		expect(whyText({ code, params }, 'zh-CN')).toMatch(/\p{Script=Han}/u);
		for (const locale of ['en', 'zh-CN'] as const)
			expect(whyText({ code, params }, locale)).not.toContain('undefined');
	}
	const operators: readonly Operator[] = [
		'==',
		'!=',
		'<',
		'<=',
		'>',
		'>=',
		'in',
		'not in',
		'contains',
		'not contains',
		'startsWith',
		'not startsWith',
		'endsWith',
		'not endsWith',
		'matches',
		'not matches',
		'exists',
		'not exists',
		'empty',
		'not empty',
	];
	for (const operator of operators) {
		const outcome = {
			condition: 'c',
			holds: false,
			resolved: [{ text: 'c' }],
			must: { operator, value: '1' },
		};
		expect(reasonText(outcome, 'zh-CN', 'must')).toMatch(/必须|不得/);
		expect(reasonText(outcome, 'zh-CN', 'should')).toMatch(/应/);
		expect(reasonText(outcome, 'en', 'should')).toMatch(/should/);
	}
});

test('problems of a text are said in both languages, with what to try', () => {
	const problem = (text: string) => {
		const result = parseCondition(text);
		if (result.ok) throw new Error(text);
		return result.error;
	};
	expect(problemText(problem('status = 200'), 'en')).toBe('"=" is not an operator');
	expect(problemHint(problem('status = 200'), 'en')).toBe('did you mean ==');
	expect(problemHint(problem('status = 200'), 'zh-CN')).toBe('您是否想写 ==');
	expect(problemHint(problem('status zzzzzz 200'), 'en')).toBeNull();
	expect(problemText(problem('coutn($.a[*]) > 0'), 'en')).toBe('there is no function "coutn"');
	expect(problemText(problem('status \u202e 200'), 'en')).toBe('"�" has no meaning here');
	expect(problemText(problem('count($.a[*'), 'zh-CN')).toBe('“[”没有闭合');
	expect(problemHint(problem('count($.a[*'), 'en')).toBe(
		'if YAML has cut the text, put the whole condition in quotes',
	);
});
