import { roundId, sheetId } from '../domain/ids.ts';
import type { Answer, AnswerOutcome, Round, Step } from '../domain/round.ts';
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
}

export interface StepRow {
	readonly step: number;
	readonly definition: string;
	readonly note: string | null;
	readonly draft: string | null;
	readonly found: string;
	readonly answered_version: number;
	readonly outcome: AnswerOutcome | null;
	readonly answer_note: string | null;
	readonly answer_at: number | null;
	readonly answer_by: string | null;
	readonly evidence: string | null;
}

export function toRound(row: RoundRow, steps: readonly StepRow[]): Round {
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
	};
}

function toStep(row: StepRow): Step {
	return {
		index: row.step,
		definition: JSON.parse(row.definition) as Step['definition'],
		answer: toAnswer(row),
		note: row.note,
		draft: row.draft,
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
