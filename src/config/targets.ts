import type { TargetDefinition } from '../domain/backup.ts';
import { nearest } from '../domain/condition/index.ts';
import type { Fault } from '../domain/fault.ts';
import { findTarget, TARGETS } from '../targets/index.ts';
import { targetSchema } from './backup-sections.ts';
import { fillWithFaults, resolvePaths, type Surroundings } from './checks.ts';
import { kindWord } from './include.ts';
import { resolvePath } from './paths.ts';
import { type MapTree, member, type Tree } from './tree.ts';
import { validate } from './validate.ts';

export const TARGET_NAMES: readonly string[] = (TARGETS as readonly { readonly name: string }[]).map(
	({ name }) => name,
);
const COMMON_KEYS: readonly string[] = Object.keys(targetSchema.shape);

/** Every named place of the section. */
export function readTargets(section: MapTree, around: Surroundings): ReadonlyMap<string, TargetDefinition> {
	const { complaints } = around;
	const read = new Map<string, TargetDefinition>();
	for (const [id, entry] of section.entries) {
		const tree = entry.value;
		if (tree.kind !== 'map') {
			complaints.error(entry.key, 'expected', {
				expected: complaints.word('map'),
				found: kindWord(tree, complaints),
			});
			continue;
		}
		const part = (ours: boolean): MapTree => ({
			...tree,
			entries: new Map([...tree.entries].filter(([key]) => COMMON_KEYS.includes(key) === ours)),
		});
		const found: { fault: Fault | null } = { fault: null };
		const fill = fillWithFaults(around, found);
		const where = `targets.${id}`;
		const common = validate<{ readonly kind: string }>(
			{ schema: targetSchema, tree: part(true), where, fill },
			complaints,
		);
		if (common === undefined) continue;
		const kind = findTarget(common.kind);
		if (kind === undefined) {
			const meant = nearest(common.kind, TARGET_NAMES);
			complaints.error(
				member(tree, 'kind') ?? entry.key,
				'unknown-kind',
				{ kind: common.kind, words: TARGET_NAMES.join(', ') },
				meant === null ? null : { key: 'did-you-mean', values: { word: meant } },
			);
			continue;
		}
		const options = validate<Record<string, unknown>>(
			{ schema: kind.schema, tree: part(false), where, fill, moreKeys: COMMON_KEYS },
			complaints,
		);
		if (options === undefined) continue;
		read.set(id, {
			name: id,
			kind: kind.name,
			options: resolvePaths(options, kind, around.folder),
			...(found.fault === null ? {} : { broken: found.fault }),
		});
	}
	return read;
}

/** The places a plan names: a named target, else a folder. */
export function targetsOf(
	written: readonly string[],
	at: Tree,
	named: ReadonlyMap<string, TargetDefinition>,
	declared: readonly string[],
	around: Surroundings,
): TargetDefinition[] {
	const nodes = at.kind === 'list' ? at.items : [];
	return written.flatMap((name, index) => {
		const known = named.get(name);
		if (known !== undefined) return [known];
		// Declared and wrong: said already.
		if (declared.includes(name)) return [];
		if (!/[./]/.test(name)) {
			const meant = nearest(name, declared);
			around.complaints.error(
				nodes[index] ?? at,
				'unknown-target',
				{ name },
				meant === null ? null : { key: 'did-you-mean', values: { word: meant } },
			);
			return [];
		}
		return [{ name, kind: 'directory', options: { path: resolvePath(around.folder, name) } }];
	});
}
