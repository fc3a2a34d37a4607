import { roundId, sheetId } from '../domain/ids.ts';
import type { Answer, AnswerOutcome, Hand, Round, RoundDraft, Step } from '../domain/round.ts';
import { levelOf } from './codes.ts';

export interface RoundRow {
	readonly id: number;
	readonly sheet: string;
	readonly title: string;
	readonly due_at: number | null;
	readonly grace_ms: number;
	readonly started_at: number;
	readonly started_by: string;
	readonly version: number;
	readonly signed_at: number | null;
	readonly signed_by: string | null;
	readonly signed_note: string | null;
	readonly signed_level: number | null;
	readonly signed_demo: number | null;
	readonly files: string;
	readonly touched_at: number | null;
	readonly touched_by: string | null;
	readonly claimed_at: number | null;
	readonly claimed_by: string | null;
}

export interface DraftRow {
	readonly step: number;
	readonly operator: string;
	readonly text: string;
	readonly at: number;
}

/** Where the draft of the sign-off's words stands among those of the steps. */
export const SIGN_OFF = -1;

export interface StepRow {
	readonly step: number;
	readonly definition: string;
	readonly note: string | null;
	readonly noted_at: number | null;
	readonly noted_by: string | null;
	readonly noted_version: number;
	readonly found: string;
	readonly answered_version: number;
	readonly outcome: AnswerOutcome | null;
	readonly answer_note: string | null;
	readonly answer_at: number | null;
	readonly answer_by: string | null;
	readonly evidence: string | null;
}

export function toRound(row: RoundRow, steps: readonly StepRow[], drafts: readonly DraftRow[]): Round {
	return {
		id: roundId(row.id),
		sheet: sheetId(row.sheet),
		title: JSON.parse(row.title) as Round['title'],
		dueAt: row.due_at,
		graceMs: row.grace_ms,
		startedAt: row.started_at,
		startedBy: row.started_by,
		signed:
			row.signed_at === null
				? null
				: {
						at: row.signed_at,
						by: row.signed_by ?? '',
						note: row.signed_note ?? '',
						level: levelOf(row.signed_level ?? 0),
						files: JSON.parse(row.files) as string[],
						demo: row.signed_demo === 1,
					},
		steps: steps.map(toStep),
		version: row.version,
		touched: toHand(row.touched_at, row.touched_by),
		drafts: drafts.map(toDraft),
	};
}

function toDraft({ step, operator, text, at }: DraftRow): RoundDraft {
	return { step: step === SIGN_OFF ? null : step, by: operator, text, at };
}

function toHand(at: number | null, by: string | null): Hand | null {
	return at === null || by === null ? null : { at, by };
}

function toStep(row: StepRow): Step {
	return {
		index: row.step,
		definition: JSON.parse(row.definition) as Step['definition'],
		answer: toAnswer(row),
		note: row.note,
		noted: toHand(row.noted_at, row.noted_by),
		draft: null,
		found: JSON.parse(row.found) as Step['found'],
	};
}

function toAnswer(row: StepRow): Answer | null {
	if (row.outcome === null) return null;
	return {
		outcome: row.outcome,
		note: row.answer_note ?? '',
		at: row.answer_at ?? 0,
		by: row.answer_by ?? '',
		evidence: JSON.parse(row.evidence ?? '[]') as Answer['evidence'],
	};
}
