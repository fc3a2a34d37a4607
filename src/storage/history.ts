import { type CheckId, checkId } from '../domain/ids.ts';
import { isWorse, type Level } from '../domain/level.ts';
import type { Observation } from '../domain/observation.ts';
import type { HistoryPoint } from '../domain/storage-port.ts';
import { levelOf } from './codes.ts';
import type { Connection } from './connection.ts';
import type { Names } from './names.ts';
import { CHECK, IN_RANGE, rangeOf } from './observation-key.ts';
import type { OpenHours } from './open-hours.ts';
import { DURATION, HOUR_MS, hourOf, type PackedHours } from './packed-hours.ts';
import { isGood, plotted } from './roll-up.ts';

interface Parts {
	readonly checks: Names;
	readonly samples: Names;
	readonly open: OpenHours;
	readonly packed: PackedHours;
}

interface Bucket {
	level: Level;
	count: number;
	numbers: number;
	sum: number;
}

export interface History {
	/** Exactly `buckets` points; an empty one is `pending` with count 0, so that the gap is drawn. */
	of(check: CheckId, sample: string | null, fromAt: number, toAt: number, buckets: number): HistoryPoint[];
	uptime(fromAt: number, toAt: number): Map<CheckId, { readonly good: number; readonly count: number }>;
}

export function createHistory(connection: Connection, parts: Parts): History {
	const { db, environment } = connection;
	const { checks, samples, open, packed } = parts;
	const hours = db.prepare<
		[number, number, number, number, number],
		{ hour: number; n: number; worst: number; numbers: number | null; sum: number | null }
	>(`
		SELECT d.hour, d.n, d.worst, s.numbers, s.sum FROM roll_up d
		LEFT JOIN roll_up s ON s.environment_id = d.environment_id AND s.hour = d.hour AND s.check_id = d.check_id AND s.name_id = ?
		WHERE d.environment_id = ? AND d.hour >= ? AND d.hour < ? AND d.check_id = ? AND d.name_id = ${DURATION}
		ORDER BY d.hour`);
	const standings = db.prepare<[number, number, number], { check_id: number; n: number; bad: number }>(`
		SELECT check_id, sum(n) AS n, sum(bad) AS bad FROM roll_up
		WHERE environment_id = ? AND hour >= ? AND hour < ? AND name_id = ${DURATION} GROUP BY check_id`);
	const levels = db.prepare<[number, number, number], { check_id: number; level: number; n: number }>(
		`SELECT ${CHECK} AS check_id, level, count(*) AS n FROM observation WHERE ${IN_RANGE} GROUP BY ${CHECK}, level`,
	);

	/** The closed hours that lie wholly in the range; what is left of it at either end must be read row by row. */
	const wholeHours = (fromAt: number, toAt: number): { readonly from: number; readonly to: number } => {
		const from = hourOf(fromAt + HOUR_MS - 1);
		return { from, to: Math.max(from, Math.min(hourOf(toAt + 1), packed.packedTo())) };
	};
	const rows = (fromAt: number, toAt: number, id: number | null): Observation[] => {
		if (toAt < fromAt) return [];
		const openFrom = Math.max(fromAt, packed.packedTo());
		const closed = packed.read(fromAt, toAt, Number.MAX_SAFE_INTEGER, id);
		return openFrom > toAt ? closed : [...closed, ...open.read(openFrom, toAt, id)];
	};

	return {
		of(check, sample, fromAt, toAt, buckets) {
			const made = Array.from(
				{ length: buckets },
				(): Bucket => ({ level: 'pending', count: 0, numbers: 0, sum: 0 }),
			);
			const width = Math.max(1, (toAt - fromAt + 1) / buckets);
			const bucketAt = (at: number): Bucket =>
				made[Math.min(buckets - 1, Math.floor((at - fromAt) / width))]!;
			const id = checks.find(check);
			const name = sample === null ? DURATION : samples.find(sample);
			if (id !== null && buckets > 0) {
				const whole = width < HOUR_MS ? { from: toAt + 1, to: toAt + 1 } : wholeHours(fromAt, toAt);
				const edges = [...rows(fromAt, whole.from - 1, id), ...rows(whole.to, toAt, id)];
				for (const observation of edges) {
					const number = sample === null ? observation.durationMs : plotted(observation.samples[sample]);
					add(bucketAt(observation.at), observation.level, 1, number === null ? 0 : 1, number ?? 0);
				}
				for (const row of hours.iterate(name ?? -1, environment, whole.from, whole.to, id)) {
					add(bucketAt(row.hour), levelOf(row.worst), row.n, row.numbers ?? 0, row.sum ?? 0);
				}
			}
			return made.map(({ level, count, numbers, sum }, index) => ({
				at: Math.round(fromAt + index * width),
				level,
				value: numbers === 0 ? null : sum / numbers,
				count,
			}));
		},
		uptime(fromAt, toAt) {
			const found = new Map<CheckId, { good: number; count: number }>();
			const count = (check: CheckId, good: number, all: number) => {
				const known = found.get(check) ?? { good: 0, count: 0 };
				found.set(check, { good: known.good + good, count: known.count + all });
			};
			const closedTo = packed.packedTo();
			const whole = wholeHours(fromAt, toAt);
			for (const { check_id, n, bad } of standings.iterate(environment, whole.from, whole.to)) {
				count(checkId(checks.nameOf(check_id)), n - bad, n);
			}
			const edges = [
				...packed.read(fromAt, Math.min(toAt, whole.from - 1), Number.MAX_SAFE_INTEGER, null),
				...packed.read(whole.to, toAt, Number.MAX_SAFE_INTEGER, null),
			];
			for (const { check, level } of edges) count(check, isGood(level) ? 1 : 0, 1);
			for (const { check_id, level, n } of levels.iterate(
				...rangeOf(Math.max(fromAt, closedTo), toAt + 1, environment),
			)) {
				count(checkId(checks.nameOf(check_id)), isGood(levelOf(level)) ? n : 0, n);
			}
			return found;
		},
	};
}

function add(bucket: Bucket, level: Level, count: number, numbers: number, sum: number): void {
	// A bucket's first observation replaces `pending`, which only says that there is none.
	if (bucket.count === 0 || isWorse(level, bucket.level)) bucket.level = level;
	bucket.count += count;
	bucket.numbers += numbers;
	bucket.sum += sum;
}
