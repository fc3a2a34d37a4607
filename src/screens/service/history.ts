import { worstLevel } from '../../domain/level.ts';
import type { HistoryPoint } from '../../domain/storage-port.ts';
import { formatValue, quantity } from '../../domain/value.ts';
import { clockText, momentText } from '../../i18n/times.ts';
import { createLine } from '../../ui/line.ts';
import type { StyleName } from '../../ui/theme.ts';
import type { Canvas } from '../page.ts';

/** Lines of the graph itself; two more hold its scale and its times. */
export const GRAPH_LINES = 5;
export const SCALE_COLUMNS = 10;

/**
 * A graph of mean durations: one column a bucket, coloured by the worst level in it. A bucket in which nothing was checked
 * stays blank, a failure without a value is a mark on the ground.
 */
export function drawHistory(
	points: readonly HistoryPoint[],
	canvas: Canvas,
	spanMs: number,
): readonly string[] {
	const { columns, theme, locale, zone } = canvas;
	const width = Math.max(1, columns - SCALE_COLUMNS - 3);
	const shown = fitPoints(points, width);
	const top = Math.max(1, ...shown.map((point) => point.value ?? 0));
	const { spark, gap, levels, full } = theme.glyphs;
	const steps = spark.length;
	const lines: string[] = [];
	for (let row = GRAPH_LINES - 1; row >= 0; row--) {
		const isTop = row === GRAPH_LINES - 1;
		const scale = isTop ? formatValue(quantity(Math.round(top), 'ms'), { locale }) : row === 0 ? '0' : '';
		const line = createLine(theme, columns)
			.gap(1)
			.cell(scale, SCALE_COLUMNS - 1, 'muted', { align: 'right' })
			.gap(1);
		for (const point of shown) {
			const isBad = point.level === 'critical' || point.level === 'unknown';
			const style: StyleName = point.level === 'ok' || point.level === 'pending' ? 'accent' : point.level;
			if (point.count === 0) line.text(gap);
			else if (point.value === null) line.text(row === 0 && isBad ? levels[point.level] : gap, style);
			else {
				const height = Math.max(1, Math.round((point.value / top) * GRAPH_LINES * steps)) - row * steps;
				line.text(height <= 0 ? gap : height >= steps ? full : (spark[height - 1] ?? gap), style);
			}
		}
		lines.push(line.end());
	}
	const [first] = shown;
	const last = shown.at(-1);
	const timeOf = spanMs > 24 * 3_600_000 ? momentText : clockText;
	const axis = createLine(theme, columns).gap(1 + SCALE_COLUMNS);
	if (first && last) {
		const end = timeOf(canvas.now, zone);
		axis.cell(timeOf(first.at, zone), Math.max(0, shown.length - end.length), 'muted').text(end, 'muted');
	}
	return [...lines, axis.end()];
}

/** As many points as there are columns. Where several share one, the worst of them is shown: a fault must not be lost by zooming. */
export function fitPoints(points: readonly HistoryPoint[], width: number): readonly HistoryPoint[] {
	const { length } = points;
	if (length === 0) return [];
	return Array.from({ length: width }, (_, column): HistoryPoint => {
		const from = Math.floor((column * length) / width);
		const shared = points.slice(from, Math.max(from + 1, Math.floor(((column + 1) * length) / width)));
		const values = shared.flatMap((point) => point.value ?? []);
		const asked = shared.filter((point) => point.count > 0);
		return {
			at: shared[0]?.at ?? 0,
			level: worstLevel(asked.map((point) => point.level)),
			value: values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null,
			count: asked.reduce((sum, point) => sum + point.count, 0),
		};
	});
}
