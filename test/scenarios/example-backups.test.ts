// What the shipped examples back up, done on a small copy of each system by the command line. The last one talks to a real cluster:
// Debian: apt-get install postgresql; it need not be running. Without it that one is skipped.

import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { INITDB, startPostgres } from '../support/database-servers.ts';
import { openTest } from '../support/engine.ts';
import { type ExampleWorld, makeExample, marks } from '../support/example-world.ts';

function database(path: string, sql: string): void {
	const db = new Database(path);
	db.exec(sql);
	db.close();
}

function oneValue(path: string, sql: string): unknown {
	const db = new Database(path, { readonly: true });
	const value = db.prepare(sql).pluck().get();
	db.close();
	return value;
}

const copyOf = (answer: { runs: readonly { copies: readonly { name: string }[] }[] }): string =>
	answer.runs[0]?.copies[0]?.name ?? '';

describe('brand diagnosis', { timeout: 120_000 }, () => {
	function makeBackend(): ExampleWorld {
		const world = makeExample('brand-diagnosis', {
			'actions.yaml': ({ actions }) => {
				marks(actions.stop, 'stop');
				marks(actions.start, 'start');
			},
		});
		world.write('backend_python/logs/app.log', 'one line\n');
		database(
			join(world.folder, 'backend_python/database.db'),
			`create table test_records (id integer primary key, execution_id text, brand text);
			create index ix_test_records_execution_id on test_records (execution_id);
			insert into test_records (execution_id, brand) values ('e1', 'a'), ('e2', 'b'), ('e3', 'c');`,
		);
		return world;
	}
	const day = (world: ExampleWorld) =>
		world.list('backend_python').filter((name) => /^database\.db\.backup\.\d{8}(-\d+)?$/.test(name));

	it('copies every night under the documented name, beside what cron made, and proves it', async () => {
		const world = makeBackend();
		const made = copyOf(await world.json('backup', 'database'));
		expect(made).toMatch(/^database\.db\.backup\.\d{8}$/);
		// As if cron had been there first, today and long ago.
		const again = makeBackend();
		again.write(`backend_python/${made}`, 'made by cron');
		again.write('backend_python/database.db.backup.20200101', 'made by cron long ago');
		expect(copyOf(await again.json('backup', 'database'))).toBe(`${made}-2`);
		expect(day(again)).toEqual(['database.db.backup.20200101', made, `${made}-2`]);
		expect(again.read(`backend_python/${made}`)).toBe('made by cron');
		expect((await again.json('verify', 'database')).runs).toMatchObject([{ level: 'ok' }]);
		const { drill, level } = (await again.json('drill', 'database')).runs[0];
		expect([level, drill.couldFail]).toEqual(['ok', true]);
		// Retention knows its own alone, and the last one stays.
		const { previews } = await again.json('prune', 'database');
		expect(previews).toMatchObject([{ remove: [] }]);
		expect((await again.run('prune', 'database', '--confirm', 'production')).code).toBe(0);
		expect(day(again)).toEqual(['database.db.backup.20200101', made, `${made}-2`]);
	});

	it('packs the logs into their own folder without former archives, by the week and before a deployment', async () => {
		const world = makeBackend();
		const weekly = copyOf(await world.json('backup', 'logs'));
		expect(weekly).toMatch(/^logs\.\d{8}\.tar\.gz$/);
		await world.json('backup', 'logs');
		const before = copyOf(await world.json('backup', 'deploy-logs', '--pin', 'deploy'));
		expect(before).toMatch(/^logs\.backup\.\d{8}_\d{6}\.tar\.gz$/);
		const listed = execFileSync('tar', ['-tzf', join(world.folder, 'backend_python', before)], {
			encoding: 'utf8',
		});
		expect(listed.trim().split('\n')).toEqual(['app.log']);
		expect(world.list('backend_python/logs').filter((name) => name.endsWith('.gz')).length).toBe(2);
		expect((await world.json('drill', 'logs')).runs).toMatchObject([
			{ level: 'ok', drill: { couldFail: true } },
		]);
		// Put back into the folder they lie in: the lines are the old ones, and no archive has moved.
		const archives = world.list('backend_python/logs').filter((name) => name.startsWith('logs.'));
		world.write('backend_python/logs/app.log', 'one line\nspoilt\n');
		world.write('backend_python/logs/later.log', 'came later\n');
		const done = await world.run('restore', 'logs', '--copy', weekly, '--confirm', 'production');
		expect(done).toMatchObject({ code: 0 });
		expect(world.read('backend_python/logs/app.log')).toBe('one line\n');
		const after = world.list('backend_python/logs');
		expect(after.filter((name) => archives.includes(name))).toEqual(archives);
		expect(after).not.toContain('later.log');
	});

	it('goes back to the copy from before a deployment, stops and starts the backend, and keeps what was there', async () => {
		const world = makeBackend();
		const live = join(world.folder, 'backend_python/database.db');
		const pinned = copyOf(await world.json('backup', 'database', '--pin', 'deploy'));
		expect(pinned).toMatch(/^database\.db\.backup\.\d{8}_\d{6}$/);
		database(
			live,
			"delete from test_records; insert into test_records (execution_id) values (null), ('new')",
		);
		const restore = ['restore', 'database', '--copy', pinned];
		const asked = await world.run(...restore, '--lang', 'zh-CN');
		expect(asked.code).toBe(64);
		expect(asked.out).toContain('该备份之后的诊断记录都会丢失');
		expect(world.exists('control.log')).toBe(false);
		const done = await world.run(...restore, '--confirm', 'production');
		expect(done).toMatchObject({ code: 0 });
		expect(world.read('control.log')).toBe('stop\nstart\n');
		expect(oneValue(live, 'select group_concat(execution_id) from test_records')).toBe('e1,e2,e3');
		const { copies } = await world.json('backups', 'database');
		expect(copies).toMatchObject([{ pinned: 'restore' }, { name: pinned, pinned: 'deploy' }]);
	});

	it('goes the way back when the restored copy does not pass the checks of the live one', async () => {
		const world = makeBackend();
		const live = join(world.folder, 'backend_python/database.db');
		database(live, 'update test_records set execution_id = null where id = 2');
		const bad = copyOf(await world.json('backup', 'database', '--pin', 'deploy'));
		database(live, "update test_records set execution_id = 'mended' where id = 2");
		const done = await world.run('restore', 'database', '--copy', bad, '--confirm', 'production');
		expect(done.code).toBe(2);
		expect(oneValue(live, 'select execution_id from test_records where id = 2')).toBe('mended');
		expect(world.read('control.log')).toBe('stop\nstart\nstop\nstart\n');
	});
});

