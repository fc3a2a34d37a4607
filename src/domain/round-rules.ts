import type { CheckId } from './ids.ts';
import type { Level } from './level.ts';
import type { Reason } from './observation.ts';
import type { Samples } from './reading.ts';
import {
	type AnswerOutcome,
	type Evidence,
	type Hand,
	isDone,
	lacksOnlyBaseline,
	type Round,
	type Step,
	standingOf,
} from './round.ts';
import type { SampleValue } from './value.ts';

/** What an answer must not be: a tick without looking, a failure without words. */
export function objectionTo(
	step: Step,
	outcome: AnswerOutcome,
	text: string,
): 'needs-note' | 'needs-answer' | 'nothing-found' | null {
	if (outcome !== 'ok') return text === '' ? 'needs-note' : null;
	if (step.definition.kind === 'ask') return text === '' ? 'needs-answer' : null;
	const standing = standingOf({ ...step, answer: null });
	if (standing === 'ok' || standing === 'first') return null;
	return standing === 'attention' ? 'needs-note' : 'nothing-found';
}

/** Whether an observation says something else than the signed snapshot; durations change always and say nothing. */
export function hasChanged(evidence: Extract<Evidence, { kind: 'observation' }>): boolean {
	if (evidence.level !== 'ok') return true;
	return Object.entries(evidence.baseline).some(([sample, signed]) => {
		const value = evidence.samples[sample];
		return !isEitherDuration(signed.value, value) && JSON.stringify(value) !== JSON.stringify(signed.value);
	});
}

/** A duration is another one each time; a connection kept open has none to connect: then only the signed one is. */
export function isEitherDuration(signed: SampleValue, value: SampleValue | undefined): boolean {
	return isDuration(signed) || isDuration(value);
}

function isDuration(value: SampleValue | undefined): boolean {
	return typeof value === 'object' && value !== null && value.unit === 'ms';
}

/** Who touched the round last, and when. */
export function lastHand(round: Round): Hand {
	if (round.touched) return round.touched;
	let last: Hand = { at: round.startedAt, by: round.startedBy };
	for (const { answer } of round.steps) if (answer && answer.at >= last.at) last = answer;
	return last;
}

/** What a step means for the signed round's level: a failure is critical, anything else but a plain ok a warning. */
export function levelOfStep(step: Step): 'ok' | 'warning' | 'critical' {
	const standing = standingOf(step);
	if (standing === 'failed') return 'critical';
	return standing === 'ok' || standing === 'first' ? 'ok' : 'warning';
}

/** One value that enters the signed snapshot. */
export interface SnapshotValue {
	readonly check: CheckId;
	readonly sample: string;
	readonly value: SampleValue;
}

/** How a check stands when the round is signed. */
export interface StandingCheck {
	readonly id: CheckId;
	readonly level: Level;
	readonly stale: boolean;
	readonly samples: Samples;
	readonly reasons: readonly Reason[];
}

/**
 * What a signature says was right: the values of every check that is ok (or only lacks a baseline) at the sign-off, and
 * of those the operator accepted with a note. A step without an answer counts as it will be signed. A check in a step that was failed or skipped enters nothing.
 */
export function snapshotOf(round: Round, checks: readonly StandingCheck[]): readonly SnapshotValue[] {
	const values = new Map<CheckId, Samples>();
	for (const { id, level, stale, samples, reasons } of checks) {
		if (!stale && (level === 'ok' || lacksOnlyBaseline(reasons))) values.set(id, samples);
	}
	const stale = new Set(checks.filter((check) => check.stale).map((check) => check.id));
	for (const step of round.steps) {
		const { answer } = step;
		const fillsItself = answer === null && isDone(standingOf(step));
		for (const evidence of answer?.evidence ?? (fillsItself ? step.found : [])) {
			if (evidence.kind !== 'observation') continue;
			const { check, level, samples, reasons } = evidence;
			const isWell = level === 'ok' || lacksOnlyBaseline(reasons);
			// Nobody looked at what filled itself: it must be true now. What a person answered was true then.
			const taken =
				answer?.outcome === 'accept' ||
				(answer?.outcome === 'ok' && isWell) ||
				(fillsItself && isWell && !stale.has(check));
			if (taken) values.set(check, samples);
			else values.delete(check);
		}
	}
	return [...values].flatMap(([check, samples]) =>
		Object.entries(samples).map(([sample, value]) => ({ check, sample, value })),
	);
}
