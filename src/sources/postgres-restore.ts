import type { RestorePlace, Run, SourcePorts } from '../domain/backup-ports.ts';
import type { DatabasePlace } from '../domain/database-port.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import type { Measured, OpenedCopy } from './define.ts';
import type { PostgresOptions } from './postgres-options.ts';
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
import {
	addressOf,
	databaseArgument,
	findTools,
	majorOf,
	type PostgresTools,
	runPostgresTool,
} from './postgres-tools.ts';

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

export const placeAt = (
	original: DatabasePlace,
	place: DatabasePlace,
	own: RestorePlace['own'],
): RestorePlace => ({
	shown: `${addressOf(place)}/${clean(place.database, { max: 100 })}`,
	restored: { kind: 'database', engine: 'postgres', original, place },
	own,
});

export const databaseOf = ({ restored }: RestorePlace): DatabasePlace => {
	if (restored.kind !== 'database') throw new Error('a place of another source');
	return restored.place;
};

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

/** Triggers of what was restored may reach other servers: in a rehearsal none of them may act. */
export const QUIET = `do $quiet$
declare one record;
begin
	for one in select distinct n.nspname, c.relname from pg_trigger t join pg_class c on c.oid = t.tgrelid
		join pg_namespace n on n.oid = c.relnamespace where not t.tgisinternal and c.relkind in ('r', 'p') loop
		execute pg_catalog.format('alter table %I.%I disable trigger user', one.nspname, one.relname);
	end loop;
end $quiet$`;

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
	const changed = await runScript(ports, run, tools.value, to, changing([QUIET, ...statements]));
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
