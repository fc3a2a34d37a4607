import {
	type ActionContext,
	copiesOf,
	copyRow,
	drillRow,
	loadCopies,
	OPENED_CHOICE,
	planList,
	planOf,
	RUN_ROW,
	rowInHand,
} from '../../actions/index.ts';
import type { PlanPicture } from '../../domain/backup-picture.ts';
import { planId } from '../../domain/ids.ts';
import { ownText } from '../../domain/own-text.ts';
import { wrap } from '../../domain/text.ts';
import { bytesText } from '../../i18n/backup.ts';
import { levelWord } from '../../i18n/levels.ts';
import type { Layer, PictureState } from '../../store/index.ts';
import { createLine } from '../../ui/line.ts';
import type { StyleName } from '../../ui/theme.ts';
import type { LayerView } from '../define.ts';
import { blank, type Canvas, type ListRow, listPage, type Page } from '../page.ts';
import { withSelected } from '../round/sheet.ts';
import { copyHead, copyLine, drillHead, drillLine } from './plan-lines.ts';
import { copyDetails, toCopyRow, toDrillRow, toEvidence, toFacts } from './plan-rows.ts';
import { planWord } from './plan-words.ts';
import { explainPlan } from './reasons.ts';
import { toPlanRow } from './rows.ts';
import { drawRunning } from './screen.ts';

/** A plan opened: what it copies and where to, its copies, its drills. */
export const planLayer: LayerView = {
	kind: 'plan',
	isFull: true,
	footer: [
		'plan.details',
		'backup.cancel',
		'backup.run',
		'backup.verify',
		'backup.drill',
		'restore.open',
		'backup.prune',
		'backup.look',
		'view.up',
	],
	title: () => '',
	page: planPage,
	load: (context: ActionContext, layer) => loadCopies(context, planId(layer.subject)),
};

const LABEL_WIDTH = 10;

function planPage(state: PictureState, canvas: Canvas, layer: Layer): Page {
	const { columns, theme, locale } = canvas;
	const plan = planOf(state, layer.subject);
	const list = planList(planId(layer.subject));
	if (!plan) return listPage(canvas, state.view, list, { rows: [], empty: planWord(locale, 'gone') });
	const row = toPlanRow(state, plan, canvas);
	const head = createLine(theme, columns).gap(1).text(ownText(plan.title, locale), 'strong').right().gap(2);
	if (plan.nothing === null)
		head.text(`${theme.glyphs.levels[plan.level]} ${levelWord(plan.level, locale)}`, plan.level);
	const fixed = [head.gap(1).end(), blank(columns)];
	if (row.nothing !== '') {
		const text = createLine(theme, columns).gap(2).text(row.nothing, 'muted').end();
		return listPage(canvas, state.view, list, { head: [...fixed, text], rows: [] });
	}
	const rows: ListRow[] = [text(factLines(plan, canvas))];
	if (row.running) {
		const { running } = row;
		rows.push(text([section(planWord(locale, 'running'), canvas)]));
		rows.push({
			id: RUN_ROW,
			size: 2,
			lines: (isSelected) => [drawRunning(running, canvas, isSelected), blank(columns)],
		});
	}
	rows.push(...copyRows(state, plan, canvas), ...drillRows(state, plan, canvas));
	const view = withSelected(state.view, list, rowInHand(state, plan));
	return listPage(canvas, view, list, { head: fixed, rows });
}

const text = (lines: readonly string[]): ListRow => ({ id: null, size: lines.length, lines: () => lines });

function section(title: string, { columns, theme }: Canvas, remark = ''): string {
	return createLine(theme, columns).gap(1).text(title, 'heading').gap(2).text(remark, 'muted').end();
}

function factLines(plan: PlanPicture, canvas: Canvas): readonly string[] {
	const { columns, theme } = canvas;
	const lines = toFacts(plan, canvas).flatMap((fact) =>
		wrap(fact.text, columns - LABEL_WIDTH - 3).map((part, at) =>
			createLine(theme, columns)
				.gap(1)
				.cell(at === 0 ? fact.label : '', LABEL_WIDTH, 'muted')
				.gap(1)
				.text(part, fact.style)
				.end(),
		),
	);
	const reasons = explainPlan(plan, canvas).flatMap((reason) =>
		wrap(`${theme.glyphs.levels[reason.level]} ${reason.text}`, columns - 3).map((part) =>
			createLine(theme, columns).gap(1).text(part, reason.level).end(),
		),
	);
	return [...lines, ...(reasons.length > 0 ? [blank(columns)] : []), ...reasons, blank(columns)];
}

