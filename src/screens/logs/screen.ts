import { isFollowing, isWanted, logInHand, logShift, logSources, writingOf } from '../../actions/index.ts';
import type { LogLevel } from '../../domain/log-line.ts';
import { cellWidth } from '../../domain/text.ts';
import type { PictureState } from '../../store/index.ts';
import { createLine, type Line } from '../../ui/line.ts';
import { sliceColumns } from '../../ui/slice-columns.ts';
import { createTextField, viewTextField } from '../../ui/text-field.ts';
import type { StyleName, Theme } from '../../ui/theme.ts';
import { blank, type Canvas, type ListRow, listPage, type Page } from '../page.ts';
import { withSelected } from '../round/sheet.ts';
import { type LogHead, type LogRow, toLogHead, toLogRows } from './rows.ts';
import { logLevelWord, logWord } from './words.ts';

const MAX_FAULTS = 3;
const WIDE = 100;

/** The merged logs: what is shown stands above, the newest line at the bottom while it is followed. */
export function logsPage(state: PictureState, canvas: Canvas): Page {
	const { locale, zone, now } = canvas;
	const head = toLogHead(state, locale, zone);
	const search = drawSearch(state, head, canvas);
	const lines = [drawSources(head, canvas), search.line, ...drawFaults(head, canvas), blank(canvas.columns)];
	const { logs } = state.fetched;
	const isRead = logs !== null && isWanted(logs, state);
	const rows = isRead ? toLogRows(state, now, zone) : [];
	const widths = widthsFor(rows, canvas, state);
	const listed = rows.map((row) => drawRow(row, widths, canvas, state));
	const height = canvas.height - lines.length;
	const total = listed.reduce((sum, row) => sum + row.size, 0);
	const selected = logInHand(state);
	const view = withSelected(state.view, 'logs', selected);
	// Followed lines stand at the bottom: as far down as there is.
	const place = {
		selected,
		top: isFollowing(state) ? Math.max(0, total - height) : (state.view.places['logs']?.top ?? 0),
	};
	const page = listPage(canvas, { ...view, places: { ...view.places, logs: place } }, 'logs', {
		head: lines,
		rows: listed,
	});
	const shown = rows.length === 0 ? [...lines, ...drawEmpty(state, head, isRead, canvas)] : page.lines;
	const whole = [...shown, ...Array.from({ length: canvas.height }, () => blank(canvas.columns))];
	const drawn = { lines: whole.slice(0, canvas.height), list: page.list };
	if (search.cursor === null) return drawn;
	return {
		...drawn,
		list: null,
		cursor: { x: search.cursor, y: 1 },
		footer: ['field.accept', 'field.leave'],
		isModal: true,
	};
}

function drawSources(head: LogHead, { columns, theme }: Canvas): string {
	const line = createLine(theme, columns).gap(1);
	for (const [at, source] of head.sources.entries()) {
		if (at > 0) line.text(` ${theme.glyphs.bar} `, 'faint');
		line.text(source.title, source.isOpen ? 'strong' : 'muted');
	}
	line.right().gap(2);
	if (head.errors) line.text(head.hasErrors ? `${theme.glyphs.levels.critical} ` : '', 'critical');
	return line
		.text(head.errors, head.hasErrors ? 'critical' : 'muted')
		.gap(1)
		.end();
}

function drawSearch(
	state: PictureState,
	head: LogHead,
	{ columns, theme, locale }: Canvas,
): { readonly line: string; readonly cursor: number | null } {
	const writing = writingOf(state);
	const line = createLine(theme, columns).gap(1);
	if (writing?.writing.kind === 'search' && writing.layer.field) {
		const { text, cursor } = writing.layer.field;
		const label = `${logWord(locale, 'search')} / `;
		const room = columns - cellWidth(label) - 3;
		const field = viewTextField(theme, { ...createTextField(text), at: cursor }, room);
		return {
			line: ` ${theme.paint(label, 'accent')}${field.line}  `,
			cursor: 1 + cellWidth(label) + field.cursor,
		};
	}
	line.text(head.level, state.view.choices['log-level'] ? 'accent' : 'muted');
	if (head.search) line.text(' · ', 'muted').text(logWord(locale, 'holds', { text: head.search }), 'accent');
	const shift = logShift(state);
	if (shift > 0) line.text(' · ', 'muted').text(logWord(locale, 'shifted', { column: shift + 1 }), 'accent');
	line.right().gap(2);
	const { word, isOn } = head.follow;
	line.text(
		`${isOn ? theme.glyphs.levels.ok : theme.glyphs.levels.pending} ${logWord(locale, word)}`,
		isOn ? 'ok' : word === 'newer' ? 'accent' : 'muted',
	);
	return { line: line.gap(1).end(), cursor: null };
}

