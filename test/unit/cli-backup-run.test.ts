import { describe, expect, it } from 'vitest';
import type { PlanPicture, ProgressPicture } from '../../src/domain/backup-picture.ts';
import type { Refusal } from '../../src/domain/engine.ts';
import { fault } from '../../src/domain/fault.ts';
import { actionId, operationId } from '../../src/domain/ids.ts';
import type { Operation } from '../../src/domain/operation.ts';
import { err, ok } from '../../src/domain/result.ts';
import { cellWidth } from '../../src/domain/text.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeEngine } from '../support/fake-engine.ts';
import { type HeadlessOptions, startHeadless } from '../support/headless.ts';
import { MORNING, operation } from '../support/pictures.ts';
import { copyOf, drillOf, planOf, planWorld } from '../support/plan-pictures.ts';

const MiB = 1_048_576;

/** An engine whose operations begin when asked and end when the test says so. */
function makeWorld(plans: readonly PlanPicture[] = [planOf()]) {
	const clock = createFakeClock(MORNING);
	const engine = createFakeEngine(planWorld(plans));
	const begun: Operation[] = [];
	let refusal: Refusal | null = null;
	engine.answer('operation.start', ({ action }) => {
		if (refusal !== null) return err(refusal);
		const one = operation({
			id: operationId(20 + begun.length),
			action,
			title: String(action),
			startedAt: clock.now(),
		});
		begun.push(one);
		engine.emit({ kind: 'operation', operation: one, tail: [] });
		return ok({ operation: one });
	});
	engine.answer('backup.copies', () => ok({ copies: [copyOf(0)], drills: [] }));
	engine.answer('backups.look', () => ok({ plans }));
	const world = {
		clock,
		engine,
		begun,
		refuse(with_: Refusal) {
			refusal = with_;
		},
		start: (args: readonly string[], wishes: Partial<HeadlessOptions> = {}) =>
			startHeadless(engine, args, { clock, ...wishes }),
		/** Waits for the newest operation and tells its end. */
		async end(end: Partial<Operation> = {}, tail: readonly string[] = []) {
			await clock.idle();
			const last = begun.at(-1);
			if (!last) throw new Error('nothing was begun');
			await clock.advance(2_100);
			const ended = { ...last, endedAt: clock.now(), state: 'done', level: 'ok', ...end } as const;
			engine.emit({ kind: 'operation', operation: ended, tail });
		},
		async progress(picture: Partial<ProgressPicture>) {
			const last = begun.at(-1);
			if (!last) throw new Error('nothing was begun');
			const progress: ProgressPicture = {
				phase: 'copy',
				done: 0,
				total: null,
				unit: 'bytes',
				rate: null,
				leftMs: null,
				...picture,
			};
			engine.emit({ kind: 'operation', operation: last, tail: [], progress });
		},
		started: () =>
			engine.sent.filter(({ name }) => name === 'operation.start').map(({ input }) => input as object),
	};
	return world;
}

const MADE = copyOf(0, { at: MORNING + 100, name: 'database.db.backup.20251122_091800', pinned: 'deploy' });

