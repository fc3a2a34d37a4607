import type { Fault } from '../domain/fault.ts';
import type { Result } from '../domain/result.ts';

/** One worker does one job at a time. */
export interface ToWorker {
	readonly id: number;
	readonly job: string;
	readonly input: unknown;
}

export type FromWorker =
	| { readonly kind: 'progress'; readonly id: number; readonly progress: unknown }
	| { readonly kind: 'done'; readonly id: number; readonly result: Result<unknown, Fault> }
	/** The job threw: our mistake, to be thrown again where it was asked for. */
	| { readonly kind: 'bug'; readonly id: number; readonly text: string };

/**
 * Heavy or blocking work, by its name. `Progress` is what it reports on the way (never: nothing). Input, output and progress
 * cross threads and processes by structured clone.
 */
export interface JobDefinition<Name extends string, Input, Output, Progress = never> {
	readonly name: Name;
	run(
		input: Input,
		report: (progress: Progress) => void,
	): Promise<Result<Output, Fault>> | Result<Output, Fault>;
}

export function defineJob<Name extends string, Input, Output, Progress = never>(
	job: JobDefinition<Name, Input, Output, Progress>,
): JobDefinition<Name, Input, Output, Progress> {
	return job;
}
