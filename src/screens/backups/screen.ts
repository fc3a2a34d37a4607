import { shownPlans } from '../../actions/index.ts';
import { levelWord } from '../../i18n/levels.ts';
import type { PictureState } from '../../store/index.ts';
import { createLine } from '../../ui/line.ts';
import { blank, type Canvas, type ListRow, listPage, type Page, wrapParts } from '../page.ts';
import { drawProgress } from '../progress.ts';
import { drawValues } from '../trend.ts';
import { type PlanRow, summaryText, toPlanRow } from './rows.ts';
import { backupWord } from './words.ts';

const MAX_NOTE_LINES = 3;
const WIDE = 100;

interface Widths {
	readonly title: number;
	readonly level: number;
	readonly proven: number;
	/** 0: not shown. */
	readonly drill: number;
	readonly size: number;
	readonly change: number;
	readonly trend: number;
	readonly next: number;
	readonly last: number;
}

/** What gives way when the terminal is narrow: the trend, the change and the next drill; what is wrong with them is said below. */
function widthsFor(columns: number): Widths {
	const isWide = columns >= WIDE;
	const fixed = {
		level: 10,
		proven: 10,
		drill: isWide ? 12 : 0,
		size: 9,
		change: isWide ? 7 : 0,
		next: 13,
		last: 7,
	};
	const used = Object.values(fixed).reduce((sum, width) => sum + (width > 0 ? width + 2 : 0), 0) + 2;
	const rest = columns - used;
	const trend = isWide ? Math.min(20, Math.max(8, rest - 32)) : 0;
	return { ...fixed, trend, title: Math.min(40, rest - (trend > 0 ? trend + 2 : 0)) };
}

/** One row a plan; what is wrong explains itself below it, what runs shows how far it is. */
export function backupsPage(state: PictureState, canvas: Canvas): Page {
	const { columns, locale } = canvas;
	const plans = state.backups ?? [];
	const rows = shownPlans(state).map((plan) => toPlanRow(state, plan, canvas));
	const widths = widthsFor(columns);
	const listed = rows.map((row) => listRow(row, widths, canvas));
	const filter = state.view.filters['backups'] ?? '';
	if (rows.length > 0 && filter === '') listed.push(summary(summaryText(plans, canvas), canvas));
	const empty =
		state.backups === null
			? backupWord(locale, 'waiting')
			: filter === ''
				? backupWord(locale, 'empty')
				: backupWord(locale, 'no-match', { filter });
	return listPage(canvas, state.view, 'backups', { head: [header(widths, canvas)], rows: listed, empty });
}

function header(widths: Widths, { columns, theme, locale }: Canvas): string {
	const line = createLine(theme, columns)
		.gap(1)
		.cell(backupWord(locale, 'plan'), widths.title, 'heading')
		.gap(2)
		.cell(backupWord(locale, 'level'), widths.level, 'heading')
		.gap(2)
		.cell(backupWord(locale, 'proven'), widths.proven, 'heading')
		.gap(2);
	if (widths.drill > 0) line.cell(backupWord(locale, 'drill'), widths.drill, 'heading').gap(2);
	line.cell(backupWord(locale, 'size'), widths.size, 'heading', { align: 'right' });
	if (widths.change > 0)
		line.gap(2).cell(backupWord(locale, 'change'), widths.change, 'heading', { align: 'right' });
	if (widths.trend > 0) line.gap(2).cell(backupWord(locale, 'trend'), widths.trend, 'heading');
	return line
		.right()
		.cell(backupWord(locale, 'next'), widths.next, 'heading', { align: 'right' })
		.gap(2)
		.cell(backupWord(locale, 'last'), widths.last, 'heading', { align: 'right' })
		.gap(1)
		.end();
}

function listRow(row: PlanRow, widths: Widths, canvas: Canvas): ListRow {
	const { columns, theme, locale } = canvas;
	const notes = row.reasons.flatMap((reason) =>
		wrapParts(reason.text, columns - 5)
			.slice(0, MAX_NOTE_LINES)
			.map((text, at) => ({ text, level: reason.level, isFirst: at === 0 })),
	);
	const running = row.running === null ? [] : [drawRunning(row.running, canvas)];
	return {
		id: row.id,
		size: 1 + running.length + notes.length,
		isBad: row.level !== 'ok' && row.level !== 'pending',
		lines: (isSelected) => [
			drawRow(row, widths, canvas, isSelected),
			...running,
			...notes.map((note) =>
				createLine(theme, columns)
					.gap(note.isFirst ? 3 : 5)
					.text(note.text, note.level)
					.end(),
			),
		],
	};

	function drawRow(row: PlanRow, widths: Widths, canvas: Canvas, isSelected: boolean): string {
		const { columns, theme } = canvas;
		const line = createLine(theme, columns, isSelected ? 'selected' : 'plain')
			.cell(isSelected ? theme.glyphs.pointer : '', 1, 'accent')
			.cell(row.title, widths.title, row.level === 'ok' || row.level === 'pending' ? 'plain' : 'strong')
			.gap(2);
		if (row.nothing !== '')
			return line.cell(theme.glyphs.skipped, 2, 'muted').text(row.nothing, 'muted').end();
		line
			.cell(`${theme.glyphs.levels[row.level]} ${levelWord(row.level, locale)}`, widths.level, row.level)
			.gap(2)
			.cell(row.proven, widths.proven, row.isProven ? 'plain' : 'warning')
			.gap(2);
		if (widths.drill > 0) line.cell(row.drill, widths.drill, row.isDrillLate ? 'warning' : 'muted').gap(2);
		line.cell(row.size, widths.size, 'plain', { align: 'right' });
		if (widths.change > 0) line.gap(2).cell(row.change, widths.change, 'muted', { align: 'right' });
		if (widths.trend > 0) {
			line.gap(2);
			const points = row.sizes.map((value) => ({ at: 0, value, level: 'ok' as const }));
			for (const piece of drawValues(theme, points, widths.trend)) line.text(piece.text, piece.style);
		}
		return line
			.right()
			.cell(row.next, widths.next, row.isLate ? 'critical' : 'muted', { align: 'right' })
			.gap(2)
			.cell(row.last, widths.last, 'plain', { align: 'right' })
			.gap(1)
			.end();
	}
}

/** What a plan does now and how far it is, in one line that never changes its columns. */
export function drawRunning(
	running: NonNullable<PlanRow['running']>,
	{ columns, theme, locale }: Canvas,
	isSelected = false,
): string {
	// A bar on another ground would read as its own gap where there is no colour: the pointer is enough.
	const line = createLine(theme, columns)
		.cell(isSelected ? theme.glyphs.pointer : '', 1, 'accent')
		.gap(2);
	if (columns >= WIDE) line.cell(running.verb, 7, 'strong').gap(2);
	if (running.progress === undefined && running.since !== '')
		return line.cell(running.since, columns - line.used - 1, 'accent').end();
	return drawProgress(line, theme, running.progress, columns - line.used - 1, locale).end();
}

function summary(text: string, { columns, theme }: Canvas): ListRow {
	return {
		id: null,
		size: 2,
		lines: () => [blank(columns), createLine(theme, columns).gap(1).text(text, 'muted').end()],
	};
}
