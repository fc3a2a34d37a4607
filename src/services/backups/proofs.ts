import type { BackupPlan, DrillEvidence } from '../../domain/backup.ts';
import type { Restored } from '../../domain/backup-ports.ts';
import type { CheckDefinition, LatestValue } from '../../domain/check.ts';
import type { WhyCode } from '../../domain/condition/index.ts';
import { checkId } from '../../domain/ids.ts';
import { judge } from '../../domain/judge.ts';
import { type Level, worstLevel } from '../../domain/level.ts';
import type { Reason, Verdict } from '../../domain/observation.ts';
import type { Baseline } from '../../domain/snapshot.ts';
import { formatBare } from '../../domain/value.ts';
import { createProber } from '../prober.ts';
import { reasonLine } from '../records/reason-line.ts';
import type { BackupsParts } from './parts.ts';

/** How far before and after the copy another check's value may lie to be that of its time, in that check's intervals. */
const NEARBY = 3;

/**
 * The plan's checks asked about a restored copy instead of the live thing, nothing of it recorded. What a condition compares
 * with is as it was when the copy was taken: another check's value (e.g. what the API said), and the baseline signed until then.
 */
export async function askProofs(
	parts: BackupsParts,
	plan: BackupPlan,
	restored: Restored,
	asOf: number,
	signal: AbortSignal,
): Promise<readonly DrillEvidence[]> {
	const latest = latestAsOf(parts, asOf);
	const signed = parts.rounds.baselineAt(asOf);
	const then = { latest, baseline: signed.ok ? signed.value : {} };
	const prober = createProber(parts.probes, () => ({ signedAt: parts.present.signedAt, latest }));
	const stop = () => prober.stop();
	signal.addEventListener('abort', stop, { once: true });
	const found: DrillEvidence[] = [];
	for (const id of plan.prove) {
		const check = parts.system().checks.find((one) => one.id === id);
		const kind = check === undefined ? undefined : parts.kindOf(check.kind);
		const options = check === undefined ? null : (kind?.onRestored?.(check.options, restored) ?? null);
		if (check === undefined || kind === undefined || options === null || signal.aborted) {
			found.push({ kind: 'check', name: id, level: 'unknown', expected: '', found: '' });
			continue;
		}
		const about: CheckDefinition = { ...check, options, timeoutMs: Math.max(check.timeoutMs, 60_000) };
		const { outcome } = await prober.probe(about, kind);
		found.push('bug' in outcome ? bugEvidence(id, outcome.bug) : evidenceOf(parts, about, outcome, then));
	}
	signal.removeEventListener('abort', stop);
	return found;
}

/** What a copy is compared with, as it was when the copy was taken. */
interface Then {
	readonly latest: LatestValue;
	readonly baseline: Baseline;
}

/** Nobody looked at that time, or nobody had signed by then: this says nothing about the copy. */
const NOT_COMPARED: readonly WhyCode[] = ['no-baseline', 'no-such-check-value', 'stale-value'];

function isNotCompared(reason: Reason): boolean {
	const why = reason.kind === 'condition' && reason.outcome.holds === null ? reason.outcome.why : undefined;
	return why !== undefined && NOT_COMPARED.includes(why.code);
}

function evidenceOf(
	parts: BackupsParts,
	check: CheckDefinition,
	outcome: Parameters<typeof judge>[0],
	then: Then,
): DrillEvidence {
	const { verdict, samples } = judge(outcome, check, {
		now: parts.clock.now(),
		latest: then.latest,
		baseline: (sample) => then.baseline[check.id]?.[sample],
		window: () => [],
	});
	const why = verdict.reasons.map((reason) => parts.redact(reasonLine(reason, parts.locale)));
	const named = Object.entries(samples)
		.filter(([name]) => !/(?:^|\.)(?:took|rows)$/.test(name))
		.slice(0, 8)
		.map(([name, value]) => `${name} ${formatBare(value, { locale: parts.locale })}`);
	return {
		kind: 'check',
		name: check.id,
		level: levelOfCopy(verdict),
		expected: check.must.map(({ text }) => text).join(', '),
		found: parts.redact((why.length > 0 ? why : named).join(' · ')),
	};
}

/**
 * As judged, but that what could not be compared is a warning as long as something else was and held: a copy that was made before
 * the first signature, or while no console was open, is not bad for it.
 */
function levelOfCopy({ level, reasons, outcomes }: Verdict): Level {
	const others = reasons.filter((reason) => !isNotCompared(reason));
	if (others.length === reasons.length) return level;
	const held = outcomes.some(({ outcome }) => outcome.holds === true);
	if (others.length === 0) return held ? 'warning' : 'unknown';
	return worstLevel(others.map(levelOfReason));
}

function levelOfReason(reason: Reason): Level {
	if (reason.kind !== 'condition' || reason.outcome.holds === null) return 'unknown';
	return reason.severity === 'must' ? 'critical' : 'warning';
}

function bugEvidence(name: string, text: string): DrillEvidence {
	return { kind: 'check', name, level: 'unknown', expected: '', found: text };
}

/** Other checks' values as they stood at an instant: the newest one before it, if it is not too old. */
function latestAsOf(parts: BackupsParts, asOf: number): LatestValue {
	return (name, sample) => {
		const check = parts.system().checks.find((one) => one.id === name);
		if (check === undefined) return undefined;
		const reach = NEARBY * check.everyMs;
		const stored = parts.observations.of(checkId(name), asOf - reach, asOf + reach, 1_000);
		const near = (stored.ok ? stored.value : []).filter(({ samples }) => samples[sample] !== undefined);
		const best = near.findLast(({ at }) => at <= asOf) ?? near[0];
		const value = best?.samples[sample];
		return best === undefined || value === undefined ? undefined : { value, at: best.at, stale: false };
	};
}

/** Whether what was judged holds: an unknown proves as little as a failure. */
export function isProven(evidence: readonly DrillEvidence[]): boolean {
	return evidence.every(({ level }) => level === 'ok' || level === 'warning');
}
