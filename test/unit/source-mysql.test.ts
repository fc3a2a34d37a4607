// Against a real server on a free port of loopback, in a folder of its own; skipped where the host has none.
// Debian: apt-get install mariadb-server; it need not be running.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mysql as mysqlCheck } from '../../src/checks/mysql.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { DatabaseOptions } from '../../src/fields/database-options.ts';
import { faultText } from '../../src/i18n/fault.ts';
import { type MysqlOptions, mysql } from '../../src/sources/mysql.ts';
import { readVersion } from '../../src/sources/mysql-tools.ts';
import { type DatabaseServer, MARIADBD, startMariadb } from '../support/database-servers.ts';
import { copyOf, DatabaseWorld, faultOf, must } from '../support/database-sources.ts';

const world = new DatabaseWorld();
const { ports } = world;
const restoring = mysql.restoring!;
const nothing = { previous: null, base: null };
const parsed = (keys: object) => mysql.schema.parse(keys) as MysqlOptions;
const secret = (value: string) => new Secret(value, 'env:KEEPER');
const SECONDS = 60_000;

test.each([
	['mariadb-dump  Ver 10.19 Distrib 10.11.19-MariaDB, for debian-linux-gnu (x86_64)', 'MariaDB', '10.11.19'],
	['mariadb-dump from 11.4.2-MariaDB, client 10.19 for Linux (x86_64)', 'MariaDB', '11.4.2'],
	['mysqldump  Ver 8.0.36 for Linux on x86_64 (MySQL Community Server - GPL)', 'MySQL', '8.0.36'],
	['mysqldump  Ver 10.13 Distrib 5.7.44, for Linux (x86_64)', 'MySQL', '5.7.44'],
])('%s', (said, vendor, version) => {
	expect(readVersion(said)).toEqual({ vendor, version });
});

test.each([
	['update shop.sale set cents = 0', true],
	['update `shop` . sale set cents = 0', true],
	['update "SHOP".sale set cents = 0', true],
	['update shop/* x */.sale set cents = 0', true],
	['/*! update shop.sale set cents = 0 */', true],
	['delete from sale where id in (select id from Shop.sale)', true],
	[' ; USE shop', true],
	["-- don't\nupdate shop.sale set note = 'x'", true],
	["update sale set note = '-- ' where id in (select id from shop.sale)", true],
	["update sale set mail = 'x@shop.example', note = \"it's shop.sale\" -- shop.sale", false],
	['update webshop.sale set cents = 0', false],
	['update shop set cents = 0', false],
	["update sale s set s.note = 'shop.'", false],
])('a mask names the live database: %s', (statement, names) => {
	expect(namesDatabase(statement, 'shop')).toBe(names);
});

