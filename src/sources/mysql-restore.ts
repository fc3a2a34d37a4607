import { join } from 'node:path';
import { z } from 'zod';
import type { RestorePlace, Run, SourcePorts } from '../domain/backup-ports.ts';
import type { DatabasePlace } from '../domain/database-port.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { placeOf } from '../fields/database-options.ts';
import { secretText, text } from '../fields/fields.ts';
import type { Measured, OpenedCopy, Scratch } from './define.ts';
import { DRILLS_LIKE, drillName, isForgottenDrill } from './drill-name.ts';
import type { MysqlOptions } from './mysql.ts';
import { namesDatabase } from './mysql-mask.ts';
import { measureMysql, schemaText } from './mysql-measure.ts';
import {
	askMysql,
	CLIENT,
	findMysqlTool,
	hexText,
	MYSQL,
	type MysqlTool,
	quoted,
	runMysqlScript,
	runMysqlTool,
} from './mysql-tools.ts';
import { finishing } from './run-tool.ts';

/** Where a drill restores to when it is not a scratch database beside the live one. */
export const mysqlInto = z
	.strictObject({
		database: text().optional().describe('An empty database of the same server: the named staging place.'),
		url: secretText().optional().describe('An empty database elsewhere, by reference to a secret.'),
	})
	.refine(({ database, url }) => (database === undefined) !== (url === undefined), {
		error: 'expected exactly one of database and url',
	});

export const nowhere = (place: DatabasePlace): DatabasePlace => ({ ...place, database: '' });
const shownOf = ({ host, port, database }: DatabasePlace) =>
	clean(`${host.startsWith('/') ? host : `${host}:${port}`}/${database}`, { max: 200 });

export async function clientFor(
	options: Pick<MysqlOptions, 'bin'>,
	place: DatabasePlace,
	ports: SourcePorts,
	run: Run,
): Promise<Result<MysqlTool, Fault>> {
	const told = await askMysql(ports, run, nowhere(place), { version: 'select version()' });
	return told.ok
		? findMysqlTool(ports, run, 'client', { bin: options.bin, server: told.value['version'] ?? '' })
		: told;
}

/** Its character set and order, as a database is made with them. Only words: nothing else is ever a name of one. */
export const shapeOf = (charset: string, collation: string): string =>
	/^\w+$/.test(charset) && /^\w+$/.test(collation) ? ` character set ${charset} collate ${collation}` : '';

