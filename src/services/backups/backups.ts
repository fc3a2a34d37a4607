import { type BackupPlan, type BackupVerb, planActionIds } from '../../domain/backup.ts';
import type { PlanPicture, PrunePreview, RestorePreview } from '../../domain/backup-picture.ts';
import type { Refusal } from '../../domain/engine.ts';
import type { Fault } from '../../domain/fault.ts';
import type { PlanId } from '../../domain/ids.ts';
import type { Limits } from '../../domain/ports.ts';
import { err, ok, type Result } from '../../domain/result.ts';
import { isLoneNewest } from '../../domain/retention.ts';
import { quantity } from '../../domain/value.ts';
import { momentText } from '../../i18n/times.ts';
import { refuse } from '../refusing.ts';
import { createCatalog } from './catalog.ts';
import { copyPicture } from './copy-picture.ts';
import type { Backups } from './define.ts';
import { drillCopy } from './drill.ts';
import { createDueRuns } from './due.ts';
import { makeCopy } from './make.ts';
import { findCopy } from './open-copy.ts';
import type { BackupsParts, Work } from './parts.ts';
import { planPicture } from './plan-picture.ts';
import { privateFolder, sweepScratch } from './private-folders.ts';
import { pruneCopies, removalsOf } from './prune.ts';
import { isRecent, previewRestore, restoreCopy, SECOND_MS } from './restore.ts';
import { argsOf } from './verb-args.ts';
import { verifyCopy } from './verify.ts';
import { carryOutWork, failed, kindOfSource, type Outcome } from './work.ts';

const LOOK_MS = 30_000;
const DRILLS = 50;
/** Targets are looked into this often while somebody may be watching; what we do ourselves is known at once. */
const LOOK_AGAIN_MS = 10 * 60_000;

const asRefusal = (fault: Fault) => err<Refusal>({ kind: 'fault', fault });

