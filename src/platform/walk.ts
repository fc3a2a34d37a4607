import { isUtf8 } from 'node:buffer';
import { type Dirent, lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import picomatch from 'picomatch';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { fileFault } from './file-fault.ts';

export interface Walked {
	/** Absolute, as the globs say it. */
	readonly path: string;
	/** The folder it lies in with every link on the way followed: where an opened file has to turn out to be. */
	readonly realFolder: string;
	readonly kind: 'file' | 'link' | 'folder';
	/** What is needed of it: there may be hundreds of thousands. */
	readonly stats: FewStats;
}

export type FewStats = Pick<Stats, 'size' | 'mtimeMs' | 'mode' | 'uid' | 'gid'>;

export interface Walk {
	/** Sorted by path, each once; folders only where any file in them would have been found. */
	readonly found: readonly Walked[];
	/** Sockets, devices, pipes, and names that are no text. */
	readonly left: readonly string[];
}

interface Start {
	readonly folder: string;
	readonly depth: number;
	matches(path: string): boolean;
}

/**
 * Everything that globs find and `exclude` does not: files, links (never followed) and folders. What is named without a wildcard
 * and is a folder stands for all below it. Faults: `no-permission`, `io-error`, `own-limit` when there are more than `most`.
 */
export function walkFiles(
	globs: readonly string[],
	exclude: readonly string[],
	most: number,
): Result<Walk, Fault> {
	const found = new Map<string, Walked>();
	const left = new Set<string>();
	const excluded = matcherOf(exclude);
	let at = '/';
	const add = (one: Walked): void => {
		found.set(one.path, one);
		if (found.size > most) throw new TooMany();
	};
	const visit = (folder: string, real: string, start: Start, depth: number): void => {
		at = folder;
		for (const entry of entriesOf(folder)) {
			if (!isUtf8(entry.name)) {
				left.add(join(folder, entry.name.toString('latin1')));
				continue;
			}
			const name = entry.name.toString('utf8');
			const path = join(folder, name);
			if (excluded(path)) continue;
			at = path;
			if (entry.isDirectory()) {
				const stats = lookAt(path);
				if (stats === null || !stats.isDirectory()) continue;
				// Any name will do: whether what lies in it is wanted, not what it is called.
				if (start.matches(join(path, 'x')))
					add({ path, realFolder: real, kind: 'folder', stats: fewOf(stats) });
				if (depth < start.depth) visit(path, join(real, name), start, depth + 1);
			} else if (start.matches(path)) take(path, real, add, left);
		}
	};
	try {
		for (const glob of globs) {
			const start = startOf(glob);
			if (start === null) continue;
			if (typeof start !== 'string') {
				const real = realFolder(start.folder);
				if (real !== null) visit(start.folder, real, start, 0);
			} else if (!excluded(start)) {
				const real = realFolder(dirname(start));
				if (real !== null) take(start, real, add, left);
			}
		}
	} catch (error) {
		if (error instanceof TooMany) return err(fault('own-limit', { reason: 'files', limit: most }));
		return err(fileFault(error, at));
	}
	const sorted = [...found.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
	return ok({ found: sorted, left: [...left].sort() });
}

class TooMany extends Error {}

function matcherOf(globs: readonly string[]): (path: string) => boolean {
	const named = new Set(globs);
	const each = globs.map((glob) => picomatch(glob, { dot: true }));
	return (path) => named.has(path) || each.some((matches) => matches(path));
}

/** Where to look: a folder with what is wanted below it, or one path; null when nothing is there. */
function startOf(glob: string): Start | string | null {
	const { base, glob: pattern, isGlob } = picomatch.scan(glob);
	// A plain path may lie in a folder whose name looks like a pattern.
	if (isGlob && lookAt(glob) === null) {
		// How deep a glob reaches: braces and groups may hide a slash, so they reach anywhere.
		const depth = /\*\*|[{(]/.test(pattern) ? Number.POSITIVE_INFINITY : pattern.split('/').length - 1;
		return { folder: plainOf(base === '' ? '/' : base), depth, matches: matcherOf([glob]) };
	}
	const path = lookAt(glob) === null ? plainOf(glob) : glob;
	const stats = followed(path);
	if (stats === null) return lookAt(path) === null ? null : path;
	// A folder named by hand is meant with all in it, also when the operator reaches it through a link.
	if (!stats.isDirectory()) return path;
	return { folder: path, depth: Number.POSITIVE_INFINITY, matches: () => true };
}

/** A folder's own brackets and stars are escaped in a glob. */
function plainOf(base: string): string {
	return base.replace(/\\(.)/g, '$1');
}

function take(path: string, realFolder: string, add: (one: Walked) => void, left: Set<string>): void {
	const stats = lookAt(path);
	if (stats === null) return;
	if (stats.isFile()) add({ path, realFolder, kind: 'file', stats: fewOf(stats) });
	else if (stats.isSymbolicLink()) add({ path, realFolder, kind: 'link', stats: fewOf(stats) });
	else if (!stats.isDirectory()) left.add(path);
}

function fewOf({ size, mtimeMs, mode, uid, gid }: Stats): FewStats {
	return { size, mtimeMs, mode, uid, gid };
}

/** What vanished between being listed and being looked at was not there. */
function lookAt(path: string): Stats | null {
	return lstatSync(path, { throwIfNoEntry: false }) ?? null;
}

function followed(path: string): Stats | null {
	try {
		return statSync(path, { throwIfNoEntry: false }) ?? null;
	} catch {
		return null;
	}
}

function realFolder(path: string): string | null {
	try {
		const real = realpathSync(path);
		return statSync(real).isDirectory() ? real : null;
	} catch (error) {
		const { code } = error as { code?: string };
		if (code === 'ENOENT' || code === 'ENOTDIR') return null;
		throw error;
	}
}

function entriesOf(folder: string): readonly Dirent<Buffer>[] {
	try {
		return readdirSync(folder, { withFileTypes: true, encoding: 'buffer' });
	} catch (error) {
		if ((error as { code?: string }).code === 'ENOENT') return [];
		throw error;
	}
}
