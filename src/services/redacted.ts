import type { ConditionOutcome } from '../domain/condition/index.ts';
import type { Fault } from '../domain/fault.ts';
import type { Reason, Verdict } from '../domain/observation.ts';
import type { Reading, Samples } from '../domain/reading.ts';
import { type Redactor, redactTexts } from '../domain/text.ts';

interface Judged {
	readonly verdict: Verdict;
	readonly samples: Samples;
	readonly fault: Fault | null;
}

/** What is kept of an observation, without any secret this engine knows; the same object where there was none. */
export function redactJudged<Of extends Judged>(judged: Of, redactor: Redactor): Of {
	const { verdict } = judged;
	const outcomes = verdict.outcomes.map((one) => {
		const outcome = redactOutcome(one.outcome, redactor);
		return outcome === one.outcome ? one : { ...one, outcome };
	});
	const reasons = verdict.reasons.map((reason) => redactReason(reason, redactor));
	const samples = redactTexts(judged.samples, redactor);
	const fault = judged.fault === null ? null : redactFault(judged.fault, redactor);
	const isSame =
		samples === judged.samples &&
		fault === judged.fault &&
		outcomes.every((one, at) => one === verdict.outcomes[at]) &&
		reasons.every((one, at) => one === verdict.reasons[at]);
	return isSame ? judged : { ...judged, verdict: { ...verdict, outcomes, reasons }, samples, fault };
}

/** A reading as if the other side had never repeated a secret. The transcript is redacted where it is read. */
export function redactReading({ samples, document, headers, ...rest }: Reading, redactor: Redactor): Reading {
	return {
		...rest,
		samples: redactTexts(samples, redactor),
		...(document === undefined ? {} : { document: redactTexts(document, redactor) }),
		...(headers === undefined ? {} : { headers: redactTexts(headers, redactor) }),
	};
}

function redactReason(reason: Reason, redactor: Redactor): Reason {
	if (reason.kind === 'bug') {
		const text = redactor(reason.text);
		return text === reason.text ? reason : { ...reason, text };
	}
	if (reason.kind === 'fault') {
		const fault = redactFault(reason.fault, redactor);
		return fault === reason.fault ? reason : { ...reason, fault };
	}
	const outcome = redactOutcome(reason.outcome, redactor);
	return outcome === reason.outcome ? reason : { ...reason, outcome };
}

function redactFault(fault: Fault, redactor: Redactor): Fault {
	const detail = redactTexts(fault.detail, redactor, 'ours');
	return detail === fault.detail ? fault : { ...fault, detail };
}

/** Codes and operators are ours and stay, whatever somebody took for a password. */
function redactOutcome(outcome: ConditionOutcome, redactor: Redactor): ConditionOutcome {
	const { why } = outcome;
	const condition = redactor(outcome.condition);
	const resolved = redactTexts(outcome.resolved, redactor, 'ours');
	const must = redactTexts(outcome.must, redactor, 'ours');
	const params = why && redactTexts(why.params, redactor, 'ours');
	const isSame =
		condition === outcome.condition &&
		resolved === outcome.resolved &&
		must === outcome.must &&
		params === why?.params;
	if (isSame) return outcome;
	return {
		...outcome,
		condition,
		resolved,
		must: { ...must, operator: outcome.must.operator },
		...(why && params ? { why: { ...why, params } } : {}),
	};
}
