import type { BackupVerb, Copy, Drill, Progress, Retention } from './backup.ts';
import type { Cadenced } from './backup-schedule.ts';
import type { Fault } from './fault.ts';
import type { ActionId, OperationId, PlanId } from './ids.ts';
import type { Level } from './level.ts';
import type { OwnText } from './own-text.ts';
import type { KeptBecause } from './retention.ts';

/** A copy as the screen shows it: its manifest stays in the engine. */
export interface CopyPicture {
	readonly name: string;
	readonly target: string;
	/** Epoch ms: nothing later is in it. */
	readonly at: number;
	readonly bytes: number;
	readonly state: Copy['state'];
	readonly pinned: string | null;
	readonly verifiedAt: number | null;
	readonly provenAt: number | null;
	readonly method: string;
	readonly encrypted: boolean;
	readonly durationMs: number;
	/** Of all tables together; null where there are none. */
	readonly rows: number | null;
	readonly by: string;
}

/** Why a plan does not stand well; the screen words it. */
export type PlanReason =
	/** The newest run failed; its operation holds why. */
	| { readonly kind: 'failed'; readonly at: number; readonly fault: Fault | null }
	| { readonly kind: 'overdue'; readonly since: number }
	| { readonly kind: 'never' }
	/** No restored copy has ever passed the checks, or not since the drill became due. */
	| { readonly kind: 'unproven' }
	| { readonly kind: 'drill-overdue'; readonly since: number }
	| { readonly kind: 'drill-failed'; readonly at: number }
	| { readonly kind: 'drill-vacuous'; readonly at: number }
	/** `isOld`: a newer one is whole. */
	| { readonly kind: 'damaged'; readonly name: string; readonly isOld?: true }
	/** The newest copy of a target is not there any more, and nobody here took it away. */
	| { readonly kind: 'gone'; readonly name: string; readonly target: string }
	| { readonly kind: 'target'; readonly target: string; readonly fault: Fault }
	/** Smaller than the one before it by this share. */
	| { readonly kind: 'shrunk'; readonly share: number }
	| { readonly kind: 'broken'; readonly fault: Fault };

const LEVELS: Readonly<Record<PlanReason['kind'], Level>> = {
	failed: 'critical',
	overdue: 'critical',
	never: 'warning',
	unproven: 'warning',
	'drill-overdue': 'warning',
	'drill-failed': 'critical',
	'drill-vacuous': 'warning',
	damaged: 'critical',
	gone: 'critical',
	target: 'unknown',
	shrunk: 'warning',
	broken: 'unknown',
};

/** How bad it is. An old copy that went bad is to be seen; what would be restored today is whole. */
export function levelOfPlanReason(reason: PlanReason): Level {
	return reason.kind === 'damaged' && reason.isOld ? 'warning' : LEVELS[reason.kind];
}

/** A backup plan as the screen shows it. */
export interface PlanPicture {
	readonly id: PlanId;
	readonly title: OwnText;
	readonly source: string;
	/** What is copied, without secrets. */
	readonly subject: string;
	readonly targets: readonly { readonly name: string; readonly kind: string; readonly where: string }[];
	readonly schedule: Cadenced | null;
	readonly keep?: Retention;
	/** Said where there is nothing to copy. */
	readonly nothing: OwnText | null;
	readonly restorable: boolean;
	readonly level: Level;
	readonly reasons: readonly PlanReason[];
	/** The newest copy that is there. */
	readonly last: CopyPicture | null;
	/** Its size against the one before: 0.1 is 10 % larger. */
	readonly change: number | null;
	/** Oldest first, at most 20. */
	readonly sizes: readonly number[];
	readonly count: number;
	readonly totalBytes: number;
	readonly nextAt: number | null;
	readonly overdueSince: number | null;
	/** When a restored copy last passed the checks. */
	readonly provenAt: number | null;
	readonly provenCopy: string | null;
	readonly nextDrillAt: number | null;
	readonly lastDrill: Drill | null;
	readonly running: { readonly operation: OperationId; readonly verb: BackupVerb } | null;
	/** The action of each verb; absent where it cannot be done. */
	readonly actions: Readonly<Partial<Record<BackupVerb, ActionId>>>;
}

/** Progress as it is told: `rate` units a second over the last seconds, `leftMs` when that can be told. */
export interface ProgressPicture extends Progress {
	readonly rate: number | null;
	readonly leftMs: number | null;
}

/** What retention would do now. */
export interface PrunePreview {
	readonly plan: PlanId;
	readonly remove: readonly CopyPicture[];
	readonly keep: readonly { readonly copy: CopyPicture; readonly because: KeptBecause }[];
	readonly freesBytes: number;
	/** Leftovers of runs that were killed, removed as well: names. */
	readonly parts: readonly string[];
}

/** What a restore for real would do, before anybody agrees to it. */
export interface RestorePreview {
	readonly plan: PlanId;
	readonly copy: CopyPicture;
	/** Copies that continue it, oldest first. */
	readonly increments: readonly CopyPicture[];
	/** What will be replaced: where, and what stands there now. */
	readonly place: string;
	readonly exists: boolean;
	readonly facts: Readonly<Record<string, string | number>>;
	/** Rows now and in the copy, by table; null where there are none. */
	readonly rows:
		| readonly { readonly name: string; readonly now: number | null; readonly copy: number | null }[]
		| null;
	/** Time between the copy and now: what will be lost. */
	readonly losesMs: number;
	/** Titles, in this order. */
	readonly stops: readonly OwnText[];
	readonly starts: readonly OwnText[];
	readonly proves: readonly string[];
	readonly warn: OwnText | null;
	/** Whether the copy was ever restored and passed. */
	readonly provenAt: number | null;
	/** Another operator has to agree; `askedBy` has asked already, and it is not this one. */
	readonly second: {
		readonly needed: boolean;
		readonly askedBy: string | null;
		readonly askedAt: number | null;
	};
	readonly guard: 'confirm' | 'typed';
	readonly environment: string;
	readonly faults: readonly Fault[];
}

export type { PlanId };
