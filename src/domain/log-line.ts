/** One record of a log: its first line and the continuation lines of a stack trace folded to `extra`. */
export type LogLevel = 'debug' | 'info' | 'warning' | 'error' | 'unknown';

export interface LogLine {
	/** `<file index>:<byte offset>`; stable while the file is not rotated. */
	readonly key: string;
	/** Short name of the file it stands in. */
	readonly source: string;
	/** Epoch ms read from the line; null where it has none (it then sorts behind its predecessor). */
	readonly at: number | null;
	readonly level: LogLevel;
	/** Cleaned, redacted, cut to 4 KiB. */
	readonly text: string;
	/** Written by this console: drawn dimmed and not counted by log checks. */
	readonly ours: boolean;
}

export interface LogFilter {
	/** Lowest level shown; null for all. */
	readonly level: Exclude<LogLevel, 'unknown'> | null;
	/** Case-insensitive substring; null for none. */
	readonly text: string | null;
	readonly sinceAt: number | null;
}

/** A window of merged lines, oldest first, and whether there is more on either side. */
export interface LogPage {
	readonly lines: readonly LogLine[];
	readonly before: string | null;
	readonly after: string | null;
	/** Files followed, with what is wrong with them (missing, no permission, binary) as codes. */
	readonly sources: readonly {
		readonly name: string;
		readonly path: string;
		readonly bytes: number;
		readonly fault: string | null;
	}[];
	/** Error lines since `sinceAt` among all that was read (null when not counted to the end). */
	readonly errors: number | null;
}
