import { describe, expect, it } from 'vitest';
import type { PrunePreview, RestorePreview } from '../../src/domain/backup-picture.ts';
import { fault } from '../../src/domain/fault.ts';
import { operationId, planId } from '../../src/domain/ids.ts';
import { err, ok } from '../../src/domain/result.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeEngine } from '../support/fake-engine.ts';
import { type HeadlessOptions, startHeadless } from '../support/headless.ts';
import { MORNING, operation } from '../support/pictures.ts';
import { copyOf, planOf, planWorld } from '../support/plan-pictures.ts';

const HOUR = 3_600_000;
const NAME = 'database.db.backup.20251122';
const PLAN = planId('database');

const PREVIEW: RestorePreview = {
	plan: PLAN,
	copy: copyOf(0),
	increments: [copyOf(0, { name: 'wal.20251122-0900', at: MORNING - 18 * 60_000 })],
	place: 'db/smart_loan_manager.db',
	exists: true,
	facts: { bytes: 12_582_912 },
	rows: [
		{ name: 'customers', now: 9, copy: 8 },
		{ name: 'new_table', now: 3, copy: null },
	],
	losesMs: 7 * HOUR,
	stops: [{ en: 'Stop Flask', 'zh-CN': '停止 Flask' }],
	starts: [{ en: 'Start Flask', 'zh-CN': '启动 Flask' }],
	proves: ['integrity'],
	warn: { en: 'carts in memory are lost', 'zh-CN': '内存中的购物车将丢失' },
	provenAt: null,
	second: { needed: false, askedBy: null, askedAt: null },
	guard: 'typed',
	environment: 'production',
	faults: [],
};

function makeWorld({
	preview = PREVIEW,
	guard = 'typed' as 'none' | 'confirm' | 'typed',
	refuses = '',
} = {}) {
	const clock = createFakeClock(MORNING);
	const plans = [planOf(), planOf('audit', { restorable: false })];
	const engine = createFakeEngine(planWorld(plans, { environment: 'production', guard }));
	engine.answer('restore.preview', ({ copy }) =>
		copy === NAME ? ok(preview) : err({ kind: 'refused', why: 'no-such-copy', detail: {} }),
	);
	engine.answer('backups.look', () => ok({ plans }));
	engine.answer('backup.copies', () =>
		ok({ copies: [copyOf(0), copyOf(1, { state: 'removed' })], drills: [] }),
	);
	engine.answer('operation.start', ({ action }) => {
		if (refuses !== '')
			return err({ kind: 'refused', why: 'needs-second', detail: { minutes: 30, by: 'cron', at: MORNING } });
		const one = operation({ id: operationId(9), action, startedAt: clock.now() });
		queueMicrotask(() =>
			engine.emit({
				kind: 'operation',
				operation: { ...one, state: 'done', level: 'ok', endedAt: clock.now() + 4_000 },
				tail: [],
			}),
		);
		return ok({ operation: one });
	});
	return {
		engine,
		run: (args: readonly string[], wishes: Partial<HeadlessOptions> = {}) =>
			startHeadless(engine, args, { clock, ...wishes }).ended,
		started: () => engine.sent.flatMap(({ name, input }) => (name === 'operation.start' ? [input] : [])),
	};
}

const LINES = `Restore database from ${NAME} (backups/)
      replaces   db/smart_loan_manager.db · there is something now · 12 MiB
      made       2025-11-22 02:00 · 12 MiB · backups/ · mei
      loses      what was written in the last 7 h is lost
      then       wal.20251122-0900 · 2025-11-22 09:00
      rows       customers: 9 now, 8 in the backup
      rows       new_table: 3 now, – in the backup
      stops      Stop Flask
      starts     Start Flask
      proves     integrity
      proven     never: no drill has restored this one
      warning    carts in memory are lost
`;

