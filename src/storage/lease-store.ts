import type { RoundId } from '../domain/ids.ts';
import type { Holder, LeaseStore } from '../domain/storage-port.ts';
import type { Connection } from './connection.ts';

interface BeatRow extends Holder {
	readonly beat_at: number;
}

interface PresenceRow extends BeatRow {
	readonly looking: number | null;
	readonly since: number;
}

/** A heartbeat far in the future was written before the clock was set back: it proves nothing. */
function isAlive(beatAt: number, now: number, ttlMs: number): boolean {
	return Math.abs(now - beatAt) < ttlMs;
}

export function createLeaseStore(connection: Connection): LeaseStore {
	const { db, environment } = connection;
	const current = db.prepare<[number], BeatRow>(
		'SELECT session, operator, pid, host, beat_at FROM lease WHERE environment_id = ?',
	);
	const take = db.prepare(
		'INSERT OR REPLACE INTO lease (environment_id, session, operator, pid, host, beat_at) VALUES (?, ?, ?, ?, ?, ?)',
	);
	const release = db.prepare('DELETE FROM lease WHERE environment_id = ? AND session = ?');
	const present = db.prepare(`
		INSERT INTO presence (environment_id, session, operator, pid, host, looking, since, beat_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET operator = excluded.operator, looking = excluded.looking, beat_at = excluded.beat_at`);
	const leave = db.prepare('DELETE FROM presence WHERE environment_id = ? AND session = ?');
	const everybody = db.prepare<[number], PresenceRow>(
		'SELECT session, operator, pid, host, looking, since, beat_at FROM presence WHERE environment_id = ? ORDER BY since, session',
	);
	// Who was killed never leaves; after a day nobody asks for them any more.
	const forget = db.prepare('DELETE FROM presence WHERE environment_id = ? AND beat_at < ?');
	return {
		take: (holder, now, ttlMs) =>
			connection.write(() => {
				const held = current.get(environment);
				if (held && held.session !== holder.session && isAlive(held.beat_at, now, ttlMs)) return false;
				// A heartbeat much younger than its life needs no new page on disk.
				if (held?.session === holder.session && Math.abs(now - held.beat_at) < ttlMs / 8) return true;
				take.run(environment, holder.session, holder.operator, holder.pid, holder.host, now);
				return true;
			}),
		release: (holder) => connection.write(() => void release.run(environment, holder.session)),
		holder: (now, ttlMs) =>
			connection.read(() => {
				const held = current.get(environment);
				return held && isAlive(held.beat_at, now, ttlMs) ? holderOf(held) : null;
			}),
		present: (holder, now, looking) =>
			connection.write(() => {
				forget.run(environment, now - 86_400_000);
				const { session, operator, pid, host } = holder;
				present.run(environment, session, operator, pid, host, looking, now, now);
			}),
		leave: (holder) => connection.write(() => void leave.run(environment, holder.session)),
		sessions: (now, ttlMs) =>
			connection.read(() =>
				everybody
					.all(environment)
					.filter((row) => isAlive(row.beat_at, now, ttlMs))
					.map((row) => ({ ...holderOf(row), looking: row.looking as RoundId | null, since: row.since })),
			),
	};
}

function holderOf({ session, operator, pid, host }: Holder): Holder {
	return { session, operator, pid, host };
}
