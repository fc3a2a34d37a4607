import type { Cadenced } from './backup-schedule.ts';
import type { Condition } from './condition/index.ts';
import type { Fault } from './fault.ts';
import type { ActionId, CheckId, OperationId, PlanId } from './ids.ts';
import type { Level } from './level.ts';
import type { OwnText } from './own-text.ts';
import type { Text } from './secret.ts';

export const COMPRESSIONS = ['none', 'gzip', 'zstd'] as const;
export type Compression = (typeof COMPRESSIONS)[number];

/** Encrypted as `age` does it, for these recipients or with a passphrase; `identity` opens it again. */
export interface Encryption {
	/** `age1…`, public; empty when a passphrase is used. */
	readonly recipients: readonly string[];
	/** `AGE-SECRET-KEY-…`; null: copies can be made here and not opened. */
	readonly identity: Text | null;
	readonly passphrase: Text | null;
}

/** Where copies go, options resolved by its kind. */
export interface TargetDefinition {
	/** The name under `targets`, or the path as it was written. */
	readonly name: string;
	readonly kind: string;
	readonly options: unknown;
	readonly broken?: Fault;
}

/** How long copies are kept. All that are set must agree before one goes; nothing set: for ever. */
export interface Retention {
	/** Younger than this stay. */
	readonly ageMs: number | null;
	/** So many newest stay. */
	readonly count: number | null;
	/** What may go is removed after each planned run; else only when somebody agrees to its preview. */
	readonly isAuto?: boolean;
}

export interface DrillDefinition {
	/** Due again after this time; null: by hand only. */
	readonly everyMs: number | null;
	/** Kind-own options of the named staging place; null: a scratch place of our own. */
	readonly into: unknown;
	/** Statements that make what is restored harmless, run before anything else may see it. */
	readonly mask: readonly string[];
	/** Conditions over the drill's samples: `rto`, `rpo`, `rows.<table>` … */
	readonly must: readonly Condition[];
	readonly should: readonly Condition[];
}

export interface RestoreDefinition {
	/** Actions run before anything is replaced, and after, in this order: the control of the services that use it. */
	readonly stop: readonly ActionId[];
	readonly start: readonly ActionId[];
	/** Whether another operator has to agree. */
	readonly second: boolean;
	/** Said in the preview, e.g. that data in memory is lost by a restart. */
	readonly warn: OwnText | null;
}

/** What is copied, where to, when, how long it is kept and how it is proven. Lives in the engine only: it holds secrets. */
export interface BackupPlan {
	readonly id: PlanId;
	readonly title: OwnText;
	/** Source kind, and its options. */
	readonly source: string;
	readonly options: unknown;
	/** At least one; the first is where copies are read back from. */
	readonly targets: readonly TargetDefinition[];
	/** Name templates without what compressing and encrypting add; see backup-name.ts. */
	readonly names: { readonly plain: string; readonly pinned: string };
	readonly compress: Compression;
	readonly encrypt: Encryption | null;
	readonly schedule: Cadenced | null;
	readonly keep: Retention;
	/** Checks of the live thing that must also hold for a restored copy. */
	readonly prove: readonly CheckId[];
	readonly drill: DrillDefinition;
	readonly restore: RestoreDefinition;
	/** The plan whose copies these continue. */
	readonly base: PlanId | null;
	/** One run ends by then. */
	readonly timeoutMs: number;
	/** Said plainly where there is nothing to copy (data in memory only): the plan is shown and never run. */
	readonly nothing: OwnText | null;
	readonly broken?: Fault;
}

export const BACKUP_VERBS = ['backup', 'verify', 'drill', 'prune', 'restore'] as const;
export type BackupVerb = (typeof BACKUP_VERBS)[number];

/** The action of a plan's verb: `backup.database`. No configured action can have such a name. */
export function backupActionId(verb: BackupVerb, plan: string): string {
	return `${verb}.${plan}`;
}

/** The action that backs up before a deployment, kept whatever its age: `pinned.database`. */
export function pinnedActionId(plan: string): string {
	return `pinned.${plan}`;
}

/** Those a round's step or a sequence may launch: a restore for real is never a step among others. */
export function backupActionIds(plan: string): readonly string[] {
	const verbs = BACKUP_VERBS.filter((verb) => verb !== 'restore');
	return [...verbs.map((verb) => backupActionId(verb, plan)), pinnedActionId(plan)];
}

/** Everything that can happen to a plan, by its action's id: one at a time. */
export function planActionIds(plan: string): ReadonlyMap<string, BackupVerb> {
	const verbs = BACKUP_VERBS.map((verb) => [backupActionId(verb, plan), verb] as const);
	return new Map<string, BackupVerb>([...verbs, [pinnedActionId(plan), 'backup']]);
}