describe('rounds restore', () => {
	it('without a name lists what there is and chooses nothing', async () => {
		const world = makeWorld();
		expect(await world.run(['restore', 'database'])).toMatchObject({
			code: 64,
			out: `      ${NAME}  2025-11-22 02:00 · 12 MiB · backups/\n`,
			err: 'rounds: which backup? give one of these with --copy NAME\n',
		});
		const unknown = await world.run(['restore', 'database', '--copy', 'x', '--confirm', 'production']);
		expect(unknown).toMatchObject({ code: 64 });
		expect(unknown.out).toContain(NAME);
		expect(unknown.err).toContain('rounds: database: there is no such backup; look again at what is there\n');
		const json = JSON.parse((await world.run(['restore', 'database', '--json'])).out);
		expect(json).toMatchObject({ plan: 'database', restored: false, exit: 64, copies: [{ name: NAME }] });
		expect(world.started()).toEqual([]);
	});

	it('without a confirmation says what it would do and how to agree', async () => {
		const world = makeWorld();
		expect(await world.run(['restore', 'database', '--copy', NAME])).toMatchObject({
			code: 64,
			out: LINES,
			err: `rounds: nothing was replaced; to agree: rounds restore database --copy ${NAME} --confirm production\n`,
		});
		expect(await world.run(['restore', 'database', '--copy', NAME, '--preview'])).toMatchObject({
			code: 0,
			out: `${LINES}only a preview: nothing was replaced\n`,
			err: '',
		});
		const chinese = await world.run(['restore', 'database', '--copy', NAME], { locale: 'zh-CN' });
		expect(chinese.out).toContain('      停止       停止 Flask\n');
		expect(chinese.out).toContain('      警告       内存中的购物车将丢失\n');
		expect(chinese.err).toContain('未替换任何内容');
		expect(world.started()).toEqual([]);
	});

	it('says how to agree so that a shell reads it as it was meant, and of the same environment', async () => {
		const name = "it's $(here).gz";
		const world = makeWorld();
		world.engine.answer('restore.preview', () => ok({ ...PREVIEW, copy: copyOf(0, { name }) }));
		const args = ['restore', 'database', '--copy', name, '--target', 'my disk'];
		const { err: said } = await world.run(args, { environment: 'production' });
		expect(said).toBe(
			`rounds: nothing was replaced; to agree: rounds --env production restore database --copy 'it'\\''s $(here).gz' --target 'my disk' --confirm production\n`,
		);
	});

	it('a confirmation of another environment agrees to nothing', async () => {
		const world = makeWorld();
		const run = await world.run(['restore', 'database', '--copy', NAME, '--confirm', 'staging']);
		expect(run).toMatchObject({
			code: 64,
			out: '',
			err: 'rounds: --confirm says "staging"; this environment is production\n',
		});
		const both = await world.run([
			'restore',
			'database',
			'--copy',
			NAME,
			'--preview',
			'--confirm',
			'production',
		]);
		expect(both.code).toBe(64);
		expect(world.started()).toEqual([]);
	});

	it('with the environment’s name does it', async () => {
		const world = makeWorld();
		const args = ['restore', 'database', '--copy', NAME, '--target', 'backups/', '--confirm', 'production'];
		const run = await world.run(args);
		expect(run).toMatchObject({ code: 0, err: '', out: `${LINES}● ok  database  restore  4 s\n` });
		expect(world.started()).toEqual([
			{
				action: 'database-restore',
				step: null,
				confirmed: 'production',
				args: { copy: NAME, target: 'backups/' },
			},
		]);
		const json = JSON.parse((await world.run([...args, '--json'])).out);
		expect(json).toMatchObject({
			verb: 'restore',
			exit: 0,
			restored: true,
			preview: { copy: { name: NAME }, stops: ['Stop Flask'], losesMs: 7 * HOUR },
			runs: [{ plan: 'database', state: 'done' }],
		});
	});

	it('what stands against it stops it even when it was agreed to', async () => {
		const faults = [fault('copy-damaged', { what: 'hash', name: NAME })];
		const world = makeWorld({ preview: { ...PREVIEW, faults } });
		const run = await world.run(['restore', 'database', '--copy', NAME, '--confirm', 'production']);
		expect(run.code).toBe(2);
		expect(run.out).toContain('      ✖ the backup is damaged: its hash is not the one in its manifest');
		expect(world.started()).toEqual([]);
	});

	it('where a second has to agree says who asked and until when, and is 75', async () => {
		const second = { needed: true, askedBy: 'cron', askedAt: MORNING };
		const world = makeWorld({ preview: { ...PREVIEW, second }, refuses: 'needs-second' });
		const args = ['restore', 'database', '--copy', NAME, '--confirm', 'production'];
		const run = await world.run(args);
		expect(run.code).toBe(75);
		expect(run.err).toBe(
			'rounds: database: cron asked for this at 09:18; another operator has to start the same by 09:48\n',
		);
		const own = { needed: true, askedBy: 'mei', askedAt: MORNING };
		world.engine.answer('restore.preview', () => ok({ ...PREVIEW, second: own }));
		expect((await world.run(args)).out).toContain(
			'      second     asked for by you (mei) at 09:18; another operator has to start the same\n',
		);
		world.engine.answer('restore.preview', () => ok({ ...PREVIEW, second }));
		const { out, err: said } = await world.run(args, { locale: 'zh-CN' });
		expect(out).toContain('cron 已于 09:18 提出请求；由您启动即开始');
		expect(said).toContain('须由另一位操作员在 09:48 之前同样启动');
	});

	it('a record cannot be restored', async () => {
		const run = await makeWorld().run(['restore', 'audit', '--copy', NAME]);
		expect(run).toMatchObject({
			code: 64,
			err: 'rounds: audit cannot be restored: it keeps a record, or names no command that puts it back\n',
		});
	});
});

