import type { Drill } from '../../src/domain/backup.ts';
import type { CopyPicture, PlanPicture, ProgressPicture } from '../../src/domain/backup-picture.ts';
import { fault } from '../../src/domain/fault.ts';
import { actionId, operationId, planId } from '../../src/domain/ids.ts';
import type { Operation } from '../../src/domain/operation.ts';
import type { ActionFace } from '../../src/domain/picture.ts';
import { MORNING, operation } from './pictures.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** 02:00 of the documents' morning, when the nightly copies were made. */
export const NIGHT = Date.parse('2025-11-22T02:00:00Z');
export const MIB = 2 ** 20;

export function copy(extra: Partial<CopyPicture> = {}): CopyPicture {
	return {
		name: 'database.db.backup.20251122',
		target: 'nas',
		at: NIGHT,
		bytes: 312.4 * MIB,
		state: 'there',
		pinned: null,
		verifiedAt: NIGHT + 4 * 60_000,
		provenAt: null,
		method: 'wal-snapshot',
		encrypted: true,
		durationMs: 12_400,
		rows: 48_929,
		by: 'schedule',
		...extra,
	};
}

/** Newest first: the night's, one before a deploy, a proven one, a damaged one. */
export const COPIES: readonly CopyPicture[] = [
	copy(),
	copy({
		name: 'database.db.backup.20251121_174210',
		at: Date.parse('2025-11-21T17:42:10Z'),
		bytes: 311.9 * MIB,
		pinned: 'deploy',
		verifiedAt: null,
		by: 'mei',
	}),
	copy({ name: 'database.db.backup.20251121', at: NIGHT - DAY, bytes: 311 * MIB }),
	copy({
		name: 'database.db.backup.20251120',
		at: NIGHT - 2 * DAY,
		bytes: 309.8 * MIB,
		provenAt: NIGHT - 2 * DAY + 4 * HOUR,
	}),
	copy({
		name: 'database.db.backup.20251119',
		at: NIGHT - 3 * DAY,
		bytes: 12 * MIB,
		state: 'damaged',
		verifiedAt: null,
	}),
	copy({ name: 'database.db.backup.20251118', at: NIGHT - 4 * DAY, bytes: 307.1 * MIB, state: 'gone' }),
];

export function drill(extra: Partial<Drill> = {}): Drill {
	const startedAt = NIGHT - 2 * DAY + 4 * HOUR;
	return {
		id: 4,
		plan: planId('database'),
		copy: 'database.db.backup.20251120',
		target: 'nas',
		by: 'mei',
		startedAt,
		endedAt: startedAt + 41_000,
		level: 'ok',
		rtoMs: 41_000,
		rpoMs: 4 * HOUR,
		couldFail: true,
		evidence: [
			{ kind: 'rows', name: 'transactions', level: 'ok', expected: '48,609', found: '48,609' },
			{ kind: 'sum', name: 'ledger balance', level: 'ok', expected: '1286340.55', found: '1286340.55' },
			{ kind: 'check', name: 'integrity', level: 'ok', expected: 'customers > 0', found: 'customers 8' },
		],
		operation: operationId(2),
		...extra,
	};
}

export const DRILLS: readonly Drill[] = [
	drill(),
	drill({
		id: 3,
		copy: 'database.db.backup.20251030',
		startedAt: NIGHT - 23 * DAY,
		endedAt: NIGHT - 23 * DAY + 38_000,
		couldFail: false,
		evidence: [],
	}),
	drill({
		id: 2,
		copy: 'database.db.backup.20251001',
		startedAt: NIGHT - 52 * DAY,
		endedAt: NIGHT - 52 * DAY + 38_000,
		level: 'critical',
		evidence: [
			{ kind: 'rows', name: 'customers', level: 'ok', expected: '8', found: '8' },
			{ kind: 'rows', name: 'transactions', level: 'critical', expected: '48,609', found: '1,960' },
		],
	}),
];

const VERBS = ['backup', 'verify', 'drill', 'restore', 'prune'] as const;
const TITLES = {
	backup: ['Back up', '备份'],
	verify: ['Verify', '校验'],
	drill: ['Drill', '演练'],
	restore: ['Restore', '恢复'],
	prune: ['Prune', '清理'],
} as const;

export function plan(id: string, extra: Partial<PlanPicture> = {}): PlanPicture {
	return {
		id: planId(id),
		title: id,
		source: 'sqlite',
		subject: 'db/smart_loan_manager.db',
		targets: [
			{ name: 'nas', kind: 'directory', where: '/mnt/nas/creditpilot' },
			{ name: 'offsite', kind: 's3', where: 's3://creditpilot-backups/db' },
		],
		schedule: { kind: 'at', minutes: [120], days: [] },
		keep: { ageMs: 30 * DAY, count: 7 },
		nothing: null,
		restorable: true,
		level: 'ok',
		reasons: [],
		last: copy(),
		change: 0.004,
		sizes: Array.from({ length: 20 }, (_, at) => (290 + at * 1.2 + (at % 3)) * MIB),
		count: 6,
		totalBytes: 1_552 * MIB,
		nextAt: NIGHT + DAY,
		overdueSince: null,
		provenAt: NIGHT - 2 * DAY + 4 * HOUR,
		provenCopy: 'database.db.backup.20251120',
		nextDrillAt: NIGHT + 28 * DAY,
		lastDrill: drill(),
		running: null,
		actions: Object.fromEntries(VERBS.map((verb) => [verb, actionId(`${verb}.${id}`)])),
		...extra,
	};
}

