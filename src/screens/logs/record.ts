import { type ActionContext, linesHeld, wantedLogs } from '../../actions/index.ts';
import type { LogLine } from '../../domain/log-line.ts';
import { wrap } from '../../domain/text.ts';
import { dateText, secondsText } from '../../i18n/times.ts';
import type { Layer, PictureState } from '../../store/index.ts';
import { createLine } from '../../ui/line.ts';
import type { StyleName } from '../../ui/theme.ts';
import type { LayerView } from '../define.ts';
import { blank, type Canvas, type Page, textPage } from '../page.ts';
import { logLevelWord, logWord } from './words.ts';

/** Lines read before and behind the opened one to find its whole record. */
const BEFORE = 100;
const BEHIND = 200;

/** One record of a log in full: its first line and its stack trace, nothing cut. */
export const recordLayer: LayerView = {
	kind: 'record',
	isFull: true,
	footer: ['log.pin', 'text.copy', 'text.page', 'view.up'],
	title: () => '',
	page: recordPage,
	load: loadRecord,
};

function recordPage(state: PictureState, canvas: Canvas, layer: Layer): Page {
	const { columns, theme, locale, zone } = canvas;
	const { record } = state.fetched;
	const opened = linesHeld(state.fetched.logs).find((line) => line.key === layer.subject);
	const lines = record?.subject === layer.subject ? record.lines : opened ? [opened] : [];
	const [first] = lines;
	if (!first)
		return textPage(canvas, state.view, 'record', { lines: [], empty: logWord(locale, 'record-gone') });
	const style: StyleName =
		first.level === 'error' ? 'critical' : first.level === 'warning' ? 'warning' : 'muted';
	const head = createLine(theme, columns).gap(1).text(first.source, 'strong');
	if (first.at !== null) head.text(` · ${dateText(first.at, zone)} ${secondsText(first.at, zone)}`, 'muted');
	if (first.ours) head.text(` · ${logWord(locale, 'record-ours')}`, 'muted');
	head.right().gap(2).text(logLevelWord(locale, first.level), style).gap(1);
	const drawn = lines.flatMap((line, at) =>
		wrap(line.text, columns - 4).map((part) =>
			createLine(theme, columns)
				.gap(2)
				.text(part, at === 0 ? 'strong' : 'plain')
				.end(),
		),
	);
	return textPage(canvas, state.view, 'record', { head: [head.end(), blank(columns)], lines: drawn });
}

async function loadRecord(context: ActionContext, layer: Layer): Promise<void> {
	const state = context.picture.state();
	if (state.fetched.record?.subject === layer.subject) return;
	const opened = linesHeld(state.fetched.logs).find((line) => line.key === layer.subject);
	if (!opened) return;
	const { source } = wantedLogs(state);
	const filter = { level: null, text: null, sinceAt: null };
	const ask = (from: { readonly before: string } | { readonly after: string }, limit: number) =>
		context.engine.send('logs.read', { source, filter, from, limit });
	const [before, behind] = await Promise.all([
		opened.level === 'unknown' ? ask({ before: opened.key }, BEFORE) : null,
		ask({ after: opened.key }, BEHIND),
	]);
	const lines = [
		...(before?.ok ? leadUp(before.value.lines, opened) : []),
		opened,
		...(behind.ok ? trace(behind.value.lines, opened) : []),
	];
	context.picture.fetched((fetched) => ({ ...fetched, record: { subject: layer.subject, lines } }));
}

/** From the record's first line up to the opened one; nothing where no first line is found. */
function leadUp(lines: readonly LogLine[], opened: LogLine): readonly LogLine[] {
	const own = lines.filter((line) => line.source === opened.source);
	const first = own.findLastIndex((line) => line.level !== 'unknown');
	return first < 0 ? [] : own.slice(first);
}

/** Lines behind the opened one until the next record of the same file begins. */
function trace(lines: readonly LogLine[], opened: LogLine): readonly LogLine[] {
	const own = lines.filter((line) => line.source === opened.source);
	const next = own.findIndex((line) => line.level !== 'unknown');
	return next < 0 ? own : own.slice(0, next);
}
