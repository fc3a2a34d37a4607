import { nameOfCopy } from '../domain/backup-name.ts';
import type { Run, SourcePorts } from '../domain/backup-ports.ts';
import type { DatabasePlace } from '../domain/database-port.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { placeOf } from '../fields/database-options.ts';
import type { OpenedCopy, Replaced, Standing } from './define.ts';

import type { PostgresOptions } from './postgres-options.ts';
import { beside, dropDatabase, load, toolsFor } from './postgres-restore.ts';
import {
	askPostgres,
	changing,
	identifier,
	literal,
	measurePlace,
	numberOf,
	oneByOne,
	runScript,
	textOf,
} from './postgres-sql.ts';
import { addressOf, findTools, POSTGRES, type PostgresTools } from './postgres-tools.ts';
import { finishing } from './run-tool.ts';

const ASIDE = /_before_\d{8}_\d{6}$/;
/** PostgreSQL cuts longer names off in silence. */
const NAME_BYTES = 63;

/** What a restore would replace; of a server that is there without the database: nothing. */
export async function look(
	options: PostgresOptions,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Standing, Fault>> {
	const place = placeOf(options, POSTGRES);
	if (!place.ok) return place;
	const tools = await toolsFor(options, place.value, 'psql', ports, run);
	if (!tools.ok)
		return tools.error.code === 'database-missing' ? ok({ exists: false, facts: {}, rows: null }) : tools;
	const told = await askPostgres(ports, run, place.value, {
		bytes: 'select pg_database_size(current_database())',
		others:
			'select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
	});
	if (!told.ok) return told;
	const measured = await measurePlace(ports, run, tools.value, place.value, {});
	const { rows } = measured.ok ? measured.value : { rows: null };
	return ok({
		exists: true,
		facts: {
			bytes: numberOf(told.value['bytes']),
			...(rows === null ? {} : { tables: Object.keys(rows).length }),
			connections: numberOf(told.value['others']),
		},
		rows,
	});
}

/** `<database>_restore_<stamp>`, never longer than a name may be. */
function named(database: string, what: 'restore' | 'before', stamp: string): string {
	const end = `_${what}_${stamp}`;
	let begin = database;
	while (Buffer.byteLength(begin + end) > NAME_BYTES) begin = begin.slice(0, -1).toWellFormed();
	return begin + end;
}

/** Before anything is loaded: whoever owns what comes has to be let into the schema that the database brings with it. */
const ownedAsLive = (live: string, fresh: string): string =>
	`select pg_catalog.format('alter database %I owner to %I', ${literal(fresh)}, pg_get_userbyid(datdba)) from pg_database where datname = ${literal(live)} \\gexec\n`;

/** What else a database itself has and a dump of its content has not: rights and settings. */
const likeLive = (live: string, fresh: string): string => `
select pg_catalog.format('revoke all on database %I from public', ${literal(fresh)}) from pg_database where datname = ${literal(live)} and datacl is not null \\gexec
select pg_catalog.format('grant %s on database %I to %s%s', privilege_type, ${literal(fresh)}, case when grantee = 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end,
	case when is_grantable then ' with grant option' else '' end)
	from pg_database, aclexplode(datacl) where datname = ${literal(live)} \\gexec
select pg_catalog.format('alter database %I set %I to %s', ${literal(fresh)}, split_part(one, '=', 1),
	case when split_part(one, '=', 1) in ('search_path', 'DateStyle', 'session_preload_libraries', 'local_preload_libraries', 'temp_tablespaces')
	then substr(one, strpos(one, '=') + 1) else quote_literal(substr(one, strpos(one, '=') + 1)) end)
	from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase, unnest(setconfig) one where setrole = 0 and datname = ${literal(live)} \\gexec
`;

/** Loads the copy beside the live database, proves that all of it came, and gives it the live one's name. */
export async function replace(
	options: PostgresOptions,
	copy: OpenedCopy,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Replaced, Fault>> {
	const found = placeOf(options, POSTGRES);
	if (!found.ok) return found;
	const live = found.value;
	const told = await askPostgres(ports, run, beside(live), {
		version: "select current_setting('server_version')",
		there: `select exists (select 1 from pg_database where datname = ${literal(live.database)})`,
	});
	if (!told.ok) return told;
	const tools = await findTools(ports, run, {
		bin: options.bin,
		program: 'pg_restore',
		server: textOf(told.value['version']),
	});
	if (!tools.ok) return tools;
	const stamp = nameOfCopy('YYYYMMDD_HHMMSS', '', run.now, run.zone);
	const [fresh, aside] = [named(live.database, 'restore', stamp), named(live.database, 'before', stamp)];
	const there = told.value['there'] === true;
	const made = await runScript(ports, run, tools.value, beside(live), oneByOne([create(copy, fresh)]));
	if (!made.ok) return made;
	const swapped = await fill(options, copy, { live, fresh, aside, there }, tools.value, ports, run);
	if (!swapped.ok) {
		await dropDatabase(tools.value, live, fresh, ports, finishing(run, ports));
		return swapped;
	}
	const restored = { kind: 'database', engine: 'postgres', original: live, place: live } as const;
	const shown = `${addressOf(live)}/${clean(live.database, { max: 100 })}`;
	return ok({ aside: there ? aside : null, place: { shown, restored, own: { way: 'live' } } });
}

function create({ manifest: { facts } }: OpenedCopy, name: string): string {
	const of = (fact: string) => literal(String(facts[fact] ?? 'C'));
	const icu = facts['icu'] === undefined ? '' : ` locale_provider icu icu_locale ${of('icu')}`;
	return `create database ${identifier(name)} template template0 encoding ${literal(String(facts['encoding'] ?? 'UTF8'))} lc_collate ${of('collate')} lc_ctype ${of('ctype')}${icu}`;
}

interface Names {
	readonly live: DatabasePlace;
	readonly fresh: string;
	readonly aside: string;
	readonly there: boolean;
}

async function fill(
	options: PostgresOptions,
	copy: OpenedCopy,
	{ live, fresh, aside, there }: Names,
	tools: PostgresTools,
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	run.onProgress({ phase: 'restore', done: 0, total: null, unit: 'bytes' });
	const to = { ...live, database: fresh };
	const owned = await runScript(ports, run, tools, beside(live), ownedAsLive(live.database, fresh));
	if (!owned.ok) return owned;
	const loaded = await load(copy.file, to, tools, [], ports, run);
	if (!loaded.ok) return loaded;
	const measured = await measurePlace(ports, run, tools, to, options.sums ?? {});
	if (!measured.ok) return measured;
	for (const [table, rows] of Object.entries(copy.manifest.rows ?? {}))
		if (measured.value.rows[table] !== rows)
			return err(fault('copy-damaged', { what: 'rows', name: clean(table, { max: 100 }) }));
	const like = await runScript(ports, run, tools, beside(live), likeLive(live.database, fresh));
	if (!like.ok) return like;
	return swap(
		tools,
		live,
		there
			? [
					[live.database, aside],
					[fresh, live.database],
				]
			: [[fresh, live.database]],
		ports,
		run,
	);
}

/** Gives databases other names, all or none. Nobody may be in them, and nobody gets in meanwhile. */
async function swap(
	tools: PostgresTools,
	live: DatabasePlace,
	names: readonly (readonly [string, string])[],
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	const from = names.map(([name]) => name);
	const closed = from.map((name) => `alter database ${identifier(name)} allow_connections false`);
	const ended = `select pg_terminate_backend(pid) from pg_stat_activity where datname in (${from.map(literal).join(', ')}) and pid <> pg_backend_pid()`;
	const renamed = names.map(([name, as]) => `alter database ${identifier(name)} rename to ${identifier(as)}`);
	const opened = (one: readonly string[]) =>
		one.map((name) => `alter database ${identifier(name)} allow_connections true`);
	// Opened in the transaction that renames: were we killed then, nobody would find it closed. Renaming waits some seconds by
	// itself for those that were told to go.
	const script = `${changing(closed)}${ended};\n${changing([...renamed, ...opened(names.map(([, as]) => as))])}`;
	const done = await runScript(ports, run, tools, beside(live), script);
	if (done.ok) return ok(undefined);
	await runScript(ports, finishing(run, ports), tools, beside(live), changing(opened(from)));
	return done;
}

/** The way back. What had been restored goes: its copy is there still. */
export async function putBack(
	options: PostgresOptions,
	aside: string,
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	const ready = await around(options, aside, ports, run);
	if (!ready.ok) return ready;
	const { live, tools } = ready.value;
	const told = await askPostgres(ports, run, beside(live), {
		there: `select exists (select 1 from pg_database where datname = ${literal(live.database)})`,
	});
	if (!told.ok) return told;
	if (told.value['there'] !== true) return swap(tools, live, [[aside, live.database]], ports, run);
	const failed = named(live.database, 'restore', nameOfCopy('YYYYMMDD_HHMMSS', '', run.now, run.zone));
	const swapped = await swap(
		tools,
		live,
		[
			[live.database, failed],
			[aside, live.database],
		],
		ports,
		run,
	);
	return swapped.ok ? dropDatabase(tools, live, failed, ports, run) : swapped;
}

/** Takes away what was set aside. */
export async function forget(
	options: PostgresOptions,
	aside: string,
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	const ready = await around(options, aside, ports, run);
	return ready.ok ? dropDatabase(ready.value.tools, ready.value.live, aside, ports, run) : ready;
}

async function around(options: PostgresOptions, aside: string, ports: SourcePorts, run: Run) {
	if (!ASIDE.test(aside)) return err(fault('not-restorable', { what: clean(aside, { max: 100 }) }));
	const live = placeOf(options, POSTGRES);
	if (!live.ok) return live;
	const tools = await toolsFor(options, beside(live.value), 'psql', ports, run);
	return tools.ok ? ok({ live: live.value, tools: tools.value }) : tools;
}
