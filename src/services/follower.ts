import type { CheckId } from '../domain/ids.ts';
import type { Clock } from '../domain/ports.ts';
import type { Storage } from '../domain/storage-port.ts';
import type { Present } from './present.ts';

const LOOK_MS = 500;
/** How far behind the newest one an observation may be stored, besides the slowest probe: it is stamped with its beginning. */
const REACH_MS = 30_000;
const ROWS = 20_000;
/** A wall clock that moved this much more than the monotonic one was set. */
const JUMP_MS = 5_000;

export interface FollowerParts {
	readonly clock: Clock;
	readonly storage: Storage;
	readonly present: Present;
	/** Another console stored observations of these checks; present is up to date already. */
	readonly onObserved: (checks: ReadonlySet<CheckId>, now: number) => void;
	/** Somebody else wrote something: rounds, operations, baseline may have changed. */
	readonly onWritten: () => void;
	/** Whether this console polls: then states are its own and only foreign observations are taken over. */
	readonly polls: () => boolean;
}

/** Keeps one picture over several consoles: reads what others wrote, as soon as the store says that somebody did. */
export function createFollower(parts: FollowerParts): { start(): void; stop(): void } {
	const { clock, storage, present } = parts;
	let version = storage.dataVersion();
	let wall = clock.now();
	let mono = clock.monotonic();
	let cancel: (() => void) | null = null;

	const catchUp = () => {
		const now = clock.now();
		const newestAt = Math.max(0, ...[...present.all()].map(({ newest }) => newest?.at ?? 0));
		// After the clock was set back the newest known time lies ahead of everything that is written now.
		const known = newestAt === 0 ? now : Math.min(newestAt, now);
		const from = known - present.slowestMs() - REACH_MS;
		const found = storage.observations.recent(present.asksToFollow(from), ROWS);
		if (!found.ok) return;
		if (!parts.polls()) {
			const states = storage.observations.states();
			if (states.ok) present.refill(states.value, []);
		}
		const fresh = new Set<CheckId>();
		for (const recent of found.value) {
			const remembered = present.get(recent.check);
			if (!remembered || !present.take(remembered, recent)) continue;
			if (!parts.polls()) remembered.state = { ...remembered.state, at: recent.newest.at };
			// What was said in a probe of another process is not known here.
			remembered.verdict = null;
			remembered.transcript = null;
			fresh.add(recent.check);
		}
		if (fresh.size > 0) parts.onObserved(fresh, now);
	};

	const look = () => {
		cancel = clock.after(LOOK_MS, look);
		const moved = clock.now() - wall - (clock.monotonic() - mono);
		wall = clock.now();
		mono = clock.monotonic();
		// One that polls hears of it from its poller.
		if (moved < -JUMP_MS && !parts.polls()) {
			present.shift(moved);
		}
		const seen = storage.dataVersion();
		if (seen === version) return;
		version = seen;
		catchUp();
		parts.onWritten();
	};

	return {
		start: look,
		stop: () => cancel?.(),
	};
}
