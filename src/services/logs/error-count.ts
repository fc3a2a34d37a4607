import type { LogLine } from '../../domain/log-line.ts';
import { completeEnd, walkOn } from './file-lines.ts';
import type { FileRegistry, SourceFile, TrackedFile } from './file-registry.ts';
import { createLineFilter, type LineRules } from './line-filter.ts';
import { seekTime } from './seek.ts';

export interface ErrorCount {
	/** Error records since the time, the console's own left out. */
	readonly count: number;
	/** The newest of them, oldest first, at most 20. */
	readonly last: readonly LogLine[];
	/** Of `count`: in files without times, where "since" could not be asked. */
	readonly undated: number;
	/** Files that could not be read, with a fault code each. */
	readonly faults: readonly { readonly path: string; readonly fault: string }[];
}

export interface ErrorCounter {
	count(files: readonly SourceFile[], sinceAt: number | null): Promise<ErrorCount>;
	/** Bytes that a count would still have to read. */
	pendingBytes(files: readonly SourceFile[], sinceAt: number | null): Promise<number>;
}

interface Tally {
	upTo: number;
	count: number;
	undated: number;
	last: LogLine[];
	running: Promise<void> | null;
}

const LAST_KEPT = 20;
const TALLIES_KEPT = 256;
const BLOCK = 64 * 1024;
const BATCH = 256;

/** Counts by searching bytes, and goes on where it stopped when a file has grown. */
export function createErrorCounter(registry: FileRegistry, rules: () => LineRules): ErrorCounter {
	const tallies = new Map<string, Tally>();

	const tallyOf = async (file: TrackedFile, sinceAt: number | null): Promise<Tally> => {
		const key = `${file.index} ${sinceAt}`;
		const known = tallies.get(key);
		if (known) return known;
		const filter = createLineFilter({ level: 'error', text: null, sinceAt }, rules());
		const from = sinceAt === null ? 0 : await seekTime(registry, file, sinceAt, file.bytes, filter);
		const made: Tally = { upTo: from, count: 0, undated: 0, last: [], running: null };
		if (tallies.size >= TALLIES_KEPT) tallies.delete(tallies.keys().next().value ?? '');
		tallies.set(key, made);
		return made;
	};

	const goOn = async (file: TrackedFile, tally: Tally): Promise<void> => {
		const lineRules = rules();
		const filter = createLineFilter({ level: 'error', text: null, sinceAt: null }, lineRules);
		const ceil = Math.max(tally.upTo, await completeEnd(registry, file, lineRules.frame.now));
		const walk = walkOn({ file, floor: tally.upTo, ceil }, { registry, filter, block: BLOCK, limit: BATCH });
		for (let line = await walk.next(); line; line = await walk.next()) {
			if (!line.head || filter.isOurs(line.bytes)) continue;
			tally.count += 1;
			if (line.sortAt === null) tally.undated += 1;
			tally.last.push({
				key: `${file.index}:${line.start}`,
				source: filter.show(Buffer.from(file.path.split('/').at(-1) ?? ''), 0),
				at: line.at,
				level: line.level,
				text: filter.show(
					line.bytes,
					line.end - line.start > line.bytes.length + 1 ? line.end - line.start : 0,
				),
				ours: false,
			});
			if (tally.last.length > LAST_KEPT) tally.last.shift();
		}
		tally.upTo = ceil;
	};

	const present = (files: readonly SourceFile[]) => files.flatMap((one) => (one.file ? [one.file] : []));

	return {
		pendingBytes: async (files, sinceAt) => {
			let bytes = 0;
			for (const file of present(files)) bytes += file.bytes - (await tallyOf(file, sinceAt)).upTo;
			return bytes;
		},
		count: async (files, sinceAt) => {
			let count = 0;
			let undated = 0;
			const last: { readonly line: LogLine; readonly at: number }[] = [];
			for (const file of present(files)) {
				const tally = await tallyOf(file, sinceAt);
				// Two callers must not count the same bytes twice.
				tally.running ??= goOn(file, tally).finally(() => {
					tally.running = null;
				});
				await tally.running;
				count += tally.count;
				undated += tally.undated;
				for (const line of tally.last) last.push({ line, at: line.at ?? file.modifiedAt });
			}
			last.sort((a, b) => a.at - b.at);
			const faults = files.flatMap((one) => {
				const code = one.file?.fault ?? one.fault;
				return code ? [{ path: one.path, fault: code }] : [];
			});
			return { count, undated, last: last.slice(-LAST_KEPT).map(({ line }) => line), faults };
		},
	};
}
