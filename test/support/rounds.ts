import type { EngineEvent } from '../../src/domain/engine.ts';
import { operationId } from '../../src/domain/ids.ts';
import type { CheckPicture } from '../../src/domain/picture.ts';
import type { AnswerOutcome, Evidence, Round, Step } from '../../src/domain/round.ts';
import { quantity } from '../../src/domain/value.ts';
import type { FakeEngine } from './fake-engine.ts';
import { MORNING, morningRound, slowAccounting, stoppedMcp, wellCheck } from './pictures.ts';

const MINUTE = 60_000;

export function observed(check: CheckPicture, signed: Record<string, number> = {}): Evidence {
	const { id, at, level, samples, reasons } = check;
	const baseline = Object.fromEntries(
		Object.entries(signed).map(([name, value]) => [
			name,
			{ value: quantity(value), at: MORNING - 86_400_000 },
		]),
	);
	return { kind: 'observation', check: id, at, level, samples, reasons, baseline };
}

export const apiTests: Evidence = {
	kind: 'operation',
	operation: operationId(4),
	title: 'API endpoint tests',
	at: MORNING - MINUTE,
	level: 'ok',
	samples: { passed: quantity(8), total: quantity(8) },
	reasons: [],
	command: 'bash test_api_endpoints.sh',
	output: 'Test 1: health ... PASS\nTest 8: bills ... PASS\n8/8 passed\n',
	files: [],
};

function withStep(round: Round, index: number, change: Partial<Step>): Round {
	const steps = round.steps.map((step) => (step.index === index ? { ...step, ...change } : step));
	return { ...round, steps, version: round.version + 1 };
}

export const answered = (
	round: Round,
	index: number,
	outcome: AnswerOutcome,
	note: string,
	by = 'mei',
): Round =>
	withStep(round, index, {
		draft: null,
		answer: { outcome, note, at: MORNING - 2 * MINUTE, by, evidence: round.steps[index]?.found ?? [] },
	});

/** The morning with a slow service, a stopped one, one customer more, a failed step, and a question asked. */
export function troubledRound(): Round {
	let round = morningRound();
	round = withStep(round, 0, {
		found: [observed(wellCheck('api-health')), observed(slowAccounting()), observed(stoppedMcp())],
	});
	round = withStep(round, 1, {
		found: [
			observed(wellCheck('customers'), { customers: 7 }),
			observed(wellCheck('summary')),
			observed(wellCheck('ocr')),
		],
	});
	round = answered(round, 2, 'fail', 'one of the ten origins is refused', 'li');
	return withStep(round, 3, { found: [apiTests] });
}

/** Nothing left to do: one step accepted, the others as they should be. */
export function doneRound(): Round {
	let round = morningRound();
	round = withStep(round, 3, { found: [apiTests] });
	round = answered(round, 4, 'ok', 'no new stack trace');
	return answered(round, 5, 'accept', 'the report is written by hand today');
}

export function roundEvent(round: Round): EngineEvent {
	return { kind: 'round', round };
}

export const draftOfStep = (round: Round, index: number, draft: string): Round =>
	withStep(round, index, { draft });

/** Lets the fake engine keep what is answered, as the real one does: the answer stands in the round it returns. */
export function keepAnswers(engine: FakeEngine, first: Round): { readonly round: Round } {
	const kept = { round: first };
	engine.answer('round.answer', ({ step, outcome, note }) => {
		kept.round = answered(kept.round, step, outcome, note);
		return { ok: true, value: { round: kept.round } };
	});
	engine.answer('round.undo', ({ step }) => {
		kept.round = withStep(kept.round, step, { answer: null });
		return { ok: true, value: { round: kept.round } };
	});
	engine.answer('round.note', ({ step, note }) => {
		kept.round = withStep(kept.round, step, { note });
		return { ok: true, value: { round: kept.round } };
	});
	engine.answer('round.pin', ({ step, source, line }) => {
		const found = kept.round.steps[step]?.found ?? [];
		const pinned: Evidence = {
			kind: 'lines',
			source,
			sinceAt: null,
			count: 1,
			lines: [`${source}: ${line}`],
		};
		kept.round = withStep(kept.round, step, { found: [...found, pinned] });
		return { ok: true, value: { round: kept.round } };
	});
	engine.answer('round.sign', ({ note }) => {
		kept.round = {
			...kept.round,
			version: kept.round.version + 1,
			signed: {
				at: MORNING,
				by: 'mei',
				note,
				level: 'warning',
				files: [
					'/srv/.rounds/demo/signed/2025-11-22-morning.md',
					'/srv/.rounds/demo/signed/2025-11-22-morning.json',
				],
				demo: false,
			},
		};
		return { ok: true, value: { round: kept.round } };
	});
	return kept;
}
