import { createHash, randomBytes } from 'node:crypto';
import type { BackupPlan } from '../../domain/backup.ts';
import { looksLikeCopy, sealedSuffix } from '../../domain/backup-name.ts';
import type { FolderEntry } from '../../domain/backup-ports.ts';
import { MANIFEST_END } from '../../domain/manifest.ts';
import { isPart, PART_BEGIN, PART_END } from '../../targets/define.ts';
import { kindOfTarget } from './catalog.ts';
import type { BackupsParts, Work } from './parts.ts';

const MOST_STRAYS = 3;
/** A part that nobody has written to for so long was left by somebody who is gone. */
const PART_AGE_MS = 86_400_000;

/**
 * What a run of this plan calls what it has not finished. The plan's own mark is in it: one run of a plan at a time, so what
 * bears the mark when the next one begins was left by a run that was killed.
 */
export function partOf(parts: BackupsParts, plan: BackupPlan): string {
	return `${PART_BEGIN}${markOf(parts, plan)}-${randomBytes(6).toString('hex')}${PART_END}`;
}

/** Left by a run that is over: one of this plan, or one that nobody has written to for long. */
export function isLeftover(
	{ name, modifiedAt }: FolderEntry,
	parts: BackupsParts,
	plan: BackupPlan,
	now: number,
): boolean {
	return (
		isPart(name) &&
		(name.startsWith(`${PART_BEGIN}${markOf(parts, plan)}-`) || now - modifiedAt > PART_AGE_MS)
	);
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
		const entries = listed.ok ? listed.value : [];
		sayStrays(work, new Set(entries.map(({ name }) => name)));
		for (const entry of entries) {
			const { name } = entry;
			if (!isLeftover(entry, parts, work.plan, work.run.now)) continue;
			const gone = await kind.remove(target.options, name, parts.targets, work.run);
			if (!gone.ok) continue;
			removed.push(name);
			work.say('leftover', { name });
		}
	}
	return removed;
}

/** What is called like a copy and has no manifest: left by a run that was killed just then, or by somebody else. */
function sayStrays(work: Work, names: ReadonlySet<string>): void {
	const { names: templates, compress, encrypt } = work.plan;
	const suffix = sealedSuffix(compress, encrypt !== null);
	const isStray = (name: string) =>
		!names.has(`${name}${MANIFEST_END}`) &&
		[templates.plain, templates.pinned].some((template) => looksLikeCopy(name, template, suffix));
	for (const name of [...names].filter(isStray).slice(-MOST_STRAYS)) work.say('stray', { name });
}
