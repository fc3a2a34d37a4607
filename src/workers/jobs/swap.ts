import {
	chmodSync,
	chownSync,
	closeSync,
	constants,
	fsyncSync,
	lstatSync,
	mkdirSync,
	openSync,
	renameSync,
	rmdirSync,
	type Stats,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Progress } from '../../domain/backup.ts';
import type { Swapped, SwapRequest } from '../../domain/backup-ports.ts';
import { type Fault, fault } from '../../domain/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { clean } from '../../domain/text.ts';
import { type Walked, walkFiles } from '../../platform/walk.ts';
import { defineJob } from '../protocol.ts';
import { MOST_ENTRIES } from './archive-names.ts';
import { faultOfFailure } from './file-bytes.ts';
import { createMeter } from './meter.ts';
import { planPack } from './pack-plan.ts';
import { type Journal, readJournal, writeJournal } from './swap-journal.ts';

/** Unpacked files, and what stood in their places. */
const NEW = 'new';
const OLD = 'old';
/** What somebody put there after the swap, found on the way back. */
const LATER = 'later';

/**
 * Every file that the globs find goes aside, every unpacked one takes its place; each by one rename, all of them written down
 * before. What fails in the middle is undone. Faults: `no-permission`, `disk-full`, `read-only`, `io-error`, `own-limit`, and `not-empty` {path}
 * where a file is in the way that the globs do not find.
 */
export const swapFiles = defineJob({
	name: 'files.swap',
	run(request: SwapRequest, report: (progress: Progress) => void): Result<Swapped, Fault> {
		const { root, aside } = request;
		try {
			const planned = journalOf(request);
			if (!planned.ok) return planned;
			const journal = planned.value;
			const meter = createMeter(report, 'restore', journal.out.length + journal.in.length, 'files');
			mkdirSync(join(aside, OLD), { mode: 0o700 });
			writeJournal(aside, journal);
			try {
				for (const name of journal.out) {
					makeFolders(join(aside, OLD), dirname(name), null);
					renameSync(join(root, name), join(aside, OLD, name));
					meter.add(1);
				}
				for (const name of journal.folders) makeFolders(root, name, join(aside, NEW));
				for (const name of journal.in) {
					makeFolders(root, dirname(name), join(aside, NEW));
					renameSync(join(aside, NEW, name), join(root, name));
					meter.add(1);
				}
				syncFolders(root, aside, journal);
			} catch (cause) {
				undo(root, aside, journal);
				throw cause;
			}
			meter.end();
			return ok({ placed: journal.in.length, setAside: journal.out.length });
		} catch (cause) {
			return err(faultOfFailure(cause, root));
		}
	},
});

/** Also after a crash in the middle, and twice. Faults: `file-missing` without a journal, `file-malformed`, `no-permission`, `io-error`. */
export const unswapFiles = defineJob({
	name: 'files.unswap',
	run({ root, aside }: { readonly root: string; readonly aside: string }): Result<Swapped, Fault> {
		try {
			const journal = readJournal(aside);
			if (!journal.ok) return journal;
			return ok(undo(root, aside, journal.value));
		} catch (cause) {
			return err(faultOfFailure(cause, root));
		}
	},
});

function journalOf({ root, files, exclude, aside }: SwapRequest): Result<Journal, Fault> {
	// One after the other: each may be large, and only names are kept of it.
	const standing = standingIn({ root, files, exclude });
	if (!standing.ok) return standing;
	const placed = placedIn(join(aside, NEW));
	if (!placed.ok) return placed;
	const { incoming, folders } = placed.value;
	const out = new Set(standing.value);
	// What is in the way goes aside whole, wanted or not: a link or a file where a folder has to be, a folder in a file's place.
	for (const name of incoming) if (lookAt(join(root, name)) !== null) out.add(name);
	for (const name of [...folders, ...incoming.flatMap((each) => above(each))]) {
		const stats = lookAt(join(root, name));
		if (stats !== null && !stats.isDirectory()) out.add(name);
	}
	const outermost = [...out].filter((name) => !above(name).some((folder) => out.has(folder)));
	// A plan of nothing but what it brings replaces whatever has the same name; any other sets aside only what it covers.
	const stranger = files.length === 0 ? null : strangerIn(root, outermost, new Set(standing.value));
	if (stranger !== null) return err(fault('not-empty', { path: clean(stranger, { max: 300 }) }));
	const made = new Set([...folders, ...incoming.flatMap((name) => above(name))]);
	return ok({
		out: outermost.sort(),
		in: incoming,
		// Those that are not there now, or stand under something that goes: ours to take away again.
		folders: [...made]
			.filter((name) => !lookAt(join(root, name))?.isDirectory() || above(name).some((one) => out.has(one)))
			.sort(),
	});
}

