import type { Why } from '../domain/condition/index.ts';
import { multiply } from '../domain/decimal.ts';
import type { Samples } from '../domain/reading.ts';
import { clean } from '../domain/text.ts';
import { type Quantity, readQuantity, type Unit } from '../domain/value.ts';
import type { Measure } from './metrics-options.ts';
import { countSample } from './samples.ts';

export interface Reckoned {
	readonly samples: Samples;
	readonly absent: Readonly<Record<string, Why>>;
}

/** One value as it came, with the labels that tell it from the others. */
export interface Labelled {
	readonly labels: ReadonlyMap<string, string>;
	readonly text: string;
}

const MOST_LABELS = 300;
const BESIDE = ['count', 'min', 'max', 'lowest', 'highest'] as const;

export function unitOf(measure: Measure): Unit {
	if (measure === 'seconds' || measure === 'milliseconds') return 'ms';
	return measure;
}

/** What `reckonSeries` may give under a name. */
export function seriesUnits(name: string, measure: Measure): Readonly<Record<string, Unit>> {
	const unit = unitOf(measure);
	const units: Record<string, Unit> = { [name]: unit };
	for (const beside of BESIDE)
		units[`${name}.${beside}`] = beside === 'min' || beside === 'max' ? unit : 'none';
	return units;
}

/** Those that are words. */
export function seriesTexts(name: string): readonly string[] {
	return [`${name}.lowest`, `${name}.highest`];
}

/** An exact number with its unit, or null for NaN, an infinity, and what is no number. */
export function measured(text: string, measure: Measure): Quantity | null {
	const found = readQuantity(text, unitOf(measure));
	if (found === null || measure !== 'seconds') return found;
	return { number: multiply(found.number, '1000'), unit: 'ms' };
}

/**
 * Samples `<name>` (only of one series), `.count`, `.min`, `.max`, `.lowest` and `.highest` (labels of the series with those
 * values). Nothing of no series, and nothing as soon as one of them is no number: why is said for each.
 */
export function reckonSeries(name: string, series: readonly Labelled[], measure: Measure): Reckoned {
	const all = [name, ...BESIDE.map((beside) => `${name}.${beside}`)];
	const none = (why: Why): Reckoned => ({
		samples: {},
		absent: Object.fromEntries(all.map((one) => [one, { ...why, params: { ...why.params, operand: one } }])),
	});
	if (series.length === 0) return none({ code: 'none-found', params: {} });
	const values: { readonly value: Quantity; readonly number: number; readonly from: Labelled }[] = [];
	for (const from of series) {
		const value = measured(from.text, measure);
		if (value === null) return none({ code: 'not-a-number', params: { found: notNumber(from) } });
		values.push({ value, number: Number(value.number), from });
	}
	values.sort((a, b) => a.number - b.number);
	const [low, high] = [values[0], values.at(-1)] as [(typeof values)[number], (typeof values)[number]];
	const samples: Record<string, Samples[string]> = {
		[`${name}.count`]: countSample(values.length),
		[`${name}.min`]: low.value,
		[`${name}.max`]: high.value,
		[`${name}.lowest`]: labelText(low.from),
		[`${name}.highest`]: labelText(high.from),
	};
	if (values.length > 1)
		return { samples, absent: { [name]: { code: 'several-found', params: { operand: name } } } };
	return { samples: { ...samples, [name]: high.value }, absent: {} };
}

function notNumber(from: Labelled): string {
	const labels = labelText(from);
	return clean(labels === '' ? from.text : `${from.text} (${labels})`, { max: 120 });
}

/** `instance="a:9100", job="node"`; a cleaned line. */
export function labelText({ labels }: Labelled): string {
	const pairs = [...labels].filter(([label]) => label !== '__name__');
	return clean(pairs.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(', '), {
		max: MOST_LABELS,
	});
}
