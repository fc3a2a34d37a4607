import type { PrunePreview, RestorePreview } from '../../src/domain/backup-picture.ts';
import { planId } from '../../src/domain/ids.ts';
import { MORNING } from './pictures.ts';
import { COPIES, copy, MIB, NIGHT } from './pictures-backups.ts';

const DAY = 24 * 3_600_000;

export function prunePreview(extra: Partial<PrunePreview> = {}): PrunePreview {
	return {
		plan: planId('database'),
		remove: [
			copy({ name: 'database.db.backup.20251020', at: NIGHT - 33 * DAY, bytes: 288 * MIB }),
			copy({ name: 'database.db.backup.20251021', at: NIGHT - 32 * DAY, bytes: 289.5 * MIB }),
		],
		keep: [
			{ copy: COPIES[0] ?? copy(), because: 'last-good' },
			{ copy: COPIES[1] ?? copy(), because: 'pinned' },
			{ copy: COPIES[2] ?? copy(), because: 'young' },
			{ copy: COPIES[3] ?? copy(), because: 'last-proven' },
		],
		freesBytes: 577.5 * MIB,
		parts: ['database.db.backup.20251119.part'],
		...extra,
	};
}

export function restorePreview(extra: Partial<RestorePreview> = {}): RestorePreview {
	return {
		plan: planId('database'),
		copy: COPIES[0] ?? copy(),
		increments: [],
		place: '/srv/creditpilot/db/smart_loan_manager.db',
		exists: true,
		facts: { bytes: 314 * MIB, changedAt: MORNING - 60_000, journal: 'wal' },
		rows: [
			{ name: 'customers', now: 8, copy: 8 },
			{ name: 'transactions', now: 48_702, copy: 48_609 },
			{ name: 'bills', now: 281, copy: 284 },
			{ name: 'new_table', now: 3, copy: null },
		],
		losesMs: MORNING - NIGHT,
		stops: [{ en: 'Stop Flask', 'zh-CN': '停止 Flask' }, 'Stop Accounting'],
		starts: ['Start Accounting', { en: 'Start Flask', 'zh-CN': '启动 Flask' }],
		proves: ['integrity', 'customers'],
		warn: { en: 'Sessions in memory are lost by the restart.', 'zh-CN': '重启会丢失内存中的会话。' },
		provenAt: null,
		second: { needed: false, askedBy: null, askedAt: null },
		guard: 'confirm',
		environment: 'demo',
		faults: [],
		...extra,
	};
}
