import { nearest } from '../domain/condition/index.ts';
import type { OwnText } from '../domain/own-text.ts';
import type { EventDefinition } from '../domain/system.ts';
import type { Surroundings } from './checks.ts';
import type { Complaints } from './complaints.ts';
import { eventSchema } from './sections.ts';
import type { MapTree, Tree } from './tree.ts';
import { validate } from './validate.ts';

/** Every event of the section; one without keys is called by its id. */
export function readEvents(section: MapTree, around: Surroundings): EventDefinition[] {
	return [...section.entries].flatMap(([id, { value: tree }]) => {
		if (tree.kind === 'scalar' && tree.value === null) return [{ id, title: id }];
		const keys = validate<{ readonly title?: OwnText }>(
			{ schema: eventSchema, tree, where: `events.${id}`, fill: around.filler.fill },
			around.complaints,
		);
		return keys === undefined ? [] : [{ id, title: keys.title ?? id }];
	});
}

/** Names of events that a step follows or an action tells, as written at `node`: none but declared ones there are. */
export function checkEvents(
	names: readonly string[],
	node: Tree,
	declared: readonly string[],
	complaints: Complaints,
): void {
	for (const [index, name] of names.entries()) {
		if (declared.includes(name)) continue;
		const meant = nearest(name, declared);
		complaints.error(
			node.kind === 'list' ? (node.items[index] ?? node) : node,
			'unknown-event',
			{ name },
			meant === null ? null : { key: 'did-you-mean', values: { word: meant } },
		);
	}
}
