import { createHash, randomBytes } from 'node:crypto';
import type { BackupPlan } from '../../domain/backup.ts';
import { isPart, PART_BEGIN, PART_END } from '../../targets/define.ts';
import { kindOfTarget } from './catalog.ts';
import type { BackupsParts, Work } from './parts.ts';

/**
 * What a run of this plan calls what it has not finished. The plan's own mark is in it: one run of a plan at a time, so what
 * bears the mark when the next one begins was left by a run that was killed.
 */
export function partOf(parts: BackupsParts, plan: BackupPlan): string {
	return `${PART_BEGIN}${markOf(parts, plan)}-${randomBytes(6).toString('hex')}${PART_END}`;
}

export function isPartOf(name: string, parts: BackupsParts, plan: BackupPlan): boolean {
	return isPart(name) && name.startsWith(`${PART_BEGIN}${markOf(parts, plan)}-`);
}

function markOf(parts: BackupsParts, plan: BackupPlan): string {
	const { system, environment, state } = parts.system();
	const owner = [parts.host, state.path, system, environment.name, plan.id].join('\0');
	return createHash('sha256').update(owner).digest('hex').slice(0, 16);
}

/** Takes away what earlier runs of this plan left behind when they were killed. */
export async function sweepParts(parts: BackupsParts, work: Work): Promise<readonly string[]> {
	const removed: string[] = [];
	for (const target of work.plan.targets) {
		const kind = kindOfTarget(target);
		const listed = await kind.list(target.options, parts.targets, work.run);
		for (const { name } of listed.ok ? listed.value : []) {
			if (!isPartOf(name, parts, work.plan)) continue;
			const gone = await kind.remove(target.options, name, parts.targets, work.run);
			if (!gone.ok) continue;
			removed.push(name);
			work.say('leftover', { name });
		}
	}
	return removed;
}
