import { type Fault, fault } from './fault.ts';
import { stepsOf } from './pattern-steps.ts';

/** How long one pattern may be at work; a text on which it takes longer is no answer. */
export const PATTERN_MS = 500;
/** Fewer steps than these take some milliseconds at most, whatever the text. */
const FEW_STEPS = 5_000_000;
const LONGEST = 2 ** 26;

/** A pattern of the configuration took too long. Whoever asked says it as a fault. */
export class PatternOverTime extends Error {
	readonly fault: Fault = fault('own-limit', { reason: 'pattern', limitMs: PATTERN_MS });
	override name = 'PatternOverTime';
}

/** Runs a search and breaks it off after `limitMs`: then null. Else what it gave, and how long it took. */
export type TimedSearch = <T>(
	search: () => T,
	limitMs: number,
) => { readonly value: T; readonly tookMs: number } | null;

let timed: TimedSearch = (search) => ({ value: search(), tookMs: 0 });

/** Only the outside can break off a search; it says here how. One for the whole program, as a search is not anybody's own. */
export function timeSearches(how: TimedSearch): void {
	timed = how;
}

/**
 * A pattern that somebody wrote into the configuration. On a text on which it provably takes few steps it is an ordinary one,
 * at no cost; on any other it is broken off when all its searches together took `PATTERN_MS`: then it throws `PatternOverTime`.
 */
class OperatorPattern extends RegExp {
	/** The longest text on which it needs nobody to watch it. */
	readonly harmless: number;
	private leftMs = PATTERN_MS;

	constructor(source: string | RegExp, flags?: string) {
		super(source, flags);
		this.harmless = source instanceof OperatorPattern ? source.harmless : harmlessLength(this.source);
	}

	override exec(text: string): RegExpExecArray | null {
		if (text.length <= this.harmless) return super.exec(text);
		return this.watched(() => super.exec(text));
	}

	/** All at once: watching each match would cost more than finding it. */
	override [Symbol.matchAll](text: string): RegExpStringIterator<RegExpExecArray> {
		const plain = new RegExp(this.source, this.flags);
		const all = () => [...text.matchAll(plain)];
		const found = text.length <= this.harmless ? all() : this.watched(all);
		return found.values() as unknown as RegExpStringIterator<RegExpExecArray>;
	}

	private watched<T>(search: () => T): T {
		const done = this.leftMs > 0 ? timed(search, Math.ceil(this.leftMs)) : null;
		this.leftMs = done ? this.leftMs - done.tookMs : 0;
		if (!done) throw new PatternOverTime();
		return done.value;
	}
}

/** What tries patterns that are not compiled here; throws `PatternOverTime` too. */
export function withinPatternTime<T>(search: () => T): T {
	const done = timed(search, PATTERN_MS);
	if (!done) throw new PatternOverTime();
	return done.value;
}

/** Compiles a pattern of the configuration; throws a SyntaxError as RegExp does. */
export function operatorPattern(source: string, flags: string): RegExp {
	return new OperatorPattern(source, flags);
}

/** The same pattern with its whole time before it, for one that outlives what it is asked about. */
export function afresh(pattern: RegExp): RegExp {
	return pattern instanceof OperatorPattern ? new OperatorPattern(pattern, pattern.flags) : pattern;
}

function harmlessLength(source: string): number {
	const steps = stepsOf(source);
	let length = LONGEST;
	while (length > 0 && !(steps(length) <= FEW_STEPS)) length >>>= 1;
	return length;
}
