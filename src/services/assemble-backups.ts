import { backupActionId } from '../domain/backup.ts';
import type { EngineEvent } from '../domain/engine.ts';
import { actionId } from '../domain/ids.ts';
import type { ProbePorts } from '../domain/ports.ts';
import type { SystemDefinition } from '../domain/system.ts';
import type { AssemblyParts } from './assembly-parts.ts';
import { createBackups } from './backups/backups.ts';
import type { Backups } from './backups/define.ts';
import type { LateWrites } from './late-writes.ts';
import type { Operations } from './operations-parts.ts';
import type { Present } from './present.ts';

/** What the rest of the engine gives to backups. */
export interface BackupNeighbours {
	readonly system: () => SystemDefinition;
	readonly present: Present;
	/** As checks have them: what commands print is redacted. */
	readonly ports: ProbePorts;
	readonly operations: () => Operations;
	readonly polls: () => boolean;
	readonly redact: (text: string) => string;
	readonly keep: LateWrites['put'];
	readonly emit: (event: EngineEvent) => void;
	readonly activity: (code: string, detail: Record<string, string | number>) => void;
}

/** Joins the backups to the operations that carry them out, the store that remembers them, and the world they copy. */
export function assembleBackups(parts: AssemblyParts, around: BackupNeighbours): Backups {
	const { clock, storage, holder, kindOf } = parts;
	const { ports, operations } = around;
	return createBackups({
		clock,
		store: storage.backups,
		observations: storage.observations,
		rounds: storage.rounds,
		sources: { ...ports, ...parts.backupPorts },
		targets: { ...ports, ...parts.backupPorts },
		probes: ports,
		present: around.present,
		kindOf,
		system: around.system,
		operator: holder.operator,
		host: holder.host,
		version: parts.version,
		locale: parts.locale,
		scratch: parts.scratch,
		owner: { pid: holder.pid, born: holder.born ?? null, lives: parts.isProcess },
		redact: around.redact,
		keep: around.keep,
		runAction: (id, parent) => operations().runWithin(id, parent),
		async carryOut(plan, verb) {
			const action = actionId(backupActionId(verb, plan));
			// What runs by its time was agreed to where that time was written.
			const confirmed = around.system().environment.name;
			const begun = await operations().start({ action, step: null, confirmed });
			return begun.ok ? operations().ended(begun.value.operation.id) : null;
		},
		running() {
			const found = storage.operations.running();
			return found.ok ? found.value.map(({ operation }) => operation) : operations().present();
		},
		lastOf(plan, verb) {
			const found = storage.operations.newestOf(actionId(backupActionId(verb, plan)));
			return found.ok ? found.value : null;
		},
		polls: around.polls,
		onPictures: (plans) => around.emit({ kind: 'backups', plans }),
		onActivity: around.activity,
	});
}
