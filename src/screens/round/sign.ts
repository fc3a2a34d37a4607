import { knownRound, openSteps, signWords, writingOf } from '../../actions/index.ts';
import { roundId } from '../../domain/ids.ts';
import type { Round } from '../../domain/round.ts';
import { cut, wrap } from '../../domain/text.ts';
import { levelWord } from '../../i18n/levels.ts';
import { sheetTitle } from '../../i18n/rounds.ts';
import { clockText } from '../../i18n/times.ts';
import type { PictureState } from '../../store/index.ts';
import { createLine } from '../../ui/line.ts';
import { drawRule } from '../../ui/panel.ts';
import type { StyleName } from '../../ui/theme.ts';
import type { LayerView } from '../define.ts';
import { blank, type Canvas, type Page, textPage } from '../page.ts';
import { drawField } from './field.ts';
import { stepMark } from './marks.ts';
import { type SignPage, type SignStep, toEntered, toSignPage } from './sign-rows.ts';
import { roundWord, stepWord } from './words.ts';

/** The whole round on one page before it is signed; afterwards what was written. */
export const signLayer: LayerView = {
	kind: 'sign',
	isFull: true,
	footer: ['sign.yes', 'sign.note', 'view.up'],
	title: () => '',
	page: (state, canvas, layer) => {
		const round = knownRound(state, roundId(Number(layer.subject)));
		if (!round) return textPage(canvas, state.view, 'sign', { lines: [] });
		return round.signed ? signedPage(state, canvas, round) : reviewPage(state, canvas, round);
	},
};

/** What is not well outside the round is named, not listed whole: Health has all of it. */
const MAX_OUTSIDE = 6;

function reviewPage(state: PictureState, canvas: Canvas, round: Round): Page {
	const { locale, zone, now, height } = canvas;
	const rows = toSignPage(state, round, now, locale, zone);
	const writing = writingOf(state);
	const field = writing?.layer.field ? drawField(writing.layer.field, writing.writing, canvas) : null;
	const foot = field ? field.lines : closing(state, canvas, round);
	const room = height - foot.length;
	const page = textPage({ ...canvas, height: room }, state.view, 'sign', {
		head: headLines(rows, canvas, round),
		lines: bodyLines(rows, canvas),
	});
	const lines = [...withMore(page, canvas), ...foot];
	if (!field) return { lines, list: page.list, isModal: true };
	return {
		lines,
		list: null,
		cursor: { x: field.cursor.x, y: field.cursor.y + room },
		footer: ['field.accept', 'field.leave'],
		isModal: true,
	};
}

function withMore(page: Page, { theme, columns, locale }: Canvas): readonly string[] {
	const { list } = page;
	if (!list) return page.lines;
	const last = page.lines.at(-1) ?? '';
	const isEnd = list.total <= list.height || last.trim() === '';
	if (isEnd) return page.lines;
	const line = createLine(theme, columns).gap(3).text(roundWord(locale, 'scroll'), 'muted').end();
	return [...page.lines.slice(0, -1), line];
}

function headLines(rows: SignPage, canvas: Canvas, round: Round): readonly string[] {
	const { columns, theme, locale } = canvas;
	const isOpen = rows.open.length > 0;
	const line = createLine(theme, columns)
		.gap(1)
		.text(roundWord(locale, 'sign-title', { title: sheetTitle(round, locale) }), 'strong')
		.right()
		.gap(2);
	if (!isOpen)
		line
			.text(`${roundWord(locale, 'level')} `, 'muted')
			.text(`${theme.glyphs.levels[rows.level]} ${levelWord(rows.level, locale)}`, rows.level);
	const lines = [line.gap(1).end(), blank(columns)];
	return lines;
}

