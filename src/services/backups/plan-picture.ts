import {
	type BackupPlan,
	type BackupVerb,
	backupActionId,
	type Copy,
	type Drill,
	isRegular,
} from '../../domain/backup.ts';
import { levelOfPlanReason, type PlanPicture, type PlanReason } from '../../domain/backup-picture.ts';
import { plannedTimes } from '../../domain/backup-schedule.ts';
import type { PlannedRun } from '../../domain/backup-store-port.ts';
import type { Fault } from '../../domain/fault.ts';
import { type ActionId, actionId } from '../../domain/ids.ts';
import { worstLevel } from '../../domain/level.ts';
import type { Operation } from '../../domain/operation.ts';
import { isAhead, newestFirst } from '../../domain/retention.ts';
import { kindOfTarget } from './catalog.ts';
import { copyPicture } from './copy-picture.ts';
import { kindOfSource } from './work.ts';

/** How long after its time a plan is merely running late. */
const GRACE_MS = 15 * 60_000;
/** A copy that lost so much against the one before deserves a look. */
const SHRUNK = 0.2;
const SIZES = 20;

export interface PlanFacts {
	readonly copies: readonly Copy[];
	readonly drills: readonly Drill[];
	readonly faults: readonly { readonly target: string; readonly fault: Fault }[];
	readonly plannedRun: PlannedRun | null;
	/** Newest ended backup operation. */
	readonly lastRun: Operation | null;
	readonly running: { readonly operation: Operation; readonly verb: BackupVerb } | null;
}

/** Pure. How a plan stands at this moment. */
export function planPicture(plan: BackupPlan, facts: PlanFacts, now: number, zone: string): PlanPicture {
	if (plan.nothing !== null) return nothingPicture(plan);
	const { running } = facts;
	const drills = facts.drills.filter(({ endedAt }) => !isAhead(endedAt, now));
	// What is remembered of a target that the plan has no more is looked at by nobody.
	const copies = facts.copies.filter(({ target }) => plan.targets.some(({ name }) => name === target));
	const source = kindOfSource(plan);
	const there = copies.filter((copy) => copy.state === 'there');
	// The same copy in several targets is one.
	const names = new Set<string>();
	const distinct = there.filter(({ name }) => (names.has(name) ? false : names.add(name)));
	const [last, before] = newestFirst(distinct.filter(isRegular), now);
	const restorable = source.restoring !== null && source.restoring.possible?.(plan.options) !== false;
	const proven = distinct.find(({ provenAt }) => provenAt !== null && !isAhead(provenAt, now));
	const lastDrill = drills[0] ?? null;
	const goodDrill = drills.find(
		({ level, couldFail }) => couldFail && (level === 'ok' || level === 'warning'),
	);
	const provenAt = Math.max(proven?.provenAt ?? 0, goodDrill?.endedAt ?? 0) || null;
	const change =
		last === undefined || before === undefined || before.bytes === 0 ? null : last.bytes / before.bytes - 1;
	const times =
		plan.schedule === null
			? null
			: plannedTimes(
					plan.schedule,
					now,
					zone,
					last === undefined ? null : Date.parse(last.manifest.startedAt),
				);
	// One that is being made is late at most.
	const overdueSince = running?.verb === 'backup' ? null : overdueOf(plan, last, facts.plannedRun, now, zone);
	const firstAt = distinct.at(-1)?.at ?? null;
	const drillFrom = provenAt ?? firstAt;
	const { everyMs } = plan.drill;
	const nextDrillAt = everyMs === null || !restorable || drillFrom === null ? null : drillFrom + everyMs;
	const reasons = reasonsOf(
		plan,
		{ ...facts, copies, drills },
		{
			last,
			change,
			overdueSince,
			provenAt,
			nextDrillAt,
			restorable,
			now,
		},
	);
	const level = worstLevel(reasons.map(levelOfPlanReason));
	const verbs: BackupVerb[] = [
		'backup',
		'verify',
		...(restorable ? (['drill', 'restore'] as const) : []),
		'prune',
	];
	return {
		id: plan.id,
		title: plan.title,
		source: plan.source,
		subject: source.subject(plan.options),
		targets: plan.targets.map((target) => ({
			name: target.name,
			kind: target.kind,
			where: kindOfTarget(target).where(target.options),
		})),
		schedule: plan.schedule,
		keep: plan.keep,
		nothing: null,
		restorable,
		level: last === undefined && plan.schedule === null && level === 'ok' ? 'pending' : level,
		reasons,
		last: last === undefined ? null : copyPicture(last),
		change,
		sizes: distinct
			.slice(0, SIZES)
			.map(({ bytes }) => bytes)
			.reverse(),
		count: distinct.length,
		totalBytes: there.reduce((sum, { bytes }) => sum + bytes, 0),
		nextAt: times?.next ?? null,
		overdueSince,
		provenAt,
		provenCopy: proven?.name ?? goodDrill?.copy ?? null,
		nextDrillAt,
		lastDrill,
		running: running === null ? null : { operation: running.operation.id, verb: running.verb },
		actions: Object.fromEntries(
			verbs.map((verb) => [verb, actionId(backupActionId(verb, plan.id))]),
		) as Partial<Record<BackupVerb, ActionId>>,
	};
}

