import { type FoundLine, foldBlock, scanBlock } from './block-scan.ts';
import type { FileRegistry, TrackedFile } from './file-registry.ts';
import { type Before, LINE_LIMIT, type LineFilter, NOTHING_BEFORE } from './line-filter.ts';

/** The part of one file a reading may touch; both ends are line borders. */
export interface FilePart {
	readonly file: TrackedFile;
	readonly floor: number;
	readonly ceil: number;
}

/** One file's wanted lines in one direction. */
export interface LineWalk {
	readonly part: FilePart;
	next(): Promise<FoundLine | null>;
}

const NEWLINE = 10;
const CONTEXT_BYTES = 64 * 1024;
const BORDER_STEP = 4 * 1024;
const BORDER_MOST = 256 * 1024;
const UNFINISHED_MS = 2000;

export interface WalkRules {
	readonly registry: FileRegistry;
	readonly filter: LineFilter;
	/** Bytes read at once. */
	readonly block: number;
	/** Most lines wanted of this file. */
	readonly limit: number;
}

/** From the end towards the start. */
export function walkBack(part: FilePart, rules: WalkRules): LineWalk {
	const { registry, filter, block, limit } = rules;
	let high = part.ceil;
	let ready: FoundLine[] = [];
	const fill = async (): Promise<void> => {
		while (ready.length === 0 && high > part.floor) {
			const low = Math.max(part.floor, high - block);
			const bytes = await registry.read(part.file, low, high - low);
			if (bytes.length < high - low) {
				// Cut short under us: what is left is not ours to guess at.
				high = part.floor;
				return;
			}
			const border = low === part.floor ? 0 : bytes.indexOf(NEWLINE) + 1;
			if (low > part.floor && (border === 0 || border === bytes.length)) {
				const start = await findBorderBefore(registry, part.file, low, part.floor);
				ready = await readHugeLine(part, start, high, rules);
				high = start;
				continue;
			}
			const whole = bytes.subarray(border);
			const base = low + border;
			const found = scanBlock(
				whole,
				base,
				await contextBefore(part, base, whole, rules),
				filter,
				limit,
				true,
			);
			// More were wanted than kept: the block is taken up again where the kept ones begin.
			high = found.length === limit ? found[0]!.start : base;
			ready = found;
		}
	};
	return {
		part,
		next: async () => {
			if (ready.length === 0) await fill();
			return ready.pop() ?? null;
		},
	};
}

/** From the start towards the end. */
export function walkOn(part: FilePart, rules: WalkRules): LineWalk {
	const { registry, filter, block, limit } = rules;
	let low = part.floor;
	let ready: FoundLine[] = [];
	const fill = async (): Promise<void> => {
		while (ready.length === 0 && low < part.ceil) {
			const high = Math.min(part.ceil, low + block);
			const bytes = await registry.read(part.file, low, high - low);
			if (bytes.length < high - low) {
				low = part.ceil;
				return;
			}
			const border = high === part.ceil ? bytes.length : bytes.lastIndexOf(NEWLINE) + 1;
			if (border === 0) {
				const end = await findBorderAfter(registry, part.file, high, part.ceil);
				ready = await readHugeLine(part, low, end, rules);
				low = end;
				continue;
			}
			const whole = bytes.subarray(0, border);
			const found = scanBlock(whole, low, await contextBefore(part, low, whole, rules), filter, limit, false);
			low = found.length === limit ? found.at(-1)!.end : low + border;
			ready = found.reverse();
		}
	};
	return {
		part,
		next: async () => {
			if (ready.length === 0) await fill();
			return ready.pop() ?? null;
		},
	};
}

/** What stands in front of a block, read only when its first line says too little about itself. */
async function contextBefore(part: FilePart, base: number, block: Buffer, rules: WalkRules): Promise<Before> {
	if (base === 0) return NOTHING_BEFORE;
	const newline = block.indexOf(NEWLINE);
	const first = block.subarray(0, Math.min(newline === -1 ? block.length : newline, LINE_LIMIT));
	if (rules.filter.read(first, NOTHING_BEFORE).at !== null) return NOTHING_BEFORE;
	return readContext(part.file, base, rules.registry, rules.filter);
}

/** The state after the last 64 KiB before `offset`. */
export async function readContext(
	file: TrackedFile,
	offset: number,
	registry: FileRegistry,
	filter: LineFilter,
): Promise<Before> {
	const low = Math.max(0, offset - CONTEXT_BYTES);
	const bytes = await registry.read(file, low, offset - low);
	return foldBlock(low === 0 ? bytes : bytes.subarray(bytes.indexOf(NEWLINE) + 1), NOTHING_BEFORE, filter);
}

/** A line longer than a block: its beginning is read, the rest only measured. */
async function readHugeLine(
	part: FilePart,
	start: number,
	end: number,
	{ registry, filter }: WalkRules,
): Promise<FoundLine[]> {
	const bytes = await registry.read(part.file, start, Math.min(LINE_LIMIT, end - start));
	const before = start === 0 ? NOTHING_BEFORE : await readContext(part.file, start, registry, filter);
	const read = filter.read(bytes, before);
	if (!filter.passesLevel(read.level) || !filter.passesText(bytes)) return [];
	return [{ start, end, at: read.at, sortAt: read.next.at, level: read.next.level, head: read.head, bytes }];
}

/** The first line border at or before `offset`, not below `floor`. */
export async function findBorderBefore(
	registry: FileRegistry,
	file: TrackedFile,
	offset: number,
	floor: number,
): Promise<number> {
	for (let high = offset, step = BORDER_STEP; high > floor; step = Math.min(BORDER_MOST, step * 4)) {
		const low = Math.max(floor, high - step);
		const bytes = await registry.read(file, low, high - low);
		const newline = bytes.lastIndexOf(NEWLINE);
		if (newline !== -1) return low + newline + 1;
		high = low;
	}
	return floor;
}

/** The first line border after `offset`, not above `ceil`. */
export async function findBorderAfter(
	registry: FileRegistry,
	file: TrackedFile,
	offset: number,
	ceil: number,
): Promise<number> {
	for (let low = offset, step = BORDER_STEP; low < ceil; ) {
		const bytes = await registry.read(file, low, Math.min(step, ceil - low));
		const newline = bytes.indexOf(NEWLINE);
		if (newline !== -1) return low + newline + 1;
		if (bytes.length === 0) return ceil;
		low += bytes.length;
		step = Math.min(BORDER_MOST, step * 4);
	}
	return ceil;
}

/** The end of the last line that is complete, or at rest: half a line just being written is left for the next time. */
export async function completeEnd(registry: FileRegistry, file: TrackedFile, now: number): Promise<number> {
	if (file.bytes === 0) return 0;
	const last = await registry.read(file, file.bytes - 1, 1);
	if (last.length === 0 || last[0] === NEWLINE || file.gone || now - file.modifiedAt > UNFINISHED_MS)
		return file.bytes;
	return findBorderBefore(registry, file, file.bytes, 0);
}
