import type { FaultCode } from '../../domain/fault.ts';
import type { LogFacts, LogFilesPort, OpenLog } from '../../domain/log-port.ts';

/** Which files a source of logs is made of: a service's globs, or one file. */
export interface LogSource {
	readonly id: string;
	readonly globs: readonly string[];
}

/** One generation of a file: a rotated or truncated one gets a new index, so that old positions never point into it. */
export interface TrackedFile {
	readonly index: number;
	readonly identity: string;
	path: string;
	bytes: number;
	modifiedAt: number;
	/** Its first bytes, which tell a file that was emptied and filled again from one that only grew. */
	head: Buffer;
	open: OpenLog | null;
	/** No longer what stands at its path; what is left in it can still be read while it is open. */
	gone: boolean;
	/** Emptied in place: nothing of it is left. */
	dead: boolean;
	fault: FaultCode | null;
	binary: boolean;
	probedAt: number;
}

export interface SourceFile {
	readonly path: string;
	readonly sources: readonly string[];
	readonly bytes: number;
	readonly fault: string | null;
	readonly file: TrackedFile | null;
}

export interface FileRegistry {
	/**
	 * Looks at every file of the sources again. `open`: keeps them open, so that a rotation loses nothing. With `sinceAt`
	 * the rotated parts that were written after it belong to them too.
	 */
	refresh(
		sources: readonly LogSource[],
		open: boolean,
		sinceAt?: number | null,
	): Promise<readonly SourceFile[]>;
	get(index: number): TrackedFile | null;
	/** What is left of a rotated file, as it is now; false when nothing can be read of it any more. */
	revisit(file: TrackedFile): Promise<boolean>;
	/** Bytes of one file; empty at its end, after a fault (kept on the file), and when it is gone for good. */
	read(file: TrackedFile, offset: number, length: number): Promise<Buffer>;
	/** Lets go of every open file. */
	release(): Promise<void>;
}

const FILE_LIMIT = 128;
const HEAD_BYTES = 128;
const TAIL_PROBE = 4096;
const GONE_KEPT = 16;

