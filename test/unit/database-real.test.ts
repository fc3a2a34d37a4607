// Against the real servers, each on a free port of loopback in a folder of its own, and skipped where the host has none.
// Debian: apt-get install postgresql mariadb-server; neither needs to be running.
import { connect as connectTo, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RegisteredKind } from '../../src/checks/define.ts';
import { findCheckKind } from '../../src/checks/index.ts';
import { Secret } from '../../src/domain/secret.ts';
import { quantity } from '../../src/domain/value.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createProbePorts } from '../../src/platform/ports.ts';
import { fakeSql } from '../support/check-subjects.ts';
import {
	type DatabaseServer,
	INITDB,
	MARIADBD,
	startMariadb,
	startPostgres,
} from '../support/database-servers.ts';

const clock = createClock();
const ports = createProbePorts({ sql: fakeSql, clock });
const secret = (value: string) => new Secret(value, 'env:DATABASE_PASSWORD');

async function ask(name: string, written: object, limitMs = 20_000, signal = new AbortController().signal) {
	const kind = findCheckKind(name) as RegisteredKind;
	const options = kind.schema.parse(written);
	const context = { now: clock.now(), deadline: clock.monotonic() + limitMs, signal };
	return kind.probe(options, ports, context);
}

async function samplesOf(name: string, written: object) {
	const answer = await ask(name, written);
	if (!answer.ok) throw new Error(JSON.stringify(answer.error));
	const kind = findCheckKind(name) as RegisteredKind;
	const declared = kind.samples(kind.schema.parse(written));
	for (const sample of Object.keys(answer.value.samples)) expect(Object.keys(declared)).toContain(sample);
	return answer.value.samples;
}

async function faultOf(name: string, written: object, limitMs?: number) {
	const answer = await ask(name, written, limitMs);
	if (answer.ok) throw new Error(JSON.stringify(answer.value.samples));
	const { transcript: _, ...fault } = answer.error;
	return fault;
}

