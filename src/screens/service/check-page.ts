import { spanOf } from '../../actions/index.ts';
import type { CheckFace } from '../../domain/picture.ts';
import { cut, excerpt, wrap } from '../../domain/text.ts';
import { levelWord } from '../../i18n/levels.ts';
import { ageText } from '../../i18n/times.ts';
import type { Layer, PictureState } from '../../store/index.ts';
import { createLine } from '../../ui/line.ts';
import type { StyleName } from '../../ui/theme.ts';
import { blank, type Canvas, type Page, textPage } from '../page.ts';
import { drawHistory } from './history.ts';
import { type CheckDetailRows, type ConditionRow, toCheckDetail } from './rows.ts';
import { serviceWord } from './words.ts';

const MAX_BODY_LINES = 200;

/** One check in full: conditions, values, timings, history, transcript. Text that is scrolled. */
export function checkPage(state: PictureState, canvas: Canvas, layer: Layer, check: CheckFace): Page {
	const rows = toCheckDetail(state, check, canvas.now, canvas.locale);
	const lines = [
		...conditionLines(rows, canvas),
		...valueLines(rows, canvas),
		...historyLines(state, check, canvas),
		...timingLines(rows, canvas),
		...transcriptLines(rows, canvas),
	];
	return textPage(canvas, state.view, `service ${layer.subject}`, { head: titleLines(rows, canvas), lines });
}

export function titleLines(rows: CheckDetailRows, { columns, theme, locale }: Canvas): readonly string[] {
	const title =
		rows.title === rows.target || rows.target === '' ? rows.title : `${rows.title} · ${rows.target}`;
	const first = createLine(theme, columns).gap(1).text(title, 'strong').right();
	first.text(`${theme.glyphs.levels[rows.level]} ${levelWord(rows.level, locale)}`, rows.level);
	if (rows.soft) first.text(` ${rows.soft}`, 'muted');
	if (rows.since) first.text(` · ${rows.since}`, 'muted');
	const second = createLine(theme, columns).gap(1).text(rows.facts.join(' · '), 'muted');
	return [first.gap(1).end(), second.end(), blank(columns)];
}

function section(title: string, canvas: Canvas, remark = ''): readonly string[] {
	const line = createLine(canvas.theme, canvas.columns).gap(1).text(title, 'heading');
	if (remark) line.gap(2).text(remark, 'muted');
	return [line.end()];
}

export function conditionLine(
	row: ConditionRow,
	{ columns, theme, locale }: Canvas,
	indent = 1,
): readonly string[] {
	const mark = row.holds ? theme.glyphs.done : theme.glyphs.levels[row.level];
	const width = Math.min(44, Math.floor(columns * 0.36));
	const style: StyleName = row.holds ? 'plain' : row.level;
	const head = createLine(theme, columns)
		.gap(indent)
		.text(mark, row.holds ? 'ok' : row.level)
		.gap(1)
		.cell(serviceWord(locale, row.severity), 7, 'muted')
		.cell(excerpt(row.text, 400), width, style)
		.gap(2);
	const room = Math.max(10, columns - head.used - 1);
	const [first = '', ...rest] = wrap(row.seen, room).slice(0, 4);
	const lead = head.used;
	const lines = [head.text(first, row.holds ? 'muted' : row.level).end()];
	for (const text of rest) lines.push(createLine(theme, columns).gap(lead).text(text, row.level).end());
	return lines;
}

function conditionLines(rows: CheckDetailRows, canvas: Canvas): readonly string[] {
	const lines = [...section(serviceWord(canvas.locale, 'conditions'), canvas)];
	const { theme, columns, locale } = canvas;
	const faults = rows.explanations.filter(() => rows.conditions.every((row) => row.holds !== false));
	for (const { level, text } of faults) {
		for (const part of wrap(text, columns - 4))
			lines.push(createLine(theme, columns).gap(1).text(part, level).end());
	}
	if (!rows.isLoaded)
		lines.push(createLine(theme, columns).gap(1).text(serviceWord(locale, 'loading'), 'muted').end());
	else if (rows.conditions.length === 0) {
		lines.push(createLine(theme, columns).gap(1).text(serviceWord(locale, 'no-conditions'), 'muted').end());
	}
	for (const row of rows.conditions) lines.push(...conditionLine(row, canvas));
	return [...lines, blank(columns)];
}

