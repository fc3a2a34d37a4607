import { createConfigKeeper } from '../config/watch.ts';
import type { Engine, EngineEvent } from '../domain/engine.ts';
import type { ConfigProblem } from '../domain/picture.ts';
import type { ProbePorts, ProcessesPort } from '../domain/ports.ts';
import { evidenceOf } from '../domain/round.ts';
import { sheetTitle } from '../i18n/rounds.ts';
import { createActivity } from './activity.ts';
import { assembleBackups } from './assemble-backups.ts';
import { openLogRecords, openLogs } from './assemble-logs.ts';
import type { AssemblyParts } from './assembly-parts.ts';
import { withBackups, withReport } from './builtins.ts';
import { askStanding, createChecks } from './checks.ts';
import { createDispatch } from './dispatch.ts';
import { faceOf } from './face.ts';
import { createFollower } from './follower.ts';
import { createHiding } from './hiding.ts';
import { createHousekeeping } from './housekeeping.ts';
import { createLateWrites, joinStorage, writeLast } from './late-writes.ts';
import { createLease, createLiving } from './lease.ts';
import { createOperations } from './operations.ts';
import { createPort } from './port.ts';
import { createPresent } from './present.ts';
import { createRecords } from './records/records.ts';
import { newestChange } from './round-due.ts';
import { createRounds } from './rounds.ts';
import { within } from './within.ts';
import { createWriting } from './writing.ts';

