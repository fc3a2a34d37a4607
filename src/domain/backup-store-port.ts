import type { Copy, Drill } from './backup.ts';
import type { PlanId } from './ids.ts';
import type { Stored } from './storage-port.ts';

/** The newest planned run that somebody took on. Without attempts: when the plan was first seen. */
export interface PlannedRun {
	/** Epoch ms for which it was planned. */
	readonly plannedAt: number;
	readonly attempts: number;
	readonly takenAt: number;
}

/** A restore that a second operator has to agree to. */
export interface RestoreRequest {
	readonly copy: string;
	readonly target: string;
	readonly by: string;
	readonly at: number;
}

/** What is remembered of backups, of one environment. The manifests beside the copies are the truth; this answers without asking them. */
export interface BackupStore {
	/** Newest first; those that went too, by their state. */
	copies(plan: PlanId): Stored<readonly Copy[]>;
	/** What is another text as soon as a plan's copies are others, by plan; cheaper than reading them. */
	stamps(): Stored<ReadonlyMap<PlanId, string>>;
	/** One transaction; a copy of the same plan, target and name is replaced. */
	keepCopies(copies: readonly Copy[]): Stored<void>;
	/** Newest first. */
	drills(plan: PlanId, limit: number): Stored<readonly Drill[]>;
	addDrill(drill: Omit<Drill, 'id'>): Stored<Drill>;
	plannedRun(plan: PlanId): Stored<PlannedRun | null>;
	/** Takes a planned run on; false when it is no longer as it was `seen`: another console was first. */
	takeRun(plan: PlanId, seen: PlannedRun | null, next: PlannedRun): Stored<boolean>;
	restoreRequest(plan: PlanId): Stored<RestoreRequest | null>;
	/** null: it was carried out, or is not wanted any more. */
	askRestore(plan: PlanId, request: RestoreRequest | null): Stored<void>;
}
