// Against real servers, each on a free port of loopback in a folder of its own; skipped where the host has none.
// Debian: apt-get install postgresql; it need not be running.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
	appendFileSync,
	chmodSync,
	existsSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Manifest } from '../../src/domain/backup.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { OpenedCopy } from '../../src/sources/define.ts';
import { postgresBase } from '../../src/sources/postgres-base.ts';
import type { BaseOptions } from '../../src/sources/postgres-base-options.ts';
import { KEEPER } from '../../src/sources/postgres-cluster.ts';
import { postgresWal, type WalOptions } from '../../src/sources/postgres-wal.ts';
import { type DatabaseServer, INITDB, startPostgres } from '../support/database-servers.ts';
import { copyOf, DatabaseWorld, faultOf, must } from '../support/database-sources.ts';
import { lives } from '../support/living.ts';
import { mayMount, mountSmallDisk } from '../support/small-disk.ts';

const world = new DatabaseWorld();
const { ports } = world;
const restoring = postgresBase.restoring!;
const SECONDS = 60_000;

describe.skipIf(INITDB === null)('a PostgreSQL cluster', () => {
	let server: DatabaseServer;
	let archive: string;
	let options: BaseOptions;
	let wal: WalOptions;
	let base: OpenedCopy;
	let increments: OpenedCopy['increments'] = [];

	function ask(statements: string): string {
		const where = ['-h', server.folder, '-p', String(server.port), '-U', 'owner', '-d', 'booking'];
		return execFileSync('psql', [...where, '-qAtc', statements], {
			encoding: 'utf8',
			stdio: ['ignore', 'pipe', 'inherit'],
		}).trim();
	}

	async function copyBase(name: string): Promise<OpenedCopy> {
		const to = join(world.folder(), name);
		const copied = must(
			await postgresBase.copy(options, to, ports, world.run(), { previous: null, base: null }),
		);
		return copyOf('postgres-base', to, copied, { name });
	}

	async function copyWal(name: string, previous: Manifest | null, of = base, from = wal) {
		const file = join(world.folder(), name);
		const copied = await postgresWal.copy(from, file, ports, world.run(), { previous, base: of.manifest });
		if (!copied.ok) return copied;
		return {
			ok: true as const,
			value: copyOf('postgres-wal', file, copied.value, { name, base: of.manifest.name }),
		};
	}

	beforeAll(async () => {
		// What stands in its name must mean nothing to shells, globs and arguments.
		archive = mkdtempSync(join(tmpdir(), 'rounds [archive] {1,2} '));
		chmodSync(archive, 0o777);
		server = await startPostgres([
			'archive_mode=on',
			`archive_command=test ! -f "${archive}/%f" && cp %p "${archive}/%f"`,
			'max_prepared_transactions=3',
		]);
		server.run(
			`create role keeper login superuser password 'keep: it @/'; create role plain login password 'plain one'`,
		);
		server.run('create database booking');
		appendFileSync(
			join(server.folder, 'files', 'pg_hba.conf'),
			'host replication all 127.0.0.1/32 scram-sha-256\n',
		);
		ask('select pg_reload_conf()');
		ask('create table sale (id serial primary key, cents bigint not null)');
		ask('insert into sale (cents) select generate_series(1, 100)');
		ask("begin; insert into sale (cents) values (5); prepare transaction 'open'");
		const place = {
			host: '127.0.0.1',
			port: server.port,
			user: 'keeper',
			password: new Secret('keep: it @/', 'env:KEEPER'),
			database: 'booking',
		};
		options = postgresBase.schema.parse(place) as BaseOptions;
		wal = postgresWal.schema.parse({ ...place, archive, wait: '20s' }) as WalOptions;
		base = await copyBase('booking.base');
		for (const name of ['one', 'two']) {
			ask('insert into sale (cents) select 7 from generate_series(1, 50)');
			const more = must(await copyWal(name, increments.at(-1)?.manifest ?? null));
			increments = [...increments, { file: more.file, manifest: more.manifest }];
		}
	}, SECONDS);
	afterAll(async () => {
		await server?.close();
		await world.close();
		rmSync(archive, { recursive: true, force: true });
	});

	test.skipIf(process.getuid?.() !== 0)(
		'as root, nobody else can enter the folder of a drill before all of it is unpacked',
		async () => {
			const run = world.run();
			const scratch = must(await restoring.scratch(options, null, ports, run));
			const folder = String(scratch.place.own['folder']);
			expect(String(scratch.place.own['owner'])).not.toBe('');
			expect([statSync(folder).uid, statSync(folder).mode & 0o777]).toEqual([0, 0o700]);
			must(await restoring.restore(options, base, scratch.place, ports, run));
			expect(statSync(folder).uid).not.toBe(0);
			must(await scratch.dispose());
			expect(existsSync(folder)).toBe(false);
		},
		SECONDS,
	);

	/** Rows of the restored cluster; it is gone afterwards, and so is its server. */
	async function rehearse(copy: OpenedCopy, into: unknown = null) {
		const run = world.run();
		const scratch = must(await restoring.scratch(options, into, ports, run));
		const folder = String(scratch.place.own['folder']);
		try {
			const restored = await restoring.restore(options, copy, scratch.place, ports, run);
			if (!restored.ok) return restored.error.code;
			return must(await restoring.measure(options, scratch.place, ports, run)).rows['sale'];
		} finally {
			must(await scratch.dispose());
			expect(await ports.processes.find({ command: folder })).toEqual({ ok: true, value: [] });
			expect(existsSync(folder)).toBe(false);
		}
	}

	test(
		'base and two increments: the rows of the last one are there, and only where it is',
		async () => {
			expect(await rehearse({ ...base, increments })).toBe(200);
			expect(await rehearse({ ...base, increments: increments.slice(0, 1) })).toBe(150);
			expect(await rehearse(base)).toBe(100);
		},
		SECONDS,
	);

	test(
		'up to a moment, and nothing later',
		async () => {
			const until = increments[0]?.manifest.asOf;
			expect(await rehearse({ ...base, increments }, { until })).toBe(150);
			expect(await rehearse({ ...base, increments }, { until: '2099-01-01T00:00:00Z' })).toBe(
				'command-failed',
			);
			for (const wrong of ['yesterday', "2026-01-01T00:00:00Z' --", '2026-13-01T00:00:00Z'])
				expect(restoring.intoSchema?.safeParse({ until: wrong }).success).toBe(false);
		},
		SECONDS,
	);

	test(
		'it can be written to, and its checks are asked there whatever their database',
		async () => {
			const run = world.run();
			const scratch = must(await restoring.scratch(options, null, ports, run));
			must(await restoring.restore(options, base, scratch.place, ports, run));
			must(
				await restoring.mask!(
					options,
					scratch.place,
					['update sale set cents = 0', 'delete from sale where id > 3'],
					ports,
					run,
				),
			);
			expect(must(await restoring.measure(options, scratch.place, ports, run)).rows).toEqual({ sale: 3 });
			expect(scratch.place.restored).toMatchObject({
				original: { database: '' },
				place: { database: 'booking', password: null },
			});
			must(await scratch.dispose());
			expect(ask('select count(*) from sale')).toBe('200');
		},
		SECONDS,
	);

	test('the facts tell where it begins and ends, and the newest log’s age', () => {
		const position = expect.stringMatching(/^[0-9A-F]+\/[0-9A-F]+$/);
		expect(base.manifest.facts).toMatchObject({
			systemIdentifier: ask('select system_identifier from pg_control_system()'),
			timeline: 1,
			startLsn: position,
			stopLsn: position,
			walSegment: expect.stringMatching(/^[0-9A-F]{24}$/),
		});
		const [one, two] = increments.map(({ manifest }) => manifest.facts);
		expect(one?.['firstSegment']).not.toBe(base.manifest.facts['walSegment']);
		expect(two).toMatchObject({ segments: 1, archiveFailures: 0, newestWalAgeMs: expect.any(Number) });
		expect(Date.parse(String(two?.['newestWalAt']))).toBeGreaterThan(Date.parse(base.manifest.asOf) - 60_000);
	});

	test(
		'a hole in the log is found when it is copied and when it is replayed',
		async () => {
			ask('insert into sale (cents) values (1008)');
			ask('select pg_switch_wal()');
			ask('insert into sale (cents) values (1008)');
			const three = must(await copyWal('three', increments[1]?.manifest ?? null));
			expect(three.manifest.facts['segments']).toBe(2);
			// Without the two before it, recovery would end in silence where the hole is.
			const hole = [{ file: three.file, manifest: three.manifest }];
			expect(await rehearse({ ...base, increments: hole })).toBe('copy-incomplete');
			const first = join(archive, String(three.manifest.facts['firstSegment']));
			renameSync(first, `${first}.lost`);
			expect(faultOf(await copyWal('again', increments[1]?.manifest ?? null))).toEqual({
				code: 'file-missing',
				detail: { path: first },
			});
			renameSync(`${first}.lost`, first);
			ask('delete from sale where cents = 1008');
		},
		SECONDS,
	);

	test(
		'an archived segment that is cut short or spoilt is found',
		async () => {
			const last = increments.at(-1)?.manifest ?? null;
			ask('create table dense as select g, md5(g::text) from generate_series(1, 500000) g; drop table dense');
			const dense = ask('select pg_walfile_name(pg_current_wal_lsn() - 16777216)');
			must(await copyWal('whole', last));
			const path = join(archive, dense);
			const whole = readFileSync(path);
			truncateSync(path, 8_000_000);
			expect(faultOf(await copyWal('short', last))).toEqual({
				code: 'file-malformed',
				detail: { path, format: 'WAL' },
			});
			for (const spoil of [
				(at: number) => at < 40,
				(at: number) => at >= 200 && at < 2000,
				(at: number) => at >= 4_000_000 && at < 4_000_100,
			]) {
				writeFileSync(path, Buffer.from(whole.map((byte, at) => (spoil(at) ? byte ^ 0x55 : byte))));
				expect(faultOf(await copyWal('spoilt', last))).toMatchObject({ code: 'file-malformed' });
			}
			writeFileSync(path, whole);
			must(await copyWal('mended', last));
		},
		SECONDS,
	);

	test(
		'an increment follows across a newer base, so that both bases can be continued',
		async () => {
			const newer = await copyBase('newer.base');
			ask('insert into sale (cents) select 1009 from generate_series(1, 10)');
			const more = must(await copyWal('four', increments.at(-1)?.manifest ?? null, newer));
			const next = [{ file: more.file, manifest: more.manifest }];
			expect(await rehearse({ ...newer, increments: next })).toBe(210);
			expect(await rehearse({ ...base, increments: [...increments, ...next] })).toBe(210);
			ask('delete from sale where cents = 1009');
		},
		SECONDS,
	);

	test(
		'no base, another cluster’s base, nobody who archives: each is a fault',
		async () => {
			const run = world.run();
			const to = join(run.folder, 'copy');
			const copied = await postgresWal.copy(wal, to, ports, run, { previous: null, base: null });
			expect(faultOf(copied).code).toBe('manifest-missing');
			const foreign = {
				...base,
				manifest: { ...base.manifest, facts: { ...base.manifest.facts, systemIdentifier: '1' } },
			};
			expect(faultOf(await copyWal('foreign', null, foreign)).code).toBe('source-changed');
			const elsewhere = { ...wal, archive: world.folder() };
			expect(faultOf(await copyWal('elsewhere', increments[1]?.manifest ?? null, base, elsewhere)).code).toBe(
				'file-missing',
			);
			const other = await startPostgres([]);
			try {
				other.run(`create role keeper login superuser password 'keep: it @/'`);
				other.run('create database booking');
				const none = { ...wal, port: other.port };
				expect(faultOf(await copyWal('none', null, base, none))).toEqual({
					code: 'not-supported',
					detail: { what: 'archive_mode = off' },
				});
			} finally {
				await other.close();
			}
		},
		SECONDS,
	);

	test('a server that cannot archive says which segment', async () => {
		chmodSync(archive, 0o555);
		const fault = faultOf(await copyWal('failing', increments.at(-1)?.manifest ?? null));
		expect(fault).toMatchObject({
			code: 'command-failed',
			detail: { command: 'archive_command', message: expect.stringMatching(/^[0-9A-F]{24}/) },
		});
		expect(fault.detail['exit']).toBe(undefined);
		chmodSync(archive, 0o777);
		// It failed, and it is well again: a copy is made, and the failure is told.
		const mended = join(world.folder(), 'mended');
		const around = { previous: increments.at(-1)?.manifest ?? null, base: base.manifest };
		for (;;) {
			const copied = await postgresWal.copy(wal, mended, ports, world.run(), around);
			if (!copied.ok) continue;
			expect(copied.value.warnings).toMatchObject([{ code: 'command-failed' }]);
			break;
		}
	}, 120_000);

	test(
		'a role that may not replicate, and a cluster with tablespaces, are refused',
		async () => {
			const plain = postgresBase.schema.parse({
				host: '127.0.0.1',
				port: server.port,
				user: 'plain',
				password: new Secret('plain one', 'env:PLAIN'),
			}) as BaseOptions;
			const run = world.run();
			const copied = await postgresBase.copy(plain, join(run.folder, 'copy'), ports, run, {
				previous: null,
				base: null,
			});
			expect(faultOf(copied).code).toBe('no-permission');
			const folder = join(server.folder, 'more');
			execFileSync('mkdir', [folder]);
			execFileSync('chown', ['--reference', join(server.folder, 'files'), folder]);
			ask(`create tablespace more location '${folder}'`);
			const refused = await postgresBase.copy(options, join(run.folder, 'copy'), ports, run, {
				previous: null,
				base: null,
			});
			expect(faultOf(refused)).toEqual({ code: 'not-supported', detail: { what: 'tablespaces' } });
			ask('drop tablespace more');
			expect(world.left().filter((path) => path.startsWith(run.folder))).toEqual([]);
		},
		SECONDS,
	);

	test(
		'a folder too deep for a socket, chosen by the operator',
		async () => {
			const deep = join(world.folder(), 'a folder with a long name'.repeat(4), "it's 100% deep");
			execFileSync('mkdir', ['-p', deep]);
			for (let path = deep; path.startsWith(join(tmpdir(), 'rounds-run-')); path = join(path, '..'))
				chmodSync(path, 0o777);
			const scratch = must(await restoring.scratch({ ...options, scratch: deep }, null, ports, world.run()));
			const { folder, sockets } = scratch.place.own;
			expect(String(folder).startsWith(deep)).toBe(true);
			expect(sockets).not.toBe(folder);
			must(await restoring.restore(options, { ...base, increments }, scratch.place, ports, world.run()));
			expect(must(await restoring.measure(options, scratch.place, ports, world.run())).rows).toEqual({
				sale: 200,
			});
			must(await scratch.dispose());
			expect([folder, sockets].map((path) => existsSync(String(path)))).toEqual([false, false]);
			expect(readdirSync(deep)).toEqual([]);
		},
		SECONDS,
	);

	test.skipIf(!mayMount)(
		'a disk that is full in the middle: a fault, and nothing is left',
		async () => {
			const run = world.run();
			const disk = mountSmallDisk(join(run.folder, 'disk'), 4 * 1024 * 1024);
			const around = { previous: null, base: null };
			try {
				const copied = await postgresBase.copy(options, join(disk.folder, 'copy'), ports, run, around);
				expect(faultOf(copied).code).toBe('disk-full');
				expect(readdirSync(disk.folder)).toEqual([]);
			} finally {
				disk.unmount();
			}
		},
		SECONDS,
	);

	test(
		'cancelled while it copies: nothing is left',
		async () => {
			const controller = new AbortController();
			const run = world.run({ signal: controller.signal, onProgress: () => controller.abort() });
			const copied = await postgresBase.copy(options, join(run.folder, 'copy'), ports, run, {
				previous: null,
				base: null,
			});
			expect(faultOf(copied).code).toBe('cancelled');
			expect(world.left().filter((path) => path.startsWith(run.folder))).toEqual([]);
		},
		SECONDS,
	);

	test(
		'cancelled while it recovers: no process and no folder',
		async () => {
			const controller = new AbortController();
			const phases: string[] = [];
			const run = world.run({
				signal: controller.signal,
				onProgress({ phase }) {
					phases.push(phase);
					if (phase === 'restore') setImmediate(() => controller.abort());
				},
			});
			const scratch = must(await restoring.scratch(options, null, ports, run));
			const folder = String(scratch.place.own['folder']);
			const restored = await restoring.restore(options, { ...base, increments }, scratch.place, ports, run);
			expect(faultOf(restored).code).toBe('cancelled');
			expect(phases).toContain('restore');
			must(await scratch.dispose());
			expect(await ports.processes.find({ command: folder })).toEqual({ ok: true, value: [] });
			expect(existsSync(folder)).toBe(false);
		},
		SECONDS,
	);

	test(
		'a restore for real is refused without a data folder, and while a server runs on it',
		async () => {
			const without = await restoring.replace(options, base, ports, world.run());
			expect(faultOf(without)).toEqual({ code: 'not-restorable', detail: { reason: 'data-folder' } });
			const data = join(server.folder, 'files');
			const running = await restoring.replace({ ...options, data }, base, ports, world.run());
			expect(faultOf(running)).toEqual({ code: 'not-restorable', detail: { reason: 'running', path: data } });
			expect(ask('select count(*) from sale')).toBe('200');
		},
		SECONDS,
	);
});

test(
	'what keeps a server ends it when whoever started it is gone',
	async () => {
		const folder = world.folder();
		const child = spawn('/bin/sh', ['-c', KEEPER, 'rounds', 'sleep', '321986'], {
			stdio: ['ignore', 'pipe', 'ignore'],
			env: { ...process.env, ROUNDS_DRILL: folder },
		});
		await once(child.stdout, 'data');
		const found = await ports.processes.find({ command: 'sleep 321986' });
		const sleeping = found.ok ? found.value.find(({ name }) => name === 'sleep') : undefined;
		expect(sleeping).toBeDefined();
		const ended = once(child, 'exit');
		child.stdout.destroy();
		await ended;
		expect(lives(sleeping!.pid)).toBe(false);
		expect(existsSync(folder)).toBe(false);
	},
	SECONDS,
);
