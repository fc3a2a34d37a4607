import { type CheckId, checkId } from '../domain/ids.ts';
import { refusalText } from '../i18n/refusal.ts';
import type { PictureState } from '../store/index.ts';
import { type Action, type ActionContext, defineAction, selectedRow, type Words, words } from './define.ts';

/** The checks a row or an open page is about. A service's row id is `service:<id>`, a check's `check:<id>` or `check:<id>:<value>`. */
export function checksOfRow(state: PictureState, row: string): readonly CheckId[] {
	const [kind, id = ''] = row.split(':');
	if (kind === 'check') return [checkId(id)];
	if (kind !== 'service') return [];
	return (state.face?.checks ?? []).filter((check) => check.service === id).map((check) => check.id);
}

/** The row in hand: of the open service page, else of the list. */
export function subjectRow(context: ActionContext): string | null {
	const state = context.picture.state();
	const page = state.view.layers.findLast((layer) => layer.kind === 'service');
	if (!page) return selectedRow(context)?.id ?? null;
	// In an open service the selected check is meant; an opened check has no rows and is meant itself.
	return selectedRow(context)?.id ?? page.subject;
}

async function ask(context: ActionContext, checks: readonly CheckId[]): Promise<void> {
	const { view } = context.picture;
	const { locale } = context;
	view.tell('plain', words('asking …', '正在检查 …')[locale]);
	const answer = await context.engine.send('checks.ask', { checks });
	if (!answer.ok) return view.tell('bad', refusalText(answer.error, locale));
	const count = answer.value.asked;
	view.tell(
		'good',
		words(`asked ${count} ${count === 1 ? 'check' : 'checks'} again`, `已重新检查 ${count} 项`)[locale],
	);
	context.refresh();
}

export const checkActions: readonly Action[] = [
	defineAction({
		id: 'check.ask',
		keys: ['r'],
		label: words('re-check', '重新检查'),
		help: words('ask the selected service or check now', '立即检查所选服务或检查项'),
		where: ['health', 'endpoints', 'service'],
		run: async (context) => {
			const row = subjectRow(context);
			const checks = row ? checksOfRow(context.picture.state(), row) : [];
			if (checks.length > 0) await ask(context, checks);
		},
	}),
	defineAction({
		id: 'check.ask-all',
		keys: ['R'],
		label: words('re-check all', '全部重新检查'),
		help: words('ask every check now', '立即执行所有检查'),
		where: 'anywhere',
		run: (context) => ask(context, []),
	}),
	defineAction({
		id: 'history.closer',
		keys: ['+', '='],
		label: words('zoom in', '放大'),
		help: words('a shorter span of history', '缩短历史时间范围'),
		where: ['service'],
		disabled: noHistory,
		run: (context) => zoom(context, -1),
	}),
	defineAction({
		id: 'history.wider',
		keys: ['-'],
		label: words('zoom out', '缩小'),
		help: words(
			'a longer span of history: 1 h, 6 h, 24 h, 7 d',
			'扩大历史时间范围：1 小时、6 小时、24 小时、7 天',
		),
		where: ['service'],
		disabled: noHistory,
		run: (context) => zoom(context, 1),
	}),
];

const HOUR_MS = 3_600_000;
/** Spans of the history graph; the first is shown at the beginning. */
export const SPANS_MS = [HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS, 7 * 24 * HOUR_MS] as const;

export function spanOf(state: PictureState): number {
	return SPANS_MS[Number(state.view.choices['span'] ?? 0)] ?? SPANS_MS[0];
}

/** Only a check that fills the page shows its history. */
function noHistory(state: PictureState): Words | null {
	const page = state.view.layers.findLast((layer) => layer.kind === 'service');
	const isOne = page !== undefined && checksOfRow(state, page.subject).length === 1;
	return isOne ? null : words('open one check first', '请先打开一个检查项');
}

function zoom(context: ActionContext, step: 1 | -1): void {
	const now = Number(context.picture.state().view.choices['span'] ?? 0);
	const next = Math.max(0, Math.min(SPANS_MS.length - 1, now + step));
	context.picture.view.choose('span', String(next));
	context.refresh();
}
