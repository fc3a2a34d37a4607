import { hostname } from 'node:os';
import { splitCommand } from './checks/command-line.ts';
import { CHECK_KINDS } from './checks/index.ts';
import { type ConfigSources, loadConfig } from './config/load.ts';
import { createConfigKeeper } from './config/watch.ts';
import type { CheckKind } from './domain/check.ts';
import type {
	CommandInput,
	CommandName,
	CommandOutput,
	Engine,
	EngineEvent,
	Refusal,
} from './domain/engine.ts';
import type { Fault } from './domain/fault.ts';
import { actionId, type CheckId } from './domain/ids.ts';
import { OWN_MARK } from './domain/log-format.ts';
import type { Locale } from './domain/own-text.ts';
import type { ConfigProblem } from './domain/picture.ts';
import type { Clock } from './domain/ports.ts';
import { err, ok, type Result } from './domain/result.ts';
import { evidenceOf } from './domain/round.ts';
import type { Holder } from './domain/storage-port.ts';
import type { ActionDefinition, SystemDefinition } from './domain/system.ts';
import { createRedactor } from './domain/text.ts';
import { sheetTitle } from './i18n/rounds.ts';
import { groupNumber } from './platform/groups.ts';
import { createWorld, type World } from './platform/world.ts';
import { createChecks } from './services/checks.ts';
import { createDispatch } from './services/dispatch.ts';
import { faceOf } from './services/face.ts';
import { createFollower } from './services/follower.ts';
import { createHousekeeping } from './services/housekeeping.ts';
import { createLease } from './services/lease.ts';
import { createLogs } from './services/logs/logs.ts';
import { createOperations } from './services/operations.ts';
import { createPresent } from './services/present.ts';
import { createRecords } from './services/records/records.ts';
import { createRounds } from './services/rounds.ts';
import { openStorage } from './storage/open.ts';
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
	/** Tests bring their own clock. */
	readonly world?: World;
}

export type EngineFailure =
	| { readonly kind: 'config'; readonly problems: readonly ConfigProblem[] }
	| { readonly kind: 'storage'; readonly fault: Fault };

const READ_MS = 10_000;
const CONFIG_LIMIT = 1024 * 1024;
/** How long history is kept, ms; what a person did is kept for ever. */
const HISTORY_MS = 90 * 86_400_000;

/** Kinds by name; the one place that turns a name into a kind. */
export function kindOf(name: string): CheckKind | undefined {
	return CHECK_KINDS.find((kind) => kind.name === name) as CheckKind | undefined;
}

/** Splits a `cmd:` reference into its arguments, without a shell. */
function splitWords(line: string): readonly string[] | null {
	const split = splitCommand(line);
	return split.ok ? split.value : null;
}

/** The world as the configuration's loader needs it. */
function configSources(world: World): ConfigSources {
	const limits = () => ({
		deadline: world.clock.monotonic() + READ_MS,
		signal: new AbortController().signal,
	});
	return {
		read: (path) => world.files.readText(path, CONFIG_LIMIT, limits()),
		glob: (pattern) => world.files.glob(pattern, 1_000),
		env: (name) => world.environment.get(name),
		resolveSecret: (reference, folder) => world.secrets(folder).resolve(reference),
	};
}

/** The world for what needs no engine: checking a configuration, telling the time. */
export function openWorld(): { readonly clock: Clock; readonly sources: ConfigSources } {
	const world = createWorld({ split: splitWords });
	return { clock: world.clock, sources: configSources(world) };
}

/** A report can be written in every system, whether or not its configuration names an action for it. */
function withReport(system: SystemDefinition): SystemDefinition {
	if (system.actions.some((a) => a.body.kind === 'builtin')) return system;
	const report: ActionDefinition = {
		id: actionId('report'),
		title: { en: 'Daily report', 'zh-CN': '日报' },
		key: null,
		confirm: false,
		body: { kind: 'builtin', name: 'report' },
		result: null,
		must: [],
		should: [],
	};
	return { ...system, actions: [...system.actions, report] };
}