export async function scratch(
	options: MysqlOptions,
	into: unknown,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Scratch, Fault>> {
	const live = placeOf(options, MYSQL);
	if (!live.ok) return live;
	const named = into === null || into === undefined ? null : mysqlInto.parse(into);
	const found =
		named === null
			? ok({ ...live.value, database: drillName(run, ports) })
			: named.url === undefined
				? ok({ ...live.value, database: String(named.database) })
				: placeOf({ url: named.url }, MYSQL);
	if (!found.ok) return found;
	const place = found.value;
	const tool = await clientFor(options, place, ports, run);
	if (!tool.ok) return tool;
	const shape = await shapeFor(named === null ? live.value : place, ports, run);
	const create = `create database ${quoted(place.database)}${shape};\n`;
	if (named === null) {
		await sweepDrills(live.value, tool.value, ports, run);
		const made = await runMysqlScript(ports, run, tool.value, nowhere(place), create);
		if (!made.ok) return made;
	} else {
		const told = await askMysql(ports, run, place, OBJECTS);
		if (!told.ok) return told;
		const objects = Object.values(told.value).reduce((sum, one) => sum + Number(one), 0);
		const isLive =
			place.host === live.value.host &&
			place.port === live.value.port &&
			place.database === live.value.database;
		if (isLive || objects > 0) return err(fault('not-empty', { place: shownOf(place) }));
	}
	let over = false;
	const restored = { kind: 'database', engine: 'mysql', original: live.value, place } as const;
	return ok({
		place: { shown: shownOf(place), restored, own: { way: named === null ? 'database' : 'staging' } },
		async dispose() {
			if (over) return ok(undefined);
			// Rights are given to a name: they hold for the empty one that takes its place.
			const script = `drop database if exists ${quoted(place.database)};\n${named === null ? '' : create}`;
			const dropped = await runMysqlScript(ports, finishing(run, ports), tool.value, nowhere(place), script);
			over = dropped.ok;
			return dropped.ok ? ok(undefined) : dropped;
		},
	});
}

/** What drills left that were killed. */
async function sweepDrills(
	live: DatabasePlace,
	tool: MysqlTool,
	ports: SourcePorts,
	run: Run,
): Promise<void> {
	const left = await askMysql(ports, run, nowhere(live), {
		names: `select group_concat(schema_name separator ' ') from information_schema.schemata where schema_name like ${hexText(DRILLS_LIKE)}`,
	});
	for (const name of left.ok ? (left.value['names'] ?? '').split(' ') : [])
		if (isForgottenDrill(name, run.now))
			await runMysqlScript(ports, run, tool, nowhere(live), `drop database if exists ${quoted(name)};\n`);
}

const OBJECTS = {
	tables: 'select count(*) from information_schema.tables where table_schema = database()',
	routines: 'select count(*) from information_schema.routines where routine_schema = database()',
	events: 'select count(*) from information_schema.events where event_schema = database()',
};

async function shapeFor(place: DatabasePlace, ports: SourcePorts, run: Run): Promise<string> {
	const told = await askMysql(ports, run, nowhere(place), {
		charset: `select default_character_set_name from information_schema.schemata where schema_name = ${schemaText(place)}`,
		collation: `select default_collation_name from information_schema.schemata where schema_name = ${schemaText(place)}`,
	});
	return told.ok ? shapeOf(told.value['charset'] ?? '', told.value['collation'] ?? '') : '';
}

export const placeIn = ({ restored }: RestorePlace): DatabasePlace => {
	if (restored.kind !== 'database') throw new Error('a place of another source');
	return restored.place;
};

export async function restore(
	options: MysqlOptions,
	copy: OpenedCopy,
	place: RestorePlace,
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	const to = placeIn(place);
	const tool = await clientFor(options, to, ports, run);
	return tool.ok ? load(copy, to, tool.value, ports, run) : tool;
}

/** Events stay out: they would begin to act in the scratch place, on whatever they name. */
const WITHOUT_EVENTS = '/^-- Dumping events for database /,/^-- Dumping routines for database /d';
const FILTER = `{ sed -e "$1" <"$2" || : >"$3"; } | { shift 3; exec "$@"; }`;

export async function load(
	copy: OpenedCopy,
	to: DatabasePlace,
	tool: MysqlTool,
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	run.onProgress({ phase: 'restore', done: 0, total: null, unit: 'bytes' });
	const args = [...CLIENT, '--', to.database];
	if (Number(copy.manifest.facts['events'] ?? 0) === 0) {
		const loaded = await runMysqlTool(ports, run, tool, 'client', args, to, { stdinFile: copy.file });
		return loaded.ok ? ok(undefined) : loaded;
	}
	const mark = join(run.folder, 'not-read');
	const through = ['/bin/sh', '-c', FILTER, 'rounds', WITHOUT_EVENTS, copy.file, mark];
	const loaded = await runMysqlTool(ports, run, tool, 'client', args, to, { through });
	if (!loaded.ok) return loaded;
	const failed = await ports.folders.look(mark);
	if (!failed.ok) return failed;
	await ports.folders.remove(mark);
	return failed.value === null ? ok(undefined) : err(fault('copy-damaged', { what: 'dump' }));
}

export async function mask(
	options: MysqlOptions,
	place: RestorePlace,
	statements: readonly string[],
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	const to = placeIn(place);
	const live = placeOf(options, MYSQL);
	const isNamed = (one: string) =>
		live.ok && to.database !== live.value.database && namesDatabase(one, live.value.database);
	const wrong = statements.findIndex(isNamed);
	if (wrong >= 0) {
		const message = 'only statements about the restored database, without its name';
		return err(fault('bad-query', { query: String(wrong + 1), reason: 'reaches-further', message }));
	}
	const tool = await clientFor(options, to, ports, run);
	if (!tool.ok) return tool;
	const each = statements.map((one) => `${one.replace(/[\s;]+$/, '')}\n;`);
	const triggers = await triggersOf(to, tool.value, ports, run);
	if (!triggers.ok) return triggers;
	// What they name with its database is the live one: in a rehearsal none of them may act.
	const drops = triggers.value.map((name) => `drop trigger ${quoted(name)};`);
	const script = [...drops, 'start transaction;', ...each, 'commit;', ''].join('\n');
	const changed = await runMysqlScript(ports, run, tool.value, to, script);
	return changed.ok ? ok(undefined) : changed;
}

async function triggersOf(
	place: DatabasePlace,
	tool: MysqlTool,
	ports: SourcePorts,
	run: Run,
): Promise<Result<readonly string[], Fault>> {
	const names = `select hex(convert(trigger_name using utf8mb4)) from information_schema.triggers where trigger_schema = ${schemaText(place)};\n`;
	const listed = await runMysqlScript(ports, run, tool, place, names);
	if (!listed.ok) return listed;
	const lines = listed.value.split('\n').filter(Boolean);
	return ok(lines.map((hex) => Buffer.from(hex, 'hex').toString('utf8')));
}

export async function measure(
	options: MysqlOptions,
	place: RestorePlace,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Measured, Fault>> {
	const at = placeIn(place);
	const tool = await clientFor(options, at, ports, run);
	return tool.ok ? measureMysql(ports, run, tool.value, at, options.sums ?? {}) : tool;
}
