import { isStale } from '../domain/check-state.ts';
import type { CheckId } from '../domain/ids.ts';
import type { Evidence, Round, Step } from '../domain/round.ts';
import { hasChanged } from '../domain/round-rules.ts';
import type { LookDefinition } from '../domain/system.ts';
import type { Present } from './present.ts';

/** Lines kept of what was pinned to one step. */
const PINNED_LINES = 50;

export interface RoundEvidenceParts {
	readonly present: Present;
	readonly lookAt: (look: LookDefinition, sinceAt: number | null) => Promise<Evidence | null>;
	readonly now: () => number;
	readonly lastSignedAt: () => number | null;
}

export interface RoundEvidence {
	/** The round with its unanswered automatic steps filled from the newest observations made in it. */
	withFound(round: Round): Round;
	/** What an answer given now rests on. */
	forAnswer(round: Round, step: Step): Promise<readonly Evidence[]>;
	/** The step's pinned lines with one more. */
	pin(round: Round, index: number, source: string, line: string): Evidence;
}

/** What steps rest on: observations, log lines, and what changed since the last signed round. */
export function createRoundEvidence(parts: RoundEvidenceParts): RoundEvidence {
	const { present } = parts;

	const ofCheck = (check: CheckId, sinceAt: number): Extract<Evidence, { kind: 'observation' }> | null => {
		const remembered = present.get(check);
		const newest = remembered?.newest;
		if (!remembered || !newest || newest.at < sinceAt) return null;
		// What nobody has looked at lately says nothing, whatever it said.
		if (isStale(newest.at, parts.now(), remembered.check)) return null;
		const { at, level, samples, reasons } = newest;
		return {
			kind: 'observation',
			check,
			at,
			level,
			samples,
			reasons,
			baseline: present.baseline[check] ?? {},
		};
	};

	const sinceOf = (look: LookDefinition): number | null => {
		if (look.since === 'last-signed') return parts.lastSignedAt();
		return look.since === null ? null : parts.now() - look.since;
	};

	const linesOf = (step: Step | undefined): readonly Extract<Evidence, { kind: 'lines' }>[] =>
		(step?.found ?? []).filter((e) => e.kind === 'lines');

	return {
		withFound(round) {
			if (round.signed) return round;
			const steps = round.steps.map((step): Step => {
				if (step.answer || step.definition.kind !== 'check') return step;
				const seen = step.definition.checks.flatMap((id) => ofCheck(id, round.startedAt) ?? []);
				return { ...step, found: [...seen, ...linesOf(step)] };
			});
			return { ...round, steps };
		},
		async forAnswer(_round, step) {
			if (step.definition.kind !== 'ask') return step.found;
			const { look, changes } = step.definition;
			const looked = look ? await parts.lookAt(look, sinceOf(look)) : null;
			const changed: Evidence[] = [];
			if (changes) {
				for (const { check } of present.all()) {
					const seen = ofCheck(check.id, 0);
					if (seen && hasChanged(seen)) changed.push(seen);
				}
			}
			return [...step.found, ...(looked ? [looked] : []), ...changed];
		},
		pin(round, index, source, line) {
			const before = linesOf(round.steps[index]).flatMap((e) => e.lines);
			const lines = [...new Set([...before, `${source}: ${line}`])];
			return { kind: 'lines', source, sinceAt: null, count: lines.length, lines: lines.slice(-PINNED_LINES) };
		},
	};
}
