import type { LogLevel } from '../../domain/log-line.ts';
import { type Before, LINE_LIMIT, type LineFilter, NOTHING_BEFORE } from './line-filter.ts';

/** A wanted line, as bytes; only what is shown becomes text. */
export interface FoundLine {
	readonly start: number;
	/** After its newline. */
	readonly end: number;
	readonly at: number | null;
	/** Its own time or that of the nearest line before it. */
	readonly sortAt: number | null;
	readonly level: LogLevel;
	readonly head: boolean;
	/** At most 64 KiB of it. */
	readonly bytes: Buffer;
}

const NEWLINE = 10;
const LOOK_BACK = 200;

/**
 * The wanted lines of a block that begins and ends at line borders, in order, at most `limit` (the first, or with
 * `last` the last ones). `before` is what stands in front of the block.
 */
export function scanBlock(
	block: Buffer,
	base: number,
	before: Before,
	filter: LineFilter,
	limit: number,
	last: boolean,
): FoundLine[] {
	const found: FoundLine[] = [];
	const keep = (line: FoundLine): boolean => {
		found.push(line);
		if (last) {
			if (found.length >= limit * 2 + 64) found.splice(0, found.length - limit);
			return true;
		}
		return found.length < limit;
	};
	if (filter.places) searchBlock(block, base, before, filter, keep);
	else readBlock(block, 0, base, before, filter, keep, false);
	return last && found.length > limit ? found.slice(-limit) : found;
}

/** Folds every line; what stands in front of whatever comes after the block. */
export function foldBlock(block: Buffer, before: Before, filter: LineFilter): Before {
	let state = before;
	for (let from = 0; from < block.length; ) {
		const end = lineEnd(block, from);
		const bytes = cutLine(block, from, end);
		if (!isBlank(bytes)) state = filter.read(bytes, state).next;
		from = end;
	}
	return state;
}

/** Reads line by line; with `untilHead` only the rest of the record in hand. Returns where it stopped, or -1 when full. */
function readBlock(
	block: Buffer,
	begin: number,
	base: number,
	before: Before,
	filter: LineFilter,
	keep: (line: FoundLine) => boolean,
	untilHead: boolean,
): number {
	let state = before;
	let from = begin;
	while (from < block.length) {
		const end = lineEnd(block, from);
		const bytes = cutLine(block, from, end);
		if (!isBlank(bytes)) {
			const read = filter.read(bytes, state);
			if (untilHead && read.head) return from;
			state = read.next;
			const wanted = filter.passesLevel(read.level) && filter.passesText(bytes);
			if (wanted && !keep(lineOf(from, end, base, bytes, read.at, state, read.head))) return -1;
		}
		from = end;
	}
	return from;
}

/** Goes from place to place where a wanted line may be; the bytes between are never cut into lines. */
function searchBlock(
	block: Buffer,
	base: number,
	before: Before,
	filter: LineFilter,
	keep: (line: FoundLine) => boolean,
): void {
	const text = block.toString('latin1');
	const places = filter.places!;
	let from = 0;
	if (filter.wholeRecords && before.began !== 'none' && filter.passesLevel(before.level)) {
		from = readBlock(block, 0, base, before, filter, keep, true);
	}
	while (from >= 0 && from < block.length) {
		places.lastIndex = from;
		const place = places.exec(text);
		if (!place) return;
		const start = block.lastIndexOf(NEWLINE, place.index - 1) + 1;
		const at = place.index === 0 ? 0 : Math.max(start, from);
		const end = lineEnd(block, at);
		const bytes = cutLine(block, at, end);
		from = end;
		if (isBlank(bytes)) continue;
		// A line with a time of its own needs nothing before it; most are of that sort.
		const alone = filter.read(bytes, NOTHING_BEFORE);
		const read = alone.at !== null ? alone : filter.read(bytes, stateBefore(block, at, before, filter));
		if (!filter.passesLevel(read.level)) continue;
		if (filter.wholeRecords) {
			// Any of a record's lines may hold the word; the record is taken when its head is met.
			if (!read.head) continue;
		} else if (!filter.passesText(bytes)) continue;
		if (!keep(lineOf(at, end, base, bytes, read.at, read.next, read.head))) return;
		if (filter.wholeRecords) from = readBlock(block, end, base, read.next, filter, keep, true);
	}
}

/** What stands in front of a line in the middle of a block: looks back a bounded number of lines. */
function stateBefore(block: Buffer, at: number, before: Before, filter: LineFilter): Before {
	let begin = at;
	for (let lines = 0; lines < LOOK_BACK && begin > 0; lines += 1) {
		begin = begin < 2 ? 0 : block.lastIndexOf(NEWLINE, begin - 2) + 1;
		const bytes = cutLine(block, begin, lineEnd(block, begin));
		if (isBlank(bytes)) continue;
		const read = filter.read(bytes, before);
		if (read.at !== null) return foldBlock(block.subarray(begin, at), NOTHING_BEFORE, filter);
	}
	return foldBlock(block.subarray(begin, at), before, filter);
}

function lineOf(
	from: number,
	end: number,
	base: number,
	bytes: Buffer,
	at: number | null,
	next: Before,
	head: boolean,
): FoundLine {
	return { start: base + from, end: base + end, at, sortAt: next.at, level: next.level, head, bytes };
}

function lineEnd(block: Buffer, from: number): number {
	const newline = block.indexOf(NEWLINE, from);
	return newline === -1 ? block.length : newline + 1;
}

function cutLine(block: Buffer, from: number, end: number): Buffer {
	const text = block[end - 1] === NEWLINE ? end - 1 : end;
	return block.subarray(from, Math.min(text, from + LINE_LIMIT));
}

function isBlank(bytes: Buffer): boolean {
	for (const byte of bytes) if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
	return true;
}
