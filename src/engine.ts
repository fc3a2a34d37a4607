import { hostname } from 'node:os';
import { join } from 'node:path';
import { CHECK_KINDS } from './checks/index.ts';
import { type ConfigSources, loadConfig } from './config/load.ts';
import type { CheckKind } from './domain/check.ts';
import type { Engine } from './domain/engine.ts';
import type { Fault } from './domain/fault.ts';
import type { Locale } from './domain/own-text.ts';
import { timeSearches } from './domain/pattern.ts';
import type { ConfigProblem } from './domain/picture.ts';
import type { Clock, Limits } from './domain/ports.ts';
import { err, ok, type Result } from './domain/result.ts';
import { splitCommand } from './fields/command-line.ts';
import { groupNumber } from './platform/groups.ts';
import { createLeftovers } from './platform/leftovers.ts';
import { searchWithin } from './platform/patterns.ts';
import { birthOf, isProcess } from './platform/process-birth.ts';
import { createWorld, type World } from './platform/world.ts';
import { assembleEngine } from './services/assembly.ts';
import { openStorage } from './storage/open.ts';
import { createHeavyPort } from './workers/heavy-port.ts';
import { createPool } from './workers/pool.ts';
import { createSqlPort } from './workers/sql-port.ts';

export interface EngineOptions {
	/** Absolute path of the configuration. */
	readonly configPath: string;
	readonly environment: string | undefined;
	readonly operator: string;
	readonly locale: Locale;
	readonly version: string;
	/** This is the embedded demo's system; `signs` marks what this engine signs as the demo's own. */
	readonly demo: boolean;
	readonly signsAsDemo?: boolean;
	/** Headless commands ask and never take the polling lease. */
	readonly polls: boolean;
	/** Keys the console has itself: configured actions may not shadow them. */
	readonly reservedKeys: readonly string[];
	/** Variables beside the process's own, e.g. the demo's token. */
	readonly variables?: Readonly<Record<string, string>>;
	/** Told what must stand in no crash file, at the start and after each reload. */
	readonly onSecrets?: (values: readonly string[]) => void;
	/** Tests bring their own clock. */
	readonly world?: World;
}

export type EngineFailure =
	| { readonly kind: 'config'; readonly problems: readonly ConfigProblem[] }
	| { readonly kind: 'storage'; readonly fault: Fault };

const READ_MS = 10_000;
const CONFIG_LIMIT = 1024 * 1024;
/** A signed record holds every output and answer of its round. */
const RECORD_LIMIT = 64 * 1024 * 1024;

/** Kinds by name; the one place that turns a name into a kind. */
export function kindOf(name: string): CheckKind | undefined {
	return CHECK_KINDS.find((kind) => kind.name === name) as CheckKind | undefined;
}

/** Splits a `cmd:` reference into its arguments, without a shell. */
function splitWords(line: string): readonly string[] | null {
	const split = splitCommand(line);
	return split.ok ? split.value : null;
}

function limitsOf({ clock }: World): Limits {
	return { deadline: clock.monotonic() + READ_MS, signal: new AbortController().signal };
}

/** The world as the configuration's loader needs it. */
function configSources(world: World): ConfigSources {
	return {
		read: (path) => world.files.readText(path, CONFIG_LIMIT, limitsOf(world)),
		glob: (pattern) => world.files.glob(pattern, 1_000),
		env: (name) => world.environment.get(name),
		resolveSecret: (reference, folder) => world.secrets(folder).resolve(reference),
	};
}

/** The world for what needs no engine: checking a configuration, telling the time. */
export function openWorld(): {
	readonly clock: Clock;
	readonly sources: ConfigSources;
	readRecord(path: string): Promise<Result<string, Fault>>;
} {
	const world = createWorld({ split: splitWords });
	return {
		clock: world.clock,
		sources: configSources(world),
		readRecord: (path) => world.files.readText(path, RECORD_LIMIT, limitsOf(world)),
	};
}

/** The one wiring of services, storage and platform. Everything it tells and takes is plain data. */
export async function openEngine(options: EngineOptions): Promise<Result<Engine, EngineFailure>> {
	timeSearches(searchWithin);
	const world = options.world ?? createWorld({ variables: options.variables ?? {}, split: splitWords });
	const { clock } = world;
	const sources = configSources(world);
	const load = async () => {
		const found = await loadConfig(options.configPath, sources, {
			environment: options.environment,
			locale: options.locale,
			reservedKeys: options.reservedKeys,
		});
		if (found.ok) options.onSecrets?.(found.value.secretValues);
		return found;
	};
	const loaded = await load();
	if (!loaded.ok) return err({ kind: 'config', problems: loaded.error });
	const config = loaded.value;
	const { system } = config;
	const { operator, locale, version } = options;

	const opened = openStorage({
		path: system.state.path,
		environment: system.environment.name,
		group: system.state.group,
		now: clock.now(),
		version,
	});
	if (!opened.ok) return err({ kind: 'storage', fault: opened.error });
	const storage = opened.value;

	const pool = createPool({ script: new URL('./workers/worker.ts', import.meta.url), clock, size: 8 });
	const session = `${process.pid}-${Math.round(clock.now())}`;
	const engine = await assembleEngine({
		clock,
		ports: world.probePorts(createSqlPort(pool)),
		backupPorts: {
			heavy: createHeavyPort(pool),
			folders: world.folders(groupNumber(system.state.group)),
			s3: world.s3(),
		},
		scratch: join(system.state.path, 'scratch'),
		logFiles: world.logFiles,
		leftovers: createLeftovers(join(system.state.path, 'running')),
		ownFiles: world.ownFiles(groupNumber(system.state.group)),
		storage,
		config,
		load,
		stamps: world.stamps,
		kindOf,
		holder: { session, operator, pid: process.pid, host: hostname(), born: birthOf(process.pid) },
		isProcess,
		locale,
		version,
		demo: options.demo,
		signsAsDemo: options.signsAsDemo ?? false,
		polls: options.polls,
		async close() {
			pool.close();
			await world.close();
			storage.close();
		},
	});
	return ok(engine);
}
