import type { CommandInput } from '../../domain/engine.ts';
import type { LogFilter } from '../../domain/log-line.ts';
import type { FoundLine } from './block-scan.ts';
import { type Cursor, readCursor, writeCursor } from './cursor.ts';
import {
	completeEnd,
	type FilePart,
	findBorderAfter,
	type LineWalk,
	readContext,
	type WalkRules,
	walkBack,
	walkOn,
} from './file-lines.ts';
import type { FileRegistry, SourceFile, TrackedFile } from './file-registry.ts';
import { createLineFilter, type LineFilter, type LineRules } from './line-filter.ts';
import { type Merged, type MergedLine, mergeWalks } from './merge.ts';
import { seekTime } from './seek.ts';

export interface PageRequest {
	readonly registry: FileRegistry;
	readonly rules: LineRules;
	readonly files: readonly SourceFile[];
	readonly filter: LogFilter;
	readonly from: CommandInput<'logs.read'>['from'];
	readonly limit: number;
	readonly untilError: boolean;
}

export interface Page {
	/** Oldest first. */
	readonly lines: readonly MergedLine[];
	readonly before: string | null;
	readonly after: string | null;
}

const MEMORY = 4 * 1024 * 1024;
// Larger ones search no faster, but their text outlives the collector's cheap rounds: 64 KiB keeps memory flat.
const BLOCK = 64 * 1024;
const SMALLEST_BLOCK = 16 * 1024;

/** One window of the merged files, and cursors to both sides of it. */
export async function readPage(request: PageRequest): Promise<Page> {
	const { registry, files, filter, from, limit } = request;
	const lineFilter = createLineFilter(filter, request.rules);
	const live = files.flatMap((one) => (one.file ? [one.file] : []));
	const cursor = 'at' in from ? null : readCursor('before' in from ? from.before : from.after);
	const isOn = 'after' in from;
	const parts: FilePart[] = [];
	const anchor = cursor?.kind === 'line' ? await readAnchor(registry, cursor, lineFilter) : null;
	for (const file of await withGone(registry, live, cursor)) {
		const end = await completeEnd(registry, file, request.rules.frame.now);
		const since =
			filter.sinceAt === null ? 0 : await seekTime(registry, file, filter.sinceAt, end, lineFilter);
		const border = await borderOf(file, end, cursor, anchor, isOn, registry, lineFilter);
		if (isOn) parts.push({ file, floor: Math.min(end, Math.max(since, border)), ceil: end });
		else parts.push({ file, floor: Math.min(since, border), ceil: border });
	}
	if (request.untilError) return readUntilError(request, parts, isOn);
	return isOn ? pageOn(parts, request, lineFilter, limit) : pageBack(parts, request, lineFilter, limit);
}

async function pageBack(
	parts: readonly FilePart[],
	request: PageRequest,
	filter: LineFilter,
	limit: number,
): Promise<Page> {
	const rules = walkRules(parts, request, filter, limit);
	const merged = await mergeWalks(
		parts.map((part) => walkBack(part, rules)),
		'back',
		limit,
	);
	return {
		lines: [...merged.lines].reverse(),
		before: merged.ended ? null : writeCursor(merged.positions),
		after: cursorAt(parts, 'ceil'),
	};
}

async function pageOn(
	parts: readonly FilePart[],
	request: PageRequest,
	filter: LineFilter,
	limit: number,
): Promise<Page> {
	const rules = walkRules(parts, request, filter, limit);
	const merged = await mergeWalks(
		parts.map((part) => walkOn(part, rules)),
		'on',
		limit,
	);
	return {
		lines: merged.lines,
		before: hasBefore(parts) ? cursorAt(parts, 'floor') : null,
		after: afterCursor(merged),
	};
}

