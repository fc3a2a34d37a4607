import { wrap } from '../../domain/text.ts';
import type { Field, PictureState } from '../../store/index.ts';
import { createLine } from '../../ui/line.ts';
import { drawRule } from '../../ui/panel.ts';
import { createTextField, viewTextField } from '../../ui/text-field.ts';
import type { StyleName } from '../../ui/theme.ts';
import { type Canvas, type Page, textPage } from '../page.ts';
import { questionWord } from './question-words.ts';

/** What stands below a page that asks for something that cannot be taken back. */
export interface Question {
	readonly lines: readonly (readonly [text: string, style: StyleName])[];
	/** A word has to be typed. */
	readonly field: Field | null;
}

/** A page of text with its question below: what is asked is always seen, what it is about can be scrolled. */
export function questionPage(
	state: PictureState,
	canvas: Canvas,
	name: string,
	parts: { readonly head: readonly string[]; readonly lines: readonly string[]; readonly question: Question },
): Page {
	const { columns, theme, height, locale } = canvas;
	const { question } = parts;
	const foot = [drawRule(theme, columns)];
	for (const [said, style] of question.lines)
		for (const part of wrap(said, columns - 3))
			foot.push(createLine(theme, columns).gap(1).text(part, style).end());
	let cursor: { x: number; y: number } | null = null;
	if (question.field) {
		const { text, cursor: at } = question.field;
		const field = viewTextField(theme, { ...createTextField(text), at }, columns - 5);
		cursor = { x: 3 + field.cursor, y: foot.length };
		foot.push(` ${theme.paint(`${theme.glyphs.pointer} `, 'accent')}${field.line}  `);
	}
	const room = height - foot.length;
	const page = textPage({ ...canvas, height: room }, state.view, name, parts);
	const hidden = page.list ? page.list.total - page.list.top - page.list.height : 0;
	const more = createLine(theme, columns)
		.gap(1)
		.text(questionWord(locale, 'more', { count: hidden + 1 }), 'accent')
		.end();
	const lines = hidden > 0 ? [...page.lines.slice(0, -1), more] : page.lines;
	return {
		lines: [...lines, ...foot],
		list: page.list,
		isModal: true,
		...(cursor ? { cursor: { x: cursor.x, y: cursor.y + room } } : {}),
	};
}
