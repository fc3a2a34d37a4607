import type { CommandInput, EngineEvent } from '../../domain/engine.ts';
import { type Fault, fault } from '../../domain/fault.ts';
import type { LogFilter, LogLine, LogPage } from '../../domain/log-line.ts';
import type { LogFilesPort } from '../../domain/log-port.ts';
import type { Clock } from '../../domain/ports.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { createErrorCounter, type ErrorCount } from './error-count.ts';
import { createFileRegistry, type LogSource, type SourceFile } from './file-registry.ts';
import { createFollower } from './follower.ts';
import { createLineFilter, type LineRules } from './line-filter.ts';
import { createLocalTime } from './local-time.ts';
import { readPage } from './page.ts';

export type { ErrorCount } from './error-count.ts';
export type { LogSource } from './file-registry.ts';

export interface LogsOptions {
	readonly ports: { readonly files: LogFilesPort; readonly clock: Clock };
	/** Asked at every reading, so that a reloaded configuration counts at once. */
	readonly sources: () => readonly LogSource[];
	/** Hides every known secret. */
	readonly redact: (text: string) => string;
	/** `OWN_MARK`: how the console's own lines begin. */
	readonly ownMark: string;
	/** IANA zone of times written without one. */
	readonly zone: string;
	readonly emit: (event: Extract<EngineEvent, { kind: 'logs' }>) => void;
}

export interface Logs {
	/**
	 * One window of merged lines. Cursors are those of a page, or a line's key. With `untilError` the page ends at the
	 * error (after a cursor) or begins with it (before one, or from the end), and is empty when there is none.
	 * Fault `file-missing`: no such source. What is wrong with single files stands in the page.
	 */
	read(input: CommandInput<'logs.read'>): Promise<Result<LogPage, Fault>>;
	/** Begins to notice growth and rotation, while somebody reads; returns how to stop. */
	follow(): () => void;
	/** Errors of a source (null: of all) since a time, the console's own lines left out, and the newest of them. */
	countErrors(source: string | null, sinceAt: number | null): Promise<Result<ErrorCount, Fault>>;
	/** Stops following and closes every file. */
	close(): Promise<void>;
}

const MOST_LINES = 1000;
/** Small enough to be counted while the reader waits. */
const COUNT_NOW_BYTES = 8 * 1024 * 1024;

/** Reads logs as bytes from where they are asked for; a few MiB are held whatever the files' sizes. */
export function createLogs(options: LogsOptions): Logs {
	const { ports, sources, emit } = options;
	const registry = createFileRegistry(ports.files);
	const toEpoch = createLocalTime(options.zone);
	const rules = (): LineRules => ({
		frame: { toEpoch, now: ports.clock.now() },
		redact: options.redact,
		ownMark: options.ownMark,
	});
	const counter = createErrorCounter(registry, rules);
	const follower = createFollower({ registry, clock: ports.clock, sources, emit });

	const find = (source: string | null): Result<readonly LogSource[], Fault> => {
		const all = sources();
		if (source === null) return ok(all);
		const found = all.filter((one) => one.id === source || one.globs.includes(source));
		return found.length > 0 ? ok(found) : err(fault('file-missing', { path: source }));
	};

	const countFor = async (
		files: readonly SourceFile[],
		filter: LogFilter,
		wanted: readonly LogSource[],
	): Promise<number | null> => {
		if (filter.sinceAt === null) return null;
		const { sinceAt } = filter;
		const pending = await counter.pendingBytes(files, sinceAt);
		if (pending <= COUNT_NOW_BYTES) return (await counter.count(files, sinceAt)).count;
		// Counted behind the screen; whoever looks is told when it is done and reads again.
		void counter
			.count(files, sinceAt)
			.then(() => emit({ kind: 'logs', sources: wanted.map((one) => one.id) }));
		return null;
	};

	return {
		read: async (input) => {
			const wanted = find(input.source);
			if (!wanted.ok) return wanted;
			follower.wanted();
			const files = await registry.refresh(wanted.value, true, input.filter.sinceAt);
			const now = rules();
			const limit = Math.min(Math.max(1, Math.trunc(input.limit)), MOST_LINES);
			const page = await readPage({
				registry,
				rules: now,
				files,
				filter: input.filter,
				from: input.from,
				limit,
				untilError: input.untilError === true,
			});
			const errors = await countFor(files, input.filter, wanted.value);
			const names = shortNames(files.map((one) => one.path));
			const show = createLineFilter(input.filter, now);
			const lines: LogLine[] = page.lines.map(({ file, line }) => ({
				key: `${file.index}:${line.start}`,
				source: show.show(Buffer.from(names.get(file.path) ?? file.path.split('/').at(-1) ?? ''), 0),
				at: line.at,
				level: line.head ? line.level : 'unknown',
				text: show.show(line.bytes, lengthOf(line)),
				ours: show.isOurs(line.bytes),
			}));
			return ok({
				lines,
				before: page.before,
				after: page.after,
				sources: files.map((one) => describe(one, names, show.show)),
				errors,
			});
		},
		follow: () => follower.start(),
		countErrors: async (source, sinceAt) => {
			const wanted = find(source);
			if (!wanted.ok) return wanted;
			follower.wanted();
			return ok(await counter.count(await registry.refresh(wanted.value, true, sinceAt), sinceAt));
		},
		close: async () => {
			follower.stop();
			await registry.release();
		},
	};
}

/** A newline is not part of a line's length. */
function lengthOf(line: { readonly start: number; readonly end: number; readonly bytes: Buffer }): number {
	const whole = line.end - line.start;
	return whole - line.bytes.length <= 1 ? line.bytes.length : whole;
}

function describe(
	one: SourceFile,
	names: ReadonlyMap<string, string>,
	show: (bytes: Buffer, whole: number) => string,
): LogPage['sources'][number] {
	return {
		name: show(Buffer.from(names.get(one.path) ?? one.path), 0),
		path: show(Buffer.from(one.path), 0),
		bytes: one.bytes,
		fault: one.file?.fault ?? one.fault,
	};
}

/** File names, with the folder in front where two are the same. */
function shortNames(paths: readonly string[]): ReadonlyMap<string, string> {
	const counts = new Map<string, number>();
	const last = (path: string, parts: number) => path.split('/').slice(-parts).join('/');
	for (const path of paths) counts.set(last(path, 1), (counts.get(last(path, 1)) ?? 0) + 1);
	return new Map(
		paths.map((path) => [path, (counts.get(last(path, 1)) ?? 0) > 1 ? last(path, 2) : last(path, 1)]),
	);
}
