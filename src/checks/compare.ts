import { z } from 'zod';
import type { ProbeContext } from '../domain/check.ts';
import {
	absolute,
	compare as compareNumbers,
	divide,
	multiply,
	subtract,
	toNumber,
} from '../domain/decimal.ts';
import { fault } from '../domain/fault.ts';
import type { Samples } from '../domain/reading.ts';
import { err, ok } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import {
	formatBare,
	isQuantity,
	type Quantity,
	quantity,
	readQuantity,
	type SampleValue,
} from '../domain/value.ts';
import { duration, written } from '../fields/fields.ts';
import { defineCheckKind } from './define.ts';
import { countSample, msSample } from './samples.ts';

const NAME = /^([\p{L}_][\p{L}\p{N}_-]*)\.([\p{L}_][\p{L}\p{N}_.-]*)$/u;
const isNames = (value: unknown): value is readonly string[] =>
	Array.isArray(value) &&
	value.length >= 2 &&
	value.every((one) => typeof one === 'string' && NAME.test(one));

const set = written<readonly string[]>(isNames, {
	json: { type: 'array', minItems: 2, items: { type: 'string' } },
	error: 'expected two or more values of other checks, such as [customers.count, integrity.customers]',
});

const sets = written<readonly (readonly string[])[]>(
	(value) => Array.isArray(value) && value.length > 0 && value.every(isNames),
	{
		json: { type: 'array', minItems: 1, items: { type: 'array', minItems: 2, items: { type: 'string' } } },
		error: 'expected pairs of values of other checks, such as [[customers.count, integrity.customers]]',
	},
);

const tolerance = written<string | number>(
	(value) =>
		(typeof value === 'number' && Number.isFinite(value) && value >= 0) ||
		(typeof value === 'string' && /^\d{1,9}(?:\.\d{1,9})?%$/.test(value)),
	{
		json: {
			anyOf: [
				{ type: 'number', minimum: 0 },
				{ type: 'string', pattern: '^\\d+(\\.\\d+)?%$' },
			],
		},
		error: 'expected a number or a share such as 1%',
	},
);

const schema = z
	.strictObject({
		equal: set.optional().describe('Values of other checks, `check.sample` each, that must all be the same.'),
		pairs: sets.optional().describe('Several such lists, each the same within itself.'),
		tolerance: tolerance
			.prefault(0)
			.describe('How far numbers may be apart: so much, or such a share of the larger one.'),
		apart: duration()
			.optional()
			.describe(
				'How far apart in time the values of one list may have been taken; further apart they are not compared.',
			),
	})
	.superRefine((options, context) => {
		if (options.equal === undefined && options.pairs === undefined)
			context.addIssue({ code: 'custom', message: 'expected equal, pairs, or both' });
	});

export type CompareOptions = z.output<typeof schema>;

/**
 * Samples: `compared` and `differing` (lists), `differences` (which and by what values), `spread` (largest difference of
 * numbers, as a share of the larger), `oldest` (age of the oldest value). Fault `no-fresh-value`: one is missing, stale or
 * too far away in time, and nothing else differs.
 */
export const compare = defineCheckKind<CompareOptions>({
	name: 'compare',
	title: { en: 'Comparison', 'zh-CN': '比较' },
	pool: 'local',
	schema: schema as unknown as z.ZodType<CompareOptions>,
	paths: [],
	example: `counts-agree:
  kind: compare
  every: 1m
  pairs:
    - [customers-api.customers, tables.customers]
customers-api:
  kind: http
  url: http://localhost:5000/api/customers
  show: {customers: "count($.customers[*])"}
tables:
  kind: sqlite
  file: db/smart_loan_manager.db
  read: {customers: select count(*) from customers}
`,
	headline: null,
	origin: () => null,
	target: (options) =>
		clean(
			listsOf(options)
				.map((list) => list.join(' = '))
				.join(', '),
			{ max: 200 },
		),
	texts: () => ['differences'],
	samples: () => ({
		compared: 'none',
		differing: 'none',
		differences: 'none',
		spread: 'ratio',
		oldest: 'ms',
	}),
	values: () => ['differing', 'differences'],
	impliedMust: () => ['differing == 0'],
	refersTo: (options) => listsOf(options).flat().map(split),
	async probe(options, _ports, context) {
		const outcomes = listsOf(options).map((list) => judgeList(list, options, context));
		const differing = outcomes.filter((one) => one.kind === 'different');
		const missing = outcomes.find((one) => one.kind === 'missing');
		const transcript = {
			request: listsOf(options).map((list) => clean(list.join(' = '), { max: 400 })),
			response: outcomes.map((one) => clean(`${MARK[one.kind]} ${one.text}`, { max: 400 })),
			body: '',
			bytes: 0,
			timings: [],
		};
		// What differs is told at once; that the rest agrees is only told when all of it was seen.
		if (missing !== undefined && differing.length === 0)
			return err({ ...fault('no-fresh-value', { name: missing.name, reason: missing.reason }), transcript });
		const seen = outcomes.filter((one) => one.kind !== 'missing');
		const samples: Record<string, Samples[string]> = {
			compared: countSample(seen.length),
			differing: countSample(differing.length),
			differences: clean(differing.map((one) => one.text).join('; '), { max: 400 }),
			oldest: msSample(context.now - Math.min(...seen.map((one) => one.oldestAt))),
		};
		const spreads = seen.flatMap((one) => one.spread ?? []);
		if (spreads.length > 0)
			samples['spread'] = quantity(Math.round(Math.max(...spreads) * 1e6) / 1e6, 'ratio');
		return ok({ samples, transcript });
	},
});

