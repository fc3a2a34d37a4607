import { z } from 'zod';
import type { Samples } from '../domain/reading.ts';
import { err, ok } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { formatBare, type SampleValue, type Unit } from '../domain/value.ts';
import { defineCheckKind } from './define.ts';
import { duration, path, written } from './fields.ts';
import { safeLine } from './masking.ts';
import { countSample, isSampleName, msSample } from './samples.ts';
import { shellWord } from './shell-word.ts';

const isQueries = (value: unknown): boolean =>
	typeof value === 'object' &&
	value !== null &&
	!Array.isArray(value) &&
	Object.keys(value).length > 0 &&
	Object.entries(value).every(
		([name, query]) =>
			isSampleName(name) && name !== 'took' && typeof query === 'string' && query.trim() !== '',
	);

const schema = z.strictObject({
	file: path().describe('The database file. It is opened read-only.'),
	read: written<Readonly<Record<string, string>>>(isQueries, {
		json: { type: 'object', minProperties: 1, additionalProperties: { type: 'string', minLength: 1 } },
		error:
			'expected names with a query each, such as {customers: "select count(*) from customers"}; "took" is taken',
	}).describe(
		'Name → a SELECT of one value. All are read from one snapshot. `<name>.took` is its duration, `<name>.rows` its rows.',
	),
	wait: duration().prefault('1s').describe('How long to wait for a writer that holds the database.'),
});

export type SqliteOptions = z.output<typeof schema>;

/** Samples: `<name>` (absent unless the query gave one row), `<name>.took`, `<name>.rows`, `took`. Faults: `database-…`, `bad-query`. */
export const sqlite = defineCheckKind<SqliteOptions>({
	name: 'sqlite',
	title: { en: 'SQLite query', 'zh-CN': 'SQLite 查询' },
	pool: 'local',
	schema: schema as unknown as z.ZodType<SqliteOptions>,
	paths: ['file'],
	example: `integrity:
  kind: sqlite
  file: db/smart_loan_manager.db
  every: 5m
  read:
    customers: select count(*) from customers
    bills: select count(*) from bills
  must:
    - customers > 0
    - drop(bills) < 5%
  should:
    - customers.took < 100ms
`,
	headline: 'took',
	origin: () => null,
	target: (options) => clean(options.file, { max: 200 }),
	samples: (options) => {
		const units: Record<string, Unit> = { took: 'ms' };
		for (const name of Object.keys(options.read)) {
			units[name] = 'none';
			units[`${name}.took`] = 'ms';
			units[`${name}.rows`] = 'none';
		}
		return units;
	},
	impliedMust: (options) => Object.keys(options.read).map((name) => `${name}.rows == 1`),
	copyAs: (options) =>
		`sqlite3 -readonly ${shellWord(options.file)} ${Object.values(options.read)
			.map((query) => shellWord(query))
			.join(' ')}`,
	async probe(options, ports, context) {
		const began = ports.clock.monotonic();
		const answer = await ports.sql.read(
			{ file: options.file, queries: options.read, busyTimeoutMs: options.wait },
			context,
		);
		const took = ports.clock.monotonic() - began;
		const request = Object.entries(options.read).map(([name, query]) =>
			clean(`${name}: ${query}`, { max: 1024 }),
		);
		const timings = [{ phase: 'total', ms: took }];
		if (!answer.ok)
			return err({ ...answer.error, transcript: { request, response: [], body: '', bytes: 0, timings } });
		const samples: Record<string, Samples[string]> = { took: msSample(took) };
		const response: string[] = [];
		for (const name of Object.keys(options.read)) {
			const found = answer.value[name];
			if (found === undefined) continue;
			const value = safeSample(found.value);
			if (found.rows === 1 && value !== undefined) samples[name] = value;
			samples[`${name}.rows`] = countSample(found.rows);
			samples[`${name}.took`] = msSample(found.tookMs);
			const said = found.rows === 1 && value !== undefined ? formatBare(value) : `${found.rows} rows`;
			response.push(safeLine(options, `${name} = ${said}`));
		}
		return ok({ samples, transcript: { request, response, body: '', bytes: 0, timings } });
	},
});

/** A cell is somebody else's text. */
function safeSample(value: SampleValue | undefined): SampleValue | undefined {
	return typeof value === 'string' ? clean(value, { max: 1024 }) : value;
}