/** A way to the server that can be cut, and counts who is on it. */
async function countingWay(port: number) {
	const open = new Set<Socket>();
	const server = createServer((near) => {
		const far = connectTo(port, '127.0.0.1');
		open.add(near);
		near.pipe(far).pipe(near);
		near
			.on('error', () => {})
			.on('close', () => {
				open.delete(near);
				far.destroy();
			});
		far.on('error', () => {}).on('close', () => near.destroy());
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return { port: (server.address() as { port: number }).port, open, close: () => server.close() };
}

afterAll(() => ports.close());

describe.skipIf(INITDB === null)('PostgreSQL', () => {
	let server: DatabaseServer;
	let place: Record<string, unknown>;

	beforeAll(async () => {
		server = await startPostgres([
			'max_connections=12',
			'archive_mode=on',
			'archive_command=/bin/true',
			'wal_level=replica',
			'log_connections=on',
			'log_disconnections=on',
		]);
		server.run(`create role app login password 'let me in: @/'`);
		server.run(`create role narrow login password 'narrow one' connection limit 1`);
		server.run(
			'create table sale (id int primary key, cents bigint, note text); revoke all on sale from public',
		);
		server.run(`insert into sale select g, 9007199254740993, E'a\\u001b[2Jb' from generate_series(1, 8) g`);
		server.run(
			'create table hidden (id int); create function shout() returns text language sql as $$select current_user::text$$',
		);
		server.run('grant select on sale to app');
		server.run('create database booking owner app');
		place = {
			host: '127.0.0.1',
			port: server.port,
			user: 'app',
			password: secret('let me in: @/'),
			database: 'postgres',
		};
	}, 60_000);
	afterAll(() => server?.close());

	test('values are exact, moments are ISO, everything is from one snapshot', async () => {
		const samples = await samplesOf('postgres', {
			...place,
			read: {
				rows: 'select count(*) from sale',
				cents: 'select sum(cents) from sale',
				money: 'select 0.1::numeric(40, 30) + 12345678901234567890',
				yes: 'select true',
				none: 'select null::int',
				nan: "select 'NaN'::numeric",
				float: 'select 0.1::float8',
				at: "select '2026-01-05 16:00:00.5+08'::timestamptz",
				note: 'select note from sale where id = 1',
				many: 'select id from sale',
				empty: 'select id from sale where id < 0',
				wide: 'select 1, 2',
				who: '-- a remark\n(select application_name from pg_stat_activity where pid = pg_backend_pid())',
				mode: 'show transaction_read_only',
			},
		});
		expect(samples).toMatchObject({
			rows: quantity(8),
			cents: quantity('72057594037927944'),
			money: quantity('12345678901234567890.100000000000000000000000000000'),
			yes: true,
			none: null,
			nan: 'NaN',
			float: quantity('0.1'),
			at: '2026-01-05T08:00:00.5Z',
			note: 'a␛[2Jb',
			'many.rows': quantity(8),
			'empty.rows': quantity(0),
			'wide.rows': quantity(1),
			who: 'rounds',
			mode: 'on',
		});
		for (const name of ['many', 'empty', 'wide']) expect(samples).not.toHaveProperty(name);
		expect(samples['rows.took']).toMatchObject({ unit: 'ms' });
	});

	test('what it says of itself, to one who may see all', async () => {
		server.run('grant pg_read_all_stats to app');
		server.run('select pg_switch_wal()');
		const samples = await samplesOf('postgres', { ...place, facts: true });
		expect(samples).toMatchObject({
			version: expect.stringMatching(/^\d+/),
			replica: false,
			replicas: quantity(0),
			'connections.max': quantity(12),
			'oldest.transaction': { unit: 'ms' },
			size: { unit: 'bytes' },
			archiving: true,
			'archive.failing': false,
		});
		expect(samples).not.toHaveProperty('lag');
		server.run('revoke pg_read_all_stats from app');
	});

	test('what a plain user may not see is left out, not taken for none', async () => {
		const samples = await samplesOf('postgres', { ...place, read: { one: 'select 1' }, facts: true });
		expect(samples).not.toHaveProperty('oldest.transaction');
		expect(samples).not.toHaveProperty('replicas');
		expect(samples).toMatchObject({ one: quantity(1), connections: { unit: 'none' } });
	});

	test('the newest archived log has an age', async () => {
		const archived = async () => (await samplesOf('postgres', { ...place, facts: true }))['archived'];
		for (let tries = 0; tries < 100 && (await archived()) === undefined; tries++)
			server.run(
				'create table if not exists w (a int); insert into w values (1); select pg_switch_wal(), pg_sleep(0.1)',
			);
		expect(await archived()).toMatch(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
	});

	test('an address in one secret says the same, and shows nothing', async () => {
		const url = secret(
			`postgresql+asyncpg://app:let%20me%20in%3A%20%40%2F@127.0.0.1:${server.port}/postgres`,
		);
		const answer = await ask('postgres', {
			url,
			read: { echo: "select 'let me in: @/'", rows: 'select count(*) from sale' },
		});
		expect(answer).toMatchObject({ ok: true, value: { samples: { rows: quantity(8) } } });
		expect(JSON.stringify(answer)).not.toContain('let me in');
		const kind = findCheckKind('postgres') as RegisteredKind;
		expect(kind.target(kind.schema.parse({ url, read: { a: 'select 1' } }))).toBe('***');
	});

	test('encrypted, when asked for; and no visit leaves a line of complaint in its log', async () => {
		const read = { encrypted: 'select ssl from pg_stat_ssl where pid = pg_backend_pid()' };
		expect(await samplesOf('postgres', { ...place, tls: 'unverified', read })).toMatchObject({
			encrypted: true,
		});
		expect(await samplesOf('postgres', { ...place, tls: 'off', read })).toMatchObject({ encrypted: false });
		expect(
			server
				.log()
				.split('\n')
				.filter((line) => /unexpected EOF|could not receive/.test(line)),
		).toEqual([]);
	});

	test('a replica says that it is one, and how far behind; its source, how far its slowest is', async () => {
		const replica = await startPostgres(['hot_standby=on', 'max_connections=12'], server);
		try {
			server.run('grant pg_read_all_stats to app');
			const facts = async (port: number) => samplesOf('postgres', { ...place, port, facts: true });
			while (JSON.stringify((await facts(server.port))['replicas']) === JSON.stringify(quantity(0)));
			expect(await facts(server.port)).toMatchObject({
				replica: false,
				replicas: quantity(1),
				lag: { unit: 'ms' },
			});
			expect(await facts(replica.port)).toMatchObject({ replica: true, lag: { unit: 'ms' } });
			replica.run('select pg_wal_replay_pause()');
			server.run('create table later (a int); insert into later values (1)');
			const lag = async () => Number(((await facts(replica.port))['lag'] as { number: string }).number);
			for (let first = await lag(); (await lag()) <= first; first = Math.min(first, await lag()));
		} finally {
			await replica.close();
		}
	}, 60_000);

	test.each([
		['a statement that writes', 'insert into sale values (9)', 'bad-query'],
		[
			'writing in the guise of reading',
			'with a as (insert into sale values (9) returning id) select id from a',
			'bad-query',
		],
		['two statements', 'select 1; commit', 'bad-query'],
		['a way out of the transaction', "select set_config('transaction_read_only', 'off', false)", 'bad-query'],
		['locking', 'select id from sale where id = 1 for update', 'bad-query'],
		['a mistake', 'select nope from sale', 'bad-query'],
		['bytes', "select '\\x00ff'::bytea", 'bad-query'],
		['somebody else’s table', 'select count(*) from hidden', 'no-permission'],
		['division by zero', 'select 1 / 0', 'bad-query'],
	])('%s: %s', async (_what, query, code) => {
		const fault = await faultOf('postgres', { ...place, read: { q: query } });
		expect(fault).toMatchObject({ code, detail: { query: 'q' } });
	});

	test('wrong password, no such user, no such database, no room, nobody there', async () => {
		const read = { a: 'select 1' };
		expect(await faultOf('postgres', { ...place, password: secret('wrong'), read })).toMatchObject({
			code: 'access-denied',
		});
		expect(await faultOf('postgres', { ...place, user: 'nobody', read })).toMatchObject({
			code: 'access-denied',
		});
		const { password: _, ...without } = place;
		expect(await faultOf('postgres', { ...without, read })).toMatchObject({ code: 'access-denied' });
		expect(await faultOf('postgres', { ...place, database: 'none', read })).toMatchObject({
			code: 'database-missing',
			detail: { path: `127.0.0.1:${server.port}/none` },
		});
		expect(await faultOf('postgres', { ...place, port: 1, read })).toMatchObject({ code: 'refused' });
		expect(await faultOf('postgres', { ...place, tls: 'verify', read })).toMatchObject({
			code: 'bad-certificate',
			detail: { reason: 'self-signed' },
		});
		const narrow = { ...place, user: 'narrow', password: secret('narrow one') };
		const long = ask('postgres', { ...narrow, read: { slow: 'select 1 from pg_sleep(2)' } });
		const inside = {
			...place,
			read: { them: "select count(*) from pg_stat_activity where usename = 'narrow'" },
		};
		while (JSON.stringify((await samplesOf('postgres', inside))['them']) === JSON.stringify(quantity(0)));
		expect(await faultOf('postgres', { ...narrow, read })).toMatchObject({
			code: 'not-accepting',
			detail: { reason: 'full' },
		});
		expect(await long).toMatchObject({ ok: true });
	});

	test('a slow question ends at its deadline, on the server too, and nothing stays open', async () => {
		const way = await countingWay(server.port);
		const slow = { ...place, port: way.port, read: { slow: 'select count(*) from pg_sleep(60), sale' } };
		expect(await faultOf('postgres', slow, 500)).toEqual({ code: 'timeout', detail: { limitMs: 500 } });
		const running =
			"select count(*) from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid() and state = 'active'";
		server.run('grant pg_read_all_stats to app');
		for (;;) {
			const { left } = await samplesOf('postgres', { ...place, read: { left: running } });
			if (JSON.stringify(left) === JSON.stringify(quantity(0))) break;
		}
		while (way.open.size > 0) await new Promise((resolve) => setImmediate(resolve));
		way.close();
	});

	test('what is not wanted any more is cancelled; what floods is cut off', async () => {
		const controller = new AbortController();
		const answer = ask(
			'postgres',
			{ ...place, read: { a: 'select 1 from pg_sleep(20)' } },
			20_000,
			controller.signal,
		);
		controller.abort();
		expect(await answer).toMatchObject({ ok: false, error: { code: 'cancelled' } });
		const flood = { ...place, read: { a: "select repeat('x', 100000) from generate_series(1, 100000)" } };
		expect(await faultOf('postgres', flood)).toMatchObject({ code: 'body-too-large' });
	});
});

describe.skipIf(MARIADBD === null)('MariaDB', () => {
	let server: DatabaseServer;
	let place: Record<string, unknown>;

	beforeAll(async () => {
		server = await startMariadb(['--max-connections=20']);
		server.run(`create database shop; create database hidden; create table hidden.t (a int);
			create user app@'127.0.0.1' identified by 'let me in: @/';
			create user narrow@'127.0.0.1' identified by 'narrow one' with max_user_connections 1;
			create table shop.sale (id int primary key, cents bigint unsigned, price decimal(40, 20), note text, at timestamp, raw blob, flag bit(3));
			insert into shop.sale values (1, 18446744073709551615, 12345678901234567890.1, concat('a', char(27), '[2Jb'), from_unixtime(1767600000), x'00ff', b'101');
			use shop; insert into shop.sale select seq, 1, 1, 'b', now(), null, null from seq_2_to_8;
			grant select, insert on shop.* to app@'127.0.0.1'; grant file on *.* to app@'127.0.0.1'`);
		place = {
			host: '127.0.0.1',
			port: server.port,
			user: 'app',
			password: secret('let me in: @/'),
			database: 'shop',
		};
	}, 60_000);
	afterAll(() => server?.close());

	test('values are exact, moments are ISO', async () => {
		const samples = await samplesOf('mysql', {
			...place,
			read: {
				rows: 'select count(*) from sale',
				cents: 'select cents from sale where id = 1',
				price: 'select price from sale where id = 1',
				sum: 'select sum(cents) from sale',
				none: 'select null',
				float: 'select 0.5e0',
				bit: 'select flag from sale where id = 1',
				at: 'select at from sale where id = 1',
				note: 'select note from sale where id = 1',
				han: "select '预约'",
				many: 'select id from sale',
				empty: 'select id from sale where id < 0',
				wide: 'select 1, 2',
				mode: 'select @@session.max_statement_time > 0',
				remark: '-- why\n/* and */ (select 1)',
			},
		});
		expect(samples).toMatchObject({
			rows: quantity(8),
			cents: quantity('18446744073709551615'),
			price: quantity('12345678901234567890.10000000000000000000'),
			sum: quantity('18446744073709551622'),
			none: null,
			float: quantity('0.5'),
			bit: quantity(5),
			at: '2026-01-05T08:00:00Z',
			note: 'a␛[2Jb',
			han: '预约',
			'many.rows': quantity(8),
			'empty.rows': quantity(0),
			mode: quantity(1),
			remark: quantity(1),
		});
		for (const name of ['many', 'empty', 'wide']) expect(samples).not.toHaveProperty(name);
	});

	test('what it says of itself; what a plain user may not see is left out', async () => {
		const plain = await samplesOf('mysql', { ...place, facts: true });
		expect(plain).toMatchObject({
			version: expect.stringMatching(/MariaDB/),
			connections: { unit: 'none' },
			'connections.max': quantity(20),
			size: { unit: 'bytes' },
		});
		for (const name of ['oldest.transaction', 'lag', 'replica.io']) expect(plain).not.toHaveProperty(name);
		server.run(`grant process on *.* to app@'127.0.0.1'`);
		expect(await samplesOf('mysql', { ...place, facts: true })).toMatchObject({
			'oldest.transaction': quantity(0, 'ms'),
		});
	});

	test('a replica that keeps up says so', async () => {
		const [source, replica] = await Promise.all([
			startMariadb(['--log-bin=log', '--server-id=1']),
			startMariadb(['--server-id=2']),
		]);
		try {
			source.run(
				"create user copy@'127.0.0.1' identified by 'copy it'; grant replication slave on *.* to copy@'127.0.0.1'",
			);
			replica.run(`change master to master_host='127.0.0.1', master_port=${source.port}, master_user='copy', master_password='copy it', master_use_gtid=slave_pos;
				create user app@'127.0.0.1' identified by 'let me in: @/'; grant slave monitor on *.* to app@'127.0.0.1'; start slave`);
			const facts = () =>
				samplesOf('mysql', { ...place, database: undefined, port: replica.port, facts: true });
			while ((await facts())['replica.io'] !== 'Yes');
			expect(await facts()).toMatchObject({ 'replica.io': 'Yes', 'replica.sql': 'Yes', lag: { unit: 'ms' } });
		} finally {
			await Promise.all([source.close(), replica.close()]);
		}
	}, 60_000);

	test('of a replica whose source is gone: it says that it does not run, and no lag', async () => {
		server.run(`change master to master_host='127.0.0.1', master_port=1, master_user='x', master_connect_retry=60; start slave;
			grant slave monitor on *.* to app@'127.0.0.1'`);
		const samples = await samplesOf('mysql', { ...place, facts: true });
		expect(samples).toMatchObject({
			'replica.io': expect.stringMatching(/^(No|Connecting|Preparing)$/),
			'replica.sql': 'Yes',
		});
		expect(samples).not.toHaveProperty('lag');
		server.run('stop slave; reset slave all');
	});

	test('encrypted, when asked for; and no visit leaves a line of complaint in its log', async () => {
		const read = {
			encrypted:
				"select variable_value <> '' from information_schema.session_status where variable_name = 'Ssl_cipher'",
		};
		expect(await samplesOf('mysql', { ...place, tls: 'unverified', read })).toMatchObject({
			encrypted: quantity(1),
		});
		expect(await samplesOf('mysql', { ...place, tls: 'off', read })).toMatchObject({
			encrypted: quantity(0),
		});
		expect(
			server
				.log()
				.split('\n')
				.filter((line) => /Aborted.*user: 'app'/.test(line)),
		).toEqual([]);
	});

	test.each([
		['a statement that writes', 'insert into sale (id) values (9)', 'bad-query'],
		['two statements', 'select 1; commit', 'bad-query'],
		['a file', "select 1 into outfile '/tmp/rounds-outfile'", 'bad-query'],
		[
			'a file in a comment that is run',
			"select 1 /*!50000 into outfile '/tmp/rounds-outfile' */",
			'bad-query',
		],
		['a file behind a comment', "select 1 into/**/dumpfile '/tmp/rounds-outfile'", 'bad-query'],
		['locking', 'select id from sale where id = 1 for update', 'bad-query'],
		['a mistake', 'select nope from sale', 'bad-query'],
		['bytes', 'select raw from sale where id = 1', 'bad-query'],
		['somebody else’s table', 'select count(*) from hidden.t', 'no-permission'],
	])('%s: %s', async (_what, query, code) => {
		const fault = await faultOf('mysql', { ...place, read: { q: query } });
		expect(fault).toMatchObject({ code, detail: { query: 'q' } });
	});

	test('wrong password, no such user, no such database, no room, nobody there', async () => {
		const read = { a: 'select 1' };
		expect(await faultOf('mysql', { ...place, password: secret('wrong'), read })).toMatchObject({
			code: 'access-denied',
		});
		expect(await faultOf('mysql', { ...place, user: 'nobody', read })).toMatchObject({
			code: 'access-denied',
		});
		server.run(`grant select on none.* to app@'127.0.0.1'`);
		expect(await faultOf('mysql', { ...place, database: 'none', read })).toMatchObject({
			code: 'database-missing',
			detail: { path: `127.0.0.1:${server.port}/none` },
		});
		expect(await faultOf('mysql', { ...place, database: 'hidden', read })).toMatchObject({
			code: 'no-permission',
		});
		expect(await faultOf('mysql', { ...place, port: 1, read })).toMatchObject({ code: 'refused' });
		expect(await faultOf('mysql', { ...place, tls: 'verify', read })).toMatchObject({
			code: 'bad-certificate',
			detail: { reason: 'self-signed' },
		});
		const narrow = { ...place, database: undefined, user: 'narrow', password: secret('narrow one') };
		server.run(`grant process on *.* to app@'127.0.0.1'`);
		const long = ask('mysql', { ...narrow, read: { slow: 'select sleep(2)' } });
		const inside = {
			...place,
			read: { them: "select count(*) from information_schema.processlist where user = 'narrow'" },
		};
		while (JSON.stringify((await samplesOf('mysql', inside))['them']) === JSON.stringify(quantity(0)));
		expect(await faultOf('mysql', { ...narrow, read })).toMatchObject({
			code: 'not-accepting',
			detail: { reason: 'full' },
		});
		expect(await long).toMatchObject({ ok: true });
	});

	test('a slow question ends at its deadline, on the server too, and nothing stays open', async () => {
		const way = await countingWay(server.port);
		const slow = { ...place, port: way.port, read: { slow: 'select count(*), sleep(60) from sale' } };
		expect(await faultOf('mysql', slow, 500)).toEqual({ code: 'timeout', detail: { limitMs: 500 } });
		for (;;) {
			const { left } = await samplesOf('mysql', {
				...place,
				read: {
					left: "select count(*) from information_schema.processlist where info like '%sleep(60)%' and id <> connection_id()",
				},
			});
			if (JSON.stringify(left) === JSON.stringify(quantity(0))) break;
		}
		while (way.open.size > 0) await new Promise((resolve) => setImmediate(resolve));
		way.close();
	});

	test('what is not wanted any more is cancelled; what floods is cut off', async () => {
		const controller = new AbortController();
		const answer = ask('mysql', { ...place, read: { a: 'select sleep(20)' } }, 20_000, controller.signal);
		controller.abort();
		expect(await answer).toMatchObject({ ok: false, error: { code: 'cancelled' } });
		const flood = { ...place, read: { a: "select repeat('x', 100000) from shop.sale, seq_1_to_100000" } };
		server.run(`grant select on *.* to app@'127.0.0.1'`);
		expect(await faultOf('mysql', flood)).toMatchObject({ code: 'body-too-large' });
	});
});
