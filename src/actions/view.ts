import type { ScreenId } from '../store/index.ts';
import { checksOfRow } from './checks.ts';
import {
	type Action,
	type ActionContext,
	defineAction,
	linesOf,
	selectedRow,
	type Words,
	words,
} from './define.ts';

/** Screens keep their numbers for ever; those not built have no action yet. */
const SCREENS: readonly (readonly [ScreenId, string, Words])[] = [
	['health', '1', words('Health', '健康')],
	['endpoints', '2', words('Endpoints', '接口')],
	['round', '3', words('Round', '巡检')],
	['backups', '4', words('Backups', '备份')],
	['logs', '5', words('Logs', '日志')],
];

const showScreen = ([id, key, title]: (typeof SCREENS)[number]): Action =>
	defineAction({
		id: `screen.${id}`,
		keys: [key],
		label: title,
		help: words(`go to ${title.en}`, `转到${title['zh-CN']}`),
		where: 'anywhere',
		run: (context) => {
			context.picture.view.showScreen(id);
			context.refresh();
		},
	});

function topKind(context: ActionContext): string | null {
	return context.picture.state().view.layers.at(-1)?.kind ?? null;
}

/** Closes what lies on top; then takes the filter back. Returns false when there was nothing left to leave. */
export function goUp(context: ActionContext): boolean {
	const { view } = context.picture;
	const state = context.picture.state().view;
	const layer = state.layers.at(-1);
	if (layer) {
		// Leaving the filter line without Enter takes back what was typed in it.
		if (layer.kind === 'filter') view.setFilter(layer.subject, '');
		view.close();
		return true;
	}
	if (state.filters[state.screen]) {
		view.setFilter(state.screen, '');
		return true;
	}
	return false;
}

export const viewActions: readonly Action[] = [
	...SCREENS.map(showScreen),
	defineAction({
		id: 'row.open',
		keys: ['enter'],
		label: words('open', '打开'),
		help: words(
			'open what is selected: checks, conditions, transcript, history',
			'打开所选：检查、条件、往来报文、历史',
		),
		where: ['health', 'endpoints', 'service'],
		disabled: (state) => {
			const layer = state.view.layers.at(-1);
			if (layer?.kind !== 'service') return null;
			return checksOfRow(state, layer.subject).length > 1 ? null : words('it is open already', '已经打开');
		},
		run: (context) => {
			const row = selectedRow(context);
			if (!row) return;
			// A value's row opens its check.
			const subject = row.id.split(':').slice(0, 2).join(':');
			context.picture.view.open({ kind: 'service', subject, openedAt: context.monotonic(), field: null });
			context.refresh();
		},
	}),
	defineAction({
		id: 'view.up',
		keys: ['esc'],
		label: words('back', '返回'),
		help: words('one level up', '返回上一级'),
		where: 'anywhere',
		always: true,
		silent: true,
		run: (context) => void goUp(context),
	}),
	defineAction({
		id: 'filter.open',
		keys: ['/'],
		label: words('filter', '筛选'),
		help: words('show only rows that hold a text', '只显示包含某文字的行'),
		where: 'anywhere',
		disabled: (state) => {
			const kind = state.view.layers.at(-1)?.kind;
			const isList = kind === undefined || kind === 'activity' || kind === 'operations';
			return isList ? null : words('there is no list to filter here', '此处没有可筛选的列表');
		},
		run: (context) => {
			const list = context.list();
			if (!list) return;
			const text = context.picture.state().view.filters[list.name] ?? '';
			context.picture.view.open({
				kind: 'filter',
				subject: list.name,
				openedAt: context.monotonic(),
				field: { text, cursor: Array.from(text).length },
			});
		},
	}),
	defineAction({
		id: 'filter.accept',
		keys: ['enter'],
		label: words('keep', '保留'),
		help: words('keep the filter and go back to the rows', '保留筛选并回到列表'),
		where: ['filter'],
		silent: true,
		run: (context) => context.picture.view.close(),
	}),
	findBad('filter.next', 'n', 1, words('next trouble', '下一个异常')),
	findBad('filter.previous', 'N', -1, words('previous trouble', '上一个异常')),
	defineAction({
		id: 'palette.open',
		keys: [':'],
		label: words('command', '命令'),
		help: words('every action by name', '按名称查找所有操作'),
		where: 'anywhere',
		run: (context) =>
			context.picture.view.open({
				kind: 'palette',
				subject: '',
				openedAt: context.monotonic(),
				field: { text: '', cursor: 0 },
			}),
	}),
	defineAction({
		id: 'palette.accept',
		keys: ['enter'],
		label: words('run', '执行'),
		help: words('run the selected action', '执行所选操作'),
		where: ['palette'],
		silent: true,
		run: (context) => {
			const row = selectedRow(context);
			if (!row) return;
			context.picture.view.close();
			context.run(row.id);
		},
	}),
	defineAction({
		id: 'help.open',
		keys: ['?'],
		label: words('help', '帮助'),
		help: words('the keys that work here', '此处可用的按键'),
		where: 'anywhere',
		run: (context) =>
			context.picture.view.open({ kind: 'help', subject: '', openedAt: context.monotonic(), field: null }),
	}),
	defineAction({
		id: 'help.close',
		keys: ['?'],
		label: words('close', '关闭'),
		help: words('close the help', '关闭帮助'),
		where: ['help'],
		silent: true,
		run: (context) => context.picture.view.close(),
	}),
	defineAction({
		id: 'activity.open',
		keys: ['@'],
		label: words('activity', '活动记录'),
		help: words('what the console itself ran and changed', '控制台自身执行过的操作'),
		where: 'anywhere',
		run: (context) => {
			if (topKind(context) === 'activity') return;
			context.picture.view.open({
				kind: 'activity',
				subject: '',
				openedAt: context.monotonic(),
				field: null,
			});
			context.refresh();
		},
	}),
];

/** `n` and `N`: the rows a filter leaves are all matches already, so these walk to what needs a person. */
function findBad(id: string, key: string, direction: 1 | -1, label: Words): Action {
	return defineAction({
		id,
		keys: [key],
		label,
		help: words(
			direction === 1
				? 'next row that matches, or that is not ok'
				: 'previous row that matches, or that is not ok',
			direction === 1 ? '下一个匹配或异常的行' : '上一个匹配或异常的行',
		),
		where: 'anywhere',
		silent: true,
		run: (context) => {
			const list = context.list();
			const row = selectedRow(context);
			if (!list || !row) return;
			const isFiltered = Boolean(context.picture.state().view.filters[list.name]);
			const count = list.rows.length;
			for (let step = 1; step <= count; step++) {
				const next = list.rows[(row.index + direction * step + count * 2) % count];
				if (!next || !(isFiltered || next.isBad)) continue;
				context.picture.view.select(list.name, next.id, linesOf(list, next));
				return;
			}
		},
	});
}
