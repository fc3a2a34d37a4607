import { z } from 'zod';
import { duration, size, url, written } from '../fields/fields.ts';
import { httpAuth, httpHeaders } from './http-options.ts';
import { isFree, MEASURES, type Measure } from './metrics-options.ts';

const MOST_QUERIES = 20;
const LONGEST_QUERY = 4000;
/** A Prometheus server answers no more points a series than this. */
const MOST_POINTS = 11_000;

const isQueries = (value: unknown): boolean =>
	typeof value === 'object' &&
	value !== null &&
	!Array.isArray(value) &&
	Object.keys(value).length > 0 &&
	Object.keys(value).length <= MOST_QUERIES &&
	Object.entries(value).every(
		([name, query]) =>
			isFree(name) && typeof query === 'string' && query.trim() !== '' && query.length <= LONGEST_QUERY,
	);

const isUnits = (value: unknown): boolean =>
	typeof value === 'object' &&
	value !== null &&
	!Array.isArray(value) &&
	Object.values(value).every((unit) => MEASURES.includes(unit));

export const prometheusSchema = z
	.strictObject({
		url: url().describe('Address of the Prometheus server, such as http://localhost:9090.'),
		query: written<Readonly<Record<string, string>>>(isQueries, {
			json: {
				type: 'object',
				minProperties: 1,
				maxProperties: MOST_QUERIES,
				additionalProperties: { type: 'string', minLength: 1, maxLength: LONGEST_QUERY },
			},
			error:
				'expected up to 20 names with a PromQL query each, such as {down: "count(up == 0) or vector(0)"}; "latency" is taken',
		}).describe(
			'Name → a PromQL query. One series becomes `<name>`; of several there are `<name>.count`, `.min`, `.max`, `.lowest` and `.highest`.',
		),
		unit: written<Readonly<Record<string, Measure>>>(isUnits, {
			json: { type: 'object', additionalProperties: { enum: [...MEASURES] } },
			error:
				'expected names of queries with seconds, milliseconds, bytes, ratio or none, such as {p95: seconds}',
		})
			.prefault({})
			.describe('What the answers count: "seconds" makes durations, to be compared with 800ms.'),
		range: duration()
			.optional()
			.describe(
				'Ask for this long back from now: `.min` and `.max` are then those of all that time, `<name>` is the newest.',
			),
		step: duration().prefault('15s').describe('How far the points of a range lie apart.'),
		auth: httpAuth().optional().describe('Credentials, by reference to a secret.'),
		headers: httpHeaders().optional().describe('Headers to send, such as the tenant.'),
		bodyLimit: size().prefault('4MiB').describe('The largest answer, after decompression; more is a fault.'),
		verifyTls: z
			.boolean({ error: 'expected true or false' })
			.prefault(true)
			.describe('Whether a certificate must be valid.'),
	})
	.superRefine((options, context) => {
		if (Object.keys(options.unit).some((name) => !Object.hasOwn(options.query, name)))
			context.addIssue({ code: 'custom', message: 'expected only names of queries in "unit"' });
		if (options.range === undefined) return;
		const points = options.range / options.step;
		if (!(points >= 1 && points <= MOST_POINTS))
			context.addIssue({
				code: 'custom',
				message: 'expected a step that goes 1 to 11000 times into the range',
			});
	});

export type PrometheusOptions = z.output<typeof prometheusSchema>;
