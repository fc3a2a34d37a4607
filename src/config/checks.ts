import type { RegisteredKind } from '../checks/define.ts';
import { CHECK_KINDS, findCheckKind } from '../checks/index.ts';
import type { CheckDefinition } from '../domain/check.ts';
import { nearest, parseCondition } from '../domain/condition/index.ts';
import type { Fault } from '../domain/fault.ts';
import { checkId, serviceId } from '../domain/ids.ts';
import type { OwnText } from '../domain/own-text.ts';
import { Secret } from '../domain/secret.ts';
import type { EnvironmentDefinition } from '../domain/system.ts';
import type { Unit } from '../domain/value.ts';
import { readHours } from './behaviour.ts';
import type { Complaints } from './complaints.ts';
import { checkNames, type Known, type Placed, readConditions, readShown } from './conditions.ts';
import { fieldWords } from './field-words.ts';
import type { Filler } from './fill.ts';
import { kindWord } from './include.ts';
import { isGlob, resolveGlob, resolvePath } from './paths.ts';
import { checkReferred } from './referred.ts';
import type { SecretStore } from './secrets.ts';
import { checkSchema } from './sections.ts';
import { type Entry, type MapTree, member, type Path, type ScalarTree } from './tree.ts';
import { type FillScalar, keysAt, validate } from './validate.ts';

export const KIND_NAMES: readonly string[] = CHECK_KINDS.map((kind) => kind.name);
const COMMON_KEYS: readonly string[] = Object.keys(checkSchema.shape);
/** Conditions, queries and patterns are taken as they stand. */
const RAW: readonly unknown[] = ['must', 'should', 'show', 'read', 'plan', 'result'];
const LEAST_EVERY_MS = 1000;

export interface Surroundings {
	readonly folder: string;
	/** The active one. */
	readonly environment: Pick<EnvironmentDefinition, 'name' | 'guard'>;
	readonly services: readonly string[];
	readonly filler: Filler;
	readonly secrets: SecretStore;
	readonly complaints: Complaints;
}

/** A filler for one piece that remembers the fault of the first secret in it that could not be read. */
export function fillWithFaults(
	around: Surroundings,
	found: { fault: Fault | null },
	later: readonly string[] = [],
): FillScalar {
	return (scalar: ScalarTree, path: Path) => {
		if (RAW.includes(path[0])) return scalar.value;
		const value = around.filler.fillExcept(scalar, later);
		if (value instanceof Secret) found.fault ??= around.secrets.faultOf(value);
		return value;
	};
}

interface CommonKeys {
	readonly kind: string;
	readonly service?: string;
	readonly title?: OwnText;
	readonly every?: number;
	readonly timeout?: number;
	readonly confirm?: number;
	readonly for?: number;
	readonly hours?: string;
}

interface Draft {
	readonly id: string;
	readonly entry: Entry;
	readonly definition: CheckDefinition | null;
	/** null when its options could not be read, so that nobody knows them. */
	readonly samples: ReadonlyMap<string, Unit | null> | null;
	readonly conditions: readonly Placed<CheckDefinition['must'][number]>[];
	readonly shown: ReturnType<typeof readShown>;
}

/** Every check of the section, its conditions parsed and its references looked up. */
export function readChecks(section: MapTree, around: Surroundings): CheckDefinition[] {
	const drafts = [...section.entries].map(([id, entry]) => readCheck(id, entry, around));
	const byId = new Map(drafts.map((draft) => [draft.id, draft]));
	for (const draft of drafts) {
		// Without its kind's samples nothing can be said about names: the check has its own problem already.
		const { samples } = draft;
		if (samples === null) continue;
		const known: Known = {
			own: samples,
			other: (check) =>
				(byId.get(check)?.samples === null ? anything : byId.get(check)?.samples) ?? undefined,
			checks: [...byId.keys()],
			isAction: false,
		};
		checkReferred(draft, known, around.complaints);
		for (const condition of draft.conditions) checkNames(condition, known, around.complaints);
		for (const shown of draft.shown)
			checkNames(shown, { ...known, own: withoutLater(samples, draft, shown.name) }, around.complaints);
	}
	return drafts.flatMap((draft) => draft.definition ?? []);
}