const PRUNE: PrunePreview = {
	plan: PLAN,
	remove: [copyOf(9), copyOf(8)],
	keep: [
		{ copy: copyOf(0), because: 'last-good' },
		{ copy: copyOf(20, { pinned: 'deploy' }), because: 'pinned' },
	],
	freesBytes: 23_465_824,
	parts: ['.part-database.db.backup.20251119'],
};

describe('rounds prune', () => {
	function makePruning(guard: 'none' | 'confirm' | 'typed', preview = PRUNE) {
		const world = makeWorld({ guard });
		world.engine.answer('backup.prune-preview', ({ plan }) =>
			ok(plan === PLAN ? preview : { ...PRUNE, plan, remove: [], parts: [], freesBytes: 0 }),
		);
		return world;
	}
	const LISTED = `database: to be removed 3, frees 22.4 MiB
      goes   database.db.backup.20251113        2025-11-13 02:00 · 11.1 MiB · backups/
      goes   database.db.backup.20251114        2025-11-14 02:00 · 11.2 MiB · backups/
      goes   .part-database.db.backup.20251119  leftover of a run that was killed
      stays  database.db.backup.20251122        2025-11-22 02:00 · 12 MiB · backups/ · the last good one
      stays  database.db.backup.20251102        2025-11-02 02:00 · 10.1 MiB · backups/ · pinned
`;

	it('is a preview unless it is told otherwise', async () => {
		const world = makePruning('none');
		for (const args of [
			['prune', 'database'],
			['prune', 'database', '--preview'],
		])
			expect(await world.run(args)).toMatchObject({
				code: 0,
				err: '',
				out: `${LISTED}\nOnly a preview: nothing was removed. To remove: rounds prune database --yes\n`,
			});
		const json = JSON.parse((await world.run(['prune', '--all', '--json'])).out);
		expect(json).toMatchObject({
			pruned: false,
			exit: 0,
			previews: [
				{ plan: 'database', freesBytes: 23_465_824, keep: [{ because: 'last-good' }, { because: 'pinned' }] },
				{ plan: 'audit', remove: [] },
			],
		});
		const chinese = await world.run(['prune', 'database'], { locale: 'zh-CN' });
		expect(chinese.out).toContain('保留   database.db.backup.20251122        ');
		expect(chinese.out).toContain(' · 最后一份完好的\n');
		expect(world.started()).toEqual([]);
	});

	it('removes with --yes, and starts nothing where nothing goes', async () => {
		const world = makePruning('none');
		const run = await world.run(['prune', '--all', '--yes']);
		expect(run).toMatchObject({ code: 0, err: '' });
		expect(run.out.startsWith(`${LISTED}audit: nothing goes\n`)).toBe(true);
		expect(run.out.endsWith('\n● ok  database  prune  4 s\n')).toBe(true);
		expect(world.started()).toEqual([
			{
				action: 'database-prune',
				step: null,
				confirmed: 'yes',
				args: { names: 'database.db.backup.20251113\ndatabase.db.backup.20251114' },
			},
		]);
	});

	it('where the environment is guarded by its name wants that name', async () => {
		const world = makePruning('typed');
		expect((await world.run(['prune', 'database'])).out).toContain(
			'rounds prune database --confirm production',
		);
		expect(await world.run(['prune', 'database', '--yes'])).toMatchObject({
			code: 64,
			out: '',
			err: 'rounds: nothing was removed; to agree: rounds prune database --confirm production\n',
		});
		expect((await world.run(['prune', 'database', '--confirm', 'staging'])).code).toBe(64);
		expect(world.started()).toEqual([]);
		expect((await world.run(['prune', 'database', '--confirm', 'production'])).code).toBe(0);
		expect(world.started()).toMatchObject([{ confirmed: 'production' }]);
	});

	it.each([
		[['prune'], 'which plan? there is database, audit; or --all'],
		[['prune', 'database', '--all'], 'database and --all do not go together'],
		[['prune', 'database', '--preview', '--yes'], '--preview and --yes do not go together'],
		[['prune', 'x'], '"x" is no backup plan; there is database, audit'],
	])('%j is one sentence and 64', async (args, sentence) => {
		const world = makePruning('none');
		expect(await world.run(args)).toMatchObject({ code: 64, out: '', err: `rounds: ${sentence}\n` });
		expect(world.started()).toEqual([]);
	});
});
