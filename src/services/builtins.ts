import { BACKUP_VERBS, type BackupVerb, backupActionId } from '../domain/backup.ts';
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

/** Every plan brings what can be done with it; what takes something away or replaces it asks first. */
export function withBackups(system: SystemDefinition): SystemDefinition {
	const actions = system.backups
		.filter((plan) => plan.nothing === null)
		.flatMap((plan) =>
			BACKUP_VERBS.map((verb): ActionDefinition => {
				const titled = (locale: 'en' | 'zh-CN') => `${TITLES[verb][locale]}${ownText(plan.title, locale)}`;
				const title: OwnText = { en: titled('en'), 'zh-CN': titled('zh-CN') };
				return {
					id: actionId(backupActionId(verb, plan.id)),
					title,
					key: null,
					confirm: verb === 'prune' || verb === 'restore',
					recheck: verb === 'restore' ? plan.prove : [],
					body: { kind: 'backup', plan: plan.id, verb },
					...(plan.broken === undefined ? {} : { broken: plan.broken }),
					result: null,
					must: [],
					should: [],
				};
			}),
		);
	return actions.length === 0 ? system : { ...system, actions: [...system.actions, ...actions] };
}
