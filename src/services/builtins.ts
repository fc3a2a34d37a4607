import { type BackupVerb, pinnedActionId, planActionIds } from '../domain/backup.ts';
import { actionId } from '../domain/ids.ts';
import { type OwnText, ownText } from '../domain/own-text.ts';
import type { ActionDefinition, SystemDefinition } from '../domain/system.ts';

/** A report can be written in every system, whether or not its configuration names an action for it. */
export function withReport(system: SystemDefinition): SystemDefinition {
	if (system.actions.some((a) => a.body.kind === 'builtin')) return system;
	const taken = new Set<string>(system.actions.map((a) => a.id));
	let id = 'report';
	// An action of the configuration keeps its name.
	while (taken.has(id)) id = `rounds-${id}`;
	const report: ActionDefinition = {
		id: actionId(id),
		title: { en: 'Daily report', 'zh-CN': '日报' },
		key: null,
		confirm: false,
		recheck: [],
		body: { kind: 'builtin', name: 'report' },
		result: null,
		must: [],
		should: [],
	};
	return { ...system, actions: [...system.actions, report] };
}

const TITLES: Readonly<Record<BackupVerb, { readonly en: string; readonly 'zh-CN': string }>> = {
	backup: { en: 'Back up: ', 'zh-CN': '备份：' },
	verify: { en: 'Verify backup: ', 'zh-CN': '校验备份：' },
	drill: { en: 'Restore drill: ', 'zh-CN': '恢复演练：' },
	prune: { en: 'Prune backups: ', 'zh-CN': '清理备份：' },
	restore: { en: 'Restore: ', 'zh-CN': '恢复：' },
};

const PINNED = { en: 'Back up before a deployment: ', 'zh-CN': '部署前备份：' } as const;

/** Every plan brings what can be done with it; what takes something away or replaces it asks first. */
export function withBackups(system: SystemDefinition): SystemDefinition {
	const actions = system.backups
		.filter((plan) => plan.nothing === null)
		.flatMap((plan) =>
			[...planActionIds(plan.id)].map(([id, verb]): ActionDefinition => {
				const isPinned = id === pinnedActionId(plan.id);
				const words = isPinned ? PINNED : TITLES[verb];
				const titled = (locale: 'en' | 'zh-CN') => `${words[locale]}${ownText(plan.title, locale)}`;
				const title: OwnText = { en: titled('en'), 'zh-CN': titled('zh-CN') };
				return {
					id: actionId(id),
					title,
					key: null,
					confirm: verb === 'prune' || verb === 'restore',
					recheck: verb === 'restore' ? plan.prove : [],
					body: {
						kind: 'backup',
						plan: plan.id,
						verb,
						...(isPinned ? { args: { pin: 'deploy' } } : {}),
					},
					...(plan.broken === undefined ? {} : { broken: plan.broken }),
					result: null,
					must: [],
					should: [],
				};
			}),
		);
	return actions.length === 0 ? system : { ...system, actions: [...system.actions, ...actions] };
}
