import { type ActionId, actionId, type RoundId, roundId } from '../domain/ids.ts';
import type { ActionFace, SystemFace } from '../domain/picture.ts';
import { refusalText } from '../i18n/refusal.ts';
import type { PictureState } from '../store/index.ts';
import { type Action, type ActionContext, defineAction, selectedRow, words } from './define.ts';
import { tellRefusal } from './tell.ts';

/** A confirmation takes no key in this time: what was typed ahead must not say yes. */
export const DEAF_MS = 300;

/** What a confirmation is about: the action, and the round step it was launched from. */
export interface Launch {
	readonly action: ActionId;
	readonly step: { readonly round: RoundId; readonly index: number } | null;
	/** What a backup's verb wants to know. */
	readonly args?: Readonly<Record<string, string>>;
}

export function writeLaunch({ action, step, args }: Launch): string {
	const said = args ? [encodeURIComponent(JSON.stringify(args))] : [];
	return [action, step?.round ?? '-', step?.index ?? '-', ...said].join(' ');
}

export function readLaunch(subject: string): Launch {
	const [action = '', round = '-', index, said] = subject.split(' ');
	const step = round === '-' ? null : { round: roundId(Number(round)), index: Number(index) };
	const args = said === undefined ? {} : { args: JSON.parse(decodeURIComponent(said)) };
	return { action: actionId(action), step, ...args };
}

export function actionFace(state: PictureState, action: ActionId): ActionFace | null {
	return state.face?.actions.find((face) => face.id === action) ?? null;
}

/** What the list of `o` offers: what is done with backup plans has a screen of its own. */
export function ownActions(face: SystemFace | null): readonly ActionFace[] {
	return face?.actions.filter((action) => action.backup === undefined) ?? [];
}

export const beganText = (title: string) => words(`started: ${title}`, `已启动：${title}`);
export const cancellingText = (title: string) => words(`cancelling: ${title}`, `正在取消：${title}`);

/** Runs a configured action, asking first where it is guarded. Also how a round's step is launched. */
export async function launch(context: ActionContext, what: Launch): Promise<void> {
	const face = actionFace(context.picture.state(), what.action);
	if (!face || face.guard === 'none') return start(context, what, null);
	context.picture.view.open({
		kind: 'confirm',
		subject: writeLaunch(what),
		openedAt: context.monotonic(),
		field: face.guard === 'typed' ? { text: '', cursor: 0 } : null,
	});
}

/** Runs it without another question; `confirmed` is what the guard wants to hear. */
export async function start(
	context: ActionContext,
	launched: Launch,
	confirmed: string | null,
): Promise<void> {
	const { view } = context.picture;
	const answer = await context.engine.send('operation.start', { ...launched, confirmed });
	if (!answer.ok) return tellRefusal(context, answer.error);
	const { id, title } = answer.value.operation;
	view.tell('plain', beganText(title)[context.locale]);
	const state = context.picture.state();
	// A step of a round shows its operation in its own pane, and Backups shows a plan's in its row.
	if (launched.step) return;
	if (state.view.screen === 'backups' && actionFace(state, launched.action)?.backup) return;
	view.open({ kind: 'operation', subject: String(id), openedAt: context.monotonic(), field: null });
	context.refresh();
}

export const cancel = async (context: ActionContext, id: string): Promise<void> => {
	const operation = [...context.picture.state().operations.values()].find(
		(o) => String(o.operation.id) === id,
	);
	if (!operation) return;
	const answer = await context.engine.send('operation.cancel', { operation: operation.operation.id });
	const { view } = context.picture;
	if (!answer.ok) view.tell('bad', refusalText(answer.error, context.locale));
	else view.tell('plain', cancellingText(operation.operation.title)[context.locale]);
};

/** The operation ctrl-c means: the one on the page, else the newest that runs. */
export function runningSubject(state: PictureState): string | null {
	const page = state.view.layers.findLast((layer) => layer.kind === 'operation');
	const running = [...state.operations.values()].filter((o) => o.operation.state === 'running');
	const wanted = running.find((o) => String(o.operation.id) === page?.subject) ?? running.at(-1);
	return wanted ? String(wanted.operation.id) : null;
}

