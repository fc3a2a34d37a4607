import { posix } from 'node:path';

/** A path or glob of the configuration, absolute; `~` is not expanded, since no shell reads it. */
export function resolvePath(folder: string, path: string): string {
	return posix.resolve(folder, path);
}

/**
 * A glob below a folder: the folder's own brackets and stars are not part of the pattern, so they are escaped.
 */
export function resolveGlob(folder: string, pattern: string): string {
	if (posix.isAbsolute(pattern)) return pattern;
	let base = folder;
	let rest = pattern;
	for (;;) {
		if (rest.startsWith('./')) rest = rest.slice(2);
		else if (rest.startsWith('../')) [base, rest] = [posix.dirname(base), rest.slice(3)];
		else break;
	}
	return posix.join(base.replace(/[\\*?[\]{}()!+@]/g, '\\$&'), rest);
}

export function folderOf(path: string): string {
	return posix.dirname(path);
}

export function isGlob(pattern: string): boolean {
	return /[*?[\]{}]/.test(pattern);
}