const MARK = { same: '=', different: '≠', missing: '?' } as const;

function listsOf({ equal, pairs }: CompareOptions): readonly (readonly string[])[] {
	return [...(equal === undefined ? [] : [equal]), ...(pairs ?? [])];
}

function split(name: string): { readonly check: string; readonly sample: string } {
	const [, check = '', sample = ''] = NAME.exec(name) ?? [];
	return { check, sample };
}

type Outcome =
	| {
			readonly kind: 'same' | 'different';
			readonly text: string;
			readonly oldestAt: number;
			readonly spread: number | null;
	  }
	| {
			readonly kind: 'missing';
			readonly text: string;
			readonly name: string;
			readonly reason: 'none' | 'stale';
	  };

function judgeList(names: readonly string[], options: CompareOptions, { latest }: ProbeContext): Outcome {
	const values: { readonly name: string; readonly value: SampleValue; readonly at: number }[] = [];
	for (const name of names) {
		const { check, sample } = split(name);
		const found = latest?.(check, sample);
		if (found === undefined || found.stale)
			return {
				kind: 'missing',
				text: name,
				name: clean(name, { max: 120 }),
				reason: found ? 'stale' : 'none',
			};
		values.push({ name, value: found.value, at: found.at });
	}
	const times = values.map(({ at }) => at);
	const oldestAt = Math.min(...times);
	if (options.apart !== undefined && Math.max(...times) - oldestAt > options.apart) {
		const name = clean(values.find(({ at }) => at === oldestAt)?.name ?? '', { max: 120 });
		return { kind: 'missing', text: name, name, reason: 'stale' };
	}
	const text = values.map(({ name, value }) => `${name} ${formatBare(value)}`).join(' · ');
	const numbers = values.map(({ value }) => numberOf(value));
	const sized = numbers.filter((one) => one !== null);
	if (sized.length < values.length) {
		const [first, ...rest] = values.map(({ value }) => (isQuantity(value) ? formatBare(value) : value));
		return { kind: rest.every((one) => one === first) ? 'same' : 'different', text, oldestAt, spread: null };
	}
	// 8 ms and 8 bytes are not the same.
	const units = new Set(sized.map((one) => one.unit).filter((unit) => unit !== 'none'));
	const sorted = sized.map((one) => one.number).sort(compareNumbers);
	const [low = '0', high = '0'] = [sorted[0], sorted.at(-1)];
	const distance = subtract(high, low);
	const larger = compareNumbers(absolute(low), absolute(high)) > 0 ? absolute(low) : absolute(high);
	const share = divide(distance, larger);
	const allowed =
		typeof options.tolerance === 'number'
			? (readQuantity(String(options.tolerance))?.number ?? '0')
			: multiply(multiply(options.tolerance.slice(0, -1), '0.01'), larger);
	const isSame = units.size <= 1 && compareNumbers(distance, allowed) <= 0;
	return {
		kind: isSame ? 'same' : 'different',
		text,
		oldestAt,
		spread: share === null ? 0 : toNumber(share),
	};
}

/** A number, also one written as text: databases and forms give both. */
function numberOf(value: SampleValue): Quantity | null {
	if (value === null || typeof value === 'boolean') return null;
	return typeof value === 'string' ? readQuantity(value.trim()) : value;
}
