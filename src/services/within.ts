import type { Clock } from '../domain/ports.ts';

/** Waits for work, but no longer than `ms`. */
export function within(clock: Clock, ms: number, work: Promise<void>): Promise<void> {
	let takeBack = () => {};
	const over = new Promise<void>((resolve) => {
		takeBack = clock.after(ms, resolve);
	});
	return Promise.race([work, over]).finally(takeBack);
}
