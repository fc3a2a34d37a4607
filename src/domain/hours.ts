import { err, ok, type Result } from './result.ts';
import { zoneOffsetMs } from './schedule.ts';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const MINUTE = 60_000;
const DAY_MINUTES = 24 * 60;

/** Times of the week, in a zone's own clock: days (0 is Sunday) and minutes after midnight; `toMinute` may lie past midnight. */
export interface Hours {
	readonly text: string;
	readonly days: readonly number[];
	readonly fromMinute: number;
	/** Up to 48 h: 22:00-06:00 is 1320 to 1800, counted to the day it began on. */
	readonly toMinute: number;
}

/** Reads `mon-fri 08:00-20:00`, `sat,sun 22:00-06:00`, `08:00-20:00`. The error is the part that cannot be read. */
export function parseHours(text: string): Result<Hours, string> {
	const parts = text.trim().toLowerCase().split(/\s+/);
	if (parts.length > 2 || parts[0] === undefined) return err(text);
	const times = parts.at(-1) ?? '';
	const match = /^(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})$/.exec(times);
	if (!match) return err(times);
	const [fromHour, fromRest, toHour, toRest] = match.slice(1).map(Number) as [number, number, number, number];
	if (fromHour > 23 || toHour > 24 || fromRest > 59 || toRest > 59) return err(times);
	const fromMinute = fromHour * 60 + fromRest;
	const toMinute = toHour * 60 + toRest;
	if (toMinute > DAY_MINUTES || fromMinute === toMinute) return err(times);
	const days = parts.length === 2 ? parseDays(parts[0]) : [0, 1, 2, 3, 4, 5, 6];
	if (!days) return err(parts[0]);
	return ok({ text, days, fromMinute, toMinute: toMinute > fromMinute ? toMinute : toMinute + DAY_MINUTES });
}

function parseDays(text: string): readonly number[] | null {
	const days = new Set<number>();
	for (const part of text.split(',')) {
		const [first, last, ...more] = part.split('-').map((name) => DAYS.indexOf(name as (typeof DAYS)[number]));
		if (first === undefined || first < 0 || last === -1 || more.length > 0) return null;
		for (let day = first; ; day = (day + 1) % 7) {
			days.add(day);
			if (day === (last ?? first)) break;
		}
	}
	return [...days].sort((a, b) => a - b);
}

/** Whether an instant lies in the hours, by the zone's own clock: 22:00-06:00 of Saturday reaches into Sunday morning. */
export function isWithin(hours: Hours, at: number, zone: string): boolean {
	const local = new Date(at + zoneOffsetMs(at, zone));
	const minute = local.getUTCHours() * 60 + local.getUTCMinutes();
	const day = local.getUTCDay();
	const today = hours.days.includes(day) && minute >= hours.fromMinute && minute < hours.toMinute;
	const before = minute + DAY_MINUTES;
	const yesterday =
		hours.days.includes((day + 6) % 7) && before >= hours.fromMinute && before < hours.toMinute;
	return today || yesterday;
}

/** How long the current hours go on (ms), or 0 outside them. To the minute. */
export function remainingMs(hours: Hours, at: number, zone: string): number {
	let minutes = 0;
	const start = Math.floor(at / MINUTE) * MINUTE;
	while (minutes < 7 * DAY_MINUTES && isWithin(hours, start + minutes * MINUTE, zone)) minutes += 1;
	return minutes === 0 ? 0 : minutes * MINUTE - (at - start);
}