/** What later values are compared with. */
async function signEvening({ rounds }: ExampleWorld): Promise<void> {
	const engine = await openTest({
		configPath: join(rounds, 'rounds.yaml'),
		environment: undefined,
		operator: 'mei',
		locale: 'en',
		version: '0.0.0-test',
		demo: false,
		polls: true,
		reservedKeys: [],
	});
	const { id } = await engine.begin('evening');
	await engine.send('checks.ask', { checks: ['summary' as never] });
	await engine.send('checks.ask', { checks: ['integrity' as never] });
	const { version } = engine.round(id) as { version: number };
	await engine.send('round.sign', { round: id, note: '', version });
	await engine.close();
}

describe('CreditPilot', { timeout: 120_000 }, () => {
	it('proves its database against what the dashboard said, puts it back, and records variables without values', async () => {
		const summary = { customers: 2, net_balance: 50, expenses: 80, repayments: 30 };
		const server = http.createServer((_, response) => response.end(JSON.stringify(summary)));
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		onTestFinished(() => void server.close());
		const { port } = server.address() as AddressInfo;
		const world = makeExample(
			'creditpilot',
			{
				'rounds.yaml': ({ environments }) =>
					Object.assign(environments.production.vars, {
						host: '127.0.0.1',
						flask_port: port,
						accounting_port: port,
						mcp_port: port,
					}),
				// Its question is a person's.
				'sheets/rounds.yaml': ({ rounds }) => rounds.evening.steps.splice(1),
			},
			{ ACCOUNTING_TOKEN: 'token-of-the-test' },
		);
		world.write('rounds/logs/app.log', 'a line\n');
		world.write(
			'rounds/.env',
			'GOOGLE_PROJECT_ID=project-number-one\nDOCPARSER_API_KEY=value-nobody-may-see-here\n',
		);
		world.write('rounds/db/x', '');
		const live = join(world.rounds, 'db/smart_loan_manager.db');
		database(
			live,
			`create table customers (id); create table bills (id); create table credit_cards (id);
			create table transactions (expense_cents integer, repayment_cents integer);
			insert into customers values (1), (2); insert into bills values (1); insert into credit_cards values (1);
			insert into transactions values (5000, 1000), (3000, 2000);`,
		);
		// Nobody has signed a round: what could not be compared is told, and is no fault of the copy.
		await world.run('report');
		copyOf(await world.json('backup', 'database'));
		const unsigned = (await world.json('drill', 'database')).runs[0];
		expect([unsigned.level, unsigned.drill.couldFail]).toEqual(['warning', true]);
		expect(JSON.stringify(unsigned.drill.evidence)).toContain('no signed snapshot yet');
		await signEvening(world);
		// Asks everything once: what the dashboard says now is what the copy will be held against.
		await world.run('report');
		const made = copyOf(await world.json('backup', 'database'));
		expect(made).toMatch(/^smart_loan_manager\.db\.backup\.\d{8}-2$/);
		const { level, drill } = (await world.json('drill', 'database')).runs[0];
		expect([level, drill.couldFail]).toEqual(['ok', true]);
		database(live, 'delete from transactions where expense_cents = 3000');
		const done = await world.run('restore', 'database', '--copy', made, '--confirm', 'production');
		expect(done).toMatchObject({ code: 0 });
		expect(oneValue(live, 'select sum(expense_cents) from transactions')).toBe(8000);

		const record = copyOf(await world.json('backup', 'env'));
		expect(record).toMatch(/^env_backup_\d{8}_\d{6}\.json$/);
		const text = world.read(`rounds/logs/${record}`);
		expect(JSON.parse(text)).toMatchObject({ configured: 2, total: 9 });
		expect(text + world.read(`rounds/logs/${record}.json`)).not.toMatch(/project-number-one|nobody-may-see/);
		expect((await world.json('verify', 'env')).runs).toMatchObject([{ level: 'ok' }]);
		// A record of names: there is nothing that could be put back.
		expect((await world.run('drill', 'env')).code).toBe(64);

		const logs = copyOf(await world.json('backup', 'logs'));
		expect((await world.json('drill', 'logs')).runs).toMatchObject([{ level: 'ok', drill: { copy: logs } }]);
	});
});

