import { describe, expect, it } from 'vitest';
import type { Copy, Drill } from '../../src/domain/backup.ts';
import { fault } from '../../src/domain/fault.ts';
import { actionId, operationId, planId } from '../../src/domain/ids.ts';
import type { Operation } from '../../src/domain/operation.ts';
import { type PlanFacts, planPicture } from '../../src/services/backups/plan-picture.ts';
import { copy, DAY, NOW, plan } from '../support/copies.ts';

const HOUR = 3_600_000;
const NIGHTLY = { kind: 'at', minutes: [120], days: [] } as const;
const nightly = plan({ schedule: NIGHTLY });
const night = (days: number) => Date.parse('2025-11-22T02:00:00Z') - days * DAY;

const FACTS: PlanFacts = {
	copies: [],
	drills: [],
	faults: [],
	plannedRun: null,
	lastRun: null,
	running: null,
};
const picture = (facts: Partial<PlanFacts>, of = nightly, now = NOW) =>
	planPicture(of, { ...FACTS, ...facts }, now, 'UTC');
const kinds = (facts: Partial<PlanFacts>, of = nightly, now = NOW) =>
	picture(facts, of, now).reasons.map(({ kind }) => kind);

/** The nightly copy of so many days ago. */
const nights = (days: number, extra: Partial<Copy> = {}) => {
	const made = copy(0, { name: `n${days}`, ...extra });
	const startedAt = new Date(night(days)).toISOString();
	return {
		...made,
		at: night(days),
		manifest: { ...made.manifest, name: `n${days}`, startedAt, asOf: startedAt },
	};
};

const drill = (extra: Partial<Drill>): Drill => ({
	id: 1,
	plan: planId('database'),
	copy: 'n0',
	target: 'backups/',
	by: 'mei',
	startedAt: NOW - HOUR,
	endedAt: NOW - HOUR,
	level: 'ok',
	rtoMs: 1_000,
	rpoMs: 2_000,
	couldFail: true,
	evidence: [],
	operation: null,
	...extra,
});

const run = (startedAt: number, extra: Partial<Operation> = {}): Operation =>
	({
		id: operationId(1),
		action: actionId('backup.database'),
		title: 'Back up',
		by: 'mei',
		startedAt,
		endedAt: startedAt + 1_000,
		state: 'done',
		level: 'critical',
		samples: {},
		reasons: [],
		step: null,
		parent: null,
		command: '',
		files: [],
		...extra,
	}) as Operation;

