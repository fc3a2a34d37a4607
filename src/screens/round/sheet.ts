import { stepList } from '../../actions/index.ts';
import type { Round } from '../../domain/round.ts';
import { cellWidth } from '../../domain/text.ts';
import { levelWord } from '../../i18n/levels.ts';
import { type PictureState, placeOf, type ViewState } from '../../store/index.ts';
import { createLine } from '../../ui/line.ts';
import type { Theme } from '../../ui/theme.ts';
import { blank, type Canvas, filterOf, type ListRow, listPage, matchesFilter, type Page } from '../page.ts';
import { stepMark } from './marks.ts';
import { type SheetHead, type SheetRow, toSheetHead, toSheetRows } from './rows.ts';
import { roundWord, stepWord } from './words.ts';

/** The sheet beside the step: its head, then two lines a step where there is room, one where there is not. */
export function sheetPane(
	state: PictureState,
	canvas: Canvas,
	round: Round,
	selected: string | null,
	hasKeys: boolean,
): Page {
	const { locale, zone, now, height } = canvas;
	const head = drawHead(toSheetHead(state, round, now, locale, zone), canvas);
	const rows = filtered(state, round, canvas);
	const isTall = head.length + rows.length * 3 <= height;
	const listed = rows.map((row) => tallRow(row, canvas, hasKeys, isTall));
	return listPage(canvas, withSelected(state.view, stepList(round), selected), stepList(round), {
		head,
		rows: listed,
	});
}

/** The sheet above the step, one line a step, at most `height` lines with its head. */
export function sheetBand(
	state: PictureState,
	canvas: Canvas,
	round: Round,
	selected: string | null,
	hasKeys: boolean,
): Page {
	const { locale, zone, now } = canvas;
	const head = [drawShortHead(toSheetHead(state, round, now, locale, zone), canvas)];
	const rows = filtered(state, round, canvas).map((row) => shortRow(row, canvas, hasKeys));
	return listPage(canvas, withSelected(state.view, stepList(round), selected), stepList(round), {
		head,
		rows,
	});
}

export function bandHead(state: PictureState, canvas: Canvas, round: Round): string {
	return drawShortHead(toSheetHead(state, round, canvas.now, canvas.locale, canvas.zone), canvas);
}

function filtered(state: PictureState, round: Round, { locale, zone }: Canvas): readonly SheetRow[] {
	const filter = filterOf(state, stepList(round));
	return toSheetRows(state, round, locale, zone).filter((row) =>
		matchesFilter(filter, [row.title, row.by, stepWord(locale, row.standing)]),
	);
}

/** The step in hand is drawn as selected although nobody has moved to it yet. */
export function withSelected(view: ViewState, list: string, selected: string | null): ViewState {
	const place = placeOf(view, list);
	return { ...view, places: { ...view.places, [list]: { ...place, selected } } };
}

function drawHead(head: SheetHead, { columns, theme, locale }: Canvas): readonly string[] {
	const lines = [
		createLine(theme, columns)
			.gap(1)
			.text(head.title, 'strong')
			.right()
			.text(`${head.done}/${head.count}`, 'strong')
			.gap(1)
			.end(),
		drawProgress(head, theme, columns),
	];
	const add = (parts: readonly string[], style: 'muted' | 'critical' | 'accent' = 'muted') => {
		const text = parts.filter((part) => part !== '').join(' · ');
		if (text !== '') lines.push(createLine(theme, columns).gap(1).text(text, style).end());
	};
	if (head.level) {
		const line = createLine(theme, columns).gap(1);
		line.text(`${theme.glyphs.levels[head.level]} ${levelWord(head.level, locale)}`, head.level);
		lines.push(line.text(` · ${head.signed}`, 'muted').end());
		add([head.begun]);
	} else {
		add([head.begun, head.elapsed]);
		add([head.due, head.clock], head.isLate ? 'critical' : 'muted');
	}
	add([head.others], 'accent');
	lines.push(blank(columns));
	return lines;
}

