/** How many probes may be under way: in all network ones, to one origin, and commands or queries. */
export interface PlaceLimits {
	readonly network: number;
	readonly origin: number;
	readonly local: number;
}

export const PLACE_LIMITS: PlaceLimits = { network: 256, origin: 16, local: 8 };

interface Waiting {
	readonly pool: 'network' | 'local';
	readonly origin: string | null;
	readonly start: () => void;
}

export interface Places {
	/** Starts at once, or as soon as a place is free, in the order of asking. `start` must end in `leave`. */
	enter(pool: 'network' | 'local', origin: string | null, start: () => void): void;
	leave(pool: 'network' | 'local', origin: string | null): void;
	/** How many wait: shown as lateness. */
	waiting(): number;
	/** Forgets who waits, e.g. at the end. */
	clear(): void;
}

/** Bounds what runs at once, so that one slow origin cannot take every place from the others. */
export function createPlaces(limits: PlaceLimits = PLACE_LIMITS): Places {
	const used = { network: 0, local: 0 };
	const byOrigin = new Map<string, number>();
	let queue: Waiting[] = [];

	const isFree = (pool: 'network' | 'local', origin: string | null) =>
		used[pool] < limits[pool] && (origin === null || (byOrigin.get(origin) ?? 0) < limits.origin);

	const take = (pool: 'network' | 'local', origin: string | null) => {
		used[pool] += 1;
		if (origin !== null) byOrigin.set(origin, (byOrigin.get(origin) ?? 0) + 1);
	};

	return {
		enter(pool, origin, start) {
			if (isFree(pool, origin)) {
				take(pool, origin);
				start();
			} else {
				queue.push({ pool, origin, start });
			}
		},
		leave(pool, origin) {
			used[pool] -= 1;
			if (origin !== null) {
				const left = (byOrigin.get(origin) ?? 1) - 1;
				if (left === 0) byOrigin.delete(origin);
				else byOrigin.set(origin, left);
			}
			const next = queue.findIndex((w) => isFree(w.pool, w.origin));
			const found = queue[next];
			if (!found) return;
			queue.splice(next, 1);
			take(found.pool, found.origin);
			found.start();
		},
		waiting: () => queue.length,
		clear() {
			queue = [];
		},
	};
}
