import { nameOfCopy } from '../domain/backup-name.ts';
import type { Run, SourcePorts } from '../domain/backup-ports.ts';
import type { DatabasePlace } from '../domain/database-port.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { databaseTarget, placeOf } from '../fields/database-options.ts';
import type { OpenedCopy, Replaced, Standing } from './define.ts';
import type { MysqlOptions } from './mysql.ts';
import { measureMysql, namesOf, schemaText } from './mysql-measure.ts';
import { clientFor, load, nowhere, shapeOf } from './mysql-restore.ts';
import { askMysql, MYSQL, type MysqlTool, quoted, runMysqlScript } from './mysql-tools.ts';
import { finishing } from './run-tool.ts';

const ASIDE = /_before_\d{8}_\d{6}$/;
const NAME_LETTERS = 64;

export async function look(
	options: MysqlOptions,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Standing, Fault>> {
	const place = placeOf(options, MYSQL);
	if (!place.ok) return place;
	const told = await askMysql(ports, run, place.value, {
		bytes:
			'select coalesce(sum(data_length + index_length), 0) from information_schema.tables where table_schema = database()',
	});
	if (!told.ok)
		return told.error.code === 'database-missing' ? ok({ exists: false, facts: {}, rows: null }) : told;
	const tool = await clientFor(options, place.value, ports, run);
	if (!tool.ok) return tool;
	const measured = await measureMysql(ports, run, tool.value, place.value, {});
	if (!measured.ok) return measured;
	const { rows } = measured.value;
	return ok({
		exists: true,
		facts: { bytes: Number(told.value['bytes']), tables: Object.keys(rows).length },
		rows,
	});
}

function named(database: string, what: 'restore' | 'before', stamp: string): string {
	const end = `_${what}_${stamp}`;
	return `${[...database].slice(0, NAME_LETTERS - end.length).join('')}${end}`;
}

/** What cannot change its database by a change of names: the server moves tables only. */
async function isMovable(place: DatabasePlace, ports: SourcePorts, run: Run): Promise<Result<void, Fault>> {
	const of = (table: string, column: string) =>
		`select count(*) from information_schema.${table} where ${column} = ${schemaText(place)}`;
	const told = await askMysql(ports, run, nowhere(place), {
		views: of('views', 'table_schema'),
		triggers: of('triggers', 'trigger_schema'),
		routines: of('routines', 'routine_schema'),
		events: of('events', 'event_schema'),
	});
	if (!told.ok) return told;
	const found = Object.entries(told.value).filter(([, value]) => Number(value) > 0);
	if (found.length === 0) return ok(undefined);
	return err(
		fault('not-restorable', {
			reason: 'only-tables',
			what: found.map(([name, value]) => `${name} ${value}`).join(', '),
		}),
	);
}

/** Loads the copy beside the live database, proves that all of it came, and changes all tables in one statement. */
export async function replace(
	options: MysqlOptions,
	copy: OpenedCopy,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Replaced, Fault>> {
	const found = placeOf(options, MYSQL);
	if (!found.ok) return found;
	const live = found.value;
	const { facts } = copy.manifest;
	const held = ['views', 'triggers', 'routines', 'events'].filter((name) => Number(facts[name] ?? 0) > 0);
	if (held.length > 0)
		return err(
			fault('not-restorable', {
				reason: 'only-tables',
				what: held.map((name) => `${name} ${facts[name]}`).join(', '),
			}),
		);
	const tool = await clientFor(options, live, ports, run);
	if (!tool.ok) return tool;
	const told = await askMysql(ports, run, nowhere(live), {
		there: `select count(*) from information_schema.schemata where schema_name = ${schemaText(live)}`,
	});
	if (!told.ok) return told;
	const there = Number(told.value['there']) > 0;
	const movable = there ? await isMovable(live, ports, run) : ok(undefined);
	if (!movable.ok) return movable;
	const stamp = nameOfCopy('YYYYMMDD_HHMMSS', '', run.now, run.zone);
	const [fresh, aside] = [named(live.database, 'restore', stamp), named(live.database, 'before', stamp)];
	const shape = shapeOf(String(facts['charset'] ?? ''), String(facts['collation'] ?? ''));
	const names = {
		live,
		fresh: { ...live, database: fresh },
		aside: { ...live, database: aside },
		shape,
		there,
	};
	const made = await runMysqlScript(
		ports,
		run,
		tool.value,
		nowhere(live),
		`create database ${quoted(fresh)}${shape};\n`,
	);
	if (!made.ok) return made;
	const filled = await fill(copy, names, tool.value, ports, run);
	const dropped = await runMysqlScript(
		ports,
		finishing(run, ports),
		tool.value,
		nowhere(live),
		`drop database if exists ${quoted(fresh)};\n`,
	);
	if (!filled.ok) return filled;
	if (!dropped.ok) run.onLine(`left behind: ${fresh}`);
	const restored = { kind: 'database', engine: 'mysql', original: live, place: live } as const;
	return ok({
		aside: there ? aside : null,
		place: { shown: databaseTarget(options, MYSQL), restored, own: { way: 'live' } },
	});
}

interface Names {
	readonly live: DatabasePlace;
	readonly fresh: DatabasePlace;
	readonly aside: DatabasePlace;
	readonly shape: string;
	readonly there: boolean;
}

async function fill(
	copy: OpenedCopy,
	{ live, fresh, aside, shape, there }: Names,
	tool: MysqlTool,
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	const loaded = await load(copy, fresh, tool, ports, run);
	if (!loaded.ok) return loaded;
	const measured = await measureMysql(ports, run, tool, fresh, {});
	if (!measured.ok) return measured;
	for (const [table, rows] of Object.entries(copy.manifest.rows ?? {}))
		if (measured.value.rows[table] !== rows)
			return err(fault('copy-damaged', { what: 'rows', name: clean(table, { max: 100 }) }));
	const place = there ? aside : live;
	const made = await runMysqlScript(
		ports,
		run,
		tool,
		nowhere(live),
		`create database ${quoted(place.database)}${shape};\n`,
	);
	if (!made.ok) return made;
	const moved = await move(
		tool,
		there
			? [
					[live, aside],
					[fresh, live],
				]
			: [[fresh, live]],
		ports,
		run,
	);
	if (moved.ok) return moved;
	// Empty still: names change all at once or not at all.
	const empty = await namesOf(ports, finishing(run, ports), tool, place, 'BASE TABLE');
	if (empty.ok && empty.value.length === 0)
		await runMysqlScript(
			ports,
			finishing(run, ports),
			tool,
			nowhere(live),
			`drop database ${quoted(place.database)};\n`,
		);
	return moved;
}

/** All tables of each first database come to lie in the second, in one statement. */
async function move(
	tool: MysqlTool,
	ways: readonly (readonly [DatabasePlace, DatabasePlace])[],
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	const steps: string[] = [];
	for (const [from, to] of ways) {
		const tables = await namesOf(ports, run, tool, from, 'BASE TABLE');
		if (!tables.ok) return tables;
		const within = ({ database }: DatabasePlace, table: string) => `${quoted(database)}.${quoted(table)}`;
		steps.push(...tables.value.map((table) => `${within(from, table)} to ${within(to, table)}`));
	}
	const [first] = ways;
	if (steps.length === 0 || first === undefined) return ok(undefined);
	const script = `set session lock_wait_timeout = 60;\nrename table ${steps.join(',\n')};\n`;
	const moved = await runMysqlScript(ports, run, tool, nowhere(first[0]), script);
	return moved.ok ? ok(undefined) : moved;
}

/** The way back. What had been restored goes: its copy is there still. */
export async function putBack(
	options: MysqlOptions,
	aside: string,
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	const ready = await around(options, aside, ports, run);
	if (!ready.ok) return ready;
	const { live, tool } = ready.value;
	const before = { ...live, database: aside };
	const failed = {
		...live,
		database: named(live.database, 'restore', nameOfCopy('YYYYMMDD_HHMMSS', '', run.now, run.zone)),
	};
	const made = await runMysqlScript(
		ports,
		run,
		tool,
		nowhere(live),
		`create database if not exists ${quoted(live.database)};\ncreate database ${quoted(failed.database)};\n`,
	);
	if (!made.ok) return made;
	const moved = await move(
		tool,
		[
			[live, failed],
			[before, live],
		],
		ports,
		run,
	);
	const emptied = moved.ok ? [failed, before] : [];
	for (const place of emptied) {
		const dropped = await runMysqlScript(
			ports,
			run,
			tool,
			nowhere(live),
			`drop database ${quoted(place.database)};\n`,
		);
		if (!dropped.ok) return dropped;
	}
	return moved;
}

export async function forget(
	options: MysqlOptions,
	aside: string,
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	const ready = await around(options, aside, ports, run);
	if (!ready.ok) return ready;
	const { live, tool } = ready.value;
	const dropped = await runMysqlScript(
		ports,
		run,
		tool,
		nowhere(live),
		`drop database if exists ${quoted(aside)};\n`,
	);
	return dropped.ok ? ok(undefined) : dropped;
}

async function around(options: MysqlOptions, aside: string, ports: SourcePorts, run: Run) {
	const live = placeOf(options, MYSQL);
	if (!live.ok) return live;
	if (!ASIDE.test(aside)) return err(fault('not-restorable', { what: clean(aside, { max: 100 }) }));
	const tool = await clientFor(options, live.value, ports, run);
	return tool.ok ? ok({ live: live.value, tool: tool.value }) : tool;
}
