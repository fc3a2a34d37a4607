import { readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { type Fault, fault } from '../../domain/fault.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { clean } from '../../domain/text.ts';
import { type Walked, walkFiles } from '../../platform/walk.ts';
import { leadsOut, MOST_ENTRIES, objectionToName } from './archive-names.ts';
import { withoutCopies } from './other-copies.ts';

export interface Planned extends Walked {
	/** In the archive, relative to its root. */
	readonly name: string;
	/** Of a link. */
	readonly target: string;
}

export interface PackPlan {
	/** Sorted by name, so a folder comes before what lies in it. */
	readonly entries: readonly Planned[];
	readonly left: readonly string[];
	/** Of the files. */
	readonly bytes: number;
}

interface Wanted {
	readonly root: string;
	readonly files: readonly string[];
	readonly exclude: readonly string[];
}

/** What globs find below a folder, as it would lie in an archive. What could not be unpacked again is left out and named. */
export function planPack({ root, files, exclude }: Wanted): Result<PackPlan, Fault> {
	const walk = walkFiles(files, exclude, MOST_ENTRIES);
	if (!walk.ok) return walk;
	const left = [...walk.value.left];
	const entries: Planned[] = [];
	for (const one of withoutCopies(walk.value.found)) {
		const name = relative(root, one.path);
		if (name === '..' || name.startsWith('../') || isAbsolute(name))
			return err(fault('not-supported', { what: 'root', path: clean(one.path, { max: 300 }) }));
		if (name === '') continue;
		if (objectionToName(name) !== null) left.push(one.path);
		else if (one.kind !== 'link') entries.push({ ...one, name, target: '' });
		else {
			const target = targetOf(one, root);
			if (target !== null) entries.push({ ...one, name, target });
		}
	}
	const links = new Map(entries.filter(({ kind }) => kind === 'link').map((one) => [one.name, one.target]));
	const kept = entries.filter((one) => {
		const out = one.kind === 'link' && leadsOut(one.name, links);
		if (out) left.push(one.path);
		return !out;
	});
	const bytes = kept.reduce((sum, { kind, stats }) => sum + (kind === 'file' ? stats.size : 0), 0);
	return ok({ entries: kept, left, bytes });
}

/** A link's target; an absolute one into the folder is said from where it lies, so that a copy of the folder stands by itself. */
function targetOf(one: Walked, root: string): string | null {
	try {
		const target = readlinkSync(one.path);
		if (!isAbsolute(target)) return target;
		const inside = [root, realpathSync(root)].map((base) => relative(base, target));
		const within = inside.find((way) => way !== '..' && !way.startsWith('../') && !isAbsolute(way));
		if (within === undefined) return target;
		const name = relative(root, one.path);
		return relative(dirname(name), within) || (dirname(name) === '.' ? '.' : basename(within));
	} catch (error) {
		if ((error as { code?: string }).code === 'ENOENT') return null;
		throw error;
	}
}

/** The folders above what is packed, outermost first. */
export function foldersAbove(names: readonly string[]): readonly string[] {
	const found = new Set<string>();
	for (const name of names)
		for (let at = dirname(name); at !== '.' && !found.has(at); at = dirname(at)) found.add(at);
	return [...found].sort();
}

export function joinName(root: string, name: string): string {
	return name === '' ? root : join(root, name);
}
