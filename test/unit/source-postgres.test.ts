// Against a real server on a free port of loopback, in a folder of its own; skipped where the host has none.
// Debian: apt-get install postgresql; it need not be running.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, globSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postgres as postgresCheck } from '../../src/checks/postgres.ts';
import type { DatabasePlace } from '../../src/domain/database-port.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { DatabaseOptions } from '../../src/fields/database-options.ts';
import { faultText } from '../../src/i18n/fault.ts';
import { postgres } from '../../src/sources/postgres.ts';
import type { PostgresOptions } from '../../src/sources/postgres-options.ts';
import { type DatabaseServer, INITDB, startPostgres } from '../support/database-servers.ts';
import { copyOf, DatabaseWorld, faultOf, must } from '../support/database-sources.ts';
import { mayMount, mountSmallDisk } from '../support/small-disk.ts';

const world = new DatabaseWorld();
const { ports } = world;
const restoring = postgres.restoring!;
const nothing = { previous: null, base: null };
const parsed = (keys: object) => postgres.schema.parse(keys) as PostgresOptions;
const secret = (value: string) => new Secret(value, 'env:KEEPER');

describe.skipIf(INITDB === null)('a PostgreSQL database', () => {
	let server: DatabaseServer;
	let place: Record<string, unknown>;
	let options: PostgresOptions;

	function ask(statements: string, database = 'booking'): string {
		const where = ['-h', server.folder, '-p', String(server.port), '-U', 'owner', '-d', database];
		return execFileSync('psql', [...where, '-qAt', '-v', 'ON_ERROR_STOP=1', '-c', statements], {
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'pipe'],
		}).trim();
	}
	const databases = () =>
		ask('select string_agg(datname, $$,$$ order by datname) from pg_database', 'postgres');

	beforeAll(async () => {
		server = await startPostgres(['max_connections=40']);
		server.run(`create role keeper login createdb password 'keep: it @/'`);
		server.run(
			`create role plain login password 'plain one'; create role reader login password 'reader one'`,
		);
		server.run('grant pg_signal_backend, reader to keeper');
		server.run('create database booking owner keeper');
		server.run('create database staging owner keeper');
		ask(`set role keeper; create schema hidden; create table "odd""name'" (id int primary key, note text);
			create table sale (id serial primary key, cents bigint not null);
			create table hidden.more (id int); insert into hidden.more select generate_series(1, 5);
			create table part (at int) partition by range (at); create table part_1 partition of part for values from (0) to (9);
			insert into part select generate_series(0, 8);
			create view dear as select * from sale where cents > 100;
			create type mood as enum ('good', 'bad');
			create function three() returns int language sql as 'select 3';
			insert into "odd""name'" values (1, E'a\\\\b\\n{"table":"sale","rows":0}');
			insert into sale (cents) select 0 from generate_series(1, 1000) g;
			grant select on sale to reader;
			alter table hidden.more enable row level security; create policy narrow on hidden.more for select to reader using (id < 3)`);
		place = {
			host: '127.0.0.1',
			port: server.port,
			user: 'keeper',
			password: secret('keep: it @/'),
			database: 'booking',
		};
		options = parsed({
			...place,
			sums: { cents: 'select sum(cents) from sale; ', odd: "select 'a:b\\c'::text -- a remark" },
		});
	}, 60_000);
	afterAll(async () => {
		await server?.close();
		await world.close();
	});

	async function dumped(from = options, more: Parameters<DatabaseWorld['run']>[0] = {}) {
		const run = world.run(more);
		const to = join(run.folder, 'copy');
		const copied = must(await postgres.copy(from, to, ports, run, nothing));
		return copyOf('postgres', to, copied);
	}

	test('under writes, rows and sums are those of the dump', async () => {
		// Every transaction moves what it takes: the sum is 0 at every instant, and rows come in tens.
		const writer = spawn(
			'psql',
			['-h', server.folder, '-p', String(server.port), '-U', 'owner', '-d', 'booking', '-q'],
			{ stdio: ['pipe', 'ignore', 'inherit'] },
		);
		writer.stdin.write(`create table ledger (cents bigint);\n`);
		writer.stdin.write('grant select on ledger to keeper;\n');
		const step =
			'begin; insert into ledger select 5 from generate_series(1, 5); insert into ledger select -5 from generate_series(1, 5); commit;\n';
		writer.stdin.write(step.repeat(20_000));
		writer.stdin.end();
		while (Number(ask("select count(*) from pg_class where relname = 'ledger'")) === 0);
		while (Number(ask('select count(*) from ledger')) === 0);
		const ledger = parsed({ ...place, sums: { all: 'select sum(cents) from ledger' } });
		const copy = await dumped(ledger);
		const after = Number(ask('select count(*) from ledger'));
		const rows = Number(copy.manifest.rows?.['ledger']);
		expect(rows % 10).toBe(0);
		expect(after).toBeGreaterThan(rows);
		expect(copy.manifest.sums).toEqual({ all: '0' });
		const scratch = must(await restoring.scratch(ledger, null, ports, world.run()));
		must(await restoring.restore(ledger, copy, scratch.place, ports, world.run()));
		const measured = must(await restoring.measure(ledger, scratch.place, ports, world.run()));
		expect(measured).toEqual({ rows: copy.manifest.rows, sums: copy.manifest.sums });
		must(await scratch.dispose());
		writer.stdin.on('error', () => {});
		const ended = once(writer, 'exit');
		writer.kill();
		await ended;
		ask('drop table ledger');
	}, 60_000);

	test('the manifest knows every table by a plain name, and every sum exactly', async () => {
		const { manifest } = await dumped();
		expect(manifest.rows).toEqual({ 'hidden.more': 5, [`odd"name'`]: 1, part_1: 9, sale: 1000 });
		expect(manifest.sums).toEqual({ cents: '0', odd: 'a:b\\c' });
		expect(manifest.facts).toMatchObject({ database: 'booking', encoding: 'UTF8', collate: 'C', tables: 4 });
		expect(manifest.versions['pg_dump']).toMatch(/^\d+/);
	}, 60_000);

	test('what others have put in the place of functions of the server is never called, and odd names are counted', async () => {
		ask(`create table "__proto__" as select 1 as one; grant select on "__proto__" to keeper;
			create function format(text, text, name, name) returns text language sql as $$select 'select 1 / 0'$$;
			create function json_build_object(text, text, text, text) returns json language sql as $$select ('1' || $3)::json$$;
			create function to_jsonb(pg_catalog.pg_database) returns jsonb language sql as $$select ('1' || $1.datname)::jsonb$$`);
		try {
			const copy = await dumped();
			expect(new Map(Object.entries(copy.manifest.rows ?? {})).get('__proto__')).toBe(1);
			expect(copy.manifest.rows).toMatchObject({ sale: 1000 });
			expect(copy.manifest.sums).toEqual({ cents: '0', odd: 'a:b\\c' });
			const standing = must(await restoring.look(options, ports, world.run()));
			expect(standing.rows).toMatchObject({ sale: 1000 });
		} finally {
			ask(`drop table "__proto__"; drop function format(text, text, name, name);
				drop function json_build_object(text, text, text, text); drop function to_jsonb(pg_catalog.pg_database)`);
		}
	}, 60_000);

	test.each([
		['a wrong password', { password: secret('no') }, 'access-denied'],
		['nobody there', { port: 1 }, 'refused'],
		['no such database', { database: 'none' }, 'database-missing'],
		['a role that may not read all of it', { user: 'plain', password: secret('plain one') }, 'no-permission'],
		['a sum of two rows', { sums: { many: 'select id from sale' } }, 'bad-query'],
		['a sum that writes', { sums: { writes: "select nextval('sale_id_seq')" } }, 'bad-query'],
	])(
		'%s: a fault, and nothing is left',
		async (_what, keys, code) => {
			const run = world.run();
			const copied = await postgres.copy(
				parsed({ ...place, ...keys }),
				join(run.folder, 'copy'),
				ports,
				run,
				nothing,
			);
			expect(faultOf(copied)).toMatchObject({ code });
			expect(world.left().filter((path) => path.startsWith(run.folder))).toEqual([]);
			expect(ask('select count(*) from sale')).toBe('1000');
		},
		60_000,
	);

	test('a server that goes in the middle: a fault, and nothing is left', async () => {
		ask(
			'set role keeper; create table large as select g as id, repeat(md5(g::text), 20) as note from generate_series(1, 200000) g',
		);
		const open = new Set<Socket>();
		let cut = false;
		const way = createServer((near) => {
			const far = connect(server.port, '127.0.0.1');
			for (const one of [near, far]) {
				open.add(one);
				one.on('error', () => {}).on('close', () => open.delete(one));
			}
			let bytes = 0;
			near.pipe(far);
			far.on('data', (chunk: Buffer) => {
				bytes += chunk.length;
				// Only the dump brings so much.
				if (bytes > 4_000_000) {
					cut = true;
					for (const one of open) one.destroy();
				} else near.write(chunk);
			});
			far.on('close', () => near.destroy());
		});
		await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve));
		const run = world.run();
		const { port } = way.address() as { port: number };
		const copied = await postgres.copy(
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
	}, 60_000);

	test.skipIf(!mayMount)(
		'a disk that is full in the middle: a fault, and nothing is left',
		async () => {
			ask(
				'set role keeper; create table large as select md5(g::text) as note from generate_series(1, 20000) g',
			);
			const run = world.run();
			const disk = mountSmallDisk(join(run.folder, 'disk'), 65_536);
			try {
				const copied = await postgres.copy(options, join(disk.folder, 'copy'), ports, run, nothing);
				expect(faultOf(copied).code).toBe('disk-full');
				expect(readdirSync(disk.folder)).toEqual([]);
			} finally {
				disk.unmount();
				ask('drop table large');
			}
		},
		60_000,
	);

	test('tools that are older than the server are refused with both versions', async () => {
		const bin = world.folder();
		const old = join(bin, 'pg_dump');
		writeFileSync(old, '#!/bin/sh\necho "pg_dump (PostgreSQL) 9.6.24"\n');
		chmodSync(old, 0o755);
		const run = world.run();
		const fault = faultOf(
			await postgres.copy(parsed({ ...place, bin }), join(run.folder, 'copy'), ports, run, nothing),
		);
		expect(fault).toMatchObject({
			code: 'version-mismatch',
			detail: { tool: 'pg_dump', toolVersion: '9.6.24', serverVersion: expect.stringMatching(/^\d+/) },
		});
		expect(faultText(fault, 'en')).toMatch(
			/^pg_dump 9\.6\.24 cannot serve server \d+.*install a matching one$/,
		);
	}, 60_000);

	test('no password stands in an argument', async () => {
		const bin = world.folder();
		const real = globSync('/usr/lib/postgresql/*/bin').sort().at(-1) ?? '/usr/bin';
		for (const name of ['pg_dump', 'psql']) {
			writeFileSync(
				join(bin, name),
				`#!/bin/sh\nprintf '%s\\n' "$0 $*" >>'${bin}/said'\nexec '${real}/${name}' "$@"\n`,
			);
			chmodSync(join(bin, name), 0o755);
		}
		await dumped(parsed({ ...place, bin }));
		const said = readFileSync(join(bin, 'said'), 'utf8');
		expect(said).toContain('/pg_dump');
		expect(said).toContain('--snapshot=');
		expect(said).not.toContain('keep: it');
	}, 60_000);

	test('masks hold all together or not at all', async () => {
		const copy = await dumped();
		const scratch = must(await restoring.scratch(options, null, ports, world.run()));
		must(await restoring.restore(options, copy, scratch.place, ports, world.run()));
		const masked = await restoring.mask!(
			options,
			scratch.place,
			['delete from hidden.more', 'delete from none'],
			ports,
			world.run(),
		);
		expect(faultOf(masked).code).toBe('bad-query');
		expect(
			must(await restoring.measure(options, scratch.place, ports, world.run())).rows['hidden.more'],
		).toBe(5);
		must(
			await restoring.mask!(
				options,
				scratch.place,
				["update sale set cents = length(':x\\!')"],
				ports,
				world.run(),
			),
		);
		expect(must(await restoring.measure(options, scratch.place, ports, world.run())).sums['cents']).toBe(
			'4000',
		);
		must(await scratch.dispose());
	}, 60_000);

	test('cancelled while it restores: the scratch database is gone', async () => {
		const copy = await dumped();
		const before = databases();
		const controller = new AbortController();
		const run = world.run({ signal: controller.signal });
		const scratch = must(await restoring.scratch(options, null, ports, run));
		expect(databases()).not.toBe(before);
		const restored = restoring.restore(options, copy, scratch.place, ports, run);
		controller.abort();
		expect(faultOf(await restored).code).toBe('cancelled');
		must(await scratch.dispose());
		expect(databases()).toBe(before);
	}, 60_000);

	test('a mask sets off no trigger, since that may reach another server', async () => {
		ask(`set role keeper; create function tell() returns trigger language plpgsql as $$begin raise exception 'told'; end$$;
			create trigger tells after update on sale for each row execute function tell();
			create trigger "tells 2" after update on part for each statement execute function tell()`);
		try {
			const copy = await dumped();
			const scratch = must(await restoring.scratch(options, null, ports, world.run()));
			must(await restoring.restore(options, copy, scratch.place, ports, world.run()));
			const masks = ['update sale set cents = 3', 'update part set at = at'];
			must(await restoring.mask!(options, scratch.place, masks, ports, world.run()));
			expect(must(await restoring.measure(options, scratch.place, ports, world.run())).sums['cents']).toBe(
				'3000',
			);
			must(await scratch.dispose());
		} finally {
			ask('drop function tell() cascade');
		}
	}, 60_000);

	test('what a killed drill left is taken away by the next one, and nothing else', async () => {
		const stamp = (at: number) => Math.ceil(at / 1000).toString(36);
		const left = `rounds_drill_${stamp(Date.now() - 3 * 86_400_000)}_0123456789`;
		const others = [
			`rounds_drill_${stamp(Date.now() - 3_600_000)}_0123456789`,
			'rounds_drill_0123456789',
			'rounds_drill_notes_of_mine',
		];
		for (const name of [left, ...others]) ask(`create database ${name} owner keeper`, 'postgres');
		try {
			const scratch = must(await restoring.scratch(options, null, ports, world.run()));
			must(await scratch.dispose());
			expect(databases().split(',')).toEqual(expect.arrayContaining(others));
			expect(databases()).not.toContain(left);
		} finally {
			for (const name of others) ask(`drop database ${name}`, 'postgres');
		}
	}, 60_000);

	test('a role that may make no database gets a cluster of its own, that leaves no process and no folder', async () => {
		const plain = parsed({ ...place, user: 'reader', password: secret('reader one') });
		const copy = await dumped();
		const run = world.run();
		const scratch = must(await restoring.scratch(plain, null, ports, run));
		const folder = String(scratch.place.own['folder']);
		expect(scratch.place.own['way']).toBe('cluster');
		must(await restoring.restore(plain, copy, scratch.place, ports, run));
		expect(must(await restoring.measure(plain, scratch.place, ports, run)).rows).toEqual(copy.manifest.rows);
		expect(await ports.processes.find({ command: folder })).toMatchObject({ ok: true, value: [{}, {}] });
		must(await scratch.dispose());
		must(await scratch.dispose());
		expect(await ports.processes.find({ command: folder })).toEqual({ ok: true, value: [] });
		expect(existsSync(folder)).toBe(false);
	}, 60_000);

	test('a cluster ends with a run that was cancelled', async () => {
		const controller = new AbortController();
		const run = world.run({ signal: controller.signal });
		const scratch = must(await restoring.scratch(options, { cluster: true }, ports, run));
		const folder = String(scratch.place.own['folder']);
		controller.abort();
		must(await scratch.dispose());
		expect(await ports.processes.find({ command: folder })).toEqual({ ok: true, value: [] });
		expect(existsSync(folder)).toBe(false);
	}, 60_000);

	test('a staging place is emptied again, of everything', async () => {
		const copy = await dumped();
		const into = { database: 'staging' };
		const objects = () =>
			ask(
				"select count(*) from pg_class c join pg_namespace n on n.oid = relnamespace where nspname in ('public', 'hidden')",
				'staging',
			);
		for (let times = 0; times < 2; times++) {
			const scratch = must(await restoring.scratch(options, into, ports, world.run()));
			must(await restoring.restore(options, copy, scratch.place, ports, world.run()));
			expect(objects()).not.toBe('0');
			must(await scratch.dispose());
			expect(objects()).toBe('0');
			expect(ask("select count(*) from pg_type where typname = 'mood'", 'staging')).toBe('0');
		}
		expect(faultOf(await restoring.scratch(options, { database: 'booking' }, ports, world.run())).code).toBe(
			'not-empty',
		);
	}, 60_000);

	test('a restore for real keeps owner, rights and settings, and ends who is in it', async () => {
		const copy = await dumped();
		ask(
			"revoke connect on database booking from public; grant connect on database booking to reader; alter database booking set work_mem = '5MB'",
			'postgres',
		);
		ask('delete from sale where id > 10');
		const guest = spawn(
			'psql',
			[
				'-h',
				server.folder,
				'-p',
				String(server.port),
				'-U',
				'owner',
				'-d',
				'booking',
				'-qc',
				'select pg_sleep(600)',
			],
			{ stdio: 'ignore' },
		);
		// A guest of another rank cannot be ended by us, and nothing is touched then.
		const inside =
			"select count(*) from pg_stat_activity where query like 'select pg_sleep(600)%' and state = 'active'";
		while (ask(inside, 'postgres') === '0');
		const refused = await restoring.replace(options, copy, ports, world.run());
		expect(faultOf(refused).code).toBe('no-permission');
		expect(ask('select count(*) from sale')).toBe('10');
		guest.kill();
		ask(
			"select pg_terminate_backend(pid) from pg_stat_activity where query like 'select pg_sleep(600)%' and pid <> pg_backend_pid()",
			'postgres',
		);
		const own = spawn(
			'psql',
			[
				'-h',
				server.folder,
				'-p',
				String(server.port),
				'-U',
				'keeper',
				'-d',
				'booking',
				'-qc',
				'select pg_sleep(601)',
			],
			{ stdio: 'ignore' },
		);
		const ended = once(own, 'exit');
		while (ask(inside.replace('600', '601'), 'postgres') === '0');
		const before = databases();
		const replaced = must(await restoring.replace(options, copy, ports, world.run()));
		await ended;
		expect(ask('select count(*) from sale')).toBe('1000');
		const like =
			"select pg_get_userbyid(datdba), datacl::text like '%reader=c/keeper%', datacl::text like '%=c/%' and datacl::text like '{=%', datallowconn, (select setconfig::text from pg_db_role_setting where setdatabase = d.oid) from pg_database d where datname = 'booking'";
		expect(ask(like, 'postgres')).toBe('keeper|t|f|t|{work_mem=5MB}');
		expect(ask("select has_table_privilege('reader', 'sale', 'select')")).toBe('t');
		must(await restoring.putBack(options, String(replaced.aside), ports, world.run()));
		expect(ask('select count(*) from sale')).toBe('10');
		expect(databases()).toBe(before);
		ask('insert into sale (cents) select 0 from generate_series(1, 990)');
	}, 60_000);

	test('a sum is one statement', () => {
		for (const wrong of [
			'select 1))::text); commit; drop table sale; select (((1',
			'commit; drop table sale',
		])
			expect(postgres.schema.safeParse({ ...place, sums: { two: wrong } }).success).toBe(false);
	});

	test('its checks are asked about the restored place, those of another database are not', () => {
		const live = restoring.live(options).restored;
		const original = live.kind === 'database' ? live.original : null;
		const scratch: DatabasePlace = {
			...original!,
			host: '/run/here',
			port: 5433,
			user: 'me',
			password: null,
			database: 'copy',
		};
		const restored = { kind: 'database', engine: 'postgres', original: original!, place: scratch } as const;
		const check = (keys: object) =>
			postgresCheck.schema.parse({ ...place, read: { one: 'select 1' }, ...keys }) as DatabaseOptions;
		const about = (
			keys: object,
			of: Parameters<NonNullable<typeof postgresCheck.onRestored>>[1] = restored,
		) => postgresCheck.onRestored?.(check(keys), of);
		expect(about({})).toEqual({
			host: '/run/here',
			port: 5433,
			user: 'me',
			database: 'copy',
			tls: 'off',
			read: { one: 'select 1' },
			facts: false,
		});
		expect(about({ host: 'localhost', user: 'reader' })).toMatchObject({ user: 'me', database: 'copy' });
		expect(postgresCheck.schema.safeParse(about({}))).toMatchObject({ success: true });
		for (const keys of [{ database: 'other' }, { port: 1 }, { host: 'elsewhere' }])
			expect(about(keys)).toBe(null);
		expect(about({}, { ...restored, engine: 'mysql' })).toBe(null);
		expect(about({}, { kind: 'file', original: '/a', path: '/b' })).toBe(null);
		const whole = { ...restored, original: { ...original!, database: '' } };
		expect(about({ database: 'other' }, whole)).toMatchObject({ host: '/run/here', database: 'other' });
	});
});
