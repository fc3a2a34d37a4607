import { expect, test } from 'vitest';
import {
	type ConditionOutcome,
	type EvaluationContext,
	evaluateCondition,
	parseCondition,
} from '../../src/domain/condition/index.ts';
import { parseJson } from '../../src/domain/json.ts';
import { quantity, type SampleValue } from '../../src/domain/value.ts';

export const NOW = Date.UTC(2026, 0, 2, 12, 0, 0);

/** What a condition may read, written as a test says it; plain numbers become quantities. */
export interface World {
	readonly samples?: Readonly<Record<string, SampleValue | number>>;
	readonly body?: string;
	readonly headers?: Readonly<Record<string, string>>;
	readonly others?: Readonly<Record<string, SampleValue | number>>;
	readonly stale?: readonly string[];
	readonly signed?: Readonly<Record<string, SampleValue | number>>;
	readonly history?: readonly { at: number; value: number }[];
	/** What a sample usually is at this hour; a text is how many days of three are known. */
	readonly usual?: Readonly<Record<string, number | '0' | '1' | '2'>>;
}

export function contextOf(world: World): EvaluationContext {
	const parsed = world.body === undefined ? undefined : parseJson(world.body);
	if (parsed?.ok === false) throw new Error(`bad body in a test: ${JSON.stringify(parsed.why)}`);
	const read = (from: World['samples'], name: string): SampleValue | undefined => {
		if (from === undefined || !Object.hasOwn(from, name)) return undefined;
		const value = from[name];
		return typeof value === 'number' ? quantity(value) : value;
	};
	return {
		now: NOW,
		sample: (name) => read(world.samples, name),
		document: parsed?.value,
		header: (name) => world.headers?.[name],
		latest: (check, sample) => {
			const value = read(world.others, `${check}.${sample}`);
			const stale = world.stale?.includes(`${check}.${sample}`) ?? false;
			return value === undefined ? undefined : { value, at: NOW - 1000, stale };
		},
		baseline: (name) => {
			const value = read(world.signed, name);
			return value === undefined ? undefined : { value, at: NOW - 86_400_000 };
		},
		usual: (name) => {
			const known = world.usual?.[name] ?? '0';
			return typeof known === 'number'
				? { value: known, days: 7, need: 3 }
				: { value: null, days: Number(known), need: 3 };
		},
		window: (_, ms) => (world.history ?? []).filter((point) => point.at >= NOW - ms),
	};
}

export function judgeText(text: string, world: World): ConditionOutcome {
	const parsed = parseCondition(text);
	if (!parsed.ok) throw new Error(`${text}: ${JSON.stringify(parsed.error)}`);
	return evaluateCondition(parsed.value, contextOf(world));
}

/** true, false, or the code of why it is unknown. */
export function answerTo(text: string, world: World): boolean | string {
	const outcome = judgeText(text, world);
	if (outcome.holds === null && outcome.why === undefined) throw new Error('unknown without a reason');
	return outcome.holds ?? (outcome.why?.code as string);
}

/** One test a row: what the condition answers in that world. */
export function rows(
	world: World,
	table: readonly (readonly [condition: string, answer: boolean | string])[],
): void {
	test.each(table)('%s → %s', (text, answer) => {
		expect(answerTo(text, world)).toBe(answer);
	});
}
