import { basename } from 'node:path';
import { z } from 'zod';
import { ok } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { duration, path, written } from '../fields/fields.ts';
import { isQueries } from '../fields/queries.ts';
import { defineSource } from './define.ts';
import { sqliteRestoring } from './sqlite-restoring.ts';
import { proveSound } from './sqlite-sound.ts';

const schema = z.strictObject({
	file: path().describe('The database file. It is opened read-only.'),
	sums: written<Readonly<Record<string, string>>>(isQueries, {
		json: { type: 'object', minProperties: 1, additionalProperties: { type: 'string', minLength: 1 } },
		error:
			'expected names with a query each, such as {customers: "select count(*) from customers"}; "took" is taken',
	})
		.optional()
		.describe(
			'Name → a SELECT of one value, such as a balance. Kept in the manifest beside the rows of every table, and held against what is restored.',
		),
	wait: duration()
		.prefault('250ms')
		.describe(
			'The longest that the application may be kept from writing at a time. In WAL mode it never is; else a database too large for it is copied in a quiet moment or not at all, and that is said.',
		),
});

export type SqliteSourceOptions = z.output<typeof schema>;

/** A SQLite database that may be written to meanwhile. Faults: those of `HeavyPort.copySqlite`. */
export const sqlite = defineSource<SqliteSourceOptions>({
	name: 'sqlite',
	title: { en: 'SQLite database', 'zh-CN': 'SQLite 数据库' },
	schema: schema as unknown as z.ZodType<SqliteSourceOptions>,
	paths: ['file'],
	example: `database:
  source: sqlite
  file: backend_python/database.db
  sums:
    balance: select sum(amount_cents) from transactions
  to: backups/
  at: "02:00"
  keep: {days: 7}
  drill: 90d
`,
	subject: (options) => clean(options.file, { max: 200 }),
	names(options) {
		const name = nameOf(options.file);
		return { plain: `${name}.backup.YYYYMMDD`, pinned: `${name}.backup.YYYYMMDD_HHMMSS` };
	},
	compress: 'none',
	async size(options, ports) {
		const found = await ports.files.facts(options.file);
		return found.ok ? ok(found.value.bytes) : found;
	},
	async copy(options, to, ports, run) {
		const copied = await ports.heavy.copySqlite(
			{ file: options.file, to, sums: options.sums ?? {}, longestWaitMs: options.wait },
			run,
			run.onProgress,
		);
		if (!copied.ok) return copied;
		const { asOf, method, rows, sums, sqliteVersion, journalMode, pageSize, userVersion } = copied.value;
		return ok({
			asOf,
			method,
			versions: { sqlite: sqliteVersion },
			rows,
			sums,
			facts: {
				journalMode,
				pageSize,
				userVersion,
				schema: copied.value.schema,
				longestLockMs: Math.round(copied.value.longestLockMs * 10) / 10,
			},
			warnings: [],
		});
	},
	async verify(options, copy, ports, run) {
		run.onProgress({ phase: 'check', done: 0, total: 1, unit: 'steps' });
		const found = await proveSound(copy.file, copy.manifest, options.sums, ports, run);
		if (!found.ok) return found;
		run.onProgress({ phase: 'check', done: 1, total: 1, unit: 'steps' });
		const rows = Object.values(found.value.rows);
		return ok({
			integrity: found.value.integrity,
			tables: rows.length,
			rows: rows.reduce((sum, count) => sum + count, 0),
			userVersion: found.value.userVersion,
			schema: found.value.schema,
		});
	},
	restoring: sqliteRestoring,
});

/** The file's own name as the beginning of a name of ours. */
function nameOf(file: string): string {
	const name = basename(file)
		.replace(/[\0-\x1f\x7f]/g, '_')
		.replace(/^[.-]+/, '')
		.slice(0, 150);
	return name === '' ? 'database' : name;
}
