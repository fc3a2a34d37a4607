import { findCheckKind } from '../checks/index.ts';
import type { CheckDefinition } from '../domain/check.ts';
import { nearest } from '../domain/condition/index.ts';
import type { Complaints } from './complaints.ts';
import type { Known } from './conditions.ts';
import type { Entry, ScalarTree, Tree } from './tree.ts';

/** Values of other checks that a kind reads itself are looked up like those in conditions. */
export function checkReferred(
	{ definition, entry }: { readonly definition: CheckDefinition | null; readonly entry: Entry },
	known: Known,
	complaints: Complaints,
): void {
	const kind = definition === null ? undefined : findCheckKind(definition.kind);
	for (const { check, sample } of kind?.refersTo?.(definition?.options) ?? []) {
		const samples = known.other(check);
		if (samples?.has(sample)) continue;
		const at = scalarWith(entry.value, `${check}.${sample}`) ?? entry.key;
		const candidates = samples === undefined ? known.checks : [...samples.keys()];
		const meant = nearest(samples === undefined ? check : sample, candidates);
		complaints.error(
			at,
			samples === undefined ? 'unknown-check' : 'unknown-other-sample',
			samples === undefined ? { name: check } : { check, name: sample },
			meant === null
				? null
				: {
						key: 'did-you-mean',
						values: { word: samples === undefined ? `${meant}.${sample}` : `${check}.${meant}` },
					},
		);
	}
}

function scalarWith(tree: Tree, text: string): ScalarTree | null {
	if (tree.kind === 'scalar') return tree.value === text ? tree : null;
	const parts = tree.kind === 'map' ? [...tree.entries.values()].map(({ value }) => value) : tree.items;
	for (const part of parts) {
		const found = scalarWith(part, text);
		if (found !== null) return found;
	}
	return null;
}
