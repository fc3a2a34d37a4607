import type { CheckDefinition, CheckKind } from '../domain/check.ts';
import type { CheckId } from '../domain/ids.ts';
import type { Clock } from '../domain/ports.ts';
import { isSameQuestion } from '../domain/same-question.ts';
import { createDueQueue } from './due-queue.ts';
import type { Places } from './places.ts';
import type { Probed, Prober } from './prober.ts';

/** The first questions of all checks are spread over this time: quick to a full screen, without a thundering start. */
const FIRST_SPREAD_MS = 1_000;
/** Due times closer than this share one wake-up. */
const SLOT_MS = 10;
/** A wall clock that moved this much more than the monotonic one was set, or the machine slept. */
const JUMP_MS = 5_000;

interface Planned {
	readonly check: CheckDefinition;
	readonly kind: CheckKind;
	readonly origin: string | null;
	/** Monotonic ms of the next question. */
	dueAt: number;
	/** Its own place in the interval (monotonic ms): starts stay spread, and a retry falls back into the rhythm. */
	phase: number;
	/** Which entry of the queue is the valid one. */
	ticket: number;
	running: Promise<void> | null;
	/** How long its newest question waited for a place. */
	lateMs: number;
	/** Asked again while it ran. */
	again: boolean;
}

export interface PollerParts {
	readonly clock: Clock;
	readonly prober: Prober;
	readonly places: Places;
	readonly kindOf: (name: string) => CheckKind | undefined;
	/** Takes what was probed; returns when to ask again sooner than the interval (ms), or null. */
	readonly onProbed: (probed: Probed) => number | null;
	/** Whether a check is outside its hours now, so that its regular question is left out. */
	readonly isOut?: (check: CheckDefinition) => boolean;
	readonly onJump: (byMs: number) => void;
}

export interface Poller {
	start(checks: readonly CheckDefinition[]): void;
	/** Takes a new list: unchanged checks keep their rhythm. */
	replace(checks: readonly CheckDefinition[]): void;
	/** Asks these now (all when empty); resolves when they were asked. Works for a poller that is not started too. */
	askNow(checks: readonly CheckDefinition[]): Promise<number>;
	nextAt(check: CheckId): number | null;
	/** How much later than due its newest question began, ms: waiting for a place is lateness. */
	lateMs(check: CheckId): number;
	stop(): void;
}

