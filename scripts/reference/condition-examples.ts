import {
	type EvaluationContext,
	evaluateCondition,
	parseCondition,
	parseExpression,
	proveCondition,
} from '../../src/domain/condition/index.ts';
import { quantity, type SampleValue } from '../../src/domain/value.ts';
import { proofText, proofWord } from '../../src/i18n/proof.ts';
import { reasonText } from '../../src/i18n/reason.ts';

const NOW = Date.UTC(2026, 0, 5, 9, 0, 0);
const MINUTE = 60_000;

/** The answer that the page's examples are judged on. */
export const DOCUMENT = {
	status: 'healthy',
	checked_at: '2026-01-05T08:58:30Z',
	customers: [{ plan: 'gold' }, { plan: 'basic' }],
	tags: [],
	error: null,
	net_balance: '266481.41',
} as const;

const SAMPLES: Readonly<Record<string, SampleValue>> = {
	status: quantity(200),
	latency: quantity(612, 'ms'),
	transactions: quantity(1960),
	expenses: quantity(690_403_273),
	repayments: quantity(663_755_132),
};

const CONTEXT: EvaluationContext = {
	now: NOW,
	document: DOCUMENT,
	sample: (name) => SAMPLES[name],
	header: (name) => (name === 'vary' ? 'Origin' : undefined),
	latest: (check, sample) =>
		check === 'summary' && sample === 'net'
			? { value: quantity('266481.41'), at: NOW - 5_000, stale: false }
			: undefined,
	baseline: (sample) =>
		sample === 'transactions' ? { value: quantity(48_609), at: NOW - 86_400_000 } : undefined,
	usual: (sample) =>
		sample === 'latency' ? { value: 9, days: 7, need: 3 } : { value: null, days: 2, need: 3 },
	window: (sample) =>
		sample === 'latency'
			? [8, 9, 9, 612].map((value, index) => ({ at: NOW - (4 - index) * MINUTE, value }))
			: [],
};

const MARKS = new Map<boolean | null, string>([
	[true, '✔ holds'],
	[false, '✖ broken'],
	[null, '? unknown'],
]);

/** What the program itself says of a condition. Throws when the condition cannot be read: then the page is wrong. */
export function judged(text: string): { readonly mark: string; readonly reason: string } {
	const parsed = parseCondition(text);
	if (!parsed.ok)
		throw new Error(`the condition reference holds "${text}", which is refused: ${parsed.error.code}`);
	const outcome = evaluateCondition(parsed.value, CONTEXT);
	return {
		mark: MARKS.get(outcome.holds) ?? '',
		reason: outcome.holds === true ? '' : reasonText(outcome, 'en'),
	};
}

/** Proves that an operand of the page can be read, and gives it back. */
export function readable(text: string): string {
	const parsed = parseExpression(text);
	if (!parsed.ok)
		throw new Error(`the condition reference holds "${text}", which is refused: ${parsed.error.code}`);
	return text;
}

/** What `rounds config prove` says of a condition, on the units of the same samples. */
export function proved(text: string): { readonly word: string; readonly said: string } {
	const parsed = parseCondition(text);
	if (!parsed.ok) throw new Error(`"${text}" is refused: ${parsed.error.code}`);
	const proof = proveCondition(parsed.value, {
		show: [],
		isOwn: (name) => Object.hasOwn(SAMPLES, name),
		unitOf: (name) => {
			const value = SAMPLES[name];
			return value !== undefined && value !== null && typeof value === 'object' ? value.unit : undefined;
		},
	});
	return { word: proofWord(proof.kind, 'en'), said: proofText(proof, 'en') };
}