export const cancelRunning = (context: ActionContext): boolean => {
	const id = runningSubject(context.picture.state());
	if (id === null) return false;
	void cancel(context, id);
	return true;
};

export const operationActions: readonly Action[] = [
	defineAction({
		id: 'action.choose',
		keys: ['o'],
		label: words('run', '执行操作'),
		help: words('choose a configured action and run it', '选择一个已配置的操作并执行'),
		where: 'anywhere',
		disabled: (state) =>
			ownActions(state.face).length > 0
				? null
				: words('the configuration names no actions', '配置中没有定义操作'),
		run: (context) =>
			context.picture.view.open({ kind: 'actions', subject: '', openedAt: context.monotonic(), field: null }),
	}),
	defineAction({
		id: 'action.run',
		keys: ['enter'],
		label: words('run', '执行'),
		help: words('run the selected action', '执行所选操作'),
		where: ['actions'],
		silent: true,
		run: async (context) => {
			const row = selectedRow(context);
			if (!row) return;
			context.picture.view.close();
			await launch(context, { action: actionId(row.id), step: null });
		},
	}),
	defineAction({
		id: 'operations.open',
		keys: ['O'],
		label: words('operations', '操作记录'),
		help: words('what runs and what ran, with its output', '正在执行和已执行的操作及其输出'),
		where: 'anywhere',
		run: (context) => {
			context.picture.view.open({
				kind: 'operations',
				subject: '',
				openedAt: context.monotonic(),
				field: null,
			});
			context.refresh();
		},
	}),
	defineAction({
		id: 'operation.open',
		keys: ['enter'],
		label: words('open', '打开'),
		help: words('the output of the selected operation', '所选操作的输出'),
		where: ['operations'],
		run: (context) => {
			const row = selectedRow(context);
			if (!row) return;
			context.picture.view.open({
				kind: 'operation',
				subject: row.id,
				openedAt: context.monotonic(),
				field: null,
			});
			context.refresh();
		},
	}),
	defineAction({
		id: 'operation.cancel',
		keys: ['X'],
		label: words('cancel', '取消执行'),
		help: words('end the running operation and its processes', '终止正在执行的操作及其进程'),
		where: ['operation'],
		disabled: (state) => {
			const page = state.view.layers.findLast((layer) => layer.kind === 'operation');
			const shown = [...state.operations.values()].find((o) => String(o.operation.id) === page?.subject);
			return shown?.operation.state === 'running' ? null : words('it is not running', '该操作未在执行');
		},
		run: (context) => {
			const page = context.picture.state().view.layers.findLast((layer) => layer.kind === 'operation');
			return page ? cancel(context, page.subject) : undefined;
		},
	}),
	defineAction({
		id: 'confirm.yes',
		keys: ['enter', 'y'],
		label: words('yes, run it', '确认执行'),
		help: words('run it; where a name is asked, type it first', '执行；需要输入名称时请先输入'),
		where: ['confirm'],
		silent: true,
		run: async (context) => {
			const state = context.picture.state();
			const layer = state.view.layers.at(-1);
			if (layer?.kind !== 'confirm') return;
			const environment = state.face?.environment.name ?? '';
			if (layer.field && layer.field.text.trim() !== environment) {
				context.picture.view.tell(
					'bad',
					words(
						`type ${environment} to run it in this environment`,
						`请输入 ${environment} 以在该环境中执行`,
					)[context.locale],
				);
				return;
			}
			context.picture.view.close();
			await start(context, readLaunch(layer.subject), layer.field ? environment : 'yes');
		},
	}),
	defineAction({
		id: 'confirm.no',
		keys: ['n'],
		label: words('no', '不执行'),
		help: words('close without running', '关闭且不执行'),
		where: ['confirm', 'quit'],
		silent: true,
		run: (context) => context.picture.view.close(),
	}),
];
