/** Columns a code point takes on a terminal: 0, 1 or 2. Ambiguous characters count as 1. Source: Unicode 17. */

// Ranges (first, last) of East Asian wide and fullwidth characters, gaps of unassigned ones closed.
const WIDE = (
	'1100 115f 231a 231b 2329 232a 23e9 23ec 23f0 23f0 23f3 23f3 25fd 25fe 2614 2615 2630 2637 2648 2653 267f 267f ' +
	'268a 268f 2693 2693 26a1 26a1 26aa 26ab 26bd 26be 26c4 26c5 26ce 26ce 26d4 26d4 26ea 26ea 26f2 26f3 26f5 26f5 ' +
	'26fa 26fa 26fd 26fd 2705 2705 270a 270b 2728 2728 274c 274c 274e 274e 2753 2755 2757 2757 2795 2797 27b0 27b0 ' +
	'27bf 27bf 2b1b 2b1c 2b50 2b50 2b55 2b55 2e80 303e 3041 3247 3250 a4c6 a960 a97c ac00 d7a3 f900 faff fe10 fe19 ' +
	'fe30 fe6b ff01 ff60 ffe0 ffe6 16fe0 1b2fb 1d300 1d376 1f004 1f004 1f0cf 1f0cf 1f18e 1f18e 1f191 1f19a 1f1ae 1f1ae ' +
	'1f200 1f320 1f32d 1f335 1f337 1f37c 1f37e 1f393 1f3a0 1f3ca 1f3cf 1f3d3 1f3e0 1f3f0 1f3f4 1f3f4 1f3f8 1f43e ' +
	'1f440 1f440 1f442 1f4fc 1f4ff 1f53d 1f54b 1f54e 1f550 1f567 1f57a 1f57a 1f595 1f596 1f5a4 1f5a4 1f5fb 1f64f ' +
	'1f680 1f6c5 1f6cc 1f6cc 1f6d0 1f6d2 1f6d5 1f6df 1f6eb 1f6ec 1f6f4 1f6fc 1f7da 1f7da 1f7f0 1f90c 1f93a 1f93a ' +
	'1f93c 1f945 1f947 1f9ff 1fa70 1fafa 20000 3fffd'
)
	.split(' ')
	.map((hex) => Number.parseInt(hex, 16));

// Marks that draw over the cell before them, what draws nothing at all, and the vowels that close a Hangul syllable.
const ZERO =
	/[\p{Nonspacing_Mark}\p{Enclosing_Mark}\p{Default_Ignorable_Code_Point}\p{Format}\p{Control}\p{Surrogate}\u1160-\u11ff\ud7b0-\ud7fb]/u;

const memory = new Map<number, number>();

/** `codePoint`: any Unicode scalar value. */
export const codePointWidth = (codePoint: number): number => {
	if (codePoint >= 0x20 && codePoint < 0x7f) return 1;
	// Box drawing, blocks and geometric glyphs are most of what a screen draws beyond ASCII.
	if (codePoint >= 0x2500 && codePoint < 0x25fd) return 1;
	if ((codePoint >= 0x4e00 && codePoint < 0xa000) || (codePoint >= 0xac00 && codePoint < 0xd7a4)) return 2;
	const known = memory.get(codePoint);
	if (known !== undefined) return known;
	const width = ZERO.test(String.fromCodePoint(codePoint)) ? 0 : isWide(codePoint) ? 2 : 1;
	if (memory.size > 4096) memory.clear();
	memory.set(codePoint, width);
	return width;
};

const isWide = (codePoint: number): boolean => {
	let low = 0;
	let high = WIDE.length / 2 - 1;
	while (low <= high) {
		const middle = (low + high) >> 1;
		if (codePoint < WIDE[middle * 2]!) high = middle - 1;
		else if (codePoint > WIDE[middle * 2 + 1]!) low = middle + 1;
		else return true;
	}
	return false;
};
