import { type Action, fuzzyMatch, keyText } from '../../actions/index.ts';
import type { Locale } from '../../domain/own-text.ts';
import { cellWidth, splitGraphemes } from '../../domain/text.ts';
import { defineMessages, say } from '../../i18n/messages.ts';
import { createLine } from '../../ui/line.ts';
import { createTextField, viewTextField } from '../../ui/text-field.ts';
import type { LayerSurroundings, LayerView } from '../define.ts';
import { type Canvas, type ListRow, listPage } from '../page.ts';

const texts = defineMessages({
	en: { title: 'Command', hint: 'type a part of a name', empty: 'No action is called like this.' },
	'zh-CN': { title: '命令', hint: '输入名称的一部分', empty: '没有匹配的操作。' },
});

export interface PaletteRow {
	readonly action: Action;
	readonly label: string;
	readonly key: string;
	readonly help: string;
	/** Why it cannot be run now. */
	readonly why: string | null;
	/** Characters of the label that match what was typed. */
	readonly at: readonly number[];
}

/**
 * Every action that has a name, best match first; without a text in the registry's order. Names match in both languages and
 * by id, so that a person who thinks in the other one still finds them. Pure.
 */
export function toPaletteRows(
	typed: string,
	around: LayerSurroundings,
	locale: Locale,
): readonly PaletteRow[] {
	const other: Locale = locale === 'en' ? 'zh-CN' : 'en';
	const found = around.actions.flatMap((action, order) => {
		if (action.silent) return [];
		const own = fuzzyMatch(typed, action.label[locale]);
		const spare = fuzzyMatch(typed, action.label[other]) ?? fuzzyMatch(typed, action.id);
		const match = own ?? (spare && { score: spare.score - 30, at: [] });
		if (!match) return [];
		const key = around.keymap.keysOf(action)[0];
		const row: PaletteRow = {
			action,
			label: action.label[locale],
			key: key === undefined ? '' : keyText(key),
			help: action.help[locale],
			why: around.disabled(action),
			at: match.at,
		};
		return [{ row, score: match.score, order }];
	});
	return found.sort((a, b) => b.score - a.score || a.order - b.order).map((one) => one.row);
}

export const paletteLayer: LayerView = {
	kind: 'palette',
	isFull: false,
	footer: ['palette.accept', 'view.up'],
	title: (_, canvas) => say(texts, canvas.locale, 'title'),
	size: (_, canvas) => ({ width: Math.min(canvas.columns - 6, 92), height: Math.min(canvas.height, 22) }),
	page: (state, canvas, layer, around) => {
		const { columns, theme, locale } = canvas;
		const typed = layer.field?.text ?? '';
		const rows = toPaletteRows(typed, around, locale);
		const field = viewTextField(
			theme,
			{ ...createTextField(typed), at: layer.field?.cursor ?? 0 },
			Math.max(1, columns - 2),
			{ hint: say(texts, locale, 'hint') },
		);
		const head = [
			theme.paint(': ', 'key') + field.line,
			theme.paint(theme.glyphs.rule.repeat(columns), 'faint'),
		];
		const listed = rows.map(
			(row): ListRow => ({
				id: row.action.id,
				size: 1,
				lines: (isSelected) => [drawRow(row, canvas, isSelected)],
			}),
		);
		const page = listPage(canvas, state.view, 'palette', {
			head,
			rows: listed,
			empty: say(texts, locale, 'empty'),
		});
		return { ...page, cursor: { x: 2 + field.cursor, y: 0 } };
	},
};

function drawRow(row: PaletteRow, { columns, theme }: Canvas, isSelected: boolean): string {
	const isOff = row.why !== null;
	const line = createLine(theme, columns, isSelected ? 'selected' : 'plain').cell(
		isSelected ? theme.glyphs.pointer : '',
		2,
		'accent',
	);
	const width = Math.min(34, Math.floor(columns * 0.42));
	const end = line.used + width;
	for (const [index, letter] of splitGraphemes(row.label).entries()) {
		if (line.used + cellWidth(letter) > end) break;
		line.text(letter, row.at.includes(index) ? 'match' : isOff ? 'muted' : 'plain');
	}
	return line
		.to(end)
		.gap(2)
		.text(row.why ?? row.help, 'muted')
		.right()
		.gap(2)
		.text(row.key, 'key')
		.gap(1)
		.end();
}
