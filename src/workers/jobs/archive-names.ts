/** More than any real folder has, and what still fits into a worker's memory. */
export const MOST_ENTRIES = 300_000;
const LONGEST_NAME = 4000;
const LONGEST_PART = 255;
/** As the kernel has it. */
const MOST_LINKS = 40;

/** Why a name cannot be one inside a folder, null when it can. */
export function objectionToName(name: string): 'absolute' | 'parent' | 'name' | null {
	if (name.startsWith('/')) return 'absolute';
	const parts = name.split('/');
	if (parts.includes('..')) return 'parent';
	// A backslash is an ordinary letter here; what another system would read as a way out is no honest name anywhere.
	if (/^([A-Za-z]:)?\\/.test(name) || /^[A-Za-z]:\//.test(name) || name.split(/[\\/]/).includes('..'))
		return 'name';
	const isName =
		parts.every((part) => part !== '' && part !== '.' && Buffer.byteLength(part) <= LONGEST_PART) &&
		Buffer.byteLength(name) <= LONGEST_NAME &&
		!name.includes('\0') &&
		!name.includes('\ufffd');
	return isName ? null : 'name';
}

/** A name without what means nothing in it: `./a//b/` is `a/b`; the folder itself is ''. */
export function plainName(name: string): string {
	if (name.startsWith('/')) return name;
	return name
		.split('/')
		.filter((part) => part !== '' && part !== '.')
		.join('/');
}

/**
 * Whether a link at `name` leads out of the folder that holds it, followed as a kernel does through the other links of the
 * archive. A circle leads nowhere.
 */
export function leadsOut(name: string, links: ReadonlyMap<string, string>): boolean {
	const ahead = name.split('/').reverse();
	const here: string[] = [];
	let followed = 0;
	while (ahead.length > 0) {
		const part = ahead.pop() as string;
		if (part === '' || part === '.') continue;
		if (part === '..') {
			if (here.length === 0) return true;
			here.pop();
			continue;
		}
		const target = links.get(here.length === 0 ? part : `${here.join('/')}/${part}`);
		if (target === undefined) {
			here.push(part);
			continue;
		}
		if (target.startsWith('/')) return true;
		if (++followed > MOST_LINKS) return false;
		ahead.push(...target.split('/').reverse());
	}
	return false;
}
