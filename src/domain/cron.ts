import { instantOf, localDay, zoneOffsetMs } from './schedule.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** 29 February on a given weekday comes back after 28 years at most; a year of 1900's kind makes it 40. */
const MOST_DAYS = 366 * 40;

/** When something is due, as five fields of a crontab say it. */
export interface CronTime {
	readonly minutes: ReadonlySet<number>;
	readonly hours: ReadonlySet<number>;
	readonly days: ReadonlySet<number>;
	/** 1 to 12. */
	readonly months: ReadonlySet<number>;
	/** 0 (Sunday) to 6. */
	readonly weekdays: ReadonlySet<number>;
	/** Day and weekday both restricted: either suffices. */
	readonly eitherDay: boolean;
	/** Minute or hour begin with `*`: it follows the wall clock through a repeated hour, as cron does. */
	readonly floating: boolean;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const SHORT: Readonly<Record<string, string>> = {
	'@yearly': '0 0 1 1 *',
	'@annually': '0 0 1 1 *',
	'@monthly': '0 0 1 * *',
	'@weekly': '0 0 * * 0',
	'@daily': '0 0 * * *',
	'@midnight': '0 0 * * *',
	'@hourly': '0 * * * *',
};

/** Reads `0 3 * * *`, `@daily`, names, lists, ranges and steps; null for what cron would not take (`@reboot` has no time). */
export function parseCron(text: string): CronTime | null {
	const fields = (SHORT[text.trim().toLowerCase()] ?? text).trim().split(/\s+/);
	if (fields.length !== 5) return null;
	const [minute = '', hour = '', day = '', month = '', weekday = ''] = fields;
	const minutes = readField(minute, 0, 59);
	const hours = readField(hour, 0, 23);
	const days = readField(day, 1, 31);
	const months = readField(month, 1, 12, MONTHS);
	const weekdays = readField(weekday, 0, 7, WEEKDAYS);
	if (minutes === null || hours === null || days === null || months === null || weekdays === null)
		return null;
	// 7 is Sunday too.
	if (weekdays.delete(7)) weekdays.add(0);
	const isStar = (field: string) => field.startsWith('*');
	return {
		minutes,
		hours,
		days,
		months,
		weekdays,
		eitherDay: !isStar(day) && !isStar(weekday),
		floating: isStar(minute) || isStar(hour),
	};
}

function readField(
	text: string,
	least: number,
	most: number,
	names: readonly string[] = [],
): Set<number> | null {
	const found = new Set<number>();
	const numberOf = (word: string) => {
		const named = names.indexOf(word.toLowerCase());
		// Months begin at 1, weekdays at 0.
		if (named >= 0) return named + least;
		return /^\d{1,2}$/.test(word) ? Number(word) : Number.NaN;
	};
	for (const part of text.split(',')) {
		const parts = /^(\*|[a-z\d]+)(?:-([a-z\d]+))?(?:\/(\d{1,2}))?$/i.exec(part);
		if (parts === null) return null;
		const [, first = '', last, step] = parts;
		if (first === '*' && last !== undefined) return null;
		const from = first === '*' ? least : numberOf(first);
		const to =
			first === '*' ? most : last === undefined ? (step === undefined ? from : most) : numberOf(last);
		const by = step === undefined ? 1 : Number(step);
		if (!(from >= least && to <= most && from <= to && by >= 1)) return null;
		for (let value = from; value <= to; value += by) found.add(value);
	}
	return found;
}

/** Whether two texts say the same times: `0 2 * * 0`, `0 2 * * sun` and `00 02 * * 7` do. */
export function sameCron(left: CronTime, right: CronTime): boolean {
	const same = (a: ReadonlySet<number>, b: ReadonlySet<number>) =>
		a.size === b.size && [...a].every((one) => b.has(one));
	return (
		same(left.minutes, right.minutes) &&
		same(left.hours, right.hours) &&
		same(left.days, right.days) &&
		same(left.months, right.months) &&
		same(left.weekdays, right.weekdays) &&
		left.eitherDay === right.eitherDay
	);
}

/** The first run after `now`, epoch ms, in a zone; null when it never comes (30 February). */
export function nextRun(time: CronTime, now: number, zone: string): number | null {
	return seek(time, now, zone, 1);
}

/** The last run at or before `now`. */
export function lastRun(time: CronTime, now: number, zone: string): number | null {
	return seek(time, now, zone, -1);
}

function seek(time: CronTime, now: number, zone: string, way: 1 | -1): number | null {
	const today = localDay(now, zone);
	const first = Date.UTC(today.year, today.month - 1, today.day);
	// The instants of a day may reach into its neighbours where clocks are changed at midnight.
	for (let step = -1; step <= MOST_DAYS; step++) {
		const date = new Date(first + way * step * DAY);
		if (!isDayOf(time, date)) continue;
		const runs = runsOf(time, date, zone);
		const wanted = way === 1 ? runs.find((at) => at > now) : runs.findLast((at) => at <= now);
		if (wanted !== undefined) return wanted;
	}
	return null;
}

function isDayOf(time: CronTime, date: Date): boolean {
	if (!time.months.has(date.getUTCMonth() + 1)) return false;
	const [day, weekday] = [time.days.has(date.getUTCDate()), time.weekdays.has(date.getUTCDay())];
	return time.eitherDay ? day || weekday : day && weekday;
}

/** Every run of one calendar day, in order. A fixed time runs once though its hour is skipped or repeated. */
function runsOf(time: CronTime, date: Date, zone: string): number[] {
	const day = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
	const found = new Set<number>();
	if (!time.floating) {
		for (const hour of time.hours)
			for (const minute of time.minutes) found.add(instantOf(day, hour * 60 + minute, zone));
		return [...found].sort((a, b) => a - b);
	}
	// By the wall clock: what it does not show does not run, what it shows twice runs twice.
	const began = instantOf(day, 0, zone);
	const after = new Date(date.getTime() + DAY);
	const ended = instantOf(
		{ year: after.getUTCFullYear(), month: after.getUTCMonth() + 1, day: after.getUTCDate() },
		0,
		zone,
	);
	// No zone changes its offset but on a quarter of an hour.
	for (let quarter = began; quarter < ended; quarter += 15 * MINUTE) {
		const offset = zoneOffsetMs(quarter, zone);
		for (let at = quarter; at < Math.min(ended, quarter + 15 * MINUTE); at += MINUTE) {
			const wall = new Date(at + offset);
			if (time.hours.has(wall.getUTCHours()) && time.minutes.has(wall.getUTCMinutes())) found.add(at);
		}
	}
	return [...found].sort((a, b) => a - b);
}

/**
 * Whether two things are ever started in the same minute within a year from `now`. What runs every hour or oftener is met
 * by everything, which is not worth saying: it collides with nothing here.
 */
export function everCollide(left: CronTime, right: CronTime, now: number): boolean {
	if (left.hours.size === 24 || right.hours.size === 24) return false;
	const meets = (a: ReadonlySet<number>, b: ReadonlySet<number>) => [...a].some((one) => b.has(one));
	if (!meets(left.minutes, right.minutes) || !meets(left.hours, right.hours)) return false;
	for (let step = 0; step < 366; step++) {
		const date = new Date(now + step * DAY);
		if (isDayOf(left, date) && isDayOf(right, date)) return true;
	}
	return false;
}

/** Whether a text names a time zone. */
export function isZone(text: string): boolean {
	try {
		new Intl.DateTimeFormat('en-GB', { timeZone: text });
		return true;
	} catch {
		return false;
	}
}

/** The zone this machine's clock is set to, by which its cron runs. */
export function hostZone(): string {
	return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
