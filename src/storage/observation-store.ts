import { checkId } from '../domain/ids.ts';
import type { Observation } from '../domain/observation.ts';
import type { ObservationStore } from '../domain/storage-port.ts';
import { createCheckStates } from './check-states.ts';
import { levelCode, levelOf } from './codes.ts';
import { createCompaction } from './compaction.ts';
import type { Connection } from './connection.ts';
import { createHistory } from './history.ts';
import type { Names } from './names.ts';
import { createOpenHours } from './open-hours.ts';
import { createPackedHours } from './packed-hours.ts';
import { createRecent } from './recent.ts';

interface FlipRow {
	readonly check_id: number;
	readonly at: number;
	readonly from_level: number;
	readonly to_level: number;
}

export function createObservationStore(
	connection: Connection,
	checks: Names,
	samples: Names,
): ObservationStore {
	const { db, environment } = connection;
	const open = createOpenHours(connection, checks, samples);
	const packed = createPackedHours(connection, checks, samples);
	const states = createCheckStates(connection, checks);
	const history = createHistory(connection, { checks, samples, open, packed });
	const compact = createCompaction(connection, { checks, open, packed });
	const recent = createRecent(connection, { checks, samples, open, packed });
	const writeFlip = db.prepare(
		'INSERT OR IGNORE INTO flip (environment_id, at, check_id, from_level, to_level) VALUES (?, ?, ?, ?, ?)',
	);
	const flips = db.prepare<[number, number, number], FlipRow>(
		'SELECT check_id, at, from_level, to_level FROM flip WHERE environment_id = ? AND at >= ? ORDER BY at DESC, check_id DESC LIMIT ?',
	);

	/** The newest `limit`, in order of time: open hours first, closed ones for what is missing. */
	const newest = (fromAt: number, toAt: number, limit: number, check: number): Observation[] => {
		const openFrom = Math.max(fromAt, packed.packedTo());
		const fresh = openFrom > toAt ? [] : open.read(openFrom, toAt, check);
		if (fresh.length >= limit) return limit <= 0 ? [] : fresh.slice(-limit);
		return [...packed.read(fromAt, toAt, limit - fresh.length, check), ...fresh];
	};

	return {
		record: (batch) =>
			connection.write(() => {
				const closedTo = packed.packedTo();
				const late: Observation[] = [];
				for (const { observation, state, flip } of batch) {
					if (observation.at < closedTo) late.push(observation);
					else open.write(observation);
					states.write(state);
					if (flip) {
						writeFlip.run(
							environment,
							flip.at,
							checks.idOf(flip.check),
							levelCode(flip.from),
							levelCode(flip.to),
						);
					}
				}
				if (late.length > 0) packed.addLate(late);
			}),
		states: () => connection.read(() => states.read()),
		recent: (asks, limit) => connection.read(() => recent(asks, limit)),
		of: (check, fromAt, toAt, limit) =>
			connection.read(() => {
				const id = checks.find(check);
				return id === null ? [] : newest(fromAt, toAt, limit, id);
			}),
		history: (check, sample, fromAt, toAt, buckets) =>
			connection.read(() => history.of(check, sample, fromAt, toAt, buckets)),
		uptime: (fromAt, toAt) => connection.read(() => history.uptime(fromAt, toAt)),
		flips: (sinceAt, limit) =>
			connection.read(() =>
				flips
					.all(environment, sinceAt, limit)
					.reverse()
					.map(({ check_id, at, from_level, to_level }) => ({
						check: checkId(checks.nameOf(check_id)),
						at,
						from: levelOf(from_level),
						to: levelOf(to_level),
					})),
			),
		compact: (now, keepMs) => connection.write(() => compact(now, keepMs)),
	};
}
