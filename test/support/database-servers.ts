import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
	chownSync,
	globSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
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
	/** Its log so far. */
	log(): string;
	/** Ends it in order; its files stay. */
	stop(): Promise<void>;
	/** Starts it again on its files; nothing when it runs. */
	start(): Promise<void>;
	close(): Promise<void>;
}

const PG_FOLDERS = globSync('/usr/lib/postgresql/*/bin').sort().reverse();
export const INITDB = findProgram('initdb', ...PG_FOLDERS);
const BASEBACKUP = findProgram('pg_basebackup', ...PG_FOLDERS);
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

/** A certificate for 127.0.0.1 that nobody has signed, for the server to use. */
function selfSigned(folder: string): { readonly cert: string; readonly key: string } {
	const [cert, key] = [join(folder, 'server.crt'), join(folder, 'server.key')];
	const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
	execFileSync(
		'openssl',
		['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert, ...names],
		{ ...NOBODY, stdio: 'ignore' },
	);
	return { cert, key };
}

/**
 * PostgreSQL with password logins over TCP, and TLS for those who ask; its first user is `owner`, trusted on its socket.
 * A replica when it is given one to follow.
 */
export async function startPostgres(
	settings: readonly string[],
	follows: DatabaseServer | null = null,
): Promise<DatabaseServer> {
	const folder = ownFolder('postgres');
	const files = join(folder, 'files');
	const options = { ...NOBODY, cwd: folder, stdio: 'ignore' } as const;
	if (follows === null) {
		execFileSync(
			INITDB as string,
			['-D', files, '-U', 'owner', '-A', 'trust', '--no-sync', '-E', 'UTF8', '--locale=C'],
			options,
		);
		const lines = [
			'local all all trust',
			'local replication all trust',
			'host all all 127.0.0.1/32 scram-sha-256',
		];
		writeFileSync(join(files, 'pg_hba.conf'), `${lines.join('\n')}\n`);
	} else {
		const from = ['-h', follows.folder, '-p', String(follows.port), '-U', 'owner'];
		execFileSync(BASEBACKUP as string, [...from, '-D', files, '-R', '-c', 'fast', '--no-sync'], options);
	}
	const { cert, key } = selfSigned(folder);
	const port = await closedPort();
	const given = [
		`port=${port}`,
		'listen_addresses=127.0.0.1',
		`unix_socket_directories=${folder}`,
		'fsync=off',
		'ssl=on',
		`ssl_cert_file=${cert}`,
		`ssl_key_file=${key}`,
	];
	const log = join(folder, 'log');
	const out = openSync(log, 'a');
	const launch = () =>
		spawn(POSTGRES as string, ['-D', files, ...[...given, ...settings].flatMap((one) => ['-c', one])], {
			...options,
			stdio: ['ignore', out, out],
		});
	let server = launch();
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
		log: () => readFileSync(log, 'utf8'),
		stop: () => ended(server, 'SIGINT'),
		async start() {
			if (server.exitCode === null && server.signalCode === null) return;
			server = launch();
			await opened(server, port);
		},
		async close() {
			await ended(server, 'SIGINT');
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

/** MariaDB; its first user is `root`, without a password on its socket. */
export async function startMariadb(settings: readonly string[]): Promise<DatabaseServer> {
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
	const { cert, key } = selfSigned(folder);
	const log = join(folder, 'log');
	const out = openSync(log, 'a');
	const port = await closedPort();
	const launch = () =>
		spawn(
			MARIADBD as string,
			[
				'--no-defaults',
				`--datadir=${files}`,
				`--port=${port}`,
				'--bind-address=127.0.0.1',
				`--socket=${socket}`,
				'--skip-name-resolve',
				'--log-warnings=4',
				`--ssl-cert=${cert}`,
				`--ssl-key=${key}`,
				...settings,
			],
			{ ...options, stdio: ['ignore', out, out] },
		);
	let server = launch();
	await opened(server, port);
	const run = (sql: string) =>
		void execFileSync('mariadb', ['--no-defaults', '-S', socket, '-u', 'root', '-e', sql], {
			stdio: ['ignore', 'ignore', 'inherit'],
		});
	return {
		port,
		folder,
		run,
		log: () => readFileSync(log, 'utf8'),
		stop: () => ended(server, 'SIGTERM'),
		async start() {
			if (server.exitCode === null && server.signalCode === null) return;
			server = launch();
			await opened(server, port);
		},
		async close() {
			await ended(server, 'SIGTERM');
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
