import { describe, expect, it } from 'vitest';
import type { PlanPicture } from '../../src/domain/backup-picture.ts';
import { fault } from '../../src/domain/fault.ts';
import { ok } from '../../src/domain/result.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeEngine } from '../support/fake-engine.ts';
import { type HeadlessOptions, startHeadless } from '../support/headless.ts';
import { MORNING } from '../support/pictures.ts';
import { copyOf, drillOf, planOf, planWorld } from '../support/plan-pictures.ts';

const MEMORY = planOf('memory', {
	title: 'memory',
	nothing: { en: 'the cart lives in memory only', 'zh-CN': '购物车只在内存中' },
	restorable: false,
	source: '',
	subject: '',
	targets: [],
	last: null,
	actions: {},
});
const TROUBLED = planOf('logs', {
	title: 'logs',
	level: 'warning',
	reasons: [
		{ kind: 'overdue', since: MORNING - 7 * 3_600_000 },
		{ kind: 'failed', at: MORNING - 7 * 3_600_000, fault: fault('disk-full', { path: '/mnt/b' }) },
	],
	overdueSince: MORNING - 7 * 3_600_000,
	provenAt: null,
	provenCopy: null,
	nextDrillAt: null,
	lastDrill: null,
});

function listing(
	plans: readonly PlanPicture[],
	args: readonly string[],
	wishes: Partial<HeadlessOptions> = {},
) {
	const engine = createFakeEngine(planWorld(plans));
	engine.answer('backups.look', () => ok({ plans }));
	engine.answer('backup.copies', () =>
		ok({
			copies: [copyOf(0, { pinned: 'deploy' }), copyOf(1, { state: 'damaged', encrypted: true })],
			drills: [
				drillOf(),
				drillOf({
					id: 2,
					level: 'critical',
					couldFail: false,
					evidence: [{ kind: 'rows', name: 'bills', level: 'critical', expected: '281', found: '0' }],
				}),
			],
		}),
	);
	return startHeadless(engine, args, { clock: createFakeClock(MORNING), ...wishes }).ended;
}

