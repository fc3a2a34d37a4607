import type { Clock } from '../../src/domain/ports.ts';

interface Timer {
	readonly at: number;
	readonly order: number;
	readonly run: () => void;
}

export interface FakeClock extends Clock {
	/** Moves both clocks on, running every timer on its way, and lets promises settle after each. */
	advance(ms: number): Promise<void>;
	/** Sets the wall clock alone, as an administrator or a time server does. */
	jumpWall(ms: number): void;
	/** Lets everything that waits for no timer come to rest. */
	idle(): Promise<void>;
	readonly timers: number;
}

/** Turns of the event loop that let chained promises and immediate I/O of the fakes settle. */
const TURNS = 25;

export function createFakeClock(startAt = Date.parse('2025-11-22T09:18:00Z')): FakeClock {
	let mono = 1_000;
	let offset = startAt - mono;
	let order = 0;
	let timers: Timer[] = [];

	const idle = async () => {
		for (let turn = 0; turn < TURNS; turn += 1) await Promise.resolve();
		await new Promise((resolve) => setImmediate(resolve));
	};

	return {
		now: () => mono + offset,
		monotonic: () => mono,
		after(ms, run) {
			order += 1;
			const timer = { at: mono + Math.max(0, ms), order, run };
			timers.push(timer);
			return () => {
				timers = timers.filter((t) => t !== timer);
			};
		},
		async advance(ms) {
			const end = mono + ms;
			await idle();
			for (;;) {
				const next = timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at || a.order - b.order)[0];
				if (!next) break;
				timers = timers.filter((t) => t !== next);
				mono = Math.max(mono, next.at);
				next.run();
				await idle();
			}
			mono = end;
			await idle();
		},
		jumpWall(ms) {
			offset += ms;
		},
		idle,
		get timers() {
			return timers.length;
		},
	};
}
