import { z } from 'zod';
import { duration, size, url, written } from '../fields/fields.ts';
import { isSampleName } from '../fields/queries.ts';
import { httpAuth, httpHeaders } from './http-options.ts';
import { readSelector } from './selector.ts';

/** What a number on the page or in an answer counts; seconds and milliseconds both become durations. */
export const MEASURES = ['seconds', 'milliseconds', 'bytes', 'ratio', 'none'] as const;
export type Measure = (typeof MEASURES)[number];

export const measure = () =>
	z.enum(MEASURES, { error: 'expected seconds, milliseconds, bytes, ratio or none' });

const selector = () =>
	written<string>((value) => typeof value === 'string' && readSelector(value) !== null, {
		json: { type: 'string', minLength: 1 },
		error: 'expected a metric, such as http_requests_total{status=~"5.."}',
	});

const watched = z
	.strictObject(
		{
			value: selector().optional().describe('A gauge, or the raw value of a counter, as it is now.'),
			rate: selector().optional().describe('How fast a counter grows, per second, over the window.'),
			increase: selector().optional().describe('By how much a counter grew over the window.'),
			ratio: selector()
				.optional()
				.describe('What part of the growth of a whole, "of" or "beside", was the growth of this counter.'),
			quantile: z
				.number({ error: 'expected a number between 0 and 1' })
				.gt(0, 'expected a number between 0 and 1')
				.lt(1, 'expected a number between 0 and 1')
				.optional()
				.describe('Such a quantile of what a histogram, "of", counted over the window: 0.95.'),
			daily: selector()
				.optional()
				.describe('By how much a counter grew in the last 24 hours, as a part of its mean day before.'),
			of: selector()
				.optional()
				.describe('The whole of a ratio; the histogram of a quantile, without "_bucket".'),
			beside: selector()
				.optional()
				.describe('The rest of a ratio, when no metric counts the whole: hits beside misses.'),
			over: duration().prefault('5m').describe('How long the window is.'),
			days: z
				.int({ error: 'expected a number of days from 1 to 30' })
				.min(1, 'expected a number of days from 1 to 30')
				.max(30, 'expected a number of days from 1 to 30')
				.prefault(7)
				.describe('How many days before the last 24 hours the mean is made of.'),
			fewest: z
				.int({ error: 'expected a number of events' })
				.min(1, 'expected a number of events')
				.optional()
				.describe(
					'Fewer events than this in the window are unknown: 20 for a quantile, 1 for a ratio and a mean day if not said.',
				),
			unit: measure()
				.prefault('none')
				.describe('What the metric counts: "seconds" makes durations, to be compared with 800ms.'),
		},
		{ error: 'expected a metric or a computation, such as {rate: http_requests_total}' },
	)
	.superRefine((options, context) => {
		const complain = (message: string) => context.addIssue({ code: 'custom', message });
		const ways = ['value', 'rate', 'increase', 'ratio', 'quantile', 'daily'] as const;
		if (ways.filter((way) => options[way] !== undefined).length !== 1)
			complain('expected exactly one of value, rate, increase, ratio, quantile and daily');
		const wants = [options.of, options.beside].filter((one) => one !== undefined).length;
		if (options.ratio !== undefined && wants !== 1) complain('expected "of" or "beside" with a ratio');
		if (options.quantile !== undefined && (options.of === undefined || options.beside !== undefined))
			complain('expected "of" with a quantile');
	});

export type Watched = z.output<typeof watched>;

const entry = z.union([selector().transform((value) => watched.parse({ value })), watched] as never, {
	error: 'expected a metric or a computation, such as {rate: http_requests_total}',
}) as unknown as z.ZodType<Watched>;

export const metricsSchema = z.strictObject({
	url: url().describe('Address of the metrics page, such as http://localhost:8000/metrics.'),
	watch: z
		.record(z.string(), entry, {
			error:
				'expected names with a metric or a computation each, such as {up_since: process_start_time_seconds}',
		})
		.superRefine((names, context) => {
			const wrong = Object.keys(names).length === 0 || Object.keys(names).some((name) => !isFree(name));
			if (wrong)
				context.addIssue({
					code: 'custom',
					message:
						'expected names of letters, digits and "_", at least one; "latency" and "series" are taken',
				});
		})
		.describe('Name → a metric, or {rate | increase | ratio | quantile | daily: …}. Each becomes a sample.'),
	auth: httpAuth().optional().describe('Credentials, by reference to a secret.'),
	headers: httpHeaders().optional().describe('Headers to send.'),
	bodyLimit: size().prefault('8MiB').describe('The largest page, after decompression; more is a fault.'),
	verifyTls: z
		.boolean({ error: 'expected true or false' })
		.prefault(true)
		.describe('Whether a certificate must be valid.'),
});

export type MetricsOptions = z.output<typeof metricsSchema>;

/** Dots are for what is said beside a value: `p95.events`. */
export function isFree(name: string): boolean {
	return isSampleName(name) && !name.includes('.') && name !== 'latency' && name !== 'series';
}