/** The one wiring of services, storage and platform. Everything it tells and takes is plain data. */
export async function openEngine(options: EngineOptions): Promise<Result<Engine, EngineFailure>> {
	const world = options.world ?? createWorld({ variables: options.variables ?? {}, split: splitWords });
	const { clock } = world;
	const sources = configSources(world);
	const load = () =>
		loadConfig(options.configPath, sources, {
			environment: options.environment,
			locale: options.locale,
			reservedKeys: options.reservedKeys,
		});
	const loaded = await load();
	if (!loaded.ok) return err({ kind: 'config', problems: loaded.error });
	const config = loaded.value;
	let system = withReport(config.system);
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

	const listeners = new Set<(event: EngineEvent) => void>();
	const emit = (event: EngineEvent) => {
		for (const listener of listeners) listener(event);
	};
	let problems: readonly ConfigProblem[] = config.warnings;
	let hide = createRedactor(config.secretValues);
	const redact = (text: string) => hide(text);
	const activity = (code: string, detail: Record<string, string | number>) => {
		storage.activity.append({ at: clock.now(), by: operator, code, detail });
	};

	const holder: Holder = {
		session: `${process.pid}-${Math.round(clock.now())}`,
		operator,
		pid: process.pid,
		host: hostname(),
	};
	const pool = createPool({ script: new URL('./workers/worker.ts', import.meta.url), clock, size: 2 });
	const ports = world.probePorts(createSqlPort(pool));
	const ownFiles = world.ownFiles(groupNumber(system.state.group));
	const present = createPresent();
	const logs = createLogs({
		ports: { files: world.logFiles, clock },
		sources: () => [
			...system.services.filter((s) => s.logs.length > 0).map((s) => ({ id: s.id, globs: s.logs })),
			{ id: 'rounds', globs: [system.errorLog] },
		],
		redact,
		ownMark: OWN_MARK,
		zone: system.timezone,
		emit,
	});
	const records = createRecords({
		clock,
		files: ownFiles,
		storage,
		present,
		logs,
		system: () => system,
		face: () => face(),
		locale,
		version,
		redact,
		pid: process.pid,
	});

	const checks = createChecks({
		clock,
		ports,
		store: storage.observations,
		present,
		kindOf,
		emit,
		onRecorded(batch) {
			rounds.observed(new Set(batch.map((r) => r.observation.check)));
			for (const { flip, observation } of batch) if (flip) records.flipped(flip, observation.reasons);
		},
		onActivity: activity,
	});
	const baselineEvent = (): EngineEvent => {
		const baseline = storage.rounds.baseline();
		if (baseline.ok) present.baseline = baseline.value;
		const last = rounds.lastSigned();
		return {
			kind: 'baseline',
			baseline: present.baseline,
			signedAt: last?.signed?.at ?? null,
			signedBy: last?.signed?.by ?? null,
			title: last ? sheetTitle(last, locale) : null,
		};
	};
	const rounds = createRounds({
		clock,
		store: storage.rounds,
		present,
		system: () => system,
		operator,
		demo: options.signsAsDemo ?? false,
		askChecks: (ids) => void checks.askNow(ids),
		lookAt: (look, sinceAt) => records.lookAt(look, sinceAt),
		writeRecord: (round) => records.writeSigned(round),
		onRound: (round) => emit({ kind: 'round', round }),
		onPlan: (plan) => emit({ kind: 'plan', plan }),
		onBaseline: () => emit(baselineEvent()),
		onActivity: activity,
	});
	const operations = createOperations({
		clock,
		store: storage.operations,
		processes: ports.processes,
		system: () => system,
		operator,
		locale,
		redact,
		async askCheck(id: CheckId) {
			await checks.askNow([id]);
			const found = checks.detail(id);
			if (!found.ok) return { level: 'unknown', line: '' };
			return { level: found.value.picture.level, line: records.levelLine(found.value.picture) };
		},
		report: () => records.report(),
		onOperation: (operation, tail) => emit({ kind: 'operation', operation, tail }),
		onFinished(operation, output) {
			if (operation.step)
				rounds.found(operation.step.round, operation.step.index, evidenceOf(operation, output));
			if (operation.level !== 'ok' && operation.state !== 'cancelled') records.failed(operation);
		},
		onActivity: activity,
	});
	const lease = createLease({
		clock,
		store: storage.lease,
		holder,
		mayHold: options.polls,
		onChange: (polling) => emit({ kind: 'polling', polling }),
		onTaken() {
			activity('lease.taken', { session: holder.session });
			checks.refill();
			checks.poll(true);
			recoverOperations();
		},
		onLost() {
			activity('lease.lost', { session: holder.session });
			checks.poll(false);
		},
	});
	const recoverOperations = () => {
		const alive = storage.lease.sessions(clock.now(), 60_000);
		operations.recover(
			(operation) =>
				alive.ok && alive.value.some((s) => s.session !== holder.session && s.operator === operation.by),
		);
	};
	const follower = createFollower({
		clock,
		storage,
		present,
		polls: () => lease.picture().mine,
		onObserved(observations, now) {
			const ids = new Set(observations.map((o) => o.check));
			const pictures = [...ids].flatMap((id) => {
				const remembered = present.get(id);
				return remembered ? [present.pictureOf(remembered)] : [];
			});
			emit({ kind: 'recorded', now, checks: pictures });
			rounds.observed(ids);
		},
		onWritten() {
			rounds.reread();
			operations.reread();
		},
	});
	const housekeeping = createHousekeeping({
		clock,
		plan: (now) => rounds.plan(now),
		config: () => void keeper.look(),
		uptime: () => checks.tellUptime(),
		polls: () => lease.picture().mine,
		compact(now) {
			const more = storage.observations.compact(now, HISTORY_MS);
			return more.ok && more.value;
		},
	});

	const face = () => faceOf(system, kindOf, { operator, demo: options.demo });
	const keeper = createConfigKeeper(config, {
		load,
		stamps: world.stamps,
		onGood(next) {
			// Who shares the state, and where it lies, is settled when the console opens.
			system = { ...withReport(next.system), state: system.state, environment: system.environment };
			hide = createRedactor(next.secretValues);
			problems = next.warnings;
			checks.adopt(system);
			activity('config.reloaded', { checks: system.checks.length });
			emit({ kind: 'system', face: face() });
			emit({ kind: 'config', problems, at: clock.now() });
			emit(checks.picture());
			rounds.plan(clock.now());
		},
		onProblems(found) {
			problems = found;
			emit({ kind: 'config', problems, at: clock.now() });
		},
	});

	checks.adopt(system);
	checks.refill();
	baselineEvent();
	await rounds.open();
	activity('engine.opened', { version, pid: process.pid });
	const stopLogs = logs.follow();
	lease.start();
	follower.start();
	rounds.plan(clock.now());
	checks.tellUptime();
	if (options.polls) housekeeping.start();

	const dispatch = createDispatch({
		checks,
		rounds,
		operations,
		lease,
		storage,
		readLogs: (input) => logs.read(input),
	});
	let closing: Promise<void> | null = null;

	const close = async () => {
		housekeeping.stop();
		follower.stop();
		stopLogs();
		await Promise.race([operations.stop(), new Promise<void>((resolve) => clock.after(1_500, resolve))]);
		checks.stop();
		lease.stop();
		activity('engine.closed', { pid: process.pid });
		pool.close();
		await Promise.all([logs.close(), world.close()]);
		storage.close();
		listeners.clear();
	};

	return ok({
		async send<N extends CommandName>(
			name: N,
			input: CommandInput<N>,
		): Promise<Result<CommandOutput<N>, Refusal>> {
			if (closing) return err({ kind: 'refused', why: 'closing', detail: {} });
			return dispatch[name](input);
		},
		subscribe(listener) {
			listener({ kind: 'system', face: face() });
			listener(checks.picture());
			listener(baselineEvent());
			listener({ kind: 'plan', plan: rounds.planned() });
			for (const round of rounds.present()) listener({ kind: 'round', round });
			listener({ kind: 'polling', polling: lease.picture() });
			listener({ kind: 'storage', storage: checks.recorder.storage() });
			listener({ kind: 'config', problems, at: clock.now() });
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		close() {
			closing ??= close();
			return closing;
		},
	});
}
