import { backupActionIds } from '../domain/backup.ts';
import { nearest } from '../domain/condition/index.ts';
import { serviceId } from '../domain/ids.ts';
import type { OwnText } from '../domain/own-text.ts';
import type { ConfigProblem } from '../domain/picture.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { SystemDefinition } from '../domain/system.ts';
import { readActions } from './actions.ts';
import { readBackups } from './backups.ts';
import { readMaintenance, withNeeds } from './behaviour.ts';
import { readChecks, type Surroundings } from './checks.ts';
import { type Complaints, createComplaints, inOrder } from './complaints.ts';
import { type Environments, readEnvironments } from './environments.ts';
import { readEvents } from './events.ts';
import { createFiller, type Filler } from './fill.ts';
import { kindWord, readFiles } from './include.ts';
import { folderOf, isGlob, resolveGlob, resolvePath } from './paths.ts';
import { resolveSecrets } from './secrets.ts';
import {
	environmentSchema,
	ID,
	ID_LIMIT,
	NOT_YET,
	SECTION_NAMES,
	SECTIONS,
	serviceSchema,
} from './sections.ts';
import { readSheets } from './sheets.ts';
import type { ConfigSources, LoadedConfig, LoadOptions } from './sources.ts';
import { readTargets } from './targets.ts';
import { emptyMap, type MapTree, member, type ScalarTree, type Tree } from './tree.ts';
import { validate } from './validate.ts';

export type { ConfigSources, LoadedConfig, LoadOptions } from './sources.ts';

/** Sections that are maps of named entries; their entries are read one by one. */
const NAMED = [
	'environments',
	'services',
	'checks',
	'actions',
	'rounds',
	'secrets',
	'events',
	'backups',
	'targets',
] as const;

/**
 * Reads a configuration and all it includes for one environment. `path` is absolute. Every problem is listed, each with
 * its place; a secret that cannot be read is a warning, and what uses it carries the fault.
 */
export async function loadConfig(
	path: string,
	sources: ConfigSources,
	options: LoadOptions = {},
): Promise<Result<LoadedConfig, readonly ConfigProblem[]>> {
	const complaints = createComplaints(options.locale ?? 'en');
	const { tree: root, files } = await readFiles(path, sources, complaints);
	const failed = () => err(inOrder(complaints.errors, files));
	if (root === null) return failed();
	checkSections(root, complaints);
	const folder = folderOf(path);
	const environments = readEnvironments(withShapes(root, complaints), options.environment, complaints);
	const secrets = await resolveSecrets(root, folder, sources, complaints);
	const filler = createFiller(environments, secrets, sources, complaints);
	const around: Surroundings = {
		folder,
		environment: environments.active,
		services: [...section(root, 'services').entries.keys()],
		filler,
		secrets,
		complaints,
	};
	const system = readSystem(root, environments, around, options.reservedKeys ?? []);
	if (complaints.errors.length > 0 || system === null) return failed();
	return ok({ system, files, warnings: inOrder(complaints.warnings, files), secretValues: secrets.values });
}

function section(root: MapTree, name: string): MapTree {
	const tree = member(root, name);
	return tree?.kind === 'map' ? tree : emptyMap(root);
}

/** Unknown sections, sections of other versions, and names that could not be names. */
function checkSections(root: MapTree, complaints: Complaints): void {
	for (const [key, entry] of root.entries) {
		if (key.startsWith('x-') || SECTION_NAMES.includes(key)) continue;
		if ((NOT_YET as readonly string[]).includes(key)) complaints.error(entry.key, 'not-yet', { key });
		else {
			const meant = nearest(key, SECTION_NAMES);
			complaints.error(
				entry.key,
				'unknown-key',
				{ key, where: 'rounds.yaml' },
				meant === null
					? { key: 'unknown-keys-are', values: { keys: SECTION_NAMES.join(', ') } }
					: { key: 'did-you-mean', values: { word: meant } },
			);
		}
	}
	const version = member(root, 'version');
	if (version === undefined)
		complaints.error({ ...root, end: root.start }, 'missing', {
			key: 'version',
			where: 'rounds.yaml',
			expected: '1',
		});
	else if (version.kind !== 'scalar' || version.value !== 1)
		complaints.error(version, 'version-unknown', { found: kindWord(version, complaints) });
	for (const name of NAMED) {
		const tree = root.entries.get(name);
		if (tree === undefined || isNothing(tree.value)) continue;
		if (tree.value.kind !== 'map')
			complaints.error(tree.value, 'expected', {
				expected: complaints.word('map'),
				found: kindWord(tree.value, complaints),
			});
		else
			for (const [id, entry] of tree.value.entries)
				if (!ID.test(id)) complaints.error(entry.key, 'bad-id', { key: id, limit: ID_LIMIT });
	}
}

function isNothing(tree: Tree): boolean {
	return tree.kind === 'scalar' && tree.value === null;
}

/** Environments are checked before anything is filled in, since they hold what is filled in. */
function withShapes(root: MapTree, complaints: Complaints): MapTree {
	for (const [name, { value }] of section(root, 'environments').entries) {
		// `vars` are read with their places later.
		if (isNothing(value)) continue;
		const shape =
			value.kind === 'map'
				? { ...value, entries: new Map([...value.entries].filter(([key]) => key !== 'vars')) }
				: value;
		validate(
			{
				schema: environmentSchema,
				tree: shape,
				where: `environments.${name}`,
				fill: (scalar) => scalar.value,
			},
			complaints,
		);
	}
	return root;
}

