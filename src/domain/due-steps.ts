import { isDueAgain } from './cadence.ts';
import type { Round } from './round.ts';
import type { StepDefinition } from './system.ts';

/** What a step is about, whatever its title: the same in rounds of different days. */
function subjectOf(step: StepDefinition): string {
	if (step.kind === 'check') return `check ${step.checks.join(' ')}`;
	if (step.kind === 'run') return `run ${step.action}`;
	return `ask ${JSON.stringify(step.question)}`;
}

/** When this step was last done in a signed round, however it went; a skipped one was not done. null: never. */
export function lastDoneAt(step: StepDefinition, signed: readonly Round[]): number | null {
	const subject = subjectOf(step);
	let last: number | null = null;
	for (const round of signed) {
		if (!round.signed) continue;
		const done = round.steps.some(
			(other) =>
				other.answer !== null && other.answer.outcome !== 'skip' && subjectOf(other.definition) === subject,
		);
		if (done) last = Math.max(last ?? 0, round.signed.at);
	}
	return last;
}

export interface DueFacts {
	readonly now: number;
	readonly zone: string;
	/** Earlier rounds of the sheet. */
	readonly rounds: readonly Round[];
	/** Newest change among a step's files, epoch ms; null when there are none. */
	changedAt(step: StepDefinition): number | null;
}

/** The steps a round begun now holds: those of every round, those whose time has come, those whose files changed. */
export function dueSteps(steps: readonly StepDefinition[], facts: DueFacts): readonly StepDefinition[] {
	return steps.filter((step) => {
		if (step.every === undefined && step.after === undefined) return true;
		const done = lastDoneAt(step, facts.rounds);
		if (step.every !== undefined && isDueAgain(step.every, done, facts.now, facts.zone)) return true;
		const changed = step.after === undefined ? null : facts.changedAt(step);
		return changed !== null && (done === null || changed > done);
	});
}
