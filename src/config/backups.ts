import type { BackupPlan, TargetDefinition } from '../domain/backup.ts';
import { isNameTemplate } from '../domain/backup-name.ts';
import { nearest } from '../domain/condition/index.ts';
import type { Fault } from '../domain/fault.ts';
import { actionId, planId } from '../domain/ids.ts';
import type { OwnText } from '../domain/own-text.ts';
import type { Text } from '../domain/secret.ts';
import type { SourceKind } from '../sources/define.ts';
import { findSource, SOURCES } from '../sources/index.ts';
import { drillOf } from './backup-drill.ts';
import { lacksClock, planNames } from './backup-names.ts';
import { encryptOf, keepOf, scheduleOf } from './backup-parts.ts';
import { proofsOf } from './backup-proofs.ts';
import { planSchema } from './backup-sections.ts';
import { fillWithFaults, resolvePaths, type Surroundings } from './checks.ts';
import { kindWord } from './include.ts';
import { targetsOf } from './targets.ts';
import { type Entry, type MapTree, member } from './tree.ts';
import { type FillScalar, validate } from './validate.ts';

export const SOURCE_NAMES: readonly string[] = (SOURCES as readonly { readonly name: string }[]).map(
	({ name }) => name,
);
export const PLAN_KEYS: readonly string[] = Object.keys(planSchema.shape);
/** Taken as they stand. */
const RAW: readonly unknown[] = ['sums', 'mask', 'must', 'should'];

export interface PlanKeys {
	readonly source?: string;
	readonly title?: OwnText;
	readonly to?: readonly string[];
	readonly at?: readonly string[];
	readonly every?: number;
	readonly name?: string;
	readonly pinnedName?: string;
	readonly compress?: BackupPlan['compress'];
	readonly encrypt?: {
		readonly recipients?: readonly string[];
		readonly identity?: Text;
		readonly passphrase?: Text;
	};
	readonly keep?: {
		readonly days?: number;
		readonly weeks?: number;
		readonly copies?: number;
		readonly auto?: boolean;
	};
	readonly prove?: readonly string[];
	readonly drill?: number | { readonly every?: number; readonly mask?: readonly string[] };
	readonly restore?: {
		readonly stop?: readonly string[];
		readonly start?: readonly string[];
		readonly second?: boolean;
		readonly warn?: OwnText;
	};
	readonly base?: string;
	readonly timeout?: number;
	readonly nothing?: OwnText;
}

export interface PlanNames {
	readonly checks: Parameters<typeof proofsOf>[2];
	readonly actions: readonly string[];
	readonly targets: ReadonlyMap<string, TargetDefinition>;
	/** Names written under `targets`, readable or not. */
	readonly declaredTargets: readonly string[];
}

/** Every backup plan of the section. */
export function readBackups(section: MapTree, names: PlanNames, around: Surroundings): BackupPlan[] {
	const plans = [...section.entries].flatMap(([id, entry]) => readPlan(id, entry, names, around) ?? []);
	for (const plan of plans) checkBase(plan, plans, section, around);
	checkNamesApart(plans, section, around);
	return plans;
}

function readPlan(id: string, entry: Entry, names: PlanNames, around: Surroundings): BackupPlan | null {
	const { complaints } = around;
	const tree = entry.value;
	if (tree.kind !== 'map') {
		complaints.error(entry.key, 'expected', {
			expected: complaints.word('map'),
			found: kindWord(tree, complaints),
		});
		return null;
	}
	const part = (ours: boolean): MapTree => ({
		...tree,
		entries: new Map([...tree.entries].filter(([key]) => PLAN_KEYS.includes(key) === ours)),
	});
	const found: { fault: Fault | null } = { fault: null };
	const filled = fillWithFaults(around, found);
	const fill: FillScalar = (scalar, path) =>
		path.some((step) => RAW.includes(step)) ? scalar.value : filled(scalar, path);
	const where = `backups.${id}`;
	const keys = validate<PlanKeys>({ schema: planSchema, tree: part(true), where, fill }, complaints);
	if (keys === undefined) return null;
	if (keys.nothing !== undefined && keys.source === undefined) {
		const [stray] = [...tree.entries].filter(([key]) => !['nothing', 'title'].includes(key));
		if (stray !== undefined) complaints.error(stray[1].key, 'nothing-alone', { key: stray[0] });
		return nothingPlan(id, keys);
	}
	const source = sourceOf(keys.source, entry, tree, around);
	if (source === undefined) return null;
	if (keys.to === undefined) {
		complaints.error(entry.key, 'missing', { key: 'to', where, expected: complaints.word('text-or-list') });
		return null;
	}
	const options = validate<Record<string, unknown>>(
		{ schema: source.schema, tree: part(false), where, fill, moreKeys: PLAN_KEYS },
		complaints,
	);
	if (options === undefined) return null;
	const resolved = resolvePaths(options, source, around.folder);
	const usual = source.names(resolved);
	const schedule = scheduleOf(keys, tree, around);
	for (const key of ['name', 'pinnedName'] as const) {
		const written = keys[key];
		if (written !== undefined && !isNameTemplate(written))
			complaints.error(member(tree, key) ?? tree, 'bad-name-template', { found: JSON.stringify(written) });
	}
	if (keys.name !== undefined && lacksClock(keys.name, schedule))
		complaints.error(member(tree, 'name') ?? tree, 'name-needs-time', { found: JSON.stringify(keys.name) });
	const targets = targetsOf(
		keys.to,
		member(tree, 'to') ?? tree,
		names.targets,
		names.declaredTargets,
		around,
	);
	if (targets.length === 0) return null;
	const drill = drillOf(keys.drill, member(tree, 'drill'), source, where, fill, around);
	const broken = found.fault ?? targets.find((target) => target.broken !== undefined)?.broken;
	return {
		id: planId(id),
		title: keys.title ?? id,
		source: source.name,
		options: resolved,
		targets,
		names: planNames({ plain: keys.name, pinned: keys.pinnedName }, usual, schedule),
		compress: keys.compress ?? source.compress,
		encrypt: encryptOf(keys.encrypt, member(tree, 'encrypt') ?? tree, around),
		schedule,
		keep: keepOf(keys.keep),
		prove: proofsOf(
			keys.prove ?? [],
			member(tree, 'prove') ?? tree,
			names.checks,
			source.restoring?.live(resolved).restored ?? null,
			around,
		),
		drill,
		restore: {
			stop: actionsOf(keys.restore?.stop, 'stop', tree, names, around),
			start: actionsOf(keys.restore?.start, 'start', tree, names, around),
			second: keys.restore?.second ?? false,
			warn: keys.restore?.warn ?? null,
		},
		base: keys.base === undefined ? null : planId(keys.base),
		timeoutMs: keys.timeout ?? 2 * 3_600_000,
		nothing: null,
		...(broken === undefined ? {} : { broken }),
	};
}

