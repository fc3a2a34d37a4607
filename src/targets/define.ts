import type { z } from 'zod';
import type { FolderEntry, Run, TargetPorts } from '../domain/backup-ports.ts';
import type { Fault } from '../domain/fault.ts';
import type { OwnText } from '../domain/own-text.ts';
import type { Limits } from '../domain/ports.ts';
import type { Result } from '../domain/result.ts';

/** What is still being written has this at the beginning and at the end of its name, and is no copy. */
export const PART_BEGIN = '.rounds-';
export const PART_END = '.part';

/** What SQLite makes beside a database that it writes; of a program that was killed it stays. */
const BESIDE = /-(?:journal|wal|shm)$/;

export function isPart(name: string): boolean {
	return name.startsWith(PART_BEGIN) && name.replace(BESIDE, '').endsWith(PART_END);
}

/**
 * A sort of place where copies lie: one file that exports one `defineTarget(…)`, and one line in `index.ts`. Names are plain file
 * names without a slash. Nothing that stands there is overwritten unless said; half a file never has a copy's name.
 */
export interface TargetKind<Options = unknown> {
	readonly name: string;
	readonly title: OwnText;
	/** Its keys under `targets.<name>` (not `kind`); strict, every key described. */
	readonly schema: z.ZodType<Options>;
	readonly paths: readonly string[];
	readonly example: string;
	/** Where it is, without secrets. */
	where(options: Options): string;
	/** Folder on the same file system in which copies can be made, so that only a rename is left; null: sent from elsewhere. */
	local(options: Options): string | null;
	/** Whether it can be written to now (there, mounted, allowed), and the bytes it has left where that can be told. */
	ready(
		options: Options,
		ports: TargetPorts,
		run: Run,
	): Promise<Result<{ readonly freeBytes: number | null }, Fault>>;
	/** Regular files, parts too; links and everything else are left out. Nothing there yet: empty. */
	list(options: Options, ports: TargetPorts, run: Limits): Promise<Result<readonly FolderEntry[], Fault>>;
	/** A finished local file gets this name there, whole or not at all; `name-taken` rather than overwrite. `from` stays or goes. */
	put(
		options: Options,
		from: string,
		name: string,
		ports: TargetPorts,
		run: Run,
	): Promise<Result<void, Fault>>;
	/** To a new local file. A local target gives `to` back as a copy too: what lies there is never handed out. */
	get(options: Options, name: string, to: string, ports: TargetPorts, run: Run): Promise<Result<void, Fault>>;
	/** Manifests. `file-missing` when there is none. */
	readText(
		options: Options,
		name: string,
		limit: number,
		ports: TargetPorts,
		run: Limits,
	): Promise<Result<string, Fault>>;
	writeText(
		options: Options,
		name: string,
		text: string,
		how: { readonly replace: boolean },
		ports: TargetPorts,
		run: Limits,
	): Promise<Result<void, Fault>>;
	/** ok when nothing was there. Never anything but a regular file. */
	remove(options: Options, name: string, ports: TargetPorts, run: Limits): Promise<Result<void, Fault>>;
}

export function defineTarget<Options>(target: TargetKind<Options>): TargetKind<Options> {
	return target;
}