export function createFileRegistry(files: LogFilesPort): FileRegistry {
	const byIndex = new Map<number, TrackedFile>();
	const current = new Map<string, TrackedFile>();
	let nextIndex = 0;
	let turn: Promise<unknown> = Promise.resolve();

	const read = async (file: TrackedFile, offset: number, length: number): Promise<Buffer> => {
		if (file.dead || length <= 0) return Buffer.alloc(0);
		if (!file.open) await reopen(file);
		const found = await file.open?.read(offset, length);
		if (found?.ok) return found.value;
		if (found) file.fault = found.error.code;
		return Buffer.alloc(0);
	};

	const reopen = async (file: TrackedFile): Promise<void> => {
		const path = file.gone ? await files.locate(file.path, file.identity) : file.path;
		const opened = path === null ? null : await files.open(path);
		if (!opened?.ok) {
			file.fault = opened ? opened.error.code : 'file-missing';
			return;
		}
		// Between looking and opening another file may have taken the name.
		const facts = await opened.value.facts();
		if (!facts.ok || facts.value.identity !== file.identity) {
			await opened.value.close();
			file.gone = true;
			return;
		}
		file.open = opened.value;
	};

	const track = async (path: string, facts: LogFacts): Promise<TrackedFile> => {
		const known = current.get(facts.identity);
		if (known && !(await wasReplaced(known, facts))) {
			known.path = path;
			known.gone = false;
			known.bytes = facts.bytes;
			known.modifiedAt = facts.modifiedAt;
			return known;
		}
		const made: TrackedFile = {
			index: nextIndex++,
			identity: facts.identity,
			path,
			bytes: facts.bytes,
			modifiedAt: facts.modifiedAt,
			head: Buffer.alloc(0),
			open: known?.open ?? null,
			gone: false,
			dead: false,
			fault: null,
			binary: false,
			probedAt: -1,
		};
		if (known) {
			known.dead = true;
			known.open = null;
			byIndex.delete(known.index);
		}
		byIndex.set(made.index, made);
		current.set(made.identity, made);
		return made;
	};

	/** Shorter than before, or grown but with other first bytes: emptied in place (copytruncate), or the inode was used again. */
	const wasReplaced = async (known: TrackedFile, facts: LogFacts): Promise<boolean> => {
		if (facts.bytes < known.bytes) return true;
		if (known.head.length === 0) return false;
		if (facts.bytes === known.bytes && facts.modifiedAt === known.modifiedAt) return false;
		const head = await read(known, 0, known.head.length);
		return head.length > 0 && !head.equals(known.head);
	};

	/** First and last bytes, once a file has grown enough for them to say something. */
	const probe = async (file: TrackedFile): Promise<void> => {
		if (file.head.length < HEAD_BYTES && file.bytes > file.head.length)
			file.head = Buffer.from(await read(file, 0, HEAD_BYTES));
		if (file.probedAt === file.bytes) return;
		file.probedAt = file.bytes;
		const tail = await read(file, Math.max(0, file.bytes - TAIL_PROBE), TAIL_PROBE);
		// Zeros at the start alone are a log emptied under a writer that kept its place; at the end too it is no text.
		file.binary = looksBinary(tail) && looksBinary(file.head);
	};

	const look = async (path: string, sources: readonly string[], open: boolean): Promise<SourceFile> => {
		const facts = await files.facts(path);
		const identity = facts.ok ? facts.value.identity : null;
		for (const file of current.values())
			if (file.path === path && file.identity !== identity) file.gone = true;
		if (!facts.ok) return { path, sources, bytes: 0, fault: facts.error.code, file: null };
		const file = await track(path, facts.value);
		file.fault = null;
		if (open) {
			if (!file.open) await reopen(file);
			if (!file.fault) await probe(file);
		}
		const fault = file.fault ?? (file.binary ? 'file-malformed' : null);
		return { path, sources, bytes: file.bytes, fault, file: fault ? null : file };
	};

	/** Rotated parts in which something not older than `sinceAt` can stand. */
	const partsSince = async (paths: readonly string[], sinceAt: number | null): Promise<readonly string[]> => {
		const found: string[] = [];
		for (const path of sinceAt === null ? [] : paths) {
			for (const part of await files.rotated(path)) {
				const facts = await files.facts(part);
				if (facts.ok && facts.value.modifiedAt >= (sinceAt ?? 0)) found.push(part);
			}
		}
		return found;
	};

	const refreshNow = async (
		sources: readonly LogSource[],
		open: boolean,
		sinceAt: number | null,
	): Promise<readonly SourceFile[]> => {
		const owners = new Map<string, string[]>();
		for (const source of sources) {
			const paths = await files.expand(source.globs, FILE_LIMIT);
			const all = [...(paths.length > 0 ? paths : source.globs), ...(await partsSince(paths, sinceAt))];
			for (const path of all) {
				const ids = owners.get(path) ?? [];
				if (!ids.includes(source.id)) ids.push(source.id);
				owners.set(path, ids);
			}
		}
		const found: SourceFile[] = [];
		const seen = new Set<TrackedFile>();
		for (const [path, ids] of [...owners].slice(0, FILE_LIMIT)) {
			const one = await look(path, ids, open);
			// Two names of one file are read once.
			if (one.file && seen.has(one.file)) continue;
			if (one.file) seen.add(one.file);
			found.push(one);
		}
		await forgetGone();
		return found;
	};

	const forgetGone = async (): Promise<void> => {
		const gone = [...byIndex.values()].filter((file) => file.gone);
		for (const file of gone.slice(0, Math.max(0, gone.length - GONE_KEPT))) {
			byIndex.delete(file.index);
			if (current.get(file.identity) === file) current.delete(file.identity);
			await file.open?.close();
		}
	};

	return {
		refresh: (sources, open, sinceAt = null) => {
			const result = turn.then(() => refreshNow(sources, open, sinceAt));
			turn = result.catch(() => {});
			return result;
		},
		get: (index) => byIndex.get(index) ?? null,
		revisit: async (file) => {
			if (!file.open) await reopen(file);
			const facts = await file.open?.facts();
			// Cut short since: what stands there now is not what was read before.
			if (!facts?.ok || facts.value.bytes < file.bytes) return false;
			file.bytes = facts.value.bytes;
			return true;
		},
		read,
		release: async () => {
			await turn;
			for (const file of byIndex.values()) {
				await file.open?.close();
				file.open = null;
			}
		},
	};
}

/** Share of bytes no text has: 10 % of compressed ones, half of UTF-16. Escape sequences are not counted, logs have them. */
function looksBinary(bytes: Buffer): boolean {
	let odd = 0;
	for (const byte of bytes) if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) odd += 1;
	return odd > bytes.length / 20;
}