function nothingPlan(id: string, keys: PlanKeys): BackupPlan {
	return {
		id: planId(id),
		title: keys.title ?? id,
		source: '',
		options: {},
		targets: [],
		names: { plain: '', pinned: '' },
		compress: 'none',
		encrypt: null,
		schedule: null,
		keep: { ageMs: null, count: null },
		prove: [],
		drill: { everyMs: null, into: null, mask: [], must: [], should: [] },
		restore: { stop: [], start: [], second: false, warn: null },
		base: null,
		timeoutMs: 0,
		nothing: keys.nothing ?? null,
	};
}

function sourceOf(
	name: string | undefined,
	entry: Entry,
	tree: MapTree,
	{ complaints }: Surroundings,
): SourceKind | undefined {
	const source = name === undefined ? undefined : findSource(name);
	if (source !== undefined) return source;
	const words = SOURCE_NAMES.join(', ');
	if (name === undefined) {
		complaints.error(entry.key, 'missing', {
			key: 'source',
			where: `backups.${entryName(entry)}`,
			expected: words,
		});
		return undefined;
	}
	const meant = nearest(name, SOURCE_NAMES);
	complaints.error(
		member(tree, 'source') ?? entry.key,
		'unknown-kind',
		{ kind: name, words },
		meant === null ? null : { key: 'did-you-mean', values: { word: meant } },
	);
	return undefined;
}

function entryName({ key }: Entry): string {
	return key.file.text.slice(key.start, key.end);
}

function actionsOf(
	written: readonly string[] | undefined,
	key: 'stop' | 'start',
	tree: MapTree,
	{ actions }: PlanNames,
	{ complaints }: Surroundings,
): BackupPlan['restore']['stop'] {
	const node = member(member(tree, 'restore'), key) ?? tree;
	return (written ?? []).flatMap((name, index) => {
		if (actions.includes(name)) return [actionId(name)];
		const meant = nearest(name, actions);
		complaints.error(
			node.kind === 'list' ? (node.items[index] ?? node) : node,
			'unknown-action',
			{ name },
			meant === null ? null : { key: 'did-you-mean', values: { word: meant } },
		);
		return [];
	});
}

/** Increments need the plan they continue, and it must be of the sort they can continue. */
function checkBase(
	plan: BackupPlan,
	plans: readonly BackupPlan[],
	section: MapTree,
	around: Surroundings,
): void {
	const wanted = findSource(plan.source)?.continues;
	const entry = section.entries.get(plan.id);
	if (entry === undefined || (wanted === undefined && plan.base === null)) return;
	const at = member(entry.value, 'base') ?? entry.key;
	const { complaints } = around;
	if (wanted === undefined) complaints.error(at, 'base-unwanted', { source: plan.source });
	else if (plan.base === null) complaints.error(at, 'base-missing', { source: plan.source, wanted });
	else if (plans.find((one) => one.id === plan.base)?.source !== wanted)
		complaints.error(at, 'base-wrong', { name: plan.base, wanted });
}

/** Two plans that would write the same names into the same place. */
function checkNamesApart(plans: readonly BackupPlan[], section: MapTree, { complaints }: Surroundings): void {
	const owners = new Map<string, string>();
	for (const plan of plans) {
		for (const target of plan.targets) {
			const place = JSON.stringify([target.kind, target.options, plan.names.plain]);
			const owner = owners.get(place);
			const entry = section.entries.get(plan.id);
			if (owner !== undefined && owner !== plan.id && entry !== undefined)
				complaints.error(entry.key, 'plans-collide', { name: plan.names.plain, other: owner });
			owners.set(place, plan.id);
		}
	}
}
