import { type CheckId, checkId } from '../domain/ids.ts';
import type { Observation } from '../domain/observation.ts';
import { levelCode, levelOf } from './codes.ts';
import type { Connection } from './connection.ts';
import { type PackedColumns, type PackedRow, packHour, unpackColumns, unpackHour } from './hour-codec.ts';
import type { Names } from './names.ts';
import { microseconds } from './open-hours.ts';
import { rollUp } from './roll-up.ts';
import { readWhy, whyText } from './why.ts';

export const HOUR_MS = 3_600_000;

export const hourOf = (at: number): number => Math.floor(at / HOUR_MS) * HOUR_MS;

interface BodyRow {
	readonly check_id: number;
	readonly hour: number;
	readonly body: Uint8Array;
}

/** Closed hours: one row a check and hour. Hours from `packedTo` on are still open, whatever lies here already. */
export interface PackedHours {
	packedTo(): number;
	/** Inside a write transaction: replaces the check's hour. Observations of one hour, any order. */
	replace(hour: number, check: CheckId, observations: readonly Observation[]): void;
	/** Inside a write transaction: puts observations that come late into hours already closed. */
	addLate(observations: readonly Observation[]): void;
	/** The newest `limit` in [fromAt, toAt] of closed hours, in order of time, of one check or of all. */
	read(fromAt: number, toAt: number, limit: number, check: number | null): Observation[];
	/** The newest closed hour before this time that holds anything, not before that of `fromAt`. */
	hourBefore(before: number, fromAt: number): number | undefined;
	/** A check's hour in order of time, with the values of these names only; null where there is none. */
	columns(hour: number, check: number, names: readonly (number | null)[]): PackedColumns | null;
}

export function createPackedHours(connection: Connection, checks: Names, samples: Names): PackedHours {
	const { db, environment } = connection;
	const marker = db.prepare<[number], number>('SELECT packed_to FROM environment WHERE id = ?').pluck();
	const write = db.prepare(
		'INSERT OR REPLACE INTO packed (environment_id, hour, check_id, count, body) VALUES (?, ?, ?, ?, ?)',
	);
	const clear = db.prepare('DELETE FROM roll_up WHERE environment_id = ? AND hour = ? AND check_id = ?');
	const writeRollUp = db.prepare(`
		INSERT INTO roll_up (environment_id, hour, check_id, name_id, n, bad, worst, numbers, min, max, sum, p50, p95, p99, histogram)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
	const ofCheck = db.prepare<[number, number, number], BodyRow>(
		'SELECT check_id, hour, body FROM packed WHERE environment_id = ? AND hour = ? AND check_id = ?',
	);
	const ofAll = db.prepare<[number, number], BodyRow>(
		'SELECT check_id, hour, body FROM packed WHERE environment_id = ? AND hour = ? ORDER BY check_id',
	);
	const before = db
		.prepare<[number, number, number], number>(
			'SELECT hour FROM packed WHERE environment_id = ? AND hour < ? AND hour >= ? ORDER BY hour DESC LIMIT 1',
		)
		.pluck();

	const unpacked = (row: BodyRow): Observation[] => {
		const check = checkId(checks.nameOf(row.check_id));
		return unpackHour(row.body, samples).map((packed) => toObservation(check, packed));
	};
	const packedTo = (): number => marker.get(environment) ?? 0;
	const replace: PackedHours['replace'] = (hour, check, observations) => {
		const id = checks.idOf(check);
		const rows = observations.map(toPackedRow).sort((a, b) => a.at - b.at);
		write.run(environment, hour, id, rows.length, packHour(rows, samples));
		clear.run(environment, hour, id);
		for (const { sample, n, bad, worst, numbers, min, max, sum, p50, p95, p99, histogram } of rollUp(rows)) {
			const name = sample === null ? DURATION : samples.idOf(sample);
			const figures = [n, bad, worst, numbers, min, max, sum, p50, p95, p99, histogram];
			writeRollUp.run(environment, hour, id, name, ...figures);
		}
	};
	const hourBefore: PackedHours['hourBefore'] = (end, fromAt) => before.get(environment, end, hourOf(fromAt));
	return {
		packedTo,
		replace,
		hourBefore,
		columns(hour, check, names) {
			const row = ofCheck.get(environment, hour, check);
			return row ? unpackColumns(row.body, names) : null;
		},
		addLate(observations) {
			const groups = new Map<string, Observation[]>();
			for (const observation of observations) {
				const key = `${hourOf(observation.at)}/${observation.check}`;
				groups.set(key, [...(groups.get(key) ?? []), observation]);
			}
			for (const group of groups.values()) {
				const { at, check } = group[0]!;
				const there = ofCheck.get(environment, hourOf(at), checks.idOf(check));
				const kept = new Map(group.map((each) => [each.at, each]));
				for (const each of there ? unpacked(there) : []) kept.set(each.at, each);
				replace(hourOf(at), check, [...kept.values()]);
			}
		},
		read(fromAt, toAt, limit, check) {
			const hours: Observation[][] = [];
			let left = limit;
			let hour: number | undefined = Math.min(hourOf(toAt) + 1, packedTo());
			while (left > 0) {
				// Empty hours are stepped over by the index, a year of them at once.
				hour = hourBefore(hour, fromAt);
				if (hour === undefined) break;
				const rows = check === null ? ofAll.all(environment, hour) : ofCheck.all(environment, hour, check);
				const found = rows.flatMap((row) => unpacked(row)).filter(({ at }) => at >= fromAt && at <= toAt);
				if (rows.length > 1) found.sort((a, b) => a.at - b.at);
				hours.push(found.slice(-left));
				left -= found.length;
			}
			return hours.reverse().flat();
		},
	};
}

/** In place of a sample's number: the series of durations. */
export const DURATION = 0;

function toPackedRow(observation: Observation): PackedRow {
	return {
		at: observation.at,
		level: levelCode(observation.level),
		durationUs: microseconds(observation.durationMs),
		samples: observation.samples,
		why: whyText(observation),
	};
}

function toObservation(check: CheckId, row: PackedRow): Observation {
	const { at, samples, level, durationUs } = row;
	return { check, at, durationMs: durationUs / 1000, samples, level: levelOf(level), ...readWhy(row.why) };
}
