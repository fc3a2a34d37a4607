import { FAULTS, type Fault, type FaultCode, fault, timeoutFault } from '../../domain/fault.ts';
import type { LogFilesPort, LogRange, LogRecord, LogRecordsPort } from '../../domain/log-port.ts';
import type { Clock } from '../../domain/ports.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { clean } from '../../domain/text.ts';
import { completeEnd, findBorderAfter, walkOn } from './file-lines.ts';
import { createFileRegistry, type FileRegistry, type SourceFile, type TrackedFile } from './file-registry.ts';
import { createLineFilter, type LineFilter, NOTHING_BEFORE } from './line-filter.ts';
import { createLocalTime } from './local-time.ts';
import { seekTime } from './seek.ts';

const BLOCK = 256 * 1024;
const BATCH = 512;
/** How many lines are taken before the deadline is looked at again. */
const LINES_BETWEEN = 256;
const PACKED = /\.(?:gz|bz2|xz|zst)$/;

export interface LogRecordsParts {
	readonly files: LogFilesPort;
	readonly clock: Clock;
	readonly redact: (text: string) => string;
	readonly ownMark: string;
	/** IANA zone of times written without one. */
	readonly zone: () => string;
}

/** Part of one file that a reading looks at. */
interface Stretch {
	readonly file: TrackedFile;
	readonly from: number;
	readonly to: number;
}

/** The log reader as checks use it: records since a time, in the order of each file; nothing is kept between two readings. */
export function createLogRecords(parts: LogRecordsParts): LogRecordsPort {
	const { files, clock } = parts;
	const zones = new Map<string, (asUtc: number) => number>();
	const toEpochIn = (zone: string) => {
		const known = zones.get(zone) ?? createLocalTime(zone);
		zones.set(zone, known);
		return known;
	};
	const filterFor = ({ level, zone }: Pick<LogRange, 'level' | 'zone'>): LineFilter =>
		createLineFilter(
			{ level, text: null, sinceAt: null },
			{
				frame: { toEpoch: toEpochIn(zone ?? parts.zone()), now: clock.now() },
				redact: parts.redact,
				ownMark: parts.ownMark,
			},
		);

	const records: LogRecordsPort = {
		async readFiles(globs, range, limits, take) {
			const registry = createFileRegistry(files);
			const began = clock.monotonic();
			const ended = (): Fault | null => {
				const { signal, deadline } = limits;
				if (!signal.aborted && clock.monotonic() < deadline) return null;
				return clock.monotonic() >= deadline - 1 ? timeoutFault(deadline - began) : fault('cancelled');
			};
			try {
				const found = await registry.refresh([{ id: 'check', globs }], true, range.fromAt);
				const usable = await usableOf(found, range, files);
				if (!usable.ok) return usable;
				const filter = filterFor(range);
				const stretches: Stretch[] = [];
				let bytes = 0;
				for (const file of usable.value.plain) {
					const why = ended();
					if (why !== null) return err(why);
					const stretch = await stretchOf(
						file,
						range,
						registry,
						filter,
						range.limitBytes - bytes,
						clock.now(),
					);
					if (!stretch.ok) return stretch;
					bytes += stretch.value.to - stretch.value.from;
					stretches.push(stretch.value);
				}
				const packed: string[] = [];
				for (const path of usable.value.packed) {
					const text = await files.unpack?.(path, Math.max(1, range.limitBytes - bytes));
					if (text?.ok === false)
						return err({ ...text.error, detail: { ...text.error.detail, path: clean(path, { max: 300 }) } });
					bytes += Buffer.byteLength(text?.value ?? '');
					packed.push(text?.value ?? '');
					const why = ended();
					if (why !== null) return err(why);
				}
				for (const text of packed) records.readText(text, range, take);
				for (const stretch of stretches) {
					const why = await readStretch(stretch, { registry, filter, redact: parts.redact, take, ended });
					if (why !== null) return err(why);
				}
				return ok({ files: stretches.length + packed.length, bytes });
			} finally {
				await registry.release();
			}
		},
		readText(text, range, take) {
			const filter = filterFor(range);
			const folding = createFolding(take);
			let before = NOTHING_BEFORE;
			for (const line of text.split(/\r?\n/)) {
				if (line.trim() === '') continue;
				const bytes = Buffer.from(line);
				const read = filter.read(bytes, before);
				before = read.next;
				const wanted = filter.passesLevel(read.level);
				if (read.head) folding.end();
				if (wanted && !filter.isOurs(bytes))
					folding.add(read.head, {
						at: read.next.at,
						level: read.level,
						text: parts.redact(line),
						last: '',
						more: 0,
					});
			}
			folding.end();
		},
	};
	return records;
}

