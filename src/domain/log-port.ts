import type { Fault } from './fault.ts';
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
	/** Where in the folder of `path` a file of this identity stands now (after a rotation), or null. */
	locate(path: string, identity: string): Promise<string | null>;
}
