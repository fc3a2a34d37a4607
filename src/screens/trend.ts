import type { TrendPoint } from '../domain/picture.ts';
import type { StyleName, Theme } from '../ui/theme.ts';

export interface TrendPiece {
	readonly text: string;
	readonly style: StyleName;
}

/**
 * The newest `width` points of a check, newest at the right, coloured by level. Times stand on zero and calm ones stay low: the
 * top is the largest, but at least ten times a calm value (the fifth part from below, so that a service which has been slow for half
 * the view still shows when it was not).
 */
export function drawTimes(theme: Theme, points: readonly TrendPoint[], width: number): readonly TrendPiece[] {
	const shown = points.slice(-Math.max(0, width));
	// All that is remembered decides the scale, so that a narrow view of a bad time does not look calm.
	const numbers = points.flatMap((point) => point.value ?? []).sort((a, b) => a - b);
	const calm = numbers[Math.floor(numbers.length / 5)] ?? 0;
	const top = Math.max(numbers.at(-1) ?? 0, calm * 10);
	return draw(theme, shown, width, true, (value) => (top > 0 ? value / top : 0));
}

/** A value's trend between its own extremes; one that never changed is a low line. */
export function drawValues(
	theme: Theme,
	points: readonly TrendPoint[],
	width: number,
): readonly TrendPiece[] {
	const shown = points.slice(-Math.max(0, width));
	const numbers = shown.flatMap((point) => point.value ?? []);
	const low = Math.min(...numbers);
	const high = Math.max(...numbers);
	// A small change of a large number is no cliff: the scale spans a tenth of the value at least.
	const span = Math.max(high - low, Math.abs(high) / 10);
	return draw(theme, shown, width, false, (value) =>
		high === low || span === 0 ? 0.3 : 1 - ((high - value) / span) * 0.999,
	);
}

function draw(
	theme: Theme,
	shown: readonly TrendPoint[],
	width: number,
	/** A time that was bad is a mark; a value that was bad shows how far it went. */
	isMarked: boolean,
	scale: (value: number) => number,
): readonly TrendPiece[] {
	const { spark, gap, levels } = theme.glyphs;
	const pieces: { text: string; style: StyleName }[] = [
		{ text: gap.repeat(Math.max(0, width - shown.length)), style: 'plain' },
	];
	for (const { value, level } of shown) {
		const step =
			value === null
				? null
				: Math.max(0, Math.min(spark.length - 1, Math.floor(scale(value) * spark.length)));
		const isBad = level === 'critical' || level === 'unknown';
		const text = step === null || (isBad && isMarked) ? (isBad ? levels[level] : gap) : (spark[step] ?? gap);
		const style: StyleName = level === 'ok' || level === 'pending' ? 'muted' : level;
		const last = pieces.at(-1);
		if (last?.style === style) last.text += text;
		else pieces.push({ text, style });
	}
	return pieces;
}
