/** A write-ahead log file: which timeline, and which number on it. */
export interface Segment {
	readonly timeline: number;
	readonly number: number;
	readonly name: string;
}

const WHOLE = 2 ** 32;
const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, '0');

export function segmentAt(timeline: number, number: number, bytes: number): Segment {
	const each = WHOLE / bytes;
	const name = hex(timeline) + hex(Math.floor(number / each)) + hex(number % each);
	return { timeline, number, name };
}

/** null: the name of something else (history, backup label, a part). */
export function readSegment(name: string, bytes: number): Segment | null {
	if (!/^[0-9A-F]{24}$/.test(name)) return null;
	const [timeline, log, file] = [0, 8, 16].map((at) => Number.parseInt(name.slice(at, at + 8), 16));
	const each = WHOLE / bytes;
	if (timeline === undefined || log === undefined || file === undefined || file >= each) return null;
	return { timeline, number: log * each + file, name };
}

/** `0/3000148` as a number: exact, since no log has 2^53 bytes. NaN when it is none. */
export function readPosition(text: string): number {
	const parts = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i.exec(text);
	if (parts === null) return Number.NaN;
	return Number.parseInt(parts[1] ?? '', 16) * WHOLE + Number.parseInt(parts[2] ?? '', 16);
}

/** The segment whose last byte or earlier one this end is: an end on a border belongs to the segment before. */
export function segmentBefore(timeline: number, end: number, bytes: number): Segment {
	return segmentAt(timeline, Math.floor(Math.max(0, end - 1) / bytes), bytes);
}

/**
 * What has to follow `after` up to `last`: every number on its timeline, or on later ones from where those begin. `missing`: the
 * first that is not there.
 */
export function following(
	there: readonly Segment[],
	after: Segment,
	last: Segment,
	bytes: number,
): { readonly wanted: readonly Segment[]; readonly missing: string | null } {
	const wanted: Segment[] = [];
	let timeline = after.timeline;
	let next = after.number + 1;
	const names = new Map(there.map((one) => [one.name, one]));
	while (timeline <= last.timeline) {
		const end = timeline === last.timeline ? last.number : Number.POSITIVE_INFINITY;
		for (; next <= end; next++) {
			const found = names.get(segmentAt(timeline, next, bytes).name);
			if (found === undefined) break;
			wanted.push(found);
		}
		if (timeline === last.timeline) {
			const missing = next <= end ? segmentAt(timeline, next, bytes).name : null;
			return { wanted, missing };
		}
		// A later timeline begins in the segment that the earlier one did not end, or before it.
		const begins = there.filter((one) => one.timeline > timeline && one.timeline <= last.timeline);
		const first = begins.toSorted((a, b) => a.timeline - b.timeline || a.number - b.number)[0];
		if (first === undefined || first.number > next)
			return { wanted, missing: segmentAt(timeline, next, bytes).name };
		timeline = first.timeline;
		next = first.number;
	}
	return { wanted, missing: null };
}