/** CreditPilot's plans at 09:18: one well, one overdue, one never proven, one at a lost target, one with nothing to copy. */
export const PLANS: readonly PlanPicture[] = [
	plan('database', { title: { en: 'Database, nightly', 'zh-CN': '数据库（每晚）' } }),
	plan('logs', {
		title: { en: 'Logs', 'zh-CN': '日志' },
		source: 'files',
		subject: 'logs/*.log',
		level: 'critical',
		reasons: [
			{ kind: 'failed', at: NIGHT + 3 * 60_000, fault: fault('disk-full', { path: '/mnt/nas/creditpilot' }) },
			{ kind: 'overdue', since: NIGHT },
		],
		last: copy({ name: 'logs.20251121.tar.gz', at: NIGHT - DAY, bytes: 8.2 * MIB }),
		change: -0.31,
		sizes: [11, 11.4, 11.2, 11.9, 11.8, 8.2].map((size) => size * MIB),
		overdueSince: NIGHT,
		nextAt: NIGHT + DAY,
		nextDrillAt: null,
		provenAt: NIGHT - 40 * DAY,
	}),
	plan('environment', {
		title: { en: 'Environment', 'zh-CN': '环境变量' },
		source: 'env',
		subject: '.env',
		level: 'warning',
		restorable: false,
		reasons: [{ kind: 'unproven' }],
		last: copy({ name: 'env_backup_20251122_020000.json', bytes: 2_180 }),
		change: 0,
		sizes: [2_180, 2_180, 2_180],
		count: 3,
		totalBytes: 6_540,
		schedule: null,
		nextAt: null,
		provenAt: null,
		provenCopy: null,
		nextDrillAt: null,
		lastDrill: null,
		actions: { backup: actionId('backup.environment'), verify: actionId('verify.environment') },
	}),
	plan('ledger', {
		title: { en: 'Ledger, base and WAL', 'zh-CN': '总账（基础与 WAL）' },
		source: 'postgres',
		subject: 'ledger on 10.0.0.4:5432',
		level: 'warning',
		reasons: [
			{ kind: 'drill-overdue', since: NIGHT - 7 * DAY },
			{ kind: 'drill-vacuous', at: NIGHT - 37 * DAY },
		],
		last: copy({ name: 'base.20251122.tar', bytes: 4.6 * 1024 * MIB }),
		nextDrillAt: NIGHT - 7 * DAY,
		provenAt: NIGHT - 37 * DAY,
		totalBytes: 41 * 1024 * MIB,
		count: 30,
	}),
	plan('sessions', {
		title: { en: 'Sessions', 'zh-CN': '会话' },
		source: 'command',
		subject: '',
		nothing: { en: 'data lives in memory only', 'zh-CN': '数据只存在于内存' },
		restorable: false,
		level: 'pending',
		last: null,
		change: null,
		sizes: [],
		count: 0,
		totalBytes: 0,
		nextAt: null,
		schedule: null,
		provenAt: null,
		nextDrillAt: null,
		actions: {},
	}),
];

/** What the configuration's plans add to the actions. */
export function planFaces(
	plans: readonly PlanPicture[] = PLANS,
	guard: ActionFace['guard'] = 'none',
): readonly ActionFace[] {
	return plans.flatMap((one) =>
		VERBS.flatMap((verb): ActionFace[] => {
			const id = one.actions[verb];
			if (id === undefined) return [];
			const [en, zh] = TITLES[verb];
			const title = typeof one.title === 'string' ? { en: one.title, 'zh-CN': one.title } : one.title;
			const isGuarded = verb === 'restore' || verb === 'prune';
			return [
				{
					id,
					title: { en: `${en}: ${title.en}`, 'zh-CN': `${zh}：${title['zh-CN']}` },
					key: null,
					guard: isGuarded && guard === 'none' ? 'confirm' : guard,
					command: `${verb} ${one.id}`,
					builtin: null,
					backup: { plan: one.id, verb },
				},
			];
		}),
	);
}

export function running(extra: Partial<Operation> = {}): Operation {
	return operation({
		id: operationId(21),
		action: actionId('backup.database'),
		title: 'Back up: Database, nightly',
		command: 'backup database',
		startedAt: MORNING - 5_000,
		...extra,
	});
}

export const HALF_WAY: ProgressPicture = {
	phase: 'copy',
	done: 312.4 * MIB,
	total: 1024 * MIB,
	unit: 'bytes',
	rate: 61.2 * MIB,
	leftMs: 12_000,
};
