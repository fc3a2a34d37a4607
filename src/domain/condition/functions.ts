/** What a function takes: a path, one operand, several operands or paths, a sample of this check, or a sample and a window. */
export type Arguments = 'path' | 'one' | 'many' | 'sample' | 'window';

/** What unit comes out: a plain number, a duration, a part of one, or whatever went in. */
export type ResultUnit = 'none' | 'ms' | 'ratio' | 'same';

export interface FunctionShape {
	readonly takes: Arguments;
	readonly gives: ResultUnit;
	/** Whether the result cannot be less than zero, whatever was read. */
	readonly neverNegative: boolean;
}

/** The functions of the condition language. */
export const FUNCTIONS: Readonly<Record<string, FunctionShape>> = {
	count: { takes: 'path', gives: 'none', neverNegative: true },
	len: { takes: 'one', gives: 'none', neverNegative: true },
	sum: { takes: 'many', gives: 'same', neverNegative: false },
	min: { takes: 'many', gives: 'same', neverNegative: false },
	max: { takes: 'many', gives: 'same', neverNegative: false },
	first: { takes: 'path', gives: 'none', neverNegative: false },
	age: { takes: 'one', gives: 'ms', neverNegative: false },
	drop: { takes: 'sample', gives: 'ratio', neverNegative: true },
	rise: { takes: 'sample', gives: 'ratio', neverNegative: true },
	change: { takes: 'sample', gives: 'ratio', neverNegative: true },
	usual: { takes: 'sample', gives: 'same', neverNegative: false },
	p50: { takes: 'window', gives: 'same', neverNegative: false },
	p90: { takes: 'window', gives: 'same', neverNegative: false },
	p95: { takes: 'window', gives: 'same', neverNegative: false },
	p99: { takes: 'window', gives: 'same', neverNegative: false },
	avg: { takes: 'window', gives: 'same', neverNegative: false },
	rate: { takes: 'window', gives: 'same', neverNegative: true },
	ratio: { takes: 'window', gives: 'ratio', neverNegative: true },
	growth: { takes: 'window', gives: 'ratio', neverNegative: false },
	changes: { takes: 'window', gives: 'none', neverNegative: true },
};

export function functionShape(name: string): FunctionShape | null {
	return Object.hasOwn(FUNCTIONS, name) ? (FUNCTIONS[name] ?? null) : null;
}
