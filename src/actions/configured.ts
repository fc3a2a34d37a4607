import { ownText } from '../domain/own-text.ts';
import type { ActionFace } from '../domain/picture.ts';
import { whyNotVerb } from './backup-verbs.ts';
import { planOf } from './backup-view.ts';
import { type Action, type ActionContext, defineAction, words } from './define.ts';
import { launch } from './operations.ts';
import { openPrune } from './prune.ts';
import { openRestore } from './restore.ts';

/**
 * One action for each that the configuration names: `operation.<id>`, by key and by name. What is done with backup plans comes
 * last, by name only: there are many of them.
 */
export function configuredActions(faces: readonly ActionFace[]): readonly Action[] {
	const own = faces.filter((face) => face.backup === undefined).map(configured);
	const plans = faces.filter((face) => face.backup !== undefined).flatMap(planActions);
	return [...own, ...plans];
}

const titleOf = (face: ActionFace) => words(ownText(face.title, 'en'), ownText(face.title, 'zh-CN'));

function configured(face: ActionFace): Action {
	return defineAction({
		id: `operation.${face.id}`,
		keys: face.key ? [face.key] : [],
		label: titleOf(face),
		help: words(`run: ${face.command}`, `执行：${face.command}`),
		where: 'anywhere',
		run: (context) => launch(context, { action: face.id, step: null }),
	});
}

/** What removes or replaces something goes through its own pages. */
function planActions(face: ActionFace): readonly Action[] {
	const { plan, verb } = face.backup ?? {};
	if (plan === undefined || verb === undefined) return [configured(face)];
	const one: Action = {
		...configured(face),
		disabled: (state) => whyNotVerb(planOf(state, plan), verb, false),
	};
	const guided = (run: (context: ActionContext) => void | Promise<void>, help: Action['help']) => [
		{ ...one, help, run },
	];
	switch (verb) {
		case 'restore':
			return guided(
				(context) => openRestore(context, plan, null),
				words('choose a copy, see what it replaces, then agree', '选择备份，查看将被替换的内容，再确认'),
			);
		case 'prune':
			return guided(
				(context) => openPrune(context, plan),
				words('see what would be removed, then agree', '查看将被删除的内容，再确认'),
			);
		case 'backup':
			// The pinned one is there for steps of rounds; by name it stands beside the plain one.
			return face.backup?.isPinned ? [] : [one, deployAction(face, one)];
		default:
			return [one];
	}
}

function deployAction(face: ActionFace, one: Action): Action {
	return defineAction({
		...one,
		id: `operation.${face.id}.deploy`,
		keys: [],
		label: words(`Before a deploy · ${one.label.en}`, `部署前 · ${one.label['zh-CN']}`),
		help: words('a copy that retention never removes', '该份备份不会被保留策略删除'),
		run: (context) => launch(context, { action: face.id, step: null, args: { pin: 'deploy' } }),
	});
}