/** A low bar: it is looked at all round long. */
function drawProgress({ done, count }: SheetHead, theme: Theme, columns: number): string {
	const width = columns - 2;
	const full = count === 0 ? width : Math.round((done / count) * width);
	const [lowest = '_', , low = '-'] = theme.glyphs.spark;
	return createLine(theme, columns)
		.gap(1)
		.text(low.repeat(full), 'accent')
		.text(lowest.repeat(width - full), 'faint')
		.end();
}

function drawShortHead(head: SheetHead, { columns, theme, locale }: Canvas): string {
	const line = createLine(theme, columns).gap(1).text(head.title, 'strong').gap(1);
	line.text(`${head.done}/${head.count}`, 'strong').gap(1);
	const isLate = head.isLate;
	const facts = head.level
		? [head.signed]
		: [head.due, head.clock, ...(isLate ? [] : [head.elapsed])].filter((part) => part !== '');
	line.right();
	if (head.others !== '') line.text(head.others, 'accent').text(' · ', 'muted');
	if (head.level) {
		line.text(`${theme.glyphs.levels[head.level]} ${levelWord(head.level, locale)}`, head.level);
		line.text(' · ', 'muted');
	}
	return line
		.text(facts.join(' · '), isLate ? 'critical' : 'muted')
		.gap(1)
		.end();
}

function tallRow(row: SheetRow, canvas: Canvas, hasKeys: boolean, isTall: boolean): ListRow {
	const { columns, theme, locale } = canvas;
	const mark = stepMark(row.standing, theme.glyphs);
	const facts = [row.by, row.time].filter((part) => part !== '').join(' ');
	const word = stepWord(locale, row.standing);
	return {
		id: `step:${row.index}`,
		size: isTall ? 3 : 2,
		isBad: row.standing === 'open' || row.standing === 'attention' || row.standing === 'failed',
		lines: (isSelected) => {
			const base = isSelected ? 'selected' : 'plain';
			const pointer = isSelected ? theme.glyphs.pointer : '';
			const line = createLine(theme, columns, base)
				.cell(pointer, 1, hasKeys ? 'accent' : 'muted')
				.cell(mark.glyph, 1, mark.style)
				.gap(1)
				.cell(String(row.index + 1), 2, 'muted', { align: 'right' })
				.gap(1)
				.cell(row.title, columns - 7, isSelected || row.standing === 'open' ? 'strong' : 'plain');
			const second = createLine(theme, columns, base).gap(6).text(word, mark.style);
			if (row.hasDraft) second.text(' …', 'accent');
			second.right();
			if (row.hasNote) second.text(roundWord(locale, 'note').toLowerCase(), 'muted').gap(2);
			const lines = [line.end(), second.text(facts, 'muted').gap(1).end()];
			return isTall ? [...lines, blank(columns)] : lines;
		},
	};
}

function shortRow(row: SheetRow, { columns, theme, locale }: Canvas, hasKeys: boolean): ListRow {
	const mark = stepMark(row.standing, theme.glyphs);
	const word = stepWord(locale, row.standing);
	const facts = [row.by, row.time].filter((part) => part !== '').join(' ');
	const right = Math.max(16, cellWidth(word) + 2);
	return {
		id: `step:${row.index}`,
		size: 1,
		isBad: row.standing === 'open' || row.standing === 'attention' || row.standing === 'failed',
		lines: (isSelected) => [
			createLine(theme, columns, isSelected ? 'selected' : 'plain')
				.cell(isSelected ? theme.glyphs.pointer : '', 1, hasKeys ? 'accent' : 'muted')
				.cell(mark.glyph, 1, mark.style)
				.gap(1)
				.cell(String(row.index + 1), 2, 'muted', { align: 'right' })
				.gap(1)
				.cell(row.title, columns - right - 24, isSelected ? 'strong' : 'plain')
				.gap(1)
				.cell(row.hasDraft ? `${word} …` : word, right, mark.style)
				.right()
				.cell(facts, 14, 'muted', { align: 'right' })
				.gap(1)
				.end(),
		],
	};
}
