import { type Expression, evaluateExpression, parseExpression } from '../domain/condition/index.ts';
import type { SampleValue, Value } from '../domain/value.ts';

/** What of one answer an expression may read. */
export interface Readable {
	readonly now: number;
	readonly document: Value | undefined;
	/** Names in lower case. */
	readonly headers?: Readonly<Record<string, string>>;
	readonly samples?: Readonly<Record<string, SampleValue>>;
}

const expressions = new Map<string, Expression>();

/** The value of `$.count`, `header("X-Version")` … in an answer; undefined where there is none, or several. */
export function readValue(
	text: string,
	{ now, document, headers, samples }: Readable,
): SampleValue | undefined {
	let expression = expressions.get(text);
	if (expression === undefined) {
		const parsed = parseExpression(text);
		if (!parsed.ok) return undefined;
		expression = parsed.value;
		expressions.set(text, expression);
	}
	return evaluateExpression(expression, {
		now,
		sample: (name) => samples?.[name],
		document,
		header: (name) => headers?.[name.toLowerCase()],
		latest: () => undefined,
		baseline: () => undefined,
		window: () => [],
	}).value;
}
