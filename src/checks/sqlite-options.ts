import { z } from 'zod';
import type { Unit } from '../domain/value.ts';
import { duration, path, written } from '../fields/fields.ts';
import { isQueries, isSampleName } from '../fields/queries.ts';

/** A query that is not run, and the index it must be answered from. */
export interface Plan {
	readonly query: string;
	readonly uses: string;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value.trim() !== '';

const isPlans = (value: unknown): boolean =>
	typeof value === 'object' &&
	value !== null &&
	!Array.isArray(value) &&
	Object.keys(value).length > 0 &&
	Object.entries(value as Record<string, Partial<Plan> | null>).every(
		([name, plan]) =>
			isSampleName(name) &&
			typeof plan === 'object' &&
			plan !== null &&
			isText(plan.query) &&
			isText(plan.uses) &&
			Object.keys(plan).length === 2,
	);

/** What `facts` brings, with units. */
export const SQLITE_FACTS: Readonly<Record<string, Unit>> = {
	size: 'bytes',
	free: 'bytes',
	user_version: 'none',
	schema: 'none',
};

export const sqliteSchema = z
	.strictObject({
		file: path().describe('The database file. It is opened read-only.'),
		read: written<Readonly<Record<string, string>>>(isQueries, {
			json: { type: 'object', minProperties: 1, additionalProperties: { type: 'string', minLength: 1 } },
			error:
				'expected names with a query each, such as {customers: "select count(*) from customers"}; "took" is taken',
		})
			.optional()
			.describe(
				'Name → a SELECT of one value. All are read from one snapshot. `<name>.took` is its duration, `<name>.rows` its rows.',
			),
		integrity: z
			.enum(['quick', 'full'], { error: 'expected quick or full' })
			.optional()
			.describe(
				'Reads the whole file: "quick" looks at its pages, "full" at indexes too. The sample `integrity` is "ok" or what is wrong.',
			),
		plan: written<Readonly<Record<string, Plan>>>(isPlans, {
			json: {
				type: 'object',
				minProperties: 1,
				additionalProperties: {
					type: 'object',
					required: ['query', 'uses'],
					properties: { query: { type: 'string', minLength: 1 }, uses: { type: 'string', minLength: 1 } },
					additionalProperties: false,
				},
			},
			error:
				'expected names with a query and its index, such as {by-id: {query: "select * from t where id = ?", uses: t_id}}',
		})
			.optional()
			.describe(
				'Name → a query that is not run, and the index that must find its rows ("primary key" for that). `<name>.indexed` says whether it would, `<name>.plan` how.',
			),
		facts: z
			.boolean({ error: 'expected true or false' })
			.prefault(false)
			.describe(
				'Whether to read `size` and `free` (bytes), `user_version`, and `schema`, a fingerprint of its tables, indexes, views and triggers.',
			),
		wait: duration().prefault('1s').describe('How long to wait for a writer that holds the database.'),
	})
	.superRefine((options, context) => {
		const wrong = (message: string) => context.addIssue({ code: 'custom', message });
		const { read = {}, integrity, plan = {}, facts } = options;
		const names = Object.keys(read);
		if (options.read === undefined && options.plan === undefined && integrity === undefined && !facts)
			return wrong('expected at least one of "read", "integrity", "plan" and "facts: true"');
		const taken = new Set([
			...(integrity === undefined ? [] : ['integrity', 'integrity.took']),
			...(facts ? Object.keys(SQLITE_FACTS) : []),
			...Object.keys(plan).flatMap((name) => [`${name}.indexed`, `${name}.plan`]),
		]);
		const twice = names.find((name) => taken.has(name));
		if (twice !== undefined) wrong(`the sample "${twice}" is taken`);
	});

export type SqliteOptions = z.output<typeof sqliteSchema>;

/** Whether a plan finds its rows by this index: reading the index from end to end is no finding. */
export function isIndexed(steps: string, index: string): boolean {
	const name = index.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
	const by =
		index.toLowerCase() === 'primary key' ? '(?:INTEGER )?PRIMARY KEY' : `(?:COVERING )?INDEX ${name}`;
	return steps.split('; ').some((step) => new RegExp(`^SEARCH .*\\bUSING ${by}(?: |$)`, 'i').test(step));
}
