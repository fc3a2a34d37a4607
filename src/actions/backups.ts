import type { BackupVerb } from '../domain/backup.ts';
import type { PictureState } from '../store/index.ts';
import { NO_PLAN, whyNotVerb } from './backup-verbs.ts';
import {
	copyInHand,
	OPENED_CHOICE,
	planInHand,
	planLayer,
	planOf,
	RUN_ROW,
	rowInHand,
	shownPlans,
} from './backup-view.ts';
import { type Action, type ActionContext, defineAction, type Place, type Words, words } from './define.ts';
import { cancel, launch } from './operations.ts';
import { openPrune } from './prune.ts';
import { openRestore, openRun } from './restore.ts';
import { tellRefusal } from './tell.ts';

const HERE: readonly Place[] = ['backups', 'plan'];

/** Why a verb cannot be done with the plan in hand, or null. */
function unless(verb: BackupVerb) {
	return (state: PictureState): Words | null =>
		whyNotVerb(planInHand(state), verb, copyInHand(state) !== null);
}

/** Runs a verb of the plan in hand; what reads a copy takes the selected one, on the list the newest. */
function run(verb: 'backup' | 'verify' | 'drill', pin?: string) {
	return (context: ActionContext): Promise<void> | void => {
		const state = context.picture.state();
		const action = planInHand(state)?.actions[verb];
		if (action === undefined) return;
		const copy = verb === 'backup' ? null : copyInHand(state);
		const args = {
			...(copy ? { copy: copy.name, target: copy.target } : {}),
			...(pin === undefined ? {} : { pin }),
		};
		return launch(context, { action, step: null, ...(Object.keys(args).length > 0 ? { args } : {}) });
	};
}

async function look(context: ActionContext): Promise<void> {
	const { picture, engine, locale } = context;
	picture.view.tell('plain', words('looking into every target …', '正在查看所有备份位置 …')[locale]);
	const answer = await engine.send('backups.look', {});
	if (!answer.ok) return tellRefusal(context, answer.error);
	const { plans } = answer.value;
	picture.apply([{ kind: 'backups', plans }]);
	const copies = plans.reduce((sum, plan) => sum + plan.count, 0);
	picture.view.tell(
		'good',
		words(
			`looked again: ${copies} ${copies === 1 ? 'copy is' : 'copies are'} there`,
			`已重新查看：共有 ${copies} 份备份`,
		)[locale],
	);
	context.refresh();
}

export const backupActions: readonly Action[] = [
	defineAction({
		id: 'plan.open',
		keys: ['enter'],
		label: words('open', '打开'),
		help: words(
			'what the plan copies, where to, its copies and its drills',
			'该计划备份什么、存放位置、各份备份与演练',
		),
		where: ['backups'],
		disabled: (state) => (planInHand(state) ? null : NO_PLAN),
		run: (context) => {
			const plan = planInHand(context.picture.state());
			if (!plan) return;
			const { view } = context.picture;
			view.choose(OPENED_CHOICE, '');
			view.open({ kind: 'plan', subject: plan.id, openedAt: context.monotonic(), field: null });
			context.refresh();
		},
	}),
	defineAction({
		id: 'plan.details',
		keys: ['enter'],
		label: words('details', '详情'),
		help: words(
			'everything about the selected copy, the evidence of a drill, the output of what runs',
			'所选备份的全部信息、演练的证据、正在执行的输出',
		),
		where: ['plan'],
		run: (context) => {
			const state = context.picture.state();
			const page = planLayer(state);
			const plan = page && planOf(state, page.subject);
			const row = plan && rowInHand(state, plan);
			if (!plan || row === null) return;
			if (row === RUN_ROW) return openRun(context, plan);
			const isOpen = state.view.choices[OPENED_CHOICE] === row;
			context.picture.view.choose(OPENED_CHOICE, isOpen ? '' : row);
		},
	}),
	defineAction({
		id: 'backup.run',
		keys: ['B'],
		label: words('back up', '备份'),
		help: words('back this plan up now', '立即备份该计划'),
		where: HERE,
		disabled: unless('backup'),
		run: run('backup'),
	}),
	defineAction({
		id: 'backup.verify',
		keys: ['V'],
		label: words('verify', '校验'),
		help: words(
			'read a copy back and prove it whole: the selected one, or the newest',
			'读回备份并证明其完整：所选的一份，或最新一份',
		),
		where: HERE,
		disabled: unless('verify'),
		run: run('verify'),
	}),
	defineAction({
		id: 'backup.drill',
		keys: ['D'],
		label: words('drill', '演练'),
		help: words(
			'restore a copy to a scratch place and hold the checks against it',
			'将备份恢复到临时位置并用检查项验证',
		),
		where: HERE,
		disabled: unless('drill'),
		run: run('drill'),
	}),
	defineAction({
		id: 'restore.open',
		keys: ['T'],
		label: words('restore', '恢复'),
		help: words(
			'restore for real: choose a copy, see what it replaces, then agree',
			'真实恢复：选择备份，查看将被替换的内容，再确认',
		),
		where: HERE,
		disabled: unless('restore'),
		run: (context) => {
			const state = context.picture.state();
			const plan = planInHand(state);
			if (plan) openRestore(context, plan.id, copyInHand(state));
		},
	}),
	defineAction({
		id: 'backup.prune',
		keys: ['P'],
		label: words('prune', '清理'),
		help: words('see which copies retention would remove, then agree', '查看保留策略将删除哪些备份，再确认'),
		where: HERE,
		disabled: unless('prune'),
		run: (context) => {
			const plan = planInHand(context.picture.state());
			return plan ? openPrune(context, plan.id) : undefined;
		},
	}),
	defineAction({
		id: 'backup.keep',
		keys: ['K'],
		label: words('back up before a deploy', '部署前备份'),
		help: words('back up now, and keep this copy whatever its age', '立即备份，且该份备份不受保留期限影响'),
		where: HERE,
		disabled: unless('backup'),
		run: run('backup', 'deploy'),
	}),
	defineAction({
		id: 'backup.look',
		keys: ['L'],
		label: words('look again', '重新查看'),
		help: words('look into every target anew', '重新查看所有备份位置'),
		where: HERE,
		disabled: (state) => (shownPlans(state).length > 0 ? null : NO_PLAN),
		run: look,
	}),
	defineAction({
		id: 'backup.cancel',
		keys: ['X'],
		label: words('cancel', '取消执行'),
		help: words('end what runs of this plan, with nothing left behind', '终止该计划正在执行的操作，不留残余'),
		where: HERE,
		disabled: (state) =>
			planInHand(state)?.running
				? null
				: words('nothing of this plan is running', '该计划没有正在执行的操作'),
		run: (context) => {
			const running = planInHand(context.picture.state())?.running;
			return running ? cancel(context, String(running.operation)) : undefined;
		},
	}),
];
