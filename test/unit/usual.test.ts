import { describe, expect, it } from 'vitest';
import { fault } from '../../src/domain/fault.ts';
import { checkId } from '../../src/domain/ids.ts';
import { err, ok } from '../../src/domain/result.ts';
import type { HistoryPoint } from '../../src/domain/storage-port.ts';
import { createUsual } from '../../src/services/usual.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse('2025-11-22T09:18:00Z');
const api = checkId('api');

/** A store that knows the mean of the hour so many days ago. */
function storeOf(means: Readonly<Record<number, number>>) {
	const asked: number[] = [];
	const start = Math.floor(NOW / HOUR) * HOUR;
	return {
		asked,
		history(_check: unknown, _sample: unknown, from: number) {
			asked.push(from);
			const value = means[(start - from) / DAY] ?? null;
			const point: HistoryPoint = { at: from, level: value === null ? 'pending' : 'ok', value, count: 1 };
			return ok([point]);
		},
	};
}

describe('what is usual at this hour', () => {
	it('is the middle of the same hour on earlier days, so that one bad day does not move it', () => {
		const usual = createUsual(storeOf({ 1: 9, 2: 8, 3: 9_000, 4: 10, 5: 9 }))(api, 'latency', NOW);
		expect(usual).toEqual({ value: 9, days: 5, need: 3 });
	});

	it('is not known from two days, and says so', () => {
		const usual = createUsual(storeOf({ 1: 9, 2: 8 }))(api, 'latency', NOW);
		expect(usual).toEqual({ value: null, days: 2, need: 3 });
	});

	it('has as many digits as a mean is worth', () => {
		const third = 28 / 3;
		expect(createUsual(storeOf({ 1: third, 2: third, 3: third }))(api, 'latency', NOW).value).toBe(9.33333);
	});

	it('is asked of the store once an hour', () => {
		const store = storeOf({ 1: 9, 2: 8, 3: 9 });
		const usual = createUsual(store);
		usual(api, 'latency', NOW);
		usual(api, 'latency', NOW + 60_000);
		expect(store.asked).toHaveLength(7);
		usual(api, 'latency', NOW + HOUR);
		expect(store.asked).toHaveLength(14);
	});

	it('is asked again of a store that was busy', () => {
		const known = storeOf({ 1: 9, 2: 8, 3: 9 });
		let isBusy = true;
		const usual = createUsual({
			history: (one, sample, from) =>
				isBusy ? err(fault('storage-busy')) : known.history(one, sample, from),
		});
		expect(usual(api, 'latency', NOW).value).toBeNull();
		isBusy = false;
		expect(usual(api, 'latency', NOW).value).toBe(9);
	});
});
