import type { CheckId, RoundId } from '../domain/ids.ts';
import type { Baseline, BaselineValue } from '../domain/snapshot.ts';
import type { SampleValue } from '../domain/value.ts';
import type { Connection } from './connection.ts';
import type { Names } from './names.ts';

interface Row {
	readonly check_id: number;
	readonly name_id: number;
	readonly value: string;
	readonly at: number;
}

export interface Baselines {
	/** Inside the transaction of the sign-off. */
	keep(
		round: RoundId,
		at: number,
		snapshot: readonly { readonly check: CheckId; readonly sample: string; readonly value: SampleValue }[],
	): void;
	read(): Baseline;
	/** As it stood at this instant: what was signed later is not in it. */
	readAt(at: number): Baseline;
}

/** Every signed snapshot is kept; the newest value of each sample stands ready, so that years of rounds cost nothing to read. */
export function createBaselines(connection: Connection, checks: Names, samples: Names): Baselines {
	const { db, environment } = connection;
	const keep = db.prepare(
		'INSERT OR REPLACE INTO snapshot (round_id, check_id, name_id, value) VALUES (?, ?, ?, ?)',
	);
	const renew = db.prepare(`
		INSERT INTO baseline (environment_id, check_id, name_id, value, at, round_id) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET value = excluded.value, at = excluded.at, round_id = excluded.round_id WHERE excluded.at >= at`);
	const all = db.prepare<[number], Row>(
		'SELECT check_id, name_id, value, at FROM baseline WHERE environment_id = ? ORDER BY check_id, name_id',
	);
	const upTo = db.prepare<[number, number], Row>(`
		SELECT s.check_id, s.name_id, s.value, max(r.signed_at) AS at FROM snapshot s JOIN round r ON r.id = s.round_id
		WHERE r.environment_id = ? AND r.signed_at <= ? GROUP BY s.check_id, s.name_id ORDER BY s.check_id, s.name_id`);
	const toBaseline = (rows: Iterable<Row>): Baseline => {
		const found = new Map<string, [string, BaselineValue][]>();
		for (const row of rows) {
			const check = checks.nameOf(row.check_id);
			const values = found.get(check) ?? [];
			values.push([samples.nameOf(row.name_id), { value: JSON.parse(row.value) as SampleValue, at: row.at }]);
			found.set(check, values);
		}
		// Sample names come from outside: own properties only.
		return Object.fromEntries([...found].map(([check, values]) => [check, Object.fromEntries(values)]));
	};
	return {
		keep(round, at, snapshot) {
			for (const { check, sample, value } of snapshot) {
				const [checkNumber, name, text] = [checks.idOf(check), samples.idOf(sample), JSON.stringify(value)];
				keep.run(round, checkNumber, name, text);
				renew.run(environment, checkNumber, name, text, at, round);
			}
		},
		read: () => toBaseline(all.iterate(environment)),
		readAt: (at) => toBaseline(upTo.iterate(environment, at)),
	};
}
