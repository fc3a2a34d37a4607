import type { Clock } from '../domain/ports.ts';

const CONFIG_MS = 2_000;
const SLOW_MS = 30_000;
const UPTIME_MS = 60_000;
const FIRST_UPTIME_MS = 10_000;
const COMPACT_MS = 600_000;
const BREATH_MS = 50;

export interface HousekeepingParts {
	readonly clock: Clock;
	/** The plan moves with the clock: due, late, missed. */
	readonly plan: (now: number) => void;
	/** Looks whether the configuration was edited. */
	readonly config: () => void;
	readonly uptime: () => void;
	/** Packs a bounded amount of history; true when more is left. Only the poller does it. */
	readonly compact: (now: number) => boolean;
	readonly polls: () => boolean;
}

/** What must happen now and then, whatever is asked: the plan, the day's uptime, packing old history. */
export function createHousekeeping(parts: HousekeepingParts): { start(): void; stop(): void } {
	const { clock } = parts;
	const cancels = new Set<() => void>();

	const later = (ms: number, run: () => void) => {
		const cancel = clock.after(ms, () => {
			cancels.delete(cancel);
			run();
		});
		cancels.add(cancel);
	};
	const repeat = (ms: number, run: () => void) => {
		const again = () => {
			run();
			later(ms, again);
		};
		later(ms, again);
	};
	const compact = () => {
		if (parts.polls() && parts.compact(clock.now())) later(BREATH_MS, compact);
	};

	return {
		start() {
			repeat(SLOW_MS, () => parts.plan(clock.now()));
			repeat(CONFIG_MS, parts.config);
			// A new system's first minute is too short to wait a minute for.
			later(FIRST_UPTIME_MS, parts.uptime);
			repeat(UPTIME_MS, parts.uptime);
			repeat(COMPACT_MS, compact);
		},
		stop() {
			for (const cancel of cancels) cancel();
			cancels.clear();
		},
	};
}
