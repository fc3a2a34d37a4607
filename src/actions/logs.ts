import { cut } from '../domain/text.ts';
import { stepTitle } from '../i18n/rounds.ts';
import { momentText } from '../i18n/times.ts';
import { type Action, type ActionContext, defineAction, type Words, words } from './define.ts';
import {
	FOLLOW_CHOICE,
	isFollowing,
	LEVEL_CHOICE,
	LOG_LEVELS,
	logInHand,
	logShift,
	logSources,
	SEARCH_CHOICE,
	SHIFT_CHOICE,
	SOURCE_CHOICE,
	wantedLogs,
} from './log-view.ts';
import { held, select, stopFollowing, toError, walk } from './log-walk.ts';
import { readBeginning, readEnd } from './log-window.ts';
import { pinnedStep } from './round-view.ts';
import { tellRefusal } from './tell.ts';
import { goUp } from './view.ts';

const SHIFT_STEP = 16;
const FARTHEST = 4096;

function walking(
	id: string,
	keys: readonly string[],
	label: Words,
	step: (height: number) => number,
): Action {
	return defineAction({
		id,
		keys,
		label,
		help: label,
		where: ['logs'],
		silent: true,
		run: (context) => walk(context, step),
	});
}

async function switchSource(context: ActionContext, by: 1 | -1): Promise<void> {
	const state = context.picture.state();
	const sources = logSources(state);
	const at = sources.indexOf(wantedLogs(state).source);
	const next = sources[(Math.max(0, at) + by + sources.length) % sources.length] ?? null;
	context.picture.view.choose(SOURCE_CHOICE, next ?? '');
	anew(context);
}

/** Something else is wanted: the window is read again, from its end. */
function anew(context: ActionContext): void {
	context.picture.view.choose(FOLLOW_CHOICE, '');
	context.picture.view.choose(SHIFT_CHOICE, '');
	context.refresh();
}

export function applySearch(context: ActionContext, text: string): void {
	context.picture.view.choose(SEARCH_CHOICE, text);
	anew(context);
}

function shift(context: ActionContext, by: number): void {
	const next = Math.max(0, Math.min(FARTHEST, logShift(context.picture.state()) + by));
	context.picture.view.choose(SHIFT_CHOICE, next === 0 ? '' : String(next));
}

async function pin(context: ActionContext): Promise<void> {
	const state = context.picture.state();
	const { face, view } = state;
	const opened = view.layers.findLast((layer) => layer.kind === 'record')?.subject;
	const key = opened ?? logInHand(state);
	const line = held(context).find((one) => one.key === key);
	const pinned = pinnedStep(state);
	if (!line || !pinned || !face) return;
	const { round, step } = pinned;
	const asked = { round: round.id, step: step.index, source: line.source, line: line.text };
	const done = await context.engine.send('round.pin', asked);
	if (!done.ok) return tellRefusal(context, done.error);
	context.picture.apply([{ kind: 'round', round: done.value.round }]);
	const title = cut(stepTitle(step.definition, face, context.locale), 40);
	const said = words(
		`pinned to step ${step.index + 1}: ${title}`,
		`已固定到步骤 ${step.index + 1}：${title}`,
	);
	context.picture.view.tell('good', said[context.locale]);
}

/** What is held, whole lines, for `$PAGER`. */
function asText(context: ActionContext): string {
	const zone = context.picture.state().face?.timezone ?? 'UTC';
	return held(context)
		.map((line) => [line.at === null ? '' : momentText(line.at, zone), line.source, line.text].join('  '))
		.join('\n');
}

const unlessLine = (state: Parameters<NonNullable<Action['disabled']>>[0]): Words | null =>
	logInHand(state) === null ? words('there is no line', '没有日志行') : null;

