import type { Run, SourcePorts } from '../domain/backup-ports.ts';
import type { DatabasePlace } from '../domain/database-port.ts';
import type { Fault } from '../domain/fault.ts';
import { ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import type { Measured } from './define.ts';
import { hexText, type MysqlTool, quoted, runMysqlScript } from './mysql-tools.ts';

const shown = (hex: string): string => Buffer.from(hex, 'hex').toString('utf8');

/** Names of a kind of object in the place's database, whatever stands in them. */
export async function namesOf(
	ports: SourcePorts,
	run: Run,
	tool: MysqlTool,
	place: DatabasePlace,
	type: 'BASE TABLE' | 'VIEW',
): Promise<Result<readonly string[], Fault>> {
	const listed = await runMysqlScript(
		ports,
		run,
		tool,
		place,
		`select hex(convert(table_name using utf8mb4)) from information_schema.tables where table_schema = ${schemaText(place)} and table_type = '${type}' order by 1;\n`,
	);
	return listed.ok ? ok(listed.value.split('\n').filter(Boolean).map(shown)) : listed;
}

/** The database's name as an expression. */
export const schemaText = ({ database }: DatabasePlace): string =>
	`convert(${hexText(database)} using utf8mb4)`;

/** Rows and sums of a place, of one instant. */
export async function measureMysql(
	ports: SourcePorts,
	run: Run,
	tool: MysqlTool,
	place: DatabasePlace,
	sums: Readonly<Record<string, string>>,
): Promise<Result<Measured, Fault>> {
	const tables = await namesOf(ports, run, tool, place, 'BASE TABLE');
	if (!tables.ok) return tables;
	const names = Object.keys(sums);
	const script = [
		"set time_zone = '+00:00';",
		'set transaction isolation level repeatable read;',
		'start transaction with consistent snapshot, read only;',
		...tables.value.map((name, at) => `select 'table', ${at}, count(*) from ${quoted(name)};`),
		// A mark of our own before and after: a query that is more than one ends in a mistake.
		...names.map((name, at) => `select 'sum', ${at}, hex(cast((${bare(sums[name] ?? '')}\n) as char));`),
		'commit;',
		'',
	].join('\n');
	const said = await runMysqlScript(ports, run, tool, place, script);
	if (!said.ok) return said;
	const rows: Record<string, number> = {};
	const values: Record<string, string> = {};
	for (const line of said.value.split('\n')) {
		const [what, at = '', value = ''] = line.split('\t');
		const of = (list: readonly string[]) => list[Number(at)];
		if (what === 'table') rows[clean(of(tables.value) ?? '', { max: 200 })] = Number(value);
		else if (what === 'sum')
			values[of(names) ?? ''] = value === 'NULL' ? 'null' : clean(shown(value), { max: 1000 });
	}
	return ok({ rows, sums: values });
}

function bare(query: string): string {
	return query.replace(/[\s;]+$/, '');
}

/** What was the same before and after holds for every instant between, unless it went and came back. */
export function unchanged(before: Measured, after: Measured) {
	const same = <T>(one: Readonly<Record<string, T>>, other: Readonly<Record<string, T>>) =>
		Object.fromEntries(Object.entries(one).filter(([name, value]) => other[name] === value));
	const rows = same(before.rows, after.rows);
	const sums = same(before.sums, after.sums);
	const changing = [...Object.keys({ ...before.rows, ...after.rows }), ...Object.keys(before.sums)].filter(
		(name) => rows[name] === undefined && sums[name] === undefined,
	);
	return { rows, sums, changing };
}
