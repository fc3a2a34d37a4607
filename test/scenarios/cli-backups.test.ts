import { existsSync, openSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { runCli, startCli } from '../support/cli.ts';
import { until } from '../support/console.ts';
import { makeSystem } from '../support/engine.ts';

/** A shop whose database is backed up, proven and restored; `wait.sh` stops it only once the file `go` is there. */
function makeShop(more = '') {
	const system = makeSystem(
		`
version: 1
system: Shop
environments: {production: {default: true, guard: typed}, staging: {}}
checks:
  books: {kind: sqlite, file: shop.db, every: 1h, read: {sales: select count(*) from sale}, must: [sales > 0]}
actions:
  stop: {title: {en: Stop the shop, zh-CN: 停止网店}, run: [bash, wait.sh]}
  start: {title: {en: Start the shop, zh-CN: 启动网店}, run: [touch, started]}
backups:
  database:
    source: sqlite
    file: shop.db
    to: backups/
    at: "02:00"
    keep: {copies: 1}
    prove: [books]
    drill: 90d
    restore: {stop: [stop], start: [start]}
  carts: {nothing: {en: the carts live in memory only, zh-CN: 购物车只在内存中}}
${more}`,
		{ 'wait.sh': 'touch here; until [ -e go ]; do sleep 0.05; done\n' },
	);
	const write = (sql: string) => {
		const db = new Database(join(system.folder, 'shop.db'));
		db.exec(sql);
		db.close();
	};
	write('create table sale (cents integer); insert into sale values (1000), (250)');
	const sales = () => {
		const db = new Database(join(system.folder, 'shop.db'), { readonly: true });
		const count = db.prepare('select count(*) from sale').pluck().get();
		db.close();
		return count;
	};
	const cwd = system.folder;
	const run = (...args: readonly string[]) => runCli(args, { cwd });
	const json = async (...args: readonly string[]) => JSON.parse((await run(...args, '--json')).out);
	return { cwd, system, write, sales, run, json, backups: () => filesIn(join(cwd, 'backups')) };
}

function filesIn(folder: string): Record<string, string> {
	if (!existsSync(folder)) return {};
	return Object.fromEntries(
		readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'latin1')]),
	);
}

