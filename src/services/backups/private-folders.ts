import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { BackupsParts } from './parts.ts';

/** Whose it is stands in its name: the number of the process and when that was born. */
const NAME = /^(?:run|look)-(\d+)-(\d*)-[0-9a-f]+$/;

/** A name for a new private folder, which nobody takes away while this process lives. */
export function privateFolder({ scratch, owner }: BackupsParts, what: 'run' | 'look'): string {
	const { pid, born } = owner;
	return join(scratch, `${what}-${pid}-${born ?? ''}-${randomBytes(6).toString('hex')}`);
}

/** Takes away the private folders of processes that were killed. */
export async function sweepScratch({ scratch, owner, targets }: BackupsParts): Promise<void> {
	const listed = await targets.folders.list(scratch);
	for (const { name, kind } of listed.ok ? listed.value : []) {
		const [, pid, born] = NAME.exec(name) ?? [];
		if (kind !== 'folder' || pid === undefined) continue;
		if (owner.lives(Number(pid), born === '' ? null : (born ?? null))) continue;
		await targets.folders.removeFolder(join(scratch, name));
	}
}
