import { type CheckId, checkId } from '../domain/ids.ts';
import type { CheckState } from '../domain/observation.ts';
import { levelCode, levelOf } from './codes.ts';
import type { Connection } from './connection.ts';
import type { Names } from './names.ts';
import { AT, CHECK, IN_RANGE, rangeOf } from './observation-key.ts';
import { KEY_EVERY_MS } from './sample-frame.ts';

interface Row {
	readonly check_id: number;
	readonly level: number;
	readonly hard: number;
	readonly attempt: number;
	readonly since: number;
	readonly hard_level: number;
	readonly hard_since: number;
	readonly at: number;
}

const OVERLAP_MS = 60_000;
/** How far back the newest times are looked for first; each further look reaches so many times as far. */
const FIRST_LOOK_MS = 4_000;
const FURTHER = 4;

export interface CheckStates {
	/** Inside a write transaction: writes the row only when something besides the time changed. */
	write(state: CheckState): void;
	read(): CheckState[];
}

/** Standings change seldom, their time at every probe: it is taken from the observations, not written again. */
export function createCheckStates(connection: Connection, checks: Names): CheckStates {
	const { db, environment } = connection;
	const written = new Map<CheckId, string>();
	/** Newest observation per check, and how far the rows were read for it. */
	const newest = new Map<number, number>();
	let readTo = 0;
	connection.onRollback(() => written.clear());
	const newestAt = db
		.prepare<[number, number, number], number>(
			`SELECT ${AT} FROM observation WHERE ${IN_RANGE} ORDER BY key DESC LIMIT 1`,
		)
		.pluck();
	const packedTo = db.prepare<[number], number>('SELECT packed_to FROM environment WHERE id = ?').pluck();
	const upsert = db.prepare(`
		INSERT OR REPLACE INTO check_state (environment_id, check_id, level, hard, attempt, since, hard_level, hard_since, at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
	const all = db.prepare<[number], Row>(
		'SELECT * FROM check_state WHERE environment_id = ? ORDER BY check_id',
	);
	const times = db.prepare<[number, number, number], { check_id: number; at: number }>(
		`SELECT ${CHECK} AS check_id, max(key) >> 21 AS at FROM observation WHERE ${IN_RANGE} GROUP BY ${CHECK}`,
	);
	const timesAmong = db.prepare<[number, number, number, string], { check_id: number; at: number }>(
		`SELECT ${CHECK} AS check_id, max(key) >> 21 AS at FROM observation
		WHERE ${IN_RANGE} AND ${CHECK} IN (SELECT value FROM json_each(?)) GROUP BY ${CHECK}`,
	);
	/**
	 * The first time: from the newest row backwards, until each check is found. A row of an hour still open has had its
	 * check's standing written in the same ten minutes, so a check whose standing is of a closed hour has none.
	 */
	const findNewest = (rows: readonly Row[]): void => {
		const closedTo = packedTo.get(environment) ?? 0;
		const missing = new Map(rows.filter(({ at }) => at >= closedTo).map((row) => [row.check_id, row.at]));
		if (missing.size === 0) return;
		const end = newestAt.get(...rangeOf(closedTo, Number.MAX_SAFE_INTEGER, environment)) ?? 0;
		let [before, reach] = [end + 1, FIRST_LOOK_MS];
		while (missing.size > 0) {
			const oldest = Math.min(...missing.values());
			if (oldest >= before) break;
			const from = Math.max(oldest, end - reach);
			const ids = JSON.stringify([...missing.keys()]);
			for (const { check_id, at } of timesAmong.all(...rangeOf(from, before, environment), ids)) {
				newest.set(check_id, at);
				missing.delete(check_id);
			}
			for (const [id, at] of missing) if (at >= from) missing.delete(id);
			[before, reach] = [from, reach * FURTHER];
		}
		readTo = end;
	};
	/** A slow probe's row may lie a little before the newest one. */
	const lookOn = (): void => {
		const range = rangeOf(readTo - OVERLAP_MS, Number.MAX_SAFE_INTEGER, environment);
		for (const { check_id, at } of times.all(...range)) {
			newest.set(check_id, Math.max(at, newest.get(check_id) ?? 0));
			readTo = Math.max(readTo, at);
		}
	};
	return {
		write(state) {
			const { check, level, hard, attempt, since, hardLevel, hardSince, at } = state;
			// Once hard, counting on says nothing more.
			const shape = `${level}/${hard}/${hard ? '' : attempt}/${since}/${hardLevel}/${hardSince}`;
			// Another console may have written in between: only what this process wrote last, and lately, is trusted.
			const key = `${shape}@${Math.floor(at / KEY_EVERY_MS)}`;
			if (written.get(check) === key) return;
			const standing = [levelCode(level), hard ? 1 : 0, attempt, since, levelCode(hardLevel), hardSince, at];
			upsert.run(environment, checks.idOf(check), ...standing);
			written.set(check, key);
		},
		read() {
			const rows = all.all(environment);
			if (readTo === 0) findNewest(rows);
			else lookOn();
			return rows.map((row) => ({
				check: checkId(checks.nameOf(row.check_id)),
				level: levelOf(row.level),
				hard: row.hard === 1,
				attempt: row.attempt,
				since: row.since,
				hardLevel: levelOf(row.hard_level),
				hardSince: row.hard_since,
				at: Math.max(row.at, newest.get(row.check_id) ?? 0),
			}));
		},
	};
}