describe('rounds backup', () => {
	it('starts the plan’s own action, waits for its end, and says what was made', async () => {
		const world = makeWorld();
		world.engine.answer('backup.copies', () => ok({ copies: [MADE, copyOf(0)], drills: [] }));
		const running = world.start(['backup', 'database', '--pin', 'deploy']);
		await world.end();
		const run = await running.ended;
		expect(run).toEqual({
			code: 0,
			out: `● ok  database  backup  2.1 s
      database.db.backup.20251122_091800  2025-11-22 09:18 · 12 MiB · backups/ · pinned: deploy
`,
			err: '',
			live: [],
			lingersMs: 0,
		});
		expect(world.started()).toEqual([
			{ action: 'database-backup', step: null, confirmed: null, args: { pin: 'deploy' } },
		]);
		expect(world.engine.isClosed).toBe(true);
	});

	it('runs several one after the other and ends with the worst level', async () => {
		const world = makeWorld([planOf(), planOf('logs'), planOf('env')]);
		const running = world.start(['backup', '--all', '--json']);
		await world.end();
		await world.end(
			{
				level: 'critical',
				reasons: [{ kind: 'fault', fault: fault('disk-full', { path: '/mnt/b' }) }],
			},
			['cp: no space'],
		);
		await world.end({ level: 'warning' });
		const { code, out } = await running.ended;
		expect(code).toBe(2);
		const json = JSON.parse(out);
		expect(json).toMatchObject({
			verb: 'backup',
			level: 'critical',
			exit: 2,
			environment: 'demo',
			nothing: [],
		});
		expect(json.runs).toMatchObject([
			{ plan: 'database', level: 'ok', state: 'done', durationMs: 2_100, refused: null, operation: 20 },
			{ plan: 'logs', level: 'critical', reasons: ['the disk is full · /mnt/b'] },
			{ plan: 'env', level: 'warning' },
		]);
		expect(Object.keys(json.runs[0])).toEqual(Object.keys(json.runs[2]));
	});

	it('says why one failed, with the end of what its tool said', async () => {
		const world = makeWorld();
		const running = world.start(['backup', 'database'], { locale: 'zh-CN' });
		await world.end({ level: 'critical', reasons: [{ kind: 'fault', fault: fault('disk-full', {}) }] }, [
			'pg_dump: error: \u001b[31mno space',
		]);
		const { code, out } = await running.ended;
		expect(code).toBe(2);
		expect(out).toMatch(
			/^✖ 严重 {2}database {2}备份 {2}2\.1 s\n {6}.*磁盘.*\n {8}pg_dump: error: [^\u001b]*no space\n$/,
		);
	});

	it('runs only what is due, else says what comes next', async () => {
		const logs = planOf('logs', { last: copyOf(1) });
		const env = planOf('env', { schedule: { kind: 'every', everyMs: 7 * 3_600_000 } });
		const hourly = planOf('hourly', { schedule: { kind: 'every', everyMs: 8 * 3_600_000 } });
		const byHand = planOf('hand', { schedule: null, last: null });
		const never = planOf('never', { last: null });
		const world = makeWorld([planOf(), logs, env, hourly, byHand, never]);
		const running = world.start(['backup', '--due']);
		for (let run = 0; run < 3; run += 1) await world.end();
		expect((await running.ended).code).toBe(0);
		expect(world.begun.map((one) => one.action)).toEqual(['logs-backup', 'env-backup', 'never-backup']);
		const idle = makeWorld();
		expect(await idle.start(['backup', '--due']).ended).toMatchObject({
			code: 0,
			out: 'nothing is due; next database at 2025-11-23 02:00\n',
		});
		expect(idle.started()).toEqual([]);
	});

	it('says plainly where there is nothing to back up', async () => {
		const nothing = { en: 'the cart lives in memory only', 'zh-CN': '购物车只在内存中' };
		const world = makeWorld([planOf('cart', { nothing, actions: {}, last: null })]);
		expect(await world.start(['backup', '--all']).ended).toMatchObject({
			code: 0,
			out: 'cart  nothing to back up: the cart lives in memory only\n',
		});
		expect(JSON.parse((await world.start(['backup', 'cart', '--json']).ended).out).nothing).toEqual([
			{ plan: 'cart', why: 'the cart lives in memory only' },
		]);
		expect(world.started()).toEqual([]);
	});

	it('tells the second who started it, and is 75', async () => {
		const world = makeWorld([planOf()]);
		world.refuse({ kind: 'refused', why: 'plan-busy', detail: { by: 'lin', at: MORNING - 60_000 } });
		expect(await world.start(['backup', 'database']).ended).toMatchObject({
			code: 75,
			out: '',
			err: 'rounds: database: lin has been busy with this plan since 09:17; wait until it has ended\n',
		});
		const { code, out } = await world.start(['backup', 'database', '--json']).ended;
		expect(code).toBe(75);
		expect(JSON.parse(out).runs[0]).toMatchObject({
			state: 'refused',
			level: 'unknown',
			operation: null,
			refused: { why: 'plan-busy', by: 'lin', at: '2025-11-22T09:17:00.000Z' },
		});
		expect((await world.start(['backup', 'database'], { locale: 'zh-CN' }).ended).err).toContain(
			'lin 自 09:17 起',
		);
	});

	it.each([
		[{ kind: 'refused', why: 'already-running', detail: { by: 'lin', at: MORNING } }, 75],
		[{ kind: 'conflict', by: 'lin', at: MORNING }, 75],
		[{ kind: 'fault', fault: fault('storage-busy', {}) }, 75],
		[{ kind: 'fault', fault: fault('storage-corrupt', {}) }, 74],
		[{ kind: 'fault', fault: fault('not-mounted', { path: '/mnt/b' }) }, 2],
		[{ kind: 'fault', fault: fault('no-permission', { path: '/mnt/b' }) }, 3],
		[{ kind: 'refused', why: 'no-such-copy', detail: {} }, 64],
	] satisfies [Refusal, number][])('a refusal %j is exit %i', async (refusal, code) => {
		const world = makeWorld();
		world.refuse(refusal);
		expect((await world.start(['backup', 'database']).ended).code).toBe(code);
	});

	it('a plan that runs elsewhere hides no failure of another', async () => {
		const world = makeWorld([planOf(), planOf('logs')]);
		const running = world.start(['backup', 'logs', 'database']);
		await world.clock.idle();
		world.refuse({ kind: 'refused', why: 'already-running', detail: { by: 'lin', at: MORNING } });
		await world.end({ level: 'critical' });
		expect((await running.ended).code).toBe(2);
	});

	it.each([
		[['backup'], 'which plan? there is database, logs; or --all, or --due'],
		[['backup', 'x'], '"x" is no backup plan; there is database, logs'],
		[['backup', 'logs', '--all'], 'logs and --all do not go together'],
		[['backup', '--due', '--all'], '--all and --due do not go together'],
		[['backup', 'logs', '--pin'], '--pin needs a value'],
		[
			['backup', 'logs', '--pin', '../x'],
			'"../x" is no word for --pin: letters, digits, - and _, at most 40',
		],
		[['backup', 'logs', '--pin=a', '--pin=b'], '--pin is said twice'],
		[['backup', 'logs', '--copy=a'], '--copy=a: not known here; there is --all, --due, --json, --pin'],
		[['drill'], 'which plan? there is database, logs'],
		[['drill', 'logs', 'database'], 'one plan at a time: database, logs'],
		[['verify', 'logs', 'database', '--copy', 'a'], '--copy names a backup of one plan; 2 are asked for'],
	])('%j is one sentence and 64', async (args, sentence) => {
		const world = makeWorld([planOf(), planOf('logs')]);
		expect(await world.start(args).ended).toMatchObject({ code: 64, out: '', err: `rounds: ${sentence}\n` });
		expect(world.started()).toEqual([]);
		const chinese = await world.start(args, { locale: 'zh-CN' }).ended;
		expect(chinese.err).not.toContain(sentence);
		expect(chinese.err).toMatch(/^rounds: [^\n]*[\u4e00-\u9fff][^\n]*\n$/);
	});

	it('has nothing to name where there are no plans', async () => {
		const run = await makeWorld([]).start(['backup', '--all']).ended;
		expect(run).toMatchObject({ code: 64, err: 'rounds: this system has no backup plans\n' });
	});
});

