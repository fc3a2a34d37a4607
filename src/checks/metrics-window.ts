import type { StoredPoint } from '../domain/check.ts';
import { keyOf, type Series } from './exposition.ts';

/** How far counters have grown since watching began, each part of the question apart; resets are taken out. */
interface Mark {
	readonly at: number;
	readonly totals: ReadonlyMap<string, number>;
}

/** What is kept of one watched name between two probes. Bounded: marks by their spacing, series by what is on the page. */
export interface Track {
	readonly previous: Map<string, number>;
	totals: Map<string, number>;
	marks: Mark[];
}

export type Grown =
	| { readonly ok: true; readonly growth: ReadonlyMap<string, number>; readonly ms: number }
	| { readonly ok: false; readonly haveMs: number };

const MARKS_A_WINDOW = 240;
/** A window that reaches further back than this, since nobody asked in between, is another window. */
const MOST_REACH = 1.5;

export function createTrack(): Track {
	return { previous: new Map(), totals: new Map(), marks: [] };
}

/** Begins with what was stored of one counter before this process began. */
export function seedTrack(part: string, stored: readonly StoredPoint[], keepMs: number): Track {
	const track = createTrack();
	let [total, before] = [0, null as number | null];
	for (const { at, value } of stored) {
		if (before !== null) total += growthOf(before, value);
		before = value;
		mark(track, at, new Map([[part, total]]), keepMs);
	}
	track.totals = new Map([[part, total]]);
	if (before !== null) track.previous.set(seedKey(part), before);
	return track;
}

/**
 * Puts what the page says now on top. A series that was not there before, while the page was, began at zero; one that fell
 * was restarted and has counted from zero since. Clocks that go back, and other buckets, begin anew.
 */
export function advanceTrack(
	track: Track,
	parts: ReadonlyMap<string, readonly Series[]>,
	now: number,
	keepMs: number,
): void {
	const last = track.marks.at(-1);
	if (now === last?.at) return;
	const isOther = track.totals.size > 0 && [...parts.keys()].some((part) => !track.totals.has(part));
	if ((last !== undefined && now < last.at) || isOther) forget(track);
	const hasBegun = track.marks.length > 0;
	const totals = new Map(track.totals);
	const seen = new Set<string>();
	for (const [part, series] of parts) {
		let grown = 0;
		const seed = track.previous.get(seedKey(part));
		if (seed !== undefined) grown += growthOf(seed, sumOf(series));
		for (const one of series) {
			const key = JSON.stringify([part, keyOf(one)]);
			const before = track.previous.get(key) ?? 0;
			if (hasBegun && seed === undefined) grown += growthOf(before, one.value);
			track.previous.set(key, one.value);
			seen.add(key);
		}
		track.previous.delete(seedKey(part));
		totals.set(part, (totals.get(part) ?? 0) + grown);
	}
	// One that is gone for a moment goes on from where it was; page after page of new ones is not kept for ever.
	if (track.previous.size > 2 * seen.size + 1000)
		for (const key of track.previous.keys()) if (!seen.has(key)) track.previous.delete(key);
	track.totals = totals;
	mark(track, now, totals, keepMs);
}

/** The growth of each part from `fromAt`, or a little before it, to `toAt`. */
export function growthIn(track: Track, overMs: number): Grown {
	const { marks } = track;
	const now = marks.at(-1);
	if (now === undefined) return { ok: false, haveMs: 0 };
	const index = marks.findLastIndex(({ at }) => at <= now.at - overMs);
	const base = marks[index];
	if (base === undefined) return { ok: false, haveMs: now.at - (marks[0] ?? now).at };
	if (now.at - base.at > overMs * MOST_REACH)
		return { ok: false, haveMs: now.at - (marks[index + 1] ?? now).at };
	return { ok: true, growth: between(base, now), ms: now.at - base.at };
}

/** The growth before the last `overMs`, over at most `beforeMs` more: what the last window is compared with. */
export function growthBefore(track: Track, overMs: number, beforeMs: number): Grown {
	const { marks } = track;
	const now = marks.at(-1);
	const end = now === undefined ? undefined : marks.findLast(({ at }) => at <= now.at - overMs);
	if (now === undefined || end === undefined) return { ok: false, haveMs: 0 };
	const start = marks.findLast(({ at }) => at <= end.at - beforeMs) ?? (marks[0] as Mark);
	return { ok: true, growth: between(start, end), ms: end.at - start.at };
}

function between(from: Mark, to: Mark): ReadonlyMap<string, number> {
	return new Map([...to.totals].map(([part, total]) => [part, total - (from.totals.get(part) ?? 0)]));
}

function mark(track: Track, at: number, totals: ReadonlyMap<string, number>, keepMs: number): void {
	const { marks } = track;
	const [last, second] = [marks.at(-1), marks.at(-2)];
	if (last !== undefined && at <= last.at) return;
	if (last !== undefined && second !== undefined && last.at - second.at < keepMs / MARKS_A_WINDOW)
		marks.pop();
	marks.push({ at, totals });
	while (marks[1] !== undefined && marks[1].at <= at - keepMs) marks.shift();
}

function forget(track: Track): void {
	track.previous.clear();
	track.totals = new Map();
	track.marks = [];
}

function growthOf(before: number, now: number): number {
	return now >= before ? now - before : now;
}

function sumOf(series: readonly Series[]): number {
	return series.reduce((sum, { value }) => sum + value, 0);
}

const seedKey = (part: string): string => `stored ${part}`;
