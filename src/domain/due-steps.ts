import { isDueAgain, nextPeriod } from './cadence.ts';
import type { Round } from './round.ts';
import { type Dueness, occurrences } from './schedule.ts';
import type { SheetDefinition, StepDefinition } from './system.ts';

/** What a step is about, whatever its title: the same in rounds of different days. */
function subjectOf(step: StepDefinition): string {
	if (step.kind === 'check') return `check ${step.checks.join(' ')}`;
	if (step.kind === 'run') return `run ${step.action}`;
	return `ask ${JSON.stringify(step.question)}`;
}

/** When each step was done in signed rounds, by what it is about; epoch ms, in no order. */
export type TimesDone = ReadonlyMap<string, readonly number[]>;

/** However it went; a skipped step was not done. */
export function timesDone(rounds: readonly Round[]): TimesDone {
	const times = new Map<string, number[]>();
	for (const { signed, steps } of rounds) {
		if (!signed) continue;
		for (const { answer, definition } of steps) {
			if (answer === null || answer.outcome === 'skip') continue;
			const subject = subjectOf(definition);
			times.set(subject, [...(times.get(subject) ?? []), signed.at]);
		}
	}
	return times;
}

/** When this step was done last before an instant. null: never. */
export function lastDoneAt(
	step: StepDefinition,
	done: TimesDone,
	before = Number.POSITIVE_INFINITY,
): number | null {
	const times = (done.get(subjectOf(step)) ?? []).filter((at) => at < before);
	return times.length === 0 ? null : Math.max(...times);
}

export interface DueFacts {
	readonly zone: string;
	readonly done: TimesDone;
	/** Newest change among a step's files, or newest of its events, epoch ms; null when there are none. */
	changedAt(step: StepDefinition): number | null;
}

/** Whether a step belongs to every round. */
export function isOfEveryRound({ every, after, events }: StepDefinition): boolean {
	return every === undefined && after === undefined && events === undefined;
}

/** The steps a round begun now holds: those of every round, those whose time has come, those after something happened. */
export function dueSteps(
	steps: readonly StepDefinition[],
	facts: DueFacts & { readonly now: number },
): readonly StepDefinition[] {
	return steps.filter((step) => {
		if (isOfEveryRound(step)) return true;
		const done = lastDoneAt(step, facts.done);
		if (step.every !== undefined && isDueAgain(step.every, done, facts.now, facts.zone)) return true;
		const changed = facts.changedAt(step);
		return changed !== null && (done === null || changed > done);
	});
}

/** A sheet whose steps all have their own time is planned only on days when one of them is due. */
export function duenessBy(facts: DueFacts): Dueness {
	return {
		since({ steps }, dueAt, nextAt) {
			if (steps.length === 0 || steps.some(isOfEveryRound)) return dueAt;
			const times = steps.flatMap((step) => {
				const done = lastDoneAt(step, facts.done, nextAt);
				if (step.every !== undefined && isDueAgain(step.every, done, dueAt, facts.zone)) return [dueAt];
				const changed = facts.changedAt(step);
				const isOpen = changed !== null && changed < nextAt && (done === null || changed > done);
				// What happened after the planned time makes it due from then on, not late at once.
				return isOpen ? [Math.max(dueAt, changed)] : [];
			});
			return times.length === 0 ? null : Math.min(...times);
		},
		nextAt: (sheet, dueAt) => nextByClock(sheet, dueAt, facts.zone),
	};
}

/** The first planned time in the next period of any of its steps. */
function nextByClock(sheet: SheetDefinition, dueAt: number, zone: string): number | null {
	const times = sheet.steps.flatMap(({ every }) => {
		if (every === undefined) return [];
		const begins = nextPeriod(every, dueAt, zone);
		// Just before midnight, so that a sheet planned for midnight itself is found.
		return occurrences(sheet, begins - 1, zone)?.next ?? [];
	});
	return times.length === 0 ? null : Math.min(...times);
}
