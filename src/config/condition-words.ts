import type { HintCode, ParseProblem, ProblemCode, VacuousCode } from '../domain/condition/index.ts';
import type { Locale } from '../domain/own-text.ts';
import { clean } from '../domain/text.ts';
import { defineMessages, say } from '../i18n/messages.ts';

const problems = defineMessages<ProblemCode>({
	en: {
		empty: 'the condition is empty',
		'too-long': 'longer than {limit} characters',
		'too-deep': 'more than {limit} brackets inside each other',
		'unexpected-character': 'a condition may not hold {found} here',
		'unexpected-end': 'the condition ends too early',
		'unexpected-word': '{found} does not belong here',
		'unknown-operator': 'there is no operator {found}',
		'unknown-function': 'there is no function {name}',
		'unknown-unit': 'there is no unit {unit}',
		'missing-operator': 'expected an operator such as ==, < or contains',
		'is-a-test': 'expected a value without a test',
		'joined-tests': 'one condition holds one test, here {found} begins a second',
		'minus-spaces': 'a minus between two values has a space on both sides',
		'string-open': 'the quote {mark} is never closed',
		'bracket-open': 'the bracket {bracket} is never closed',
		'bracket-extra': 'the bracket {bracket} closes nothing',
		'number-form': '{found} is not a number',
		'path-invalid': 'not a JSONPath: {detail}',
		'pattern-invalid': 'not a regular expression: {detail}',
		'needs-list': '{operator} needs a list such as [200, 204] on its right',
		'needs-text': '{name} needs a text in quotes',
		'needs-name': '{operator} needs a name or a path before it',
		'needs-path': '{name} takes a path such as $.items[*]',
		'needs-sample': '{name} takes the name of a value',
		'needs-window': '{name} takes the name of a value and a time, such as {name}(latency, 5m)',
		'argument-count': '{name} takes {expected} arguments, here are {found}',
		'count-of-one': '{path} finds one value at most',
		'list-here': 'a list cannot stand here',
		'unlike-units': '{left} and {right} cannot be compared or calculated with each other',
	},
	'zh-CN': {
		empty: '条件是空的',
		'too-long': '超过 {limit} 个字符',
		'too-deep': '括号嵌套超过 {limit} 层',
		'unexpected-character': '条件中此处不能有 {found}',
		'unexpected-end': '条件过早结束',
		'unexpected-word': '{found} 不应在此处',
		'unknown-operator': '没有运算符 {found}',
		'unknown-function': '没有函数 {name}',
		'unknown-unit': '没有单位 {unit}',
		'missing-operator': '应有 ==、< 或 contains 之类的运算符',
		'is-a-test': '应为一个值，不含测试',
		'joined-tests': '一个条件只含一个测试，此处 {found} 开始了第二个',
		'minus-spaces': '两个值之间的减号两边要有空格',
		'string-open': '引号 {mark} 没有闭合',
		'bracket-open': '括号 {bracket} 没有闭合',
		'bracket-extra': '括号 {bracket} 没有对应的开括号',
		'number-form': '{found} 不是数字',
		'path-invalid': '不是 JSONPath：{detail}',
		'pattern-invalid': '不是正则表达式：{detail}',
		'needs-list': '{operator} 的右边应为 [200, 204] 之类的列表',
		'needs-text': '{name} 需要带引号的文本',
		'needs-name': '{operator} 之前应为名称或路径',
		'needs-path': '{name} 需要 $.items[*] 之类的路径',
		'needs-sample': '{name} 需要一个值的名称',
		'needs-window': '{name} 需要一个值的名称和时间，如 {name}(latency, 5m)',
		'argument-count': '{name} 需要 {expected} 个参数，此处有 {found} 个',
		'count-of-one': '{path} 最多找到一个值',
		'list-here': '列表不能在此处',
		'unlike-units': '{left} 与 {right} 不能相互比较或计算',
	},
});

const hints = defineMessages<HintCode>({
	en: {
		'did-you-mean': 'did you mean "{word}"?',
		'two-conditions': 'write two conditions: the list is the "and"',
		'quote-it': 'if YAML cut it here, put the whole condition into quotes',
		'operator-after': 'the word stands behind its operand: $.a exists, $.a not in [1, 2]',
		'quote-name': "a name with a hyphen is written $['a-b']",
		'show-it': 'give the value a name under "show" and use that name',
		'no-space': 'no space belongs between a number and its unit',
		'no-commas': 'numbers are written without commas',
		'plain-number': 'values of a document are plain numbers: compare them with a number without a unit',
	},
	'zh-CN': {
		'did-you-mean': '是否想写“{word}”？',
		'two-conditions': '请写成两个条件：列表就是“并且”',
		'quote-it': '若是 YAML 在此处截断，请把整个条件放入引号',
		'operator-after': '此词放在操作数之后：$.a exists、$.a not in [1, 2]',
		'quote-name': "带连字符的名称写作 $['a-b']",
		'show-it': '请在“show”中给此值一个名称，并使用该名称',
		'no-space': '数字与单位之间不能有空格',
		'no-commas': '数字不带逗号',
		'plain-number': '文档中的值是普通数字：请与不带单位的数字比较',
	},
});

const vacuous = defineMessages<VacuousCode>({
	en: {
		constant: '{operand} does not depend on anything read',
		'same-both-sides': '{operand} stands on both sides',
		'never-negative': '{operand} is never less than zero',
		'empty-list': 'the list {operand} is empty',
		'any-text': '{operand} fits any text',
		'always-there': '{operand} is always there',
	},
	'zh-CN': {
		constant: '{operand} 与所读的内容无关',
		'same-both-sides': '两边都是 {operand}',
		'never-negative': '{operand} 从不小于零',
		'empty-list': '列表 {operand} 是空的',
		'any-text': '{operand} 与任何文本都相符',
		'always-there': '{operand} 总是存在',
	},
});

const units = defineMessages({
	en: { none: 'a plain number', ms: 'a duration', bytes: 'a size', ratio: 'a percentage' },
	'zh-CN': { none: '普通数字', ms: '时长', bytes: '大小', ratio: '百分比' },
});

export function problemText(problem: ParseProblem, locale: Locale): string {
	const params = safe(problem.params);
	if (problem.code === 'unlike-units')
		for (const side of ['left', 'right']) params[side] = unitWord(params[side] ?? '', locale);
	return say(problems, locale, problem.code, params);
}

export function hintText(problem: ParseProblem, locale: Locale): string | null {
	return problem.hint === undefined ? null : say(hints, locale, problem.hint.code, safe(problem.hint.params));
}

export function vacuousText(
	found: { readonly code: VacuousCode; readonly operand: string },
	locale: Locale,
): string {
	return say(vacuous, locale, found.code, safe({ operand: found.operand }));
}

export function unitWord(unit: string, locale: Locale): string {
	return unit === 'none' || unit === 'ms' || unit === 'bytes' || unit === 'ratio'
		? say(units, locale, unit)
		: unit;
}

function safe(params: Readonly<Record<string, string>>): Record<string, string> {
	return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, clean(value, { max: 80 })]));
}
