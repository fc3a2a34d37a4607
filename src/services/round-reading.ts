import type { Round } from '../domain/round.ts';

/** What others may change in a stored round without a new version: what ran for a step, what is pinned or typed there. */
export function standOf(round: Round): string {
	const steps = round.steps.map(({ found, note }) => {
		const kept = found.map((e) =>
			e.kind === 'lines' ? `${e.source} ${e.count}` : `${e.kind} ${e.at} ${e.level}`,
		);
		return [kept, note];
	});
	return JSON.stringify([steps, round.drafts]);
}

/** The round as one operator reads it: with the own drafts, and nobody else's. */
export function asRead(round: Round, operator: string): Round {
	const { drafts, ...rest } = round;
	if (!drafts) return round;
	const own = new Map(drafts.filter((draft) => draft.by === operator).map(({ step, text }) => [step, text]));
	const steps = round.steps.map((step) => ({ ...step, draft: own.get(step.index) ?? null }));
	return { ...rest, steps, draft: own.get(null) ?? null };
}
