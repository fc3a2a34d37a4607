import type { z } from 'zod';
import { fault } from '../domain/fault.ts';
import { err, ok } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { databaseTarget, placeOf } from '../fields/database-options.ts';
import { defineSource } from './define.ts';
import { fileWord } from './file-word.ts';
import { type PostgresOptions, postgresInto, postgresSchema } from './postgres-options.ts';
import { forget, look, putBack, replace } from './postgres-replace.ts';
import { mask, measure, restore } from './postgres-restore.ts';
import { scratch } from './postgres-scratch.ts';
import {
	askPostgres,
	BEGIN_READING,
	measuring,
	numberOf,
	readMeasured,
	runScript,
	textOf,
} from './postgres-sql.ts';
import { findTools, POSTGRES, runPostgresTool, toolFault } from './postgres-tools.ts';
import { finishing, whileGrowing } from './run-tool.ts';

/** The dump is made from within the session that holds the snapshot, so that rows and sums are of the same instant. */
const DUMP = String.raw`select pg_export_snapshot() as snapshot \gset
\setenv ROUNDS_SNAPSHOT :snapshot
\echo began
\set code ${'`'}umask 077; "$ROUNDS_TOOL" -w --format=custom --snapshot="$ROUNDS_SNAPSHOT" --file="$ROUNDS_TO" >&2 && printf 0 || printf 1${'`'}
\echo dump :code
\if :code
\quit
\endif
`;

/**
 * Copies: one `pg_dump` in its custom format. Facts: `database`, `encoding`, `collate`, `ctype`, `tables`. Faults: those of a
 * database, `command-missing`, `version-mismatch`, `disk-full`, `command-failed` {command, exit, message}.
 */
