import { type Condition, nearest, parseCondition } from '../domain/condition/index.ts';
import type { Fault } from '../domain/fault.ts';
import { actionId, checkId } from '../domain/ids.ts';
import type { OwnText } from '../domain/own-text.ts';
import type { Text } from '../domain/secret.ts';
import type { ActionBody, ActionDefinition } from '../domain/system.ts';
import type { Unit } from '../domain/value.ts';
import { argumentsOf, type CommandSource } from '../fields/command-line.ts';
import { fillWithFaults, type Surroundings } from './checks.ts';
import type { Complaints } from './complaints.ts';
import { checkNames, readConditions } from './conditions.ts';
import { checkEvents } from './events.ts';
import { fieldWords } from './field-words.ts';
import { resolvePath } from './paths.ts';
import { actionSchema } from './sections.ts';
import { checkSequences } from './sequences.ts';
import { type Entry, type MapTree, member, type Tree } from './tree.ts';
import { validate } from './validate.ts';

const KEYS_OF_RUN = ['shell', 'cwd', 'env', 'timeout', 'result', 'must', 'should'] as const;

interface ActionKeys {
	readonly title?: OwnText;
	readonly key?: string;
	readonly confirm?: boolean;
	readonly recheck?: readonly string[];
	readonly tells?: string;
	readonly run?: CommandSource;
	readonly shell?: boolean;
	readonly cwd?: string;
	readonly env?: Readonly<Record<string, Text>>;
	readonly timeout?: number;
	readonly result?: string;
	readonly builtin?: 'report';
	readonly sequence?: readonly (string | { readonly action: string } | { readonly check: string })[];
}

export interface ActionNames {
	readonly checks: readonly string[];
	readonly actions: readonly string[];
	readonly events: readonly string[];
	/** Keys the console has itself. */
	readonly reserved: readonly string[];
}

/** Every action of the section. */
export function readActions(section: MapTree, names: ActionNames, around: Surroundings): ActionDefinition[] {
	const keys = new Map<string, string>();
	const actions = [...section.entries].flatMap(([id, entry]) => {
		const action = readAction(id, entry, names, around);
		if (action === null) return [];
		const at = member(entry.value, 'key') ?? entry.key;
		if (action.key !== null) {
			const other = keys.get(action.key);
			if (other !== undefined) around.complaints.error(at, 'key-twice', { key: action.key, other });
			if (names.reserved.includes(action.key))
				around.complaints.error(at, 'key-reserved', { key: action.key });
			keys.set(action.key, id);
		}
		return [action];
	});
	checkSequences(section, actions, around.complaints);
	return actions;
}

function readAction(
	id: string,
	entry: Entry,
	names: ActionNames,
	around: Surroundings,
): ActionDefinition | null {
	const { complaints } = around;
	const tree = entry.value;
	const found: { fault: Fault | null } = { fault: null };
	const keys = validate<ActionKeys>(
		{ schema: actionSchema, tree, where: `actions.${id}`, fill: fillWithFaults(around, found) },
		complaints,
	);
	if (keys === undefined || tree.kind !== 'map') return null;
	const bodies = [keys.run, keys.builtin, keys.sequence].filter((body) => body !== undefined);
	if (bodies.length !== 1) {
		complaints.error(entry.key, 'action-body');
		return null;
	}
	if (keys.run === undefined) {
		for (const key of KEYS_OF_RUN) {
			const extra = tree.entries.get(key);
			if (extra !== undefined) complaints.error(extra.key, 'only-with-run', { key });
		}
	}
	checkKey(keys.key, tree, around);
	if (keys.tells !== undefined)
		checkEvents([keys.tells], member(tree, 'tells') ?? tree, names.events, complaints);
	const body = bodyOf(keys, tree, names, around);
	const pattern = readPattern(keys.result, member(tree, 'result'), around);
	const { must, should } = conditionsOf(tree, keys.run !== undefined, pattern, around);
	if (body === null) return null;
	return {
		id: actionId(id),
		title: keys.title ?? id,
		key: keys.key ?? null,
		confirm: keys.confirm ?? false,
		recheck: recheckOf(keys.recheck ?? [], member(tree, 'recheck') ?? tree, names, complaints),
		...(keys.tells === undefined ? {} : { tells: keys.tells }),
		body,
		result: pattern === null ? null : (keys.result ?? null),
		must,
		should,
		...(found.fault === null ? {} : { broken: found.fault }),
	};
}

