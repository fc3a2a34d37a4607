import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './programs.ts';
import { closedPort } from './servers.ts';

/** A private server on a free port of loopback, in a folder of its own. */
export interface DatabaseServer {
	readonly port: number;
	readonly folder: string;
	/** As its first user, over its socket. */
	run(sql: string): void;
	close(): Promise<void>;
}

const PG_FOLDERS = globSync('/usr/lib/postgresql/*/bin').sort().reverse();
export const INITDB = findProgram('initdb', ...PG_FOLDERS);
const POSTGRES = findProgram('postgres', ...PG_FOLDERS);
export const MARIADBD = findProgram('mariadbd', '/usr/sbin');

// Neither server runs as root; nobody else's files are touched.
const NOBODY: { uid?: number; gid?: number } = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

function giveAway(folder: string): void {
	if (NOBODY.uid !== undefined) chownSync(folder, NOBODY.uid, NOBODY.gid ?? NOBODY.uid);
}

function ownFolder(name: string): string {
	const folder = mkdtempSync(join(tmpdir(), `rounds-${name}-`));
	giveAway(folder);
	return folder;
}

async function opened(server: ChildProcess, port: number): Promise<void> {
	for (;;) {
		if (server.exitCode !== null) throw new Error(`it ended with ${server.exitCode}`);
		const socket = connect(port, '127.0.0.1');
		const is = await Promise.race([
			once(socket, 'connect').then(() => true),
			once(socket, 'error').then(() => false),
		]).catch(() => false);
		socket.destroy();
		if (is) return;
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

async function ended(server: ChildProcess, signal: NodeJS.Signals): Promise<void> {
	if (server.exitCode !== null || server.signalCode !== null) return;
	const gone = once(server, 'exit');
	server.kill(signal);
	await gone;
}

/** PostgreSQL with password logins over TCP; its first user is `owner`, trusted on its socket. */
export async function startPostgres(...settings: readonly string[]): Promise<DatabaseServer> {
	const folder = ownFolder('postgres');
	const files = join(folder, 'files');
	const options = { ...NOBODY, cwd: folder, stdio: 'ignore' } as const;
	execFileSync(
		INITDB as string,
		['-D', files, '-U', 'owner', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C'],
		options,
	);
	writeFileSync(join(files, 'pg_hba.conf'), 'local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n');
	const port = await closedPort();
	const given = [
		`port=${port}`,
		'listen_addresses=127.0.0.1',
		`unix_socket_directories=${folder}`,
		'fsync=off',
	];
	const server = spawn(
		POSTGRES as string,
		['-D', files, ...[...given, ...settings].flatMap((one) => ['-c', one])],
		options,
	);
	await opened(server, port);
	const run = (sql: string) =>
		void execFileSync(
			'psql',
			['-h', folder, '-p', String(port), '-U', 'owner', '-d', 'postgres', '-qc', sql],
			{
				stdio: ['ignore', 'ignore', 'inherit'],
			},
		);
	return {
		port,
		folder,
		run,
		async close() {
			await ended(server, 'SIGINT');
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

/** MariaDB; its first user is `root`, without a password on its socket. */
export async function startMariadb(...settings: readonly string[]): Promise<DatabaseServer> {
	const folder = ownFolder('mariadb');
	const files = join(folder, 'files');
	const socket = join(folder, 'socket');
	mkdirSync(join(folder, 'tmp'), { mode: 0o777 });
	giveAway(join(folder, 'tmp'));
	const options = {
		...NOBODY,
		cwd: folder,
		stdio: 'ignore',
		env: { ...process.env, TMPDIR: join(folder, 'tmp') },
	} as const;
	execFileSync(
		'mariadb-install-db',
		['--no-defaults', `--datadir=${files}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
		options,
	);
	const port = await closedPort();
	const server = spawn(
		MARIADBD as string,
		[
			'--no-defaults',
			`--datadir=${files}`,
			`--port=${port}`,
			'--bind-address=127.0.0.1',
			`--socket=${socket}`,
			'--skip-name-resolve',
			...settings,
		],
		options,
	);
	await opened(server, port);
	const run = (sql: string) =>
		void execFileSync('mariadb', ['--no-defaults', '-S', socket, '-u', 'root', '-e', sql], {
			stdio: ['ignore', 'ignore', 'inherit'],
		});
	return {
		port,
		folder,
		run,
		async close() {
			await ended(server, 'SIGTERM');
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