export function createBackups(parts: BackupsParts): Backups {
	const catalog = createCatalog(parts);
	let lookedAt = Number.NEGATIVE_INFINITY;
	/** null until it was asked for once. */
	let pictures: readonly PlanPicture[] | null = null;
	/** Of the copies that were read last. */
	let stamps: ReadonlyMap<PlanId, string> = new Map();

	const plans = () => parts.system().backups;
	const planOf = (id: PlanId) => plans().find((plan) => plan.id === id);
	const limits = (): Limits => ({
		deadline: parts.clock.monotonic() + LOOK_MS,
		signal: new AbortController().signal,
	});
	const runningOf = (id: PlanId) => {
		for (const operation of parts.running()) {
			const verb = planActionIds(id).get(operation.action);
			if (verb !== undefined) return { operation, verb };
		}
		return null;
	};
	const due = createDueRuns(
		parts,
		(id) => runningOf(id) !== null,
		({ id, keep }) => !isLoneNewest(catalog.copies(id), keep, parts.clock.now()),
	);

	const tell = (): readonly PlanPicture[] => {
		const now = parts.clock.now();
		const next = plans().map((plan) => {
			const drills = parts.store.drills(plan.id, DRILLS);
			const plannedRun = parts.store.plannedRun(plan.id);
			return planPicture(
				plan,
				{
					copies: catalog.copies(plan.id),
					drills: drills.ok ? drills.value : [],
					faults: catalog.faults(plan.id),
					plannedRun: plannedRun.ok ? plannedRun.value : null,
					lastRun: parts.lastOf(plan.id, 'backup'),
					running: runningOf(plan.id),
				},
				now,
				parts.system().timezone,
			);
		});
		const isNew = JSON.stringify(next) !== JSON.stringify(pictures);
		pictures = next;
		if (isNew) parts.onPictures(next);
		return next;
	};
	const lookAll = async () => {
		lookedAt = parts.clock.monotonic();
		const copied = plans().filter((plan) => plan.nothing === null && plan.broken === undefined);
		await Promise.all(copied.map((plan) => catalog.look(plan, limits())));
		return tell();
	};

	const backUp = async (work: Work): Promise<Outcome> => {
		await catalog.look(work.plan, work.run);
		const made = await makeCopy(parts, catalog, work, work.args['pin'] ?? null);
		if (!made.ok) return failed(made.error);
		const { manifest, warnings, files } = made.value;
		const [warning] = warnings;
		return {
			level: warning === undefined ? 'ok' : 'warning',
			samples: { bytes: quantity(manifest.bytes, 'bytes'), took: quantity(manifest.durationMs, 'ms') },
			files,
			fault: warning ?? null,
		};
	};
	const verbs: Readonly<Record<BackupVerb, (work: Work) => Promise<Outcome>>> = {
		backup: backUp,
		verify: (work) => verifyCopy(parts, catalog, work),
		drill: (work) => drillCopy(parts, catalog, work),
		prune: (work) => pruneCopies(parts, catalog, work),
		restore: async (work) => {
			parts.keep(() => parts.store.askRestore(work.plan.id, null));
			return restoreCopy(parts, catalog, work);
		},
	};

	/** Whether another operator asked for the very same restore a short while ago; else this one asks. */
	const secondMissing = (plan: BackupPlan, copy: string, target: string, by: string): Refusal | null => {
		if (!plan.restore.second) return null;
		const now = parts.clock.now();
		const asked = parts.store.restoreRequest(plan.id);
		const request = asked.ok ? asked.value : null;
		const isSame = request !== null && request.copy === copy && request.target === target;
		const waits = isSame && isRecent(request.at, now);
		if (waits && request.by !== by) return null;
		const isOwn = waits && request.by === by;
		if (!isOwn) {
			const stored = parts.store.askRestore(plan.id, { copy, target, by, at: now });
			if (!stored.ok) return { kind: 'fault', fault: stored.error };
			parts.onActivity('restore.asked', { plan: plan.id, copy });
		}
		return refuse('needs-second', { minutes: SECOND_MS / 60_000, by, at: isOwn ? request.at : now }).error;
	};

	return {
		async refuses({ plan: id, verb }, sent) {
			const args = argsOf(verb, sent);
			const plan = planOf(id);
			if (plan === undefined) return refuse('no-such-plan', { plan: id }).error;
			if (plan.nothing !== null) return refuse('nothing-to-copy', { plan: id }).error;
			const busy = runningOf(id);
			if (busy !== null) {
				const { by, startedAt } = busy.operation;
				return refuse(busy.verb === verb ? 'already-running' : 'plan-busy', { by, at: startedAt }).error;
			}
			if (verb !== 'restore' && args['copy'] === undefined) return null;
			if (args['copy'] === undefined) return refuse('needs-copy', { plan: id }).error;
			if (verb === 'restore' && !isRestorable(plan)) return refuse('cannot-restore', { plan: id }).error;
			const found = findCopy(catalog, plan, args, parts.clock.now());
			if (!found.ok) return refuse('no-such-copy', { copy: args['copy'] }).error;
			if (verb !== 'restore') return null;
			return secondMissing(plan, found.value.copy.name, found.value.target.name, parts.operator);
		},
		async run({ plan: id, verb }, run) {
			const plan = planOf(id);
			if (plan === undefined) throw new Error(`plan ${id} went while its ${verb} began`);
			tell();
			if (plan.broken !== undefined) {
				const why = plan.broken;
				return carryOutWork(parts, plan, run, async () => failed(why, 'unknown'));
			}
			const request = verb === 'restore' ? parts.store.restoreRequest(id) : null;
			const asked = request?.ok ? request.value : null;
			const by =
				plan.restore.second && asked !== null
					? { askedBy: asked.by, askedAt: momentText(asked.at, parts.system().timezone) }
					: {};
			const args = { ...argsOf(verb, run.args), ...by };
			return carryOutWork(parts, plan, { ...run, args }, verbs[verb]);
		},
		look: async () => ok({ plans: await lookAll() }),
		async copies(id) {
			const plan = planOf(id);
			if (plan === undefined) return refuse('no-such-plan', { plan: id });
			const drills = parts.store.drills(id, DRILLS);
			if (!drills.ok) return asRefusal(drills.error);
			const isHis = (name: string) => plan.targets.some((target) => target.name === name);
			const shown = catalog.copies(id).filter(({ state, target }) => state !== 'removed' && isHis(target));
			return ok({ copies: shown.map(copyPicture), drills: drills.value });
		},
		async prunePreview(id): Promise<Result<PrunePreview, Refusal>> {
			const plan = planOf(id);
			if (plan === undefined) return refuse('no-such-plan', { plan: id });
			if (plan.nothing !== null) return refuse('nothing-to-copy', { plan: id });
			await catalog.look(plan, limits());
			const [trouble] = catalog.faults(id);
			if (trouble !== undefined) return asRefusal(trouble.fault);
			const { remove, keep, parts: left } = removalsOf(parts, catalog, plan);
			return ok({
				plan: id,
				remove: remove.map(({ copy }) => copyPicture(copy)),
				keep: keep.map(({ copy, because }) => ({ copy: copyPicture(copy), because })),
				freesBytes: remove.reduce((sum, { copy }) => sum + copy.bytes, 0),
				parts: left.map(({ name }) => name),
			});
		},
		async restorePreview(id, name, target): Promise<Result<RestorePreview, Refusal>> {
			const plan = planOf(id);
			if (plan === undefined) return refuse('no-such-plan', { plan: id });
			if (plan.nothing !== null || !isRestorable(plan)) return refuse('cannot-restore', { plan: id });
			await catalog.look(plan, limits());
			const wanted = { copy: name, ...(target === null ? {} : { target }) };
			const found = findCopy(catalog, plan, wanted, parts.clock.now());
			if (!found.ok) return refuse('no-such-copy', { copy: name });
			const folder = privateFolder(parts, 'look');
			const made = await parts.targets.folders.ensure(folder, { isPrivate: true });
			if (!made.ok) return asRefusal(made.error);
			const preview = await previewRestore(parts, catalog, plan, found.value.copy, { ...limits(), folder });
			await parts.targets.folders.removeFolder(folder);
			return preview.ok ? preview : asRefusal(preview.error);
		},
		pictures: () => pictures ?? tell(),
		tick(now) {
			due.tick(now);
			if (parts.clock.monotonic() - lookedAt > LOOK_AGAIN_MS) void lookAll();
			else tell();
		},
		reread() {
			// A poller writes every second, and seldom a copy; what an operation changes is told when it begins and ends.
			const now = parts.store.stamps();
			if (!now.ok) return;
			const changed = plans().filter(({ id }) => now.value.get(id) !== stamps.get(id));
			stamps = now.value;
			for (const { id } of changed) catalog.reread(id);
			if (changed.length > 0) tell();
		},
		changed: tell,
		async open() {
			await sweepScratch(parts);
			await lookAll();
		},
	};
}

function isRestorable(plan: BackupPlan): boolean {
	const { restoring } = kindOfSource(plan);
	return restoring !== null && restoring.possible?.(plan.options) !== false;
}
