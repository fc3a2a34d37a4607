import type { z } from 'zod';
import type { CheckKind } from '../domain/check.ts';

/**
 * A check kind as this family registers it: one file that exports one `defineCheckKind(…)`, and one line in `index.ts`.
 * The configuration's union, its JSON Schema, the reference page and the contract tests follow from `schema`.
 */
export interface RegisteredKind<Options = unknown> extends CheckKind<Options> {
	/** The kind's own keys of a check (not `kind`, `service`, `every` …); strict, every key described. */
	readonly schema: z.ZodType<Options>;
	/** Options that are paths or globs: the configuration resolves them against its folder. */
	readonly paths: readonly string[];
	/** A complete, working example for the reference page. */
	readonly example: string;
}

export function defineCheckKind<Options>(kind: RegisteredKind<Options>): RegisteredKind<Options> {
	return kind;
}
