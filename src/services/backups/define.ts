import type { Drill } from '../../domain/backup.ts';
import type {
	CopyPicture,
	PlanPicture,
	ProgressPicture,
	PrunePreview,
	RestorePreview,
} from '../../domain/backup-picture.ts';
import type { Refusal } from '../../domain/engine.ts';
import type { PlanId } from '../../domain/ids.ts';
import type { Operation } from '../../domain/operation.ts';
import type { Result } from '../../domain/result.ts';
import type { ActionBody } from '../../domain/system.ts';
import type { OperationEnd } from '../run-command.ts';

/** What an operation of a plan is given on its way. */
export interface VerbRun {
	readonly operation: Operation;
	readonly args: Readonly<Record<string, string>>;
	readonly signal: AbortSignal;
	readonly onText: (text: string) => void;
	readonly onProgress: (progress: ProgressPicture) => void;
}

export type VerbBody = Extract<ActionBody, { kind: 'backup' }>;

/** Everything about backups that the rest of the engine asks for. */
export interface Backups {
	/** Why an operation of this plan cannot begin now, before anything is started; null: it can. */
	refuses(body: VerbBody, args: Readonly<Record<string, string>>): Promise<Refusal | null>;
	/** Carries out one verb; never rejects for what the world does. */
	run(body: VerbBody, run: VerbRun): Promise<OperationEnd>;
	look(): Promise<Result<{ readonly plans: readonly PlanPicture[] }, Refusal>>;
	copies(
		plan: PlanId,
	): Promise<Result<{ readonly copies: readonly CopyPicture[]; readonly drills: readonly Drill[] }, Refusal>>;
	prunePreview(plan: PlanId): Promise<Result<PrunePreview, Refusal>>;
	restorePreview(plan: PlanId, copy: string, target: string | null): Promise<Result<RestorePreview, Refusal>>;
	/** The present picture, from memory. */
	pictures(): readonly PlanPicture[];
	/** The clock moved: starts what is due, where this console polls. */
	tick(now: number): void;
	/** Another console wrote: reads again what it may have changed. */
	reread(): void;
	/** An operation began or ended: the pictures may have changed. */
	changed(): void;
	/** Looks into the targets for the first time. */
	open(): Promise<void>;
}
