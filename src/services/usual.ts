import type { Usual } from '../domain/condition/index.ts';
import type { CheckId } from '../domain/ids.ts';
import type { ObservationStore } from '../domain/storage-port.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Days looked back on, and how many of them must be known before anything is called usual. */
const DAYS = 7;
const FEWEST = 3;
/** A mean of an hour's answers means no more digits than these. */
const DIGITS = 6;

/** What a check's sample usually is at the hour of the day that `at` (epoch ms) lies in. */
export type UsualAt = (check: CheckId, sample: string, at: number) => Usual;

/**
 * The middle of the same hour's means on the last seven days; asked of the store once an hour for each sample, and only for
 * those somebody asks about.
 */
export function createUsual(store: Pick<ObservationStore, 'history'>): UsualAt {
	const known = new Map<string, { readonly hour: number; readonly usual: Usual }>();

	return (check, sample, at) => {
		const hour = Math.floor(at / HOUR) * HOUR;
		const key = `${check} ${sample}`;
		const before = known.get(key);
		if (before?.hour === hour) return before.usual;
		const means: number[] = [];
		let isWhole = true;
		for (let day = 1; day <= DAYS; day += 1) {
			const from = hour - day * DAY;
			const found = store.history(check, sample, from, from + HOUR - 1, 1);
			if (!found.ok) isWhole = false;
			const value = found.ok ? (found.value[0]?.value ?? null) : null;
			if (value !== null) means.push(value);
		}
		means.sort((a, b) => a - b);
		const middle = means.length < FEWEST ? undefined : means[Math.floor(means.length / 2)];
		const value = middle === undefined ? null : Number(middle.toPrecision(DIGITS));
		const usual: Usual = { value, days: means.length, need: FEWEST };
		// What a busy store did not tell is asked for again.
		if (isWhole) known.set(key, { hour, usual });
		return usual;
	};
}
