import { createLine } from './line.ts';
import { sliceColumns } from './slice-columns.ts';
import type { StyleName, Theme } from './theme.ts';

/** A box of exactly `width` × `height` round `lines`, with a title in its upper edge. */
export const drawPanel = (
	theme: Theme,
	options: {
		readonly title?: string;
		readonly lines: readonly string[];
		readonly width: number;
		readonly height: number;
		readonly edge?: StyleName;
		/** Words in the lower edge: the keys that work here. */
		readonly foot?: string;
	},
): string[] => {
	const { title = '', lines, width, height, edge = 'faint', foot = '' } = options;
	const { bar, corners } = theme.glyphs;
	const inner = Math.max(0, width - 4);
	const result = [drawEdge(theme, width, corners[0], corners[1], title, edge, 'strong')];
	for (let at = 0; at < height - 2; at++) {
		const text = sliceColumns(lines[at] ?? '', 0, inner);
		result.push(`${theme.paint(`${bar} `, edge)}${text}${theme.paint(` ${bar}`, edge)}`);
	}
	result.push(drawEdge(theme, width, corners[2], corners[3], foot, edge, 'muted'));
	return result.slice(0, Math.max(0, height)).map((line) => sliceColumns(line, 0, width));
};

const drawEdge = (
	theme: Theme,
	width: number,
	left: string,
	right: string,
	words: string,
	edge: StyleName,
	style: StyleName,
): string => {
	const { rule } = theme.glyphs;
	const line = createLine(theme, width).text(left + rule, edge);
	if (words !== '') line.text(' ', edge).text(words, style).text(' ', edge);
	return line
		.text(rule.repeat(Math.max(0, width - 1 - line.used)), edge)
		.right()
		.text(right, edge)
		.end();
};

/** A thin line over the whole width. */
export const drawRule = (theme: Theme, width: number): string =>
	theme.paint(theme.glyphs.rule.repeat(Math.max(0, width)), 'faint');

/** Two blocks of lines of equal height beside each other, a thin line between them. */
export const drawBeside = (
	theme: Theme,
	left: readonly string[],
	leftWidth: number,
	right: readonly string[],
	rightWidth: number,
): string[] => {
	const between = theme.paint(theme.glyphs.bar, 'faint');
	const height = Math.max(left.length, right.length);
	return Array.from(
		{ length: height },
		(_, at) =>
			sliceColumns(left[at] ?? '', 0, leftWidth) + between + sliceColumns(right[at] ?? '', 0, rightWidth),
	);
};
