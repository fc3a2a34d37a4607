import type {
	ConditionOutcome,
	Proof,
	Resolved,
	ResolvedValue,
	StuckCode,
} from '../domain/condition/index.ts';
import type { Locale } from '../domain/own-text.ts';
import { clean, cut } from '../domain/text.ts';
import { formatValue } from '../domain/value.ts';
import { vacuousText } from './condition-problem.ts';
import { defineMessages, say } from './messages.ts';

type OwnCode = 'out-of-range' | 'never-whole' | 'other-kind' | 'no-order' | 'unknown-when-absent';

const words = defineMessages({
	en: {
		proven: 'proven',
		vacuous: 'vacuous',
		impossible: 'impossible',
		unproven: 'unproven',
		'fails-at': 'fails at {example}',
		'cannot-fail': 'no reading could fail it: {why}',
		'cannot-hold': 'nothing can satisfy it: {why}',
		'no-failing': 'found no reading that fails it: {why}',
		'no-holding': 'found no reading that satisfies it: {why}',
		'no-either': 'found no reading that fails or satisfies it: {why}',
		'out-of-range': '{operand} never gets past that',
		'never-whole': '{operand} is always a whole number',
		'other-kind': '{operand} is never of that kind',
		'no-order': 'nothing is less or more than {operand}',
		'unknown-when-absent': 'without {operand} it is unknown, which is no failure',
		filter: 'the filter {operand} is beyond what readings are made up for',
		pattern: 'no text was made up for {operand}',
		path: 'no document was made up for {operand}',
		'below-zero': 'only {operand} below zero would do',
		'too-many': '{operand} is more than readings are made up with',
		function: 'no reading was made up for {operand}',
		'none-found': 'none of those tried with {operand} did',
		there: 'there',
		'not-there': 'not there',
		comma: ', ',
		colon: ': ',
	},
	'zh-CN': {
		proven: '已证明',
		vacuous: '空洞',
		impossible: '不可能',
		unproven: '未证明',
		'fails-at': '不成立于 {example}',
		'cannot-fail': '任何读数都不会使其不成立：{why}',
		'cannot-hold': '任何读数都无法满足：{why}',
		'no-failing': '未找到使其不成立的读数：{why}',
		'no-holding': '未找到满足它的读数：{why}',
		'no-either': '既未找到使其不成立的读数，也未找到满足它的读数：{why}',
		'out-of-range': '{operand} 永远不会越过那里',
		'never-whole': '{operand} 总是整数',
		'other-kind': '{operand} 永远不是这种值',
		'no-order': '{operand} 没有大小先后之分',
		'unknown-when-absent': '没有 {operand} 时结果为未知，而未知不是失败',
		filter: '无法为过滤条件 {operand} 构造读数',
		pattern: '无法为 {operand} 构造文本',
		path: '无法为 {operand} 构造文档',
		'below-zero': '只有 {operand} 小于零才可以',
		'too-many': '{operand} 超出了构造读数的上限',
		function: '无法为 {operand} 构造读数',
		'none-found': '对 {operand} 试过的读数都不行',
		there: '存在',
		'not-there': '不存在',
		comma: '，',
		colon: '：',
	},
});

/** The longest an operand or an example is said. */
const MOST_COLUMNS = 120;

/** The class of a proof in one word. */
export function proofWord(kind: Proof['kind'], locale: Locale): string {
	return say(words, locale, kind);
}

/** What was found of a condition, in one line: `fails at latency = 501 ms`. */
export function proofText(proof: Proof, locale: Locale): string {
	const t = (key: keyof (typeof words)['en'], values = {}) => say(words, locale, key, values);
	switch (proof.kind) {
		case 'proven':
			return t('fails-at', { example: proof.fails === null ? '' : exampleText(proof.fails.outcome, locale) });
		case 'vacuous':
			return t('cannot-fail', { why: whyText(proof.code, proof.operand, locale) });
		case 'impossible':
			return t('cannot-hold', { why: whyText(proof.code, proof.operand, locale) });
		case 'unproven': {
			const missing = { failing: 'no-failing', holding: 'no-holding', both: 'no-either' } as const;
			return t(missing[proof.missing], { why: whyText(proof.code, proof.operand, locale) });
		}
	}
}

function whyText(
	code: (Proof & { kind: 'vacuous' })['code'] | StuckCode,
	operand: string,
	locale: Locale,
): string {
	switch (code) {
		case 'constant':
		case 'same-both-sides':
		case 'never-negative':
		case 'empty-list':
		case 'any-text':
		case 'always-there':
			return vacuousText({ code, operand }, locale);
		default: {
			const own: OwnCode | StuckCode = code;
			return say(words, locale, own, { operand: cut(clean(operand), 60) });
		}
	}
}

/** The values of a made-up reading in one line: `drop(transactions) = 6 % (1,000 → 940)`. */
export function exampleText(outcome: ConditionOutcome, locale: Locale): string {
	const { must, holds } = outcome;
	const plain = (value: ResolvedValue) => formatValue(value, { locale, maxText: 40 });
	// What is just beside a limit must not be drawn as the limit.
	const isTie = outcome.resolved.some(
		({ value }) => value !== undefined && must.operand !== undefined && plain(value) === plain(must.operand),
	);
	const show = (value: ResolvedValue) => formatValue(value, { locale, maxText: 40, exact: isTie });
	const parts = outcome.resolved.flatMap((seen, index) => part(seen, index, { show, outcome, locale }));
	const text = parts.length === 0 ? `${holds}` : parts.join(say(words, locale, 'comma'));
	return cut(text, MOST_COLUMNS);
}

function part(
	seen: Resolved,
	index: number,
	{
		show,
		outcome,
		locale,
	}: { show: (value: ResolvedValue) => string; outcome: ConditionOutcome; locale: Locale },
): string[] {
	const { operator } = outcome.must;
	const name = cut(clean(seen.text.replace(/\s+/g, ' ')), 60);
	if (seen.value === undefined) {
		if (index > 0) return [];
		const isThere =
			operator.startsWith('not ') !== (operator.endsWith('empty') ? !outcome.holds : outcome.holds === true);
		return [`${name}${say(words, locale, 'colon')}${say(words, locale, isThere ? 'there' : 'not-there')}`];
	}
	// A literal says what it is already.
	if (/^["'\d]/.test(name)) return [];
	const moved =
		seen.from === undefined || seen.to === undefined ? '' : ` (${show(seen.from)} → ${show(seen.to)})`;
	return [`${name} = ${show(seen.value)}${moved}`];
}