function recheckOf(
	wanted: readonly string[],
	tree: Tree,
	{ checks }: ActionNames,
	complaints: Complaints,
): ActionDefinition['recheck'] {
	if (wanted.includes('all') && !checks.includes('all')) return checks.map(checkId);
	const nodes = tree.kind === 'list' ? tree.items : [];
	return wanted.flatMap((name, index) => {
		if (checks.includes(name)) return [checkId(name)];
		const meant = nearest(name, checks);
		const hint = meant === null ? null : ({ key: 'did-you-mean', values: { word: meant } } as const);
		complaints.error(nodes[index] ?? tree, 'unknown-check', { name }, hint);
		return [];
	});
}

function checkKey(key: string | undefined, tree: MapTree, around: Surroundings): void {
	if (key === undefined || /^[!-~]$/.test(key)) return;
	around.complaints.error(member(tree, 'key') ?? tree, 'bad-key', { found: JSON.stringify(key) });
}

function bodyOf(
	keys: ActionKeys,
	tree: MapTree,
	names: ActionNames,
	around: Surroundings,
): ActionBody | null {
	if (keys.builtin !== undefined) return { kind: 'builtin', name: keys.builtin };
	if (keys.sequence !== undefined)
		return sequenceOf(keys.sequence, member(tree, 'sequence') as Tree, names, around);
	const run = member(tree, 'run') ?? tree;
	const argv = argumentsOf(keys.run ?? '', keys.shell ?? false);
	if (!argv.ok) {
		around.complaints.errorText(run, fieldWords(argv.error, around.complaints.locale));
		return null;
	}
	return {
		kind: 'run',
		argv: argv.value,
		cwd: resolvePath(around.folder, keys.cwd ?? '.'),
		env: keys.env ?? {},
		timeoutMs: keys.timeout ?? 300_000,
	};
}

function sequenceOf(
	parts: NonNullable<ActionKeys['sequence']>,
	tree: Tree,
	names: ActionNames,
	around: Surroundings,
): ActionBody {
	const { complaints } = around;
	const nodes = tree.kind === 'list' ? tree.items : [];
	const read = parts.flatMap((part, index) => {
		const at = nodes[index] ?? tree;
		if (typeof part !== 'string') {
			const [kind, name] =
				'action' in part ? (['actions', part.action] as const) : (['checks', part.check] as const);
			if (names[kind].includes(name))
				return [kind === 'actions' ? { action: actionId(name) } : { check: checkId(name) }];
			unknown(name, names[kind], kind === 'actions' ? 'unknown-action' : 'unknown-check', at);
			return [];
		}
		const [isAction, isCheck] = [names.actions.includes(part), names.checks.includes(part)];
		if (isAction && isCheck) complaints.error(at, 'sequence-both', { name: part });
		else if (isAction) return [{ action: actionId(part) }];
		else if (isCheck) return [{ check: checkId(part) }];
		else unknown(part, [...names.actions, ...names.checks], 'sequence-unknown', at);
		return [];
	});
	function unknown(
		name: string,
		known: readonly string[],
		word: 'unknown-action' | 'unknown-check' | 'sequence-unknown',
		at: Tree,
	) {
		const meant = nearest(name, known);
		complaints.error(
			at,
			word,
			{ name },
			meant === null ? null : { key: 'did-you-mean', values: { word: meant } },
		);
	}
	return { kind: 'sequence', parts: read };
}

/** The same flags as where the output is read. */
function readPattern(
	source: string | undefined,
	at: Tree | undefined,
	around: Surroundings,
): readonly string[] | null {
	if (source === undefined) return [];
	try {
		new RegExp(source, 'mu');
	} catch (error) {
		const detail = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : '';
		if (at !== undefined) around.complaints.error(at, 'bad-pattern', { detail });
		return null;
	}
	return [...source.matchAll(/(?<!\\)\(\?<([\p{L}_$][\p{L}\p{N}_$]*)>/gu)].map((group) => group[1] as string);
}

function conditionsOf(
	tree: MapTree,
	runs: boolean,
	groups: readonly string[] | null,
	around: Surroundings,
): { readonly must: readonly Condition[]; readonly should: readonly Condition[] } {
	const { complaints } = around;
	const must = readConditions(member(tree, 'must'), complaints);
	const should = readConditions(member(tree, 'should'), complaints);
	if (groups !== null) {
		const own = new Map<string, Unit | null>([
			['exit', 'none'],
			['took', 'ms'],
			...groups.map((group): [string, null] => [group, null]),
		]);
		const known = { own, other: () => undefined, checks: [], isAction: true };
		for (const condition of [...must, ...should]) checkNames(condition, known, complaints);
	}
	const implied = parseCondition('exit == 0');
	if (!implied.ok) throw new Error('the implied condition does not parse');
	return {
		must: must.length === 0 && runs ? [implied.value] : must.map((placed) => placed.parsed),
		should: should.map((placed) => placed.parsed),
	};
}
