import { type Copy, isRegular, type Retention } from './backup.ts';

/** Why retention leaves a copy alone. */
export type KeptBecause =
	/** Nothing says that this plan's copies ever go. */
	| 'for-ever'
	| 'pinned'
	/** Younger than what is kept. */
	| 'young'
	/** Among the newest that are kept. */
	| 'newest'
	/** The last one that is whole. */
	| 'last-good'
	/** The newest from which a restore has been proven. */
	| 'last-proven'
	/** Kept increments continue it, or it continues a kept base. */
	| 'chain'
	/** Made after this moment by a clock that was wrong, or is. */
	| 'future';

export interface Kept {
	readonly copy: Copy;
	readonly because: KeptBecause;
}

/** How far ahead of the clock a copy may be before its age means nothing. */
const AHEAD_MS = 5 * 60_000;

/** Whether an instant lies where no clock of ours can have been yet. */
export function isAhead(at: number, now: number): boolean {
	return at > now + AHEAD_MS;
}

/** Newest first; what a wrong clock made comes last, and never passes for the newest. */
export function newestFirst<C extends Pick<Copy, 'at' | 'name'>>(copies: readonly C[], now: number): C[] {
	return [...copies].sort(
		(a, b) =>
			Number(isAhead(a.at, now)) - Number(isAhead(b.at, now)) || b.at - a.at || (a.name < b.name ? 1 : -1),
	);
}

/**
 * Pure. What goes and what stays in one target. A copy goes only when every limit that is set lets it go; the newest whole
 * copy, the newest proven one and what is pinned stay whatever their age. Ages count from the newest whole copy, as restic's
 * keep-within does: while nothing new comes, nothing old goes. `continued` are names of base copies that kept increments of other
 * plans stand on.
 */
export function selectRemovals(
	copies: readonly Copy[],
	keep: Retention,
	now: number,
	continued: ReadonlySet<string> = new Set(),
): { readonly remove: readonly Copy[]; readonly keep: readonly Kept[] } {
	const newest = newestFirst(copies.filter(isThere), now);
	const whole = newest.filter((copy) => copy.state === 'there');
	const lastGood = whole.find(isRegular);
	const lastProven = whole.find((copy) => copy.provenAt !== null);
	const from = Math.min(now, lastGood?.at ?? now);
	const aging = whole.filter((copy) => copy.pinned === null);
	const counted = new Set(keep.count === null ? [] : aging.slice(0, keep.count));
	const because = (copy: Copy): KeptBecause | null => {
		if (copy.pinned !== null) return 'pinned';
		if (copy === lastGood) return 'last-good';
		if (copy === lastProven) return 'last-proven';
		if (keep.ageMs === null && keep.count === null) return 'for-ever';
		if (isAhead(copy.at, now)) return 'future';
		if (keep.ageMs !== null && from - copy.at < keep.ageMs) return 'young';
		if (counted.has(copy)) return 'newest';
		// Damaged, and nothing whole is newer: perhaps something can be got out of it yet.
		if (copy.state === 'damaged' && (lastGood === undefined || copy.at > lastGood.at)) return 'newest';
		if (continued.has(copy.name)) return 'chain';
		return null;
	};
	const kept: Kept[] = [];
	const remove: Copy[] = [];
	for (const copy of newest) {
		const reason = because(copy);
		if (reason === null) remove.push(copy);
		else kept.push({ copy, because: reason });
	}
	// An increment is worth as much as the base it stands on.
	const bases = new Set(kept.map(({ copy }) => copy.manifest.base).filter((base) => base !== null));
	const saved = new Set(remove.filter((copy) => bases.has(copy.name)));
	for (const copy of saved) kept.push({ copy, because: 'chain' });
	return { remove: remove.filter((copy) => !saved.has(copy)).reverse(), keep: kept };
}

/**
 * Whether the newest copy alone makes all others old: it comes after a silence longer than anything is kept, or from a clock that
 * leapt. Then nothing goes without somebody looking.
 */
export function isLoneNewest(copies: readonly Copy[], { ageMs }: Retention, now: number): boolean {
	const whole = copies.filter((copy) => copy.state === 'there' && isRegular(copy));
	const [newest, before, earlier] = newestFirst(whole, now);
	if (ageMs === null || newest === undefined || before === undefined) return false;
	const silence = newest.at - before.at;
	// A plan that runs seldom is silent that long every time.
	const usual = earlier === undefined ? 0 : before.at - earlier.at;
	return silence > ageMs && silence > 2 * usual;
}

function isThere(copy: Copy): boolean {
	return copy.state === 'there' || copy.state === 'damaged';
}
