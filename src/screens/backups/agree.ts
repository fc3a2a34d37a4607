import { askedOf, planOf, readRestored, restoreWord } from '../../actions/index.ts';
import type { RestorePreview } from '../../domain/backup-picture.ts';
import { ownText } from '../../domain/own-text.ts';
import { clean, wrap } from '../../domain/text.ts';
import { bytesText } from '../../i18n/backup.ts';
import { faultText } from '../../i18n/fault.ts';
import { clockText, momentText } from '../../i18n/times.ts';
import type { Layer, PictureState } from '../../store/index.ts';
import { createLine } from '../../ui/line.ts';
import type { StyleName } from '../../ui/theme.ts';
import type { LayerView } from '../define.ts';
import { blank, type Canvas, type Page, textPage } from '../page.ts';
import { type AgreeRows, toAgreeRows } from './agree-rows.ts';
import { type Question, questionPage } from './question.ts';
import { questionWord } from './question-words.ts';

/** The second page of a restore: what would be replaced and lost, what happens, and the word that agrees. */
export const agreeLayer: LayerView = {
	kind: 'agree',
	isFull: true,
	footer: ['restore.agree', 'view.up'],
	title: () => '',
	page: agreePage,
};

const LABEL_WIDTH = 8;

function agreePage(state: PictureState, canvas: Canvas, layer: Layer): Page {
	const { columns, theme, locale, zone } = canvas;
	const preview = state.fetched.restore;
	const { plan: id } = readRestored(layer.subject);
	const plan = planOf(state, id);
	if (!preview)
		return textPage(canvas, state.view, 'replaced', { lines: [], empty: questionWord(locale, 'gone') });
	const rows = toAgreeRows(preview, canvas);
	const { copy, environment } = preview;
	const isProduction = preview.guard === 'typed' || /^prod/i.test(environment);
	const head = createLine(theme, columns)
		.gap(1)
		.text(questionWord(locale, 'restore-title', { plan: plan ? ownText(plan.title, locale) : id }), 'strong')
		.right()
		.gap(2)
		.text(` ${theme.glyphs.block} ${environment.toUpperCase()} `, isProduction ? 'production' : 'environment')
		.gap(1)
		.end();
	const from = `${momentText(copy.at, zone)} · ${bytesText(copy.bytes, locale)} · ${clean(copy.name, { max: 200 })}`;
	const where = plan?.targets.find((target) => target.name === copy.target)?.where ?? copy.target;
	const lines = [
		...labelled(questionWord(locale, 'from'), from, 'plain', canvas),
		...labelled(questionWord(locale, 'lies'), clean(where, { max: 200 }), 'plain', canvas),
		...labelled(questionWord(locale, 'proof'), rows.proof, rows.isProven ? 'ok' : 'warning', canvas),
		blank(columns),
		...bodyLines(rows, preview, canvas),
	];
	return questionPage(state, canvas, 'replaced', {
		head: [head, blank(columns)],
		lines,
		question: questionOf(state, layer, preview, canvas),
	});
}

function labelled(
	label: string,
	said: string,
	style: StyleName,
	{ columns, theme }: Canvas,
): readonly string[] {
	return wrap(said, columns - LABEL_WIDTH - 3).map((part, at) =>
		createLine(theme, columns)
			.gap(1)
			.cell(at === 0 ? label : '', LABEL_WIDTH, 'muted')
			.gap(1)
			.text(part, style)
			.end(),
	);
}

function bodyLines(rows: AgreeRows, preview: RestorePreview, canvas: Canvas): readonly string[] {
	const { columns, theme, locale } = canvas;
	const section = (word: Parameters<typeof questionWord>[1]) =>
		createLine(theme, columns).gap(1).text(questionWord(locale, word), 'heading').end();
	const said = (text: string, style: StyleName = 'plain', indent = 3) =>
		wrap(text, columns - indent - 2).map((part, at) =>
			createLine(theme, columns)
				.gap(indent + (at > 0 ? 2 : 0))
				.text(part, style)
				.end(),
		);
	const lines: string[] = [];
	// What stands in the way, and what the plan itself warns of, come before everything else.
	for (const fault of preview.faults)
		lines.push(...said(`${theme.glyphs.levels.critical} ${faultText(fault, locale)}`, 'critical', 1));
	if (rows.warn !== '') lines.push(...said(`${theme.glyphs.levels.warning} ${rows.warn}`, 'warning', 1));
	if (lines.length > 0) lines.push(blank(columns));
	lines.push(section('replaced'), ...said(clean(preview.place, { max: 300 }), 'strong'));
	if (rows.facts !== '') lines.push(...said(rows.facts, 'muted'));
	lines.push(...said(rows.lost, rows.isLoss ? 'critical' : 'muted'), blank(columns));
	if (rows.tables.length > 0) lines.push(...tableLines(rows, canvas), blank(columns));
	lines.push(section('steps'));
	for (const [at, step] of rows.steps.entries()) lines.push(...said(`${at + 1}  ${step}`));
	lines.push(...said(questionWord(locale, 'step-back'), 'muted'));
	if (rows.increments.length > 0) {
		lines.push(blank(columns), section('increments'));
		for (const one of rows.increments) lines.push(...said(one));
	}
	return lines;
}

function tableLines({ tables }: AgreeRows, { columns, theme, locale }: Canvas): readonly string[] {
	const name = Math.min(40, columns - 3 - 3 * 16);
	const row = (cells: readonly [string, string, string, string], styles: readonly StyleName[]) =>
		createLine(theme, columns)
			.gap(styles[0] === 'heading' ? 1 : 3)
			.cell(cells[0], name + (styles[0] === 'heading' ? 2 : 0), styles[0], { where: 'middle' })
			.cell(cells[1], 14, styles[1], { align: 'right' })
			.gap(2)
			.cell(cells[2], 14, styles[2], { align: 'right' })
			.gap(2)
			.cell(cells[3], 12, styles[3], { align: 'right' })
			.end();
	const heads = (['table', 'now', 'copy', 'difference'] as const).map((word) => questionWord(locale, word));
	const [a = '', b = '', c = '', d = ''] = heads;
	return [
		row([a, b, c, d], ['heading', 'heading', 'heading', 'heading']),
		...tables.map((one) =>
			row(
				[one.name, one.now, one.copy, one.difference],
				['plain', 'plain', 'plain', one.isLess ? 'critical' : one.difference === '=' ? 'muted' : 'changed'],
			),
		),
	];
}

function questionOf(state: PictureState, layer: Layer, preview: RestorePreview, canvas: Canvas): Question {
	const { locale, zone } = canvas;
	const plan = planOf(state, preview.plan);
	if (plan?.running) return { lines: [[questionWord(locale, 'running'), 'accent']], field: null };
	const asked = askedOf(state, layer.subject);
	if (asked) {
		const values = { time: clockText(asked.at, zone), minutes: asked.minutes };
		return {
			lines: [[questionWord(locale, asked.minutes > 0 ? 'waiting' : 'waiting-open', values), 'accent']],
			field: null,
		};
	}
	const lines: (readonly [string, StyleName])[] = [];
	const { needed, askedBy, askedAt } = preview.second;
	if (needed && askedBy !== null)
		lines.push([
			questionWord(locale, 'second-asked', {
				by: clean(askedBy, { max: 60 }),
				time: askedAt === null ? '?' : clockText(askedAt, zone),
			}),
			'warning',
		]);
	else if (needed) lines.push([questionWord(locale, 'second'), 'warning']);
	lines.push([questionWord(locale, 'ask-type', { word: restoreWord(state) }), 'plain']);
	return { lines, field: layer.field };
}