const SIMPLE = ['system', 'timezone', 'state', 'keys', 'errorLog', 'report'] as const;

function readSystem(
	root: MapTree,
	environments: Environments,
	around: Surroundings,
	reserved: readonly string[],
): SystemDefinition | null {
	const { complaints, folder, filler } = around;
	const simple = readSimple(root, filler, complaints);
	const timezone = simple.timezone ?? 'UTC';
	if (!isZone(timezone)) complaints.error(member(root, 'timezone') ?? root, 'bad-zone', { zone: timezone });
	const services = readServices(section(root, 'services'), around);
	const checkTree = section(root, 'checks');
	const actionTree = section(root, 'actions');
	const read = readChecks(checkTree, around);
	const named = { checks: read, services: services.map((service): string => service.id), complaints };
	const checks = withNeeds(checkTree, section(root, 'services'), named);
	const maintenance = readMaintenance(member(root, 'maintenance'), timezone, named, around);
	const backupTree = section(root, 'backups');
	const events = readEvents(section(root, 'events'), around);
	const names = {
		events: events.map(({ id }) => id),
		checks: [...checkTree.entries.keys()],
		actions: [...actionTree.entries.keys(), ...[...backupTree.entries.keys()].flatMap(backupActionIds)],
	};
	const keys = simple.keys ?? {};
	checkKeys(keys, member(root, 'keys'), complaints);
	const actions = readActions(
		actionTree,
		{ ...names, reserved: [...reserved, ...Object.values(keys)] },
		around,
	);
	const sheets = readSheets(section(root, 'rounds'), { ...names, services }, around);
	const targetTree = section(root, 'targets');
	const planNames = {
		checks,
		actions: [...actionTree.entries.keys()],
		targets: readTargets(targetTree, around),
		declaredTargets: [...targetTree.entries.keys()],
	};
	const backups = readBackups(backupTree, planNames, around);
	if (checkTree.entries.size === 0) complaints.warn({ ...root, end: root.start }, 'no-checks');
	const face = ({ name, guard }: Environments['active']) => ({ name, guard });
	return {
		system: simple.system ?? '',
		timezone,
		environment: face(environments.active),
		environments: environments.all.map(face),
		folder,
		state: { path: resolvePath(folder, simple.state?.path ?? '.rounds'), group: simple.state?.group ?? null },
		errorLog: resolvePath(folder, simple.errorLog ?? 'logs/error.log'),
		reportPath: resolvePath(folder, simple.report ?? 'logs/daily_report_YYYYMMDD.md'),
		services,
		checks,
		actions,
		sheets,
		backups,
		events,
		maintenance,
		keys,
	};
}

/** Two of the console's own actions on one key: which of them it started would be chance. */
function checkKeys(
	keys: Readonly<Record<string, string>>,
	tree: Tree | undefined,
	complaints: Complaints,
): void {
	const owners = new Map<string, string>();
	for (const [action, key] of Object.entries(keys)) {
		const other = owners.get(key);
		const at = member(tree, action) ?? tree;
		if (other !== undefined && at !== undefined) complaints.error(at, 'key-twice', { key, other });
		owners.set(key, action);
	}
}

interface SimpleKeys {
	system?: string;
	timezone?: string;
	state?: { readonly path?: string; readonly group?: string };
	keys?: Readonly<Record<string, string>>;
	errorLog?: string;
	report?: string;
}

function readSimple(root: MapTree, filler: Filler, complaints: Complaints): SimpleKeys {
	const found: Record<string, unknown> = {};
	for (const key of SIMPLE) {
		const entry = root.entries.get(key);
		if (entry === undefined) {
			if (key === 'system')
				complaints.error({ ...root, end: root.start }, 'missing', {
					key,
					where: 'rounds.yaml',
					expected: complaints.word('text'),
				});
			continue;
		}
		found[key] = validate(
			{
				schema: SECTIONS[key],
				tree: entry.value,
				where: key,
				fill: (scalar: ScalarTree) => filler.fill(scalar),
			},
			complaints,
		);
	}
	return found as SimpleKeys;
}

function isZone(zone: string): boolean {
	try {
		new Intl.DateTimeFormat('en', { timeZone: zone });
		return !/^[+-]/.test(zone);
	} catch {
		return false;
	}
}

function readServices(tree: MapTree, around: Surroundings): SystemDefinition['services'] {
	return [...tree.entries].flatMap(([id, { value }]) => {
		const empty = isNothing(value) ? emptyMap(value) : value;
		const keys = validate<{
			readonly title?: OwnText;
			readonly port?: number;
			readonly logs?: readonly string[];
		}>(
			{ schema: serviceSchema, tree: empty, where: `services.${id}`, fill: around.filler.fill },
			around.complaints,
		);
		if (keys === undefined) return [];
		const logs = (keys.logs ?? []).map((log) =>
			isGlob(log) ? resolveGlob(around.folder, log) : resolvePath(around.folder, log),
		);
		return [{ id: serviceId(id), title: keys.title ?? id, port: keys.port ?? null, logs }];
	});
}
