import type { Why, WhyCode } from '../domain/condition/index.ts';
import type { Locale } from '../domain/own-text.ts';
import { formatValue, readQuantity } from '../domain/value.ts';

type Texts = Readonly<Record<WhyCode, (params: Readonly<Record<string, string>>) => string>>;

const UNITS: Readonly<Record<Locale, Readonly<Record<string, string>>>> = {
	en: { none: 'a plain number', ms: 'a duration', bytes: 'a size', ratio: 'a percentage' },
	'zh-CN': { none: '普通数字', ms: '时长', bytes: '大小', ratio: '百分比' },
};

/** What a unit is called in a sentence: `a duration`. */
export function unitText(unit: string | undefined, locale: Locale): string {
	return UNITS[locale][unit ?? 'none'] ?? UNITS[locale]['none'] ?? '';
}

/** A span of time kept as milliseconds in a reason's words. */
function span(ms: string | undefined, locale: Locale): string {
	const length = readQuantity(ms ?? '', 'ms');
	return length === null ? '?' : formatValue(length, locale);
}

const EN: Texts = {
	'sample-missing': () => 'this check has no such value now',
	'header-missing': () => 'the answer has no such header',
	'no-document': () => 'the answer has no JSON to look in',
	'path-missing': () => 'nothing found at this path',
	'parent-missing': ({ parent }) => `${parent} is not there, so nothing can be counted in it`,
	'none-found': () => 'nothing found, one value is needed',
	'several-found': () => 'several values found, one is needed',
	'not-a-list': ({ parent, found }) =>
		parent ? `${parent} is not a list` : `a list is needed, found ${found}`,
	'path-too-heavy': () => 'the answer is too deep or too large for this path',
	'no-such-check-value': () => 'that check has no such value yet',
	'stale-value': () => 'stale, that check has no fresh value',
	'no-baseline': () => 'no signed snapshot yet',
	'baseline-zero': () => 'the signed value is 0, a change from it has no percentage',
	'not-a-number': ({ found }) => `not a number, found ${found}`,
	'number-too-large': () => 'the result has too many digits',
	'not-text': ({ found }) => `not text, found ${found}`,
	'not-text-or-list': ({ found }) => `not text and not a list, found ${found}`,
	'no-length': ({ found }) => `has no length, found ${found}`,
	'not-one-value': ({ found }) => `not one value, found ${found}`,
	'text-too-long': ({ limit }) => `longer than ${limit} characters`,
	'pattern-over-time': ({ limitMs }) => `the pattern took longer than ${limitMs} ms on this text`,
	'not-a-time': ({ found }) => `not a time, found ${found}`,
	'time-in-future': ({ found }) => `this time is in the future: ${found}`,
	'unlike-units': ({ left, right }) =>
		`${unitText(left, 'en')} cannot be compared with ${unitText(right, 'en')}`,
	'unlike-kinds': ({ found, expected }) => `found ${found}, which cannot be compared with ${expected}`,
	'not-ordered': ({ found }) => `text has no order, found ${found}`,
	'divide-by-zero': () => 'is 0, and nothing can be divided by it',
	'too-few-samples': (params) => {
		if (params['needMs'] !== undefined)
			return `only ${span(params['haveMs'], 'en')} of ${span(params['needMs'], 'en')} seen since this process began to watch or history begins`;
		return params['need'] === undefined
			? 'not enough history yet'
			: `only ${params['have']} of at least ${params['need']} seen in the window`;
	},
	'too-few-days': ({ have, need }) => `too few days known at this hour: ${have} of ${need}`,
	'beyond-buckets': ({ limit }) => `somewhere above the last bucket of the histogram, ${limit}`,
	'partial-answer': ({ warning }) => `the server says that its answer may not be whole: ${warning}`,
};

const ZH: Texts = {
	'sample-missing': () => '此检查目前没有该值',
	'header-missing': () => '响应中没有此标头',
	'no-document': () => '响应中没有可查找的 JSON',
	'path-missing': () => '此路径下未找到任何内容',
	'parent-missing': ({ parent }) => `${parent} 不存在，无法在其中计数`,
	'none-found': () => '未找到任何值，需要一个值',
	'several-found': () => '找到多个值，只需要一个值',
	'not-a-list': ({ parent, found }) => (parent ? `${parent} 不是列表` : `需要列表，实际为 ${found}`),
	'path-too-heavy': () => '响应对此路径而言过深或过大',
	'no-such-check-value': () => '该检查尚无此值',
	'stale-value': () => '已过时，该检查没有新的值',
	'no-baseline': () => '尚无已签署的快照',
	'baseline-zero': () => '已签署的值为 0，无法计算变化百分比',
	'not-a-number': ({ found }) => `不是数字，实际为 ${found}`,
	'number-too-large': () => '结果的位数过多',
	'not-text': ({ found }) => `不是文本，实际为 ${found}`,
	'not-text-or-list': ({ found }) => `既不是文本也不是列表，实际为 ${found}`,
	'no-length': ({ found }) => `没有长度，实际为 ${found}`,
	'not-one-value': ({ found }) => `不是单个值，实际为 ${found}`,
	'text-too-long': ({ limit }) => `超过 ${limit} 个字符`,
	'pattern-over-time': ({ limitMs }) => `该模式在此文本上用时超过 ${limitMs} 毫秒`,
	'not-a-time': ({ found }) => `不是时间，实际为 ${found}`,
	'time-in-future': ({ found }) => `此时间在未来：${found}`,
	'unlike-units': ({ left, right }) => `${unitText(left, 'zh-CN')}不能与${unitText(right, 'zh-CN')}比较`,
	'unlike-kinds': ({ found, expected }) => `实际为 ${found}，不能与 ${expected} 比较`,
	'not-ordered': ({ found }) => `文本没有大小顺序，实际为 ${found}`,
	'divide-by-zero': () => '为 0，不能作为除数',
	'too-few-samples': (params) => {
		if (params['needMs'] !== undefined)
			return `自本进程开始观察或有历史记录以来仅有 ${span(params['haveMs'], 'zh-CN')}，需要 ${span(params['needMs'], 'zh-CN')}`;
		return params['need'] === undefined
			? '历史记录还不够'
			: `时间窗口内仅有 ${params['have']} 个，至少需要 ${params['need']} 个`;
	},
	'too-few-days': ({ have, need }) => `此时段已知的天数太少：${have} / ${need}`,
	'beyond-buckets': ({ limit }) => `高于直方图的最后一个桶 ${limit}`,
	'partial-answer': ({ warning }) => `服务器表示响应可能不完整：${warning}`,
};

const TEXTS: Readonly<Record<Locale, Texts>> = { en: EN, 'zh-CN': ZH };

/** Why there is no answer, without the operand it is about. */
export function whyText(why: Why, locale: Locale): string {
	return TEXTS[locale][why.code](why.params);
}