/** Written beside every copy as `<name>.json`. Times are ISO 8601 in UTC; sizes are bytes. */
export interface Manifest {
	readonly format: 1;
	readonly program: string;
	readonly system: string;
	readonly environment: string;
	readonly host: string;
	readonly plan: string;
	readonly source: string;
	/** What was copied, without secrets. */
	readonly subject: string;
	/** File name of the copy. */
	readonly name: string;
	readonly by: string;
	readonly startedAt: string;
	/** The instant the copy stands for: nothing later is in it. */
	readonly asOf: string;
	readonly durationMs: number;
	/** Of the file as it lies there. */
	readonly bytes: number;
	readonly sha256: string;
	/** Before compressing and encrypting. */
	readonly plainBytes: number;
	readonly plainSha256: string;
	readonly compress: Compression;
	readonly encrypted: 'no' | 'recipients' | 'passphrase';
	/** How it was copied, e.g. `wal-snapshot`. */
	readonly method: string;
	readonly versions: Readonly<Record<string, string>>;
	/** By table (databases) or name; null where the source has none. */
	readonly rows: Readonly<Record<string, number>> | null;
	/** Values of the plan's `sums`, exact text. */
	readonly sums: Readonly<Record<string, string>> | null;
	/** What else the source says: counts, positions, timelines. */
	readonly facts: Readonly<Record<string, string | number | boolean>>;
	/** Kept whatever its age; why: `deploy`, `restore`, or a word the operator gave. null: ages like the others. */
	readonly pinned: string | null;
	/** Name of the base copy that this continues. */
	readonly base: string | null;
	/** Set later: when it was read back and found whole, and when a restored copy passed the checks. */
	readonly verifiedAt?: string;
	readonly proof?: {
		readonly at: string;
		readonly by: string;
		readonly rtoMs: number;
		readonly rpoMs: number;
		readonly checks: readonly string[];
	};
}

export type CopyState =
	/** There, as large as its manifest says. */
	| 'there'
	/** Its manifest is there and it is not. */
	| 'gone'
	/** Another size than its manifest says, or found broken by verify. */
	| 'damaged'
	/** Removed by retention. */
	| 'removed';

/** What one run of a plan made, as it lies in one target. */
export interface Copy {
	readonly plan: PlanId;
	readonly target: string;
	readonly name: string;
	readonly manifest: Manifest;
	/** Epoch ms of `manifest.asOf`. */
	readonly at: number;
	readonly bytes: number;
	readonly state: CopyState;
	readonly verifiedAt: number | null;
	readonly provenAt: number | null;
	readonly pinned: string | null;
}

/** How long an orderly end waits for a restore that has begun to replace something: services are stopped meanwhile. */
export const RESTORE_LAST_MS = 60_000;

/** Why the copy that a restore makes of what it replaces is pinned: it may hold the very damage that was restored from. */
export const PINNED_BY_RESTORE = 'restore';

/** Whether a copy counts as one of the plan's own backups. */
export function isRegular(copy: Pick<Copy, 'pinned'>): boolean {
	return copy.pinned !== PINNED_BY_RESTORE;
}

/** One rehearsed restore. */
export interface Drill {
	readonly id: number;
	readonly plan: PlanId;
	readonly copy: string;
	readonly target: string;
	readonly by: string;
	readonly startedAt: number;
	readonly endedAt: number;
	readonly level: Level;
	/** From the first byte read to the last check passed. */
	readonly rtoMs: number;
	/** From the instant the copy stands for to the beginning of the drill. */
	readonly rpoMs: number;
	/** false: its checks also pass on an empty place, so it proved nothing. */
	readonly couldFail: boolean;
	readonly evidence: readonly DrillEvidence[];
	readonly operation: OperationId | null;
}

/** One thing that was held against the restored copy. */
export interface DrillEvidence {
	/** `rows`, `sum`, `check`, `condition`, `control`. */
	readonly kind: 'rows' | 'sum' | 'check' | 'condition' | 'control';
	readonly name: string;
	readonly level: Level;
	/** What should be and what was found, as text; of a check its reasons. */
	readonly expected: string;
	readonly found: string;
}

/** How far a long task is. `total` null: nobody knows. */
export interface Progress {
	readonly phase: ProgressPhase;
	readonly done: number;
	readonly total: number | null;
	readonly unit: 'bytes' | 'files' | 'steps';
}

export type ProgressPhase =
	| 'copy'
	| 'pack'
	| 'compress'
	| 'encrypt'
	| 'hash'
	| 'send'
	| 'fetch'
	| 'open'
	| 'unpack'
	| 'restore'
	| 'check'
	| 'prove'
	| 'clean';