export const logActions: readonly Action[] = [
	defineAction({
		id: 'log.open',
		keys: ['enter'],
		label: words('open', '打开'),
		help: words('the whole record with its stack trace', '完整记录及其堆栈'),
		where: ['logs'],
		disabled: unlessLine,
		run: (context) => {
			const key = logInHand(context.picture.state());
			if (key === null) return;
			stopFollowing(context);
			context.picture.view.open({ kind: 'record', subject: key, openedAt: context.monotonic(), field: null });
			context.refresh();
		},
	}),
	defineAction({
		id: 'log.next-error',
		keys: ['e'],
		label: words('next error', '下一错误'),
		help: words('the next error, however far', '跳到下一条错误，无论多远'),
		where: ['logs'],
		run: (context) => toError(context, 1),
	}),
	defineAction({
		id: 'log.previous-error',
		keys: ['E'],
		label: words('previous error', '上一错误'),
		help: words('the error before, however far back', '跳到上一条错误，无论多远'),
		where: ['logs'],
		run: (context) => toError(context, -1),
	}),
	defineAction({
		id: 'log.level',
		keys: ['l'],
		label: words('level', '级别'),
		help: words(
			'errors, then warnings too, then information too, then all',
			'依次：错误、含警告、含信息、全部',
		),
		where: ['logs'],
		run: (context) => {
			const now = context.picture.state().view.choices[LEVEL_CHOICE] ?? '';
			const at = (LOG_LEVELS as readonly string[]).indexOf(now);
			context.picture.view.choose(LEVEL_CHOICE, LOG_LEVELS[(at + 1) % LOG_LEVELS.length] ?? '');
			anew(context);
		},
	}),
	defineAction({
		id: 'log.search',
		keys: ['/'],
		label: words('search', '搜索'),
		help: words('only lines that hold a text', '只显示包含某文字的行'),
		where: ['logs'],
		run: (context) => {
			const text = context.picture.state().view.choices[SEARCH_CHOICE] ?? '';
			context.picture.view.open({
				kind: 'note',
				subject: 'search',
				openedAt: context.monotonic(),
				field: { text, cursor: Array.from(text).length },
			});
		},
	}),
	defineAction({
		id: 'log.source',
		keys: [']', 'tab'],
		label: words('source', '来源'),
		help: words('the next source: all of them, or one service', '下一来源：全部或单个服务'),
		where: ['logs'],
		run: (context) => switchSource(context, 1),
	}),
	defineAction({
		id: 'log.source-back',
		keys: ['['],
		label: words('source before', '上一来源'),
		help: words('the source before', '上一来源'),
		where: ['logs'],
		silent: true,
		run: (context) => switchSource(context, -1),
	}),
	defineAction({
		id: 'log.follow',
		keys: ['f'],
		label: words('follow', '跟随'),
		help: words('new lines appear as they are written', '新写入的行随时出现'),
		where: ['logs'],
		run: async (context) => {
			if (isFollowing(context.picture.state())) return stopFollowing(context);
			await followEnd(context);
		},
	}),
	defineAction({
		id: 'log.pin',
		keys: ['p'],
		label: words('pin', '固定'),
		help: words('keep this line as evidence of the manual step in progress', '将该行作为当前手工步骤的证据'),
		where: ['logs', 'record'],
		disabled: (state) =>
			unlessLine(state) ??
			(pinnedStep(state)
				? null
				: words(
						'no round in progress has an open question to pin this to',
						'没有进行中的巡检含未答问题可供固定',
					)),
		run: pin,
	}),
	defineAction({
		id: 'log.page',
		keys: ['v'],
		label: words('pager', '分页器'),
		help: words('open the lines held here in $PAGER', '用 $PAGER 打开此处的日志'),
		where: ['logs'],
		run: (context) => context.page(asText(context)),
	}),
	defineAction({
		id: 'log.right',
		keys: ['right'],
		label: words('scroll right', '右移'),
		help: words('see the end of long lines', '查看长行的末尾'),
		where: ['logs'],
		silent: true,
		run: (context) => shift(context, SHIFT_STEP),
	}),
	defineAction({
		id: 'log.left',
		keys: ['left'],
		label: words('scroll left', '左移'),
		help: words('back to the beginning of lines', '回到行首'),
		where: ['logs'],
		silent: true,
		run: (context) => shift(context, -SHIFT_STEP),
	}),
	defineAction({
		id: 'log.leave',
		keys: ['esc'],
		label: words('back', '返回'),
		help: words('take the search back', '取消搜索'),
		where: ['logs'],
		silent: true,
		run: (context) => {
			if (context.picture.state().view.choices[SEARCH_CHOICE]) applySearch(context, '');
			else goUp(context);
		},
	}),
	walking('log.down', ['j', 'down'], words('down', '下移'), () => 1),
	walking('log.up', ['k', 'up'], words('up', '上移'), () => -1),
	walking('log.half-down', ['ctrl-d'], words('half a page down', '下翻半页'), (height) => height >> 1),
	walking('log.half-up', ['ctrl-u'], words('half a page up', '上翻半页'), (height) => -(height >> 1)),
	walking('log.page-down', ['pgdn'], words('a page down', '下翻一页'), (height) => Math.max(1, height - 1)),
	walking('log.page-up', ['pgup'], words('a page up', '上翻一页'), (height) => -Math.max(1, height - 1)),
	defineAction({
		id: 'log.first',
		keys: ['g', 'home'],
		label: words('first', '第一行'),
		help: words('the oldest line there is', '最早的一行'),
		where: ['logs'],
		silent: true,
		run: async (context) => {
			if (context.picture.state().fetched.logs?.pages[0]?.before) await readBeginning(context);
			context.picture.view.choose(FOLLOW_CHOICE, 'off');
			select(context, held(context)[0]?.key);
		},
	}),
	defineAction({
		id: 'log.last',
		keys: ['G', 'end'],
		label: words('last', '最后一行'),
		help: words('the newest line, and follow again', '最新一行，并继续跟随'),
		where: ['logs'],
		silent: true,
		run: (context) => followEnd(context),
	}),
];

async function followEnd(context: ActionContext): Promise<void> {
	context.picture.view.choose(FOLLOW_CHOICE, '');
	await readEnd(context);
}
