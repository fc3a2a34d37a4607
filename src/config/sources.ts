import type { Fault } from '../domain/fault.ts';
import type { Locale } from '../domain/own-text.ts';
import type { ConfigProblem } from '../domain/picture.ts';
import type { Result } from '../domain/result.ts';
import type { Secret } from '../domain/secret.ts';
import type { SystemDefinition } from '../domain/system.ts';

/** The world as the loader needs it; it opens nothing itself. */
export interface ConfigSources {
	/** The whole text of a file; decoding faults are `bad-encoding`. */
	read(path: string): Promise<Result<string, Fault>>;
	/** Absolute paths that match an absolute glob, sorted. */
	glob(pattern: string): Promise<Result<readonly string[], Fault>>;
	env(name: string): string | undefined;
	/** `env:NAME`, `file:path` (relative to `folder`), `cmd:command`; a fault's detail never holds the value. */
	resolveSecret(reference: string, folder: string): Promise<Result<Secret, Fault>>;
}

export interface LoadOptions {
	/** The environment asked for by `--env` or ROUNDS_ENV; else the default one. */
	readonly environment?: string | undefined;
	/** The language of every message. */
	readonly locale?: Locale;
	/** Keys the console has itself: actions may not shadow them. */
	readonly reservedKeys?: readonly string[];
}

export interface LoadedConfig {
	readonly system: SystemDefinition;
	/** Absolute paths of every file that was read: what to watch. */
	readonly files: readonly string[];
	readonly warnings: readonly ConfigProblem[];
	/** What redaction must hide. */
	readonly secretValues: readonly string[];
}
