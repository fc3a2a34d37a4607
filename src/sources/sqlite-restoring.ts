import { randomBytes } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import type { RestorePlace, Run, SourcePorts } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import type { Limits } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { path } from '../fields/fields.ts';
import type { Measured, OpenedCopy, Restoring, Scratch, Standing } from './define.ts';
import {
	BESIDE,
	copyBeside,
	forget,
	newestAside,
	partBeside,
	placeOf,
	putBack,
	removeWhole,
	replace,
} from './sqlite-replace.ts';

interface Options {
	readonly file: string;
	readonly sums?: Readonly<Record<string, string>> | undefined;
	readonly wait: number;
}

const intoSchema = z.strictObject({
	file: path().describe('A database file of a staging place. It has to be missing or an empty database.'),
});

/** How a copy of a SQLite database is put back: into a temporary or staging file, or in place of the live one. */
export const sqliteRestoring: Restoring<Options> = {
	live: ({ file }) => placeOf(file, file),
	scratch,
	restore,
	async mask(_options, place, statements, ports, run) {
		if (statements.length === 0) return ok(undefined);
		const changed = await ports.heavy.changeSqlite({ file: fileOf(place), statements }, run);
		return changed.ok ? ok(undefined) : changed;
	},
	measure,
	look,
	replace,
	putBack,
	forget,
	intoSchema,
	intoPaths: ['file'],
};

const fileOf = (place: RestorePlace): string => String(place.own['file']);

