import { levelWord } from '../../i18n/levels.ts';
import type { PictureState } from '../../store/index.ts';
import { createLine } from '../../ui/line.ts';
import { blank, type Canvas, filterOf, type ListRow, listPage, matchesFilter, type Page } from '../page.ts';
import { planMark } from './marks.ts';
import { type PlanGroup, type PlanRow, toPlanGroups } from './rows.ts';
import { planWord, roundWord } from './words.ts';

/** No round is open: what is planned today, and what was signed last. */
export function planPage(state: PictureState, canvas: Canvas): Page {
	const { columns, locale, zone } = canvas;
	const filter = filterOf(state, 'round');
	const groups = toPlanGroups(state, locale, zone);
	const rows: ListRow[] = [];
	for (const group of groups) {
		const shown = group.rows.filter((row) => matchesFilter(filter, [row.title, row.by, row.remark]));
		if (shown.length === 0) continue;
		rows.push(heading(group, canvas, rows.length > 0));
		rows.push(
			...shown.map((row) => (group.kind === 'plan' ? plannedRow(row, canvas) : signedRow(row, canvas))),
		);
	}
	const isFirst = state.fetched.rounds !== null && !groups.some((group) => group.kind === 'signed');
	if (isFirst && rows.length > 0) {
		const text = createLine(canvas.theme, columns)
			.gap(1)
			.text(roundWord(locale, 'none-signed'), 'muted')
			.end();
		rows.push({ id: null, size: 2, lines: () => [blank(columns), text] });
	}
	const isWaiting = !state.face || (state.plan.length === 0 && state.face.sheets.length > 0);
	const empty = roundWord(locale, isWaiting ? 'waiting' : 'no-sheets');
	const page = listPage(canvas, state.view, 'round', { rows, empty });
	return { ...page, footer: ['round.open', 'round.next', 'filter.open', 'action.choose'] };
}

const widths = (columns: number) => ({
	title: columns >= 100 ? 26 : 22,
	due: 6,
	standing: columns >= 100 ? 26 : 25,
	when: 17,
	level: 12,
	by: columns >= 100 ? 10 : 14,
});

function heading(group: PlanGroup, canvas: Canvas, hasRoom: boolean): ListRow {
	const { columns, theme, locale } = canvas;
	const width = widths(columns);
	const line = createLine(theme, columns).gap(1);
	if (group.kind === 'plan') {
		line.cell(group.title, width.title, 'strong').gap(2);
		line
			.cell(roundWord(locale, 'due'), width.due, 'heading')
			.gap(2)
			.cell(roundWord(locale, 'standing'), width.standing, 'heading');
	} else {
		line.cell(group.title, width.title, 'strong').gap(2);
		line
			.cell(roundWord(locale, 'when'), width.when, 'heading')
			.gap(2)
			.cell(roundWord(locale, 'standing'), width.level, 'heading')
			.gap(2)
			.cell(roundWord(locale, 'by'), width.by, 'heading');
		if (columns >= 100) line.gap(2).text(roundWord(locale, 'record'), 'heading');
	}
	const lines = hasRoom ? [blank(columns), line.end()] : [line.end()];
	return { id: null, size: lines.length, lines: () => lines };
}

function plannedRow(row: PlanRow, { columns, theme, locale }: Canvas): ListRow {
	const width = widths(columns);
	const mark = row.standing ? planMark(row.standing, theme.glyphs) : null;
	const isCalling = row.standing === 'due' || row.standing === 'late' || row.standing === 'in-progress';
	return {
		id: row.id,
		size: 1,
		isBad: row.standing === 'late' || row.standing === 'missed',
		lines: (isSelected) => [
			createLine(theme, columns, isSelected ? 'selected' : 'plain')
				.cell(isSelected ? theme.glyphs.pointer : '', 1, 'accent')
				.cell(row.title, width.title, isCalling ? 'strong' : 'plain')
				.gap(2)
				.cell(row.due, width.due, 'muted')
				.gap(2)
				.cell(
					mark && row.standing ? `${mark.glyph} ${planWord(locale, row.standing)}` : '',
					width.standing,
					mark?.style ?? 'plain',
				)
				.gap(2)
				.cell(
					columns >= 100 ? row.remark : row.brief,
					Math.max(0, columns - width.title - width.due - width.standing - 8),
					'muted',
				)
				.end(),
		],
	};
}

function signedRow(row: PlanRow, { columns, theme, locale }: Canvas): ListRow {
	const width = widths(columns);
	const level = row.level ?? 'unknown';
	const room = columns - width.title - width.when - width.level - width.by - 10;
	const isWide = columns >= 100;
	return {
		id: row.id,
		size: isWide ? 1 : 2,
		lines: (isSelected) => {
			const base = isSelected ? 'selected' : 'plain';
			const line = createLine(theme, columns, base)
				.cell(isSelected ? theme.glyphs.pointer : '', 1, 'accent')
				.cell(row.title, width.title)
				.gap(2)
				.cell(row.due, width.when, 'muted')
				.gap(2)
				.cell(`${theme.glyphs.levels[level]} ${levelWord(level, locale)}`, width.level, level)
				.gap(2)
				.cell(row.by, width.by);
			if (isWide) return [line.gap(2).cell(row.remark, room, 'muted', { where: 'start' }).end()];
			const below = createLine(theme, columns, base).gap(3);
			return [line.end(), below.cell(row.remark, columns - 5, 'muted', { where: 'start' }).end()];
		},
	};
}
