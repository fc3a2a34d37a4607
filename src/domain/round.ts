import type { CheckId, OperationId, RoundId, SheetId } from './ids.ts';
import { type Level, worstLevel } from './level.ts';
import type { Reason } from './observation.ts';
import type { Operation } from './operation.ts';
import type { OwnText } from './own-text.ts';
import type { Samples } from './reading.ts';
import type { StepDefinition } from './system.ts';

/** What an answer rests on; values are copied in, so that the record stands when history is gone. */
export type Evidence =
	| {
			readonly kind: 'observation';
			readonly check: CheckId;
			readonly at: number;
			readonly level: Level;
			readonly samples: Samples;
			readonly reasons: readonly Reason[];
			/** The signed values it was compared with. */
			readonly baseline: Readonly<Record<string, { readonly value: Samples[string]; readonly at: number }>>;
	  }
	| {
			readonly kind: 'operation';
			readonly operation: OperationId;
			readonly title: string;
			readonly at: number;
			readonly level: Level;
			readonly samples: Samples;
			readonly reasons: readonly Reason[];
			readonly command: string;
			readonly output: string;
			readonly files: readonly string[];
	  }
	| {
			readonly kind: 'lines';
			readonly source: string;
			readonly sinceAt: number | null;
			readonly count: number;
			readonly lines: readonly string[];
			/** What could not be read: a count of 0 then proves nothing. */
			readonly unread?: readonly { readonly path: string; readonly fault: string }[];
	  };

/** `ok`: it is as it should be. `fail`: it is not. `accept`: not as expected, taken with a note. `skip`: not done, with a reason. */
export const ANSWERS = ['ok', 'fail', 'accept', 'skip'] as const;
export type AnswerOutcome = (typeof ANSWERS)[number];

export interface Answer {
	readonly outcome: AnswerOutcome;
	/** The operator's words; never empty for `fail`, `accept` and `skip`, nor for a question's answer. */
	readonly note: string;
	readonly at: number;
	readonly by: string;
	readonly evidence: readonly Evidence[];
}

export interface Step {
	readonly index: number;
	readonly definition: StepDefinition;
	readonly answer: Answer | null;
	/** Remarks that are not answers: a note may stand on any step. */
	readonly note: string | null;
	/** Whose note it is, and since when. */
	readonly noted?: Hand | null;
	/** Typed but not yet confirmed, by the operator who reads it. */
	readonly draft: string | null;
	/** Newest evidence made in this round, before the step is answered: fills automatic and launched steps by itself. */
	readonly found: readonly Evidence[];
}

/** Who did something, and when (epoch ms). */
export interface Hand {
	readonly at: number;
	readonly by: string;
}

/** Typed and never confirmed. Each operator has an own one of every step; `step` null: the words of the sign-off. */
export interface RoundDraft extends Hand {
	readonly step: number | null;
	readonly text: string;
}

/** One walk through a round sheet by a person. The sheet is frozen into it at its beginning. */
export interface Round {
	readonly id: RoundId;
	readonly sheet: SheetId;
	readonly title: OwnText;
	/** Epoch ms; null for one begun without a time. */
	readonly dueAt: number | null;
	readonly graceMs: number;
	readonly startedAt: number;
	readonly startedBy: string;
	readonly signed: SignOff | null;
	readonly steps: readonly Step[];
	/** Counts every change; an answer says which version it saw, so that nothing is overwritten in silence. */
	readonly version: number;
	/** Who changed it last. */
	readonly touched?: Hand | null;
	/** Words for the sign-off, typed but not yet signed, by the operator who reads it. */
	readonly draft?: string | null;
	/** Everybody's drafts, as the store has them; each operator is only told of the own. */
	readonly drafts?: readonly RoundDraft[];
}

export interface SignOff {
	readonly at: number;
	readonly by: string;
	readonly note: string;
	readonly level: Level;
	/** Absolute paths of the Markdown and JSON record. */
	readonly files: readonly string[];
	/** Made by the embedded demo, not by a person's round. */
	readonly demo: boolean;
}

/** `first`: well but for a comparison with a snapshot nobody has signed yet; it does not block the first sign-off. */
export type StepStanding =
	| 'open'
	| 'filling'
	| 'ok'
	| 'first'
	| 'attention'
	| 'failed'
	| 'accepted'
	| 'skipped';

/** Where a step stands: its answer if it has one, else what was found for it so far. */
export function standingOf(step: Step): StepStanding {
	if (step.answer) {
		const { outcome } = step.answer;
		return outcome === 'ok'
			? 'ok'
			: outcome === 'fail'
				? 'failed'
				: outcome === 'accept'
					? 'accepted'
					: 'skipped';
	}
	if (step.definition.kind === 'ask') return 'open';
	if (step.definition.kind === 'run') {
		// Lines may be pinned beside what ran.
		const last = step.found.findLast((e) => e.kind === 'operation');
		if (!last) return 'open';
		return last.level === 'ok' ? 'ok' : last.level === 'pending' ? 'filling' : 'attention';
	}
	return standingOfChecks(step.definition.checks, step.found);
}

function standingOfChecks(checks: readonly CheckId[], found: readonly Evidence[]): StepStanding {
	const observed = found.filter((e) => e.kind === 'observation');
	const unbased = observed.filter((e) => lacksOnlyBaseline(e.reasons));
	const level = worstLevel(observed.filter((e) => !unbased.includes(e)).map((e) => e.level));
	if (level !== 'ok') return 'attention';
	if (checks.some((id) => !observed.some((e) => e.check === id))) return 'filling';
	return unbased.length > 0 ? 'first' : 'ok';
}

/** Steps that need no more from the operator. */
export function doneSteps(round: Round): number {
	return round.steps.filter((step) => isDone(standingOf(step))).length;
}

export function isDone(standing: StepStanding): boolean {
	return (
		standing === 'ok' ||
		standing === 'first' ||
		standing === 'failed' ||
		standing === 'accepted' ||
		standing === 'skipped'
	);
}

/** Whether a step belongs on top of the sign-off page: anything but a plain ok. */
export function isException(step: Step): boolean {
	return standingOf(step) !== 'ok';
}

/** A check that is not ok only because nothing was ever signed: it does not block the first sign-off and enters the snapshot. */
export function lacksOnlyBaseline(reasons: readonly Reason[]): boolean {
	return (
		reasons.length > 0 &&
		reasons.every(
			(reason) =>
				reason.kind === 'condition' &&
				reason.outcome.holds === null &&
				reason.outcome.why?.code === 'no-baseline',
		)
	);
}

/** What a launched step keeps of an operation. */
export function evidenceOf(operation: Operation, output: string): Evidence {
	return {
		kind: 'operation',
		operation: operation.id,
		title: operation.title,
		at: operation.endedAt ?? operation.startedAt,
		level: operation.level,
		samples: operation.samples,
		reasons: operation.reasons,
		command: operation.command,
		output,
		files: operation.files,
	};
}