/** Samples of a check that could not be read: every name passes, so that one mistake is said once. */
const anything: ReadonlyMap<string, Unit | null> = Object.assign(new Map<string, Unit | null>(), {
	has: () => true,
});

/** A shown value may use those written before it, never itself. */
function withoutLater(
	samples: ReadonlyMap<string, Unit | null>,
	draft: Draft,
	name: string,
): ReadonlyMap<string, Unit | null> {
	const later = draft.shown
		.slice(draft.shown.findIndex((shown) => shown.name === name))
		.map((shown) => shown.name);
	return new Map([...samples].filter(([known]) => !later.includes(known)));
}

function readCheck(id: string, entry: Entry, around: Surroundings): Draft {
	const { complaints } = around;
	const tree = entry.value;
	if (tree.kind !== 'map') {
		complaints.error(tree.kind === 'scalar' && tree.value === null ? entry.key : tree, 'expected', {
			expected: complaints.word('map'),
			found: kindWord(tree, complaints),
		});
		return { id, entry, definition: null, samples: null, conditions: [], shown: [] };
	}
	const kind = kindOf(tree, entry, complaints);
	const common: MapTree = {
		...tree,
		entries: new Map([...tree.entries].filter(([key]) => COMMON_KEYS.includes(key))),
	};
	const own: MapTree = {
		...tree,
		entries: new Map([...tree.entries].filter(([key]) => !COMMON_KEYS.includes(key))),
	};
	const found: { fault: Fault | null } = { fault: null };
	const fill = fillWithFaults(around, found, kind?.later);
	const where = `checks.${id}`;
	const keys = validate<CommonKeys>({ schema: checkSchema, tree: common, where, fill }, complaints);
	const options =
		kind === undefined
			? undefined
			: validate<Record<string, unknown>>(
					{ schema: kind.schema, tree: own, where, fill, moreKeys: COMMON_KEYS },
					complaints,
				);
	const must = readConditions(member(tree, 'must'), complaints);
	const should = readConditions(member(tree, 'should'), complaints);
	const shown = readShown(member(tree, 'show'), complaints);
	const service = textOf(member(tree, 'service'), fill);
	if (service !== null) checkService(service, member(tree, 'service') ?? tree, around);
	warnRepeated(must, should, complaints);
	const draft: Draft = {
		id,
		entry,
		definition: null,
		samples: null,
		conditions: [...must, ...should],
		shown,
	};
	if (kind === undefined || options === undefined) return draft;

	const refused = kind.refusal?.(options, around.environment) ?? null;
	if (refused !== null)
		complaints.errorText(
			member(tree, refused.key) ?? entry.key,
			fieldWords(refused.message, complaints.locale),
		);
	const resolved = resolvePaths(options, kind, around.folder);
	const samples = new Map<string, Unit | null>(Object.entries(kind.samples(resolved)));
	for (const { name, key } of shown) {
		if (samples.has(name)) complaints.error(key, 'name-taken', { name });
		samples.set(name, null);
	}
	if (keys === undefined) return { ...draft, samples };
	const { everyMs, timeoutMs } = checkTimes(keys, tree, complaints);
	// A condition that could not be read is a problem of its own, not the wish to have none.
	const written = member(tree, 'must');
	const hasMust = written?.kind === 'list' ? written.items.length > 0 : must.length > 0;
	const implied = hasMust ? [] : (kind.impliedMust?.(resolved) ?? []).map(parseImplied);
	const writtenShould = member(tree, 'should');
	const hasShould = writtenShould?.kind === 'list' ? writtenShould.items.length > 0 : should.length > 0;
	const impliedShould = hasShould ? [] : (kind.impliedShould?.(resolved) ?? []).map(parseImplied);
	const definition: CheckDefinition = {
		id: checkId(id),
		title: keys.title ?? null,
		service: keys.service === undefined ? null : serviceId(keys.service),
		kind: kind.name,
		options: resolved,
		everyMs,
		timeoutMs,
		confirm: keys.confirm ?? 3,
		retryMs: Math.min(everyMs, 10_000),
		forMs: keys.for ?? 0,
		hours: readHours(keys.hours, member(tree, 'hours') ?? tree, complaints),
		needs: [],
		must: hasMust ? must.map((placed) => placed.parsed) : implied,
		should: hasShould ? should.map((placed) => placed.parsed) : impliedShould,
		show: shown.map(({ name, parsed }) => ({ name, expression: parsed })),
		...(found.fault === null ? {} : { broken: found.fault }),
	};
	return { ...draft, definition, samples };
}

