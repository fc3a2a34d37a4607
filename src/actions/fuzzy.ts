/**
 * How well `text` matches what was typed: null when not at all, else higher is better. Letters must stand in order; those
 * at the beginning of words and beside each other count more. Case and spaces do not matter, and any script works.
 */
export function fuzzyMatch(
	typed: string,
	text: string,
): { readonly score: number; readonly at: readonly number[] } | null {
	const wanted = Array.from(typed.toLowerCase().replace(/\s+/g, ''));
	const letters = Array.from(text.toLowerCase());
	if (wanted.length === 0) return { score: 0, at: [] };
	// A whole phrase found as it is beats scattered letters.
	const whole = text.toLowerCase().indexOf(typed.toLowerCase().trim());
	const start = whole < 0 ? -1 : Array.from(text.slice(0, whole)).length;
	const found: number[] = [];
	let score = whole === 0 ? 60 : whole > 0 ? 40 : 0;
	let from = Math.max(start, 0);
	for (const letter of wanted) {
		const at = nextAt(letters, letter, from, found.at(-1));
		if (at < 0) return null;
		if (at === (found.at(-1) ?? -2) + 1) score += 5;
		if (isWordStart(letters, at)) score += 8;
		found.push(at);
		from = at + 1;
	}
	return { score: score - Math.min(20, letters.length / 4), at: found };
}

/** The letter right after the last one, else at a word's beginning, else anywhere. */
function nextAt(letters: readonly string[], letter: string, from: number, last: number | undefined): number {
	if (last !== undefined && letters[last + 1] === letter) return last + 1;
	for (let at = from; at < letters.length; at++)
		if (letters[at] === letter && isWordStart(letters, at)) return at;
	return letters.indexOf(letter, from);
}

function isWordStart(letters: readonly string[], at: number): boolean {
	return at === 0 || /[\s:.\-/：]/.test(letters[at - 1] ?? '');
}
