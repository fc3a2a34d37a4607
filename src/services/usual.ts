import type { CheckId } from '../domain/ids.ts';
import type { ObservationStore } from '../domain/storage-port.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Days looked back on, and how many of them must be known before anything is called usual. */
const DAYS = 7;
const FEWEST = 3;

/** What a sample usually is at this hour of the day, or null while too little is known. */
export type Usual = (check: CheckId, sample: string, now: number) => number | null;

/** The middle of the same hour's means on the last seven days; asked of the store once an hour for each check. */
export function createUsual(store: Pick<ObservationStore, 'history'>): Usual {
	let hour = 0;
	let known = new Map<string, number | null>();

	return (check, sample, now) => {
		const start = Math.floor(now / HOUR) * HOUR;
		if (start !== hour) {
			hour = start;
			known = new Map();
		}
		const key = `${check} ${sample}`;
		const before = known.get(key);
		if (before !== undefined) return before;
		const means: number[] = [];
		for (let day = 1; day <= DAYS; day += 1) {
			const from = start - day * DAY;
			const found = store.history(check, sample, from, from + HOUR - 1, 1);
			const value = found.ok ? (found.value[0]?.value ?? null) : null;
			if (value !== null) means.push(value);
		}
		means.sort((a, b) => a - b);
		const usual = means.length < FEWEST ? null : (means[Math.floor(means.length / 2)] ?? null);
		known.set(key, usual);
		return usual;
	};
}
