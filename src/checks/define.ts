import type { z } from 'zod';
import type { CheckKind } from '../domain/check.ts';
import type { EnvironmentDefinition } from '../domain/system.ts';

/**
 * A check kind as this family registers it: one file that exports one `defineCheckKind(…)`, and one line in `index.ts`.
 * The configuration's union, its JSON Schema, the reference page and the contract tests follow from `schema`.
 */
export interface RegisteredKind<Options = unknown> extends CheckKind<Options> {
	/** The kind's own keys of a check (not `kind`, `service`, `every` …); strict, every key described. */
	readonly schema: z.ZodType<Options>;
	/** Options that are paths or globs: the configuration resolves them against its folder. */
	readonly paths: readonly string[];
	/** Words of references such as `${captured.token}` that the kind fills in itself, while it probes. */
	readonly later?: readonly string[];
	/** Why it may not be asked in this environment: a sentence and the key it is about. null: it may. */
	readonly refusal?: (
		options: Options,
		environment: Pick<EnvironmentDefinition, 'name' | 'guard'>,
	) => { readonly key: string; readonly message: string } | null;
	/** A complete, working example for the reference page. */
	readonly example: string;
}

export function defineCheckKind<Options>(kind: RegisteredKind<Options>): RegisteredKind<Options> {
	return kind;
}
