import type { Observation } from '../domain/observation.ts';
import type { Connection } from './connection.ts';
import type { Names } from './names.ts';
import { AT, CHECK, IN_RANGE, rangeOf } from './observation-key.ts';
import { COLUMNS, type OpenHours, type StoredRow } from './open-hours.ts';
import { HOUR_MS, hourOf, type PackedHours } from './packed-hours.ts';

/** Rows packed, and rows cleared away, by one call: some tens of milliseconds. */
const PACK_ROWS = 5_000;
const CLEAR_ROWS = 20_000;
/** An hour is packed so long after its end, when even slow probes that began in it are stored. */
const GRACE_MS = 600_000;
const RETENTION_HOURS = 48;

interface Parts {
	readonly checks: Names;
	readonly open: OpenHours;
	readonly packed: PackedHours;
}

/** Packs the oldest closed hour, a bounded amount a call, inside a write transaction. Returns whether more is left. */
export function createCompaction(
	connection: Connection,
	{ checks, open, packed }: Parts,
): (now: number, keepMs: number) => boolean {
	const { db, environment } = connection;
	const oldest = db
		.prepare<[number, number, number], number>(
			`SELECT ${AT} FROM observation WHERE ${IN_RANGE} ORDER BY key LIMIT 1`,
		)
		.pluck();
	const counts = db.prepare<
		[number, number, number, number, number],
		{ check_id: number; n: number; newest: number; packed: number | null }
	>(`
		SELECT o.check_id, o.n, o.newest, p.count AS packed FROM (
			SELECT ${CHECK} AS check_id, count(*) AS n, max(key) >> 21 AS newest FROM observation WHERE ${IN_RANGE} GROUP BY ${CHECK}
		) o LEFT JOIN packed p ON p.environment_id = ? AND p.hour = ? AND p.check_id = o.check_id ORDER BY o.check_id`);
	const rows = db.prepare<[number, number, number, number, number], StoredRow>(
		`${COLUMNS} WHERE ${IN_RANGE} AND ${CHECK} BETWEEN ? AND ? ORDER BY key`,
	);
	const advance = db.prepare('UPDATE environment SET packed_to = ? WHERE id = ?');
	const keepTime = db.prepare(
		'UPDATE check_state SET at = max(at, ?) WHERE environment_id = ? AND check_id = ?',
	);
	const clearCut = db
		.prepare<[number, number, number, number], number>(
			`SELECT ${AT} FROM observation WHERE ${IN_RANGE} ORDER BY key LIMIT 1 OFFSET ?`,
		)
		.pluck();
	const clear = db.prepare(`DELETE FROM observation WHERE ${IN_RANGE}`);
	const firstPacked = db
		.prepare<[number], number | null>('SELECT min(hour) FROM packed WHERE environment_id = ?')
		.pluck();
	const forget = ['packed', 'roll_up'].map((table) =>
		db.prepare(`DELETE FROM ${table} WHERE environment_id = ? AND hour < ?`),
	);
	const forgetFlips = db.prepare('DELETE FROM flip WHERE environment_id = ? AND at < ?');

	/** Rows of hours already packed are cleared in their own calls, oldest first: whole pages, which are then not written. */
	const clearPacked = (): boolean => {
		const closedTo = packed.packedTo();
		const cut = clearCut.get(...rangeOf(0, closedTo, environment), CLEAR_ROWS);
		clear.run(...rangeOf(0, cut ?? closedTo, environment));
		return cut !== undefined;
	};
	const retain = (before: number): boolean => {
		const first = firstPacked.get(environment) ?? null;
		if (first === null || first >= before) return false;
		const to = Math.min(before, first + RETENTION_HOURS * HOUR_MS);
		for (const statement of forget) statement.run(environment, to);
		forgetFlips.run(environment, to);
		return to < before;
	};
	/** What of an hour is not packed yet, counted once: counting reads the whole hour. */
	let plan: {
		readonly hour: number;
		readonly missing: { readonly check_id: number; readonly n: number }[];
	} | null = null;
	connection.onRollback(() => {
		plan = null;
	});
	const packSome = (hour: number): void => {
		if (plan?.hour !== hour || plan.missing.length === 0) {
			// Counted anew at the end: what was stored meanwhile, by us or another process, must be in it too.
			const all = counts.all(...rangeOf(hour, hour + HOUR_MS, environment), environment, hour);
			plan = { hour, missing: all.filter((each) => each.n !== each.packed) };
			if (plan.missing.length === 0) {
				for (const { check_id, newest } of all) keepTime.run(newest, environment, check_id);
				advance.run(hour + HOUR_MS, environment);
				return;
			}
		}
		let budget = PACK_ROWS;
		const chosen = new Map<number, Observation[]>();
		for (const { check_id, n } of plan.missing) {
			if (chosen.size > 0 && n > budget) break;
			chosen.set(check_id, []);
			budget -= n;
		}
		plan.missing.splice(0, chosen.size);
		const ids = [...chosen.keys()];
		const found = rows.all(...rangeOf(hour, hour + HOUR_MS, environment), ids[0]!, ids.at(-1)!);
		for (const observation of open.decode(found)) {
			chosen.get(checks.find(observation.check)!)?.push(observation);
		}
		for (const observations of chosen.values()) {
			// Another process may have packed and cleared them since they were counted.
			if (observations[0]) packed.replace(hour, observations[0].check, observations);
		}
	};
	return (now, keepMs) => {
		if (clearPacked()) return true;
		const first = oldest.get(...rangeOf(packed.packedTo(), Number.MAX_SAFE_INTEGER, environment));
		if (first !== undefined && hourOf(first) + HOUR_MS + GRACE_MS <= now) {
			// What was packed just now still has its rows to clear.
			packSome(hourOf(first));
			return true;
		}
		return retain(hourOf(now - keepMs));
	};
}