describe('rounds backups', () => {
	it('tells of each plan what is to be known of it, and ends with the worst level', async () => {
		const run = await listing([planOf(), TROUBLED, MEMORY], ['backups']);
		expect(run).toMatchObject({ code: 1, err: '' });
		expect(run.out).toBe(`CreditPilot · demo · 2025-11-22 09:18 UTC · ▲ warning

● ok  database  Loan database  sqlite db/smart_loan_manager.db → backups/
      last       2025-11-22 02:00 · database.db.backup.20251122 · 12 MiB (+3.1 %)
      next       2025-11-23 02:00 · 02:00
      proven     2025-11-20 · database.db.backup.20251120 · next drill 2026-02-18
      backups    7 · 84 MiB

▲ warning  logs  sqlite db/smart_loan_manager.db → backups/
      last       2025-11-22 02:00 · database.db.backup.20251122 · 12 MiB (+3.1 %)
      next       2025-11-22 02:18 (overdue) · 02:00
      proven     never
      backups    7 · 84 MiB
      overdue since 2025-11-22 02:18
      the newest run failed at 2025-11-22 02:18: the disk is full · /mnt/b

● ok  memory
      nothing to back up: the cart lives in memory only
`);
	});

	it('says the same in Chinese', async () => {
		const run = await listing([TROUBLED, MEMORY], ['backups'], { locale: 'zh-CN' });
		expect(run.out).toContain('      下次       2025-11-22 02:18（已逾期） · 02:00\n');
		expect(run.out).toContain('      最近一次运行于 2025-11-22 02:18 失败：');
		expect(run.out).toContain('没有可备份的内容：购物车只在内存中');
		expect(run.out).not.toMatch(/\b(last|next|proven|never|overdue)\b/);
	});

	it('lists the backups and drills of one, with what is wrong with them', async () => {
		const run = await listing([planOf(), TROUBLED], ['backups', 'database']);
		expect(run).toMatchObject({ code: 0, err: '' });
		const [, copies, drills] = run.out.split('\n\n');
		expect(copies).toBe(
			`      database.db.backup.20251122  2025-11-22 02:00 · 12 MiB · backups/ · pinned: deploy
      database.db.backup.20251121  2025-11-21 02:00 · 11.9 MiB · backups/ · damaged · encrypted`,
		);
		expect(drills).toBe(`      ● ok  2025-11-20 09:18  database.db.backup.20251120  RTO 3 s · RPO 7 h · mei
      ✖ critical  2025-11-20 09:18  database.db.backup.20251120  RTO 3 s · RPO 7 h · mei
        ▲ warning  this drill could not have failed, so it proved nothing
        ✖ critical  count of bills: 0, should be 281
`);
	});

	it('says everything as JSON, times as ISO and never more than one object', async () => {
		const all = await listing([planOf(), TROUBLED, MEMORY], ['backups', '--json']);
		const json = JSON.parse(all.out);
		expect(json).toMatchObject({ system: 'CreditPilot', environment: 'demo', level: 'warning' });
		expect(json.plans.map((plan: { id: string }) => plan.id)).toEqual(['database', 'logs', 'memory']);
		expect(json.plans[0]).toMatchObject({
			title: 'Loan database',
			level: 'ok',
			schedule: { kind: 'at', minutes: [120], days: [], text: '02:00' },
			keep: { ageMs: 604_800_000, count: null },
			last: { name: 'database.db.backup.20251122', at: '2025-11-22T02:00:00.000Z', bytes: 12_582_912 },
			change: 0.031,
			nextAt: '2025-11-23T02:00:00.000Z',
			overdueSince: null,
			provenAt: '2025-11-20T09:18:00.000Z',
			lastDrill: { rtoMs: 3_000, couldFail: true, startedAt: '2025-11-20T09:18:00.000Z' },
			actions: { backup: 'database-backup', prune: 'database-prune' },
		});
		expect(Object.keys(json.plans[0])).toEqual(Object.keys(json.plans[2]));
		expect(json.plans[1]).toMatchObject({
			overdueSince: '2025-11-22T02:18:00.000Z',
			reasons: [
				{ kind: 'overdue', at: '2025-11-22T02:18:00.000Z', fault: null },
				{ kind: 'failed', fault: 'disk-full' },
			],
		});
		expect(json.plans[2].nothing).toBe('the cart lives in memory only');
		const one = JSON.parse((await listing([planOf()], ['backups', 'database', '--json'])).out);
		expect(one).toMatchObject({
			plan: { id: 'database' },
			copies: [
				{ pinned: 'deploy', state: 'there' },
				{ state: 'damaged', encrypted: true },
			],
			drills: [{ level: 'ok' }, { level: 'critical', couldFail: false }],
		});
	});

	it('says that nothing is backed up, and which plans there are when one is not', async () => {
		expect(await listing([], ['backups'])).toMatchObject({
			code: 0,
			out: 'this system has no backup plans\n',
		});
		expect(await listing([planOf(), TROUBLED], ['backups', 'databse'])).toMatchObject({
			code: 64,
			out: '',
			err: 'rounds: "databse" is no backup plan; there is database, logs\n',
		});
		expect(await listing([planOf(), TROUBLED], ['backups', 'database', 'logs'])).toMatchObject({ code: 64 });
	});
});

describe('rounds status', () => {
	it('counts plans into its lines, its level and its exit code', async () => {
		const well = await listing([planOf()], ['status']);
		const troubled = await listing([planOf(), TROUBLED], ['status']);
		const checks = (await listing([], ['status', '--json'])).out;
		expect(troubled.out).toContain(
			'Backups\n  ● ok  database  12 MiB  7 h ago  proven 2025-11-20\n  ▲ warning  logs',
		);
		expect(troubled.out).toContain('      overdue since 2025-11-22 02:18\n');
		expect(well.out).not.toContain('overdue');
		const [before, after] = [checks, (await listing([TROUBLED], ['status', '--json'])).out].map((text) =>
			JSON.parse(text),
		);
		expect(before.plans).toEqual([]);
		expect(after.plans).toMatchObject([
			{
				id: 'logs',
				level: 'warning',
				lastAt: '2025-11-22T02:00:00.000Z',
				overdueSince: '2025-11-22T02:18:00.000Z',
				provenAt: null,
				reasons: ['overdue since 2025-11-22 02:18', expect.stringContaining('the newest run failed')],
			},
		]);
		expect({ ...after, plans: [], level: before.level }).toEqual(before);
	});

	it('asks no target', async () => {
		const engine = createFakeEngine(planWorld([planOf()]));
		await startHeadless(engine, ['status'], { clock: createFakeClock(MORNING) }).ended;
		expect(engine.sent).toEqual([]);
	});
});
