import { randomBytes } from 'node:crypto';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import type { RestorePlace, Run, SourcePorts } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { path } from '../fields/fields.ts';
import type { Scratch } from './define.ts';

export const folderInto = z.strictObject({
	folder: path().describe('A folder of a staging place. It has to be missing or empty.'),
});

export function folderPlace(original: string, folder: string): RestorePlace {
	return {
		shown: clean(folder, { max: 200 }),
		restored: { kind: 'folder', original, path: folder },
		own: { folder },
	};
}

export function folderOfPlace(place: RestorePlace): string {
	return String(place.own['folder']);
}

/** An empty folder: of the run's own, or the staging one that somebody named. */
export async function scratchFolder(
	root: string,
	into: unknown,
	ports: SourcePorts,
	run: Run,
): Promise<Result<Scratch, Fault>> {
	const { folders } = ports;
	if (into !== null && into !== undefined) return staging(root, folderInto.parse(into).folder, ports);
	// The folder's own name is kept: programs that look at what was restored may show it.
	const own = join(run.folder, `scratch-${randomBytes(4).toString('hex')}`);
	const folder = join(own, basename(root) || 'files');
	const ready = await folders.ensure(folder);
	if (ready.ok) return ok({ place: folderPlace(root, folder), dispose: () => folders.removeFolder(own) });
	await folders.removeFolder(own);
	return ready;
}

async function staging(root: string, folder: string, ports: SourcePorts): Promise<Result<Scratch, Fault>> {
	const { folders } = ports;
	const notEmpty = err(fault('not-empty', { path: clean(folder, { max: 300 }) }));
	const [live, place] = [`${resolve(root)}/`, `${resolve(folder)}/`];
	// A place in the live folder would be copied with it, and one around it holds it.
	if (live.startsWith(place) || place.startsWith(live)) return notEmpty;
	const there = await folders.look(folder);
	if (!there.ok) return there;
	if (there.value === null) {
		const made = await folders.ensure(folder);
		if (!made.ok) return made;
		return ok({ place: folderPlace(root, folder), dispose: () => folders.removeFolder(folder) });
	}
	if (there.value.kind !== 'folder') return notEmpty;
	const held = await folders.list(folder);
	if (!held.ok) return held;
	if (held.value.length > 0) return notEmpty;
	return ok({ place: folderPlace(root, folder), dispose: () => emptyFolder(folder, ports) });
}

async function emptyFolder(folder: string, { folders }: SourcePorts): Promise<Result<void, Fault>> {
	const held = await folders.list(folder);
	if (!held.ok) return held.error.code === 'file-missing' ? ok(undefined) : held;
	for (const { name, kind } of held.value) {
		const path = join(folder, name);
		const gone = await (kind === 'folder' ? folders.removeFolder(path) : folders.remove(path));
		if (!gone.ok) return gone;
	}
	return ok(undefined);
}
