import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { Secret } from '../../src/domain/secret.ts';
import { postgresBase } from '../../src/sources/postgres-base.ts';
import type { BaseOptions } from '../../src/sources/postgres-base-options.ts';
import { type DatabaseServer, INITDB, MARIADBD, startMariadb, startPostgres } from './database-servers.ts';
import type { SourceSubject } from './source-subjects.ts';
import { manifestOf, type SourceWorld } from './source-world.ts';

// The same as in source-subjects.ts, which imports this file.
const HIDDEN = 'sup3r-hidden-value';
const secret = () => new Secret(HIDDEN, 'env:HIDDEN');

/** One server of a sort for a whole file of tests: each world gets databases of its own in it. */
function shared(start: () => Promise<DatabaseServer>) {
	let server: Promise<DatabaseServer> | null = null;
	afterAll(async () => (await server)?.close());
	return () => {
		server ??= start();
		return server;
	};
}

function psql(server: DatabaseServer, database: string, statements: string): string {
	const where = ['-h', server.folder, '-p', String(server.port), '-U', 'owner', '-d', database];
	return execFileSync('psql', [...where, '-qAt', '-v', 'ON_ERROR_STOP=1', '-c', statements], {
		encoding: 'utf8',
		stdio: ['ignore', 'pipe', 'inherit'],
	}).trim();
}

const FILL = `create table bill (id serial primary key, cents bigint not null, body text not null);
	create table "odd ""name" (x int); create index bill_cents on bill (cents);
	insert into bill (cents, body) select g * 7, md5(g::text) || md5((g * 3)::text) from generate_series(1, 3000) g`;
const STATE = 'select count(*), sum(cents), max(body) from bill';
const CHANGE = 'delete from bill where id % 3 = 0; update bill set cents = 1';

const postgresServer = shared(async () => {
	const server = await startPostgres(['max_connections=40']);
	server.run(`create role keeper login createdb password '${HIDDEN}'`);
	return server;
});

const postgres: SourceSubject = {
	needs: () => (INITDB === null ? 'postgresql' : null),
	seconds: 60,
	async make() {
		const server = await postgresServer();
		for (const name of ['app', 'theirs', 'empty']) {
			server.run(`drop database if exists ${name} with (force)`);
			server.run(`create database ${name} owner keeper`);
		}
		psql(server, 'app', `set role keeper; ${FILL}`);
		const at = { host: '127.0.0.1', port: server.port, user: 'keeper', password: secret(), database: 'app' };
		return { ...at, sums: { cents: 'select sum(cents) from bill' } };
	},
	gone: ['database-missing', async () => (await postgresServer()).run('drop database app with (force)')],
	findsFlips: true,
	restoring: {
		state: async () => psql(await postgresServer(), 'app', STATE),
		change: async () => void psql(await postgresServer(), 'app', CHANGE),
		async full() {
			psql(await postgresServer(), 'theirs', 'create table part (x int) partition by range (x)');
			return { database: 'theirs' };
		},
		empty: () => ({ database: 'empty' }),
		mask: ['update bill set cents = 0'],
		left: async () =>
			psql(await postgresServer(), 'postgres', 'select datname from pg_database order by 1').split('\n'),
	},
};

/** Clusters with an archive, that may be copied whole. */
async function archiving(world: SourceWorld | null): Promise<{ server: DatabaseServer; archive: string }> {
	const archive = mkdtempSync(join(tmpdir(), 'rounds-archive-'));
	chmodSync(archive, 0o777);
	const server = await startPostgres(['archive_mode=on', `archive_command=cp %p "${archive}/%f"`]);
	const close = async () => {
		await server.close();
		rmSync(archive, { recursive: true, force: true });
	};
	if (world === null) afterAllDo.push(close);
	else world.later(close);
	server.run(`create role chief login superuser password '${HIDDEN}'`);
	server.run('create database app');
	appendFileSync(
		join(server.folder, 'files', 'pg_hba.conf'),
		'host replication all 127.0.0.1/32 scram-sha-256\n',
	);
	psql(server, 'app', `select pg_reload_conf(); ${FILL}`);
	return { server, archive };
}
const afterAllDo: (() => Promise<void>)[] = [];
afterAll(async () => {
	for (const act of afterAllDo) await act();
});

const clusters = new WeakMap<SourceWorld, DatabaseServer>();
const clusterOf = (world: SourceWorld): DatabaseServer => {
	const server = clusters.get(world);
	if (server === undefined) throw new Error('it is made first');
	return server;
};
const chief = ({ port }: DatabaseServer) => ({
	host: '127.0.0.1',
	port,
	user: 'chief',
	password: secret(),
	database: 'app',
});

