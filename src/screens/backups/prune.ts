import { isPrunable, planOf } from '../../actions/index.ts';
import type { CopyPicture } from '../../domain/backup-picture.ts';
import { ownText } from '../../domain/own-text.ts';
import { clean } from '../../domain/text.ts';
import { bytesText, keptText } from '../../i18n/backup.ts';
import { momentText } from '../../i18n/times.ts';
import type { Layer, PictureState } from '../../store/index.ts';
import { createLine } from '../../ui/line.ts';
import type { StyleName } from '../../ui/theme.ts';
import type { LayerView } from '../define.ts';
import { blank, type Canvas, type Page } from '../page.ts';
import { type Question, questionPage } from './question.ts';
import { questionWord } from './question-words.ts';
import { pinWord } from './words.ts';

/** What retention would remove, by name and size, and why the rest stays; below it the question. */
export const pruneLayer: LayerView = {
	kind: 'prune',
	isFull: true,
	footer: ['prune.yes', 'view.up'],
	title: () => '',
	page: prunePage,
};

function prunePage(state: PictureState, canvas: Canvas, layer: Layer): Page {
	const { columns, theme, locale } = canvas;
	const preview = state.fetched.prune;
	const plan = planOf(state, layer.subject);
	const title = plan ? ownText(plan.title, locale) : layer.subject;
	const head = createLine(theme, columns)
		.gap(1)
		.text(questionWord(locale, 'prune-title', { plan: title }), 'strong')
		.right()
		.gap(2);
	const isAny = isPrunable(state);
	const sum =
		preview === null || !isAny
			? questionWord(locale, 'prune-none')
			: questionWord(locale, 'prune-sum', {
					count: preview.remove.length + preview.parts.length,
					size: bytesText(preview.freesBytes, locale),
				});
	const lines: string[] = [];
	const { remove = [], keep = [], parts = [] } = preview ?? {};
	const section = (word: 'removed' | 'stays' | 'parts') =>
		lines.push(createLine(theme, columns).gap(1).text(questionWord(locale, word), 'heading').end());
	if (remove.length > 0) {
		section('removed');
		for (const copy of remove) lines.push(copyLine(copy, '', 'critical', canvas));
		lines.push(blank(columns));
	}
	if (parts.length > 0) {
		section('parts');
		for (const name of parts)
			lines.push(
				createLine(theme, columns)
					.gap(3)
					.cell(clean(name, { max: 300 }), columns - 5, 'plain', { where: 'middle' })
					.end(),
			);
		lines.push(blank(columns));
	}
	section('stays');
	for (const { copy, because } of keep) {
		const pinned = copy.pinned === null ? '' : ` · ${clean(pinWord(copy.pinned, locale), { max: 30 })}`;
		lines.push(
			copyLine(copy, keptText(because, locale) + (because === 'pinned' ? pinned : ''), 'muted', canvas),
		);
	}
	if (keep.length === 0)
		lines.push(createLine(theme, columns).gap(3).text(questionWord(locale, 'stays-none'), 'muted').end());
	return questionPage(state, canvas, 'removed', {
		head: [
			head
				.text(sum, isAny ? 'critical' : 'muted')
				.gap(1)
				.end(),
			blank(columns),
		],
		lines,
		question: questionOf(state, layer, canvas),
	});
}

function questionOf(state: PictureState, layer: Layer, { locale }: Canvas): Question {
	const { prune } = state.fetched;
	if (!isPrunable(state)) return { lines: [[questionWord(locale, 'prune-nothing'), 'muted']], field: null };
	const word = state.face?.environment.name ?? '';
	const count = (prune?.remove.length ?? 0) + (prune?.parts.length ?? 0);
	const text = layer.field
		? questionWord(locale, 'prune-type', { word })
		: questionWord(locale, count === 1 ? 'prune-ask-one' : 'prune-ask', { count });
	return { lines: [[text, 'plain']], field: layer.field };
}

function copyLine(
	copy: CopyPicture,
	why: string,
	style: StyleName,
	{ columns, theme, zone, locale }: Canvas,
): string {
	const whyWidth = columns >= 100 ? 34 : 28;
	const fixed = 3 + 16 + 2 + 9 + 2 + 1;
	const line = createLine(theme, columns)
		.gap(3)
		.cell(momentText(copy.at, zone), 16, 'plain')
		.gap(2)
		.cell(bytesText(copy.bytes, locale), 9, 'plain', { align: 'right' })
		.gap(2);
	if (why === '')
		return line.cell(clean(copy.name, { max: 300 }), columns - fixed, style, { where: 'middle' }).end();
	return line
		.cell(clean(copy.name, { max: 300 }), columns - fixed - whyWidth - 2, 'plain', { where: 'start' })
		.gap(2)
		.cell(why, whyWidth, style)
		.end();
}
