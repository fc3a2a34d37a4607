import { createHash, randomBytes } from 'node:crypto';
import { basename, dirname, join, resolve } from 'node:path';
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
/** Second names of what stands in its place: the database first, since without it nothing is taken for what could be put back. */
const SECOND = ['', ...BESIDE] as const;
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
	const exchanged = await exchange(file, part, aside.value, ports);
	if (exchanged.ok || exchanged.error.code !== 'not-supported') return exchanged;
	const moved = await moveWhole(file, aside.value, ports);
	if (!moved.ok) return moved;
	const placed = await ports.folders.place(part, file);
	if (placed.ok) return ok(moved.value > 0 ? aside.value : null);
	await moveWhole(aside.value, file, ports);
	return placed;
}

/**
 * All of what stands there gets its second name first, then the new one takes its place in one step: killed at any moment,
 * either stands there, and the old one whole under one of its names. Fault `not-supported` where that cannot be.
 */
async function exchange(
	file: string,
	part: string,
	aside: string,
	ports: SourcePorts,
): Promise<Result<string, Fault>> {
	const { folders } = ports;
	const found = await standing(file, ports);
	if (!found.ok) return found;
	if (!found.value.includes('')) return err(fault('not-supported', { what: 'missing' }));
	const undo = async (why: Result<never, Fault>) => {
		const again = await linkAll(aside, file, BESIDE, ports);
		if (again.ok) await removeWhole(aside, ports, SECOND);
		return why;
	};
	const linked = await linkAll(file, aside, found.value, ports);
	if (!linked.ok) return undo(linked);
	const cleared = await removeWhole(file, ports, BESIDE);
	const placed = cleared.ok ? await folders.replace(part, file) : cleared;
	return placed.ok ? ok(aside) : undo(placed);
}

/** Second names for what stands there; what has one already is left alone. */
async function linkAll(
	from: string,
	to: string,
	suffixes: readonly string[],
	{ folders }: SourcePorts,
): Promise<Result<void, Fault>> {
	for (const suffix of suffixes) {
		const linked = await folders.link(from + suffix, to + suffix);
		if (!linked.ok && !['name-taken', 'file-missing'].includes(linked.error.code)) return linked;
	}
	return ok(undefined);
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

/** What a restore set aside and nobody took away: kept where no safety copy could be made, or left by one that was killed. */
export async function newestAside(file: string, { folders }: SourcePorts): Promise<string | null> {
	const listed = await folders.list(dirname(file));
	const begin = basename(file) + ASIDE;
	const found = (listed.ok ? listed.value : []).filter(
		({ name, kind }) =>
			kind === 'file' && name.startsWith(begin) && !BESIDE.some((suffix) => name.endsWith(suffix)),
	);
	const name = found.at(-1)?.name;
	return name === undefined ? null : clean(name, { max: 120 });
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
	if (!there.value.includes('')) return unknownAside(aside);
	const failed = partBeside(file);
	const linked = await ports.folders.link(aside, failed);
	if (linked.ok) return standAgain(file, failed, aside, ports);
	const away = await moveWhole(file, failed, ports);
	if (!away.ok) return away;
	const back = await moveWhole(aside, file, ports);
	if (!back.ok) {
		await moveWhole(failed, file, ports);
		return back;
	}
	return removeWhole(failed, ports);
}

/** `second`: another name of what stands aside, which takes the place in one step. Until the end all of it stands aside too. */
async function standAgain(
	file: string,
	second: string,
	aside: string,
	ports: SourcePorts,
): Promise<Result<void, Fault>> {
	const { folders } = ports;
	const cleared = await removeWhole(file, ports, BESIDE);
	const back = cleared.ok ? await folders.replace(second, file) : cleared;
	// It stays where both are names of the same file.
	await folders.remove(second);
	if (!back.ok) return back;
	const linked = await linkAll(aside, file, BESIDE, ports);
	return linked.ok ? removeWhole(aside, ports, SECOND) : linked;
}

export async function forget(
	{ file }: Options,
	aside: string,
	ports: SourcePorts,
): Promise<Result<void, Fault>> {
	return isAside(file, aside) ? removeWhole(aside, ports) : unknownAside(aside);
}
