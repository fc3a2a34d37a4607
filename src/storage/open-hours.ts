import { checkId } from '../domain/ids.ts';
import type { Observation } from '../domain/observation.ts';
import { levelCode, levelOf } from './codes.ts';
import type { Connection } from './connection.ts';
import { DamagedRow } from './faults.ts';
import type { Names } from './names.ts';
import { AT, CHECK, IN_RANGE, KEY, rangeOf } from './observation-key.ts';
import { encodeSamples, type KeyFrame, keyStart, SampleReader } from './sample-frame.ts';
import { readWhy, whyText } from './why.ts';

export interface StoredRow {
	readonly at: number;
	readonly check_id: number;
	readonly level: number;
	readonly duration_us: number;
	readonly samples: Uint8Array | null;
	readonly why: string | null;
	readonly why_back: number | null;
}

/** The start of every statement that reads rows. */
export const COLUMNS = `SELECT ${AT} AS at, ${CHECK} AS check_id, level, duration_us, samples, why, why_back FROM observation`;

/** What this process wrote last of a check, for later rows to refer to. */
interface Trail {
	key: KeyFrame | null;
	why: { readonly at: number; readonly text: string } | null;
}

/** The rows of hours not yet packed. */
export interface OpenHours {
	/** Inside a write transaction; an observation stored before is left as it is. */
	write(observation: Observation): void;
	/** Observations in [fromAt, toAt] in order of time, of one check or of all. */
	read(fromAt: number, toAt: number, check: number | null): Observation[];
	/** Where the newest `limit` rows from `fromAt` to `toAt` begin, so that a long range is not read for nothing. */
	newestFrom(fromAt: number, toAt: number, limit: number): number;
}

export function createOpenHours(connection: Connection, checks: Names, samples: Names): OpenHours {
	const { db, environment } = connection;
	const trails = new Map<number, Trail>();
	connection.onRollback(() => trails.clear());
	const insert = db.prepare(
		`INSERT OR IGNORE INTO observation (key, level, duration_us, samples, why, why_back) VALUES (${KEY}, ?, ?, ?, ?, ?)`,
	);
	const all = db.prepare<[number, number, number], StoredRow>(`${COLUMNS} WHERE ${IN_RANGE} ORDER BY key`);
	const one = db.prepare<[number, number, number, number], StoredRow>(
		`${COLUMNS} WHERE ${IN_RANGE} AND ${CHECK} = ? ORDER BY key`,
	);
	const cut = db
		.prepare<[number, number, number, number], number>(
			`SELECT ${AT} FROM observation WHERE ${IN_RANGE} ORDER BY key DESC LIMIT 1 OFFSET ?`,
		)
		.pluck();
	return {
		write(observation) {
			const { at } = observation;
			// SQLite would cut a fraction off in silence, and two observations might become one.
			if (!Number.isSafeInteger(at) || at < 0) throw new RangeError(`observation at ${at}`);
			const id = checks.idOf(observation.check);
			const trail = trails.get(id) ?? { key: null, why: null };
			const encoded = encodeSamples(at, observation.samples, trail.key, samples);
			const text = whyText(observation);
			const said = trail.why;
			const same =
				text !== null &&
				said !== null &&
				said.text === text &&
				said.at < at &&
				keyStart(said.at) === keyStart(at);
			const durationUs = microseconds(observation.durationMs);
			const back = same ? at - said.at : null;
			const inserted = insert.run(
				at,
				environment,
				id,
				levelCode(observation.level),
				durationUs,
				encoded.bytes,
				same ? null : text,
				back,
			).changes;
			// What was not written must not be referred to.
			if (inserted === 0) return;
			trails.set(id, { key: encoded.key, why: text !== null && !same ? { at, text } : said });
		},
		read(fromAt, toAt, check) {
			const range = rangeOf(keyStart(fromAt), toAt + 1, environment);
			const rows = check === null ? all.iterate(...range) : one.iterate(...range, check);
			return [...readRows(rows, fromAt, checks, samples)];
		},
		newestFrom: (fromAt, toAt, limit) =>
			cut.get(...rangeOf(fromAt, toAt + 1, environment), Math.max(0, limit - 1)) ?? fromAt,
	};
}

/** Rows in order of time, whole from `fromAt` on; those before only carry what later ones refer to. */
export function* readRows(
	rows: Iterable<StoredRow>,
	fromAt: number,
	checks: Names,
	sampleNames: Names,
): Generator<Observation> {
	const reader = new SampleReader(sampleNames);
	const whys = new Map<string, string>();
	for (const row of rows) {
		const wanted = row.at >= fromAt;
		const samples = reader.read(row.check_id, row.at, row.samples, wanted);
		if (row.why !== null) whys.set(`${row.check_id}/${row.at}`, row.why);
		if (!wanted) continue;
		const text = row.why_back === null ? row.why : whys.get(`${row.check_id}/${row.at - row.why_back}`);
		if (text === undefined) throw new DamagedRow('an observation refers to a row that is gone');
		yield {
			check: checkId(checks.nameOf(row.check_id)),
			at: row.at,
			durationMs: row.duration_us / 1000,
			samples,
			level: levelOf(row.level),
			...readWhy(text),
		};
	}
}

export function microseconds(ms: number): number {
	return Number.isFinite(ms) ? Math.max(0, Math.round(ms * 1000)) : 0;
}