const base: SourceSubject = {
	needs: () => (INITDB === null ? 'postgresql' : null),
	seconds: 60,
	async make(world) {
		const { server } = await archiving(world);
		clusters.set(world, server);
		return { ...chief(server), data: join(server.folder, 'files') };
	},
	gone: ['access-denied', (world) => clusterOf(world).run("alter role chief password 'another'")],
	findsFlips: true,
	restoring: {
		async state(world) {
			await clusterOf(world).start();
			return psql(clusterOf(world), 'app', STATE);
		},
		change: (world) => void psql(clusterOf(world), 'app', CHANGE),
		stop: (world) => clusterOf(world).stop(),
		full: null,
		empty: null,
		mask: ['delete from bill'],
		left: (world) => {
			const { folder } = clusterOf(world);
			return existsSync(folder) ? readdirSync(folder).filter((name) => !name.startsWith('.s.')) : [];
		},
	},
};

let archived: ReturnType<typeof archiving> | null = null;
const walServer = () => {
	archived ??= archiving(null);
	return archived;
};

const wal: SourceSubject = {
	needs: () => (INITDB === null ? 'postgresql' : null),
	seconds: 60,
	async make() {
		const { server, archive } = await walServer();
		server.run(`alter role chief password '${HIDDEN}'`);
		return { ...chief(server), archive };
	},
	async around(world) {
		const { server } = await walServer();
		server.run(`alter role chief password '${HIDDEN}'`);
		const run = world.run();
		const to = join(run.folder, 'base');
		const options = postgresBase.schema.parse(chief(server)) as BaseOptions;
		const copied = await postgresBase.copy(options, to, world.ports, run, { previous: null, base: null });
		if (!copied.ok) throw new Error(copied.error.code);
		if (spoilt.has(world)) server.run("alter role chief password 'another'");
		return { previous: null, base: manifestOf('postgres-base', to, copied.value) };
	},
	gone: ['access-denied', (world) => void spoilt.add(world)],
	findsFlips: true,
	restoring: null,
};
const spoilt = new WeakSet<SourceWorld>();

const mysqlServer = shared(async () => {
	const server = await startMariadb([]);
	server.run(
		`create user keeper@'127.0.0.1' identified by '${HIDDEN}'; grant all on *.* to keeper@'127.0.0.1'`,
	);
	return server;
});
async function mariadb(database: string, statements: string): Promise<string> {
	const args = [
		'--no-defaults',
		'-S',
		join((await mysqlServer()).folder, 'socket'),
		'-u',
		'root',
		'-N',
		'-e',
		statements,
	];
	return execFileSync('mariadb', [...args, ...(database === '' ? [] : [database])], {
		encoding: 'utf8',
	}).trim();
}

const mysql: SourceSubject = {
	needs: () => (MARIADBD === null ? 'mariadb-server' : null),
	seconds: 60,
	async make() {
		const server = await mysqlServer();
		for (const name of ['app', 'theirs', 'empty'])
			server.run(`drop database if exists ${name}; create database ${name} character set utf8mb4`);
		await mariadb(
			'app',
			`create table bill (id int primary key auto_increment, cents bigint not null, body text not null);
			create table \`odd "name\` (x int);
			insert into bill (cents, body) select seq * 7, concat(md5(seq), md5(seq * 3)) from seq_1_to_3000`,
		);
		const at = { host: '127.0.0.1', port: server.port, user: 'keeper', password: secret(), database: 'app' };
		return { ...at, sums: { cents: 'select sum(cents) from bill' } };
	},
	gone: ['database-missing', async () => (await mysqlServer()).run('drop database app')],
	// Text has no sums of its own: the hash over the whole copy is what finds them.
	findsFlips: false,
	restoring: {
		state: () => mariadb('app', STATE),
		change: async () => void (await mariadb('app', CHANGE)),
		async full() {
			await mariadb('theirs', 'create table theirs (x int)');
			return { database: 'theirs' };
		},
		empty: () => ({ database: 'empty' }),
		mask: ['update bill set cents = 0'],
		left: async () => (await mariadb('', 'show databases')).split('\n'),
	},
};

export const DATABASE_SUBJECTS: Readonly<Record<string, SourceSubject>> = {
	postgres,
	'postgres-base': base,
	'postgres-wal': wal,
	mysql,
};