/** Since when a copy should have been there, and is not: the first time that was missed. */
function overdueOf(
	{ schedule }: BackupPlan,
	last: Copy | undefined,
	run: PlannedRun | null,
	now: number,
	zone: string,
): number | null {
	if (schedule === null) return null;
	// A plan that never ran is overdue once a time has come since it was first seen.
	const seenAt = schedule.kind === 'at' ? (run?.plannedAt ?? null) : null;
	const from = last === undefined ? seenAt : Date.parse(last.manifest.startedAt);
	if (from === null) return null;
	// What a wrong clock wrote says nothing about when it should have been.
	const since = isAhead(from, now)
		? plannedTimes(schedule, now, zone, null).last
		: plannedTimes(schedule, from, zone, from).next;
	return since === null || now - since < GRACE_MS ? null : since;
}

function reasonsOf(
	plan: BackupPlan,
	{ copies, drills, faults, lastRun }: PlanFacts,
	stand: {
		readonly last: Copy | undefined;
		readonly change: number | null;
		readonly overdueSince: number | null;
		readonly provenAt: number | null;
		readonly nextDrillAt: number | null;
		readonly restorable: boolean;
		readonly now: number;
	},
): readonly PlanReason[] {
	const reasons: PlanReason[] = [];
	const { last, change, overdueSince, provenAt, nextDrillAt, restorable, now } = stand;
	if (plan.broken !== undefined) reasons.push({ kind: 'broken', fault: plan.broken });
	const hasFailed =
		lastRun !== null &&
		lastRun.level !== 'ok' &&
		lastRun.level !== 'warning' &&
		lastRun.state !== 'cancelled';
	// What keeps it from running at all is said already.
	const isNews = hasFailed && plan.broken === undefined;
	if (isNews && lastRun.startedAt > (last === undefined ? 0 : Date.parse(last.manifest.startedAt))) {
		const reason = lastRun.reasons.find(({ kind }) => kind === 'fault');
		const why = reason?.kind === 'fault' ? reason.fault : null;
		reasons.push({ kind: 'failed', at: lastRun.startedAt, fault: why });
	}
	if (copies.length === 0 && plan.schedule !== null) reasons.push({ kind: 'never' });
	if (overdueSince !== null) reasons.push({ kind: 'overdue', since: overdueSince });
	for (const { target, fault } of faults) reasons.push({ kind: 'target', target, fault });
	const damaged = new Map(
		copies.filter(({ state }) => state === 'damaged').map(({ name, at }) => [name, at]),
	);
	for (const [name, at] of [...damaged].slice(0, 3))
		reasons.push({ kind: 'damaged', name, ...(last !== undefined && last.at > at ? { isOld: true } : {}) });
	for (const { name } of plan.targets) {
		const newest = newestFirst(copies.filter(isGoneOrThere(name)), now)[0];
		if (newest?.state === 'gone') reasons.push({ kind: 'gone', name: newest.name, target: name });
	}
	if (change !== null && change <= -SHRUNK) reasons.push({ kind: 'shrunk', share: -change });
	const [drill] = drills;
	if (drill !== undefined && (provenAt === null || drill.endedAt > provenAt)) {
		if (!drill.couldFail) reasons.push({ kind: 'drill-vacuous', at: drill.endedAt });
		else if (drill.level === 'critical' || drill.level === 'unknown')
			reasons.push({ kind: 'drill-failed', at: drill.endedAt });
	}
	if (restorable && last !== undefined) {
		if (provenAt === null) reasons.push({ kind: 'unproven' });
		else if (nextDrillAt !== null && nextDrillAt < now)
			reasons.push({ kind: 'drill-overdue', since: nextDrillAt });
	}
	return reasons;
}

const isGoneOrThere = (target: string) => (copy: Copy) =>
	copy.target === target && copy.state !== 'removed' && isRegular(copy);

function nothingPicture(plan: BackupPlan): PlanPicture {
	return {
		id: plan.id,
		title: plan.title,
		source: '',
		subject: '',
		targets: [],
		schedule: null,
		nothing: plan.nothing,
		restorable: false,
		level: 'ok',
		reasons: [],
		last: null,
		change: null,
		sizes: [],
		count: 0,
		totalBytes: 0,
		nextAt: null,
		overdueSince: null,
		provenAt: null,
		provenCopy: null,
		nextDrillAt: null,
		lastDrill: null,
		running: null,
		actions: {},
	};
}
