import { createHash } from 'node:crypto';
import type Database from 'better-sqlite3';
import type { Fault } from '../../domain/fault.ts';
import type { SqlCell, SqlRequest } from '../../domain/ports.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { quantity, type SampleValue } from '../../domain/value.ts';
import { faultOfSqlite } from './sql-faults.ts';

/** Problems of a damaged file that are told; the first is news enough. */
const PROBLEMS = 20;
const MOST_PARAMETERS = 64;
const FINGERPRINT = 16;

type Cells = Readonly<Record<string, SqlCell>>;

/** What is asked of the file beside its values: whether it is whole, how queries would run, its size and its shape. */
export function lookCloser(db: Database.Database, request: SqlRequest): Result<Cells, Fault> {
	const found: Record<string, SqlCell> = {};
	const { integrity, plans = {} } = request;
	if (integrity !== undefined)
		found['integrity'] = timed(() => {
			const check = integrity === 'full' ? 'integrity_check' : 'quick_check';
			const rows = db.pragma(`${check}(${PROBLEMS})`) as readonly Record<string, unknown>[];
			return rows.map((row) => String(row[check])).join('; ');
		});
	for (const [name, query] of Object.entries(plans)) {
		try {
			found[`${name}.plan`] = timed(() => planOf(db, query));
		} catch (cause) {
			return err(faultOfSqlite(cause, request.file, name, null));
		}
	}
	if (request.facts === true) {
		const number = (pragma: string) => Number(db.pragma(pragma, { simple: true }));
		const page = number('page_size');
		found['size'] = timed(() => quantity(number('page_count') * page));
		found['free'] = timed(() => quantity(number('freelist_count') * page));
		found['user_version'] = timed(() => quantity(number('user_version')));
		found['schema'] = timed(() => fingerprint(db));
	}
	return ok(found);
}

function timed(work: () => SampleValue): SqlCell {
	const began = performance.now();
	const value = work();
	return { value, rows: 1, tookMs: performance.now() - began };
}

/** The steps of a statement that is not run: `SEARCH t USING INDEX by_execution (execution_id=?)`. */
function planOf(db: Database.Database, query: string): string {
	const statement = db.prepare<unknown[], { readonly detail: string }>(`EXPLAIN QUERY PLAN ${query}`);
	// Its parameters have no value in a plan, and only the library knows how many there are.
	for (let count = 0; ; count++) {
		try {
			return statement
				.all(...Array<null>(count).fill(null))
				.map(({ detail }) => detail)
				.join('; ');
		} catch (cause) {
			if (!(cause instanceof RangeError) || count === MOST_PARAMETERS) throw cause;
		}
	}
}

/** The same for the same tables, indexes, views and triggers, whatever is in them. */
export function fingerprint(db: Database.Database): string {
	const parts = db
		.prepare(
			"SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name",
		)
		.raw()
		.all();
	const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
	return `sha256:${hash.slice(0, FINGERPRINT)}`;
}
