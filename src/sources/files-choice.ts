import { OURS } from './folder-swap.ts';
import { asGlob, rootOf, wordOf } from './glob-root.ts';

interface Options {
	readonly files: string | readonly string[];
	readonly exclude?: string | readonly string[] | undefined;
	readonly root?: string | undefined;
}

/** What `HeavyPort.pack` and `swap` are asked for. */
export interface Choice {
	readonly root: string;
	readonly files: readonly string[];
	readonly exclude: readonly string[];
}

const DIGIT = '[0-9]';

export function listOf(written: string | readonly string[] | undefined): readonly string[] {
	return written === undefined ? [] : typeof written === 'string' ? [written] : written;
}

export function rootOfFiles(options: Options): string {
	return options.root ?? rootOf(listOf(options.files));
}

/** `previous`: a copy's name; `folder`: the private one of the run, should it lie in what is packed. */
export function choiceOf(options: Options, previous: string | null, folder: string): Choice {
	return {
		root: rootOfFiles(options),
		files: listOf(options.files),
		exclude: [...leftOut(options, previous), folder],
	};
}

/**
 * What is never packed: what the plan excludes, and what backups of ours make, since archives often lie in the folder they
 * pack. `previous` is a former copy's name: whatever is called like it but for its digits is one too.
 */
function leftOut(options: Options, previous: string | null): readonly string[] {
	const root = rootOfFiles(options);
	const word = asGlob(wordOf(listOf(options.files), root));
	const names = [
		...OURS,
		`${word}.*.tar`,
		`${word}.*.tar.*`,
		`*.backup.${DIGIT.repeat(8)}*`,
		...(previous === null ? [] : [likeName(previous)]),
	];
	const below = root === '/' ? '' : asGlob(root);
	return [...listOf(options.exclude), ...names.map((name) => `${below}/**/${name}`)];
}

/** `www-20261122.tar.gz` as `www-[0-9]…*`: its manifest too. */
function likeName(name: string): string {
	const last = name.search(/\d(?=\D*$)/);
	if (last < 0) return asGlob(name);
	return `${asGlob(name.slice(0, last + 1)).replace(/\d/g, DIGIT)}*`;
}
