import type { BackupPlan, BackupVerb } from './backup.ts';
import type { Cadence } from './cadence.ts';
import type { CheckDefinition } from './check.ts';
import type { Condition } from './condition/index.ts';
import type { Fault } from './fault.ts';
import type { ActionId, CheckId, PlanId, ServiceId, SheetId } from './ids.ts';
import type { MaintenanceWindow } from './maintenance.ts';
import type { OwnText } from './own-text.ts';
import type { Text } from './secret.ts';

/** How much an action in this environment asks before it runs: nothing, a yes, or the environment's name typed. */
export type Guard = 'none' | 'confirm' | 'typed';

export interface EnvironmentDefinition {
	readonly name: string;
	readonly guard: Guard;
}

export interface ServiceDefinition {
	readonly id: ServiceId;
	readonly title: OwnText;
	readonly port: number | null;
	/** Globs, relative ones already resolved against the configuration's folder. */
	readonly logs: readonly string[];
}

export type ActionBody =
	| {
			readonly kind: 'run';
			readonly argv: readonly Text[];
			readonly cwd: string;
			readonly env: Readonly<Record<string, Text>>;
			readonly timeoutMs: number;
	  }
	| { readonly kind: 'builtin'; readonly name: 'report' }
	/** What a backup plan can do; every plan brings its own. */
	| {
			readonly kind: 'backup';
			readonly plan: PlanId;
			readonly verb: BackupVerb;
			/** As `operation.start` takes them, e.g. `pin`. */
			readonly args?: Readonly<Record<string, string>>;
	  }
	/** Each part is an action or a check, run in this order; a failing part does not stop the rest. */
	| {
			readonly kind: 'sequence';
			readonly parts: readonly ({ readonly action: ActionId } | { readonly check: CheckId })[];
	  };

export interface ActionDefinition {
	readonly id: ActionId;
	readonly title: OwnText;
	/** A single key, or null: then by palette only. */
	readonly key: string | null;
	/** Asks before it runs, as strongly as the environment's guard wants. */
	readonly confirm: boolean;
	/** Asked again when it has ended, since it may have changed them. */
	readonly recheck: readonly CheckId[];
	/** The declared event that has happened once it ended ok. */
	readonly tells?: string;
	readonly body: ActionBody;
	/** Set when it cannot be run at all (a secret that cannot be read). */
	readonly broken?: Fault;
	/** Named groups become samples (`passed`, `total`). Source text of a RegExp. */
	readonly result: string | null;
	readonly must: readonly Condition[];
	readonly should: readonly Condition[];
}

/** Lines of a service's logs (or of one file) shown beside a question. */
export interface LookDefinition {
	readonly log: string;
	readonly level: 'error' | 'warning' | 'info' | 'debug' | null;
	readonly since: 'last-signed' | number | null;
}

export type StepDefinition = {
	readonly title: OwnText | null;
	/** How often it must be done; absent: in every round. A round holds only the steps that are due. */
	readonly every?: Cadence;
	/** Due when one of these files changed since it was done last (after an import, an update, a deploy). Absolute globs. */
	readonly after?: readonly string[];
	/** Due when one of these declared events was told since it was done last. */
	readonly events?: readonly string[];
} & (
	| { readonly kind: 'check'; readonly checks: readonly CheckId[] }
	| { readonly kind: 'run'; readonly action: ActionId }
	| {
			readonly kind: 'ask';
			readonly question: OwnText;
			readonly look: LookDefinition | null;
			readonly changes: boolean;
	  }
);

/** Something that happens outside and that steps may follow: a deploy, an import. */
export interface EventDefinition {
	readonly id: string;
	readonly title: OwnText;
}

/** The written list of steps of a kind of round. */
export interface SheetDefinition {
	readonly id: SheetId;
	readonly title: OwnText;
	/** Minutes after midnight in the system's zone, or null when it is only begun by hand. */
	readonly atMinute: number | null;
	readonly graceMs: number;
	readonly steps: readonly StepDefinition[];
}

/** The whole configuration, every reference resolved for one environment. Lives in the engine only: it holds secrets. */
export interface SystemDefinition {
	readonly system: string;
	/** IANA name; the rounds' clock. */
	readonly timezone: string;
	readonly environment: EnvironmentDefinition;
	readonly environments: readonly EnvironmentDefinition[];
	/** Absolute folder of the configuration file. */
	readonly folder: string;
	readonly state: { readonly path: string; readonly group: string | null };
	/** Absolute path of the file our own error lines go to, marked as ours. */
	readonly errorLog: string;
	/** Where `report` writes; `YYYYMMDD` is filled in. Absolute. */
	readonly reportPath: string;
	readonly services: readonly ServiceDefinition[];
	readonly checks: readonly CheckDefinition[];
	readonly actions: readonly ActionDefinition[];
	readonly sheets: readonly SheetDefinition[];
	readonly backups: readonly BackupPlan[];
	readonly events: readonly EventDefinition[];
	/** Planned time in which trouble is no news. */
	readonly maintenance: readonly MaintenanceWindow[];
	/** Keys remapped by action id of the console itself. */
	readonly keys: Readonly<Record<string, string>>;
}