describe('how a plan stands', () => {
	it('is well with a copy of last night that was proven', () => {
		const found = picture({ copies: [nights(0, { provenAt: NOW - HOUR }), nights(1)] });
		expect(found).toMatchObject({ level: 'ok', reasons: [], count: 2, overdueSince: null, provenCopy: 'n0' });
		expect(found.nextAt).toBe(night(-1));
	});

	it('is overdue since the first night that was missed, not since the last', () => {
		expect(picture({ copies: [nights(5)] })).toMatchObject({ level: 'critical', overdueSince: night(4) });
		// A quarter of an hour is granted.
		const now = night(0) + 10 * 60_000;
		expect(picture({ copies: [nights(1)] }, nightly, now).overdueSince).toBeNull();
		expect(picture({ copies: [nights(1)] }, nightly, now + 10 * 60_000).overdueSince).toBe(night(0));
		const hourly = plan({ schedule: { kind: 'every', everyMs: HOUR } });
		expect(picture({ copies: [nights(0)] }, hourly).overdueSince).toBe(night(0) + HOUR);
	});

	it('that never ran is told so, and overdue once a time has come since it was first seen', () => {
		const seen = (at: number) => ({ plannedRun: { plannedAt: at, attempts: 0, takenAt: at } });
		expect(picture(seen(NOW))).toMatchObject({ reasons: [{ kind: 'never' }], overdueSince: null });
		expect(picture(seen(night(3) - HOUR)).overdueSince).toBe(night(3));
		expect(kinds({}, plan())).toEqual([]);
		expect(picture({}, plan()).level).toBe('pending');
	});

	it('is told sensibly beside copies from the future', () => {
		const ahead = nights(-30, { provenAt: NOW + 30 * DAY });
		expect(picture({ copies: [ahead, nights(0), nights(1)] })).toMatchObject({
			last: { name: 'n0' },
			overdueSince: null,
			provenAt: null,
		});
		expect(picture({ copies: [ahead, nights(3)] }).overdueSince).toBe(night(2));
		// Nothing else is left of the time that was right: the last planned time counts.
		expect(picture({ copies: [ahead] })).toMatchObject({ last: { name: 'n-30' }, overdueSince: night(0) });
		const failed = run(NOW - 60_000);
		expect(kinds({ copies: [ahead, nights(0)], lastRun: failed })).toContain('failed');
	});

	it('is critical while a copy is damaged, and an older whole one is its last', () => {
		const found = picture({ copies: [nights(0, { state: 'damaged' }), nights(1, { provenAt: NOW - DAY })] });
		expect(found).toMatchObject({ level: 'critical', last: { name: 'n1' }, count: 1 });
		expect(found.reasons).toContainEqual({ kind: 'damaged', name: 'n0' });
	});

	it('is a warning for a damaged copy once a newer one is whole', () => {
		const whole = nights(0, { provenAt: NOW - DAY });
		const found = picture({ copies: [whole, nights(1, { state: 'damaged' })] });
		expect(found).toMatchObject({ level: 'warning', last: { name: 'n0' } });
		expect(found.reasons).toEqual([{ kind: 'damaged', name: 'n1', isOld: true }]);
	});

	it('counts no safety copy of a restore', () => {
		const found = picture({ copies: [nights(0, { name: 'safe', pinned: 'restore' }), nights(3)] });
		expect(found).toMatchObject({ last: { name: 'n3' }, overdueSince: night(2) });
	});

	it('says of drills what they were worth, until a later one passed', () => {
		const copies = [nights(0)];
		expect(kinds({ copies })).toEqual(['unproven']);
		expect(kinds({ copies, drills: [drill({ couldFail: false, level: 'warning' })] })).toEqual([
			'drill-vacuous',
			'unproven',
		]);
		expect(kinds({ copies, drills: [drill({ level: 'critical' })] })).toEqual(['drill-failed', 'unproven']);
		expect(picture({ copies, drills: [drill({ level: 'critical' })] }).level).toBe('critical');
		expect(kinds({ copies, drills: [drill({}), drill({ level: 'critical', endedAt: NOW - DAY })] })).toEqual(
			[],
		);
		// What a clock that was ahead has dated hides no drill of these days.
		const ahead = drill({ level: 'critical', startedAt: NOW + 9 * DAY, endedAt: NOW + 9 * DAY });
		expect(kinds({ copies, drills: [ahead, drill({})] })).toEqual([]);
		const dreamt = drill({ startedAt: NOW + 9 * DAY, endedAt: NOW + 9 * DAY });
		expect(kinds({ copies, drills: [dreamt] })).toEqual(['unproven']);
		const quarterly = plan({ schedule: NIGHTLY, drill: { ...nightly.drill, everyMs: 90 * DAY } });
		const old = picture({ copies, drills: [drill({ endedAt: NOW - 100 * DAY })] }, quarterly);
		expect(old.reasons).toEqual([{ kind: 'drill-overdue', since: NOW - 10 * DAY }]);
		expect(picture({ copies, drills: [drill({})] }, quarterly).nextDrillAt).toBe(NOW - HOUR + 90 * DAY);
	});

	it('remembers the newest run when it failed, and forgets it once a copy was made or somebody ended it', () => {
		const copies = [nights(1)];
		expect(kinds({ copies, lastRun: run(night(0)) })).toContain('failed');
		const broken = { ...nightly, broken: fault('secret-missing', { reference: 'file:key' }) };
		expect(kinds({ copies, lastRun: run(night(0)) }, broken)).toContain('broken');
		expect(kinds({ copies, lastRun: run(night(0)) }, broken)).not.toContain('failed');
		expect(kinds({ copies, lastRun: run(night(0), { state: 'lost', level: 'unknown' }) })).toContain(
			'failed',
		);
		expect(kinds({ copies, lastRun: run(night(0), { state: 'cancelled', level: 'unknown' }) })).not.toContain(
			'failed',
		);
		expect(kinds({ copies: [nights(0)], lastRun: run(night(1)) })).not.toContain('failed');
	});

	it('is critical when its newest copy went without our doing, in any target', () => {
		const gone = { state: 'gone' } as const;
		const twice = plan({
			schedule: NIGHTLY,
			targets: ['backups/', 'far/'].map((name) => ({
				name,
				kind: 'directory',
				options: { path: `/srv/${name}` },
			})),
		});
		expect(picture({ copies: [nights(0, gone), nights(1, gone)] })).toMatchObject({
			level: 'critical',
			last: null,
			reasons: [{ kind: 'gone', name: 'n0', target: 'backups/' }],
		});
		const half = [nights(0), nights(0, { ...gone, target: 'far/' }), nights(1, { target: 'far/' })];
		expect(kinds({ copies: half }, twice)).toEqual(['gone', 'unproven']);
		// Older ones that somebody took away, and those that retention let go, are nobody's alarm.
		expect(kinds({ copies: [nights(0), nights(1, gone), nights(2, { state: 'removed' })] })).toEqual([
			'unproven',
		]);
		// A target that the plan has no more proves nothing, and is missed by nobody.
		expect(picture({ copies: [nights(0, { target: 'old/' })] })).toMatchObject({ last: null, count: 0 });
	});

	it('is not overdue while the copy is being made', () => {
		const running = { operation: run(night(0)), verb: 'backup' } as const;
		expect(kinds({ copies: [nights(1)] })).toEqual(['overdue', 'unproven']);
		expect(kinds({ copies: [nights(1)], running })).toEqual(['unproven']);
		expect(kinds({ copies: [nights(1)], running: { ...running, verb: 'verify' } })).toContain('overdue');
	});

	it('compares sizes, counts a copy of two targets once, and adds what both take', () => {
		const targets = ['backups/', 'far/'].map((name) => ({
			name,
			kind: 'directory',
			options: { path: name },
		}));
		const copies = [
			nights(0, { bytes: 500 }),
			nights(0, { bytes: 500, target: 'far/' }),
			nights(1, { bytes: 1_000 }),
		];
		const found = picture({ copies }, plan({ schedule: NIGHTLY, targets }));
		expect(found).toMatchObject({ count: 2, totalBytes: 2_000, change: -0.5, sizes: [1_000, 500] });
		expect(found.reasons).toContainEqual({ kind: 'shrunk', share: 0.5 });
	});
});
