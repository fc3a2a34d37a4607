import {
	type ActionContext,
	copiesOf,
	copyRow,
	loadCopies,
	planOf,
	restorableCopies,
} from '../../actions/index.ts';
import { planId } from '../../domain/ids.ts';
import { ownText } from '../../domain/own-text.ts';
import type { Layer, PictureState } from '../../store/index.ts';
import { createLine } from '../../ui/line.ts';
import type { LayerView } from '../define.ts';
import { blank, type Canvas, type ListRow, listPage, type Page } from '../page.ts';
import { copyHead, copyLine } from './plan-lines.ts';
import { toCopyRow } from './plan-rows.ts';
import { questionWord } from './question-words.ts';

/** The first page of a restore: which copy. */
export const restoreLayer: LayerView = {
	kind: 'restore',
	isFull: true,
	footer: ['restore.choose', 'view.up'],
	title: () => '',
	page: restorePage,
	load: (context: ActionContext, layer) => loadCopies(context, planId(layer.subject)),
};

function restorePage(state: PictureState, canvas: Canvas, layer: Layer): Page {
	const { columns, theme, locale } = canvas;
	const id = planId(layer.subject);
	const plan = planOf(state, id);
	const title = plan ? ownText(plan.title, locale) : layer.subject;
	const hasTargets = (plan?.targets.length ?? 0) > 1;
	const rows = restorableCopies(state, id).map(
		(copy): ListRow => ({
			id: copyRow(copy),
			size: 1,
			lines: (isSelected) => [copyLine(toCopyRow(copy, canvas), canvas, isSelected, hasTargets)],
		}),
	);
	const head = [
		createLine(theme, columns)
			.gap(1)
			.text(questionWord(locale, 'restore-title', { plan: title }), 'strong')
			.end(),
		createLine(theme, columns).gap(1).text(questionWord(locale, 'choose'), 'muted').end(),
		blank(columns),
	];
	const isKnown = copiesOf(state, id) !== null;
	const page = listPage(canvas, state.view, 'restore', {
		head: rows.length > 0 ? [...head, copyHead(canvas, hasTargets)] : head,
		rows,
		empty: questionWord(locale, isKnown ? 'choose-none' : 'looking'),
	});
	return { ...page, isModal: true };
}
