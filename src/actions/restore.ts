import type { CopyPicture, PlanPicture } from '../domain/backup-picture.ts';
import type { PlanId } from '../domain/ids.ts';
import type { PictureState } from '../store/index.ts';
import {
	ASKED_CHOICE,
	type Asked,
	askedOf,
	copiesOf,
	copyRow,
	planOf,
	type Restored,
	readRestored,
	writeRestored,
} from './backup-view.ts';
import { type Action, type ActionContext, defineAction, linesOf, selectedRow, words } from './define.ts';
import { beganText } from './operations.ts';
import { tellRefusal } from './tell.ts';

/** Copies a restore may be made from: those that are there, newest first. */
export function restorableCopies(state: PictureState, plan: PlanId): readonly CopyPicture[] {
	return copiesOf(state, plan)?.copies.filter((copy) => copy.state === 'there') ?? [];
}

export async function loadCopies({ engine, picture }: ActionContext, plan: PlanId): Promise<void> {
	const answer = await engine.send('backup.copies', { plan });
	if (!answer.ok) return;
	picture.fetched((fetched) => ({
		...fetched,
		copies: new Map(fetched.copies).set(plan, answer.value),
	}));
}

/** The first page of a restore: which copy. `wanted` is selected already. */
export function openRestore(context: ActionContext, plan: PlanId, wanted: CopyPicture | null): void {
	const { view } = context.picture;
	view.open({ kind: 'restore', subject: plan, openedAt: context.monotonic(), field: null });
	context.refresh();
	const row = wanted && context.list()?.rows.find((one) => one.id === copyRow(wanted));
	const list = context.list();
	if (row && list) view.select('restore', row.id, linesOf(list, row));
}

/** The second page: what would be replaced. It opens only once that is known, so that nobody agrees to what was not seen. */
async function preview(context: ActionContext): Promise<void> {
	const { picture, engine, locale } = context;
	const { layers } = picture.state().view;
	const chooser = layers.at(-1);
	const row = selectedRow(context);
	const plan = chooser?.kind === 'restore' ? planOf(picture.state(), chooser.subject) : null;
	const copy = plan && restorableCopies(picture.state(), plan.id).find((one) => copyRow(one) === row?.id);
	if (!plan || !copy) return;
	picture.view.tell('plain', words('looking at what stands there now …', '正在查看现有内容 …')[locale]);
	const asked: Restored = { plan: plan.id, copy: copy.name, target: copy.target };
	const answer = await engine.send('restore.preview', asked);
	if (!answer.ok) return tellRefusal(context, answer.error);
	if (picture.state().view.layers !== layers) return;
	picture.view.hush();
	picture.fetched((fetched) => ({ ...fetched, restore: answer.value }));
	picture.view.scrollTo('replaced', 0);
	const subject = writeRestored(asked);
	const isWaiting = askedOf(picture.state(), subject) !== null;
	picture.view.open({
		kind: 'agree',
		subject,
		openedAt: context.monotonic(),
		field: isWaiting ? null : { text: '', cursor: 0 },
	});
}

/** What has to be typed: the environment's name where it is guarded so, else a plain yes. */
export function restoreWord({ fetched: { restore } }: PictureState): string {
	return restore?.guard === 'typed' ? restore.environment : 'yes';
}

async function agree(context: ActionContext): Promise<void> {
	const { picture, engine, locale } = context;
	const state = picture.state();
	const layer = state.view.layers.at(-1);
	if (layer?.kind !== 'agree') return;
	const asked = readRestored(layer.subject);
	const plan = planOf(state, asked.plan);
	if (plan?.running) return openRun(context, plan);
	const action = plan?.actions.restore;
	if (!layer.field || action === undefined) return;
	const word = restoreWord(state);
	if (layer.field.text.trim() !== word) {
		const why = words(`type ${word} to replace what stands there`, `请输入 ${word} 以替换现有内容`);
		return picture.view.tell('bad', why[locale]);
	}
	const args = { copy: asked.copy, target: asked.target };
	const answer = await engine.send('operation.start', { action, step: null, confirmed: word, args });
	if (!answer.ok) {
		const { error } = answer;
		const isSecond = error.kind === 'refused' && error.why === 'needs-second';
		if (!isSecond) return tellRefusal(context, error);
		const waiting: Asked = {
			subject: layer.subject,
			at: Number(error.detail['at'] ?? context.now()),
			minutes: Number(error.detail['minutes'] ?? 0),
		};
		picture.view.choose(ASKED_CHOICE, JSON.stringify(waiting));
		// The same page again, without the question: now it says whom it waits for.
		picture.view.close();
		return picture.view.open({ ...layer, openedAt: context.monotonic(), field: null });
	}
	picture.view.choose(ASKED_CHOICE, '');
	picture.view.close();
	if (picture.state().view.layers.at(-1)?.kind === 'restore') picture.view.close();
	const { id, title } = answer.value.operation;
	picture.view.tell('plain', beganText(title)[locale]);
	openOperation(context, String(id));
}

export function openOperation(context: ActionContext, subject: string): void {
	context.picture.view.open({ kind: 'operation', subject, openedAt: context.monotonic(), field: null });
	context.refresh();
}

/** The output of what a plan does now. */
export function openRun(context: ActionContext, plan: PlanPicture): void {
	if (plan.running) openOperation(context, String(plan.running.operation));
}

export const restoreActions: readonly Action[] = [
	defineAction({
		id: 'restore.choose',
		keys: ['enter'],
		label: words('see what it replaces', '查看将被替换的内容'),
		help: words('see what this copy would replace, before anything is done', '执行前查看该备份将替换什么'),
		where: ['restore'],
		silent: true,
		run: preview,
	}),
	defineAction({
		id: 'restore.agree',
		keys: ['enter'],
		label: words('restore', '恢复'),
		help: words('replace what stands there, once the word is typed', '输入确认文字后替换现有内容'),
		where: ['agree'],
		silent: true,
		disabled: (state) => {
			const layer = state.view.layers.at(-1);
			if (layer?.kind !== 'agree' || layer.field) return null;
			if (planOf(state, readRestored(layer.subject).plan)?.running) return null;
			return words('it waits for another operator', '正在等待另一位操作员');
		},
		run: agree,
	}),
];
