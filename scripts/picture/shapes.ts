interface Box {
	readonly left: number;
	readonly top: number;
	readonly width: number;
	readonly height: number;
}

const rect = (x: number, y: number, width: number, height: number): string =>
	`M${n(x)} ${n(y)}h${n(width)}v${n(height)}h${n(-width)}z`;

const n = (value: number): number => Math.round(value * 100) / 100;

/** The sign as an SVG path in its cell, or null when it is a letter. */
export function shapeOf(sign: string, { left, top, width, height }: Box): string | null {
	const code = sign.codePointAt(0) ?? 0;
	const [x, y] = [left + width / 2, top + height / 2];
	// ▁ … █
	if (code >= 0x2581 && code <= 0x2588) {
		const filled = (height * (code - 0x2580)) / 8;
		return rect(left, top + height - filled, width, filled);
	}
	const draw = SIGNS[sign];
	return draw ? draw(x, y, { left, top, width, height }) : null;
}

/** Arms of a box-drawing sign from the middle: left, right, up, down. */
const arms =
	(...sides: readonly ('l' | 'r' | 'u' | 'd')[]) =>
	(x: number, y: number, { left, top, width, height }: Box): string =>
		sides
			.map((side) => {
				if (side === 'l') return rect(left, y - 0.5, x - left + 0.5, 1);
				if (side === 'r') return rect(x - 0.5, y - 0.5, left + width - x + 0.5, 1);
				return side === 'u'
					? rect(x - 0.5, top, 1, y - top + 0.5)
					: rect(x - 0.5, y - 0.5, 1, top + height - y + 0.5);
			})
			.join('');

const ring = (x: number, y: number, radius: number): string =>
	`M${n(x - radius)} ${n(y)}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0z`;

const SIGNS: Readonly<Record<string, (x: number, y: number, box: Box) => string>> = {
	'─': arms('l', 'r'),
	'│': arms('u', 'd'),
	'┌': arms('r', 'd'),
	'┐': arms('l', 'd'),
	'└': arms('r', 'u'),
	'┘': arms('l', 'u'),
	'├': arms('r', 'u', 'd'),
	'┤': arms('l', 'u', 'd'),
	'●': (x, y) => ring(x, y, 3.6),
	// The inner ring goes the other way round, so that it stays empty.
	'○': (x, y) => `${ring(x, y, 3.8)}M${n(x + 2.6)} ${n(y)}a2.6 2.6 0 1 1 -5.2 0a2.6 2.6 0 1 1 5.2 0z`,
	'■': (x, y) => rect(x - 3.8, y - 3.8, 7.6, 7.6),
	'▲': (x, y) => `M${n(x)} ${n(y - 4.4)}L${n(x + 4.4)} ${n(y + 3.6)}H${n(x - 4.4)}z`,
	'▸': (x, y) => `M${n(x - 2.6)} ${n(y - 4)}L${n(x + 3.4)} ${n(y)}L${n(x - 2.6)} ${n(y + 4)}z`,
	'✖': (x, y) =>
		`M${n(x - 2.7)} ${n(y - 4.2)}l2.7 2.7l2.7-2.7l1.5 1.5l-2.7 2.7l2.7 2.7l-1.5 1.5l-2.7-2.7l-2.7 2.7l-1.5-1.5l2.7-2.7l-2.7-2.7z`,
	'✔': (x, y) => `M${n(x - 4.2)} ${n(y + 0.4)}l1.4-1.4l1.9 1.9l4.1-4.9l1.5 1.2l-5.4 6.6z`,
};
