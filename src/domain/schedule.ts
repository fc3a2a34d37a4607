import type { SheetId } from './ids.ts';
import type { PlannedRound } from './picture.ts';
import type { Round } from './round.ts';
import { isException } from './round.ts';
import type { SheetDefinition } from './system.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

interface LocalDay {
	readonly year: number;
	readonly month: number;
	readonly day: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function partsFormat(zone: string): Intl.DateTimeFormat {
	let made = formats.get(zone);
	if (!made) {
		made = new Intl.DateTimeFormat('en-GB', {
			timeZone: zone,
			hourCycle: 'h23',
			year: 'numeric',
			month: 'numeric',
			day: 'numeric',
			hour: 'numeric',
			minute: 'numeric',
			second: 'numeric',
		});
		formats.set(zone, made);
	}
	return made;
}

/** How far a zone's clock is ahead of UTC at this instant, ms. */
export function zoneOffsetMs(at: number, zone: string): number {
	const field: Record<string, number> = {};
	for (const part of partsFormat(zone).formatToParts(at)) field[part.type] = Number(part.value);
	const local = Date.UTC(
		field['year'] ?? 0,
		(field['month'] ?? 1) - 1,
		field['day'] ?? 1,
		field['hour'] ?? 0,
		field['minute'] ?? 0,
		field['second'] ?? 0,
	);
	return local - Math.floor(at / 1000) * 1000;
}

export function localDay(at: number, zone: string): LocalDay {
	const local = new Date(at + zoneOffsetMs(at, zone));
	return { year: local.getUTCFullYear(), month: local.getUTCMonth() + 1, day: local.getUTCDate() };
}

/**
 * The instant at which a zone's clock shows this minute of this day. A skipped minute (spring) gives the first instant
 * after the gap; a repeated one (autumn) gives its first pass, so that nothing is due twice.
 */
export function instantOf(day: LocalDay, minuteOfDay: number, zone: string): number {
	const wall = Date.UTC(day.year, day.month - 1, day.day) + minuteOfDay * MINUTE;
	const before = wall - zoneOffsetMs(wall - DAY, zone);
	const after = wall - zoneOffsetMs(wall + DAY, zone);
	const shows = (at: number) => at + zoneOffsetMs(at, zone) === wall;
	const candidates = [before, after].filter(shows);
	if (candidates.length > 0) return Math.min(...candidates);
	// In the gap: walk to the jump itself between the two guesses.
	let low = Math.min(before, after);
	let high = Math.max(before, after);
	const offsetBefore = zoneOffsetMs(low, zone);
	while (high - low > 1000) {
		const middle = Math.floor((low + high) / 2 / 1000) * 1000;
		if (middle <= low) break;
		if (zoneOffsetMs(middle, zone) === offsetBefore) low = middle;
		else high = middle;
	}
	return high;
}

/** The day `days` later in the calendar, independent of clock changes. */
export function shiftDay(day: LocalDay, days: number): LocalDay {
	const date = new Date(Date.UTC(day.year, day.month - 1, day.day) + days * DAY);
	return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** The newest time the sheet was due at or before `now`, and the next after it. */
export function occurrences(
	sheet: Pick<SheetDefinition, 'atMinute'>,
	now: number,
	zone: string,
): { readonly last: number; readonly next: number } | null {
	const { atMinute } = sheet;
	if (atMinute === null) return null;
	const today = localDay(now, zone);
	const at = instantOf(today, atMinute, zone);
	return at <= now
		? { last: at, next: instantOf(shiftDay(today, 1), atMinute, zone) }
		: { last: instantOf(shiftDay(today, -1), atMinute, zone), next: at };
}

/** Which due time a round begun now belongs to: the nearest one, so that a round may be begun up to half a day early. */
export function dueTimeFor(
	sheet: Pick<SheetDefinition, 'atMinute'>,
	now: number,
	zone: string,
): number | null {
	const around = occurrences(sheet, now, zone);
	if (!around) return null;
	return now - around.last <= around.next - now ? around.last : around.next;
}

function standingOfRound(round: Round): PlannedRound['standing'] {
	if (!round.signed) return 'in-progress';
	return round.steps.some(isException) ? 'signed-with-exceptions' : 'signed';
}

/** On which days a planned sheet is due at all. */
export interface Dueness {
	/** Since when something of it is due at this planned time, which lasts until the next; null: nothing is. */
	since(sheet: SheetDefinition, dueAt: number, nextAt: number): number | null;
	/** The next planned time after this one at which something of it is due by the clock; null: not by the clock. */
	nextAt(sheet: SheetDefinition, dueAt: number): number | null;
}

const EVERY_DAY: Dueness = { since: (_, dueAt) => dueAt, nextAt: () => null };

/**
 * Today's rounds in the order they are due, each with what became of it. A sheet's earlier occurrence is missed once the
 * next one came; before that it is late after its grace. Where nothing of a sheet is due it is neither.
 */
export function planRounds(
	sheets: readonly SheetDefinition[],
	rounds: readonly Round[],
	now: number,
	zone: string,
	/** When the first round ever was begun, where `rounds` are only the newest. */
	firstAt: number | null = rounds.length > 0 ? Math.min(...rounds.map((r) => r.startedAt)) : null,
	dueness: Dueness = EVERY_DAY,
): readonly PlannedRound[] {
	const today = localDay(now, zone);
	const plan: PlannedRound[] = [];
	for (const sheet of sheets) {
		if (sheet.atMinute === null) continue;
		const dueAt = instantOf(today, sheet.atMinute, zone);
		const round = newestOf(rounds, sheet.id, dueAt);
		const tomorrow = instantOf(shiftDay(today, 1), sheet.atMinute, zone);
		const since = round ? dueAt : dueness.since(sheet, dueAt, tomorrow);
		const lateAt = (since ?? dueAt) + sheet.graceMs;
		if (since === null) {
			const nextAt = dueness.nextAt(sheet, dueAt);
			plan.push({ sheet: sheet.id, dueAt, lateAt, standing: 'not-due', round: null, nextAt });
		} else {
			const standing = round
				? standingOfRound(round)
				: now < dueAt
					? 'planned'
					: now <= lateAt
						? 'due'
						: 'late';
			plan.push({ sheet: sheet.id, dueAt, lateAt, standing, round: round?.id ?? null });
		}
		const yesterday = instantOf(shiftDay(today, -1), sheet.atMinute, zone);
		const earlier = newestOf(rounds, sheet.id, yesterday);
		if (earlier && !earlier.signed) {
			plan.push({
				sheet: sheet.id,
				dueAt: yesterday,
				lateAt: yesterday + sheet.graceMs,
				standing: 'in-progress',
				round: earlier.id,
			});
		} else if (!earlier && firstAt !== null && firstAt <= yesterday) {
			// Only once somebody has walked rounds here: a fresh installation has missed nothing.
			const open = dueness.since(sheet, yesterday, dueAt);
			// What happened just before the next time is that time's.
			if (open === null || (open > yesterday && open + sheet.graceMs >= dueAt)) continue;
			plan.push({
				sheet: sheet.id,
				dueAt: yesterday,
				lateAt: open + sheet.graceMs,
				standing: now >= dueAt ? 'missed' : now > open + sheet.graceMs ? 'late' : 'due',
				round: null,
			});
		}
	}
	return plan.sort((a, b) => a.dueAt - b.dueAt);
}

function newestOf(rounds: readonly Round[], sheet: SheetId, dueAt: number): Round | undefined {
	let newest: Round | undefined;
	for (const round of rounds) {
		if (round.sheet !== sheet || round.dueAt !== dueAt) continue;
		if (!newest || round.startedAt > newest.startedAt) newest = round;
	}
	return newest;
}