describe('on a terminal', () => {
	const wipe = '\r\u001b[K';

	it('draws one line of progress, four times a second at most, and takes it away', async () => {
		const world = makeWorld();
		const running = world.start(['backup', 'database'], { columns: 60 });
		await world.clock.idle();
		for (let step = 0; step < 100; step += 1) {
			await world.progress({
				done: step * MiB,
				total: 100 * MiB,
				rate: 98 * MiB,
				leftMs: 1_000,
			});
			await world.clock.advance(20);
		}
		// Two seconds: the first at once, then one each 250 ms.
		expect(world.clock.monotonic()).toBeLessThanOrEqual(1_000 + 2_000);
		await world.end();
		const { live, out } = await running.ended;
		const drawn = live.filter((text) => text !== wipe);
		expect(drawn.length).toBeGreaterThan(6);
		expect(drawn.length).toBeLessThanOrEqual(9);
		expect(drawn[0]).toBe(`${wipe}copying · 0 % · 0 B of 100 MiB · 98 MiB/s · 1 s left`);
		expect(drawn.at(-1)).toContain('copying · 9');
		for (const text of drawn) expect(cellWidth(text.slice(wipe.length))).toBeLessThan(60);
		expect(live.at(-1)).toBe(wipe);
		expect(out).not.toContain('copying');
	});

	it('draws nothing where stderr is none', async () => {
		const world = makeWorld();
		const running = world.start(['backup', 'database']);
		await world.clock.idle();
		await world.progress({ done: 1, total: 2 });
		await world.end();
		expect(await running.ended).toMatchObject({ live: [], err: '' });
	});
});

