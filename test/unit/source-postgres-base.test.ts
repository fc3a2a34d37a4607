// Against real servers, each on a free port of loopback in a folder of its own; skipped where the host has none.
// Debian: apt-get install postgresql; it need not be running.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Manifest } from '../../src/domain/backup.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { OpenedCopy } from '../../src/sources/define.ts';
import { postgresBase } from '../../src/sources/postgres-base.ts';
import type { BaseOptions } from '../../src/sources/postgres-base-options.ts';
import { postgresWal, type WalOptions } from '../../src/sources/postgres-wal.ts';
import { type DatabaseServer, INITDB, startPostgres } from '../support/database-servers.ts';
import { manifestOf, must, sourceWorld } from '../support/database-sources.ts';

const world = sourceWorld();
const { ports } = world;
const restoring = postgresBase.restoring!;

describe.skipIf(INITDB === null)('a PostgreSQL cluster', () => {
	let server: DatabaseServer;
	let archive: string;
	let options: BaseOptions;
	let wal: WalOptions;

	function sql(statements: string, database = 'booking'): string {
		return execFileSync(
			'psql',
			['-h', server.folder, '-p', String(server.port), '-U', 'owner', '-d', database, '-qAtc', statements],
			{ stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' },
		).trim();
	}

	beforeAll(async () => {
		archive = mkdtempSync(join(tmpdir(), 'rounds [archive] '));
		chmodSync(archive, 0o777);
		server = await startPostgres([
			'archive_mode=on',
			`archive_command=test ! -f "${archive}/%f" && cp %p "${archive}/%f"`,
			'max_prepared_transactions=3',
		]);
		server.run(`create role keeper login superuser password 'keep: it @/'`);
		server.run('create database booking');
		writeFileSync(join(server.folder, 'files', 'pg_hba.conf'), `${readFileSync(join(server.folder, 'files', 'pg_hba.conf'), 'utf8')}host replication all 127.0.0.1/32 scram-sha-256\n`);
		sql("select pg_reload_conf()");
		sql('create table sale (id serial primary key, cents bigint not null)');
		sql('insert into sale (cents) select generate_series(1, 100)');
		const place = { host: '127.0.0.1', port: server.port, user: 'keeper', password: new Secret('keep: it @/', 'env:KEEPER'), database: 'booking' };
		options = postgresBase.schema.parse(place) as BaseOptions;
		wal = postgresWal.schema.parse({ ...place, archive, wait: '30s' }) as WalOptions;
	}, 60_000);
	afterAll(async () => {
		await server?.close();
		await world.close();
		rmSync(archive, { recursive: true, force: true });
	});

	test('base and two increments: the rows of the last one are there', async () => {
		const run = world.run();
		const to = join(run.folder, 'base');
		const copied = must(await postgresBase.copy(options, to, ports, run, { previous: null, base: null }));
		console.log(copied);
		const base = manifestOf(copied, to, { name: 'booking.base' });
		console.log(must(await postgresBase.verify(options, { file: to, manifest: base, increments: [] }, ports, world.run())));
		const increments: { file: string; manifest: Manifest }[] = [];
		for (const name of ['one', 'two']) {
			sql('insert into sale (cents) select 7 from generate_series(1, 50)');
			const file = join(run.folder, name);
			const more = must(await postgresWal.copy(wal, file, ports, world.run(), { previous: increments.at(-1)?.manifest ?? null, base }));
			console.log(more);
			const manifest = manifestOf(more, file, { name, base: base.name });
			console.log(must(await postgresWal.verify(wal, { file, manifest, increments: [] }, ports, world.run())));
			increments.push({ file, manifest });
		}
		const copy: OpenedCopy = { file: to, manifest: base, increments };
		const scratch = must(await restoring.scratch(options, null, ports, world.run()));
		console.log(scratch.place);
		const t = performance.now();
		must(await restoring.restore(options, copy, scratch.place, ports, world.run()));
		console.log('restore', performance.now() - t);
		expect(must(await restoring.measure(options, scratch.place, ports, world.run()))).toEqual({ rows: { sale: 200 }, sums: {} });
		must(await scratch.dispose());
		console.log('dispose', performance.now() - t);
		console.log(world.left(), readdirSync(tmpdir()).filter((n) => n.startsWith('rounds-')));
		console.log(spawnSync('sh', ['-c', 'ps ax | grep [p]ostgres'], { encoding: 'utf8' }).stdout);
	}, 120_000);
});
void [existsSync];
