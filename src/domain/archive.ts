export interface PackRequest {
	/** Names in the archive are relative to it. */
	readonly root: string;
	/** Absolute globs. */
	readonly files: readonly string[];
	readonly exclude: readonly string[];
	/** New tar file; null: only counts what would be in it. */
	readonly to: string | null;
}

export interface Packed {
	readonly files: number;
	readonly links: number;
	/** Bytes of the files themselves. */
	readonly bytes: number;
	/** Of the newest file, epoch ms; null without files. */
	readonly newestAt: number | null;
	/** Sockets, devices, pipes, links that lead out of `root`, names that are no text: left out and named, at most 100. */
	readonly left: readonly string[];
	/** Files that changed or went away while they were read, named, at most 100. */
	readonly changed: readonly string[];
}

/** Puts unpacked files in place of those that globs find: what the globs do not find is never touched. */
export interface SwapRequest {
	readonly root: string;
	readonly files: readonly string[];
	readonly exclude: readonly string[];
	/** A folder of ours on the same file system, with the unpacked files in `new`; what is replaced goes to `old`. */
	readonly aside: string;
}

export interface Swapped {
	readonly placed: number;
	readonly setAside: number;
}

export interface Unpacked {
	readonly files: number;
	readonly links: number;
	readonly bytes: number;
	/** Every entry, at most 10,000, as `name\tbytes\tsha256`. */
	readonly entries: readonly string[];
}

export interface Sealed {
	/** Lower-case hex, of the file as it lies there. */
	readonly sha256: string;
	readonly bytes: number;
	readonly plainSha256: string;
	readonly plainBytes: number;
}
