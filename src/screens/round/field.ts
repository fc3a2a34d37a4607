import type { Writing } from '../../actions/index.ts';
import { cellWidth, splitGraphemes } from '../../domain/text.ts';
import type { Field } from '../../store/index.ts';
import { createLine } from '../../ui/line.ts';
import { drawRule } from '../../ui/panel.ts';
import type { Canvas } from '../page.ts';
import { type RoundWord, roundWord } from './words.ts';

export interface DrawnField {
	readonly lines: readonly string[];
	readonly cursor: { readonly x: number; readonly y: number };
}

const LABELS: Readonly<Record<string, RoundWord>> = {
	ok: 'field-ok',
	accept: 'field-accept',
	fail: 'field-fail',
	skip: 'field-skip',
};

function labelOf(writing: Writing): RoundWord {
	if (writing.kind === 'answer') return LABELS[writing.outcome] ?? 'field-ok';
	return writing.kind === 'sign' ? 'field-sign' : 'field-note';
}

/** The line being written, below what it is about: a rule, what it is for, and the text on as many lines as it needs, 4 at most. */
export function drawField(field: Field, writing: Writing, canvas: Canvas): DrawnField {
	const { columns, theme, locale } = canvas;
	const width = Math.max(8, columns - 6);
	const { lines, at } = breakText(field, width);
	const first = Math.max(0, Math.min(at.line - 3, lines.length - 4));
	const shown = lines.slice(first, first + 4);
	const drawn = shown.map((text, row) =>
		createLine(theme, columns)
			.gap(1)
			.text(row === 0 && first === 0 ? theme.glyphs.pointer : ' ', 'accent')
			.gap(1)
			.text(text)
			.end(),
	);
	const style = writing.kind === 'answer' && writing.outcome === 'fail' ? 'critical' : 'accent';
	const label = roundWord(locale, labelOf(writing));
	const keys = roundWord(locale, 'field-keys');
	const head = createLine(theme, columns)
		.gap(1)
		.text(label, style)
		.right()
		.gap(2)
		.text(cellWidth(label) + cellWidth(keys) + 5 <= columns ? keys : '', 'muted')
		.gap(1)
		.end();
	return {
		lines: [drawRule(theme, columns), head, ...drawn],
		cursor: { x: 3 + at.column, y: 2 + at.line - first },
	};
}

/** The text broken after exactly `width` columns, and where in it the cursor stands. */
function breakText(
	field: Field,
	width: number,
): { readonly lines: readonly string[]; readonly at: { readonly line: number; readonly column: number } } {
	const lines: string[] = [''];
	let used = 0;
	let at = { line: 0, column: 0 };
	for (const [index, character] of splitGraphemes(field.text).entries()) {
		const wide = cellWidth(character);
		if (used + wide > width) {
			lines.push('');
			used = 0;
		}
		if (index === field.cursor) at = { line: lines.length - 1, column: used };
		lines[lines.length - 1] += character;
		used += wide;
	}
	if (field.cursor >= splitGraphemes(field.text).length) at = { line: lines.length - 1, column: used };
	return { lines, at };
}
