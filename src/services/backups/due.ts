import type { BackupPlan } from '../../domain/backup.ts';
import { plannedTimes } from '../../domain/backup-schedule.ts';
import type { PlannedRun } from '../../domain/backup-store-port.ts';
import type { PlanId } from '../../domain/ids.ts';
import type { Operation } from '../../domain/operation.ts';
import type { BackupsParts } from './parts.ts';

/** A time of the day that nobody was there for is still kept within this; later it is only shown as overdue. */
const LATE_MS = 60 * 60_000;
const ATTEMPTS = 3;
const AGAIN_MS = 5 * 60_000;
/** A planned time so far ahead was written by a clock that was wrong. */
const AHEAD_MS = 86_400_000;

/**
 * Pure. The planned time to run for now, and how the taking on is written down; null: nothing is due. A time is taken on once,
 * whatever the clock does; a run that failed is tried again twice.
 */
export function dueRun(
	plan: BackupPlan,
	seen: PlannedRun | null,
	lastEnded: { readonly startedAt: number; readonly isGood: boolean } | null,
	now: number,
	zone: string,
): PlannedRun | null {
	if (plan.schedule === null || plan.nothing !== null || plan.broken !== undefined) return null;
	const ahead = plan.schedule.kind === 'every' ? Math.min(plan.schedule.everyMs, AHEAD_MS) : AHEAD_MS;
	const before = seen !== null && seen.plannedAt <= now + ahead ? seen : null;
	const { last } = plannedTimes(plan.schedule, now, zone, before?.plannedAt ?? null);
	const isNew = last !== null && (before === null || last > before.plannedAt);
	if (isNew) {
		if (plan.schedule.kind === 'at' && now - last > LATE_MS) return null;
		return { plannedAt: last, attempts: 1, takenAt: now };
	}
	if (
		before === null ||
		before.attempts === 0 ||
		before.attempts >= ATTEMPTS ||
		now - before.takenAt < AGAIN_MS
	)
		return null;
	// Whoever took it on may have been killed before it began; by hand in the meantime, there is nothing to try again.
	const hasBegun = lastEnded !== null && lastEnded.startedAt >= before.takenAt;
	if ((hasBegun && lastEnded.isGood) || now - before.plannedAt > LATE_MS) return null;
	return { ...before, attempts: before.attempts + 1, takenAt: now };
}

/** Starts what is due, one run of a plan at a time, while this console polls. */
export function createDueRuns(
	parts: BackupsParts,
	isBusy: (plan: PlanId) => boolean,
	mayPurge: (plan: BackupPlan) => boolean,
): { tick(now: number): void } {
	const begin = async (plan: BackupPlan, plannedAt: number) => {
		parts.onActivity('backup.due', { plan: plan.id, plannedAt });
		const ended = await parts.carryOut(plan.id, 'backup');
		// Room is made only once something newer is there.
		if (plan.keep.isAuto === true && ended?.level === 'ok' && mayPurge(plan))
			await parts.carryOut(plan.id, 'prune');
	};
	return {
		tick(now) {
			if (!parts.polls()) return;
			const { backups, timezone } = parts.system();
			for (const plan of backups) {
				if (plan.schedule === null || plan.nothing !== null || isBusy(plan.id)) continue;
				const seen = parts.store.plannedRun(plan.id);
				if (!seen.ok) continue;
				// Times that passed before the plan was known were nobody's.
				if (seen.value === null && plan.schedule.kind === 'at') {
					parts.store.takeRun(plan.id, null, { plannedAt: now, attempts: 0, takenAt: now });
					continue;
				}
				const ended = parts.lastOf(plan.id, 'backup');
				const last = ended === null ? null : { startedAt: ended.startedAt, isGood: isSettled(ended) };
				const next = dueRun(plan, seen.value, last, now, timezone);
				if (next === null) continue;
				const taken = parts.store.takeRun(plan.id, seen.value, next);
				if (taken.ok && taken.value) void begin(plan, next.plannedAt);
			}
		},
	};
}

/** Nothing to try again: it went well, or somebody wanted it to end. */
function isSettled({ level, state }: Operation): boolean {
	return level === 'ok' || level === 'warning' || state === 'cancelled';
}
