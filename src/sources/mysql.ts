import { z } from 'zod';
import type { Run, SourcePorts } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { connectionKeys, connectionMistake, databaseTarget, placeOf } from '../fields/database-options.ts';
import { path } from '../fields/fields.ts';
import { defineSource } from './define.ts';
import { fileWord } from './file-word.ts';
import { measureMysql, unchanged } from './mysql-measure.ts';
import { forget, look, putBack, replace } from './mysql-replace.ts';
import { mask, measure, mysqlInto, restore, scratch } from './mysql-restore.ts';
import { askMysql, findMysqlTool, MYSQL, runMysqlTool } from './mysql-tools.ts';
import { runTool, whileGrowing } from './run-tool.ts';
import { sumQueries } from './sum-queries.ts';

const END = /^-- Dump completed/m;

const schema = z
	.strictObject({
		...connectionKeys(MYSQL),
		bin: path()
			.optional()
			.describe(
				'Folder of the programs to use (mysqldump or mariadb-dump, mysql or mariadb); else those on the PATH.',
			),
		sums: sumQueries(
			'Name → a SELECT of one value, kept in the manifest when it was the same before and after copying; a drill asks them again.',
		),
	})
	.superRefine((options, context) => {
		const mistake = connectionMistake(options, MYSQL);
		const place = placeOf(options, MYSQL);
		if (mistake !== null) context.addIssue({ code: 'custom', message: mistake });
		else if (place.ok && place.value.database === '')
			context.addIssue({ code: 'custom', message: 'expected "database"' });
	});

export type MysqlOptions = z.output<typeof schema>;

const count = (table: string, column: string, more = '') =>
	`select count(*) from information_schema.${table} where ${column} = database()${more}`;

const ABOUT = {
	version: 'select version()',
	charset: 'select @@character_set_database',
	collation: 'select @@collation_database',
	tables: count('tables', 'table_schema', " and table_type = 'BASE TABLE'"),
	views: count('views', 'table_schema'),
	routines: count('routines', 'routine_schema'),
	triggers: count('triggers', 'trigger_schema'),
	events: count('events', 'event_schema'),
	// What has no transactions is copied as it is at the moment it is read.
	unsafe: `select group_concat(table_name order by table_name separator ', ') from information_schema.tables
		where table_schema = database() and table_type = 'BASE TABLE' and engine in ('MyISAM', 'Aria', 'MEMORY', 'CSV', 'ARCHIVE')`,
};

/**
 * Copies: one dump of statements, by mysqldump or mariadb-dump. Rows and sums in the manifest are those that were the same right
 * before and right after; what changed meanwhile is named in the fact `changing`. Faults: those of a database, `command-missing`,
 * `version-mismatch`, `copy-incomplete` (the dump has no end), `source-changed` (a table was altered), `command-failed`.
 */