describe('backups without a screen', { timeout: 60_000 }, () => {
	it('are made, verified, proven, listed and pruned', async () => {
		const shop = makeShop();
		const never = await shop.run('backups');
		expect(never.code).toBeGreaterThan(0);
		expect(never.out).toContain('      never backed up\n');
		const first = await shop.run('backup', '--due');
		expect(first).toMatchObject({ code: 0, err: '' });
		expect(first.out).toMatch(
			/^● ok {2}database {2}backup {2}.*\n {6}shop\.db\.backup\.\d{8} {2}.* · backups\/\n$/,
		);
		expect((await shop.run('backup', '--due')).out).toContain('nothing is due; next database at ');
		const pinned = await shop.json('backup', 'database', '--pin', 'deploy');
		expect(pinned).toMatchObject({
			level: 'ok',
			exit: 0,
			environment: 'production',
			runs: [{ plan: 'database', state: 'done', by: 'cron', copies: [{ pinned: 'deploy', state: 'there' }] }],
		});
		expect(pinned.runs[0].files).toEqual([join(shop.cwd, 'backups', pinned.runs[0].copies[0].name)]);

		const unproven = await shop.run('status', '--lang', 'zh-CN');
		expect(unproven.out).toContain('未经证实：没有恢复出的副本通过检查');
		expect((await shop.json('verify', 'database')).runs).toMatchObject([
			{ level: 'ok', copies: [{ verifiedAt: expect.any(String) }] },
		]);
		const drilled = await shop.json('drill', 'database');
		expect(drilled.runs[0]).toMatchObject({
			level: 'ok',
			drill: { couldFail: true, copy: pinned.runs[0].copies[0].name },
		});
		expect(drilled.runs[0].drill.rtoMs).toBeGreaterThan(0);
		const list = await shop.json('backups');
		expect(list.plans).toMatchObject([
			{ id: 'database', level: 'ok', reasons: [], count: 2, provenCopy: pinned.runs[0].copies[0].name },
			{ id: 'carts', nothing: 'the carts live in memory only' },
		]);
		expect(await shop.run('backups')).toMatchObject({ code: 0 });
		const one = await shop.json('backups', 'database');
		expect([one.copies.length, one.drills.length]).toEqual([2, 1]);

		// One is pinned, one is the newest of those that age: one more, and the older of these goes.
		await shop.run('backup', 'database');
		const before = shop.backups();
		const preview = await shop.json('prune', 'database');
		expect(preview).toMatchObject({ pruned: false, previews: [{ remove: [{ pinned: null }] }] });
		expect(shop.backups()).toEqual(before);
		expect((await shop.run('prune', 'database', '--yes')).err).toContain('--confirm production');
		expect(shop.backups()).toEqual(before);
		const [gone] = preview.previews[0].remove;
		const pruned = await shop.run('prune', 'database', '--confirm', 'production');
		expect(pruned).toMatchObject({ code: 0, err: '' });
		expect(pruned.out).toContain(`      goes   ${gone.name}`);
		const { [gone.name]: _copy, [`${gone.name}.json`]: _manifest, ...left } = before;
		expect(shop.backups()).toEqual(left);
	});

	it('that are damaged are found by verify, and are no backups to restore', async () => {
		const shop = makeShop();
		const [run] = (await shop.json('backup', 'database')).runs;
		const [path] = run.files;
		const bytes = readFileSync(path);
		bytes[bytes.length - 10] = (bytes[bytes.length - 10] ?? 0) ^ 1;
		writeFileSync(path, bytes);
		const verified = await shop.run('verify', 'database', '--copy', run.copies[0].name);
		expect(verified.code).toBe(2);
		expect(verified.out).toContain('its hash is not the one in its manifest');
		const agreed = ['--copy', run.copies[0].name, '--confirm', 'production'];
		shop.system.write('go', '');
		shop.write('delete from sale');
		const restored = await shop.run('restore', 'database', ...agreed);
		expect(restored.code).toBe(2);
		expect(existsSync(join(shop.cwd, 'here'))).toBe(false);
		expect(shop.sales()).toBe(0);
	});

	it('put back what was lost once the environment is named, and nobody else may meddle meanwhile', async () => {
		const shop = makeShop();
		const [made] = (await shop.json('backup', 'database')).runs;
		shop.write('delete from sale; insert into sale values (1)');
		const asked = await shop.run('restore', 'database', '--copy', made.copies[0].name);
		expect(asked.code).toBe(64);
		expect(asked.out).toContain('      rows       sale: 1 now, 2 in the backup\n');
		expect(asked.out).toContain('      stops      Stop the shop\n');
		const how = /to agree: rounds (.*)\n/.exec(asked.err)?.[1] ?? '';
		const restoring = startCli(how.split(' '), { cwd: shop.cwd, env: { ROUNDS_OPERATOR: 'lin' } });
		await until(() => existsSync(join(shop.cwd, 'here')));
		expect(shop.sales()).toBe(1);
		const second = await shop.run('backup', 'database');
		expect(second).toMatchObject({ code: 75, out: '' });
		expect(second.err).toMatch(/^rounds: database: lin has been busy with this plan since \d\d:\d\d; /);
		const same = await runCli([...how.split(' '), '--lang', 'zh-CN'], { cwd: shop.cwd });
		expect(same.code).toBe(75);
		expect(same.err).toMatch(/^rounds: database：它已在执行中：lin 于 \d\d:\d\d 启动\n$/);
		shop.system.write('go', '');
		const { code, out } = await restoring.ended;
		expect(out).toContain('● ok  database  restore');
		expect(code).toBe(0);
		expect(shop.sales()).toBe(2);
		expect(existsSync(join(shop.cwd, 'started'))).toBe(true);
		// What stood there is a pinned backup now.
		expect((await shop.json('backups', 'database')).copies).toMatchObject([{ pinned: 'restore' }, {}]);
	});

	it('in the middle of being made leave nothing behind when Ctrl-C comes, and the older ones as they are', async () => {
		const shop = makeShop('  media: {source: files, files: ["media/**"], to: backups/, compress: gzip}\n');
		shop.system.write('media/small', 'x');
		expect((await shop.run('backup', 'media')).code).toBe(0);
		const before = shop.backups();
		// Large enough that packing it takes far longer than a signal, and no room on the disk.
		const large = join(shop.cwd, 'media/large');
		openSync(large, 'w');
		truncateSync(large, 400 * 1024 * 1024);
		const running = startCli(['backup', 'media', '--json'], { cwd: shop.cwd });
		await until(() => readdirSync(join(shop.cwd, 'backups')).some((name) => name.endsWith('.part')));
		running.signal('SIGINT');
		const { code, out, err } = await running.ended;
		expect(err).toContain('rounds: stopping');
		expect(JSON.parse(out)).toMatchObject({ exit: 130, runs: [{ state: 'cancelled', copies: [] }] });
		expect(code).toBe(130);
		expect(shop.backups()).toEqual(before);
		expect(readdirSync(join(shop.cwd, '.rounds/scratch'))).toEqual([]);
		const db = new Database(join(shop.cwd, '.rounds/rounds.db'), { readonly: true });
		expect(db.prepare('select state from operation order by id').pluck().all()).toEqual([
			'done',
			'cancelled',
		]);
		db.close();
	});
});

describe('a second operator', { timeout: 60_000 }, () => {
	it('has to start the same restore, and the first is told until when', async () => {
		const shop = makeShop(
			'  ledger: {source: sqlite, file: shop.db, name: ledger.YYYYMMDD_HHMMSS, to: backups/, restore: {second: true}}\n',
		);
		const [made] = (await shop.json('backup', 'ledger')).runs;
		shop.write('delete from sale');
		const args = ['restore', 'ledger', '--copy', made.copies[0].name, '--confirm', 'production'];
		const as = (name: string) => runCli(args, { cwd: shop.cwd, env: { ROUNDS_OPERATOR: name } });
		const first = await as('lin');
		expect(first.code).toBe(75);
		expect(first.err).toMatch(
			/^rounds: ledger: lin asked for this at \d\d:\d\d; another operator has to start the same by \d\d:\d\d\n$/,
		);
		expect((await as('lin')).code).toBe(75);
		expect(shop.sales()).toBe(0);
		expect(await as('mei')).toMatchObject({ code: 0 });
		expect(shop.sales()).toBe(2);
	});
});