function standingIn(
	wanted: Pick<SwapRequest, 'root' | 'files' | 'exclude'>,
): Result<readonly string[], Fault> {
	const plan = planPack(wanted);
	if (!plan.ok) return plan;
	return ok(plan.value.entries.filter(({ kind }) => kind !== 'folder').map(({ name }) => name));
}

/** A file in the way that the plan does not cover: no copy holds it, so it must not go. A link is never more than a name. */
function strangerIn(root: string, names: readonly string[], covered: ReadonlySet<string>): string | null {
	for (const name of names) {
		if (covered.has(name)) continue;
		const path = join(root, name);
		const walk = walkFiles([path], [], MOST_ENTRIES);
		if (!walk.ok) return path;
		const isStranger = (one: Walked) => one.kind === 'file' && !covered.has(relative(root, one.path));
		const found = lookAt(path)?.isSymbolicLink() ? undefined : walk.value.found.find(isStranger);
		if (found !== undefined) return found.path;
	}
	return null;
}

interface Placed {
	readonly incoming: readonly string[];
	readonly folders: readonly string[];
}

function placedIn(fresh: string): Result<Placed, Fault> {
	const walk = walkFiles([fresh], [], MOST_ENTRIES);
	if (!walk.ok) return walk;
	const incoming: string[] = [];
	const folders: string[] = [];
	for (const { path, kind } of walk.value.found)
		(kind === 'folder' ? folders : incoming).push(relative(fresh, path));
	return ok({ incoming, folders });
}

/** Whatever has been moved is moved back; what has not been is left alone. */
function undo(root: string, aside: string, journal: Journal): Swapped {
	let [placed, setAside] = [0, 0];
	for (const name of journal.in.toReversed()) {
		const [from, to] = [join(root, name), join(aside, NEW, name)];
		// Where it still lies in `new`, what stands in its place is not ours.
		if (lookAt(to) !== null || lookAt(from) === null) continue;
		makeFolders(join(aside, NEW), dirname(name), null);
		renameSync(from, to);
		placed++;
	}
	for (const name of journal.folders.toReversed()) {
		try {
			rmdirSync(join(root, name));
		} catch {
			// Somebody keeps something in it by now, or it was never made.
		}
	}
	for (const name of journal.out) {
		const [from, to] = [join(aside, OLD, name), join(root, name)];
		if (lookAt(from) === null) continue;
		if (lookAt(to) !== null) {
			makeFolders(join(aside, LATER), dirname(name), null);
			renameSync(to, join(aside, LATER, name));
		}
		makeFolders(root, dirname(name), null);
		renameSync(from, to);
		setAside++;
	}
	syncFolders(root, aside, journal);
	return { placed, setAside };
}

function above(name: string): readonly string[] {
	const found: string[] = [];
	for (let at = dirname(name); at !== '.'; at = dirname(at)) found.push(at);
	return found;
}

function lookAt(path: string): Stats | null {
	try {
		return lstatSync(path, { throwIfNoEntry: false }) ?? null;
	} catch (error) {
		if ((error as { code?: string }).code === 'ENOTDIR') return null;
		throw error;
	}
}

/** Each with the mode and the owner that it has below `like`. */
function makeFolders(root: string, name: string, like: string | null): void {
	if (name === '.') return void mkdirSync(root, { recursive: true, mode: 0o700 });
	if (lookAt(join(root, name)) !== null) return;
	makeFolders(root, dirname(name), like);
	const path = join(root, name);
	mkdirSync(path, { mode: 0o700 });
	const stats = like === null ? null : lookAt(join(like, name));
	if (stats === null) return;
	if (process.getuid?.() === 0) chownSync(path, stats.uid, stats.gid);
	chmodSync(path, stats.mode & 0o777);
}

function syncFolders(root: string, aside: string, { out, in: incoming }: Journal): void {
	const folders = new Set([root, aside]);
	for (const name of [...out, ...incoming]) {
		folders.add(join(root, dirname(name)));
		folders.add(join(aside, OLD, dirname(name)));
	}
	for (const path of folders) {
		if (!lookAt(path)?.isDirectory()) continue;
		const folder = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
		try {
			fsyncSync(folder);
		} finally {
			closeSync(folder);
		}
	}
}
