import { describe, expect, it } from 'vitest';
import type { Copy, Retention } from '../../src/domain/backup.ts';
import { isAhead, isLoneNewest, newestFirst, selectRemovals } from '../../src/domain/retention.ts';
import { copy, DAY, NOW } from '../support/copies.ts';

const WEEK: Retention = { ageMs: 7 * DAY, count: null };
const THREE: Retention = { ageMs: null, count: 3 };

const outcome = (copies: readonly Copy[], keep: Retention, continued?: ReadonlySet<string>) => {
	const { remove, keep: kept } = selectRemovals(copies, keep, NOW, continued);
	return {
		remove: remove.map(({ name }) => name),
		keep: Object.fromEntries(kept.map(({ copy: { name }, because }) => [name, because])),
	};
};

describe('what retention lets go', () => {
	it('is what is older than a week, oldest first; nothing where nothing is said', () => {
		const copies = [0, 1, 6, 7, 8].map((days) => copy(days));
		expect(outcome(copies, WEEK)).toEqual({
			remove: ['c8', 'c7'],
			keep: { c0: 'last-good', c1: 'young', c6: 'young' },
		});
		expect(outcome(copies, { ageMs: null, count: null }).remove).toEqual([]);
	});

	it('must be let go by every limit that is set', () => {
		const copies = [0, 1, 2, 3, 9, 10].map((days) => copy(days));
		expect(outcome(copies, THREE).remove).toEqual(['c10', 'c9', 'c3']);
		expect(outcome(copies, { ageMs: 7 * DAY, count: 5 }).remove).toEqual(['c10']);
	});

	it('is never the last whole one, the newest proven one, or what is pinned', () => {
		expect(outcome([copy(40)], WEEK)).toEqual({ remove: [], keep: { c40: 'last-good' } });
		const copies = [copy(0), copy(20), copy(30, { provenAt: 1 }), copy(40, { provenAt: 1 })];
		expect(outcome([...copies, copy(50, { pinned: 'deploy' })], WEEK)).toEqual({
			remove: ['c40', 'c20'],
			keep: { c0: 'last-good', c30: 'last-proven', c50: 'pinned' },
		});
	});

	it('counts no safety copy of a restore as the last good one', () => {
		const copies = [copy(0, { pinned: 'restore' }), copy(30), copy(31)];
		expect(outcome(copies, { ageMs: DAY / 2, count: null })).toEqual({
			remove: ['c31'],
			keep: { c0: 'pinned', c30: 'last-good' },
		});
	});

	it('is a damaged one too, unless nothing whole is newer', () => {
		const bad = { state: 'damaged' } as const;
		expect(outcome([copy(0), copy(9, bad)], WEEK).remove).toEqual(['c9']);
		expect(outcome([copy(8, bad), copy(9), copy(30)], WEEK)).toEqual({
			remove: ['c30'],
			keep: { c9: 'last-good', c8: 'young' },
		});
		// Neither a count nor an age takes the last of what there is.
		expect(outcome([copy(1, bad), copy(2, bad)], { ageMs: null, count: 1 }).remove).toEqual([]);
		expect(outcome([copy(20, bad), copy(30, bad)], WEEK).remove).toEqual([]);
		expect(outcome([copy(0), copy(1, bad)], THREE).remove).toEqual(['c1']);
	});

	it('says nothing of what is gone or was removed before', () => {
		const copies = [copy(0), copy(20, { state: 'gone' }), copy(30, { state: 'removed' })];
		expect(outcome(copies, WEEK)).toEqual({ remove: [], keep: { c0: 'last-good' } });
	});

	it('is never a base on which kept increments stand', () => {
		const increment = copy(1, { base: 'c20' });
		expect(outcome([copy(0), increment, copy(20), copy(21)], WEEK)).toEqual({
			remove: ['c21'],
			keep: { c0: 'last-good', c1: 'young', c20: 'chain' },
		});
		expect(outcome([copy(0), copy(20), copy(21)], WEEK, new Set(['c21'])).remove).toEqual(['c20']);
	});

	it('counts ages from the newest whole copy: while nothing new comes, nothing old goes', () => {
		const copies = [30, 31, 36, 38].map((days) => copy(days));
		expect(outcome(copies, WEEK)).toEqual({
			remove: ['c38'],
			keep: { c30: 'last-good', c31: 'young', c36: 'young' },
		});
	});

	it('is nothing that a clock ahead of its time made, nor anything for its sake', () => {
		const ahead = [copy(-30), copy(-31), copy(-32)];
		expect(outcome([...ahead, copy(1), copy(2), copy(3), copy(4)], THREE)).toEqual({
			remove: ['c4'],
			keep: {
				'c-30': 'future',
				'c-31': 'future',
				'c-32': 'future',
				c1: 'last-good',
				c2: 'newest',
				c3: 'newest',
			},
		});
		const proven = copy(-30, { provenAt: 1 });
		expect(outcome([proven, copy(1), copy(20, { provenAt: 1 })], WEEK).remove).toEqual([]);
	});
});

describe('the newest copy', () => {
	it('is never one that a wrong clock dated ahead', () => {
		const names = newestFirst([copy(3), copy(-9), copy(1), copy(-2)], NOW).map(({ name }) => name);
		expect(names).toEqual(['c1', 'c3', 'c-9', 'c-2']);
		expect([isAhead(NOW + 60_000, NOW), isAhead(NOW + 600_000, NOW)]).toEqual([false, true]);
	});

	it('is alone after a silence that is longer than anything is kept and than usual', () => {
		const lone = (...days: readonly number[]) =>
			isLoneNewest(
				days.map((one) => copy(one)),
				WEEK,
				NOW,
			);
		expect(lone(0, 1, 2)).toBe(false);
		expect(lone(0, 30, 31)).toBe(true);
		expect(lone(0, 30)).toBe(true);
		// Once a month, as always.
		expect(lone(0, 30, 60)).toBe(false);
		expect(lone(0)).toBe(false);
		expect(isLoneNewest([copy(0), copy(30)], THREE, NOW)).toBe(false);
	});
});
