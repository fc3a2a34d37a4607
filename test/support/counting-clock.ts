import type { Clock } from '../../src/domain/ports.ts';
import { createClock } from '../../src/platform/clock.ts';

/** The real clock, counting the timers that are still armed. */
export function createCountingClock(): Clock & { armed(): number } {
	const clock = createClock();
	let armed = 0;
	return {
		now: clock.now,
		monotonic: clock.monotonic,
		after(ms, run) {
			let over = false;
			const end = () => {
				if (!over) armed--;
				over = true;
			};
			armed++;
			const takeBack = clock.after(ms, () => {
				end();
				run();
			});
			return () => {
				end();
				takeBack();
			};
		},
		armed: () => armed,
	};
}
