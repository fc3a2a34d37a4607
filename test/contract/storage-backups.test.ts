import { describe, expect, it } from 'vitest';
import { planId } from '../../src/domain/ids.ts';
import { copy, NOW } from '../support/copies.ts';
import { got, opened, scratch } from './storage-world.ts';

const PLAN = planId('database');

describe('what is remembered of backups', () => {
	it('gives a planned run to whoever was first, however many saw it free', () => {
		const path = scratch();
		const [mine, other] = [opened(path).backups, opened(path).backups];
		const next = { plannedAt: NOW, attempts: 1, takenAt: NOW };
		expect(got(mine.plannedRun(PLAN))).toBeNull();
		expect(got(mine.takeRun(PLAN, null, next))).toBe(true);
		expect(got(other.takeRun(PLAN, null, { ...next, takenAt: NOW + 1 }))).toBe(false);
		expect(got(other.plannedRun(PLAN))).toEqual(next);
		const again = { ...next, attempts: 2, takenAt: NOW + 9 };
		expect(got(other.takeRun(PLAN, next, again))).toBe(true);
		expect(got(mine.takeRun(PLAN, next, { ...again, takenAt: NOW + 10 }))).toBe(false);
		expect(got(mine.plannedRun(PLAN))).toEqual(again);
	});

	it('keeps copies by plan, target and name, newest first, each as it was put last', () => {
		const path = scratch();
		const { backups } = opened(path);
		got(backups.keepCopies([copy(3), copy(1), copy(1, { target: 'far/' })]));
		got(backups.keepCopies([copy(3, { state: 'damaged', verifiedAt: 7, provenAt: 8 })]));
		const found = got(opened(path).backups.copies(PLAN));
		expect(found.map(({ name, target, state }) => [name, target, state])).toEqual([
			['c1', expect.any(String), 'there'],
			['c1', expect.any(String), 'there'],
			['c3', 'backups/', 'damaged'],
		]);
		expect(found[2]).toEqual(copy(3, { state: 'damaged', verifiedAt: 7, provenAt: 8 }));
		expect(got(backups.copies(planId('other')))).toEqual([]);
		expect(got(opened(path, { environment: 'staging' }).backups.copies(PLAN))).toEqual([]);
	});

	it('stamps the copies of each plan: another text whenever one of them is another', () => {
		const path = scratch();
		const { backups } = opened(path);
		const stamp = () => got(opened(path).backups.stamps()).get(PLAN);
		const seen = [stamp()];
		const change = (...copies: Parameters<typeof copy>[]) => {
			got(backups.keepCopies(copies.map((one) => copy(...one))));
			seen.push(stamp());
		};
		change([1]);
		change([3]);
		change([3, { verifiedAt: 7 }]);
		change([3, { verifiedAt: 7, provenAt: 8 }]);
		change([3, { verifiedAt: 7, provenAt: 8, state: 'damaged' }]);
		change([3, { verifiedAt: 7, provenAt: 8, state: 'removed' }]);
		expect(new Set(seen).size).toBe(seen.length);
		change([3, { verifiedAt: 7, provenAt: 8, state: 'removed' }]);
		expect(seen.at(-1)).toBe(seen.at(-2));
	});

	it('holds one request of a restore at a time, until it is carried out', () => {
		const { backups } = opened(scratch());
		const asked = { copy: 'c1', target: 'backups/', by: 'mei', at: NOW };
		got(backups.askRestore(PLAN, asked));
		got(backups.askRestore(PLAN, { ...asked, copy: 'c2' }));
		expect(got(backups.restoreRequest(PLAN))).toEqual({ ...asked, copy: 'c2' });
		got(backups.askRestore(PLAN, null));
		expect(got(backups.restoreRequest(PLAN))).toBeNull();
	});

	it('gives drills back newest first, as many as are asked for', () => {
		const { backups } = opened(scratch());
		const drill = {
			plan: PLAN,
			copy: 'c1',
			target: 'backups/',
			by: 'mei',
			startedAt: NOW,
			endedAt: NOW + 5,
			level: 'critical' as const,
			rtoMs: 3,
			rpoMs: 4,
			couldFail: false,
			evidence: [{ kind: 'rows', name: 'sale', level: 'critical', expected: '3', found: '2' }] as const,
			operation: null,
		};
		const { id, ...kept } = got(backups.addDrill(drill));
		expect(kept).toEqual(drill);
		got(backups.addDrill({ ...drill, startedAt: NOW + 9 }));
		expect(got(backups.drills(PLAN, 1))).toMatchObject([{ startedAt: NOW + 9 }]);
		expect(got(backups.drills(PLAN, 9))[1]).toEqual({ id, ...drill });
	});
});
