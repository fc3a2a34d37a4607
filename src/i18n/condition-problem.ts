import type { HintCode, ParseProblem, ProblemCode, VacuousCode } from '../domain/condition/index.ts';
import type { Locale } from '../domain/own-text.ts';
import { clean } from '../domain/text.ts';
import { unitText } from './why.ts';

type Params = Readonly<Record<string, string>>;
interface Texts {
	readonly problems: Readonly<Record<ProblemCode, (params: Params) => string>>;
	readonly hints: Readonly<Record<HintCode, (params: Params) => string>>;
	readonly vacuous: Readonly<Record<VacuousCode, (operand: string) => string>>;
}

const EN: Texts = {
	problems: {
		empty: () => 'a condition is expected, found nothing',
		'too-long': ({ limit }) => `longer than ${limit} characters`,
		'too-deep': ({ limit }) => `nested deeper than ${limit} levels`,
		'unexpected-character': ({ found }) => `"${found}" has no meaning here`,
		'unexpected-end': () => 'the text ends where a value is expected',
		'unexpected-word': ({ found }) => `"${found}" is not expected here`,
		'unknown-operator': ({ found }) => `"${found}" is not an operator`,
		'unknown-function': ({ name }) => `there is no function "${name}"`,
		'unknown-unit': ({ unit }) => `"${unit}" is not a unit`,
		'missing-operator': () => 'nothing is tested: an operator such as == or < must follow',
		'is-a-test': () => 'this is a test; only a value belongs here',
		'joined-tests': () => 'one condition makes one test',
		'minus-spaces': () => 'a minus needs a space on both sides, because names may hold hyphens',
		'string-open': ({ mark }) => `the text that begins with ${mark} is never closed`,
		'bracket-open': ({ bracket }) => `"${bracket}" is never closed`,
		'bracket-extra': ({ bracket }) => `"${bracket}" closes nothing`,
		'number-form': ({ found }) => `"${found}" is not a number`,
		'path-invalid': ({ detail }) => `not a JSONPath: ${detail}`,
		'pattern-invalid': ({ detail }) => `not a pattern: ${detail}`,
		'pattern-slow': () => 'a repetition repeated, as in (a+)+, can take for ever: write it once',
		'needs-list': ({ operator }) => `"${operator}" needs a list such as [200, 204]`,
		'needs-text': ({ name }) => `"${name}" needs quoted text`,
		'needs-name': ({ operator }) => `"${operator}" needs a name, a path or a header before it`,
		'needs-path': ({ name }) => `${name}() takes a JSONPath such as $.items[*]`,
		'needs-sample': ({ name }) => `${name}() takes the name of one of this check's values`,
		'needs-window': ({ name }) => `${name}() takes a duration such as 5m as its second part`,
		'argument-count': ({ name, expected, found }) => `${name}() takes ${expected}, found ${found}`,
		'count-of-one': ({ path }) => `${path} is one value whatever is in it, so counting it proves nothing`,
		'list-here': () => 'a list has no place here',
		'unlike-units': ({ left, right }) => `${unitText(left, 'en')} does not go with ${unitText(right, 'en')}`,
	},
	hints: {
		'did-you-mean': ({ word }) => `did you mean ${word}`,
		'two-conditions': () => 'write two conditions; all of a list must hold',
		'quote-it': () => 'if YAML has cut the text, put the whole condition in quotes',
		'operator-after': () => 'the word stands behind its operand: $.error not exists, status != 500',
		'quote-name': () => 'a member with a hyphen is written $["a-b"]',
		'show-it': () => 'give the value a name under show and use the name',
		'no-space': ({ word }) => `without a space: ${word}`,
		'no-commas': ({ word }) => `without a comma: ${word}`,
		'plain-number': () => 'a number in an answer has no unit: compare it with a plain number',
	},
	vacuous: {
		constant: () => 'nothing that was read is tested',
		'same-both-sides': (operand) => `${operand} is compared with itself`,
		'never-negative': (operand) => `${operand} is never less than zero`,
		'empty-list': () => 'nothing is in an empty list',
		'any-text': () => 'every text passes',
		'always-there': (operand) => `${operand} is always there`,
	},
};

