import { nearest } from '../domain/condition/index.ts';
import type { EnvironmentDefinition, Guard } from '../domain/system.ts';
import type { Complaints } from './complaints.ts';
import { kindWord } from './include.ts';
import { type MapTree, member, type ScalarTree, type Tree } from './tree.ts';

export interface EnvironmentSource extends EnvironmentDefinition {
	readonly isDefault: boolean;
	readonly vars: ReadonlyMap<string, ScalarTree>;
}

export interface Environments {
	readonly active: EnvironmentSource;
	readonly all: readonly EnvironmentSource[];
}

const UNNAMED: EnvironmentSource = { name: 'default', guard: 'none', isDefault: true, vars: new Map() };

/** The environments and which is active: the one asked for, else the default, else the only one. */
export function readEnvironments(
	root: MapTree,
	asked: string | undefined,
	complaints: Complaints,
): Environments {
	const section = root.entries.get('environments');
	const all = section === undefined ? [] : environmentsIn(section.value, complaints);
	const at = section?.key ?? { file: root.file, start: root.start, end: root.start };
	if (asked !== undefined && asked !== '') {
		const found = all.find((environment) => environment.name === asked);
		if (found) return { active: found, all };
		if (all.length > 0 || asked !== UNNAMED.name) {
			const meant =
				nearest(
					asked,
					all.map((environment) => environment.name),
				) ?? null;
			const names = all.map((environment) => environment.name).join(', ');
			const hint =
				meant !== null
					? ({ key: 'did-you-mean', values: { word: meant } } as const)
					: names === ''
						? null
						: ({ key: 'one-of', values: { words: names } } as const);
			complaints.error(at, 'unknown-environment', { name: asked }, hint);
		}
		return { active: all[0] ?? UNNAMED, all: all.length > 0 ? all : [UNNAMED] };
	}
	const [first] = all;
	if (first === undefined) return { active: UNNAMED, all: [UNNAMED] };
	const defaults = all.filter((environment) => environment.isDefault);
	if (defaults.length > 1) complaints.error(at, 'several-defaults');
	if (defaults.length === 0 && all.length > 1) complaints.error(at, 'no-default');
	return { active: defaults[0] ?? first, all };
}

/** Shapes were checked before; what is not of the right shape is passed over here. */
function environmentsIn(tree: Tree, complaints: Complaints): EnvironmentSource[] {
	if (tree.kind !== 'map') return [];
	return [...tree.entries].map(([name, { value }]) => {
		const guard = member(value, 'guard');
		const isDefault = member(value, 'default');
		return {
			name,
			guard:
				(guard?.kind === 'scalar' ? guard.value : null) === null
					? 'none'
					: ((guard as ScalarTree).value as Guard),
			isDefault: isDefault?.kind === 'scalar' && isDefault.value === true,
			vars: varsIn(member(value, 'vars'), complaints),
		};
	});
}

function varsIn(tree: Tree | undefined, complaints: Complaints): Map<string, ScalarTree> {
	const vars = new Map<string, ScalarTree>();
	if (tree?.kind !== 'map') return vars;
	for (const [name, { key, value }] of tree.entries) {
		if (!/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name)) complaints.error(key, 'bad-id', { key: name, limit: 64 });
		if (value.kind === 'scalar' && value.value !== null) vars.set(name, value);
		else
			complaints.error(value, 'expected', {
				expected: complaints.word('text'),
				found: kindWord(value, complaints),
			});
	}
	return vars;
}
