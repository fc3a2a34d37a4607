import type { ConditionOutcome, Operator, Resolved, ResolvedValue } from '../domain/condition/index.ts';
import type { Locale } from '../domain/own-text.ts';
import { cellWidth, clean, cut } from '../domain/text.ts';
import { formatValue } from '../domain/value.ts';
import { whyText } from './why.ts';

type Severity = 'must' | 'should';
/** An expectation in words: the operator, what it is compared with, and how much it matters. */
type Expectation = (severity: Severity, value: string) => string;

/** How a comparison with an empty text is said. */
const EMPTY_TEXT: Readonly<Partial<Record<Operator, Operator>>> = { '==': 'empty', '!=': 'not empty' };

/** One line of a list: no reason is wider than this. */
export const REASON_COLUMNS = 160;

const en = (positive: (value: string) => string, negative = ''): Expectation => {
	return (severity, value) => `${severity}${negative} ${positive(value)}`;
};
const zh = (positive: (value: string) => string, isNegative = false): Expectation => {
	const words = isNegative ? { must: '不得', should: '不应' } : { must: '必须', should: '应' };
	return (severity, value) => `${words[severity]}${positive(value)}`;
};

const EXPECTATIONS: Readonly<Record<Locale, Readonly<Record<Operator, Expectation>>>> = {
	en: {
		'==': en((value) => `be = ${value}`),
		'!=': en((value) => `be ≠ ${value}`),
		'<': en((value) => `be < ${value}`),
		'<=': en((value) => `be ≤ ${value}`),
		'>': en((value) => `be > ${value}`),
		'>=': en((value) => `be ≥ ${value}`),
		in: en((value) => `be in ${value}`),
		'not in': en((value) => `be in ${value}`, ' not'),
		contains: en((value) => `contain ${value}`),
		'not contains': en((value) => `contain ${value}`, ' not'),
		startsWith: en((value) => `start with ${value}`),
		'not startsWith': en((value) => `start with ${value}`, ' not'),
		endsWith: en((value) => `end with ${value}`),
		'not endsWith': en((value) => `end with ${value}`, ' not'),
		matches: en((value) => `match ${value}`),
		'not matches': en((value) => `match ${value}`, ' not'),
		exists: en(() => 'exist'),
		'not exists': en(() => 'exist', ' not'),
		empty: en(() => 'be empty'),
		'not empty': en(() => 'be empty', ' not'),
	},
	'zh-CN': {
		'==': zh((value) => ` = ${value}`),
		'!=': zh((value) => ` ≠ ${value}`),
		'<': zh((value) => ` < ${value}`),
		'<=': zh((value) => ` ≤ ${value}`),
		'>': zh((value) => ` > ${value}`),
		'>=': zh((value) => ` ≥ ${value}`),
		in: zh((value) => `在 ${value} 之中`),
		'not in': zh((value) => `在 ${value} 之中`, true),
		contains: zh((value) => `包含 ${value}`),
		'not contains': zh((value) => `包含 ${value}`, true),
		startsWith: zh((value) => `以 ${value} 开头`),
		'not startsWith': zh((value) => `以 ${value} 开头`, true),
		endsWith: zh((value) => `以 ${value} 结尾`),
		'not endsWith': zh((value) => `以 ${value} 结尾`, true),
		matches: zh((value) => `匹配 ${value}`),
		'not matches': zh((value) => `匹配 ${value}`, true),
		exists: zh(() => '存在'),
		'not exists': zh(() => '存在', true),
		empty: zh(() => '为空'),
		'not empty': zh(() => '为空', true),
	},
};

const WORDS = {
	en: { comma: ', ', colon: ': ', missing: 'not there', present: 'there' },
	'zh-CN': { comma: '，', colon: '：', missing: '不存在', present: '存在' },
} as const satisfies Record<Locale, unknown>;

/**
 * An outcome in one line of at most 160 columns: `drop(transactions) = 95.97 % (48,609 → 1,960), must be < 5 %`, or for an
 * unknown one `$.net_balance: nothing found at this path`. The one place where outcomes become sentences.
 */
export function reasonText(outcome: ConditionOutcome, locale: Locale, severity: Severity = 'must'): string {
	if (outcome.holds === null && outcome.why) {
		const operand = oneLine(outcome.why.params['operand'] ?? outcome.condition);
		return cut(
			`${cut(operand, 80)}${WORDS[locale].colon}${oneLine(whyText(outcome.why, locale))}`,
			REASON_COLUMNS,
		);
	}
	let line = '';
	for (const limit of [60, 40, 24, 12]) {
		line = sentence(outcome, locale, severity, limit);
		if (cellWidth(line) <= REASON_COLUMNS) return line;
	}
	return cut(line, REASON_COLUMNS);
}

function sentence(outcome: ConditionOutcome, locale: Locale, severity: Severity, limit: number): string {
	const [left] = outcome.resolved;
	const { must } = outcome;
	const show = (value: ResolvedValue, exact = false) => formatValue(value, { locale, maxText: limit, exact });
	// Two values that differ must not be drawn the same, as in "500 ms, must be < 500 ms".
	const isTie =
		left?.value !== undefined &&
		must.operand !== undefined &&
		/^(?:[<>]|==|!=)/.test(must.operator) &&
		show(left.value) === show(must.operand);
	const expected = must.operand === undefined ? must.value : show(must.operand, isTie);
	const named =
		must.text === undefined || must.operand === undefined ? '' : ` (${cut(oneLine(must.text), limit)})`;
	const seen =
		left === undefined
			? outcome.condition
			: observed(left, outcome, locale, (value) => show(value, isTie), limit);
	// Nobody reads `= ""`.
	const operator = must.operand === '' ? (EMPTY_TEXT[must.operator] ?? must.operator) : must.operator;
	return `${seen}${WORDS[locale].comma}${EXPECTATIONS[locale][operator](severity, expected + named)}`;
}

function observed(
	left: Resolved,
	outcome: ConditionOutcome,
	locale: Locale,
	show: (value: ResolvedValue) => string,
	limit: number,
): string {
	const text = cut(oneLine(left.text), Math.max(limit, 30));
	if (left.value === undefined) {
		const { operator } = outcome.must;
		if (!operator.endsWith('exists')) return text;
		const isThere = outcome.holds === (operator === 'exists');
		return `${text}${WORDS[locale].colon}${isThere ? WORDS[locale].present : WORDS[locale].missing}`;
	}
	const value = show(left.value);
	// A literal on the left says what it is already.
	const head = text === value || /^["'\d-]/.test(text) ? value : `${text} = ${value}`;
	return left.from === undefined || left.to === undefined
		? head
		: `${head} (${show(left.from)} → ${show(left.to)})`;
}

function oneLine(text: string): string {
	return clean(text.replace(/\s+/g, ' '));
}