const ZH: Texts = {
	problems: {
		empty: () => '此处应有条件，但为空',
		'too-long': ({ limit }) => `超过 ${limit} 个字符`,
		'too-deep': ({ limit }) => `嵌套超过 ${limit} 层`,
		'unexpected-character': ({ found }) => `“${found}”在此处没有意义`,
		'unexpected-end': () => '文本在应有值的地方结束',
		'unexpected-word': ({ found }) => `此处不应出现“${found}”`,
		'unknown-operator': ({ found }) => `“${found}”不是运算符`,
		'unknown-function': ({ name }) => `没有函数“${name}”`,
		'unknown-unit': ({ unit }) => `“${unit}”不是单位`,
		'missing-operator': () => '没有测试任何内容：后面必须有 == 或 < 等运算符',
		'is-a-test': () => '这是一个测试；此处只能写值',
		'joined-tests': () => '一个条件只做一个测试',
		'minus-spaces': () => '减号两侧需要空格，因为名称可以含连字符',
		'string-open': ({ mark }) => `以 ${mark} 开始的文本没有结束`,
		'bracket-open': ({ bracket }) => `“${bracket}”没有闭合`,
		'bracket-extra': ({ bracket }) => `“${bracket}”没有对应的开括号`,
		'number-form': ({ found }) => `“${found}”不是数字`,
		'path-invalid': ({ detail }) => `不是有效的 JSONPath：${detail}`,
		'pattern-invalid': ({ detail }) => `不是有效的模式：${detail}`,
		'pattern-slow': () => '重复之中再重复（如 (a+)+）可能永远无法完成：请只写一次',
		'needs-list': ({ operator }) => `“${operator}”需要列表，例如 [200, 204]`,
		'needs-text': ({ name }) => `“${name}”需要带引号的文本`,
		'needs-name': ({ operator }) => `“${operator}”前面需要名称、路径或标头`,
		'needs-path': ({ name }) => `${name}() 需要 JSONPath，例如 $.items[*]`,
		'needs-sample': ({ name }) => `${name}() 需要此检查中某个值的名称`,
		'needs-window': ({ name }) => `${name}() 的第二部分需要时长，例如 5m`,
		'argument-count': ({ name, expected, found }) => `${name}() 需要 ${expected} 个参数，实际为 ${found} 个`,
		'count-of-one': ({ path }) => `无论内容如何，${path} 都是一个值，对它计数不能证明什么`,
		'list-here': () => '此处不能使用列表',
		'unlike-units': ({ left, right }) =>
			`${unitText(left, 'zh-CN')}不能与${unitText(right, 'zh-CN')}一起使用`,
	},
	hints: {
		'did-you-mean': ({ word }) => `您是否想写 ${word}`,
		'two-conditions': () => '请写成两个条件；列表中的条件必须全部成立',
		'quote-it': () => '如果是 YAML 截断了文本，请给整个条件加上引号',
		'operator-after': () => '该词应放在操作数之后：$.error not exists、status != 500',
		'quote-name': () => '带连字符的成员写作 $["a-b"]',
		'show-it': () => '请在 show 下给该值命名，然后使用该名称',
		'no-space': ({ word }) => `不要空格：${word}`,
		'no-commas': ({ word }) => `不要逗号：${word}`,
		'plain-number': () => '响应中的数字没有单位：请与普通数字比较',
	},
	vacuous: {
		constant: () => '没有测试任何读取到的内容',
		'same-both-sides': (operand) => `${operand} 与自身比较`,
		'never-negative': (operand) => `${operand} 永远不会小于零`,
		'empty-list': () => '空列表中没有任何内容',
		'any-text': () => '任何文本都会通过',
		'always-there': (operand) => `${operand} 始终存在`,
	},
};

const TEXTS: Readonly<Record<Locale, Texts>> = { en: EN, 'zh-CN': ZH };

/** What is wrong with a condition's text: `"=" is not an operator`. The position is the caller's to draw. */
export function problemText(problem: ParseProblem, locale: Locale): string {
	return TEXTS[locale].problems[problem.code](safe(problem.params));
}

/** What to try instead, or null: `did you mean ==`. */
export function problemHint(problem: ParseProblem, locale: Locale): string | null {
	return problem.hint === undefined
		? null
		: TEXTS[locale].hints[problem.hint.code](safe(problem.hint.params));
}

/** Why a condition could not have failed. */
export function vacuousText(
	found: { readonly code: VacuousCode; readonly operand: string },
	locale: Locale,
): string {
	return TEXTS[locale].vacuous[found.code](clean(found.operand, { max: 80 }));
}

/** Parts of a configuration may hold anything too. */
function safe(params: Params): Params {
	return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, clean(value, { max: 80 })]));
}
