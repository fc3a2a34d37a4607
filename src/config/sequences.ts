import type { ActionDefinition } from '../domain/system.ts';
import type { Complaints } from './complaints.ts';
import type { MapTree } from './tree.ts';

/** A sequence that holds itself, directly or through others, would never end. */
export function checkSequences(
	section: MapTree,
	actions: readonly ActionDefinition[],
	complaints: Complaints,
): void {
	const partsOf = new Map<string, readonly string[]>(
		actions.map((action) => [
			action.id,
			action.body.kind === 'sequence'
				? action.body.parts.flatMap((part) => ('action' in part ? [part.action] : []))
				: [],
		]),
	);
	const finished = new Set<string>();
	const visit = (id: string, chain: readonly string[]): void => {
		if (chain.includes(id)) {
			const at = section.entries.get(id)?.key ?? section;
			complaints.error(at, 'sequence-loop', { chain: [...chain.slice(chain.indexOf(id)), id].join(' → ') });
			return;
		}
		if (finished.has(id)) return;
		for (const part of partsOf.get(id) ?? []) visit(part, [...chain, id]);
		finished.add(id);
	};
	for (const action of actions) visit(action.id, []);
}
