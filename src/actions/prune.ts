import type { PlanId } from '../domain/ids.ts';
import type { PictureState } from '../store/index.ts';
import { planOf } from './backup-view.ts';
import { type Action, type ActionContext, defineAction, type Words, words } from './define.ts';
import { actionFace, start } from './operations.ts';
import { tellRefusal } from './tell.ts';

/** Asks what would go, then shows it: nothing is removed that was not seen before. */
export async function openPrune(context: ActionContext, plan: PlanId): Promise<void> {
	const { picture, engine, locale } = context;
	const layers = picture.state().view.layers;
	picture.view.tell('plain', words('looking at what would go …', '正在查看可删除的内容 …')[locale]);
	const answer = await engine.send('backup.prune-preview', { plan });
	if (!answer.ok) return tellRefusal(context, answer.error);
	// Whoever has gone elsewhere meanwhile is not called back.
	if (picture.state().view.layers !== layers) return;
	picture.view.hush();
	picture.fetched((fetched) => ({ ...fetched, prune: answer.value }));
	const state = picture.state();
	const action = planOf(state, plan)?.actions.prune;
	const isTyped = action !== undefined && actionFace(state, action)?.guard === 'typed';
	picture.view.open({
		kind: 'prune',
		subject: plan,
		openedAt: context.monotonic(),
		field: isTyped && isPrunable(state) ? { text: '', cursor: 0 } : null,
	});
	picture.view.scrollTo('removed', 0);
}

/** Whether the preview names anything to remove. */
export function isPrunable({ fetched: { prune } }: PictureState): boolean {
	return prune !== null && prune.remove.length + prune.parts.length > 0;
}

const NOTHING = words('there is nothing to remove', '没有可删除的内容');

function unlessPrunable(state: PictureState): Words | null {
	return isPrunable(state) ? null : NOTHING;
}

async function prune(context: ActionContext): Promise<void> {
	const state = context.picture.state();
	const layer = state.view.layers.at(-1);
	if (layer?.kind !== 'prune') return;
	const action = planOf(state, layer.subject)?.actions.prune;
	if (action === undefined) return;
	const environment = state.face?.environment.name ?? '';
	if (layer.field && layer.field.text.trim() !== environment) {
		const why = words(`type ${environment} to remove them`, `请输入 ${environment} 以删除`);
		return context.picture.view.tell('bad', why[context.locale]);
	}
	const guard = actionFace(state, action)?.guard ?? 'none';
	context.picture.view.close();
	// Only what was seen goes: what retention would let go meanwhile stays until it was seen too.
	const names = (state.fetched.prune?.remove ?? []).map((copy) => copy.name).join('\n');
	await start(
		context,
		{ action, step: null, args: { names } },
		guard === 'none' ? null : layer.field ? environment : 'yes',
	);
}

export const pruneActions: readonly Action[] = [
	defineAction({
		id: 'prune.yes',
		keys: ['enter', 'y'],
		label: words('remove them', '删除'),
		help: words('remove what the preview names', '删除预览中列出的内容'),
		where: ['prune'],
		silent: true,
		disabled: unlessPrunable,
		run: prune,
	}),
	defineAction({
		id: 'prune.no',
		keys: ['n'],
		label: words('no', '不删除'),
		help: words('leave everything as it is', '保持原样'),
		where: ['prune'],
		silent: true,
		run: (context) => context.picture.view.close(),
	}),
];
