import { cellWidth, cut, wrap } from '../../domain/text.ts';
import { levelWord } from '../../i18n/levels.ts';
import { createLine } from '../../ui/line.ts';
import type { StyleName } from '../../ui/theme.ts';
import { blank, type Canvas, type ListRow } from '../page.ts';
import type { StepLook } from './look-rows.ts';
import { stepMark } from './marks.ts';
import type { StepOperation } from './operation-rows.ts';
import type { SeenCheck, SeenValue, StepDetail } from './step-rows.ts';
import { roundWord, stepWord } from './words.ts';

/** What stands above a step's evidence: its name, how it stands, who answered what. */
export function stepHead(detail: StepDetail, canvas: Canvas): readonly string[] {
	const { columns, theme, locale } = canvas;
	const mark = stepMark(detail.standing, theme.glyphs);
	const end = `${mark.glyph} ${stepWord(locale, detail.standing)}`;
	const by = detail.answeredBy === '' ? '' : ` · ${detail.answeredBy}`;
	const [title = '', ...rest] = wrap(detail.title, Math.max(16, columns - cellWidth(end + by) - 7));
	const line = createLine(theme, columns)
		.gap(1)
		.text(`${detail.number} `, 'muted')
		.text(title, 'strong')
		.right()
		.gap(2)
		.text(end, mark.style)
		.text(by, 'muted');
	const lines = [line.gap(1).end()];
	for (const part of rest.slice(0, 3))
		lines.push(createLine(theme, columns).gap(3).text(part, 'strong').end());
	const words = (label: string, text: string, style: StyleName) => {
		for (const [at, part] of wrap(text, Math.max(10, columns - 12))
			.slice(0, 4)
			.entries())
			lines.push(
				createLine(theme, columns)
					.gap(3)
					.cell(at === 0 ? label : '', 8, 'heading')
					.text(part, style)
					.end(),
			);
	};
	if (detail.question)
		for (const part of wrap(detail.question, columns - 4))
			lines.push(createLine(theme, columns).gap(3).text(part).end());
	if (detail.answer)
		words(roundWord(locale, 'answer'), detail.answer, detail.standing === 'failed' ? 'critical' : 'plain');
	if (detail.note) words(roundWord(locale, 'note'), detail.note, 'plain');
	if (detail.draft) {
		const text = roundWord(locale, 'typed', { text: detail.draft });
		lines.push(
			createLine(theme, columns)
				.gap(3)
				.text(cut(text, columns - 4), 'accent')
				.end(),
		);
	}
	return [...lines, blank(columns)];
}

/** The evidence, row by row: checks can be opened, everything else is only walked over. */
export function stepBody(detail: StepDetail, canvas: Canvas, hasKeys: boolean): readonly ListRow[] {
	const rows: ListRow[] = [];
	let count = 0;
	const text = (lines: readonly string[]) => {
		for (const line of lines)
			rows.push({
				id: hasKeys ? `text:${count++}` : null,
				size: 1,
				lines: (is) => [is ? pointed(line, canvas) : line],
			});
	};
	for (const check of detail.checks) rows.push(checkRow(check, canvas, hasKeys));
	if (detail.operation) text(operationLines(detail.operation, canvas));
	if (detail.changes) {
		text([heading(roundWord(canvas.locale, 'changes'), canvas)]);
		if (detail.changes.length === 0)
			text([
				quiet(
					roundWord(canvas.locale, detail.since ? 'changes-none' : 'changes-first', { time: detail.since }),
					canvas,
				),
			]);
		for (const check of detail.changes) rows.push(checkRow(check, canvas, hasKeys));
		if (detail.changes.length === 0) text([blank(canvas.columns)]);
	}
	if (detail.look) text(lookLines(detail.look, canvas));
	if (detail.pinned.length > 0) {
		text([blank(canvas.columns), heading(roundWord(canvas.locale, 'pinned'), canvas)]);
		text(detail.pinned.map((line) => plain(line, canvas)));
	}
	return rows;
}

function pointed(line: string, { theme }: Canvas): string {
	return line.startsWith(' ') ? theme.paint(theme.glyphs.pointer, 'accent') + line.slice(1) : line;
}

function heading(text: string, { columns, theme }: Canvas): string {
	return createLine(theme, columns).gap(1).text(text, 'heading').end();
}

function quiet(text: string, { columns, theme }: Canvas): string {
	return createLine(theme, columns)
		.gap(3)
		.text(cut(text, columns - 4), 'muted')
		.end();
}

function plain(text: string, { columns, theme }: Canvas): string {
	return createLine(theme, columns)
		.gap(3)
		.text(cut(text, columns - 4))
		.end();
}

function checkRow(check: SeenCheck, canvas: Canvas, hasKeys: boolean): ListRow {
	const { columns, theme, locale } = canvas;
	const isBad = check.level !== 'ok' && check.level !== 'pending';
	const below: string[] = valueLines(check.values, canvas);
	for (const reason of check.reasons)
		for (const part of wrap(reason, columns - 6).slice(0, 3))
			below.push(
				createLine(theme, columns)
					.gap(5)
					.text(part, check.level === 'ok' ? 'muted' : check.level)
					.end(),
			);
	if (check.expects)
		for (const [at, part] of wrap(`${roundWord(locale, 'expects')} ${check.expects}`, columns - 6)
			.slice(0, 2)
			.entries())
			below.push(
				createLine(theme, columns)
					.gap(at === 0 ? 5 : 7)
					.text(cut(part, columns - 8), 'muted')
					.end(),
			);
	return {
		id: hasKeys ? `check:${check.id}` : null,
		size: below.length + 2,
		isBad,
		lines: (isSelected) => {
			const line = createLine(theme, columns, isSelected ? 'selected' : 'plain')
				.cell(isSelected ? theme.glyphs.pointer : '', 1, 'accent')
				.gap(1)
				.text(theme.glyphs.levels[check.level], check.level)
				.gap(2)
				.text(check.title, isBad ? 'strong' : 'plain');
			if (check.target) line.text(`  ${check.target}`, 'muted');
			line
				.right()
				.gap(2)
				.text(check.level === 'pending' ? '' : levelWord(check.level, locale), check.level)
				.cell(check.age, 7, 'muted', { align: 'right' })
				.gap(1);
			return [line.end(), ...below, blank(columns)];
		},
	};
}

