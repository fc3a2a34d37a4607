import { type Fault, fault, timeoutFault } from '../domain/fault.ts';
import type { Clock, Limits } from '../domain/ports.ts';

/** Ends one exchange with the world at its deadline or when it is no longer wanted; whichever comes first, once. */
export interface Leash {
	/** Why it was ended, or null while it may go on. */
	readonly ended: Fault | null;
	/** Called once at the end; set by whoever is at work. */
	onEnd: ((why: Fault) => void) | null;
	/** The exchange is over: no timer and no listener stays behind. */
	release(): void;
}

/** Fault `timeout` {limitMs} at the deadline, `cancelled` when the signal is aborted before it. */
export function createLeash(clock: Clock, { deadline, signal, timed }: Limits): Leash {
	const limitMs = deadline - clock.monotonic();
	let takeBack = () => {};
	const end = (why: Fault) => {
		if (leash.ended !== null) return;
		leash.ended = why;
		leash.release();
		leash.onEnd?.(why);
	};
	// The owner may abort at the same deadline a moment before our timer: that is a timeout too.
	const aborted = () => end(clock.monotonic() >= deadline - 1 ? timeoutFault(limitMs) : fault('cancelled'));
	const leash: Leash & { ended: Fault | null } = {
		ended: null,
		onEnd: null,
		release() {
			takeBack();
			takeBack = () => {};
			signal.removeEventListener('abort', aborted);
		},
	};
	if (signal.aborted) aborted();
	else if (limitMs <= 0) end(timeoutFault(limitMs));
	else {
		signal.addEventListener('abort', aborted, { once: true });
		if (timed !== true) takeBack = clock.after(limitMs, () => end(timeoutFault(limitMs)));
	}
	return leash;
}
