import { checkId } from '../domain/ids.ts';
import type { Observation } from '../domain/observation.ts';
import { levelCode, levelOf } from './codes.ts';
import type { Connection } from './connection.ts';
import { DamagedRow } from './faults.ts';
import type { Names } from './names.ts';
import { AT, CHECK, IN_RANGE, KEY, rangeOf } from './observation-key.ts';
import { encodeSamples, type FrameOf, type KeyFrame, keyStart, SampleReader } from './sample-frame.ts';
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
	/** Whole observations of stored rows; what they refer to is fetched where it is not among them. */
	decode(rows: Iterable<StoredRow>, framesOf?: FrameOf): Iterable<Observation>;
	/** The stored samples of one row. */
	frameOf: FrameOf;
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
	const referred = db.prepare<[number, number, number], Pick<StoredRow, 'samples' | 'why'>>(
		`SELECT samples, why FROM observation WHERE key = ${KEY}`,
	);
	const frameOf: FrameOf = (check, at) => referred.get(at, environment, check)?.samples;
	const whyOf = (check: number, at: number) => referred.get(at, environment, check)?.why;
	const decode: OpenHours['decode'] = (rows, framesOf = frameOf) =>
		decodeRows(rows, { checks, samples, frameOf: framesOf, whyOf });
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
			const range = rangeOf(fromAt, toAt + 1, environment);
			return [...decode(check === null ? all.all(...range) : one.all(...range, check))];
		},
		decode,
		frameOf,
	};
}

interface Referred {
	readonly checks: Names;
	readonly samples: Names;
	readonly frameOf: FrameOf;
	readonly whyOf: (check: number, at: number) => string | null | undefined;
}

function* decodeRows(rows: Iterable<StoredRow>, stored: Referred): Generator<Observation> {
	const reader = new SampleReader(stored.samples, stored.frameOf);
	const whys = new Map<string, string>();
	for (const row of rows) {
		const { at, check_id, why, why_back } = row;
		const samples = reader.read(check_id, at, row.samples);
		let text = why;
		if (why_back !== null) {
			const place = `${check_id}/${at - why_back}`;
			const found = whys.get(place) ?? stored.whyOf(check_id, at - why_back);
			if (!found) throw new DamagedRow('an observation refers to a row that is gone');
			whys.set(place, found);
			text = found;
		}
		yield {
			check: checkId(stored.checks.nameOf(check_id)),
			at,
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
