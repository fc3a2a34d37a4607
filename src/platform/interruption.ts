/** How long an orderly end may take after a signal before the process ends anyway. */
export const LAST_MS = 2_000;
/** One Ctrl-C may come twice, from the terminal and from whoever started us. */
const AGAIN_MS = 500;

export interface Interruption {
	/** Resolves when the process is asked to end, with the exit code for it. */
	readonly asked: Promise<number>;
	/** An orderly end may take so long after the signal, ms; asked twice by Ctrl-C it comes at once. */
	linger(ms: number): void;
}

/** Hears the signals that ask a process to end. `exit` is called when that takes too long. */
export function hearInterruption(exit: (code: number) => void): Interruption {
	let lastMs = LAST_MS;
	let askedAt: number | null = null;
	const asked = new Promise<number>((resolve) => {
		for (const [signal, code] of [
			['SIGHUP', 129],
			['SIGINT', 130],
			['SIGTERM', 143],
		] as const) {
			process.on(signal, () => {
				const now = performance.now();
				if (askedAt !== null) {
					if (signal === 'SIGINT' && lastMs > LAST_MS && now - askedAt > AGAIN_MS) exit(code);
					return;
				}
				askedAt = now;
				resolve(code);
				const end = () => {
					const left = now + lastMs - performance.now();
					// Somebody may have asked for more time meanwhile.
					if (left > 1) setTimeout(end, left).unref();
					else exit(code);
				};
				setTimeout(end, LAST_MS).unref();
			});
		}
	});
	return {
		asked,
		linger(ms) {
			lastMs = Math.max(lastMs, ms);
		},
	};
}