function drawFaults(head: LogHead, { columns, theme, locale }: Canvas): readonly string[] {
	const lines = head.faults.slice(0, MAX_FAULTS).map((fault) => {
		const room = columns - cellWidth(fault.text) - 7;
		const line = createLine(theme, columns).gap(1).text(`${theme.glyphs.levels.warning} `, 'warning');
		const width = Math.min(room, cellWidth(fault.name));
		return line.cell(fault.name, width, 'plain', { where: 'start' }).gap(2).text(fault.text, 'warning').end();
	});
	const rest = head.faults.length - lines.length;
	if (rest > 0)
		lines.push(
			createLine(theme, columns)
				.gap(3)
				.text(logWord(locale, 'more-faults', { count: rest }), 'warning')
				.end(),
		);
	return lines;
}

/** Why nothing is shown, and where it looks. */
function drawEmpty(
	state: PictureState,
	head: LogHead,
	isRead: boolean,
	{ columns, theme, locale }: Canvas,
): readonly string[] {
	const say = (text: string, style: StyleName = 'muted', gap = 2) =>
		createLine(theme, columns).gap(gap).text(text, style).end();
	const { logs } = state.fetched;
	if (state.face && logSources(state).length === 1) return [say(logWord(locale, 'no-sources'))];
	if (!isRead || !logs) return [say(logWord(locale, 'reading'))];
	if (logs.trouble !== null) return [say(logs.trouble, 'critical')];
	if (head.search) return [say(logWord(locale, 'no-match', { text: head.search }))];
	if (logs.filter.level !== null) return [say(logWord(locale, 'no-level'))];
	const readable = logs.sources.some((file) => file.fault === null);
	return [
		say(logWord(locale, readable ? 'no-lines' : 'no-files')),
		...logs.sources.slice(0, 12).map((file) =>
			createLine(theme, columns)
				.gap(4)
				.cell(file.path, columns - 6, 'plain', { where: 'start' })
				.end(),
		),
	];
}

interface Widths {
	readonly level: number;
	/** 0: one file only, it need not be named on every line. */
	readonly source: number;
	readonly text: number;
}

function widthsFor(rows: readonly LogRow[], { columns, locale }: Canvas, state: PictureState): Widths {
	const level = locale === 'en' ? 9 : 6;
	const files = new Set(rows.map((row) => row.source));
	const longest = Math.max(0, ...[...files].map(cellWidth));
	const isOne = files.size < 2 && (state.fetched.logs?.sources.length ?? 0) < 2;
	const source = isOne ? 0 : Math.min(longest, columns >= WIDE ? 24 : 14);
	const text = columns - 1 - 8 - 2 - level - 2 - (source > 0 ? source + 2 : 0) - 1;
	return { level, source, text: Math.max(10, text) };
}

const STYLES: Readonly<Record<LogLevel, StyleName>> = {
	error: 'critical',
	warning: 'warning',
	info: 'plain',
	debug: 'muted',
	unknown: 'plain',
};

function glyphOf(level: LogLevel, { glyphs }: Theme): string {
	switch (level) {
		case 'error':
			return glyphs.levels.critical;
		case 'warning':
			return glyphs.levels.warning;
		case 'info':
			return glyphs.levels.ok;
		case 'debug':
			return glyphs.levels.pending;
		case 'unknown':
			return ' ';
	}
}

function drawRow(row: LogRow, widths: Widths, canvas: Canvas, state: PictureState): ListRow {
	const { columns, theme, locale } = canvas;
	const day = row.day === '' ? [] : [createLine(theme, columns).gap(1).text(row.day, 'heading').end()];
	return {
		id: row.key,
		size: 1 + day.length,
		isBad: row.level === 'error' && !row.isOurs,
		lines: (isSelected) => {
			const isQuiet = row.isOurs || row.isContinued;
			const style: StyleName = isQuiet ? 'muted' : STYLES[row.level];
			const line = createLine(theme, columns, isSelected ? 'selected' : 'plain')
				.cell(isSelected ? theme.glyphs.pointer : '', 1, 'accent')
				.cell(row.time, 8, 'muted')
				.gap(2)
				.cell(
					`${glyphOf(row.level, theme)} ${logLevelWord(locale, row.level)}`,
					widths.level,
					row.level === 'info' ? 'muted' : style,
				)
				.gap(2);
			if (widths.source > 0)
				line.cell(row.isContinued ? '' : row.source, widths.source, 'muted', { where: 'middle' }).gap(2);
			drawText(line, row.text, style, widths.text, state);
			return [...day, line.end()];
		},
	};
}

/** The text from the scrolled column on, what was searched for marked in it. */
function drawText(line: Line, text: string, style: StyleName, width: number, state: PictureState): void {
	const shift = logShift(state);
	const whole = cellWidth(text);
	const isCut = whole - shift > width;
	const shown =
		shift === 0 && !isCut ? text : sliceColumns(text, shift, shift + width - (isCut ? 1 : 0)).trimEnd();
	const search = state.view.choices['log-search']?.toLowerCase() ?? '';
	const lower = shown.toLowerCase();
	let at = 0;
	// Lower case may be longer than the text itself in a few scripts: then nothing is marked.
	while (search !== '' && lower.length === shown.length) {
		const found = lower.indexOf(search, at);
		if (found < 0) break;
		line.text(shown.slice(at, found), style).text(shown.slice(found, found + search.length), 'match');
		at = found + search.length;
	}
	line.text(shown.slice(at), style);
	if (isCut) line.text('…', 'muted');
}