function valueLines(rows: CheckDetailRows, canvas: Canvas): readonly string[] {
	if (rows.values.length === 0) return [];
	const { columns, theme, locale } = canvas;
	const lines = [...section(serviceWord(locale, 'values'), canvas)];
	// Two values a line where there is room: a page of them is read faster than a column.
	const perLine = columns >= 100 ? 3 : 2;
	const width = Math.floor((columns - 2) / perLine);
	for (let at = 0; at < rows.values.length; at += perLine) {
		const line = createLine(theme, columns).gap(1);
		for (const { name, text } of rows.values.slice(at, at + perLine)) {
			line
				.cell(name, Math.floor(width * 0.45), 'muted')
				.gap(1)
				.cell(text, width - Math.floor(width * 0.45) - 1, 'plain');
		}
		lines.push(line.end());
	}
	return [...lines, blank(columns)];
}

function historyLines(state: PictureState, check: CheckFace, canvas: Canvas): readonly string[] {
	const { locale, columns, theme } = canvas;
	const span = spanOf(state);
	const points = state.fetched.histories.get(`${check.id} ${span}`);
	const head = section(
		serviceWord(locale, 'history'),
		canvas,
		serviceWord(locale, 'span', { span: ageText(span, locale) }),
	);
	if (!points)
		return [
			...head,
			createLine(theme, columns).gap(1).text(serviceWord(locale, 'loading'), 'muted').end(),
			blank(columns),
		];
	if (points.every((point) => point.count === 0)) {
		return [
			...head,
			createLine(theme, columns).gap(1).text(serviceWord(locale, 'no-history'), 'muted').end(),
			blank(columns),
		];
	}
	return [...head, ...drawHistory(points, canvas, span), blank(columns)];
}

function timingLines(rows: CheckDetailRows, canvas: Canvas): readonly string[] {
	if (rows.timings.length === 0) return [];
	const { columns, theme, locale } = canvas;
	const width = Math.max(10, columns - 30);
	const bar = theme.glyphs.spark[3] ?? theme.glyphs.full;
	const lines = rows.timings.map((timing) => {
		const start = Math.min(Math.round(timing.from * width), width - 1);
		// A phase that took any time is seen.
		const length = Math.max(1, Math.round(timing.to * width) - start);
		const line = createLine(theme, columns)
			.gap(1)
			.cell(timing.phase, 12, 'muted')
			.cell(timing.text, 11, timing.isTotal ? 'strong' : 'plain', { align: 'right' });
		if (!timing.isTotal) line.gap(3).gap(start).text(bar.repeat(length), 'accent');
		return line.end();
	});
	return [...section(serviceWord(locale, 'timings'), canvas), ...lines, blank(columns)];
}

function transcriptLines(rows: CheckDetailRows, canvas: Canvas): readonly string[] {
	const { columns, theme, locale } = canvas;
	const text = (line: string, style: StyleName = 'plain') =>
		createLine(theme, columns)
			.gap(3)
			.text(cut(line, columns - 4), style)
			.end();
	const lines: string[] = [];
	if (rows.isLoaded && rows.request.length === 0 && rows.response.length === 0 && rows.body === '') {
		lines.push(
			...section(serviceWord(locale, 'request'), canvas),
			text(serviceWord(locale, 'no-transcript'), 'muted'),
			blank(columns),
		);
	}
	if (rows.request.length > 0) {
		lines.push(
			...section(serviceWord(locale, 'request'), canvas),
			...rows.request.map((line) => text(line)),
			blank(columns),
		);
	}
	if (rows.response.length > 0) {
		lines.push(
			...section(serviceWord(locale, 'response'), canvas),
			...rows.response.map((line) => text(line)),
			blank(columns),
		);
	}
	if (rows.body !== '') {
		const body = wrap(rows.body, columns - 4).slice(0, MAX_BODY_LINES);
		lines.push(
			...section(serviceWord(locale, 'body'), canvas, rows.bodyNote),
			...body.map((line) => text(line)),
			blank(columns),
		);
	}
	if (rows.copyAs) {
		lines.push(
			...section(serviceWord(locale, 'copy'), canvas),
			...wrap(rows.copyAs, columns - 4).map((line) => text(line, 'muted')),
		);
	}
	return lines;
}