export const postgres = defineSource<PostgresOptions>({
	name: 'postgres',
	title: { en: 'PostgreSQL database', 'zh-CN': 'PostgreSQL 数据库' },
	schema: postgresSchema as unknown as z.ZodType<PostgresOptions>,
	paths: ['bin', 'scratch'],
	example: `booking:
  source: postgres
  host: localhost
  user: backup
  password: secret:backup_password
  database: booking
  sums:
    paid: select sum(cents) from payment
  to: backups/
  at: "02:00"
  keep: {days: 30}
  drill: 90d
`,
	subject: (options) => databaseTarget(options, POSTGRES),
	names: (options) => {
		const place = placeOf(options, POSTGRES);
		const name = fileWord(place.ok ? place.value.database : 'database');
		return { plain: `${name}.backup.YYYYMMDD.dump`, pinned: `${name}.backup.YYYYMMDD_HHMMSS.dump` };
	},
	// The format compresses by itself, and stays readable for pg_restore alone.
	compress: 'none',
	async size(options, ports, run) {
		const place = placeOf(options, POSTGRES);
		if (!place.ok) return place;
		const told = await askPostgres(ports, run, place.value, {
			bytes: 'select pg_database_size(current_database())',
		});
		return told.ok ? ok(numberOf(told.value['bytes'])) : told;
	},
	async copy(options, to, ports, run, { previous }) {
		const place = placeOf(options, POSTGRES);
		if (!place.ok) return place;
		const there = await ports.folders.look(to);
		if (!there.ok) return there;
		if (there.value !== null) return err(fault('name-taken', { path: clean(to, { max: 300 }) }));
		const told = await askPostgres(ports, run, place.value, ABOUT);
		if (!told.ok) return told;
		const server = textOf(told.value['version']);
		const tools = await findTools(ports, run, { bin: options.bin, program: 'pg_dump', server });
		if (!tools.ok) return tools;
		let asOf = ports.clock.now();
		const onPrinted = (text: string) => {
			// The snapshot is taken: what follows is not in it.
			if (text.includes('began')) asOf = ports.clock.now();
		};
		const script = `${BEGIN_READING}${DUMP}${measuring(options.sums ?? {})}commit;\n`;
		const env = { ROUNDS_TOOL: tools.value.path('pg_dump'), ROUNDS_TO: to };
		const said = await whileGrowing(
			ports,
			run,
			to,
			previous?.plainBytes ?? null,
			runScript(ports, run, tools.value, place.value, script, { env, onPrinted }),
		);
		const measured = said.ok ? readMeasured(said.value.stdout) : said;
		const failed = said.ok && !said.value.stdout.split('\n').includes('dump 0');
		if (!measured.ok || !said.ok || failed) {
			await ports.folders.remove(to);
			if (!measured.ok) return measured;
			return err(toolFault('pg_dump', { ...(said.ok ? said.value : none), exit: 1 }, place.value));
		}
		const { encoding, collate, ctype, icu } = told.value;
		return ok({
			asOf,
			method: 'pg-dump',
			versions: { server, pg_dump: tools.value.version },
			rows: measured.value.rows,
			sums: measured.value.sums,
			facts: {
				database: clean(textOf(told.value['database']), { max: 200 }),
				encoding: textOf(encoding),
				collate: textOf(collate),
				ctype: textOf(ctype),
				...(textOf(icu) === '' ? {} : { icu: textOf(icu) }),
				tables: Object.keys(measured.value.rows).length,
			},
			warnings: [],
		});
	},
	async verify(options, copy, ports, run) {
		const made = copy.manifest.versions['pg_dump'] ?? '0';
		const tools = await findTools(ports, run, { bin: options.bin, program: 'pg_restore', server: made });
		if (!tools.ok) return tools;
		const listed = await runPostgresTool(ports, run, tools.value, 'pg_restore', ['--list', copy.file], null, {
			stdoutFile: `${run.folder}/dump.list`,
		});
		// The list stands at the front: only reading every row finds what is missing behind it.
		const read = listed.ok
			? await runPostgresTool(ports, run, tools.value, 'pg_restore', ['--file=/dev/null', copy.file], null)
			: listed;
		if (!read.ok) {
			await ports.folders.remove(`${run.folder}/dump.list`);
			return err(damage(read.error));
		}
		const list = await ports.files.readText(
			`${run.folder}/dump.list`,
			64 * 1024 * 1024,
			finishing(run, ports),
		);
		await ports.folders.remove(`${run.folder}/dump.list`);
		if (!list.ok) return list;
		const entries = list.value.split('\n').filter((line) => /^\d+;/.test(line));
		const tables = entries.filter((line) => / TABLE DATA /.test(line)).length;
		return ok({ entries: entries.length, tables, dumpedBy: made });
	},
	restoring: {
		live(options) {
			const place = placeOf(options, POSTGRES);
			const found = place.ok ? place.value : UNKNOWN;
			return {
				shown: databaseTarget(options, POSTGRES),
				restored: { kind: 'database', engine: 'postgres', original: found, place: found },
				own: { way: 'live' },
			};
		},
		scratch,
		restore,
		mask,
		measure,
		look,
		replace,
		putBack,
		forget,
		intoSchema: postgresInto,
	},
});

const UNKNOWN = { host: '', port: 0, user: '', password: null, database: '', tls: 'off' } as const;
const none = { exit: 1, signal: null, stdout: '', stderr: '', bytes: 0, truncated: false, durationMs: 0 };

const ABOUT = {
	version: "select current_setting('server_version')",
	database: 'select current_database()',
	encoding: 'select pg_encoding_to_char(encoding) from pg_database where datname = current_database()',
	collate: 'select datcollate from pg_database where datname = current_database()',
	ctype: 'select datctype from pg_database where datname = current_database()',
	icu: `select case when pg_catalog.to_jsonb(d)->>'datlocprovider' = 'i' then coalesce(pg_catalog.to_jsonb(d)->>'datlocale', pg_catalog.to_jsonb(d)->>'daticulocale') end
		from pg_database d where datname = current_database()`,
};

/** A dump that its own tool cannot read is damaged; everything else that failed stays what it was. */
function damage(found: {
	readonly code: string;
	readonly detail: Readonly<Record<string, string | number>>;
}) {
	if (found.code !== 'command-failed') return found as ReturnType<typeof fault>;
	const message = String(found.detail['message'] ?? '');
	return /unexpected end of file|could not read from input file: end of file|too short/i.test(message)
		? fault('copy-incomplete', { reason: message })
		: fault('copy-damaged', { what: 'dump', reason: message });
}
