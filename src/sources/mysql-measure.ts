import type { Run, SourcePorts } from '../domain/backup-ports.ts';
import type { DatabasePlace } from '../domain/database-port.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import type { Measured } from './define.ts';
import { hexText, type MysqlTool, quoted, runMysqlScript, textOf } from './mysql-tools.ts';

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
	const asked = [
		...tables.value.map((name, at) => [`table ${at}`, `select count(*) from ${quoted(name)}`] as const),
		...Object.entries(sums).map(([name, query]) => [name, query.replace(/[\s;]+$/, '')] as const),
	];
	const answer = await ports.mysql.read({ place, queries: Object.fromEntries(asked), facts: {} }, run);
	if (!answer.ok) return answer;
	const found = answer.value.values;
	// Tables may be called like anything, also like what every object has.
	const rows = Object.fromEntries(
		tables.value.map(
			(name, at) => [clean(name, { max: 200 }), Number(textOf(found[`table ${at}`]?.value))] as const,
		),
	);
	const values: Record<string, string> = {};
	for (const name of Object.keys(sums)) {
		const cell = found[name];
		if (cell?.value === undefined)
			return err(fault('bad-query', { query: name, reason: `${cell?.rows ?? 0} rows` }));
		values[name] = cell.value === null ? 'null' : clean(textOf(cell.value), { max: 1000 });
	}
	return ok({ rows, sums: values });
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
