import { createHash, randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import type { RestorePlace, Run, SourcePorts } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import type { OpenedCopy, Replaced } from './define.ts';
import { proveSound } from './sqlite-sound.ts';

interface Options {
	readonly file: string;
	readonly sums?: Readonly<Record<string, string>> | undefined;
}

/** What may lie beside a database and belongs to it. A log that were left there would be applied to its successor. */
export const BESIDE = ['-wal', '-shm', '-journal'] as const;
/** The database last: its name says that all of it is there. */
const WHOLE = [...BESIDE, ''] as const;
const ASIDE = '.before-restore.';
const MOST_TURNS = 100;
const PART_AGE_MS = 86_400_000;

export function placeOf(original: string, file: string): RestorePlace {
	return {
		shown: clean(file, { max: 200 }),
		restored: { kind: 'file', original, path: file },
		own: { file },
	};
}

/** Names of what is not finished, or on its way out, of this one database. */
const markOf = (file: string): string =>
	`.rounds-${createHash('sha256').update(resolve(file)).digest('hex').slice(0, 12)}-`;

export const partBeside = (file: string): string =>
	join(dirname(file), `${markOf(file)}${randomBytes(6).toString('hex')}.part`);

/** Takes away what was left beside it when we were killed: so old that nobody is still at it. */
async function sweep(file: string, ports: SourcePorts, now: number): Promise<void> {
	const folder = dirname(file);
	const listed = await ports.folders.list(folder);
	for (const { name, kind, modifiedAt } of listed.ok ? listed.value : [])
		if (kind === 'file' && name.startsWith(markOf(file)) && now - modifiedAt > PART_AGE_MS)
			await ports.folders.remove(join(folder, name));
}

/** Copies it beside `file`, on the same file system, proved whole. */
export async function copyBeside(
	copy: OpenedCopy,
	file: string,
	ports: SourcePorts,
	run: Run,
	sums?: Options['sums'],
): Promise<Result<string, Fault>> {
	await sweep(file, ports, run.now);
	const part = partBeside(file);
	const total = copy.manifest.plainBytes;
	const copied = await ports.folders.copy(copy.file, part, run, (done) =>
		run.onProgress({ phase: 'restore', done, total, unit: 'bytes' }),
	);
	if (!copied.ok) return copied;
	run.onProgress({ phase: 'check', done: 0, total: 1, unit: 'steps' });
	const sound = await proveSound(part, copy.manifest, sums, ports, run);
	if (sound.ok) return ok(part);
	await ports.folders.remove(part);
	return sound;
}

/** Takes away a database of ours with what lies beside it. */
export async function removeWhole(
	file: string,
	ports: SourcePorts,
	suffixes: readonly string[] = WHOLE,
): Promise<Result<void, Fault>> {
	for (const suffix of suffixes) {
		const gone = await ports.folders.remove(file + suffix);
		if (!gone.ok) return gone;
	}
	return ok(undefined);
}

export async function replace(
	options: Options,
	copy: OpenedCopy,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Replaced, Fault>> {
	const { file } = options;
	const { folders, heavy } = ports;
	const there = await folders.look(file);
	if (!there.ok) return there;
	// A name that leads elsewhere would be exchanged for the file itself, and what it leads to would stay as it is.
	if (there.value !== null && there.value.kind !== 'file')
		return err(fault('not-restorable', { reason: there.value.kind, what: clean(file, { max: 300 }) }));
	const part = await copyBeside(copy, file, ports, run, options.sums);
	if (!part.ok) return part;
	const journalMode = copy.manifest.facts['journalMode'] === 'wal' ? 'wal' : 'rollback';
	const as = { journalMode, like: there.value === null ? null : file } as const;
	const alike = await heavy.changeSqlite({ file: part.value, statements: [], as }, run);
	const swapped = alike.ok ? await swap(file, part.value, ports, run) : alike;
	if (swapped.ok) return ok({ aside: swapped.value, place: placeOf(file, file) });
	await removeWhole(part.value, ports);
	return swapped;
}

/** From here on nothing is cancelled: it is done, or it is as it was. */
async function swap(
	file: string,
	part: string,
	ports: SourcePorts,
	run: Run,
): Promise<Result<string | null, Fault>> {
	if (run.signal.aborted) return err(fault('cancelled'));
	const aside = await freeName(file, run.now, ports);
	if (!aside.ok) return aside;
	const moved = await moveWhole(file, aside.value, ports);
	if (!moved.ok) return moved;
	const placed = await ports.folders.place(part, file);
	if (placed.ok) return ok(moved.value > 0 ? aside.value : null);
	await moveWhole(aside.value, file, ports);
	return placed;
}

async function freeName(file: string, now: number, ports: SourcePorts): Promise<Result<string, Fault>> {
	const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
	for (let turn = 1; turn <= MOST_TURNS; turn++) {
		const name = `${file}${ASIDE}${stamp}${turn === 1 ? '' : `-${turn}`}`;
		const taken = await standing(name, ports);
		if (!taken.ok) return taken;
		if (taken.value.length === 0) return ok(name);
	}
	return err(fault('name-taken', { path: clean(file, { max: 300 }) }));
}

async function standing(file: string, ports: SourcePorts): Promise<Result<readonly string[], Fault>> {
	const found: string[] = [];
	for (const suffix of WHOLE) {
		const each = await ports.folders.look(file + suffix);
		if (!each.ok) return each;
		if (each.value !== null) found.push(suffix);
	}
	return ok(found);
}

/** Renames a database with what lies beside it; how many files that were. All of them, or none. */
async function moveWhole(from: string, to: string, ports: SourcePorts): Promise<Result<number, Fault>> {
	const found = await standing(from, ports);
	if (!found.ok) return found;
	const moved: string[] = [];
	for (const suffix of found.value) {
		const done = await ports.folders.move(from + suffix, to + suffix);
		if (done.ok) {
			moved.push(suffix);
			continue;
		}
		for (const each of moved.toReversed()) await ports.folders.move(to + each, from + each);
		return done;
	}
	return ok(moved.length);
}

/** Names that a `replace` of this file gave, and no other. */
function isAside(file: string, aside: string): boolean {
	return aside.startsWith(file + ASIDE) && !aside.slice(file.length).includes('/');
}

const unknownAside = (aside: string) => err(fault('file-missing', { path: clean(aside, { max: 300 }) }));

export async function putBack(
	{ file }: Options,
	aside: string,
	ports: SourcePorts,
): Promise<Result<void, Fault>> {
	if (!isAside(file, aside)) return unknownAside(aside);
	const there = await standing(aside, ports);
	if (!there.ok) return there;
	if (there.value.length === 0) return unknownAside(aside);
	const failed = partBeside(file);
	const away = await moveWhole(file, failed, ports);
	if (!away.ok) return away;
	const back = await moveWhole(aside, file, ports);
	if (!back.ok) {
		await moveWhole(failed, file, ports);
		return back;
	}
	return removeWhole(failed, ports);
}

export async function forget(
	{ file }: Options,
	aside: string,
	ports: SourcePorts,
): Promise<Result<void, Fault>> {
	return isAside(file, aside) ? removeWhole(aside, ports) : unknownAside(aside);
}
