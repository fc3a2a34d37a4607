import type { Drill } from '../domain/backup.ts';
import type {
	CopyPicture,
	PlanPicture,
	PlanReason,
	PrunePreview,
	RestorePreview,
} from '../domain/backup-picture.ts';
import type { Refusal } from '../domain/engine.ts';
import type { Fault } from '../domain/fault.ts';
import { ownText } from '../domain/own-text.ts';
import type { SystemFace } from '../domain/picture.ts';
import { cadencedText, planReasonText } from '../i18n/backup.ts';
import { faultText } from '../i18n/fault.ts';
import { reasonLine } from './check-lines.ts';
import type { CliContext } from './command.ts';
import { levelOfRun } from './plan-exit.ts';
import { planRefusalText } from './plan-refusal.ts';
import type { PlanRun } from './plan-run.ts';

type Speaker = Pick<CliContext, 'locale'>;

/** ISO 8601 in UTC, or null; what no calendar has is null too. */
const iso = (at: number | null): string | null =>
	at === null || !Number.isFinite(at) || Math.abs(at) > 8.64e15 ? null : new Date(at).toISOString();

export function copyJson(copy: CopyPicture) {
	const { at, verifiedAt, provenAt, ...rest } = copy;
	return { ...rest, at: iso(at), verifiedAt: iso(verifiedAt), provenAt: iso(provenAt) };
}

export function drillJson(drill: Drill) {
	return { ...drill, startedAt: iso(drill.startedAt), endedAt: iso(drill.endedAt) };
}

/** The sentence, and what a program wants to know without reading it. */
function reasonJson(reason: PlanReason, text: string) {
	const at = 'at' in reason ? reason.at : 'since' in reason ? reason.since : null;
	return {
		kind: reason.kind,
		text,
		at: iso(at),
		fault: 'fault' in reason ? (reason.fault?.code ?? null) : null,
		...('target' in reason ? { target: reason.target } : {}),
		...('name' in reason ? { name: reason.name } : {}),
		...('share' in reason ? { share: reason.share } : {}),
	};
}

/** A plan with everything that is known of it. */
export function planJson(plan: PlanPicture, { timezone }: SystemFace, { locale }: Speaker) {
	return {
		id: plan.id,
		title: ownText(plan.title, locale),
		level: plan.level,
		reasons: plan.reasons.map((reason) => reasonJson(reason, planReasonText(reason, locale, timezone))),
		source: plan.source,
		subject: plan.subject,
		targets: plan.targets,
		schedule: plan.schedule === null ? null : { ...plan.schedule, text: cadencedText(plan.schedule, locale) },
		keep: plan.keep,
		nothing: plan.nothing === null ? null : ownText(plan.nothing, locale),
		restorable: plan.restorable,
		last: plan.last === null ? null : copyJson(plan.last),
		change: plan.change,
		sizes: plan.sizes,
		count: plan.count,
		totalBytes: plan.totalBytes,
		nextAt: iso(plan.nextAt),
		overdueSince: iso(plan.overdueSince),
		provenAt: iso(plan.provenAt),
		provenCopy: plan.provenCopy,
		nextDrillAt: iso(plan.nextDrillAt),
		lastDrill: plan.lastDrill === null ? null : drillJson(plan.lastDrill),
		running: plan.running,
		actions: plan.actions,
	};
}

export function refusalJson(refusal: Refusal, { timezone }: SystemFace, { locale }: Speaker) {
	const text = planRefusalText(refusal, locale, timezone);
	if (refusal.kind === 'fault') return { why: refusal.fault.code, text, by: null, at: null };
	if (refusal.kind === 'conflict') return { why: 'conflict', text, by: refusal.by, at: iso(refusal.at) };
	const { by, at } = refusal.detail;
	return {
		why: refusal.why,
		text,
		by: by === undefined ? null : String(by),
		at: iso(at === undefined ? null : Number(at)),
	};
}

export function runJson(run: PlanRun, face: SystemFace, context: Speaker) {
	const { plan, verb, operation, refusal, copies, drill } = run;
	const isBegun = operation !== null;
	return {
		plan: plan.id,
		verb,
		level: levelOfRun(run),
		state: operation?.state ?? 'refused',
		refused: refusal === null ? null : refusalJson(refusal, face, context),
		operation: operation?.id ?? null,
		by: operation?.by ?? null,
		startedAt: iso(operation?.startedAt ?? null),
		endedAt: iso(operation?.endedAt ?? null),
		durationMs: isBegun && operation.endedAt !== null ? operation.endedAt - operation.startedAt : null,
		samples: operation?.samples ?? {},
		reasons: (operation?.reasons ?? []).map((reason) => reasonLine(reason, context.locale)),
		files: operation?.files ?? [],
		copies: copies.map(copyJson),
		drill: drill === null ? null : drillJson(drill),
	};
}

export function pruneJson(preview: PrunePreview) {
	return {
		plan: preview.plan,
		remove: preview.remove.map(copyJson),
		keep: preview.keep.map(({ copy, because }) => ({ ...copyJson(copy), because })),
		freesBytes: preview.freesBytes,
		parts: preview.parts,
	};
}

export function restoreJson(preview: RestorePreview, { locale }: Speaker) {
	const { copy, increments, stops, starts, warn, provenAt, second, faults, ...rest } = preview;
	return {
		...rest,
		copy: copyJson(copy),
		increments: increments.map(copyJson),
		stops: stops.map((title) => ownText(title, locale)),
		starts: starts.map((title) => ownText(title, locale)),
		warn: warn === null ? null : ownText(warn, locale),
		provenAt: iso(provenAt),
		second: { ...second, askedAt: iso(second.askedAt) },
		faults: faults.map((one: Fault) => ({ code: one.code, text: faultText(one, locale) })),
	};
}
