import { describe, expect, it } from 'vitest';
import { sheetId } from '../../src/domain/ids.ts';
import {
	dueTimeFor,
	instantOf,
	localDay,
	occurrences,
	planRounds,
	zoneOffsetMs,
} from '../../src/domain/schedule.ts';

const utc = (text: string) => Date.parse(`${text}Z`);
const at = (hour: number, minute = 0) => hour * 60 + minute;

describe('zones', () => {
	it('knows how far a zone is ahead', () => {
		expect(zoneOffsetMs(utc('2025-11-22T09:00:00'), 'Asia/Kuala_Lumpur')).toBe(8 * 3_600_000);
		expect(zoneOffsetMs(utc('2025-07-01T00:00:00'), 'America/New_York')).toBe(-4 * 3_600_000);
		expect(zoneOffsetMs(utc('2025-11-22T09:00:00.123'), 'UTC')).toBe(0);
	});

	it('takes the day of the zone, not of UTC', () => {
		expect(localDay(utc('2025-11-22T20:00:00'), 'Asia/Shanghai')).toEqual({ year: 2025, month: 11, day: 23 });
	});

	it('moves a skipped minute to the first instant after the gap', () => {
		// 2025-03-30 02:30 does not exist in Berlin; the clock jumps at 01:00 UTC.
		expect(instantOf({ year: 2025, month: 3, day: 30 }, at(2, 30), 'Europe/Berlin')).toBe(
			utc('2025-03-30T01:00:00'),
		);
	});

	it('takes the first pass of a repeated minute', () => {
		expect(instantOf({ year: 2025, month: 10, day: 26 }, at(2, 30), 'Europe/Berlin')).toBe(
			utc('2025-10-26T00:30:00'),
		);
	});
});

describe('occurrences', () => {
	const sheet = { atMinute: at(9) };

	it('finds the last and the next', () => {
		expect(occurrences(sheet, utc('2025-11-22T08:59:59'), 'UTC')).toEqual({
			last: utc('2025-11-21T09:00:00'),
			next: utc('2025-11-22T09:00:00'),
		});
		expect(occurrences(sheet, utc('2025-11-22T09:00:00'), 'UTC')?.last).toBe(utc('2025-11-22T09:00:00'));
	});

	it('gives an early round the time ahead and a late one the time behind', () => {
		expect(dueTimeFor(sheet, utc('2025-11-22T08:00:00'), 'UTC')).toBe(utc('2025-11-22T09:00:00'));
		expect(dueTimeFor(sheet, utc('2025-11-22T20:00:00'), 'UTC')).toBe(utc('2025-11-22T09:00:00'));
		expect(dueTimeFor({ atMinute: null }, 0, 'UTC')).toBeNull();
	});
});

describe('plan', () => {
	const morning = {
		id: sheetId('morning'),
		title: 'Morning',
		atMinute: at(9),
		graceMs: 30 * 60_000,
		steps: [],
	};
	const round = (dueAt: number, signed: boolean) =>
		({
			id: 1,
			sheet: morning.id,
			title: 'Morning',
			dueAt,
			graceMs: 0,
			startedAt: dueAt,
			startedBy: 'a',
			signed: signed ? { at: dueAt, by: 'a', note: '', level: 'ok', files: [], demo: false } : null,
			steps: [],
			version: 1,
		}) as never;

	it.each([
		['2025-11-22T08:00:00', 'planned'],
		['2025-11-22T09:00:00', 'due'],
		['2025-11-22T09:30:00', 'due'],
		['2025-11-22T09:30:01', 'late'],
	])('at %s it is %s', (now, standing) => {
		expect(planRounds([morning], [], utc(now), 'UTC')).toMatchObject([
			{ standing, dueAt: utc('2025-11-22T09:00:00') },
		]);
	});

	it('says what became of it', () => {
		const due = utc('2025-11-22T09:00:00');
		expect(planRounds([morning], [round(due, false)], due + 5, 'UTC')[0]?.standing).toBe('in-progress');
		expect(planRounds([morning], [round(due, true)], due + 5, 'UTC')[0]?.standing).toBe('signed');
	});

	it('calls yesterday missed only when rounds were walked before it and the next one came', () => {
		const early = round(utc('2025-11-20T09:00:00'), true);
		const before = planRounds([morning], [early], utc('2025-11-22T08:00:00'), 'UTC');
		expect(before.map((p) => p.standing)).toEqual(['late', 'planned']);
		const after = planRounds([morning], [early], utc('2025-11-22T09:00:00'), 'UTC');
		expect(after.map((p) => p.standing)).toEqual(['missed', 'due']);
		expect(planRounds([morning], [], utc('2025-11-22T09:00:00'), 'UTC')).toHaveLength(1);
		// The newest rounds are none of these days: that some were walked once is known all the same.
		const once = planRounds([morning], [], utc('2025-11-22T09:00:00'), 'UTC', utc('2025-10-01T09:00:00'));
		expect(once.map((p) => p.standing)).toEqual(['missed', 'due']);
	});
});
