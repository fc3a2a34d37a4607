import type { RestorePlace, Run, SourcePorts } from '../domain/backup-ports.ts';
import type { DatabasePlace } from '../domain/database-port.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { placeOf } from '../fields/database-options.ts';
import type { Measured, OpenedCopy, Scratch } from './define.ts';
import {
	type Cluster,
	clusterPlace,
	makeCluster,
	randomWord,
	removeCluster,
	startCluster,
} from './postgres-cluster.ts';
import { type PostgresInto, type PostgresOptions, postgresInto } from './postgres-options.ts';
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
import { emptying, FOREIGN_OBJECTS } from './postgres-staging.ts';
import {
	addressOf,
	databaseArgument,
	findTools,
	majorOf,
	POSTGRES,
	type PostgresTools,
	runPostgresTool,
} from './postgres-tools.ts';
import { finishing, runTool } from './run-tool.ts';

export const DRILL = 'rounds_drill_';

/** The database where one stands to make and take away others. */
export const beside = (place: DatabasePlace): DatabasePlace => ({ ...place, database: 'postgres' });

/** Its own programs, for the server that is there. */
export async function toolsFor(
	options: Pick<PostgresOptions, 'bin'>,
	place: DatabasePlace,
	program: string,
	ports: SourcePorts,
	run: Run,
): Promise<Result<PostgresTools, Fault>> {
	const told = await askPostgres(ports, run, place, { version: "select current_setting('server_version')" });
	if (!told.ok) return told;
	return findTools(ports, run, { bin: options.bin, program, server: textOf(told.value['version']) });
}

const placeAt = (original: DatabasePlace, place: DatabasePlace, own: RestorePlace['own']): RestorePlace => ({
	shown: `${addressOf(place)}/${clean(place.database, { max: 100 })}`,
	restored: { kind: 'database', engine: 'postgres', original, place },
	own,
});

export const databaseOf = ({ restored }: RestorePlace): DatabasePlace => {
	if (restored.kind !== 'database') throw new Error('a place of another source');
	return restored.place;
};

