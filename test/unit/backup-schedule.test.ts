import { describe, expect, it } from 'vitest';
import { atText, type Cadenced, parseAt, plannedTimes } from '../../src/domain/backup-schedule.ts';

const HOUR = 3_600_000;
const t = (text: string) => Date.parse(text);
const at = (...texts: readonly string[]): Cadenced => {
	const read = texts.map((text) => parseAt(text)!);
	return { kind: 'at', minutes: read.map(({ minute }) => minute), days: read[0]!.days };
};
const around = (schedule: Cadenced, now: string, zone = 'UTC', lastAt: string | null = null) => {
	const { last, next } = plannedTimes(schedule, t(now), zone, lastAt === null ? null : t(lastAt));
	return [last, next].map((one) => (one === null ? null : new Date(one).toISOString().slice(0, 16)));
};

describe('when a plan runs', () => {
	it('is read as it is written, and nothing else is', () => {
		expect(parseAt('02:00')).toEqual({ minute: 120, days: [] });
		expect(parseAt(' Sun,wed 23:59 ')).toEqual({ minute: 1_439, days: [0, 3] });
		for (const bad of ['24:00', '2:00', '02:60', 'sunday 02:00', 'xyz 02:00', '02:00:00', '', 'sun'])
			expect([bad, parseAt(bad)]).toEqual([bad, null]);
		expect(atText({ kind: 'at', minutes: [120, 840], days: [0, 3] })).toBe('sun,wed 02:00 14:00');
	});

	it('at a time of the day: the newest one before, and the next', () => {
		expect(around(at('02:00'), '2025-11-22T02:00:00Z')).toEqual(['2025-11-22T02:00', '2025-11-23T02:00']);
		expect(around(at('02:00'), '2025-11-22T01:59:59Z')).toEqual(['2025-11-21T02:00', '2025-11-22T02:00']);
		expect(around(at('02:00', '14:00'), '2025-11-22T09:00:00Z')).toEqual([
			'2025-11-22T02:00',
			'2025-11-22T14:00',
		]);
		// A Saturday.
		expect(around(at('sun 03:00'), '2025-11-22T09:00:00Z')).toEqual(['2025-11-16T03:00', '2025-11-23T03:00']);
	});

	it('in the zone of the system', () => {
		expect(around(at('02:00'), '2025-11-22T17:00:00Z', 'Asia/Shanghai')).toEqual([
			'2025-11-21T18:00',
			'2025-11-22T18:00',
		]);
	});

	it('once in the night that skips the hour, once in the night that repeats it', () => {
		const zone = 'Europe/Berlin';
		// 2025-03-30: 02:00 becomes 03:00.
		expect(around(at('02:30'), '2025-03-30T00:30:00Z', zone)).toEqual([
			'2025-03-29T01:30',
			'2025-03-30T01:00',
		]);
		expect(around(at('02:30'), '2025-03-30T03:00:00Z', zone)).toEqual([
			'2025-03-30T01:00',
			'2025-03-31T00:30',
		]);
		// 2025-10-26: 03:00 becomes 02:00 again.
		expect(around(at('02:30'), '2025-10-26T00:45:00Z', zone)).toEqual([
			'2025-10-26T00:30',
			'2025-10-27T01:30',
		]);
		expect(around(at('02:30'), '2025-10-26T01:45:00Z', zone)).toEqual([
			'2025-10-26T00:30',
			'2025-10-27T01:30',
		]);
	});

	it('again after a time: made up for once after a pause, and not years away when the clock went back', () => {
		const every: Cadenced = { kind: 'every', everyMs: HOUR };
		expect(around(every, '2025-11-22T09:00:00Z')[0]).toBe('2025-11-22T09:00');
		expect(around(every, '2025-11-22T09:30:00Z', 'UTC', '2025-11-22T09:00:00Z')).toEqual([
			null,
			'2025-11-22T10:00',
		]);
		expect(around(every, '2025-11-22T17:30:00Z', 'UTC', '2025-11-22T09:00:00Z')).toEqual([
			'2025-11-22T17:00',
			'2025-11-22T18:00',
		]);
		expect(around(every, '2025-11-22T09:00:00Z', 'UTC', '2027-01-01T00:00:00Z')).toEqual([
			null,
			'2025-11-22T10:00',
		]);
	});
});
