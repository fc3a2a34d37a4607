import { randomBytes } from 'node:crypto';
import { basename, join } from 'node:path';
import type { FolderEntry, TargetPorts } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { isPart, PART_BEGIN, PART_END, type TargetKind } from './define.ts';
import { requireName } from './names.ts';

type Verbs = Pick<
	TargetKind<{ readonly path: string }>,
	'list' | 'put' | 'get' | 'readText' | 'writeText' | 'remove'
>;

/**
 * A name for what is being written, which no other run takes. What comes under a part's name keeps it: whoever chose that knows
 * it again when a kill has left it behind.
 */
export function partName(from = ''): string {
	const given = basename(from);
	return isPart(given) ? given : `${PART_BEGIN}${randomBytes(8).toString('hex')}${PART_END}`;
}

/** How copies lie in a folder of this machine. Its own last part is never a link: what was planted there leads elsewhere. */
export const localFolder: Verbs = {
	async list({ path }, ports) {
		const there = await folderThere(path, ports);
		if (!there.ok) return there.error.code === 'file-missing' ? ok([]) : there;
		const listed = await ports.folders.list(path);
		return listed.ok ? ok(listed.value.filter((entry) => entry.kind === 'file')) : listed;
	},
	async put({ path }, from, name, ports, run) {
		const to = await placeOf(path, name, ports);
		if (!to.ok) return to;
		const taken = await ports.folders.look(to.value);
		if (!taken.ok) return taken;
		if (taken.value !== null) return err(fault('name-taken', { path: clean(to.value, { max: 300 }) }));
		const placed = await ports.folders.place(from, to.value);
		// Made on another file system: it is brought over under a part's name first.
		if (placed.ok || placed.error.detail['reason'] !== 'EXDEV') return placed;
		const part = join(path, partName(from));
		const total = await ports.folders.look(from);
		if (!total.ok) return total;
		const copied = await ports.folders.copy(from, part, run, (done) =>
			run.onProgress({ phase: 'send', done, total: total.value?.bytes ?? null, unit: 'bytes' }),
		);
		if (!copied.ok) return copied;
		const named = await ports.folders.place(part, to.value);
		if (!named.ok) await ports.folders.remove(part);
		return named;
	},
	async get({ path }, name, to, ports, run) {
		const found = await fileThere(path, name, ports);
		if (!found.ok) return found;
		return ports.folders.copy(join(path, name), to, run, (done) =>
			run.onProgress({ phase: 'fetch', done, total: found.value.bytes, unit: 'bytes' }),
		);
	},
	async readText({ path }, name, limit, ports, run) {
		const found = await fileThere(path, name, ports);
		return found.ok ? ports.files.readText(join(path, name), limit, run) : found;
	},
	async writeText({ path }, name, text, how, ports) {
		const to = await placeOf(path, name, ports);
		return to.ok ? ports.folders.write(to.value, text, how) : to;
	},
	async remove({ path }, name, ports) {
		const at = await placeOf(path, name, ports);
		if (!at.ok) return at.error.code === 'file-missing' ? ok(undefined) : at;
		const found = await ports.folders.look(at.value);
		if (!found.ok) return found;
		if (found.value === null) return ok(undefined);
		return found.value.kind === 'file' ? ports.folders.remove(at.value) : notAFile(at.value);
	},
};

/** Writes and takes away an empty part: nothing else proves that copies can be made there. */
export async function folderReady(
	path: string,
	ports: TargetPorts,
): Promise<Result<{ readonly freeBytes: number | null }, Fault>> {
	const made = await ports.folders.ensure(path);
	if (!made.ok) return made;
	const probe = join(path, partName());
	const wrote = await ports.folders.write(probe, 'x');
	if (!wrote.ok) return wrote;
	const removed = await ports.folders.remove(probe);
	if (!removed.ok) return removed;
	const disk = await ports.host.disk(path);
	return ok({ freeBytes: disk.ok ? disk.value.freeBytes : null });
}

async function folderThere(path: string, ports: TargetPorts): Promise<Result<void, Fault>> {
	const found = await ports.folders.look(path);
	if (!found.ok) return found;
	if (found.value === null) return err(fault('file-missing', { path: clean(path, { max: 300 }) }));
	return found.value.kind === 'folder' ? ok(undefined) : notAFile(path);
}

async function placeOf(path: string, name: string, ports: TargetPorts): Promise<Result<string, Fault>> {
	const named = requireName(name);
	if (!named.ok) return named;
	const there = await folderThere(path, ports);
	return there.ok ? ok(join(path, name)) : there;
}

async function fileThere(
	path: string,
	name: string,
	ports: TargetPorts,
): Promise<Result<FolderEntry, Fault>> {
	const at = await placeOf(path, name, ports);
	if (!at.ok) return at;
	const found = await ports.folders.look(at.value);
	if (!found.ok) return found;
	if (found.value === null) return err(fault('file-missing', { path: clean(at.value, { max: 300 }) }));
	return found.value.kind === 'file' ? ok(found.value) : notAFile(at.value);
}

const notAFile = (path: string) => err(fault('not-a-file', { path: clean(path, { max: 300 }) }));
