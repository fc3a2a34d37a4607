import { momentText } from '../../i18n/times.ts';
import type { PictureState } from '../../store/index.ts';
import { createLine } from '../../ui/line.ts';
import type { StyleName } from '../../ui/theme.ts';
import { type Canvas, filterOf, type ListRow, listPage, matchesFilter, type Page } from '../page.ts';
import { drawTimes, drawValues } from '../trend.ts';
import { type Change, type EndpointRow, toEndpointRows } from './rows.ts';
import { endpointWord } from './words.ts';

interface Widths {
	readonly endpoint: number;
	readonly name: number;
	readonly value: number;
	readonly expected: number;
	readonly change: number;
	readonly trend: number;
	readonly age: number;
}

/** Value, change and age never give way; the trend does first. */
function widthsFor(columns: number): Widths {
	const isWide = columns >= 100;
	const fixed = isWide
		? { name: 13, value: 14, expected: 13, change: 22, trend: columns >= 114 ? 12 : 0, age: 6 }
		: { name: 12, value: 12, expected: 0, change: 21, trend: 0, age: 5 };
	const used = Object.values(fixed).reduce((sum, width) => sum + (width > 0 ? width + 2 : 0), 0);
	const rest = columns - used - 2;
	const endpoint = Math.min(40, rest);
	// What an endpoint's name does not need, the trend gets.
	return { ...fixed, endpoint, trend: fixed.trend === 0 ? 0 : Math.min(60, fixed.trend + rest - endpoint) };
}

export function endpointsPage(state: PictureState, canvas: Canvas): Page {
	const { columns, theme, locale, now, zone } = canvas;
	const widths = widthsFor(columns);
	const filter = filterOf(state, 'endpoints');
	const all = toEndpointRows(state, now, locale);
	const rows = all.filter((row) =>
		matchesFilter(filter, [row.endpoint, row.check, row.name, row.value, row.expected, row.change.text]),
	);
	const listed = rows.map(
		(row): ListRow => ({
			id: row.id,
			size: 1,
			isBad: row.change.kind === 'drift' || (row.level !== 'ok' && row.level !== 'pending'),
			lines: (isSelected) => [drawRow(row, widths, canvas, isSelected)],
		}),
	);
	if (listed.length > 0 && filter === '') {
		const { signedAt, signedBy, title } = state.signed;
		const text =
			signedAt === null
				? endpointWord(locale, 'no-baseline')
				: endpointWord(locale, 'baseline', {
						title: title ?? '',
						time: momentText(signedAt, zone),
						by: signedBy ?? '',
					});
		const line = createLine(theme, columns).gap(1).text(text, 'muted').end();
		listed.push({ id: null, size: 2, lines: () => [' '.repeat(columns), line] });
	}
	const empty = filter === '' ? endpointWord(locale, 'empty') : endpointWord(locale, 'no-match', { filter });
	return listPage(canvas, state.view, 'endpoints', { head: [header(widths, canvas)], rows: listed, empty });
}

function header(widths: Widths, { columns, theme, locale }: Canvas): string {
	const line = createLine(theme, columns)
		.gap(1)
		.cell(endpointWord(locale, 'endpoint'), widths.endpoint, 'heading')
		.gap(2)
		.cell(endpointWord(locale, 'name'), widths.name, 'heading')
		.gap(2)
		.cell(endpointWord(locale, 'value'), widths.value, 'heading', { align: 'right' })
		.gap(2);
	if (widths.expected > 0) line.cell(endpointWord(locale, 'expected'), widths.expected, 'heading').gap(2);
	line.cell(endpointWord(locale, 'signed'), widths.change, 'heading');
	if (widths.trend > 0) line.gap(2).cell(endpointWord(locale, 'trend'), widths.trend, 'heading');
	return line
		.right()
		.cell(endpointWord(locale, 'age'), widths.age, 'heading', { align: 'right' })
		.gap(1)
		.end();
}

const CHANGE_STYLES: Readonly<Record<Change['kind'], StyleName>> = {
	none: 'faint',
	same: 'muted',
	changed: 'changed',
	drift: 'critical',
};

function drawRow(row: EndpointRow, widths: Widths, { columns, theme }: Canvas, isSelected: boolean): string {
	const isBad = row.level !== 'ok' && row.level !== 'pending';
	const line = createLine(theme, columns, isSelected ? 'selected' : 'plain')
		.cell(isSelected ? theme.glyphs.pointer : '', 1, 'accent')
		.cell(row.endpoint, widths.endpoint, 'plain', { where: 'middle' })
		.gap(2)
		.cell(row.name, widths.name, 'muted')
		.gap(2)
		.cell(row.value, widths.value, isBad ? row.level : 'strong', {
			align: 'right',
			where: row.isFault ? 'end' : 'start',
		})
		.gap(2);
	if (widths.expected > 0) line.cell(row.expected, widths.expected, 'muted').gap(2);
	const { change } = row;
	const mark = change.kind === 'drift' ? `${theme.glyphs.levels[change.level]} ` : '';
	const style = change.kind === 'drift' ? change.level : CHANGE_STYLES[change.kind];
	line.cell(mark + change.text, widths.change, style);
	if (widths.trend > 0) {
		line.gap(2);
		const pieces = (row.isTime ? drawTimes : drawValues)(theme, row.trend, widths.trend);
		for (const piece of pieces) line.text(piece.text, piece.style);
	}
	return line.right().cell(row.age, widths.age, 'muted', { align: 'right' }).gap(1).end();
}
