import { cellWidth } from '../../domain/text.ts';
import { levelWord } from '../../i18n/levels.ts';
import { momentText } from '../../i18n/times.ts';
import type { PictureState } from '../../store/index.ts';
import { createLine } from '../../ui/line.ts';
import {
	type Canvas,
	filterOf,
	type ListRow,
	listPage,
	matchesFilter,
	type Page,
	wrapParts,
} from '../page.ts';
import { drawTimes, drawValues } from '../trend.ts';
import { coverageText, type HealthRow, toHealthRows } from './rows.ts';
import { healthWord } from './words.ts';

interface Widths {
	readonly title: number;
	readonly port: number;
	readonly level: number;
	readonly latency: number;
	readonly trend: number;
	readonly share: number;
	readonly age: number;
}

const MAX_NOTE_LINES = 3;

/** What gives way when the terminal is narrow: the 24 h figure, then most of the sparkline; level, latency and age never. */
/** Wider ones push a full redraw of a full screen over 8 KiB, which a slow link feels. */
const SPARKLINE = 30;

function widthsFor(columns: number, widestTitle: number): Widths {
	const isWide = columns >= 100;
	const share = isWide ? 8 : 0;
	const port = 5;
	const level = 14;
	const latency = isWide ? 11 : 9;
	const age = isWide ? 6 : 5;
	const gaps = isWide ? 2 * 6 + 2 : 2 * 5 + 2;
	const rest = Math.max(0, columns - port - level - latency - share - age - gaps);
	// A title is read in full where the sparkline can spare the room.
	const title = Math.max(15, Math.min(widestTitle, isWide ? Math.max(32, rest - 60) : rest - 20));
	return { title, port, level, latency, trend: Math.max(0, Math.min(SPARKLINE, rest - title)), share, age };
}

export function healthPage(state: PictureState, canvas: Canvas): Page {
	const { columns, locale, now } = canvas;
	const filter = filterOf(state, 'health');
	const all = toHealthRows(state, now, locale);
	const widths = widthsFor(columns, Math.max(18, ...all.map((row) => cellWidth(row.title))));
	const rows = all.filter((row) =>
		row.id === null
			? filter === ''
			: matchesFilter(filter, [
					row.title,
					row.port,
					levelWord(row.level, locale),
					...row.explanations.map((e) => e.text),
				]),
	);
	const listed = rows.flatMap((row): ListRow[] => {
		if (row.id === null) return [heading(row, canvas)];
		return [
			{ id: row.id, isBad: row.level !== 'ok' && row.level !== 'pending', ...drawRow(row, widths, canvas) },
		];
	});
	if (state.face && filter === '' && all.length > 0) listed.push(signedLine(state, canvas));
	const empty = !state.face
		? healthWord(locale, 'waiting')
		: filter !== ''
			? healthWord(locale, 'no-match', { filter: placeFilter(state) })
			: healthWord(locale, 'empty');
	return listPage(canvas, state.view, 'health', { head: [header(widths, canvas)], rows: listed, empty });
}

function placeFilter(state: PictureState): string {
	return state.view.filters['health'] ?? '';
}

function header(widths: Widths, { columns, theme, locale }: Canvas): string {
	const last = widths.trend >= 24 ? 'last' : 'last-short';
	const line = createLine(theme, columns)
		.gap(1)
		.cell(healthWord(locale, 'service'), widths.title, 'heading')
		.gap(2)
		.cell(healthWord(locale, 'port'), widths.port, 'heading')
		.gap(2)
		.cell(healthWord(locale, 'level'), widths.level, 'heading')
		.gap(2)
		.cell(healthWord(locale, 'latency'), widths.latency, 'heading', { align: 'right' })
		.gap(2)
		.cell(healthWord(locale, last, { count: widths.trend }), widths.trend, 'heading')
		.right();
	if (widths.share > 0)
		line.cell(healthWord(locale, 'day'), widths.share, 'heading', { align: 'right' }).gap(2);
	return line.cell(healthWord(locale, 'age'), widths.age, 'heading', { align: 'right' }).gap(1).end();
}

function drawRow(row: HealthRow, widths: Widths, canvas: Canvas): Pick<ListRow, 'size' | 'lines'> {
	const { columns, theme, locale } = canvas;
	const notes = row.explanations.flatMap((e) =>
		wrapParts(e.text, columns - 5)
			.slice(0, MAX_NOTE_LINES)
			.map((text, at) => ({ text, level: e.level, isFirst: at === 0 })),
	);
	return {
		size: 1 + notes.length,
		lines: (isSelected) => {
			const line = createLine(theme, columns, isSelected ? 'selected' : 'plain')
				.cell(isSelected ? theme.glyphs.pointer : '', 1, 'accent')
				.cell(row.title, widths.title, row.level === 'ok' ? 'plain' : 'strong')
				.gap(2)
				.cell(row.port, widths.port, 'muted')
				.gap(2);
			const end = line.used + widths.level;
			line.text(`${theme.glyphs.levels[row.level]} ${levelWord(row.level, locale)}`, row.level);
			if (row.soft) line.text(` ${row.soft}`, 'muted');
			if (row.isUnsaved) line.text(' *', 'critical');
			line.to(end).gap(2);
			const latencyStyle = row.isFault ? row.level : row.level === 'warning' ? 'changed' : 'plain';
			line.cell(row.latency, widths.latency, latencyStyle, { align: 'right' }).gap(2);
			const pieces = (row.isTime ? drawTimes : drawValues)(theme, row.trend, widths.trend);
			for (const piece of pieces) line.text(piece.text, piece.style);
			line.right();
			if (widths.share > 0) line.cell(row.share, widths.share, 'muted', { align: 'right' }).gap(2);
			line.cell(row.age, widths.age, 'muted', { align: 'right' }).gap(1);
			return [
				line.end(),
				...notes.map((note) =>
					createLine(theme, columns)
						.gap(note.isFirst ? 3 : 5)
						.text(note.text, note.level)
						.end(),
				),
			];
		},
	};
}

function heading(row: HealthRow, { columns, theme }: Canvas): ListRow {
	return {
		id: null,
		size: 2,
		lines: () => [
			createLine(theme, columns).end(),
			createLine(theme, columns).gap(1).text(row.title, 'heading').end(),
		],
	};
}

function signedLine(state: PictureState, { columns, theme, locale, zone, now }: Canvas): ListRow {
	const { signedAt, signedBy, title } = state.signed;
	const text =
		signedAt === null
			? healthWord(locale, 'not-signed')
			: healthWord(locale, 'signed', {
					title: title ?? '',
					time: `${momentText(signedAt, zone)}`,
					by: signedBy ?? '',
				});
	return {
		id: null,
		size: 3,
		lines: () => [
			createLine(theme, columns).end(),
			createLine(theme, columns).gap(1).text(text, 'muted').end(),
			createLine(theme, columns)
				.gap(1)
				.text(coverageText(state, now, locale), 'muted')
				.end(),
		],
	};
}