function bodyLines(rows: SignPage, canvas: Canvas): readonly string[] {
	const { columns, theme, locale } = canvas;
	const lines: string[] = [];
	if (rows.open.length > 0) {
		const word = rows.open.length === 1 ? 'sign-open-one' : 'sign-open';
		const text = roundWord(locale, word, { count: rows.open.length });
		lines.push(createLine(theme, columns).gap(1).text(text, 'warning').end());
		for (const step of rows.open) lines.push(...stepLines(step, canvas));
		lines.push(blank(columns));
	}
	lines.push(section(roundWord(locale, 'exceptions'), canvas));
	if (rows.exceptions.length === 0)
		lines.push(
			said(roundWord(locale, rows.open.length > 0 ? 'no-exceptions-yet' : 'no-exceptions'), canvas, 'muted'),
		);
	for (const step of rows.exceptions) lines.push(...stepLines(step, canvas));
	lines.push(blank(columns));
	if (rows.outside.length > 0) {
		lines.push(section(roundWord(locale, 'outside'), canvas));
		for (const { level, text } of rows.outside.slice(0, MAX_OUTSIDE))
			lines.push(said(`${theme.glyphs.levels[level]} ${levelWord(level, locale)} · ${text}`, canvas, level));
		const more = rows.outside.length - MAX_OUTSIDE;
		if (more > 0) lines.push(said(roundWord(locale, 'outside-more', { count: more }), canvas, 'warning'));
		lines.push(blank(columns));
	}
	if (rows.fine.length > 0) {
		lines.push(section(roundWord(locale, 'fine'), canvas));
		for (const step of rows.fine) lines.push(...stepLines(step, canvas));
		lines.push(blank(columns));
	}
	lines.push(...coverageLines(rows, canvas), blank(columns), section(roundWord(locale, 'snapshot'), canvas));
	const { snapshot } = rows;
	const enters =
		snapshot.values === 0
			? roundWord(locale, 'enters-none')
			: roundWord(locale, 'enters', { values: snapshot.values, checks: snapshot.checks });
	lines.push(said(enters, canvas));
	if (snapshot.firstTime.length > 0)
		lines.push(...names('enters-first', snapshot.firstTime, canvas, 'accent'));
	if (snapshot.notTaken.length > 0) lines.push(...names('enters-not', snapshot.notTaken, canvas, 'warning'));
	return lines;
}

function coverageLines({ coverage }: SignPage, canvas: Canvas): readonly string[] {
	const { locale } = canvas;
	const parts = [roundWord(locale, 'covered', { seen: coverage.seen, declared: coverage.declared })];
	if (coverage.oldest) parts.push(roundWord(locale, 'oldest', { age: coverage.oldest }));
	const lines = [section(roundWord(locale, 'coverage'), canvas), said(parts.join(' · '), canvas)];
	if (coverage.missing.length > 0) lines.push(...names('not-covered', coverage.missing, canvas, 'warning'));
	return lines;
}

function names(
	word: 'enters-first' | 'enters-not' | 'not-covered',
	checks: readonly string[],
	canvas: Canvas,
	style: StyleName,
): readonly string[] {
	const text = roundWord(canvas.locale, word, { checks: checks.join(canvas.locale === 'en' ? ', ' : '、') });
	return wrap(text, canvas.columns - 4)
		.slice(0, 3)
		.map((part) => said(part, canvas, style));
}

function section(text: string, { columns, theme }: Canvas): string {
	return createLine(theme, columns).gap(1).text(text, 'heading').end();
}

function said(text: string, { columns, theme }: Canvas, style: StyleName = 'plain'): string {
	return createLine(theme, columns)
		.gap(3)
		.text(cut(text, columns - 4), style)
		.end();
}