describe('fund trading', { timeout: 120_000 }, () => {
	it('says that nothing of its data is backed up, and puts back the program as it was, without secrets and logs', async () => {
		const world = makeExample(
			'fund-trading',
			{
				'rounds.yaml': ({ environments }) =>
					Object.assign(environments.production.vars, { app: '../app', backups: '../backups' }),
				'systemd.yaml': ({ actions }) => {
					marks(actions.stop, 'stop');
					marks(actions.start, 'start');
				},
			},
			{ FUND_TRADING_TOKEN: 'token-of-the-test' },
		);
		world.write('app/main_v2.py', 'version one\n');
		world.write('app/trading/orders.py', 'orders one\n');
		world.write('app/.env', 'AUTH_TOKEN=token-that-leaked-before\n');
		world.write('app/app.log', 'one\n');
		world.write('app/venv/bin/python', 'large\n');
		const listed = await world.run('backups', '--lang', 'zh-CN');
		expect(listed.out).toContain('所有数据都在内存中');
		const none = await world.run('backup', 'positions');
		expect(none).toMatchObject({
			code: 0,
			out: expect.stringContaining('nothing to back up: All data is in memory'),
		});

		const kept = copyOf(await world.json('backup', 'version', '--pin', 'deploy'));
		expect(kept).toMatch(/^fund-trading\.\d{8}_\d{6}\.tar\.gz$/);
		const packed = execFileSync('tar', ['-tzf', join(world.folder, 'app/versions', kept)], {
			encoding: 'utf8',
		});
		expect(
			packed
				.trim()
				.split('\n')
				.filter((name) => !name.endsWith('/'))
				.sort(),
		).toEqual(['main_v2.py', 'trading/orders.py']);
		expect((await world.json('drill', 'version')).runs).toMatchObject([
			{ level: 'ok', drill: { couldFail: true } },
		]);

		world.write('app/main_v2.py', 'version two\n');
		world.write('app/trading/new.py', 'only in two\n');
		world.write('app/.env', 'AUTH_TOKEN=changed-since\n');
		world.write('app/app.log', 'one\ntwo\n');
		const asked = await world.run('restore', 'version', '--copy', kept);
		expect(asked.out).toContain('Everything in memory is lost');
		const done = await world.run('restore', 'version', '--copy', kept, '--confirm', 'production');
		expect(done).toMatchObject({ code: 0 });
		expect(world.read('control.log')).toBe('stop\nstart\n');
		expect(world.read('app/main_v2.py')).toBe('version one\n');
		expect(world.list('app/trading')).toEqual(['orders.py']);
		expect([world.read('app/.env'), world.read('app/app.log')]).toEqual([
			'AUTH_TOKEN=changed-since\n',
			'one\ntwo\n',
		]);
		expect(world.exists('app/venv/bin/python')).toBe(true);

		expect(copyOf(await world.json('backup', 'logs'))).toMatch(/^app\.log\.\d{8}\.tar\.gz$/);
		expect((await world.json('drill', 'logs')).runs).toMatchObject([{ level: 'ok' }]);
		expect((await world.json('backup', 'env')).runs).toMatchObject([{ level: 'ok' }]);
	});
});