/** A database of our own beside the live one, a named empty one, or one in a cluster of our own. */
export async function scratch(
	options: PostgresOptions,
	into: unknown,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Scratch, Fault>> {
	const live = placeOf(options, POSTGRES);
	if (!live.ok) return live;
	const wanted = into === null || into === undefined ? null : postgresInto.parse(into);
	if (wanted?.cluster === true) return scratchCluster(options, live.value, ports, run);
	if (wanted !== null) return staging(options, wanted, live.value, ports, run);
	const name = literal(live.value.database);
	const told = await askPostgres(ports, run, beside(live.value), {
		allowed: 'select rolcreatedb or rolsuper from pg_roles where rolname = current_user',
		version: "select current_setting('server_version')",
		shape: `select format('encoding %L lc_collate %L lc_ctype %L', pg_encoding_to_char(encoding), datcollate, datctype)
			|| case when to_jsonb(d)->>'datlocprovider' = 'i'
				then format(' locale_provider icu icu_locale %L', coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale')) else '' end
			from pg_database d where datname = ${name}`,
	});
	if (!told.ok) return told;
	// A role that may make no database can still prove its backups, in a place that nobody else knows.
	if (told.value['allowed'] !== true) return scratchCluster(options, live.value, ports, run);
	const tools = await findTools(ports, run, {
		bin: options.bin,
		program: 'psql',
		server: textOf(told.value['version']),
	});
	if (!tools.ok) return tools;
	const database = `${DRILL}${randomWord()}`;
	const shape = textOf(told.value['shape']);
	const made = await runScript(
		ports,
		run,
		tools.value,
		beside(live.value),
		oneByOne([`create database ${database} template template0 ${shape}`]),
	);
	const dispose = () => dropDatabase(tools.value, live.value, database, ports, finishing(run, ports));
	if (!made.ok) {
		await dispose();
		return made;
	}
	return ok({ place: placeAt(live.value, { ...live.value, database }, { way: 'database' }), dispose });
}

/** Also while others are in it. Only what carries a name of ours is ever given to it. */
export async function dropDatabase(
	tools: PostgresTools,
	place: DatabasePlace,
	database: string,
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	const told = await askPostgres(ports, run, beside(place), {
		version: "select current_setting('server_version_num')::int",
	});
	const force = told.ok && numberOf(told.value['version']) >= 130_000 ? ' with (force)' : '';
	const dropped = await runScript(
		ports,
		run,
		tools,
		beside(place),
		oneByOne([`drop database if exists ${identifier(database)}${force}`]),
	);
	return dropped.ok ? ok(undefined) : dropped;
}

async function staging(
	options: PostgresOptions,
	into: PostgresInto,
	live: DatabasePlace,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Scratch, Fault>> {
	const found =
		into.url === undefined
			? ok({ ...live, database: String(into.database) })
			: placeOf({ url: into.url }, POSTGRES);
	if (!found.ok) return found;
	const place = found.value;
	const isLive = place.host === live.host && place.port === live.port && place.database === live.database;
	const told = await askPostgres(ports, run, place, {
		objects: `select count(*) from (${FOREIGN_OBJECTS}) found`,
	});
	if (!told.ok) return told;
	const shown = `${addressOf(place)}/${clean(place.database, { max: 100 })}`;
	if (isLive || numberOf(told.value['objects']) !== 0) return err(fault('not-empty', { place: shown }));
	const tools = await toolsFor(options, place, 'psql', ports, run);
	if (!tools.ok) return tools;
	const before = await runScript(
		ports,
		run,
		tools.value,
		place,
		"select json_build_object('schemas', json_agg(nspname)) from pg_namespace;\n",
	);
	if (!before.ok) return before;
	const schemas = (JSON.parse(before.value.stdout.trim() || '{}') as { schemas?: string[] }).schemas ?? [];
	let over = false;
	const dispose = async (): Promise<Result<void, Fault>> => {
		if (over) return ok(undefined);
		const emptied = await runScript(
			ports,
			finishing(run, ports),
			tools.value,
			place,
			changing([emptying(schemas)]),
		);
		over = emptied.ok;
		return emptied.ok ? ok(undefined) : emptied;
	};
	return ok({ place: placeAt(live, place, { way: 'staging' }), dispose });
}

async function scratchCluster(
	options: PostgresOptions,
	live: DatabasePlace,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Scratch, Fault>> {
	// Where the live server is gone, the newest there is must do: that is when a drill is wanted most.
	const told = await askPostgres(ports, run, live, { version: "select current_setting('server_version')" });
	const server = told.ok ? textOf(told.value['version']) : '0';
	const tools = await findTools(ports, run, { bin: options.bin, program: 'initdb', server });
	if (!tools.ok) return tools;
	const made = await makeCluster(ports, run, options.scratch);
	if (!made.ok) return made;
	const cluster = made.value;
	const dispose = () => removeCluster(cluster, tools.value, ports, finishing(run, ports));
	const begun = await beginCluster(cluster, tools.value, live.user, ports, run);
	if (begun.ok) {
		const place = clusterPlace(cluster, live.user, live.database);
		return ok({ place: placeAt(live, place, { way: 'cluster', folder: cluster.folder }), dispose });
	}
	await dispose();
	return begun;
}

async function beginCluster(
	cluster: Cluster,
	tools: PostgresTools,
	user: string,
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	const argv = [
		...cluster.as,
		tools.path('initdb'),
		'-D',
		cluster.files,
		'-U',
		user,
		'-A',
		'trust',
		'--no-sync',
		'-E',
		'UTF8',
		'--locale=C',
	];
	const answer = await runTool(ports, run, { argv, env: { LC_ALL: 'C' } });
	if (!answer.ok) return answer;
	if (answer.value.exit !== 0) {
		const full = /No space left/.test(answer.value.stderr);
		return err(
			full
				? fault('disk-full')
				: fault('command-failed', { command: 'initdb', exit: answer.value.exit ?? 0 }),
		);
	}
	return startCluster(cluster, tools, ports, run, user, { fsync: 'off' });
}

/** Loads the dump; rights and owners stay out of a drill, since whoever restores owns all of it. */
export async function restore(
	options: PostgresOptions,
	copy: OpenedCopy,
	place: RestorePlace,
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	const to = databaseOf(place);
	const fresh = place.own['way'] === 'cluster';
	const tools = await toolsFor(options, fresh ? beside(to) : to, 'pg_restore', ports, run);
	if (!tools.ok) return tools;
	const made = majorOf(copy.manifest.versions['pg_dump'] ?? '0');
	if (made > tools.value.major)
		return err(
			fault('version-mismatch', {
				tool: 'pg_restore',
				toolVersion: tools.value.version,
				serverVersion: copy.manifest.versions['pg_dump'] ?? '',
			}),
		);
	if (fresh) {
		const created = await runScript(
			ports,
			run,
			tools.value,
			beside(to),
			oneByOne([createFor(copy, to.database)]),
		);
		if (!created.ok) return created;
	}
	run.onProgress({ phase: 'restore', done: 0, total: null, unit: 'bytes' });
	return load(
		copy.file,
		to,
		tools.value,
		['--no-owner', '--no-acl', '--no-subscriptions', '--no-publications'],
		ports,
		run,
	);
}

/** Sorted by bytes where the operating system's order is not what the dump was made with: rows and values are the same. */
function createFor(copy: OpenedCopy, database: string): string {
	const encoding = String(copy.manifest.facts['encoding'] ?? 'UTF8');
	return `create database ${identifier(database)} template template0 encoding ${literal(encoding)} lc_collate 'C' lc_ctype 'C'`;
}

export async function load(
	file: string,
	to: DatabasePlace,
	tools: PostgresTools,
	more: readonly string[],
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	const args = ['-w', '--exit-on-error', ...more, '-d', databaseArgument(to.database), file];
	const answer = await runPostgresTool(ports, run, tools, 'pg_restore', args, to);
	return answer.ok ? ok(undefined) : answer;
}

export async function mask(
	options: PostgresOptions,
	place: RestorePlace,
	statements: readonly string[],
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	const to = databaseOf(place);
	const tools = await toolsFor(options, to, 'psql', ports, run);
	if (!tools.ok) return tools;
	const changed = await runScript(ports, run, tools.value, to, changing(statements));
	return changed.ok ? ok(undefined) : changed;
}

export async function measure(
	options: PostgresOptions,
	place: RestorePlace,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Measured, Fault>> {
	const at = databaseOf(place);
	const tools = await toolsFor(options, at, 'psql', ports, run);
	return tools.ok ? measurePlace(ports, run, tools.value, at, options.sums ?? {}) : tools;
}