/** A value of which nothing is expected and nothing has changed needs no line of its own. */
function valueLines(values: readonly SeenValue[], canvas: Canvas): string[] {
	const { columns, theme } = canvas;
	const isPlain = (value: SeenValue) => value.expected === '' && value.was === '' && value.change === '';
	const lines = values.filter((value) => !isPlain(value)).map((value) => valueLine(value, canvas));
	const plainOnes = values.filter(isPlain);
	if (plainOnes.length === 0) return lines;
	const line = createLine(theme, columns).gap(5);
	for (const [at, value] of plainOnes.entries())
		line
			.text(at > 0 ? ' · ' : '', 'muted')
			.text(`${value.name} `, 'muted')
			.text(value.value, 'strong');
	return [...lines, line.end()];
}

function valueLine(value: SeenValue, { columns, theme, locale }: Canvas): string {
	const room = columns - 6;
	const name = Math.max(10, Math.min(22, Math.floor(room * 0.25)));
	const seen = Math.max(10, Math.min(18, Math.floor(room * 0.21)));
	const expected = Math.max(8, Math.min(22, Math.floor(room * 0.24)));
	if (value.isText && value.isChanged) {
		const line = createLine(theme, columns).gap(5).cell(value.name, name, 'muted').gap(1);
		const half = Math.floor((columns - line.used - 4) / 2);
		return line.text(cut(value.value, half), 'strong').gap(2).text(cut(value.change, half), 'muted').end();
	}
	return createLine(theme, columns)
		.gap(5)
		.cell(value.name, name, 'muted')
		.gap(1)
		.cell(value.value, seen, 'strong', { align: 'right' })
		.gap(2)
		.cell(
			value.was === '' ? value.expected : roundWord(locale, 'was', { value: value.was }),
			expected,
			'muted',
		)
		.gap(1)
		.text(value.change, value.isChanged ? 'changed' : 'muted')
		.end();
}

function operationLines(operation: StepOperation, canvas: Canvas): readonly string[] {
	const { columns, theme, locale } = canvas;
	const lines: string[] = [];
	for (const [at, part] of wrap(operation.command, Math.max(10, columns - 8))
		.slice(0, 3)
		.entries())
		lines.push(
			createLine(theme, columns)
				.gap(3)
				.text(at === 0 ? '$ ' : '  ', 'muted')
				.text(part)
				.end(),
		);
	lines.push(blank(columns));
	if (operation.level === null) return [...lines, quiet(roundWord(locale, 'not-run'), canvas)];
	const { level } = operation;
	const head = createLine(theme, columns).gap(3);
	if (operation.isRunning) head.text(`… ${operation.when}`, 'accent');
	else
		head
			.text(`${theme.glyphs.levels[level]} ${levelWord(level, locale)}`, level)
			.text(` · ${operation.when}`, 'muted');
	if (operation.result) head.gap(3).text(operation.result, 'strong');
	lines.push(head.end());
	for (const reason of operation.reasons)
		for (const part of wrap(reason, columns - 4).slice(0, 3))
			lines.push(createLine(theme, columns).gap(3).text(part, level).end());
	for (const file of operation.files)
		lines.push(
			createLine(theme, columns)
				.gap(3)
				.text(`${roundWord(locale, 'files')} `, 'muted')
				.text(cut(file, columns - 16, { where: 'start' }))
				.end(),
		);
	lines.push(blank(columns), heading(`  ${roundWord(locale, 'output')}`, canvas));
	if (operation.output.length === 0) lines.push(quiet(roundWord(locale, 'no-output'), canvas));
	for (const line of operation.output) lines.push(plain(line, canvas));
	return lines;
}

const LINE_STYLES: Readonly<Record<string, StyleName>> = { error: 'critical', warning: 'warning' };

function lookLines(look: StepLook, canvas: Canvas): readonly string[] {
	const { columns, theme, locale } = canvas;
	const head = createLine(theme, columns)
		.gap(1)
		.text(`${roundWord(locale, 'log')}  `, 'heading')
		.text(look.title, 'muted');
	const lines = [head.end()];
	if (!look.isRead) return [...lines, quiet(roundWord(locale, 'log-reading'), canvas)];
	if (look.lines.length === 0) return [...lines, quiet(roundWord(locale, 'log-none'), canvas)];
	for (const line of look.lines) {
		const style = line.isOurs ? 'muted' : (LINE_STYLES[line.level] ?? 'plain');
		const drawn = createLine(theme, columns).gap(3);
		if (line.time) drawn.cell(line.time, 5, 'muted').gap(2);
		lines.push(drawn.text(cut(line.text, Math.max(8, columns - drawn.used - 1)), style).end());
	}
	const isMore = look.count > look.lines.length;
	lines.push(quiet(roundWord(locale, isMore ? 'log-more' : 'log-count', { count: look.count }), canvas));
	return lines;
}
