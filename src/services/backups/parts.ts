import type { BackupPlan, BackupVerb, Copy } from '../../domain/backup.ts';
import type { PlanPicture } from '../../domain/backup-picture.ts';
import type { Run, SourcePorts, TargetPorts } from '../../domain/backup-ports.ts';
import type { BackupStore } from '../../domain/backup-store-port.ts';
import type { CheckKind } from '../../domain/check.ts';
import type { Fault } from '../../domain/fault.ts';
import type { ActionId, OperationId, PlanId } from '../../domain/ids.ts';
import type { Operation } from '../../domain/operation.ts';
import type { Locale } from '../../domain/own-text.ts';
import type { Clock, ProbePorts } from '../../domain/ports.ts';
import type { ObservationStore, RoundStore } from '../../domain/storage-port.ts';
import type { SystemDefinition } from '../../domain/system.ts';
import type { BackupLine } from '../../i18n/backup-lines.ts';
import type { LateWrites } from '../late-writes.ts';
import type { Present } from '../present.ts';

export interface BackupsParts {
	readonly clock: Clock;
	readonly store: BackupStore;
	readonly observations: ObservationStore;
	readonly rounds: Pick<RoundStore, 'baselineAt'>;
	readonly sources: SourcePorts;
	readonly targets: TargetPorts;
	readonly probes: ProbePorts;
	readonly present: Present;
	readonly kindOf: (name: string) => CheckKind | undefined;
	readonly system: () => SystemDefinition;
	readonly operator: string;
	readonly host: string;
	readonly version: string;
	readonly locale: Locale;
	/** Absolute; private folders of runs are made in it. */
	readonly scratch: string;
	/** This process, and whether another one (of the same birth) is still there. */
	readonly owner: {
		readonly pid: number;
		readonly born: string | null;
		readonly lives: (pid: number, born: string | null) => boolean;
	};
	readonly redact: (text: string) => string;
	/** Stores what was found out, later if it cannot be now. */
	readonly keep: LateWrites['put'];
	/** Runs a configured action to its end, as part of this operation; null: it could not begin. */
	readonly runAction: (action: ActionId, parent: OperationId) => Promise<Operation | null>;
	/** Runs a plan's verb to its end because its time has come; null: it could not begin. */
	readonly carryOut: (plan: PlanId, verb: BackupVerb) => Promise<Operation | null>;
	/** What runs now, here or in another console. */
	readonly running: () => readonly Operation[];
	/** Newest ended operation of a plan's verb; null: none is known. */
	readonly lastOf: (plan: PlanId, verb: BackupVerb) => Operation | null;
	readonly polls: () => boolean;
	readonly onPictures: (plans: readonly PlanPicture[]) => void;
	readonly onActivity: (code: string, detail: Record<string, string | number>) => void;
}

/** One verb of one plan under way: what its steps share. */
export interface Work {
	readonly plan: BackupPlan;
	readonly run: Run;
	readonly by: string;
	readonly operation: OperationId;
	readonly args: Readonly<Record<string, string>>;
	/** One line of the operation's output. */
	readonly say: (key: BackupLine, values?: Readonly<Record<string, string | number>>) => void;
	readonly sayFault: (fault: Fault) => void;
}

/** A copy and which of the plan's targets it was read from. */
export interface Found {
	readonly copy: Copy;
	readonly target: BackupPlan['targets'][number];
}
