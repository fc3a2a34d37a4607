import { actionId } from '../domain/ids.ts';
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
