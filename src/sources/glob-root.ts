import { basename, dirname } from 'node:path';

const SPECIAL = /(?<!\\)[*?[\]{}()|]|(?<!\\)[@!+]\(/;

/** Whether it stands for more than one path. The configuration escapes what only looks like a pattern. */
function isPattern(glob: string): boolean {
	return /(?<!\\)[*?[\]{}]/.test(glob);
}

/** The folder below which a glob looks; of a plain path the one that holds it. */
function baseOf(glob: string): string {
	if (!isPattern(glob)) return dirname(glob);
	const parts = glob.split('/');
	const first = parts.findIndex((part) => SPECIAL.test(part));
	return parts.slice(0, first).join('/').replace(/\\(.)/g, '$1') || '/';
}

/** The innermost folder that holds everything globs can find. */
export function rootOf(globs: readonly string[]): string {
	const [first = '/', ...others] = globs.map(baseOf);
	let root = first;
	for (const other of others)
		while (root !== '/' && other !== root && !other.startsWith(`${root}/`)) root = dirname(root);
	return root;
}

/** What is copied, in one word: the one thing that was named, or the folder that holds it all. */
export function wordOf(globs: readonly string[], root: string): string {
	const [only] = globs;
	const named = globs.length === 1 && only !== undefined && !isPattern(only) ? only : root;
	const word = basename(named)
		.replace(/[\0-\x1f\x7f]/g, '_')
		.replace(/^[.-]+/, '')
		.slice(0, 150);
	return word === '' ? 'files' : word;
}

/** A text as the part of a glob that only it matches. */
export function asGlob(text: string): string {
	return text.replace(/[\\*?[\]{}()!+@|]/g, '\\$&');
}
