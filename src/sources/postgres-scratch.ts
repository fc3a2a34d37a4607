import type { Run, SourcePorts } from '../domain/backup-ports.ts';
import type { DatabasePlace } from '../domain/database-port.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { placeOf } from '../fields/database-options.ts';
import type { Scratch } from './define.ts';
import { DRILLS_LIKE, drillName, isForgottenDrill } from './drill-name.ts';
import {
	type Cluster,
	clusterPlace,
	giveAway,
	makeCluster,
	removeCluster,
	startCluster,
} from './postgres-cluster.ts';
import { type PostgresInto, type PostgresOptions, postgresInto } from './postgres-options.ts';
import { beside, dropDatabase, placeAt, toolsFor } from './postgres-restore.ts';
import {
	askPostgres,
	changing,
	identifier,
	literal,
	numberOf,
	oneByOne,
	runScript,
	textOf,
} from './postgres-sql.ts';
import { emptying, FOREIGN_OBJECTS } from './postgres-staging.ts';
import { addressOf, findTools, POSTGRES, type PostgresTools } from './postgres-tools.ts';
import { finishing, runTool } from './run-tool.ts';

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
		shape: `select pg_catalog.format('encoding %L lc_collate %L lc_ctype %L', pg_encoding_to_char(encoding), datcollate, datctype)
			|| case when pg_catalog.to_jsonb(d)->>'datlocprovider' = 'i'
				then pg_catalog.format(' locale_provider icu icu_locale %L', coalesce(pg_catalog.to_jsonb(d)->>'datlocale', pg_catalog.to_jsonb(d)->>'daticulocale')) else '' end
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
	await sweepDrills(live.value, tools.value, ports, run);
	const database = drillName(run, ports);
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

/** What drills left that were killed. Whoever is still in one keeps it. */
async function sweepDrills(
	live: DatabasePlace,
	tools: PostgresTools,
	ports: SourcePorts,
	run: Run,
): Promise<void> {
	const left = await askPostgres(ports, run, beside(live), {
		names: `select string_agg(datname, ' ') from pg_database where datname like ${literal(DRILLS_LIKE)}`,
	});
	for (const name of left.ok ? textOf(left.value['names']).split(' ') : []) {
		if (!isForgottenDrill(name, run.now)) continue;
		const drop = oneByOne([`drop database if exists ${identifier(name)}`]);
		await runScript(ports, run, tools, beside(live), drop);
	}
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
	const dispose = () => removeCluster(cluster, ports);
	const place = clusterPlace(cluster, live.user, live.database);
	const started = await beginCluster(cluster, tools.value, live.user, ports, run);
	const roles = started.ok && told.ok ? await rolesOf(tools.value, live, ports, run) : [];
	const create = roles.filter((name) => name !== live.user).map((name) => `create role ${identifier(name)}`);
	const begun = started.ok
		? await runScript(ports, run, tools.value, beside(place), changing(create))
		: started;
	if (begun.ok) {
		return ok({ place: placeAt(live, place, { way: 'cluster', folder: cluster.folder }), dispose });
	}
	await dispose();
	return begun;
}

/** Policies name roles: those of the live server are there by name, without rights. None where they cannot be asked. */
async function rolesOf(
	tools: PostgresTools,
	live: DatabasePlace,
	ports: SourcePorts,
	run: Run,
): Promise<readonly string[]> {
	const said = await runScript(
		ports,
		run,
		tools,
		live,
		"select json_build_object('role', rolname) from pg_roles where rolname !~ '^pg_';\n",
	);
	const lines = said.ok ? said.value.stdout.split('\n').filter(Boolean) : [];
	return lines.map((line) => String((JSON.parse(line) as { role?: unknown }).role));
}

async function beginCluster(
	cluster: Cluster,
	tools: PostgresTools,
	user: string,
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	const given = await giveAway(cluster, ports, run, cluster.folder);
	if (!given.ok) return given;
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
	return startCluster(cluster, tools, ports, run, clusterPlace(cluster, user, 'postgres'), {
		lasting: false,
		settings: {},
	});
}