interface Usable {
	readonly plain: readonly TrackedFile[];
	/** Packed parts in which something wanted may stand. */
	readonly packed: readonly string[];
}

/** Files that can be read. A packed part counts only when something of the window may stand in it. */
async function usableOf(
	found: readonly SourceFile[],
	{ sinceAt }: LogRange,
	files: LogFilesPort,
): Promise<Result<Usable, Fault>> {
	const plain: TrackedFile[] = [];
	const packed: string[] = [];
	for (const { path, file, fault: code } of found) {
		if (code === null && file !== null && !PACKED.test(path)) {
			plain.push(file);
			continue;
		}
		if (PACKED.test(path)) {
			const facts = await files.facts(path);
			if (facts.ok && facts.value.modifiedAt < sinceAt) continue;
			if (facts.ok && path.endsWith('.gz') && files.unpack !== undefined) {
				packed.push(path);
				continue;
			}
		}
		const known = code !== null && Object.hasOwn(FAULTS, code) ? (code as FaultCode) : 'file-malformed';
		const shown = clean(path, { max: 300 });
		return err(fault(known, known === 'file-malformed' ? { path: shown, format: 'text' } : { path: shown }));
	}
	return ok({ plain, packed });
}

async function stretchOf(
	file: TrackedFile,
	range: LogRange,
	registry: FileRegistry,
	filter: LineFilter,
	roomBytes: number,
	now: number,
): Promise<Result<Stretch, Fault>> {
	const to = await completeEnd(registry, file, now);
	const since = Math.min(to, await seekTime(registry, file, range.sinceAt, file.bytes, filter));
	if (to - since > roomBytes)
		return err(
			fault('log-too-large', { limitBytes: range.limitBytes, path: clean(file.path, { max: 300 }) }),
		);
	const earlier = Math.min(since, await seekTime(registry, file, range.fromAt, file.bytes, filter));
	if (to - earlier <= roomBytes) return ok({ file, from: earlier, to });
	// What is beyond the limit lies before the window: less is known of earlier times, nothing of it is counted wrong.
	const from = await findBorderAfter(registry, file, to - roomBytes, since);
	return ok({ file, from, to });
}

interface Reading {
	readonly registry: FileRegistry;
	readonly filter: LineFilter;
	readonly redact: (text: string) => string;
	readonly take: (record: LogRecord) => void;
	readonly ended: () => Fault | null;
}

async function readStretch({ file, from, to }: Stretch, reading: Reading): Promise<Fault | null> {
	const { registry, filter, redact, take, ended } = reading;
	const walk = walkOn({ file, floor: from, ceil: to }, { registry, filter, block: BLOCK, limit: BATCH });
	const folding = createFolding(take);
	let lines = 0;
	for (let line = await walk.next(); line; line = await walk.next()) {
		if (++lines % LINES_BETWEEN === 0) {
			const why = ended();
			if (why !== null) return why;
		}
		if (line.head) folding.end();
		if (filter.isOurs(line.bytes)) continue;
		const text = redact(line.bytes.toString('utf8')).trimEnd();
		folding.add(line.head, { at: line.sortAt, level: line.level, text, last: '', more: 0 });
	}
	folding.end();
	if (file.fault === null) return null;
	const known = Object.hasOwn(FAULTS, file.fault) ? file.fault : 'io-error';
	return fault(known, { path: clean(file.path, { max: 300 }) });
}

/** Lines → records: what goes on with a record only leaves its last line in it. */
function createFolding(take: (record: LogRecord) => void) {
	let open: LogRecord | null = null;
	return {
		add(head: boolean, line: LogRecord): void {
			if (head) open = line;
			else if (open !== null) open = { ...open, last: line.text, more: open.more + 1 };
		},
		end(): void {
			if (open !== null) take(open);
			open = null;
		},
	};
}