describe.skipIf(INITDB === null)('appointment booking', { timeout: 240_000 }, () => {
	it('continues its base by the log, rehearses both and a masked dump, with a role that may do no more than its head says', async () => {
		const archive = mkdtempSync(join(tmpdir(), 'rounds-wal-'));
		chmodSync(archive, 0o777);
		onTestFinished(() => rmSync(archive, { recursive: true, force: true }));
		const server = await startPostgres([
			'archive_mode=on',
			`archive_command=cp %p ${archive}/%f`,
			'log_statement=mod',
			'log_line_prefix=%d ',
		]);
		onTestFinished(() => server.close());
		const ask = (name: string, sql: string) =>
			execFileSync(
				'psql',
				['-h', server.folder, '-p', String(server.port), '-U', 'owner', '-d', name, '-qAtc', sql],
				{
					encoding: 'utf8',
				},
			).trim();
		appendFileSync(
			join(server.folder, 'files/pg_hba.conf'),
			'host replication all 127.0.0.1/32 scram-sha-256\n',
		);
		server.run('select pg_reload_conf()');
		server.run("create role rounds login password 'rounds-reads'");
		server.run("create role rounds_backup login replication password 'rounds-copies'");
		server.run('grant pg_read_all_data to rounds, rounds_backup');
		server.run("create role rehearsal login password 'rehearses'");
		server.run('create role app');
		server.run('create database booking owner app');
		server.run('create database rehearsal owner rehearsal');
		ask(
			'booking',
			`create table alembic_version (version_num text); insert into alembic_version values ('abc123');
			create table customers (id serial primary key, name text, phone text, openid text);
			insert into customers (name, phone, openid) values ('Real Person', '13800138000', 'oReal');
			create table appointments (id serial primary key, created_at timestamptz default now());
			insert into appointments default values;
			alter table alembic_version owner to app; alter table customers owner to app; alter table appointments owner to app`,
		);
		server.run('grant execute on function pg_switch_wal() to rounds_backup');
		const port = { port: server.port };
		const world = makeExample(
			'appointment-booking',
			{
				'rounds.yaml': ({ environments }) =>
					Object.assign(environments.production.vars, {
						db_host: '127.0.0.1',
						backups: '../backups',
						wal_archive: archive,
					}),
				'backups.yaml': ({ backups }) => {
					for (const id of ['cluster', 'wal', 'dump']) Object.assign(backups[id], port);
				},
				'checks.yaml': ({ checks }) => Object.assign(checks['booking-data'], port),
			},
			{
				BOOKING_ROUNDS_DB_PASSWORD: 'rounds-reads',
				BOOKING_BACKUP_DB_PASSWORD: 'rounds-copies',
				BOOKING_STAGING_DRILL_URL: `postgresql://rehearsal:rehearses@127.0.0.1:${server.port}/rehearsal`,
			},
		);
		world.write('config/production.env', 'JWT_SECRET=a-secret-of-thirty-two-characters\n');
		const base = await world.json('backup', 'cluster');
		expect(base.runs).toMatchObject([{ level: 'ok' }]);
		expect(copyOf(base)).toMatch(/^booking\.base\.\d{8}\.tar\.zst$/);
		ask('booking', 'insert into appointments default values');
		const more = await world.json('backup', 'wal');
		expect(more.runs).toMatchObject([{ level: 'ok' }]);
		expect(copyOf(more)).toMatch(/^booking\.wal\.\d{8}_\d{6}\.tar\.zst$/);
		expect((await world.json('verify', 'cluster')).runs).toMatchObject([{ level: 'ok' }]);
		const rehearsed = await world.run('drill', 'cluster');
		expect(rehearsed).toMatchObject({ code: 0 });
		expect(rehearsed.out).toContain('appointments 2');
		// A cluster is restored for real only where its folder is named: said before anything is made or stopped.
		const bases = world.list('backups/base');
		const agreed = ['--copy', copyOf(base), '--confirm', 'production'];
		const nowhere = await world.run('restore', 'cluster', ...agreed);
		expect([nowhere.code !== 0, nowhere.out]).toEqual([true, expect.stringContaining('say in "data"')]);
		expect(world.list('backups/base')).toEqual(bases);

		expect((await world.json('backup', 'dump', '--pin', 'deploy')).runs).toMatchObject([{ level: 'ok' }]);
		expect(world.list('backups/dump')[0]).toMatch(/^booking\.release\.\d{8}_\d{6}\.dump$/);
		const masked = await world.run('drill', 'dump');
		expect(masked).toMatchObject({ code: 0 });
		// Emptied again by now: that it was masked stands in the server's own log.
		expect(server.log()).toMatch(/^rehearsal .*update customers set name = 'customer '/m);
		expect(server.log()).not.toMatch(/^booking .*update customers/m);
		expect(ask('rehearsal', "select count(*) from pg_class where relname = 'customers'")).toBe('0');
		expect(ask('booking', 'select name from customers')).toBe('Real Person');

		// Reading is not enough to put a dump back; what is asked for beside it is.
		ask('booking', "update customers set name = 'overwritten'");
		const [dump] = world.list('backups/dump');
		const restore = ['restore', 'dump', '--copy', String(dump), '--confirm', 'production'];
		const refused = await world.run(...restore);
		expect(refused.code).not.toBe(0);
		expect(ask('booking', 'select name from customers')).toBe('overwritten');
		server.run('alter role rounds_backup createdb');
		server.run('grant app to rounds_backup');
		const restored = await world.run(...restore);
		expect(restored).toMatchObject({ code: 0 });
		expect(ask('booking', 'select name from customers')).toBe('Real Person');
		expect(ask('booking', "select tableowner from pg_tables where tablename = 'customers'")).toBe('app');

		expect((await world.json('backup', 'env')).runs).toMatchObject([{ level: 'ok' }]);
		expect(world.read(`backups/env/${world.list('backups/env')[0]}`)).not.toContain('a-secret-of');
		const { plans } = await world.json('backups');
		expect(
			plans.map(({ id, provenCopy }: { id: string; provenCopy: string | null }) => [id, provenCopy !== null]),
		).toEqual([
			['cluster', true],
			['wal', false],
			['dump', true],
			['env', false],
		]);
	});
});