/** Lines that belong to an opened row stand below it, a little to the right. */
function details(
	lines: readonly (readonly [string, StyleName])[],
	{ columns, theme }: Canvas,
): readonly string[] {
	return lines.flatMap(([said, style]) =>
		wrap(said, columns - 6).map((part) => createLine(theme, columns).gap(5).text(part, style).end()),
	);
}

function copyRows(state: PictureState, plan: PlanPicture, canvas: Canvas): readonly ListRow[] {
	const { columns, theme, locale } = canvas;
	const known = copiesOf(state, plan.id);
	const sum = planWord(locale, 'copies-sum', { count: plan.count, size: bytesText(plan.totalBytes, locale) });
	const head = section(planWord(locale, 'copies'), canvas, sum);
	const say = (key: 'loading' | 'no-copies') =>
		text([
			head,
			createLine(theme, columns).gap(3).text(planWord(locale, key), 'muted').end(),
			blank(columns),
		]);
	if (known === null) return [say('loading')];
	if (known.copies.length === 0) return [say('no-copies')];
	const hasTargets = plan.targets.length > 1;
	const rows = known.copies.map((copy): ListRow => {
		const isOpen = state.view.choices[OPENED_CHOICE] === copyRow(copy);
		const below = isOpen
			? details(
					copyDetails(copy, plan, canvas).map((said, at) => [said, at === 0 ? 'plain' : 'muted'] as const),
					canvas,
				)
			: [];
		return {
			id: copyRow(copy),
			size: 1 + below.length,
			isBad: copy.state === 'damaged' || copy.state === 'gone',
			lines: (isSelected) => [copyLine(toCopyRow(copy, canvas), canvas, isSelected, hasTargets), ...below],
		};
	});
	return [text([head, copyHead(canvas, hasTargets)]), ...rows, text([blank(columns)])];
}

function drillRows(state: PictureState, plan: PlanPicture, canvas: Canvas): readonly ListRow[] {
	const { columns, theme, locale } = canvas;
	const drills = copiesOf(state, plan.id)?.drills;
	if (!drills || !plan.restorable) return [];
	const head = section(planWord(locale, 'drills'), canvas);
	if (drills.length === 0) {
		const none = wrap(planWord(locale, 'no-drills'), columns - 5).map((part) =>
			createLine(theme, columns).gap(3).text(part, 'muted').end(),
		);
		return [text([head, ...none])];
	}
	const rows = drills.map((drill): ListRow => {
		const row = toDrillRow(drill, canvas);
		const isOpen = state.view.choices[OPENED_CHOICE] === drillRow(drill);
		const vacuous = row.isVacuous ? details([[planWord(locale, 'vacuous'), 'warning']], canvas) : [];
		const below = [...vacuous, ...(isOpen ? evidenceLines(drill, canvas) : [])];
		return {
			id: drillRow(drill),
			size: 1 + below.length,
			isBad: row.level !== 'ok',
			lines: (isSelected) => [drillLine(row, canvas, isSelected), ...below],
		};
	});
	return [text([head, drillHead(canvas)]), ...rows];
}

function evidenceLines(drill: Parameters<typeof toEvidence>[0], canvas: Canvas): readonly string[] {
	const { columns, theme, locale } = canvas;
	const rows = toEvidence(drill, canvas);
	if (rows.length === 0) return details([[planWord(locale, 'no-evidence'), 'muted']], canvas);
	const width = Math.min(30, Math.floor(columns * 0.3));
	return rows.flatMap((row) => {
		const isFine = row.level === 'ok';
		const mark = isFine ? theme.glyphs.done : theme.glyphs.levels[row.level];
		return wrap(row.text, columns - width - 11).map((part, at) => {
			const line = createLine(theme, columns).gap(5);
			if (at > 0)
				return line
					.gap(width + 4)
					.text(part, isFine ? 'muted' : row.level)
					.end();
			return line
				.text(mark, isFine ? 'ok' : row.level)
				.gap(1)
				.cell(row.name, width, isFine ? 'plain' : row.level, { where: 'middle' })
				.gap(2)
				.text(part, isFine ? 'muted' : row.level)
				.end();
		});
	});
}
