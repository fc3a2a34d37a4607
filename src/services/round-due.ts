import { dueSteps } from '../domain/due-steps.ts';
import type { FilesPort } from '../domain/ports.ts';
import type { StepDefinition } from '../domain/system.ts';
import type { RoundsParts } from './rounds-parts.ts';

/** How many earlier rounds are looked through for when a step was done last. */
const EARLIER_ROUNDS = 1_000;

/** The steps that a round begun now holds. */
export async function stepsDue(
	steps: readonly StepDefinition[],
	now: number,
	parts: Pick<RoundsParts, 'store' | 'system' | 'changedAt'>,
): Promise<readonly StepDefinition[]> {
	// Most sheets have no such step, and need no look into the past.
	if (steps.every((step) => step.every === undefined && step.after === undefined)) return steps;
	const earlier = parts.store.list(0, now, EARLIER_ROUNDS);
	const changes = new Map<StepDefinition, number | null>();
	for (const step of steps) if (step.after) changes.set(step, await parts.changedAt(step.after));
	return dueSteps(steps, {
		now,
		zone: parts.system().timezone,
		rounds: earlier.ok ? earlier.value : [],
		changedAt: (step) => changes.get(step) ?? null,
	});
}

/** Files that one step may follow. */
const FOLLOWED_FILES = 1_000;

/** Newest modification among files and globs, epoch ms; null when there are none. */
export async function newestChange(files: FilesPort, patterns: readonly string[]): Promise<number | null> {
	let newest: number | null = null;
	for (const pattern of patterns) {
		const found = await files.glob(pattern, FOLLOWED_FILES);
		for (const path of found.ok ? found.value : []) {
			const facts = await files.facts(path);
			if (facts.ok) newest = Math.max(newest ?? 0, facts.value.modifiedAt);
		}
	}
	return newest;
}