/** One line for what is as it should be; what is not says why, and in whose words it was taken. */
function stepLines(step: SignStep, canvas: Canvas): readonly string[] {
	const { columns, theme, locale } = canvas;
	const mark = stepMark(step.standing, theme.glyphs);
	const word = stepWord(locale, step.standing);
	const title = Math.max(20, Math.min(52, columns - 44));
	const line = createLine(theme, columns)
		.gap(1)
		.cell(mark.glyph, 1, mark.style)
		.gap(1)
		.cell(String(step.number), 2, 'muted', { align: 'right' })
		.gap(1)
		.cell(step.title, title)
		.gap(2)
		.text(step.standing === 'ok' ? '' : word, mark.style)
		.right()
		.gap(2)
		.text(
			step.by || (step.standing === 'ok' || step.standing === 'first' ? roundWord(locale, 'auto-by') : ''),
			'muted',
		)
		.gap(1)
		.end();
	const lines = [line];
	if (step.note)
		for (const part of wrap(step.note, columns - 8).slice(0, 3))
			lines.push(createLine(theme, columns).gap(6).text(part).end());
	if (step.standing !== 'first')
		for (const reason of step.reasons)
			for (const part of wrap(reason.text, columns - 8).slice(0, 2))
				lines.push(createLine(theme, columns).gap(6).text(part, reason.level).end());
	return lines;
}

/** What stands at the bottom whatever is scrolled: the note, and what signing takes. */
function closing(state: PictureState, canvas: Canvas, round: Round): readonly string[] {
	const { columns, theme, locale } = canvas;
	const note = signWords(state, round);
	const isOpen = openSteps(round).length > 0;
	const words = createLine(theme, columns)
		.gap(1)
		.text(`${roundWord(locale, 'sign-note')}  `, 'heading')
		.text(note ? cut(note, columns - 12) : roundWord(locale, 'no-note'), note ? 'plain' : 'muted')
		.end();
	const how = createLine(theme, columns).gap(1);
	if (isOpen) how.text(roundWord(locale, 'sign-blocked'), 'warning');
	else how.text(roundWord(locale, 'sign-how', { who: state.face?.operator ?? '' }), 'accent');
	return [drawRule(theme, columns), words, how.end()];
}

function signedPage(state: PictureState, canvas: Canvas, round: Round): Page {
	const { columns, theme, locale, zone, now } = canvas;
	const { signed } = round;
	if (!signed) return textPage(canvas, state.view, 'sign', { lines: [] });
	const rows = toSignPage(state, round, now, locale, zone);
	const told = toEntered(state, signed.at);
	// The signature is answered a moment before the new baseline is told.
	const entered = told.values > 0 ? told : rows.snapshot;
	const lines: string[] = [
		createLine(theme, columns)
			.gap(1)
			.text(`${theme.glyphs.levels[signed.level]} ${levelWord(signed.level, locale)}`, signed.level)
			.text(`  ${roundWord(locale, 'signed-by', { time: clockText(signed.at, zone), by: signed.by })}`)
			.end(),
		...(signed.note ? wrap(signed.note, columns - 4).map((part) => said(part, canvas)) : []),
		blank(columns),
		section(roundWord(locale, 'written'), canvas),
		...(signed.files.length === 0
			? [said(roundWord(locale, 'unwritten'), canvas, 'warning')]
			: signed.files.flatMap((file) => wrap(file, columns - 4).map((part) => said(part, canvas)))),
		blank(columns),
		section(roundWord(locale, 'new-baseline'), canvas),
		said(
			entered.values === 0
				? roundWord(locale, 'enters-none')
				: roundWord(locale, 'baseline-now', { values: entered.values, checks: entered.checks }),
			canvas,
		),
		...(rows.snapshot.notTaken.length > 0
			? names('enters-not', rows.snapshot.notTaken, canvas, 'warning')
			: []),
		blank(columns),
		section(roundWord(locale, 'exceptions'), canvas),
		...(rows.exceptions.length === 0
			? [said(roundWord(locale, 'no-exceptions'), canvas, 'muted')]
			: rows.exceptions.flatMap((step) => stepLines(step, canvas))),
	];
	const head = createLine(theme, columns)
		.gap(1)
		.text(roundWord(locale, 'signed-title', { title: sheetTitle(round, locale) }), 'strong')
		.end();
	const page = textPage(canvas, state.view, 'sign', { head: [head, blank(columns)], lines });
	return { ...page, footer: ['view.up'], isModal: true };
}
