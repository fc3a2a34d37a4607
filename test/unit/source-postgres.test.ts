// Against a real server on a free port of loopback, in a folder of its own; skipped where the host has none.
// Debian: apt-get install postgresql; it need not be running.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DatabasePlace } from '../../src/domain/database-port.ts';
import { Secret } from '../../src/domain/secret.ts';
import { postgres } from '../../src/sources/postgres.ts';
import type { PostgresOptions } from '../../src/sources/postgres-options.ts';
import { type DatabaseServer, INITDB, startPostgres } from '../support/database-servers.ts';
import { manifestOf, must, sourceWorld } from '../support/database-sources.ts';

const world = sourceWorld();
const { ports } = world;
const restoring = postgres.restoring!;
const nothing = { previous: null, base: null };
const written = (more: object) => postgres.schema.parse(more) as PostgresOptions;

describe.skipIf(INITDB === null)('a PostgreSQL database', () => {
	let server: DatabaseServer;
	let options: PostgresOptions;

	beforeAll(async () => {
		server = await startPostgres(['max_connections=30', 'log_statement=all']);
		server.run(`create role keeper login createdb password 'keep: it @/'`);
		server.run(`create role plain login password 'plain'`);
		server.run('create database booking owner keeper');
		server.run('create database empty owner keeper');
		sql('booking', `create schema hidden; create table "odd""name'" (id int primary key, note text);
			create table sale (id serial primary key, cents bigint not null);
			create table hidden.more (id int); insert into hidden.more select generate_series(1, 5);
			create view dear as select * from sale where cents > 100;
			create function three() returns int language sql as 'select 3';
			insert into "odd""name'" values (1, E'a\\\\b\\n{"table":"sale","rows":0}');
			insert into sale (cents) select g from generate_series(1, 1000) g; analyze`);
		options = written({
			host: '127.0.0.1',
			port: server.port,
			user: 'keeper',
			password: new Secret('keep: it @/', 'env:KEEPER'),
			database: 'booking',
			sums: { cents: 'select sum(cents) from sale; ', odd: "select 'a:b\\c'::text -- a remark" },
		});
	}, 60_000);
	afterAll(async () => {
		await server?.close();
		await world.close();
	});

	function sql(database: string, statements: string) {
		const marked = statements.replaceAll("'", "'\\''");
		void marked;
		const done = spawnSql(database, statements);
		if (done !== 0) throw new Error(statements);
	}
	function spawnSql(database: string, statements: string): number | null {
		const { status } = spawnSync(
			'psql',
			['-h', server.folder, '-p', String(server.port), '-U', 'keeper', '-d', database, '-qc', statements],
			{ stdio: ['ignore', 'ignore', 'inherit'] },
		);
		return status;
	}

	test('a dump', async () => {
		const run = world.run();
		const to = join(run.folder, 'copy');
		const copied = must(await postgres.copy(options, to, ports, run, nothing));
		console.log(copied, statSync(to).mode.toString(8));
		const copy = { file: to, manifest: manifestOf(copied, to), increments: [] };
		console.log(must(await postgres.verify(options, copy, ports, world.run())));
		const scratch = must(await restoring.scratch(options, null, ports, world.run()));
		console.log(scratch.place);
		must(await restoring.restore(options, copy, scratch.place, ports, world.run()));
		console.log(must(await restoring.measure(options, scratch.place, ports, world.run())));
		must(await restoring.mask!(options, scratch.place, ['update sale set cents = 1', "delete from hidden.more where id > 2"], ports, world.run()));
		console.log(must(await restoring.measure(options, scratch.place, ports, world.run())));
		must(await scratch.dispose());
		must(await scratch.dispose());
		const cluster = must(await restoring.scratch(options, {cluster: true}, ports, world.run()));
		console.log(cluster.place);
		must(await restoring.restore(options, copy, cluster.place, ports, world.run()));
		console.log(must(await restoring.measure(options, cluster.place, ports, world.run())));
		must(await cluster.dispose());
		const st = must(await restoring.scratch(options, {database: 'empty'}, ports, world.run()));
		must(await restoring.restore(options, copy, st.place, ports, world.run()));
		console.log(must(await restoring.measure(options, st.place, ports, world.run())));
		must(await st.dispose());
		must(await restoring.scratch(options, {database: 'empty'}, ports, world.run()));
		console.log(must(await restoring.look(options, ports, world.run())));
		const replaced = must(await restoring.replace(options, copy, ports, world.run()));
		console.log(replaced);
		must(await restoring.putBack(options, replaced.aside!, ports, world.run()));
		console.log(must(await restoring.measure(options, restoring.live(options), ports, world.run())));
	}, 60_000);
});
void [spawn, readFileSync, truncateSync, writeFileSync];
export type { DatabasePlace };
