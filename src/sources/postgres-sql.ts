import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Run, SourcePorts } from '../domain/backup-ports.ts';
import type { DatabasePlace } from '../domain/database-port.ts';
import { type Fault, fault } from '../domain/fault.ts';
import type { CommandAnswer } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { isQuantity, type SampleValue } from '../domain/value.ts';
import type { Measured } from './define.ts';
import { type PostgresTools, runPostgresTool } from './postgres-tools.ts';

const OUTPUT_LIMIT = 16 * 1024 * 1024;

export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** Right whatever `standard_conforming_strings` is. */
export const literal = (text: string): string =>
	text.includes('\\')
		? `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
		: `'${text.replaceAll("'", "''")}'`;

/** Between marks that the text cannot hold, so that psql reads nothing in it as its own. */
const untouched = (text: string): string => {
	const mark = `$r${randomBytes(8).toString('hex')}$`;
	return `${mark}${text}${mark}`;
};

/** The tables whose rows a dump carries; those of extensions come with the extension. */
const TABLES = `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
and not exists (select 1 from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`;

const KEY = `case when schema = 'public' then name else schema || '.' || name end`;

/**
 * Statements that print one JSON line per table and sum; `sums` are SELECTs of one value, read as text. Each goes to the server
 * as it stands.
 */
export function measuring(sums: Readonly<Record<string, string>>): string {
	const rows = `select format('select json_build_object(''table'', %L, ''rows'', (select count(*) from only %I.%I))', ${KEY}, schema, name)
from (${TABLES}) t order by schema, name \\gexec`;
	const asked = Object.entries(sums).map(
		([name, query]) =>
			`select ${untouched(`select pg_catalog.json_build_object('sum', ${literal(name)}, 'value', ((${bare(query)}\n))::text)`)} \\gexec`,
	);
	// Whoever may make functions there must not be able to put his own in place of the server's.
	return [
		'set local search_path = pg_catalog;',
		rows,
		'set local search_path to default;',
		...asked,
		'',
	].join('\n');
}

export const BEGIN_READING = `begin transaction isolation level repeatable read read only;
set local row_security = off;
set local timezone = 'UTC';
set local datestyle = 'ISO';
set local bytea_output = 'hex';
set local statement_timeout = 0;
`;

function bare(query: string): string {
	return query.replace(/[\s;]+$/, '');
}

/** What `measuring` printed. */
export function readMeasured(stdout: string): Result<Measured, Fault> {
	const rows = new Map<string, number>();
	const sums = new Map<string, string>();
	for (const line of stdout.split('\n')) {
		if (!line.startsWith('{')) continue;
		try {
			const found = JSON.parse(line) as {
				table?: string;
				rows?: number;
				sum?: string;
				value?: string | null;
			};
			if (found.table !== undefined) rows.set(clean(found.table, { max: 200 }), Number(found.rows));
			else if (found.sum !== undefined) sums.set(found.sum, clean(found.value ?? 'null', { max: 1000 }));
		} catch {
			return err(fault('bad-body', { format: 'psql' }));
		}
	}
	// Tables may be called like anything, also like what every object has.
	return ok({ rows: Object.fromEntries(rows), sums: Object.fromEntries(sums) });
}

/** Runs a script in psql, which stops at the first mistake. `:` and `\\` in it are psql's. */
export async function runScript(
	ports: SourcePorts,
	run: Run,
	tools: PostgresTools,
	place: DatabasePlace,
	script: string,
	more: {
		readonly env?: Readonly<Record<string, string>>;
		readonly onPrinted?: (text: string) => void;
	} = {},
): Promise<Result<CommandAnswer, Fault>> {
	const file = join(run.folder, `script-${randomBytes(6).toString('hex')}.sql`);
	const written = await ports.folders.write(file, script);
	if (!written.ok) return written;
	const args = ['-X', '-q', '-A', '-t', '-w', '-v', 'ON_ERROR_STOP=1', '-v', 'VERBOSITY=verbose', '-f', file];
	const answer = await runPostgresTool(ports, run, tools, 'psql', args, place, {
		outputLimit: OUTPUT_LIMIT,
		...more,
	});
	await ports.folders.remove(file);
	if (!answer.ok) return err(aboutQuery(answer.error));
	if (answer.value.truncated) return err(fault('body-too-large', { limitBytes: OUTPUT_LIMIT }));
	return answer;
}

/** psql ends with 3 when a statement was refused: the mistake is in the statement, not in psql. */
function aboutQuery(found: Fault): Fault {
	if (found.code !== 'command-failed' || found.detail['exit'] !== 3) return found;
	const said = String(found.detail['message'] ?? '').replace(/^.*?\b(?:ERROR|FATAL):\s+/, '');
	return fault('bad-query', { message: said });
}

/** Statements of our own or of an operator, all or nothing. */
export function changing(statements: readonly string[]): string {
	const each = statements.map((one) => `select ${untouched(bare(one))} \\gexec`);
	return ['begin;', ...each, 'commit;', ''].join('\n');
}

/** Statements that cannot stand in a transaction, one after the other. */
export function oneByOne(statements: readonly string[]): string {
	return [...statements.map((one) => `select ${untouched(bare(one))} \\gexec`), ''].join('\n');
}

/** Rows and sums of a place, of one instant. */
export async function measurePlace(
	ports: SourcePorts,
	run: Run,
	tools: PostgresTools,
	place: DatabasePlace,
	sums: Readonly<Record<string, string>>,
): Promise<Result<Measured, Fault>> {
	const said = await runScript(ports, run, tools, place, `${BEGIN_READING}${measuring(sums)}commit;\n`);
	return said.ok ? readMeasured(said.value.stdout) : said;
}

export type Told = Readonly<Record<string, SampleValue | undefined>>;

/** Single values by the server's own protocol: its faults are told apart whatever language it speaks. */
export async function askPostgres(
	ports: SourcePorts,
	run: Run,
	place: DatabasePlace,
	queries: Readonly<Record<string, string>>,
): Promise<Result<Told, Fault>> {
	const answer = await ports.postgres.read({ place, queries, facts: {} }, run);
	if (!answer.ok) return answer;
	return ok(
		Object.fromEntries(Object.entries(answer.value.values).map(([name, { value }]) => [name, value])),
	);
}

/** As the server wrote it. */
export const textOf = (value: SampleValue | undefined): string => {
	if (value === undefined || value === null) return '';
	return isQuantity(value) ? value.number : String(value);
};
export const numberOf = (value: SampleValue | undefined): number => Number(textOf(value));