describe.skipIf(MARIADBD === null)('a MariaDB database', () => {
	let server: DatabaseServer;
	let place: Record<string, unknown>;
	let options: MysqlOptions;

	const client = (...more: string[]) => [
		'--no-defaults',
		'-S',
		join(server.folder, 'socket'),
		'-u',
		'root',
		...more,
	];
	const ask = (sql: string, database = 'shop'): string =>
		execFileSync('mariadb', client('-N', '-e', sql, database), { encoding: 'utf8' }).trim();
	const databases = () => ask('show databases');

	beforeAll(async () => {
		server = await startMariadb(['--event-scheduler=ON']);
		for (const name of ['shop', 'staging', 'plain'])
			server.run(`create database ${name} character set utf8mb4`);
		server.run(
			`create user keeper@'127.0.0.1' identified by 'keep: it @/'; grant all on *.* to keeper@'127.0.0.1'`,
		);
		ask(`create table sale (id int primary key auto_increment, cents bigint not null);
			create table line (id int primary key, sale int not null, foreign key (sale) references sale (id));
			create table \`odd\`\`na'me\` (id int primary key, note text, raw blob);
			insert into \`odd\`\`na'me\` values (1, 'a\\\\b\\n-- Dump completed on\\n', x'00ff0a5c27');
			insert into sale (cents) select seq from seq_1_to_1000; insert into line select seq, seq from seq_1_to_10`);
		server.run(
			`create user narrow@'127.0.0.1' identified by 'narrow one'; grant select on shop.sale to narrow@'127.0.0.1'`,
		);
		ask(`create view dear as select * from sale where cents > 100;
			create trigger counted before insert on sale for each row set new.cents = new.cents + 0;
			create function three() returns int deterministic return 3;
			create event ticking on schedule every 1 second do update shop.sale set cents = -1 where id = 0`);
		ask(
			'create table sale (id int primary key, cents bigint not null); insert into sale select seq, seq from seq_1_to_50; create table line (id int primary key, sale int not null, foreign key (sale) references sale (id)); insert into line values (1, 1)',
			'plain',
		);
		place = {
			host: '127.0.0.1',
			port: server.port,
			user: 'keeper',
			password: secret('keep: it @/'),
			database: 'shop',
		};
		options = parsed({
			...place,
			sums: { cents: 'select sum(cents) from sale;', odd: "select 'a:b\\\\c' -- a remark" },
		});
	}, SECONDS);
	afterAll(async () => {
		await server?.close();
		await world.close();
	});

	async function dumped(from = options) {
		const to = join(world.folder(), 'copy');
		const copied = must(await mysql.copy(from, to, ports, world.run(), nothing));
		return copyOf('mysql', to, copied);
	}

	test(
		'a dump, restored beside it: every row, every sum, what else there is, and no event',
		async () => {
			const copy = await dumped();
			expect(copy.manifest).toMatchObject({
				rows: { line: 10, [`odd\`na'me`]: 1, sale: 1000 },
				sums: { cents: '500500', odd: 'a:b\\c' },
				facts: { tables: 3, views: 1, triggers: 1, routines: 1, events: 1, charset: 'utf8mb4' },
			});
			expect(copy.manifest.facts).not.toHaveProperty('changing');
			expect(must(await mysql.verify(options, copy, ports, world.run()))).toMatchObject({ tables: 3 });
			const scratch = must(await restoring.scratch(options, null, ports, world.run()));
			must(await restoring.restore(options, copy, scratch.place, ports, world.run()));
			expect(must(await restoring.measure(options, scratch.place, ports, world.run()))).toEqual({
				rows: copy.manifest.rows,
				sums: copy.manifest.sums,
			});
			const { restored } = scratch.place;
			const database = restored.kind === 'database' ? restored.place.database : '';
			expect(ask("select concat(hex(note), hex(raw)) from `odd``na'me`", database)).toBe(
				ask("select concat(hex(note), hex(raw)) from `odd``na'me`"),
			);
			expect(ask('select three()', database)).toBe('3');
			expect(ask('select count(*) from dear', database)).toBe('900');
			expect(ask(`select count(*) from information_schema.events where event_schema = '${database}'`)).toBe(
				'0',
			);
			must(await scratch.dispose());
			must(await scratch.dispose());
			expect(databases()).not.toContain('rounds_drill');
		},
		SECONDS,
	);

	test(
		'what changes while it is copied is named, and not in the rows',
		async () => {
			ask('create table ledger (cents bigint)');
			const writer = spawn('mariadb', client('shop'), { stdio: ['pipe', 'ignore', 'ignore'] });
			writer.stdin.on('error', () => {});
			writer.stdin.write(
				'begin; insert into ledger values (5); insert into ledger values (-5); commit;\n'.repeat(30_000),
			);
			while (ask('select count(*) from ledger') === '0');
			const from = parsed({
				...place,
				sums: { all: 'select sum(cents) from ledger', some: 'select sum(cents) from sale' },
			});
			const copy = await dumped(from);
			const ended = once(writer, 'exit');
			writer.kill();
			await ended;
			expect(copy.manifest.rows).not.toHaveProperty('ledger');
			expect(copy.manifest.facts['changing']).toBe('ledger');
			expect(copy.manifest.sums).toEqual({ all: '0', some: '500500' });
			const scratch = must(await restoring.scratch(from, null, ports, world.run()));
			must(await restoring.restore(from, copy, scratch.place, ports, world.run()));
			const measured = must(await restoring.measure(from, scratch.place, ports, world.run()));
			expect(measured.sums).toEqual({ all: '0', some: '500500' });
			expect(Number(measured.rows['ledger']) % 2).toBe(0);
			must(await scratch.dispose());
			ask('drop table ledger');
		},
		SECONDS,
	);

	test.each([
		['a wrong password', { password: secret('no') }, 'access-denied'],
		['nobody there', { port: 1 }, 'refused'],
		['no such database', { database: 'none' }, 'database-missing'],
		[
			'a role that may not read all of it',
			{ user: 'narrow', password: secret('narrow one') },
			'no-permission',
		],
		['a sum of two rows', { sums: { many: 'select id from sale' } }, 'bad-query'],
		[
			'a sum that orders the client',
			{ sums: { shell: 'select 1)\n\\! touch /tmp/rounds-never\n-- (' } },
			'bad-query',
		],
	])(
		'%s: a fault, and nothing is left',
		async (_what, keys, code) => {
			const run = world.run();
			const copied = await mysql.copy(
				parsed({ ...place, ...keys }),
				join(run.folder, 'copy'),
				ports,
				run,
				nothing,
			);
			expect(faultOf(copied)).toMatchObject({ code });
			expect(world.left().filter((path) => path.startsWith(run.folder))).toEqual([]);
			expect(ask('select count(*) from line')).toBe('10');
		},
		SECONDS,
	);

	test(
		'a server that goes in the middle: a fault, and nothing is left',
		async () => {
			ask("create table large as select seq as id, repeat('x', 500) as note from seq_1_to_40000");
			const open = new Set<Socket>();
			let cut = false;
			const way = createServer((near) => {
				const far = connect(server.port, '127.0.0.1');
				let bytes = 0;
				for (const one of [near, far]) {
					open.add(one);
					one.on('error', () => {}).on('close', () => open.delete(one));
				}
				near.pipe(far);
				far.on('close', () => near.destroy());
				far.on('data', (chunk: Buffer) => {
					bytes += chunk.length;
					// Only the dump brings so much.
					if (bytes <= 4_000_000) return void near.write(chunk);
					cut = true;
					for (const one of open) one.destroy();
				});
			});
			await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve));
			const { port } = way.address() as { port: number };
			const run = world.run();
			const copied = await mysql.copy(
				parsed({ ...place, port }),
				join(run.folder, 'copy'),
				ports,
				run,
				nothing,
			);
			expect(cut).toBe(true);
			expect(faultOf(copied).code).toBe('closed-early');
			expect(world.left().filter((path) => path.startsWith(run.folder))).toEqual([]);
			way.close();
			ask('drop table large');
		},
		SECONDS,
	);

	test(
		'a tool that says all is well and leaves the end out is not believed',
		async () => {
			const bin = world.folder();
			const write = (name: string, script: string) => {
				writeFileSync(join(bin, name), `#!/bin/sh\nprintf '%s\\n' "$*" >>'${bin}/said'\n${script}\n`);
				chmodSync(join(bin, name), 0o755);
			};
			write('mariadb', 'exec mariadb "$@"');
			write(
				'mariadb-dump',
				'case "$*" in *--version*) exec mariadb-dump "$@";; esac; mariadb-dump "$@" | head -c 900',
			);
			const run = world.run();
			const copied = await mysql.copy(
				parsed({ ...place, bin }),
				join(run.folder, 'copy'),
				ports,
				run,
				nothing,
			);
			expect(faultOf(copied).code).toBe('copy-incomplete');
			expect(world.left().filter((path) => path.startsWith(run.folder))).toEqual([]);
			expect(readFileSync(join(bin, 'said'), 'utf8')).not.toContain('keep: it');
			write('mariadb-dump', 'echo "mariadb-dump  Ver 10.17 Distrib 5.5.68-MariaDB, for Linux"');
			write('mysqldump', 'echo "mysqldump  Ver 8.0.36 for Linux on x86_64"');
			const refused = faultOf(
				await mysql.copy(parsed({ ...place, bin }), join(run.folder, 'copy'), ports, run, nothing),
			);
			expect(refused).toMatchObject({
				code: 'version-mismatch',
				detail: { serverVersion: expect.stringMatching(/MariaDB/) },
			});
			expect(faultText(refused, 'en')).toMatch(/cannot serve server .*install a matching one/);
		},
		SECONDS,
	);

	test(
		'a mask that names the live database is refused whole, and nothing of it is done',
		async () => {
			const scratch = must(await restoring.scratch(options, null, ports, world.run()));
			try {
				const before = ask('select count(*) from sale');
				const masks = ['create table masked (id int)', 'delete from shop.sale'];
				expect(
					faultOf(await restoring.mask!(options, scratch.place, masks, ports, world.run())),
				).toMatchObject({
					code: 'bad-query',
					detail: { query: '2', reason: 'reaches-further' },
				});
				expect(ask('select count(*) from sale')).toBe(before);
				const { restored } = scratch.place;
				expect(restored.kind === 'database' && ask('show tables', restored.place.database)).toBe('');
			} finally {
				must(await scratch.dispose());
			}
		},
		SECONDS,
	);

	test(
		'a mask sets off no trigger, since that may name the live database',
		async () => {
			ask('create table heard (id int)');
			ask(
				'create trigger `tell``s` after update on sale for each row insert into shop.heard values (new.id)',
			);
			try {
				const copy = await dumped();
				const scratch = must(await restoring.scratch(options, null, ports, world.run()));
				must(await restoring.restore(options, copy, scratch.place, ports, world.run()));
				const masks = ['update sale set cents = cents + 1'];
				must(await restoring.mask!(options, scratch.place, masks, ports, world.run()));
				must(await scratch.dispose());
				expect(ask('select count(*) from heard')).toBe('0');
			} finally {
				ask('drop trigger `tell``s`; drop table heard');
			}
		},
		SECONDS,
	);

	test(
		'what a killed drill left is taken away by the next one, and nothing else',
		async () => {
			const stamp = (at: number) => Math.ceil(at / 1000).toString(36);
			const left = `rounds_drill_${stamp(Date.now() - 3 * 86_400_000)}_0123456789`;
			const others = [`rounds_drill_${stamp(Date.now() - 3_600_000)}_0123456789`, 'rounds_drill_mine'];
			for (const name of [left, ...others]) ask(`create database ${name}`);
			try {
				const scratch = must(await restoring.scratch(options, null, ports, world.run()));
				must(await scratch.dispose());
				expect(databases().split('\n')).toEqual(expect.arrayContaining(others));
				expect(databases()).not.toContain(left);
			} finally {
				for (const name of others) ask(`drop database ${name}`);
			}
		},
		SECONDS,
	);

	test(
		'a staging place is emptied again; a scratch database is gone after a cancelled restore',
		async () => {
			const copy = await dumped();
			for (let times = 0; times < 2; times++) {
				const scratch = must(await restoring.scratch(options, { database: 'staging' }, ports, world.run()));
				must(await restoring.restore(options, copy, scratch.place, ports, world.run()));
				expect(ask('select count(*) from sale', 'staging')).toBe('1000');
				must(
					await restoring.mask!(
						options,
						scratch.place,
						["update sale set cents = length('a;b')", 'delete from line'],
						ports,
						world.run(),
					),
				);
				const masked = must(await restoring.measure(options, scratch.place, ports, world.run()));
				expect(masked).toMatchObject({ rows: { line: 0 }, sums: { cents: '3000' } });
				must(await scratch.dispose());
				expect(ask("select count(*) from information_schema.tables where table_schema = 'staging'")).toBe(
					'0',
				);
			}
			expect(faultOf(await restoring.scratch(options, { database: 'shop' }, ports, world.run())).code).toBe(
				'not-empty',
			);
			const controller = new AbortController();
			const run = world.run({ signal: controller.signal });
			const scratch = must(await restoring.scratch(options, null, ports, run));
			expect(databases()).toContain('rounds_drill');
			const restored = restoring.restore(options, copy, scratch.place, ports, run);
			controller.abort();
			expect(faultOf(await restored).code).toBe('cancelled');
			must(await scratch.dispose());
			expect(databases()).not.toContain('rounds_drill');
		},
		SECONDS,
	);

	test(
		'a restore for real moves tables both ways; what has more than tables is refused untouched',
		async () => {
			const plain = parsed({ ...place, database: 'plain' });
			const copy = await dumped(plain);
			const before = databases();
			ask('delete from line; delete from sale where id > 5; create table later (id int)', 'plain');
			const replaced = must(await restoring.replace(plain, copy, ports, world.run()));
			expect(ask('select count(*), (select count(*) from line) from sale', 'plain')).toBe('50\t1');
			// Its keys hold among the restored tables, not with those set aside.
			expect(() => ask('insert into line values (2, 999)', 'plain')).toThrow();
			ask('insert into line values (2, 50)', 'plain');
			must(await restoring.putBack(plain, String(replaced.aside), ports, world.run()));
			expect(ask('select count(*), (select count(*) from later) from sale', 'plain')).toBe('5\t0');
			expect(databases()).toBe(before);
			const whole = await dumped();
			const refused = faultOf(await restoring.replace(options, whole, ports, world.run()));
			expect(refused).toMatchObject({ code: 'not-restorable', detail: { reason: 'only-tables' } });
			expect(faultText(refused, 'en')).toMatch(/views 1, triggers 1, routines 1, events 1/);
			expect(databases()).toBe(before);
			expect(ask('select count(*) from sale')).toBe('1000');
		},
		SECONDS,
	);

	test('a sum is one statement', () => {
		for (const wrong of ['select 1) as char)); drop table line; select ((1', 'commit; drop table line'])
			expect(mysql.schema.safeParse({ ...place, sums: { two: wrong } }).success).toBe(false);
	});

	test('its checks are asked about the restored place', () => {
		const live = restoring.live(options).restored;
		if (live.kind !== 'database') throw new Error('a database');
		const check = mysqlCheck.schema.parse({
			...place,
			host: 'localhost',
			read: { one: 'select 1' },
		}) as DatabaseOptions;
		const copy = { ...live.original, database: 'rounds_drill_1' };
		const asked = mysqlCheck.onRestored?.(check, { ...live, place: copy });
		expect(asked).toMatchObject({
			host: '127.0.0.1',
			database: 'rounds_drill_1',
			user: 'keeper',
			read: { one: 'select 1' },
		});
		expect(mysqlCheck.onRestored?.({ ...check, database: 'other' }, { ...live, place: copy })).toBe(null);
	});
});

import { namesDatabase } from '../../src/sources/mysql-mask.ts';