/** The only clock-driven loop over checks. One run of a check at a time; a slow one is late, never doubled. */
export function createPoller(parts: PollerParts): Poller {
	const { clock, prober, places } = parts;
	const planned = new Map<CheckId, Planned>();
	let queue = createDueQueue<{ readonly plan: Planned; readonly ticket: number }>();
	let started = false;
	let cancelWake: (() => void) | null = null;
	let wakeAt = Number.POSITIVE_INFINITY;
	/** Whoever waits for an answer when polling ends; what comes back after that was ended by us and says nothing. */
	const waiting = new Set<() => void>();
	let session = 0;
	let wall = clock.now();
	let mono = clock.monotonic();

	const planFor = (check: CheckDefinition, dueAt: number): Planned | null => {
		const kind = parts.kindOf(check.kind);
		if (!kind) return null;
		// One that cannot be asked may have no address either.
		const origin = check.broken === undefined ? kind.origin(check.options) : null;
		return { check, kind, origin, dueAt, phase: dueAt, ticket: 0, running: null, lateMs: 0, again: false };
	};

	/** A question under way goes on when its check is configured anew: still one at a time. */
	const inherit = (plan: Planned, old: Planned) => {
		if (!old.running) return;
		const running: Promise<void> = old.running.then(() => {
			if (plan.running === running) plan.running = null;
		});
		plan.running = running;
	};

	const schedule = (plan: Planned, dueAt: number) => {
		plan.dueAt = dueAt;
		plan.ticket += 1;
		queue.push(dueAt, { plan, ticket: plan.ticket });
		wake();
	};

	const wake = () => {
		const next = queue.nextAt();
		if (next === null || !started || next >= wakeAt - SLOT_MS) return;
		cancelWake?.();
		wakeAt = next;
		cancelWake = clock.after(Math.max(0, next - clock.monotonic()), tick);
	};

	const ask = (plan: Planned): Promise<void> => {
		if (plan.running) {
			plan.again = true;
			return plan.running;
		}
		const { check, kind, origin } = plan;
		const wanted = clock.monotonic();
		const asked = session;
		plan.running = new Promise<void>((resolve) => {
			waiting.add(resolve);
			places.enter(kind.pool, origin, () => {
				plan.lateMs = Math.max(0, clock.monotonic() - wanted);
				void prober.probe(check, kind).then((probed) => {
					places.leave(kind.pool, origin);
					plan.running = null;
					waiting.delete(resolve);
					if (asked !== session) return resolve();
					const sooner = parts.onProbed(probed);
					const live = planned.get(check.id) === plan;
					if (live && started && sooner !== null) {
						const soon = clock.monotonic() + sooner;
						if (soon < plan.dueAt) schedule(plan, soon);
					}
					if (plan.again && live) {
						plan.again = false;
						void ask(plan).then(resolve);
					} else {
						resolve();
					}
				});
			});
		});
		return plan.running;
	};

	const tick = () => {
		cancelWake = null;
		wakeAt = Number.POSITIVE_INFINITY;
		const now = clock.monotonic();
		noticeJump(now);
		for (const { plan, ticket } of queue.takeDue(now + SLOT_MS)) {
			if (plan.ticket !== ticket || planned.get(plan.check.id) !== plan) continue;
			const every = plan.check.everyMs;
			// The first time of its rhythm that is at least half an interval away: after a long pause one catch-up
			// question, never a burst of old ones.
			const next = plan.phase + Math.ceil((now + every / 2 - plan.phase) / every) * every;
			// A check still running is late by its own doing: this time is left out, not doubled.
			if (!plan.running && !parts.isOut?.(plan.check)) void ask(plan);
			schedule(plan, next);
		}
		wake();
	};

	const noticeJump = (monoNow: number) => {
		const wallNow = clock.now();
		const moved = wallNow - wall - (monoNow - mono);
		wall = wallNow;
		mono = monoNow;
		if (Math.abs(moved) < JUMP_MS) return;
		parts.onJump(moved);
		// Forward means the machine may have slept with the monotonic clock standing still: one question each.
		if (moved > 0) for (const plan of planned.values()) void ask(plan);
	};

	const spread = (checks: readonly CheckDefinition[]) => {
		const now = clock.monotonic();
		checks.forEach((check, index) => {
			const share = index / Math.max(1, checks.length);
			const plan = planFor(check, now);
			if (!plan) return;
			plan.phase = now + share * check.everyMs;
			planned.set(check.id, plan);
			schedule(plan, now + share * Math.min(check.everyMs, FIRST_SPREAD_MS));
		});
	};

	return {
		start(checks) {
			started = true;
			wall = clock.now();
			mono = clock.monotonic();
			spread(checks);
			wake();
		},
		replace(checks) {
			const before = new Map(planned);
			planned.clear();
			queue = createDueQueue();
			wakeAt = Number.POSITIVE_INFINITY;
			cancelWake?.();
			const fresh: CheckDefinition[] = [];
			for (const check of checks) {
				const old = before.get(check.id);
				const keeps = old && old.check.everyMs === check.everyMs && isSameQuestion(old.check, check);
				const plan = keeps ? planFor(check, old.dueAt) : null;
				if (plan && old) {
					inherit(plan, old);
					plan.phase = old.phase;
					planned.set(check.id, plan);
					if (started) schedule(plan, plan.dueAt);
				} else {
					fresh.push(check);
				}
			}
			if (started) spread(fresh);
			wake();
		},
		async askNow(checks) {
			const plans = checks.flatMap((check) => {
				const known = planned.get(check.id);
				// One that does not poll hears of a new configuration only here.
				if (known && (started || known.check === check)) return [known];
				const plan = planFor(check, clock.monotonic());
				if (!plan) return [];
				if (known) inherit(plan, known);
				planned.set(check.id, plan);
				return [plan];
			});
			await Promise.all(plans.map(ask));
			return plans.length;
		},
		lateMs: (check) => planned.get(check)?.lateMs ?? 0,
		nextAt(check) {
			const plan = planned.get(check);
			return plan && started ? clock.now() + Math.max(0, plan.dueAt - clock.monotonic()) : null;
		},
		stop() {
			started = false;
			cancelWake?.();
			cancelWake = null;
			wakeAt = Number.POSITIVE_INFINITY;
			session += 1;
			planned.clear();
			queue = createDueQueue();
			places.clear();
			prober.stop();
			for (const resolve of waiting) resolve();
			waiting.clear();
		},
	};
}
