/** The numbers of a version: `3.14.3` → [3, 14, 3]; a leading `v` and what follows the numbers do not count. */
export function readVersion(text: string): readonly number[] | null {
	const found = /^v?(\d{1,9}(?:\.\d{1,9}){0,5})/.exec(text.trim());
	return found === null ? null : (found[1] as string).split('.').map(Number);
}

/** Less than 0 when `left` is older. Numbers are compared one by one, so 3.10 is newer than 3.8. Null when one is no version. */
export function compareVersions(left: string, right: string): number | null {
	const [a, b] = [readVersion(left), readVersion(right)];
	if (a === null || b === null) return null;
	for (let at = 0; at < Math.max(a.length, b.length); at++) {
		const difference = (a[at] ?? 0) - (b[at] ?? 0);
		if (difference !== 0) return difference;
	}
	// 2.0rc1 comes before 2.0; with equal numbers only that is asked.
	return Number(isEarly(right)) - Number(isEarly(left));
}

function isEarly(text: string): boolean {
	return /^v?[\d.]+[-_.]?(a|b|rc|c|alpha|beta|pre|preview|dev)[-_.\d]*/i.test(text.trim());
}

export interface Requirement {
	readonly name: string;
	readonly minimum: string | null;
}

/** `fastapi` or `fastapi>=0.110`; null for anything else. */
export function readRequirement(text: string): Requirement | null {
	const found = /^(@?[A-Za-z0-9][\w./-]*)(?:\s*>=\s*(v?\d[\w.+-]*))?$/.exec(text.trim());
	return found === null ? null : { name: found[1] as string, minimum: found[2] ?? null };
}
