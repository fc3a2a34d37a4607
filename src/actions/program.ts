import type { PictureState } from '../store/index.ts';
import { checksOfRow, subjectRow } from './checks.ts';
import { type Action, type ActionContext, defineAction, words } from './define.ts';
import { cancelRunning } from './operations.ts';
import { goUp } from './view.ts';

/** Whether leaving now leaves something unfinished. */
function isBusy(state: PictureState): boolean {
	const isRound = [...state.rounds.values()].some((round) => !round.signed);
	return isRound || [...state.operations.values()].some((o) => o.operation.state === 'running');
}

async function copyCurl(context: ActionContext): Promise<string | null> {
	const row = subjectRow(context);
	const check = row ? checksOfRow(context.picture.state(), row)[0] : undefined;
	if (!check) return null;
	const known = context.picture.state().fetched.details.get(check);
	if (known) return known.copyAs;
	const detail = await context.engine.send('check.detail', { check });
	return detail.ok ? detail.value.copyAs : null;
}

export const programActions: readonly Action[] = [
	defineAction({
		id: 'text.copy',
		keys: ['y'],
		label: words('copy', '复制'),
		help: words(
			'copy the command that asks the same by hand (or this page) to your clipboard',
			'将等效的手工命令（或本页文字）复制到剪贴板',
		),
		where: 'anywhere',
		run: async (context) => {
			const layer = context.picture.state().view.layers.at(-1);
			const isList = layer === undefined || layer.kind === 'service';
			const command = isList ? await copyCurl(context) : null;
			context.copy(command ?? context.plainText());
			context.picture.view.tell(
				'good',
				(command
					? words('copied as a command', '已复制为命令')
					: words('this page is copied', '已复制本页文字'))[context.locale],
			);
		},
	}),
	defineAction({
		id: 'text.page',
		keys: ['v'],
		label: words('pager', '分页器'),
		help: words('open this page in $PAGER', '用 $PAGER 打开本页'),
		where: 'anywhere',
		run: (context) => context.page(context.plainText()),
	}),
	defineAction({
		id: 'screen.redraw',
		keys: ['ctrl-l'],
		label: words('redraw', '重绘'),
		help: words('draw the whole screen again', '重绘整个屏幕'),
		where: 'anywhere',
		always: true,
		run: (context) => context.redraw(),
	}),
	defineAction({
		id: 'program.suspend',
		keys: ['ctrl-z'],
		label: words('suspend', '挂起'),
		help: words('back to the shell; fg returns', '回到 shell，用 fg 返回'),
		where: 'anywhere',
		always: true,
		run: (context) => context.suspend(),
	}),
	defineAction({
		id: 'program.quit',
		keys: ['q'],
		label: words('quit', '退出'),
		help: words(
			'back; then quit, with a question while something is unfinished',
			'返回；无可返回时退出，有未完成的工作时先询问',
		),
		where: 'anywhere',
		always: true,
		run: (context) => {
			if (context.picture.state().view.layers.length > 0 && goUp(context)) return;
			if (!isBusy(context.picture.state())) return context.quit();
			context.picture.view.open({ kind: 'quit', subject: '', openedAt: context.monotonic(), field: null });
		},
	}),
	defineAction({
		id: 'quit.yes',
		keys: ['y', 'enter'],
		label: words('quit', '退出'),
		help: words('quit now; nothing answered is lost', '立即退出，已填写的内容不会丢失'),
		where: ['quit'],
		silent: true,
		run: (context) => context.quit(),
	}),
	defineAction({
		id: 'program.interrupt',
		keys: ['ctrl-c'],
		label: words('cancel', '取消'),
		help: words('cancel what runs; twice to quit', '取消正在执行的操作；连按两次退出'),
		where: 'anywhere',
		always: true,
		silent: true,
		run: (context) => {
			const { view } = context.picture;
			if (context.picture.state().view.choices['interrupted']) return context.quit();
			const cancelled = cancelRunning(context);
			view.choose('interrupted', 'once');
			if (!cancelled)
				view.tell('plain', words('ctrl-c again to quit', '再按一次 ctrl-c 退出')[context.locale]);
		},
	}),
];