describe('asked to end', () => {
	it('cancels what runs, waits until it was taken away, begins nothing more, and is 130', async () => {
		const world = makeWorld([planOf(), planOf('logs')]);
		const running = world.start(['backup', '--all']);
		await world.clock.idle();
		running.interrupt(130);
		await world.clock.idle();
		expect(world.engine.sent.at(-1)).toEqual({ name: 'operation.cancel', input: { operation: 20 } });
		expect(world.engine.isClosed).toBe(false);
		await world.end({ state: 'cancelled', level: 'unknown' });
		expect(await running.ended).toMatchObject({
			code: 130,
			out: '? unknown  database  backup  2.1 s\n      cancelled; nothing is left behind\n',
			err: 'rounds: stopping; what was begun is taken away (Ctrl-C again ends at once)\n',
			lingersMs: 30_000,
		});
		expect(world.engine.isClosed).toBe(true);
		expect(world.started()).toHaveLength(1);
	});

	it('while it looks into the targets ends at once', async () => {
		const world = makeWorld();
		world.engine.answer('backups.look', () => new Promise(() => {}) as never);
		const running = world.start(['backups']);
		await world.clock.idle();
		running.interrupt(143);
		expect(await running.ended).toMatchObject({ code: 143, lingersMs: 0 });
	});

	it('says so in the one object too', async () => {
		const world = makeWorld();
		const running = world.start(['drill', 'database', '--json']);
		await world.clock.idle();
		running.interrupt(129);
		await world.end({ state: 'cancelled', level: 'unknown' });
		const { code, out } = await running.ended;
		expect(code).toBe(129);
		expect(JSON.parse(out)).toMatchObject({ exit: 129, runs: [{ state: 'cancelled', drill: null }] });
	});
});

describe('rounds drill', () => {
	it('hands on what was asked, and shows what was held against the restored copy', async () => {
		const world = makeWorld();
		const evidence = [
			{ kind: 'rows', name: 'customers', level: 'ok', expected: '8', found: '8' },
			{ kind: 'sum', name: 'net', level: 'critical', expected: '12.50', found: '12.49' },
		] as const;
		world.engine.answer('backup.copies', () =>
			ok({
				copies: [copyOf(0)],
				drills: [
					drillOf({ operation: operationId(20), level: 'critical', couldFail: false, evidence }),
					drillOf({ id: 2 }),
				],
			}),
		);
		const running = world.start(['drill', 'database', '--copy', 'database.db.backup.20251122']);
		await world.end({ level: 'critical' });
		const { code, out } = await running.ended;
		expect(code).toBe(2);
		expect(out).toBe(`✖ critical  database  drill  2.1 s
      RTO 3 s · RPO 7 h
      ▲ warning  this drill could not have failed, so it proved nothing
      ● ok  count of customers: 8
      ✖ critical  sum net: 12.49, should be 12.50
`);
		expect(world.started()).toMatchObject([
			{ action: 'database-drill', args: { copy: 'database.db.backup.20251122' } },
		]);
	});
});

