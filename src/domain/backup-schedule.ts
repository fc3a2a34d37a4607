import { instantOf, localDay, shiftDay } from './schedule.ts';

/** When a plan runs: at times of the day (of some days of the week), or again after a time. */
export type Cadenced =
	| {
			readonly kind: 'at';
			/** Minutes after midnight, in the system's zone. */
			readonly minutes: readonly number[];
			/** 0 is Sunday; empty: every day. */
			readonly days: readonly number[];
	  }
	| { readonly kind: 'every'; readonly everyMs: number };

const DAY_NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** Reads `02:00`, `sun 03:00`, `mon,wed 02:30`; null when it is none. */
export function parseAt(text: string): { readonly minute: number; readonly days: readonly number[] } | null {
	const parts = /^(?:([a-z]{3}(?:,[a-z]{3})*)\s+)?([01]\d|2[0-3]):([0-5]\d)$/.exec(text.trim().toLowerCase());
	if (parts === null) return null;
	const days = parts[1] === undefined ? [] : parts[1].split(',').map((name) => DAY_NAMES.indexOf(name));
	if (days.includes(-1)) return null;
	return { minute: Number(parts[2]) * 60 + Number(parts[3]), days };
}

/** `sun 03:00`, `02:00 14:00`. */
export function atText({ minutes, days }: Extract<Cadenced, { kind: 'at' }>): string {
	const two = (value: number) => String(value).padStart(2, '0');
	const times = minutes.map((minute) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`);
	return [days.map((day) => DAY_NAMES[day]).join(','), ...times].filter((part) => part !== '').join(' ');
}

/** The newest planned time at or before `now` (null: none yet), and the next after it. */
export function plannedTimes(
	schedule: Cadenced,
	now: number,
	zone: string,
	/** When the plan last began, for one that runs again after a time. */
	lastAt: number | null,
): { readonly last: number | null; readonly next: number } {
	if (schedule.kind === 'every') {
		if (lastAt === null) return { last: now, next: now };
		// A clock that went back must not put the next run years away.
		const from = Math.min(lastAt, now);
		// What was missed for a while is made up for once, not once for every time.
		const passed = Math.floor((now - from) / schedule.everyMs) * schedule.everyMs;
		return { last: passed === 0 ? null : from + passed, next: from + passed + schedule.everyMs };
	}
	const today = localDay(now, zone);
	const times: number[] = [];
	for (let shift = -8; shift <= 8; shift += 1) {
		const day = shiftDay(today, shift);
		const weekday = new Date(Date.UTC(day.year, day.month - 1, day.day)).getUTCDay();
		if (schedule.days.length > 0 && !schedule.days.includes(weekday)) continue;
		for (const minute of schedule.minutes) times.push(instantOf(day, minute, zone));
	}
	times.sort((a, b) => a - b);
	const last = times.findLast((at) => at <= now) ?? null;
	return { last, next: times.find((at) => at > now) ?? now };
}
