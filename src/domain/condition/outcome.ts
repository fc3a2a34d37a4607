import type { SampleValue, Value } from '../value.ts';
import type { Operator } from './syntax.ts';

/** Everything a condition may read. All of it was taken before the condition is judged; nothing here does I/O. */
export interface EvaluationContext {
	/** Epoch ms, taken once for the whole judgement. */
	readonly now: number;
	/** A named sample of this reading, dotted names included. */
	sample(name: string): SampleValue | undefined;
	/** Why this reading has no such sample, where more is known than that. */
	absent?(name: string): Why | undefined;
	/** The parsed answer, undefined when there is none. */
	readonly document: Value | undefined;
	/** A header's combined value; names are given in lower case. */
	header(name: string): string | undefined;
	/** The newest value of another check's sample. */
	latest(check: string, sample: string): { value: SampleValue; at: number; stale: boolean } | undefined;
	/** The newest signed value of this check's sample. */
	baseline(sample: string): { value: SampleValue; at: number } | undefined;
	/** This check's history of a sample, oldest first; booleans are 1 and 0. */
	window(sample: string, ms: number): readonly { at: number; value: number }[];
	/** What this check's sample usually is at this hour of the day; absent where no history is kept. */
	usual?(sample: string): Usual;
}

/** The middle of the same hour's means on earlier days, in the sample's unit; booleans are 1 and 0. */
export interface Usual {
	/** null while fewer than `need` days are known. */
	readonly value: number | null;
	/** On how many of the last days this hour is known. */
	readonly days: number;
	readonly need: number;
}

/** Why a condition or an expression has no answer. */
export type WhyCode =
	| 'sample-missing'
	| 'header-missing'
	| 'no-document'
	| 'path-missing'
	| 'parent-missing'
	| 'none-found'
	| 'several-found'
	| 'not-a-list'
	| 'path-too-heavy'
	| 'no-such-check-value'
	| 'stale-value'
	| 'no-baseline'
	| 'baseline-zero'
	| 'not-a-number'
	| 'number-too-large'
	| 'not-text'
	| 'not-text-or-list'
	| 'no-length'
	| 'not-one-value'
	| 'text-too-long'
	| 'pattern-over-time'
	| 'not-a-time'
	| 'time-in-future'
	| 'unlike-units'
	| 'unlike-kinds'
	| 'not-ordered'
	| 'divide-by-zero'
	| 'too-few-samples'
	| 'too-few-days'
	| 'beyond-buckets'
	| 'partial-answer';

/** `params.operand` is always the text of the operand that is to blame. */
export interface Why {
	readonly code: WhyCode;
	readonly params: Readonly<Record<string, string>>;
}

/** What an operand came to: one value, or the first items of a list. Long text is cut for storing. */
export type ResolvedValue = SampleValue | readonly SampleValue[];

/** An operand with its value. Plain data. */
export interface Resolved {
	readonly text: string;
	/** Absent when it could not be resolved. */
	readonly value?: ResolvedValue;
	/** For `drop`, `rise` and `change`: the signed value, the value now, and when the former was taken. */
	readonly from?: SampleValue;
	readonly to?: SampleValue;
	/** Epoch ms of a value that is not of this reading. */
	readonly at?: number;
}

/** Plain data, storable as JSON: codes and values, never sentences. */
export interface ConditionOutcome {
	readonly condition: string;
	/** null is unknown: it could not be answered. */
	readonly holds: boolean | null;
	/** The left side first, then a right side that is not a literal, then the operands inside them. */
	readonly resolved: readonly Resolved[];
	readonly why?: Why;
	/** The expectation, resolved. `value` is its English text, `operand` what it was made of; `text` names a right side that is no literal. */
	readonly must: {
		readonly operator: Operator;
		readonly value: string;
		readonly operand?: ResolvedValue;
		readonly text?: string;
	};
}
