import type { CheckId } from './ids.ts';
import {
	type AnswerOutcome,
	type Evidence,
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
		const isDuration = typeof value === 'object' && value !== null && value.unit === 'ms';
		return !isDuration && JSON.stringify(value) !== JSON.stringify(signed.value);
	});
}

/** Who touched the round last. */
export function lastHand(round: Round): string {
	let last = { at: round.startedAt, by: round.startedBy };
	for (const { answer } of round.steps) if (answer && answer.at >= last.at) last = answer;
	return last.by;
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

/** The values of ok checks, of those that only lacked a baseline, and of those accepted with a note. */
export function snapshotOf(round: Round): readonly SnapshotValue[] {
	const values: SnapshotValue[] = [];
	for (const { answer } of round.steps) {
		for (const evidence of answer?.evidence ?? []) {
			if (evidence.kind !== 'observation') continue;
			const taken =
				evidence.level === 'ok' || answer?.outcome === 'accept' || lacksOnlyBaseline(evidence.reasons);
			if (!taken) continue;
			for (const [sample, value] of Object.entries(evidence.samples))
				values.push({ check: evidence.check, sample, value });
		}
	}
	return values;
}
