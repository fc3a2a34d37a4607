import type { CheckDefinition } from './check.ts';
import { type EvaluationContext, evaluateCondition, evaluateExpression } from './condition/index.ts';
import { type Fault, levelOfFault } from './fault.ts';
import type { Level } from './level.ts';
import { isWorse } from './level.ts';
import type { Reason, Severity, Verdict } from './observation.ts';
import type { Reading, Samples } from './reading.ts';
import type { Result } from './result.ts';
import { isQuantity, type SampleValue } from './value.ts';

export type Surroundings = Pick<EvaluationContext, 'now' | 'latest' | 'baseline' | 'window' | 'usual'>;

const BROKEN: Readonly<Record<Severity, Level>> = { must: 'critical', should: 'warning' };

/** Pure. The verdict on one reading or fault, and the samples to keep (the kind's own and the shown ones). */
export function judge(
	outcome: Result<Reading, Fault>,
	check: Pick<CheckDefinition, 'must' | 'should' | 'show'>,
	around: Surroundings,
): { readonly verdict: Verdict; readonly samples: Samples } {
	if (!outcome.ok) {
		const { code, detail } = outcome.error;
		const reasons: Reason[] = [{ kind: 'fault', fault: { code, detail } }];
		return { verdict: { level: levelOfFault(code), reasons, outcomes: [] }, samples: {} };
	}
	const samples: Record<string, Samples[string]> = { ...outcome.value.samples };
	const absent = outcome.value.absent ?? {};
	const context: EvaluationContext = {
		...around,
		window: (sample, ms) => window(sample, ms),
		sample: (name) => (Object.hasOwn(samples, name) ? samples[name] : undefined),
		absent: (name) => (Object.hasOwn(absent, name) ? absent[name] : undefined),
		document: outcome.value.document,
		header: (name) => outcome.value.headers?.[name.toLowerCase()],
	};
	// What is judged belongs to its own window: a share over 5 minutes ends now, not one question ago.
	const window: Surroundings['window'] = (sample, ms) => {
		const value = pointOf(samples[sample]);
		const before = around.window(sample, ms);
		return value === null ? before : [...before, { at: around.now, value }];
	};
	for (const shown of check.show) {
		const found = evaluateExpression(shown.expression, context);
		if (found.value !== undefined) samples[shown.name] = found.value;
	}
	let level: Level = 'ok';
	const reasons: { readonly level: Level; readonly reason: Reason }[] = [];
	const outcomes: Verdict['outcomes'][number][] = [];
	for (const severity of ['must', 'should'] as const) {
		for (const condition of check[severity]) {
			const judged = evaluateCondition(condition, context);
			outcomes.push({ severity, outcome: judged });
			if (judged.holds === true) continue;
			const means: Level = judged.holds === null ? 'unknown' : BROKEN[severity];
			if (isWorse(means, level)) level = means;
			reasons.push({ level: means, reason: { kind: 'condition', severity, outcome: judged } });
		}
	}
	reasons.sort((a, b) => (isWorse(a.level, b.level) ? -1 : isWorse(b.level, a.level) ? 1 : 0));
	return { verdict: { level, reasons: reasons.map((r) => r.reason), outcomes }, samples };
}

/** A sample as history keeps it: truth counts as 1 and 0. */
function pointOf(value: SampleValue | undefined): number | null {
	if (typeof value === 'boolean') return Number(value);
	return value !== undefined && isQuantity(value) ? Number(value.number) : null;
}
