import { findCheckKind } from '../checks/index.ts';
import type { Restored } from '../domain/backup-ports.ts';
import type { CheckDefinition } from '../domain/check.ts';
import { nearest } from '../domain/condition/index.ts';
import { type CheckId, checkId } from '../domain/ids.ts';
import type { Surroundings } from './checks.ts';
import type { Tree } from './tree.ts';

/** The checks a restored copy has to pass: each must look at the very thing that the plan copies. */
export function proofsOf(
	names: readonly string[],
	at: Tree,
	checks: readonly CheckDefinition[],
	live: Restored | null,
	{ complaints }: Surroundings,
): readonly CheckId[] {
	return names.flatMap((name, index) => {
		const node = at.kind === 'list' ? (at.items[index] ?? at) : at;
		const check = checks.find((one) => one.id === name);
		if (check === undefined) {
			const ids = checks.map((one) => one.id);
			const meant = nearest(name, ids);
			complaints.error(
				node,
				'unknown-check',
				{ name },
				meant === null ? null : { key: 'did-you-mean', values: { word: meant } },
			);
			return [];
		}
		const kind = findCheckKind(check.kind);
		if (live === null || (kind?.onRestored?.(check.options, live) ?? null) === null) {
			complaints.error(node, 'proof-elsewhere', { name, kind: check.kind });
			return [];
		}
		return [checkId(name)];
	});
}
