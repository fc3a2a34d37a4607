import { describe, expect, it } from 'vitest';
import type { BackupPlan } from '../../src/domain/backup.ts';
import type { PlannedRun } from '../../src/domain/backup-store-port.ts';
import { dueRun } from '../../src/services/backups/due.ts';
import { plan } from '../support/copies.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const t = (text: string) => Date.parse(`2025-11-${text}:00Z`);
const nightly = plan({ schedule: { kind: 'at', minutes: [120], days: [] } });
const hourly = plan({ schedule: { kind: 'every', everyMs: HOUR } });
const taken = (plannedAt: number, attempts = 1): PlannedRun => ({ plannedAt, attempts, takenAt: plannedAt });
const due = (
	of: BackupPlan,
	seen: PlannedRun | null,
	now: number,
	ended: { readonly startedAt: number; readonly isGood: boolean } | null = null,
) => dueRun(of, seen, ended, now, 'UTC');

describe('what is due', () => {
	it('at 02:00 is taken on once, and as soon as anybody is there within the hour', () => {
		const seen = taken(t('21T02:00'));
		expect(due(nightly, seen, t('22T01:59'))).toBeNull();
		const next = { plannedAt: t('22T02:00'), attempts: 1 };
		expect(due(nightly, seen, t('22T02:00'))).toEqual({ ...next, takenAt: t('22T02:00') });
		expect(due(nightly, seen, t('22T02:59'))).toEqual({ ...next, takenAt: t('22T02:59') });
		// Missed: it is shown as overdue, and not run in the middle of the day.
		expect(due(nightly, seen, t('22T03:01'))).toBeNull();
		const good = { startedAt: t('22T02:00'), isGood: true };
		expect(due(nightly, taken(t('22T02:00')), t('22T02:30'), good)).toBeNull();
	});

	it('and failed is tried again twice, five minutes later, and only within the hour', () => {
		const bad = { startedAt: t('22T02:00'), isGood: false };
		const seen = taken(t('22T02:00'));
		expect(due(nightly, seen, t('22T02:04'), bad)).toBeNull();
		expect(due(nightly, seen, t('22T02:05'), bad)).toEqual({ ...seen, attempts: 2, takenAt: t('22T02:05') });
		const second = { ...seen, attempts: 2, takenAt: t('22T02:05') };
		const again = { startedAt: t('22T02:05'), isGood: false };
		expect(due(nightly, second, t('22T02:10'), again)).toMatchObject({ attempts: 3 });
		const third = { ...seen, attempts: 3, takenAt: t('22T02:10') };
		expect(due(nightly, third, t('22T02:20'), { startedAt: t('22T02:10'), isGood: false })).toBeNull();
		expect(due(nightly, seen, t('22T03:01'), bad)).toBeNull();
	});

	it('and was taken on by somebody who was killed before it began is tried again', () => {
		const seen = taken(t('22T02:00'));
		expect(due(nightly, seen, t('22T02:05'), { startedAt: t('21T02:00'), isGood: true })).toMatchObject({
			attempts: 2,
		});
		expect(due(nightly, seen, t('22T02:05'))).toMatchObject({ attempts: 2 });
		// A plan that was only seen for the first time has nothing to try again.
		expect(due(nightly, taken(t('22T02:10'), 0), t('22T02:20'))).toBeNull();
	});

	it('runs nothing twice when the clock is set back, and goes on when it was far ahead', () => {
		const seen = taken(t('22T02:00'));
		const good = { startedAt: t('22T02:00'), isGood: true };
		// Half a day back: the same planned time comes again, and was kept already.
		for (const now of [t('21T14:00'), t('22T01:59'), t('22T02:00'), t('22T02:30')])
			expect([now, due(nightly, seen, now, good)]).toEqual([now, null]);
		expect(due(nightly, seen, t('23T02:00'), good)).toMatchObject({ plannedAt: t('23T02:00') });
		// What a clock a year ahead wrote counts for nothing.
		const far = taken(t('22T02:00') + 365 * DAY);
		expect(due(nightly, far, t('22T02:00'))).toMatchObject({ plannedAt: t('22T02:00'), attempts: 1 });
		expect(due(nightly, far, t('22T12:00'))).toBeNull();
	});

	it('runs once when the clock leaps over several times', () => {
		const next = due(nightly, taken(t('10T02:00')), t('22T02:10'));
		expect(next).toMatchObject({ plannedAt: t('22T02:00') });
		expect(due(nightly, next, t('22T02:20'), { startedAt: t('22T02:10'), isGood: true })).toBeNull();
	});

	it('again after an hour, once after a night without anybody', () => {
		const first = due(hourly, null, t('22T09:00'));
		expect(first).toMatchObject({ plannedAt: t('22T09:00') });
		const good = { startedAt: t('22T09:00'), isGood: true };
		expect(due(hourly, first, t('22T09:59'), good)).toBeNull();
		const after = due(hourly, first, t('22T17:30'), good);
		expect(after).toMatchObject({ plannedAt: t('22T17:00') });
		expect(due(hourly, after, t('22T17:40'), { startedAt: t('22T17:30'), isGood: true })).toBeNull();
		// Set back by more than its hour it does not wait until the old time comes again.
		expect(due(hourly, after, t('22T03:00'), good)).toMatchObject({ plannedAt: t('22T03:00') });
	});

	it('is nothing for plans without a time, with nothing to copy, or that are broken', () => {
		const now = t('22T02:00');
		expect(due(plan({}), null, now)).toBeNull();
		expect(due(plan({ schedule: nightly.schedule, nothing: 'in memory' }), null, now)).toBeNull();
		const broken = { code: 'secret-missing', detail: {}, retryable: false } as unknown as NonNullable<
			BackupPlan['broken']
		>;
		expect(due(plan({ schedule: nightly.schedule, broken }), null, now)).toBeNull();
	});
});