/** Finds the error by its bytes, then reads the lines between it and where the search began, as many as fit. */
async function readUntilError(
	request: PageRequest,
	parts: readonly FilePart[],
	isOn: boolean,
): Promise<Page> {
	const { registry, filter, limit } = request;
	const errors = createLineFilter({ ...filter, level: 'error' }, request.rules);
	const rules = walkRules(parts, request, errors, 64);
	const walks = parts.map((part) => headsOnly(isOn ? walkOn(part, rules) : walkBack(part, rules)));
	const found = (await mergeWalks(walks, isOn ? 'on' : 'back', 1)).lines[0];
	if (!found) {
		return isOn
			? { lines: [], before: cursorAt(parts, 'floor'), after: cursorAt(parts, 'ceil') }
			: { lines: [], before: null, after: cursorAt(parts, 'ceil') };
	}
	const lineFilter = createLineFilter(filter, request.rules);
	const near: FilePart[] = [];
	for (const part of parts) {
		const own = part.file === found.file;
		const sortAt = found.line.sortAt ?? found.file.modifiedAt;
		// On: up to and with the error; back: from the error on.
		const edge = own
			? isOn
				? found.line.end
				: found.line.start
			: await seekTime(registry, part.file, isOn ? sortAt + 1 : sortAt, part.ceil, lineFilter);
		const border = Math.min(part.ceil, Math.max(part.floor, edge));
		near.push(isOn ? { ...part, ceil: border } : { ...part, floor: border });
	}
	const walk = walkRules(near, request, lineFilter, limit);
	if (isOn) {
		const merged = await mergeWalks(
			near.map((part) => walkBack(part, walk)),
			'back',
			limit,
		);
		return {
			lines: [...merged.lines].reverse(),
			before: writeCursor(merged.positions),
			after: cursorAt(near, 'ceil'),
		};
	}
	const merged = await mergeWalks(
		near.map((part) => walkOn(part, walk)),
		'on',
		limit,
	);
	return {
		lines: merged.lines,
		before: hasBefore(near) ? cursorAt(near, 'floor') : null,
		after: writeCursor(merged.positions),
	};
}

function headsOnly(walk: LineWalk): LineWalk {
	return {
		part: walk.part,
		next: async () => {
			for (;;) {
				const line: FoundLine | null = await walk.next();
				if (!line || (line.head && line.level === 'error')) return line;
			}
		},
	};
}

/** A few MiB for all files together, however many there are. */
function walkRules(
	parts: readonly FilePart[],
	request: PageRequest,
	filter: LineFilter,
	limit: number,
): WalkRules {
	const fair = Math.max(SMALLEST_BLOCK, Math.floor(MEMORY / Math.max(1, parts.length)));
	return {
		registry: request.registry,
		filter,
		block: Math.min(BLOCK, fair),
		limit,
	};
}

function cursorAt(parts: readonly FilePart[], side: 'floor' | 'ceil'): string | null {
	return parts.length === 0 ? null : writeCursor(new Map(parts.map((part) => [part.file.index, part[side]])));
}

function afterCursor(merged: Merged): string | null {
	return merged.positions.size === 0 ? null : writeCursor(merged.positions);
}

function hasBefore(parts: readonly FilePart[]): boolean {
	return parts.some((part) => part.floor > 0);
}

/** The files that stand there now, and before them what is left of rotated ones that the cursor still knows. */
async function withGone(
	registry: FileRegistry,
	live: readonly TrackedFile[],
	cursor: Cursor | null,
): Promise<readonly TrackedFile[]> {
	if (cursor?.kind !== 'positions') return live;
	const gone: TrackedFile[] = [];
	for (const index of cursor.positions.keys()) {
		const file = registry.get(index);
		if (file?.gone && !live.includes(file) && (await registry.revisit(file))) gone.push(file);
	}
	return [...gone, ...live];
}

interface Anchor {
	readonly file: number;
	readonly start: number;
	readonly end: number;
	readonly at: number | null;
}

async function readAnchor(
	registry: FileRegistry,
	cursor: Extract<Cursor, { kind: 'line' }>,
	filter: LineFilter,
): Promise<Anchor | null> {
	const file = registry.get(cursor.file);
	if (!file) return null;
	const end = await findBorderAfter(registry, file, cursor.offset, file.bytes);
	const before = await readContext(file, end, registry, filter);
	return { file: cursor.file, start: cursor.offset, end, at: before.at };
}

async function borderOf(
	file: TrackedFile,
	end: number,
	cursor: Cursor | null,
	anchor: Anchor | null,
	isOn: boolean,
	registry: FileRegistry,
	filter: LineFilter,
): Promise<number> {
	if (cursor?.kind === 'positions') return Math.min(end, cursor.positions.get(file.index) ?? 0);
	if (anchor) {
		if (anchor.file === file.index) return Math.min(end, isOn ? anchor.end : anchor.start);
		return seekTime(
			registry,
			file,
			isOn ? (anchor.at ?? 0) + 1 : (anchor.at ?? file.modifiedAt),
			end,
			filter,
		);
	}
	// A cursor of an earlier life of this console says nothing here: the end is the only honest place.
	return end;
}
