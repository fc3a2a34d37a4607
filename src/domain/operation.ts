import type { ActionId, OperationId, RoundId } from './ids.ts';
import type { Level } from './level.ts';
import type { Reason } from './observation.ts';
import type { Samples } from './reading.ts';

export type OperationState = 'running' | 'done' | 'cancelled' | 'lost';

/** A long task with start, progress, end and captured output. `lost`: the process that ran it is gone. */
export interface Operation {
	readonly id: OperationId;
	readonly action: ActionId;
	/** The title as it was when it ran, in the language of who ran it. */
	readonly title: string;
	readonly by: string;
	readonly startedAt: number;
	readonly endedAt: number | null;
	readonly state: OperationState;
	/** `pending` while it runs. */
	readonly level: Level;
	readonly samples: Samples;
	readonly reasons: readonly Reason[];
	/** The round step it was started from. */
	readonly step: { readonly round: RoundId; readonly index: number } | null;
	/** The operation of which this is a part. */
	readonly parent: OperationId | null;
	/** What ran, secrets masked: the argument list, or the built-in's name. */
	readonly command: string;
	/** Files it wrote, absolute. */
	readonly files: readonly string[];
}
