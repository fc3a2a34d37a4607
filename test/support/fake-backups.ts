import type { PlanPicture, PrunePreview, RestorePreview } from '../../src/domain/backup-picture.ts';
import type { EngineEvent } from '../../src/domain/engine.ts';
import type { ActionFace } from '../../src/domain/picture.ts';
import type { FakeEngine } from './fake-engine.ts';
import { face, type WorldOptions } from './pictures.ts';
import { COPIES, DRILLS, PLANS, planFaces } from './pictures-backups.ts';
import { prunePreview, restorePreview } from './pictures-restore.ts';

export interface BackupWorld {
	readonly plans?: readonly PlanPicture[];
	readonly prune?: Partial<PrunePreview>;
	readonly restore?: Partial<RestorePreview>;
}

/** The events of a system with backup plans: they follow those of `world`. */
export function backupEvents(
	{ plans = PLANS }: BackupWorld = {},
	options: WorldOptions = {},
): readonly EngineEvent[] {
	const known = face(options);
	const guard: ActionFace['guard'] = options.guard ?? 'none';
	return [
		{ kind: 'system', face: { ...known, actions: [...known.actions, ...planFaces(plans, guard)] } },
		{ kind: 'backups', plans },
	];
}

/** Answers what the screen asks about backups. */
export function answerBackups(engine: FakeEngine, { plans = PLANS, prune, restore }: BackupWorld = {}): void {
	engine.answer('backups.look', () => ({ ok: true, value: { plans } }));
	engine.answer('backup.copies', () => ({ ok: true, value: { copies: COPIES, drills: DRILLS } }));
	engine.answer('backup.prune-preview', () => ({ ok: true, value: prunePreview(prune) }));
	engine.answer('restore.preview', ({ copy: name }) => {
		const found = COPIES.find((one) => one.name === name);
		if (!found) return { ok: false, error: { kind: 'refused', why: 'no-such-copy', detail: {} } };
		return { ok: true, value: restorePreview({ copy: found, ...restore }) };
	});
}
