/** How many colours may be used: none, the terminal's own 16, the fixed 256, or 24 bits. */
export type ColourDepth = 'none' | 'basic' | 'indexed' | 'full';
export type Background = 'dark' | 'light';

/** What a piece of text is, never how it looks. */
export type StyleName =
	| 'plain'
	| 'strong'
	| 'muted'
	| 'faint'
	| 'accent'
	| 'heading'
	| 'key'
	| 'ok'
	| 'warning'
	| 'critical'
	| 'unknown'
	| 'pending'
	| 'changed'
	| 'selected'
	| 'match'
	| 'production'
	| 'environment';

interface Ink {
	readonly attributes?: string;
	readonly dark?: readonly [rgb: string, index: number];
	readonly light?: readonly [rgb: string, index: number];
	readonly darkBack?: readonly [rgb: string, index: number];
	readonly lightBack?: readonly [rgb: string, index: number];
	/** SGR parameters with the terminal's own 16 colours. */
	readonly basic: string;
	/** SGR parameters without any colour. */
	readonly bare: string;
}

// One accent; red and yellow only for what needs a person; everything else is grey.
const INKS: Readonly<Record<StyleName, Ink>> = {
	plain: { basic: '', bare: '' },
	strong: { attributes: '1', basic: '1', bare: '1' },
	muted: { dark: ['8b93a3', 245], light: ['666e7c', 242], basic: '2', bare: '2' },
	faint: { dark: ['434957', 239], light: ['c3c8d1', 251], basic: '2', bare: '2' },
	accent: { dark: ['7aa7f0', 111], light: ['2559b3', 25], basic: '36', bare: '' },
	heading: { dark: ['8b93a3', 245], light: ['666e7c', 242], basic: '2', bare: '2' },
	key: { attributes: '1', dark: ['7aa7f0', 111], light: ['2559b3', 25], basic: '1;36', bare: '1' },
	ok: { dark: ['7fb08a', 108], light: ['3a7d4a', 65], basic: '32', bare: '' },
	warning: { dark: ['e3b04b', 179], light: ['946200', 94], basic: '33', bare: '1' },
	critical: { attributes: '1', dark: ['f2666f', 203], light: ['c62433', 160], basic: '1;31', bare: '1' },
	unknown: { dark: ['b795d6', 140], light: ['7a4a9e', 97], basic: '35', bare: '1' },
	pending: { dark: ['8b93a3', 245], light: ['666e7c', 242], basic: '2', bare: '2' },
	changed: { attributes: '1', basic: '1', bare: '1' },
	selected: { darkBack: ['2a3142', 236], lightBack: ['dde5f3', 254], basic: '7', bare: '7' },
	match: { attributes: '4', dark: ['7aa7f0', 111], light: ['2559b3', 25], basic: '4;36', bare: '4' },
	production: {
		attributes: '1',
		dark: ['ffffff', 231],
		light: ['ffffff', 231],
		darkBack: ['b3262e', 124],
		lightBack: ['b3262e', 124],
		basic: '1;41;97',
		bare: '7',
	},
	environment: {
		attributes: '1',
		dark: ['dfe6f5', 254],
		light: ['1f3b73', 24],
		darkBack: ['33425f', 238],
		lightBack: ['d3def2', 153],
		basic: '1;44;97',
		bare: '7',
	},
};

/** SGR parameters of a style: `1;38;5;203`, empty when it looks like plain text. */
export const sgrOf = (name: StyleName, depth: ColourDepth, background: Background): string => {
	const ink = INKS[name];
	if (depth === 'none') return ink.bare;
	if (depth === 'basic') return ink.basic;
	const front = background === 'dark' ? ink.dark : ink.light;
	const back = background === 'dark' ? ink.darkBack : ink.lightBack;
	const parts: string[] = [];
	if (ink.attributes !== undefined) parts.push(ink.attributes);
	if (front !== undefined) parts.push(colour('38', front, depth));
	if (back !== undefined) parts.push(colour('48', back, depth));
	return parts.join(';');
};

const colour = (
	layer: string,
	[rgb, index]: readonly [string, number],
	depth: 'indexed' | 'full',
): string => {
	if (depth === 'indexed') return `${layer};5;${index}`;
	const channels = [rgb.slice(0, 2), rgb.slice(2, 4), rgb.slice(4, 6)].map((hex) => Number.parseInt(hex, 16));
	return `${layer};2;${channels.join(';')}`;
};
