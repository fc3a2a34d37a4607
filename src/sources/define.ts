import type { z } from 'zod';
import type { Manifest } from '../domain/backup.ts';
import type { RestorePlace, Run, SourcePorts } from '../domain/backup-ports.ts';
import type { Fault } from '../domain/fault.ts';
import type { OwnText } from '../domain/own-text.ts';
import type { Result } from '../domain/result.ts';

/** What a copy turned out to be; goes into its manifest. */
export interface Copied {
	/** Epoch ms: nothing later is in it. */
	readonly asOf: number;
	readonly method: string;
	readonly versions: Manifest['versions'];
	readonly rows: Manifest['rows'];
	readonly sums: Manifest['sums'];
	readonly facts: Manifest['facts'];
	/** Something the operator should know although a copy was made (files that changed while read …): fault-like codes. */
	readonly warnings: readonly Fault[];
}

/** What stands in a place. */
export interface Measured {
	readonly rows: Readonly<Record<string, number>>;
	readonly sums: Readonly<Record<string, string>>;
}

/** What a restore for real would replace. `exists` false: nothing is there. */
export interface Standing {
	readonly exists: boolean;
	/** Short named values for the preview: bytes, files, tables, newest change. */
	readonly facts: Readonly<Record<string, string | number>>;
	readonly rows: Readonly<Record<string, number>> | null;
}

/** A copy on this machine, decrypted and uncompressed, with its increments in order. */
export interface OpenedCopy {
	readonly file: string;
	readonly manifest: Manifest;
	readonly increments: readonly { readonly file: string; readonly manifest: Manifest }[];
}

/** An empty place of our own, for a drill. */
export interface Scratch {
	readonly place: RestorePlace;
	/** Takes away all of it; also after a failed or cancelled restore, and when called twice. */
	dispose(): Promise<Result<void, Fault>>;
}

/** The live thing was replaced; what stood there lies aside under a name that `putBack` understands. null: nothing stood there. */
export interface Replaced {
	readonly aside: string | null;
	readonly place: RestorePlace;
}

/** How copies of this source are put back. */
export interface Restoring<Options> {
	/** Whether a plan with these options can be restored at all; absent: every one. */
	possible?(options: Options): boolean;
	/** The live place itself. */
	live(options: Options): RestorePlace;
	/** A provably empty place: temporary file, scratch database, scratch cluster, or `into`, a named one; `not-empty` when it is not. */
	scratch(options: Options, into: unknown, ports: SourcePorts, run: Run): Promise<Result<Scratch, Fault>>;
	/** Puts a copy into a scratch place. */
	restore(
		options: Options,
		copy: OpenedCopy,
		place: RestorePlace,
		ports: SourcePorts,
		run: Run,
	): Promise<Result<void, Fault>>;
	/** Runs statements that make a restored copy harmless; absent where that has no meaning. */
	mask?(
		options: Options,
		place: RestorePlace,
		statements: readonly string[],
		ports: SourcePorts,
		run: Run,
	): Promise<Result<void, Fault>>;
	/** Rows and sums in a place, to hold against the manifest. */
	measure(
		options: Options,
		place: RestorePlace,
		ports: SourcePorts,
		run: Run,
	): Promise<Result<Measured, Fault>>;
	/** What a restore for real would replace. */
	look(options: Options, ports: SourcePorts, run: Run): Promise<Result<Standing, Fault>>;
	/** Puts a copy in place of the live thing: made ready beside it, then swapped; what stood there is set aside whole. */
	replace(options: Options, copy: OpenedCopy, ports: SourcePorts, run: Run): Promise<Result<Replaced, Fault>>;
	/** The way back: what was set aside stands again where it stood. */
	putBack(options: Options, aside: string, ports: SourcePorts, run: Run): Promise<Result<void, Fault>>;
	/** Takes away what was set aside, once it is not needed. */
	forget(options: Options, aside: string, ports: SourcePorts, run: Run): Promise<Result<void, Fault>>;
	/** The schema of `drill.into`; absent where there is no such place. Paths in it are resolved like those of `paths`. */
	readonly intoSchema?: z.ZodType;
	readonly intoPaths?: readonly string[];
}

/**
 * A sort of thing that can be copied: one file that exports one `defineSource(…)`, and one line in `index.ts`. One run makes
 * one file. Everything shared code needs to know about it, it declares here.
 */
export interface SourceKind<Options = unknown> {
	readonly name: string;
	readonly title: OwnText;
	/** The kind's own keys of a plan; strict, every key described. */
	readonly schema: z.ZodType<Options>;
	/** Options that are paths or globs: the configuration resolves them against its folder. */
	readonly paths: readonly string[];
	/** A complete, working plan for the reference page. */
	readonly example: string;
	/** What is copied, without secrets: `db/app.db`, `app on localhost`. */
	subject(options: Options): string;
	/** Name templates (backup-name.ts), with the suffix of what the source itself makes (`.tar`, `.dump`). */
	names(options: Options): { readonly plain: string; readonly pinned: string };
	/** Compression when the plan says nothing. */
	readonly compress: 'none' | 'gzip' | 'zstd';
	/** Only with a plan that this continues (increments); absent: stands by itself. */
	readonly continues?: string;
	/** About how many bytes a copy will have, null where that cannot be told. */
	size(options: Options, ports: SourcePorts, run: Run): Promise<Result<number | null, Fault>>;
	/**
	 * Makes one new file at `to`, whole and consistent. `previous`: the manifest of the newest copy of this plan; `base`: that of
	 * the plan it continues.
	 */
	copy(
		options: Options,
		to: string,
		ports: SourcePorts,
		run: Run,
		around: { readonly previous: Manifest | null; readonly base: Manifest | null },
	): Promise<Result<Copied, Fault>>;
	/** Reads an opened copy to its end and proves that it is whole, as the source's own tools can tell; facts for the output. */
	verify(
		options: Options,
		copy: OpenedCopy,
		ports: SourcePorts,
		run: Run,
	): Promise<Result<Readonly<Record<string, string | number>>, Fault>>;
	/** null: what is kept is a record and cannot be put back (names of variables). */
	readonly restoring: Restoring<Options> | null;
}

export function defineSource<Options>(source: SourceKind<Options>): SourceKind<Options> {
	return source;
}
