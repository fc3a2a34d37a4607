import type { Fault } from './fault.ts';
import type { LogLevel } from './log-line.ts';
import type { Limits } from './ports.ts';
import type { Result } from './result.ts';

export interface LogFacts {
	/** Device and inode: the same while a file is renamed, another when it is replaced. */
	readonly identity: string;
	readonly bytes: number;
	/** Epoch ms. */
	readonly modifiedAt: number;
}

/** An opened log: stays readable when the file is renamed or removed under it. */
export interface OpenLog {
	facts(): Promise<Result<LogFacts, Fault>>;
	/** At most `length` bytes from `offset`; fewer at the end of the file, none beyond it. */
	read(offset: number, length: number): Promise<Result<Buffer, Fault>>;
	close(): Promise<void>;
}

/**
 * Log files as bytes. Only regular files are ever opened, so that a pipe or a device cannot hang the reader.
 * Faults: `file-missing`, `no-permission`, `not-a-file`, `io-error`, each with `path`.
 */
export interface LogFilesPort {
	/** Absolute paths the globs stand for, sorted, at most `limit`; a pattern without wildcards stands for itself. */
	expand(globs: readonly string[], limit: number): Promise<readonly string[]>;
	facts(path: string): Promise<Result<LogFacts, Fault>>;
	open(path: string): Promise<Result<OpenLog, Fault>>;
	/** Older parts of a log beside it, as rotation names them: `x.log.1`, `x.log-20251122`, `x-20251122.log`. */
	rotated(path: string): Promise<readonly string[]>;
	/**
	 * Text of a packed part (`x.log.2.gz`), at most `limit` bytes unpacked: more is fault `log-too-large`. Absent: packed
	 * parts cannot be read.
	 */
	unpack?(path: string, limit: number): Promise<Result<string, Fault>>;
	/** Where in the folder of `path` a file of this identity stands now (after a rotation), or null. */
	locate(path: string, identity: string): Promise<string | null>;
}

/** One record of a log for those who count: its first line and, of a stack trace, the line it ends with. */
export interface LogRecord {
	/** Its own time, else that of the record before it in its file; null where the file has none before it. */
	readonly at: number | null;
	/** null when the line names none. */
	readonly level: LogLevel;
	/** Secrets of the configuration hidden; not cleaned, at most 64 KiB. */
	readonly text: string;
	/** The last line that belongs to it, '' when it is one line. */
	readonly last: string;
	/** How many lines belong to it beside the first. */
	readonly more: number;
}

export interface LogRange {
	/** Records are wanted from here on: what cannot be read of them is a fault. Epoch ms. */
	readonly sinceAt: number;
	/** Records before `sinceAt` are read back to here as far as they can be. */
	readonly fromAt: number;
	/** Only records of at least this level; null for all. */
	readonly level: Exclude<LogLevel, 'unknown'> | null;
	/** IANA zone of times written without one; null for the system's. */
	readonly zone: string | null;
	/** Most bytes read. More since `sinceAt` is fault `log-too-large`. */
	readonly limitBytes: number;
}

/** How much was looked at. */
export interface LogReadings {
	readonly files: number;
	readonly bytes: number;
}

/** Records of logs, the console's own lines left out. */
export interface LogRecordsPort {
	/**
	 * Reads the files of these globs, rotated parts too. A glob that matches nothing, or a file that cannot be read, is a
	 * fault: `file-missing`, `no-permission`, `not-a-file`, `file-malformed`, `io-error`, `log-too-large`, `timeout`, `cancelled`.
	 */
	readFiles(
		globs: readonly string[],
		range: LogRange,
		limits: Limits,
		take: (record: LogRecord) => void,
	): Promise<Result<LogReadings, Fault>>;
	/** The same of text that a command or a server gave. */
	readText(text: string, range: Pick<LogRange, 'level' | 'zone'>, take: (record: LogRecord) => void): void;
}