/** Joins every service to every other, starts the loops, and gives them the one port. */
export async function assembleEngine(parts: AssemblyParts): Promise<Engine> {
	const { clock, storage, config, holder, locale, version, kindOf } = parts;
	const files = createWriting(parts.ownFiles);
	const { operator } = holder;
	let system = withBackups(withReport(config.system));

	const listeners = new Set<(event: EngineEvent) => void>();
	const emit = (event: EngineEvent) => {
		for (const listener of listeners) listener(event);
	};
	let problems: readonly ConfigProblem[] = config.warnings;
	const hiding = createHiding(config.secretValues);
	const { redact } = hiding;
	const late = createLateWrites(clock, () => emit(storageEvent()));
	const storageEvent = (): EngineEvent => {
		return { kind: 'storage', storage: joinStorage(checks.recorder.storage(), late.storage()) };
	};
	const activity = createActivity(clock, storage.activity, late, operator);
	const logRecords = openLogRecords(parts, () => system, redact);
	const processes: ProcessesPort = {
		...parts.ports.processes,
		run: (request, limits) => parts.ports.processes.run({ ...request, redactor: hiding.redactor() }, limits),
	};
	const ports: ProbePorts = { ...parts.ports, processes, logs: logRecords };
	const present = createPresent();
	const logs = openLogs(parts, () => system, redact, emit);
	const records = createRecords({
		clock,
		files,
		storage,
		present,
		plans: () => backups.look().then(() => backups.pictures()),
		logs,
		system: () => system,
		face: () => face(),
		locale,
		version,
		redact,
		pid: holder.pid,
		onFault: ({ code, detail }) =>
			emit({ kind: 'notice', code: 'error-log.failed', detail: { ...detail, code }, at: clock.now() }),
	});

	const checks = createChecks({
		clock,
		ports,
		store: storage.observations,
		present,
		kindOf,
		redactor: hiding.redactor,
		emit: (event) => emit(event.kind === 'storage' ? storageEvent() : event),
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
		present.signedAt = last?.signed?.at ?? null;
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
		session: holder.session,
		mends: parts.polls,
		keep: late.put,
		demo: parts.signsAsDemo,
		redact,
		askChecks: (ids) => void checks.askNow(ids),
		changedAt: (files) => newestChange(ports.files, files),
		events: storage.activity,
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
		leftovers: parts.leftovers,
		system: () => system,
		operator,
		locale,
		redact,
		askCheck: (id) => askStanding(checks, records, id),
		report: () => records.report(),
		runner: { ...holder, born: holder.born ?? null },
		keep: late.put,
		isAlive: createLiving(storage.lease, clock, holder, parts.isProcess),
		backups: () => backups,
		onOperation(operation, tail, progress) {
			emit({ kind: 'operation', operation, tail, ...(progress && { progress }) });
			if (progress === undefined) backups.changed();
		},
		onFinished(operation, output) {
			if (operation.step)
				rounds.found(operation.step.round, operation.step.index, evidenceOf(operation, output));
			const { recheck = [], tells } = system.actions.find((a) => a.id === operation.action) ?? {};
			if (recheck.length > 0) void checks.askNow(recheck);
			if (tells !== undefined && operation.level === 'ok') rounds.follow(tells, operation.title);
			if (operation.level !== 'ok' && operation.state !== 'cancelled') records.failed(operation);
		},
		onActivity: activity,
	});
	const backups = assembleBackups(parts, {
		system: () => system,
		present,
		ports,
		operations: () => operations,
		polls: () => parts.polls && lease.picture().mine,
		redact,
		keep: late.put,
		emit,
		activity,
	});
	const lease = createLease({
		clock,
		store: storage.lease,
		holder,
		mayHold: parts.polls,
		onChange(polling) {
			emit({ kind: 'polling', polling });
			// Somebody left, perhaps without a word.
			if (polling.mine) operations.recover();
		},
		onTaken() {
			activity('lease.taken', { session: holder.session });
			checks.refill();
			checks.poll(true);
			operations.recover();
		},
		onLost() {
			activity('lease.lost', { session: holder.session });
			checks.poll(false);
		},
	});
	const follower = createFollower({
		clock,
		storage,
		present,
		polls: () => lease.picture().mine,
		onObserved(ids, now) {
			checks.tell(ids, now);
			rounds.observed(ids);
		},
		onWritten() {
			rounds.reread();
			operations.reread();
			backups.reread();
		},
	});
	const housekeeping = createHousekeeping({
		clock,
		plan(now) {
			rounds.plan(now);
			backups.tick(now);
			void rounds.mend();
		},
		config() {
			void keeper.look();
			rounds.age();
		},
		uptime: () => checks.tellUptime(),
		polls: () => lease.picture().mine,
		compact: checks.compact,
	});

	const face = () => faceOf(system, kindOf, { operator, demo: parts.demo });
	const keeper = createConfigKeeper(config, {
		load: parts.load,
		stamps: parts.stamps,
		onGood(next) {
			// Who shares the state, and where it lies, is settled when the console opens.
			system = {
				...withBackups(withReport(next.system)),
				state: system.state,
				environment: system.environment,
			};
			hiding.add(next.secretValues);
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
	activity('engine.opened', { version, pid: holder.pid });
	const stopLogs = logs.follow();
	lease.start();
	follower.start();
	rounds.plan(clock.now());
	checks.tellUptime();
	if (parts.polls) housekeeping.start();
	const looking = backups.open();

	const dispatch = createDispatch({
		clock,
		isClosing: () => isClosing,
		checks,
		rounds,
		operations,
		backups,
		lease,
		storage,
		readLogs: (input) => logs.read(input),
	});
	let isClosing = false;

	const close = async () => {
		isClosing = true;
		housekeeping.stop();
		follower.stop();
		stopLogs();
		await within(clock, operations.lastMs(), operations.stop());
		operations.abandon();
		checks.stop();
		lease.stop();
		activity('engine.closed', { pid: holder.pid });
		await writeLast(clock, parts.polls, [checks.recorder, late]);
		await within(clock, 300, files.settled());
		await within(clock, 300, looking);
		await logs.close();
		await parts.close();
		listeners.clear();
	};

	const now = (): readonly EngineEvent[] => {
		const at = clock.now();
		const owner = { code: 'state.owner', detail: { path: system.state.path }, at };
		return [
			{ kind: 'system', face: face() },
			checks.picture(),
			baselineEvent(),
			{ kind: 'plan', plan: rounds.planned() },
			...rounds.present().map((round): EngineEvent => ({ kind: 'round', round })),
			{ kind: 'polling', polling: lease.picture() },
			{ kind: 'backups', plans: backups.pictures() },
			storageEvent(),
			{ kind: 'config', problems, at },
			...(system.state.group === null && !parts.demo ? [{ kind: 'notice', ...owner } as const] : []),
		];
	};
	return createPort({ dispatch, listeners, present: now, close });
}