describe('rounds verify', () => {
	const records = { '/here/both.md': 'x', '/here/both.json': '{}' };

	it('reads a backup of a plan back', async () => {
		const world = makeWorld();
		world.engine.answer('backup.copies', () =>
			ok({ copies: [copyOf(0, { verifiedAt: MORNING + 5 }), copyOf(1)], drills: [] }),
		);
		const running = world.start(['verify', 'database', '--target', 'backups/', '--json']);
		await world.end();
		const { code, out } = await running.ended;
		expect(code).toBe(0);
		expect(JSON.parse(out).runs).toMatchObject([
			{ plan: 'database', verb: 'verify', copies: [{ verifiedAt: '2025-11-22T09:18:00.005Z' }] },
		]);
		expect(world.started()).toMatchObject([{ action: 'database-verify', args: { target: 'backups/' } }]);
	});

	it('tells a record from a plan, and needs no system for a record', async () => {
		const clock = createFakeClock(MORNING);
		const world = makeWorld([planOf('both')]);
		const record = await world.start(['verify', 'both'], { records }).ended;
		expect(record).toMatchObject({ code: 2, out: '' });
		expect(record.err).toContain('holds no sums');
		expect(world.started()).toEqual([]);
		// What names a copy is about a plan.
		const plan = world.start(['verify', 'both', '--copy', 'a'], { records });
		await world.end();
		expect((await plan.ended).code).toBe(0);
		const alone = await startHeadless(null, ['verify', 'both.md'], { clock, records }).ended;
		expect(alone.code).toBe(2);
		const missing = await startHeadless(null, ['verify', 'noon'], { clock }).ended;
		expect(missing).toMatchObject({ code: 65, out: '', err: 'rounds: no such file · /here/noon.md\n' });
	});

	it('says of a word that is neither, what was looked for and what there is', async () => {
		const world = makeWorld();
		const run = await world.start(['verify', 'noon']).ended;
		expect(run).toMatchObject({
			code: 65,
			err: 'rounds: no such file · /here/noon.md\nrounds: "noon" is no backup plan; there is database\n',
		});
		expect(await world.start(['verify', 'both', '--json'], { records }).ended).toMatchObject({ code: 64 });
	});
});

describe('what is not there', () => {
	it('a plan without this action says so and begins nothing', async () => {
		const world = makeWorld([planOf('database', { actions: { backup: actionId('database-backup') } })]);
		const run = await world.start(['drill', 'database']).ended;
		expect(run).toMatchObject({ code: 64, err: 'rounds: database has no drill\n' });
		expect((await world.start(['prune', 'database', '--yes'], { locale: 'zh-CN' }).ended).err).toBe(
			'rounds: database 没有清理\n',
		);
		expect(world.started()).toEqual([]);
	});
});

describe('rounds watch', () => {
	it('says when a plan stands otherwise and what was done, and takes away what it runs before it ends', async () => {
		const world = makeWorld();
		const { engine, clock } = world;
		const running = world.start(['watch']);
		await clock.idle();
		const started = (id: number, extra: Partial<Operation> = {}) =>
			engine.emit({
				kind: 'operation',
				operation: operation({
					id: operationId(id),
					action: actionId('database-backup'),
					title: 'Backup',
					startedAt: clock.now(),
					...extra,
				}),
				tail: [],
			});
		started(30);
		await clock.advance(2_100);
		started(30, { state: 'done', level: 'ok', startedAt: clock.now() - 2_100, endedAt: clock.now() });
		const reasons = [{ kind: 'overdue', since: MORNING }] as const;
		engine.emit({ kind: 'backups', plans: [planOf('database', { level: 'critical', reasons })] });
		engine.emit({ kind: 'backups', plans: [planOf('database', { level: 'critical', reasons })] });
		// One is ours, the other belongs to another console.
		started(31);
		started(32, { by: 'lin' });
		engine.answer('operation.cancel', ({ operation: id }) =>
			id === 31 ? ok({}) : err({ kind: 'refused', why: 'not-running', detail: {} }),
		);
		running.interrupt(143);
		await clock.idle();
		expect(engine.isClosed).toBe(false);
		started(31, { state: 'cancelled', level: 'unknown', endedAt: clock.now() });
		const run = await running.ended;
		expect(run).toMatchObject({ code: 143, err: '', lingersMs: 30_000 });
		expect(run.out.split('\n').slice(1)).toEqual([
			'09:18:02 Backup ok',
			'09:18:02 database critical · overdue since 2025-11-22 09:18',
			'09:18:02 Backup unknown',
			'',
		]);
	});
});
