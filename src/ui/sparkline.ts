import type { Theme } from './theme.ts';

/** One point of a sparkline: a number, a failure, or nothing measured. */
export type SparkPoint = number | 'failed' | undefined;

/**
 * The newest `width` points, oldest first, one column each, right-aligned. Heights are relative to the largest of them,
 * or to `top`; a failure is the failure mark, a gap is empty.
 */
export const sparkline = (
	theme: Theme,
	points: readonly SparkPoint[],
	width: number,
	options: { readonly top?: number } = {},
): string => {
	const { spark, gap, failed } = theme.glyphs;
	const shown = points.slice(Math.max(0, points.length - Math.max(0, width)));
	const largest = options.top ?? Math.max(0, ...shown.filter((point) => typeof point === 'number'));
	let text = gap.repeat(Math.max(0, width - shown.length));
	for (const point of shown) {
		if (point === undefined || Number.isNaN(point)) text += gap;
		else if (point === 'failed') text += failed;
		else text += spark[heightOf(point, largest, spark.length)];
	}
	return text;
};

const heightOf = (value: number, largest: number, steps: number): number => {
	if (largest <= 0) return 0;
	return Math.max(0, Math.min(steps - 1, Math.floor((value / largest) * steps)));
};

/** A bar of `width` columns; `done` between 0 and 1, unknown while nobody knows the end. */
export const progressBar = (theme: Theme, done: number | undefined, width: number): string => {
	if (width <= 0) return '';
	if (done === undefined) return theme.paint(theme.glyphs.empty.repeat(width), 'faint');
	const full = Math.round(Math.max(0, Math.min(1, done)) * width);
	// Something begun and something unfinished always show.
	const drawn = Math.max(done > 0 ? 1 : 0, Math.min(full, done < 1 ? width - 1 : width));
	return (
		theme.paint(theme.glyphs.full.repeat(drawn), 'accent') +
		theme.paint(theme.glyphs.empty.repeat(width - drawn), 'faint')
	);
};