function textOf(tree: ReturnType<typeof member>, fill: FillScalar): string | null {
	const value = tree?.kind === 'scalar' ? fill(tree, ['service']) : null;
	return typeof value === 'string' && value !== '' ? value : null;
}

/** The same test under both headings can only ever be critical. */
function warnRepeated(must: Draft['conditions'], should: Draft['conditions'], complaints: Complaints): void {
	const plain = (text: string) => text.replace(/\s+/g, '');
	for (const { parsed, scalar } of should)
		if (must.some((other) => plain(other.parsed.text) === plain(parsed.text)))
			complaints.warn(scalar, 'also-must');
}

function kindOf(tree: MapTree, entry: Entry, complaints: Complaints): RegisteredKind | undefined {
	const written = tree.entries.get('kind');
	if (written === undefined || written.value.kind !== 'scalar') return undefined;
	const name = String(written.value.value ?? '');
	const kind = findCheckKind(name);
	if (kind === undefined && name !== '') {
		const meant = nearest(name, KIND_NAMES);
		complaints.error(
			written.value.start === written.value.end ? entry.key : written.value,
			'unknown-kind',
			{ kind: name, words: KIND_NAMES.join(', ') },
			meant === null ? null : { key: 'did-you-mean', values: { word: meant } },
		);
	}
	return kind;
}

function checkService(
	name: string,
	at: MapTree | NonNullable<ReturnType<typeof member>>,
	around: Surroundings,
): void {
	if (around.services.includes(name) || around.complaints.hasErrorIn(at)) return;
	const meant = nearest(name, around.services);
	around.complaints.error(
		at,
		'unknown-service',
		{ name },
		meant === null ? null : { key: 'did-you-mean', values: { word: meant } },
	);
}

function checkTimes(
	keys: CommonKeys,
	tree: MapTree,
	complaints: Complaints,
): { readonly everyMs: number; readonly timeoutMs: number } {
	const everyMs = keys.every ?? 30_000;
	const timeoutMs = keys.timeout ?? 5000;
	const every = member(tree, 'every') ?? tree;
	const timeout = member(tree, 'timeout') ?? tree;
	if (everyMs < LEAST_EVERY_MS) complaints.error(every, 'every-least', { limit: '1s' });
	if (timeoutMs < 1) complaints.error(timeout, 'timeout-least');
	else if (keys.timeout !== undefined && timeoutMs > everyMs && everyMs >= LEAST_EVERY_MS)
		complaints.warn(timeout, 'timeout-every', { timeout: `${timeoutMs} ms`, every: `${everyMs} ms` });
	return { everyMs, timeoutMs };
}

function parseImplied(text: string): CheckDefinition['must'][number] {
	const parsed = parseCondition(text);
	if (!parsed.ok) throw new Error(`the implied condition does not parse: ${text}`);
	return parsed.value;
}

/** Paths and globs the kind names, absolute against the configuration's folder. */
export function resolvePaths(
	options: Record<string, unknown>,
	kind: { readonly paths: readonly string[] },
	folder: string,
): Record<string, unknown> {
	const resolve = (value: unknown): unknown => {
		if (Array.isArray(value)) return value.map(resolve);
		// A map of names with a path each.
		if (typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype)
			return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, resolve(one)]));
		if (typeof value !== 'string') return value;
		return isGlob(value) ? resolveGlob(folder, value) : resolvePath(folder, value);
	};
	const changed = kind.paths
		.filter((key) => options[key] !== undefined)
		.map((key) => [key, resolve(options[key])] as const);
	return { ...options, ...Object.fromEntries(changed) };
}

/** Every key a check of this kind may have. */
export function keysOfKind(kind: RegisteredKind): readonly string[] {
	return [...COMMON_KEYS, ...keysAt(kind.schema, [])];
}
