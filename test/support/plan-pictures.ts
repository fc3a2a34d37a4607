import type { Drill } from '../../src/domain/backup.ts';
import type { CopyPicture, PlanPicture } from '../../src/domain/backup-picture.ts';
import type { EngineEvent } from '../../src/domain/engine.ts';
import { actionId, operationId, planId } from '../../src/domain/ids.ts';
import type { ActionFace } from '../../src/domain/picture.ts';
import { face, MORNING } from './pictures.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MiB = 1_048_576;
const VERBS = ['backup', 'verify', 'drill', 'restore', 'prune'] as const;

/** The nightly copy of that many days ago. */
export function copyOf(days: number, extra: Partial<CopyPicture> = {}): CopyPicture {
	const at = Date.parse('2025-11-22T02:00:00Z') - days * DAY;
	const stamp = new Date(at).toISOString().slice(0, 10).replaceAll('-', '');
	return {
		name: `database.db.backup.${stamp}`,
		target: 'backups/',
		at,
		bytes: 12 * MiB - days * 100_000,
		state: 'there',
		pinned: null,
		verifiedAt: null,
		provenAt: null,
		method: 'wal-snapshot',
		encrypted: false,
		durationMs: 2_100,
		rows: 48_609,
		by: 'mei',
		...extra,
	};
}

export function drillOf(extra: Partial<Drill> = {}): Drill {
	return {
		id: 3,
		plan: planId('database'),
		copy: 'database.db.backup.20251120',
		target: 'backups/',
		by: 'mei',
		startedAt: MORNING - 2 * DAY,
		endedAt: MORNING - 2 * DAY + 3_000,
		level: 'ok',
		rtoMs: 3_000,
		rpoMs: 7 * HOUR,
		couldFail: true,
		evidence: [
			{ kind: 'rows', name: 'customers', level: 'ok', expected: '8', found: '8' },
			{ kind: 'check', name: 'integrity', level: 'ok', expected: '', found: 'transactions 48,609' },
		],
		operation: operationId(7),
		...extra,
	};
}

export function planOf(id = 'database', extra: Partial<PlanPicture> = {}): PlanPicture {
	return {
		id: planId(id),
		title: { en: 'Loan database', 'zh-CN': '贷款数据库' },
		source: 'sqlite',
		subject: 'db/smart_loan_manager.db',
		targets: [{ name: 'backups/', kind: 'directory', where: 'backups/' }],
		schedule: { kind: 'at', minutes: [120], days: [] },
		keep: { ageMs: 7 * DAY, count: null },
		nothing: null,
		restorable: true,
		level: 'ok',
		reasons: [],
		last: copyOf(0),
		change: 0.031,
		sizes: [11 * MiB, 12 * MiB],
		count: 7,
		totalBytes: 84 * MiB,
		nextAt: Date.parse('2025-11-23T02:00:00Z'),
		overdueSince: null,
		provenAt: MORNING - 2 * DAY,
		provenCopy: 'database.db.backup.20251120',
		nextDrillAt: MORNING + 88 * DAY,
		lastDrill: drillOf(),
		running: null,
		actions: Object.fromEntries(VERBS.map((verb) => [verb, actionId(`${id}-${verb}`)])),
		...extra,
	};
}

/** What an engine tells of a system with these plans, each with its actions. */
export function planWorld(
	plans: readonly PlanPicture[],
	options: { readonly environment?: string; readonly guard?: 'none' | 'confirm' | 'typed' } = {},
): readonly EngineEvent[] {
	const system = face(options);
	const actions = plans.flatMap((plan) =>
		VERBS.flatMap((verb): ActionFace[] => {
			const id = plan.actions[verb];
			const asks = verb === 'restore' || verb === 'prune';
			const guard = asks ? (options.guard === 'typed' ? 'typed' : 'confirm') : 'none';
			return id === undefined
				? []
				: [
						{
							id,
							title: id,
							key: null,
							guard,
							command: id,
							builtin: null,
							backup: { plan: plan.id, verb },
						},
					];
		}),
	);
	return [
		{ kind: 'system', face: { ...system, actions: [...system.actions, ...actions] } },
		{ kind: 'backups', plans },
	];
}
