export type Ground = 'dark' | 'light';

/** What a terminal of each sort has as its own colours. */
export const GROUNDS: Readonly<
	Record<Ground, { readonly back: string; readonly fore: string; readonly edge: string }>
> = {
	dark: { back: '#16181d', fore: '#d5d8de', edge: '#2b2f38' },
	light: { back: '#fbfbf9', fore: '#2a2d33', edge: '#dcdcd6' },
};

const BASIC = [
	...['#000000', '#cd3131', '#0d9e65', '#c8a014', '#3c78c8', '#bc3fbc', '#11a8cd', '#cccccc'],
	...['#767676', '#f14c4c', '#23d18b', '#f5f543', '#589bff', '#d670d6', '#29b8db', '#ffffff'],
];
const LEVELS = [0, 95, 135, 175, 215, 255];

/** A palette number or `#rrggbb` as CSS. The 240 numbers after the basic ones are the same in every terminal. */
export function colourOf(colour: number | string): string {
	if (typeof colour === 'string') return colour;
	if (colour < 16) return BASIC[colour] ?? '#000000';
	if (colour >= 232) return hex([8 + (colour - 232) * 10, 8 + (colour - 232) * 10, 8 + (colour - 232) * 10]);
	const cube = colour - 16;
	return hex([Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((level) => LEVELS[level] ?? 0));
}

function hex(parts: readonly number[]): string {
	return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}
