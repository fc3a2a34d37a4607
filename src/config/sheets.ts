import { z } from 'zod';
import type { Cadence } from '../domain/cadence.ts';
import { nearest } from '../domain/condition/index.ts';
import { actionId, checkId, sheetId } from '../domain/ids.ts';
import type { OwnText } from '../domain/own-text.ts';
import type { LookDefinition, ServiceDefinition, SheetDefinition, StepDefinition } from '../domain/system.ts';
import type { Surroundings } from './checks.ts';
import { checkEvents } from './events.ts';
import { isGlob, resolveGlob, resolvePath } from './paths.ts';
import { sheetSchema, stepSchema } from './sections.ts';
import { type MapTree, member, type Tree } from './tree.ts';
import { validate } from './validate.ts';

/** Sheets that every house has; others are called by their id until they get a title. */
const USUAL_TITLES: Readonly<Record<string, OwnText>> = {
	morning: { en: 'Morning round', 'zh-CN': '早班巡检' },
	afternoon: { en: 'Afternoon round', 'zh-CN': '午班巡检' },
	evening: { en: 'Evening round', 'zh-CN': '晚班巡检' },
	weekly: { en: 'Weekly round', 'zh-CN': '每周巡检' },
};

interface StepKeys {
	readonly title?: OwnText;
	readonly check?: readonly string[];
	readonly run?: string;
	readonly ask?: OwnText;
	readonly look?: {
		readonly log: string;
		readonly level?: NonNullable<LookDefinition['level']>;
		readonly since?: 'last-signed' | number;
	};
	readonly changes?: boolean;
	readonly every?: Cadence;
	readonly after?: readonly string[];
	readonly events?: readonly string[];
}

interface SheetKeys {
	readonly title?: OwnText;
	readonly at?: string;
	readonly grace?: number;
}

const headSchema = sheetSchema.extend({ steps: z.array(z.unknown()).min(1) });

function withoutSteps(tree: Tree): Tree {
	const steps = tree.kind === 'map' ? tree.entries.get('steps') : undefined;
	if (tree.kind !== 'map' || steps?.value.kind !== 'list') return tree;
	const items = steps.value.items.map(
		(item) => ({ ...item, kind: 'scalar', value: null, style: 'plain', inFlow: false }) as const,
	);
	return {
		...tree,
		entries: new Map(tree.entries).set('steps', { ...steps, value: { ...steps.value, items } }),
	};
}

export interface SheetNames {
	readonly checks: readonly string[];
	readonly actions: readonly string[];
	readonly services: readonly ServiceDefinition[];
	readonly events: readonly string[];
}

/** Every round sheet of the section. */
export function readSheets(section: MapTree, names: SheetNames, around: Surroundings): SheetDefinition[] {
	return [...section.entries].flatMap(([id, { value: tree }]) => {
		const fill = around.filler.fill;
		// Each step is read alone, so that what is wrong with one hides nothing of the others.
		const nodes = member(tree, 'steps');
		const items = nodes?.kind === 'list' ? nodes.items : [];
		const steps = items.flatMap((item, index) => {
			const where = `rounds.${id}.steps.${index + 1}`;
			const step = validate<StepKeys>({ schema: stepSchema, tree: item, where, fill }, around.complaints);
			return (step === undefined ? null : readStep(step, item, names, around)) ?? [];
		});
		const keys = validate<SheetKeys>(
			{ schema: headSchema, tree: withoutSteps(tree), where: `rounds.${id}`, fill },
			around.complaints,
		);
		if (keys === undefined) return [];
		return [
			{
				id: sheetId(id),
				title: keys.title ?? (Object.hasOwn(USUAL_TITLES, id) ? (USUAL_TITLES[id] as OwnText) : id),
				atMinute: keys.at === undefined ? null : minuteOf(keys.at, member(tree, 'at') ?? tree, around),
				graceMs: keys.grace ?? 30 * 60_000,
				steps,
			},
		];
	});
}

function minuteOf(written: string, at: Tree, around: Surroundings): number | null {
	const parts = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(written);
	if (parts !== null) return Number(parts[1]) * 60 + Number(parts[2]);
	around.complaints.error(at, 'bad-time', { found: JSON.stringify(written) });
	return null;
}

function readStep(step: StepKeys, at: Tree, names: SheetNames, around: Surroundings): StepDefinition | null {
	const { complaints } = around;
	const bodies = [step.check, step.run, step.ask].filter((body) => body !== undefined);
	if (bodies.length !== 1) {
		complaints.error({ ...at, end: Math.min(at.end, at.start + 1) }, 'step-body');
		return null;
	}
	if (step.ask === undefined) {
		for (const key of ['look', 'changes'] as const) {
			const extra = at.kind === 'map' ? at.entries.get(key) : undefined;
			if (extra !== undefined) complaints.error(extra.key, 'only-with-ask', { key });
		}
	}
	const title = step.title ?? null;
	checkEvents(step.events ?? [], member(at, 'events') ?? at, names.events, complaints);
	const when = {
		...(step.every === undefined ? {} : { every: step.every }),
		...(step.events === undefined ? {} : { events: [...new Set(step.events)] }),
		...(step.after === undefined ? {} : { after: step.after.map((file) => pathOrGlob(file, around.folder)) }),
	};
	if (step.check !== undefined) {
		const node = member(at, 'check') ?? at;
		for (const [index, name] of step.check.entries())
			checkName('check', name, node.kind === 'list' ? (node.items[index] ?? node) : node, names, around);
		return { kind: 'check', title, ...when, checks: [...new Set(step.check)].map(checkId) };
	}
	if (step.run !== undefined) {
		checkName('action', step.run, member(at, 'run') ?? at, names, around);
		return { kind: 'run', title, ...when, action: actionId(step.run) };
	}
	const look =
		step.look === undefined
			? null
			: readLook(step.look, member(member(at, 'look'), 'log') ?? at, names, around);
	return { kind: 'ask', title, ...when, question: step.ask ?? '', look, changes: step.changes ?? false };
}

function checkName(
	kind: 'check' | 'action',
	name: string,
	at: Tree,
	names: SheetNames,
	{ complaints }: Surroundings,
) {
	const [own, other] = kind === 'check' ? [names.checks, names.actions] : [names.actions, names.checks];
	if (own.includes(name)) return;
	if (other.includes(name))
		return complaints.error(at, kind === 'check' ? 'action-not-check' : 'check-not-action', { name });
	const meant = nearest(name, own);
	complaints.error(
		at,
		kind === 'check' ? 'unknown-check' : 'unknown-action',
		{ name },
		meant === null ? null : { key: 'did-you-mean', values: { word: meant } },
	);
}

function readLook(
	look: NonNullable<StepKeys['look']>,
	at: Tree,
	names: SheetNames,
	{ complaints, folder }: Surroundings,
): LookDefinition {
	const service = names.services.find((known) => known.id === look.log);
	const rest = { level: look.level ?? null, since: look.since ?? null };
	if (service !== undefined) {
		if (service.logs.length === 0) complaints.error(at, 'no-logs', { name: look.log });
		return { log: look.log, ...rest };
	}
	if (!/[./*]/.test(look.log)) {
		const meant = nearest(
			look.log,
			names.services.map((known) => known.id),
		);
		complaints.error(
			at,
			'unknown-log',
			{ name: look.log },
			meant === null ? null : { key: 'did-you-mean', values: { word: meant } },
		);
	}
	return { log: pathOrGlob(look.log, folder), ...rest };
}

function pathOrGlob(written: string, folder: string): string {
	return isGlob(written) ? resolveGlob(folder, written) : resolvePath(folder, written);
}
