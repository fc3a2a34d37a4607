import type { Clock } from '../domain/ports.ts';

/** Node's timers fire at once when asked for more than this. */
const LONGEST_MS = 2_147_483_647;

/** The real clock. A wall-clock jump moves `now`, never `monotonic` or a timer. */
export function createClock(): Clock {
	return {
		now: () => Date.now(),
		monotonic: () => performance.now(),
		after(ms, run) {
			let left = Number.isFinite(ms) ? Math.max(0, ms) : LONGEST_MS;
			let timer: NodeJS.Timeout;
			const arm = () => {
				const part = Math.min(left, LONGEST_MS);
				left -= part;
				timer = setTimeout(left > 0 ? arm : run, part);
			};
			arm();
			return () => clearTimeout(timer);
		},
	};
}
