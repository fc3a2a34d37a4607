import type { z } from 'zod';
import type { SqlCell } from '../domain/ports.ts';
import type { Samples } from '../domain/reading.ts';
import { err, ok } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { formatBare, isQuantity, type SampleValue, type Unit } from '../domain/value.ts';
import { defineCheckKind } from './define.ts';
import { safeLine } from './masking.ts';
import { restoredPath } from './restored.ts';
import { countSample, msSample } from './samples.ts';
import { shellWord } from './shell-word.ts';
import { isIndexed, SQLITE_FACTS, type SqliteOptions, sqliteSchema } from './sqlite-options.ts';

/**
 * Samples: `<name>` (absent unless the query gave one row), `<name>.took`, `<name>.rows`, `took`; of a plan `<name>.indexed` and
 * `<name>.plan`; `integrity`, `integrity.took`; with `facts` those of `SQLITE_FACTS`. Faults: `database-…`, `bad-query`.
 */
export const sqlite = defineCheckKind<SqliteOptions>({
	name: 'sqlite',
	title: { en: 'SQLite query', 'zh-CN': 'SQLite 查询' },
	pool: 'local',
	schema: sqliteSchema as unknown as z.ZodType<SqliteOptions>,
	paths: ['file'],
	example: `integrity:
  kind: sqlite
  file: db/smart_loan_manager.db
  every: 5m
  read:
    customers: select count(*) from customers
    bills: select count(*) from bills
  integrity: quick
  plan:
    by-customer: {query: "select * from bills where customer_id = ?", uses: bills_customer}
  facts: true
  must:
    - customers > 0
    - drop(bills) < 5%
    - integrity == "ok"
    - by-customer.indexed == true
    - change(schema) == 0
    - user_version == 7
  should:
    - customers.took < 100ms
`,
	headline: 'took',
	origin: () => null,
	target: (options) => clean(options.file, { max: 200 }),
	texts: ({ facts, plan = {} }) => [
		...(facts ? ['schema'] : []),
		...Object.keys(plan).map((name) => `${name}.plan`),
	],
	samples: (options) => {
		const units: Record<string, Unit> = { took: 'ms' };
		for (const name of Object.keys(options.read ?? {})) {
			units[name] = 'none';
			units[`${name}.took`] = 'ms';
			units[`${name}.rows`] = 'none';
		}
		if (options.integrity !== undefined) {
			units['integrity'] = 'none';
			units['integrity.took'] = 'ms';
		}
		for (const name of Object.keys(options.plan ?? {})) {
			units[`${name}.indexed`] = 'none';
			units[`${name}.plan`] = 'none';
		}
		return options.facts ? { ...units, ...SQLITE_FACTS } : units;
	},
	impliedMust: (options) => [
		...Object.keys(options.read ?? {}).map((name) => `${name}.rows == 1`),
		...Object.keys(options.plan ?? {}).map((name) => `${name}.indexed == true`),
		...(options.integrity === undefined ? [] : ['integrity == "ok"']),
	],
	copyAs: (options) =>
		`sqlite3 -readonly ${shellWord(options.file)} ${statements(options)
			.map(([, statement]) => shellWord(statement))
			.join(' ')}`,
	onRestored(options, restored) {
		const file = restoredPath(options.file, restored);
		return file === null ? null : { ...options, file };
	},
	async probe(options, ports, context) {
		const began = ports.clock.monotonic();
		const answer = await ports.sql.read(
			{
				file: options.file,
				queries: options.read ?? {},
				busyTimeoutMs: options.wait,
				...(options.integrity === undefined ? {} : { integrity: options.integrity }),
				plans: Object.fromEntries(
					Object.entries(options.plan ?? {}).map(([name, { query }]) => [name, query]),
				),
				facts: options.facts,
			},
			context,
		);
		const took = ports.clock.monotonic() - began;
		const request = statements(options).map(([name, statement]) =>
			clean(`${name}: ${statement}`, { max: 1024 }),
		);
		const timings = [{ phase: 'total', ms: took }];
		if (!answer.ok)
			return err({ ...answer.error, transcript: { request, response: [], body: '', bytes: 0, timings } });
		const samples: Record<string, Samples[string]> = { took: msSample(took) };
		const response: string[] = [];
		for (const name of Object.keys(options.read ?? {})) {
			const found = answer.value[name];
			if (found === undefined) continue;
			const value = safeSample(found.value);
			if (found.rows === 1 && value !== undefined) samples[name] = value;
			samples[`${name}.rows`] = countSample(found.rows);
			samples[`${name}.took`] = msSample(found.tookMs);
			const said = found.rows === 1 && value !== undefined ? formatBare(value) : `${found.rows} rows`;
			response.push(safeLine(options, `${name} = ${said}`));
		}
		const closer = closerSamples(options, answer.value);
		for (const [name, value] of Object.entries(closer))
			response.push(safeLine(options, `${name} = ${formatBare(value)}`));
		Object.assign(samples, closer);
		return ok({ samples, transcript: { request, response, body: '', bytes: 0, timings } });
	},
});

/** What is asked, as it would be by hand. */
function statements(options: SqliteOptions): readonly (readonly [string, string])[] {
	const { read = {}, plan = {}, integrity, facts } = options;
	return [
		...Object.entries(read),
		...Object.entries(plan).map(([name, { query }]) => [name, `explain query plan ${query}`] as const),
		...(integrity === undefined
			? []
			: [['integrity', `pragma ${integrity === 'full' ? 'integrity_check' : 'quick_check'}`] as const]),
		...(facts ? [['user_version', 'pragma user_version'] as const] : []),
	];
}

function closerSamples(
	options: SqliteOptions,
	answer: Readonly<Record<string, SqlCell>>,
): Readonly<Record<string, SampleValue>> {
	const samples: Record<string, SampleValue> = {};
	const whole = answer['integrity'];
	if (options.integrity !== undefined && whole !== undefined) {
		samples['integrity'] = safeSample(whole.value) ?? null;
		samples['integrity.took'] = msSample(whole.tookMs);
	}
	for (const [name, { uses }] of Object.entries(options.plan ?? {})) {
		const steps = answer[`${name}.plan`]?.value;
		if (typeof steps !== 'string') continue;
		samples[`${name}.indexed`] = isIndexed(steps, uses);
		samples[`${name}.plan`] = clean(steps, { max: 1024 });
	}
	if (!options.facts) return samples;
	for (const [name, unit] of Object.entries(SQLITE_FACTS)) {
		const value = safeSample(answer[name]?.value);
		if (value !== undefined) samples[name] = isQuantity(value) ? { number: value.number, unit } : value;
	}
	return samples;
}

/** A cell is somebody else's text. */
function safeSample(value: SampleValue | undefined): SampleValue | undefined {
	return typeof value === 'string' ? clean(value, { max: 1024 }) : value;
}
