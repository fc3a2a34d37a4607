import type { RoundId } from '../domain/ids.ts';
import type { PollingPicture } from '../domain/picture.ts';
import type { Clock } from '../domain/ports.ts';
import type { Holder, LeaseStore, RunningOperation } from '../domain/storage-port.ts';

/** A holder that said nothing for this long is gone: another polls within 5 s of its `kill -9`. */
const TTL_MS = 4_000;
const RENEW_MS = 1_500;
/** How often one without the lease looks whether it is free. */
const WATCH_MS = 500;
const DAY_MS = 86_400_000;
/** A session of another host silent for this long is gone; one of this host when its process is. */
const GONE_MS = 60_000;

export interface LeaseParts {
	readonly clock: Clock;
	readonly store: LeaseStore;
	readonly holder: Holder;
	/** A console that never polls (headless commands) only watches. */
	readonly mayHold: boolean;
	readonly onChange: (polling: PollingPicture) => void;
	readonly onTaken: () => void;
	readonly onLost: () => void;
}

export interface Lease {
	start(): void;
	look(round: RoundId | null): void;
	picture(): PollingPicture;
	/** Gives the lease back, so that another takes over at once. */
	stop(): void;
}

/** Keeps the right to be the one poller, and says who else is here. */
export function createLease(parts: LeaseParts): Lease {
	const { clock, store, holder } = parts;
	let mine = false;
	let looking: RoundId | null = null;
	let cancel: (() => void) | null = null;
	let said = '';
	let current: PollingPicture = { mine: false, holder: null, present: [] };
	let presentAt = Number.NEGATIVE_INFINITY;

	const beat = () => {
		const now = clock.now();
		if (parts.mayHold) {
			const took = store.take(holder, now, TTL_MS);
			// A store that cannot be written settles nothing: who polls goes on, nobody starts.
			const next = took.ok ? took.value : mine;
			if (next && !mine) {
				mine = true;
				parts.onTaken();
			} else if (!next && mine) {
				mine = false;
				parts.onLost();
			}
		}
		if (clock.monotonic() - presentAt >= RENEW_MS) {
			presentAt = clock.monotonic();
			store.present(holder, now, looking);
		}
		tell(now);
		cancel = clock.after(mine ? RENEW_MS : WATCH_MS, beat);
	};

	const tell = (now: number) => {
		const held = store.holder(now, TTL_MS);
		const sessions = store.sessions(now, 3 * RENEW_MS);
		const next: PollingPicture = {
			mine,
			holder: held.ok ? (held.value?.operator ?? null) : current.holder,
			present: sessions.ok
				? sessions.value.map((s) => ({
						session: s.session,
						operator: s.operator,
						looking: s.looking,
						mine: s.session === holder.session,
					}))
				: current.present,
		};
		const words = JSON.stringify(next);
		if (words === said) return;
		said = words;
		current = next;
		parts.onChange(next);
	};

	return {
		start: beat,
		look(round) {
			looking = round;
			presentAt = clock.monotonic();
			store.present(holder, clock.now(), looking);
			tell(clock.now());
		},
		picture: () => current,
		stop() {
			cancel?.();
			if (mine) store.release(holder);
			mine = false;
			store.leave(holder);
		},
	};
}

/** Whether another console that lives may be the one that started an operation. */
export function createLiving(
	store: LeaseStore,
	clock: Clock,
	holder: Holder,
	isProcess: (pid: number, born?: string | null) => boolean,
): (running: RunningOperation) => boolean {
	return ({ operation: { by, startedAt }, runner }) => {
		const now = clock.now();
		if (runner?.session === holder.session) return false;
		if (runner?.host === holder.host) return isProcess(runner.pid, runner.born);
		if (runner) {
			const sessions = store.sessions(now, GONE_MS);
			// Who cannot be asked may well live.
			return !sessions.ok || sessions.value.some((s) => s.session === runner.session);
		}
		// A program before this one did not say who it was.
		// On this host the process itself says it: a clock set anew makes every heartbeat look old.
		const near = store.sessions(now, DAY_MS);
		const far = store.sessions(now, GONE_MS);
		const alive = [
			...(near.ok ? near.value : []).filter((s) => s.host === holder.host && isProcess(s.pid)),
			...(far.ok ? far.value : []).filter((s) => s.host !== holder.host),
		];
		return alive.some((s) => s.session !== holder.session && s.operator === by && s.since <= startedAt);
	};
}
