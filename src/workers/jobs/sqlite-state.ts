import type Database from 'better-sqlite3';
import { type Fault, fault } from '../../domain/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { isQuantity, type SampleValue } from '../../domain/value.ts';
import { readOne } from './sql.ts';
import { fingerprint } from './sql-look.ts';

/** How long we wait for somebody who holds the database: the longest that a commit may reasonably take. */
export const BUSY_MS = 5_000;

export interface State {
	readonly rows: Readonly<Record<string, number>>;
	readonly sums: Readonly<Record<string, string>>;
	readonly userVersion: number;
	readonly schema: string;
}

/** What is in it is somebody else's: nothing of it may run, and damage is found early. */
export function distrust(db: Database.Database): void {
	db.pragma('trusted_schema = OFF');
	db.pragma('cell_size_check = ON');
}

/** Begins a read transaction and takes its lock at once. */
export function hold(db: Database.Database): void {
	db.exec('BEGIN');
	db.prepare('SELECT count(*) FROM sqlite_schema').get();
}

/** Rows of every table, and the sums. `isLate` is asked between rows and ends it: then null. */
export function stateOf(
	db: Database.Database,
	sums: Readonly<Record<string, string>>,
	path: string,
	isLate: (() => boolean) | null = null,
): Result<State | null, Fault> {
	const rows: [string, number][] = [];
	for (const table of tablesOf(db)) {
		const count = isLate === null ? countOf(db, table) : countWhile(db, table, isLate);
		if (count === null) return ok(null);
		rows.push([table, count]);
	}
	const found: [string, string][] = [];
	for (const [name, sql] of Object.entries(sums)) {
		const one = readOne(db, name, sql, path);
		if (!one.ok) return one;
		const { value } = one.value;
		if (value === undefined) {
			const message = 'not one row of one value';
			return err(fault('bad-query', { query: name, reason: 'not-one-value', message }));
		}
		found.push([name, textOf(value)]);
		if (isLate?.()) return ok(null);
	}
	return ok({
		rows: Object.fromEntries(rows),
		sums: Object.fromEntries(found),
		userVersion: Number(db.pragma('user_version', { simple: true })),
		schema: fingerprint(db),
	});
}

/** Tables that hold rows themselves: of a virtual one those that stand behind it are counted. */
function tablesOf(db: Database.Database): readonly string[] {
	return db
		.prepare<[], string>(
			"SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
		)
		.pluck()
		.all();
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function countOf(db: Database.Database, table: string): number {
	return Number(
		db
			.prepare(`SELECT count(*) FROM main.${quoted(table)}`)
			.pluck()
			.get(),
	);
}

const ROWS_BETWEEN_LOOKS = 500;

/** Slower, and can be ended on the way. */
function countWhile(db: Database.Database, table: string, isLate: () => boolean): number | null {
	let count = 0;
	for (const _row of db.prepare(`SELECT 1 FROM main.${quoted(table)}`).iterate()) {
		if (++count % ROWS_BETWEEN_LOOKS === 0 && isLate()) return null;
	}
	return count;
}

function textOf(value: SampleValue): string {
	return isQuantity(value) ? value.number : String(value);
}
