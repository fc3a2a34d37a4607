import type { DrillDefinition } from '../domain/backup.ts';
import type { Unit } from '../domain/value.ts';
import type { SourceKind } from '../sources/define.ts';
import type { PlanKeys } from './backups.ts';
import { resolvePaths, type Surroundings } from './checks.ts';
import { checkNames, readConditions } from './conditions.ts';
import { member, type Tree } from './tree.ts';
import { type FillScalar, validate } from './validate.ts';

export function drillOf(
	drill: PlanKeys['drill'],
	at: Tree | undefined,
	source: SourceKind,
	where: string,
	fill: FillScalar,
	around: Surroundings,
): DrillDefinition {
	const { complaints } = around;
	if (typeof drill === 'number' || drill === undefined)
		return { everyMs: drill ?? null, into: null, mask: [], must: [], should: [] };
	const must = readConditions(member(at, 'must'), complaints);
	const should = readConditions(member(at, 'should'), complaints);
	for (const condition of [...must, ...should])
		checkNames(
			condition,
			{ own: drillSamples, other: () => undefined, checks: [], isAction: true },
			complaints,
		);
	const mask = drill.mask ?? [];
	const masked = member(at, 'mask');
	if (mask.length > 0 && masked !== undefined && source.restoring?.mask === undefined)
		complaints.error(masked, 'cannot-mask', { source: source.name });
	return {
		everyMs: drill.every ?? null,
		into: intoOf(member(at, 'into'), source, where, fill, around),
		mask,
		must: must.map(({ parsed }) => parsed),
		should: should.map(({ parsed }) => parsed),
	};
}

/** What a drill's conditions may name: the fixed ones, and a table's or sum's own. */
export const DRILL_SAMPLES: ReadonlyMap<string, Unit | null> = new Map<string, Unit | null>([
	['rto', 'ms'],
	['rpo', 'ms'],
	['bytes', 'bytes'],
]);
const drillSamples: ReadonlyMap<string, Unit | null> = Object.assign(new Map(DRILL_SAMPLES), {
	has: (name: string) => DRILL_SAMPLES.has(name) || /^(?:rows|sum)\./.test(name),
});

function intoOf(
	tree: Tree | undefined,
	source: SourceKind,
	where: string,
	fill: FillScalar,
	around: Surroundings,
): unknown {
	if (tree === undefined) return null;
	const schema = source.restoring?.intoSchema;
	if (schema === undefined) {
		around.complaints.error(tree, 'no-staging', { source: source.name });
		return null;
	}
	const options = validate<Record<string, unknown>>(
		{ schema, tree, where: `${where}.drill.into`, fill },
		around.complaints,
	);
	return options === undefined
		? null
		: resolvePaths(options, { paths: source.restoring?.intoPaths ?? [] }, around.folder);
}