export const mysql = defineSource<MysqlOptions>({
	name: 'mysql',
	title: { en: 'MySQL or MariaDB database', 'zh-CN': 'MySQL 或 MariaDB 数据库' },
	schema: schema as unknown as z.ZodType<MysqlOptions>,
	paths: ['bin'],
	example: `orders:
  source: mysql
  host: localhost
  user: backup
  password: secret:backup_password
  database: orders
  sums:
    paid: select sum(cents) from payment
  to: backups/
  at: "02:00"
  keep: {days: 7}
  drill: 90d
`,
	subject: (options) => databaseTarget(options, MYSQL),
	names(options) {
		const place = placeOf(options, MYSQL);
		const name = fileWord(place.ok ? place.value.database : 'database');
		return { plain: `${name}.backup.YYYYMMDD.sql`, pinned: `${name}.backup.YYYYMMDD_HHMMSS.sql` };
	},
	compress: 'zstd',
	async size(options, ports, run) {
		const place = placeOf(options, MYSQL);
		if (!place.ok) return place;
		const bytes = 'select sum(data_length) from information_schema.tables where table_schema = database()';
		const told = await askMysql(ports, run, place.value, { bytes });
		return told.ok ? ok(Number(told.value['bytes'])) : told;
	},
	async copy(options, to, ports, run, { previous }) {
		const place = placeOf(options, MYSQL);
		if (!place.ok) return place;
		const there = await ports.folders.look(to);
		if (!there.ok) return there;
		if (there.value !== null) return err(fault('name-taken', { path: clean(to, { max: 300 }) }));
		const told = await askMysql(ports, run, place.value, ABOUT);
		if (!told.ok) return told;
		const server = told.value['version'] ?? '';
		const dump = await findMysqlTool(ports, run, 'dump', { bin: options.bin, server });
		if (!dump.ok) return dump;
		const client = await findMysqlTool(ports, run, 'client', { bin: options.bin, server });
		if (!client.ok) return client;
		const sums = options.sums ?? {};
		const before = await measureMysql(ports, run, client.value, place.value, sums);
		if (!before.ok) return before;
		const asOf = ports.clock.now();
		const own = dump.value.vendor === 'MySQL' ? ['--set-gtid-purged=OFF'] : [];
		const args = [...DUMP, ...own, '--', place.value.database];
		const about = previous?.plainBytes ?? null;
		const work = runMysqlTool(ports, run, dump.value, 'dump', args, place.value, { stdoutFile: to });
		const dumped = await whileGrowing(ports, run, to, about, work);
		const ended = dumped.ok ? await hasEnd(to, ports, run) : dumped;
		const after = ended.ok ? await measureMysql(ports, run, client.value, place.value, sums) : ended;
		if (!after.ok) {
			await ports.folders.remove(to);
			return after;
		}
		const { rows, sums: kept, changing } = unchanged(before.value, after.value);
		const { unsafe = '', charset = '', collation = '' } = told.value;
		const counted = Object.fromEntries(
			['tables', 'views', 'routines', 'triggers', 'events'].map((name) => [name, Number(told.value[name])]),
		);
		return ok({
			asOf,
			method: 'mysqldump',
			versions: { server: clean(server, { max: 100 }), dump: `${dump.value.version} (${dump.value.vendor})` },
			rows,
			sums: kept,
			facts: {
				database: clean(place.value.database, { max: 100 }),
				charset,
				collation,
				...counted,
				...(changing.length === 0 ? {} : { changing: clean(changing.join(', '), { max: 500 }) }),
			},
			warnings:
				unsafe === ''
					? []
					: [fault('not-supported', { reason: `no transactions: ${clean(unsafe, { max: 200 })}` })],
		});
	},
	async verify(_options, copy, ports, run) {
		const ended = await hasEnd(copy.file, ports, run);
		if (!ended.ok) return ended;
		// Statements begin lines: what stands in rows has its line ends escaped.
		const read = await runTool(ports, run, {
			argv: ['grep', '-a', '-c', '^CREATE TABLE ', copy.file],
			env: { LC_ALL: 'C' },
		});
		if (!read.ok) return read;
		if (read.value.exit !== 0 && read.value.exit !== 1) return err(fault('copy-damaged', { what: 'dump' }));
		const tables = Number(read.value.stdout.trim());
		const expected = Number(copy.manifest.facts['tables'] ?? tables);
		// Views stand in for tables until all of them are there.
		if (tables < expected)
			return err(fault('copy-incomplete', { reason: `${tables} of ${expected} tables` }));
		return ok({ tables, dumpedBy: copy.manifest.versions['dump'] ?? '' });
	},
	restoring: {
		live(options) {
			const place = placeOf(options, MYSQL);
			const found = place.ok ? place.value : UNKNOWN;
			const restored = { kind: 'database', engine: 'mysql', original: found, place: found } as const;
			return { shown: databaseTarget(options, MYSQL), restored, own: { way: 'live' } };
		},
		scratch,
		restore,
		mask,
		measure,
		look,
		replace,
		putBack,
		forget,
		intoSchema: mysqlInto,
	},
});

const UNKNOWN = { host: '', port: 0, user: '', password: null, database: '', tls: 'off' } as const;

const DUMP = [
	'--single-transaction',
	'--quick',
	'--routines',
	'--triggers',
	'--events',
	'--hex-blob',
	'--no-tablespaces',
	'--comments',
	'--dump-date',
];

/** The tool writes its last line when it has written all: a dump without it was cut short, whatever its exit code was. */
async function hasEnd(file: string, ports: SourcePorts, run: Run): Promise<Result<void, Fault>> {
	const end = await runTool(ports, run, { argv: ['tail', '-c', '200', '--', file], env: { LC_ALL: 'C' } });
	if (!end.ok) return end;
	return END.test(end.value.stdout) ? ok(undefined) : err(fault('copy-incomplete', {}));
}
