import { describe, expect, it } from 'vitest';
import { advance, isStale, pendingState } from '../../src/domain/check-state.ts';
import { checkId } from '../../src/domain/ids.ts';
import type { Level } from '../../src/domain/level.ts';

const id = checkId('api');

function walk(levels: readonly Level[], confirm = 3) {
	let state = pendingState(id, 0);
	return levels.map((level, index) => {
		const next = advance(state, { level, at: (index + 1) * 10 }, { confirm });
		state = next.state;
		return {
			hard: state.hard,
			attempt: state.attempt,
			since: state.since,
			hardLevel: state.hardLevel,
			flip: next.flip && `${next.flip.from}>${next.flip.to}`,
		};
	});
}

describe('soft and hard', () => {
	it('takes the first ok as hard', () => {
		expect(walk(['ok'])).toEqual([
			{ hard: true, attempt: 1, since: 10, hardLevel: 'ok', flip: 'pending>ok' },
		]);
	});

	it('hardens a bad level after it was confirmed, and flips once', () => {
		const steps = walk(['ok', 'critical', 'critical', 'critical', 'critical']);
		expect(steps.map((s) => s.hard)).toEqual([true, false, false, true, true]);
		expect(steps.map((s) => s.attempt)).toEqual([1, 1, 2, 3, 4]);
		expect(steps.map((s) => s.flip)).toEqual(['pending>ok', null, null, 'ok>critical', null]);
		expect(steps[4]?.since).toBe(20);
	});

	it('forgets a soft trouble that went away', () => {
		const steps = walk(['ok', 'critical', 'ok', 'critical', 'critical']);
		expect(steps.map((s) => s.flip).filter(Boolean)).toEqual(['pending>ok']);
		expect(steps[4]).toMatchObject({ hard: false, attempt: 2 });
	});

	it('counts different bad levels together, and stays hard from one to another', () => {
		const steps = walk(['ok', 'warning', 'critical', 'unknown', 'critical']);
		expect(steps.map((s) => s.flip)).toEqual(['pending>ok', null, null, 'ok>unknown', 'unknown>critical']);
	});

	it('recovers at once', () => {
		expect(walk(['critical', 'ok'], 1).map((s) => s.flip)).toEqual(['pending>critical', 'critical>ok']);
	});
});

describe('stale', () => {
	const rules = { everyMs: 10_000, timeoutMs: 5_000 };
	it('is after twice the interval and the probe time', () => {
		expect(isStale(1_000, 26_000, rules)).toBe(false);
		expect(isStale(1_000, 26_001, rules)).toBe(true);
	});
	it('is not before the first observation: that is pending', () => {
		expect(isStale(0, 1e12, rules)).toBe(false);
	});
});