async function scratch(
	options: Options,
	into: unknown,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Scratch, Fault>> {
	const { folders, heavy } = ports;
	if (into !== null && into !== undefined) return staging(options, intoSchema.parse(into).file, ports, run);
	const folder = join(run.folder, `scratch-${randomBytes(4).toString('hex')}`);
	const file = join(folder, basename(options.file));
	const dispose = () => folders.removeFolder(folder);
	const ready = await folders.ensure(folder);
	if (!ready.ok) return ready;
	const made = await heavy.changeSqlite({ file, statements: [] }, run);
	if (made.ok) return ok({ place: placeOf(options.file, file), dispose });
	await dispose();
	return made;
}

/** Staging files that hold a copy of ours: whatever else stands in one is somebody's. */
const restoredInto = new Set<string>();

/** A place that somebody named. What stands there is looked at first, and an empty database stands there again afterwards. */
async function staging(
	options: Options,
	file: string,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Scratch, Fault>> {
	const { folders, heavy } = ports;
	const notEmpty = err(fault('not-empty', { path: clean(file, { max: 300 }) }));
	if (resolve(file) === resolve(options.file)) return notEmpty;
	const there = await folders.look(file);
	if (!there.ok) return there;
	if (there.value === null) {
		const made = await heavy.changeSqlite({ file, statements: [] }, run);
		if (!made.ok) return made.error.code === 'name-taken' ? notEmpty : made;
		return ok({
			place: placeOf(options.file, file),
			dispose: giveBack(file, ports, () => removeWhole(file, ports)),
		});
	}
	const isEmpty = await isEmptyDatabase(file, ports, run);
	if (!isEmpty.ok) return isEmpty;
	if (there.value.kind !== 'file' || !isEmpty.value) return notEmpty;
	return ok({
		place: placeOf(options.file, file),
		dispose: giveBack(file, ports, (limits) => emptyAgain(file, ports, limits)),
	});
}

/** Once, and only what is ours. */
function giveBack(
	file: string,
	ports: SourcePorts,
	clear: (limits: Limits) => Promise<Result<void, Fault>>,
): Scratch['dispose'] {
	let isDisposed = false;
	return async () => {
		if (isDisposed) return ok(undefined);
		// The end of a drill may come after its deadline or a cancel; what it leaves must not.
		const limits = { deadline: ports.clock.monotonic() + 30_000, signal: new AbortController().signal };
		if (!restoredInto.has(file)) {
			const isEmpty = await isEmptyDatabase(file, ports, limits);
			if (!isEmpty.ok) return isEmpty;
			if (!isEmpty.value) return err(fault('not-empty', { path: clean(file, { max: 300 }) }));
		}
		const cleared = await clear(limits);
		isDisposed = cleared.ok;
		if (cleared.ok) restoredInto.delete(file);
		return cleared;
	};
}

async function emptyAgain(file: string, ports: SourcePorts, limits: Limits): Promise<Result<void, Fault>> {
	const { folders, heavy } = ports;
	const part = partBeside(file);
	const made = await heavy.changeSqlite({ file: part, statements: [] }, limits);
	if (!made.ok) return made;
	const as = { journalMode: 'rollback', like: file } as const;
	const alike = await heavy.changeSqlite({ file: part, statements: [], as }, limits);
	const emptied = alike.ok ? await folders.replace(part, file) : alike;
	if (!emptied.ok) {
		await folders.remove(part);
		return emptied;
	}
	return removeWhole(file, ports, BESIDE);
}

/** Without a table. A file of no bytes is one too. */
async function isEmptyDatabase(
	file: string,
	ports: SourcePorts,
	limits: Limits,
): Promise<Result<boolean, Fault>> {
	const found = await ports.heavy.lookSqlite({ file, sums: {}, full: false }, limits);
	if (found.ok) return ok(Object.keys(found.value.rows).length === 0);
	const { code, detail } = found.error;
	if (code === 'not-a-database') return ok(detail['bytes'] === 0);
	return code === 'not-a-file' || code === 'database-corrupt' ? ok(false) : found;
}

async function restore(
	_options: Options,
	copy: OpenedCopy,
	place: RestorePlace,
	ports: SourcePorts,
	run: Run,
): Promise<Result<void, Fault>> {
	const { folders } = ports;
	const file = fileOf(place);
	// Somebody may have used a staging place since it was found empty.
	const isEmpty = await isEmptyDatabase(file, ports, run);
	if (!isEmpty.ok) return isEmpty;
	if (!isEmpty.value) return err(fault('not-empty', { path: clean(file, { max: 300 }) }));
	const part = await copyBeside(copy, file, ports, run);
	if (!part.ok) return part;
	const as = { journalMode: 'rollback', like: file } as const;
	const alike = await ports.heavy.changeSqlite({ file: part.value, statements: [], as }, run);
	const gone = alike.ok ? await removeWhole(file, ports, BESIDE) : alike;
	const placed = gone.ok ? await folders.replace(part.value, file) : gone;
	if (placed.ok) restoredInto.add(file);
	else await folders.remove(part.value);
	return placed;
}

async function measure(
	options: Options,
	place: RestorePlace,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Measured, Fault>> {
	const file = fileOf(place);
	const { sums = {}, wait } = options;
	const { heavy } = ports;
	if (resolve(file) !== resolve(options.file)) {
		const found = await heavy.lookSqlite({ file, sums, full: false }, run);
		return found.ok ? ok({ rows: found.value.rows, sums: found.value.sums }) : found;
	}
	const found = await heavy.lookSqlite({ file, sums, full: false, longestWaitMs: wait }, run);
	if (found.ok) return ok({ rows: found.value.rows, sums: found.value.sums });
	if (found.error.detail['reason'] !== 'keeps-writers-out') return found;
	// The live one may be in use again, and counting it would hold its writers up: a copy is counted instead.
	const to = join(run.folder, `measured-${randomBytes(4).toString('hex')}.db`);
	const copied = await heavy.copySqlite({ file, to, sums, longestWaitMs: wait }, run, run.onProgress);
	if (!copied.ok) return copied;
	await ports.folders.remove(to);
	return ok({ rows: copied.value.rows, sums: copied.value.sums });
}

async function look(options: Options, ports: SourcePorts, run: Run): Promise<Result<Standing, Fault>> {
	const { file, wait } = options;
	const there = await ports.folders.look(file);
	if (!there.ok) return there;
	const aside = await newestAside(file, ports);
	const left = aside === null ? {} : { aside };
	if (there.value === null) return ok({ exists: false, facts: left, rows: null });
	const log = await ports.folders.look(`${file}-wal`);
	const changedAt = Math.max(there.value.modifiedAt, (log.ok ? log.value?.modifiedAt : undefined) ?? 0);
	const facts = { bytes: there.value.bytes, changed: new Date(changedAt).toISOString(), ...left };
	const found = await ports.heavy.lookSqlite({ file, sums: {}, full: false, longestWaitMs: wait }, run);
	if (found.ok) {
		const tables = Object.keys(found.value.rows).length;
		return ok({ exists: true, facts: { ...facts, tables }, rows: found.value.rows });
	}
	// A restore is asked for just then: what cannot be read is named, and is no reason to stop.
	if (found.error.code === 'cancelled' || found.error.code === 'timeout') return found;
	return ok({ exists: true, facts: { ...facts, fault: found.error.code }, rows: null });
}
