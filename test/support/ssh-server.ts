import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { findProgram } from './programs.ts';
import { closedPort } from './servers.ts';

// Debian: apt-get install openssh-server openssh-client rsync
const SSHD = findProgram('sshd', '/usr/sbin');
// Nobody logs in as a user whose shell sends everybody away.
const mayLogIn = !/\/(nologin|false)$/.test(userInfo().shell ?? '');
export const hasSsh =
	SSHD !== null && mayLogIn && findProgram('sftp') !== null && findProgram('ssh-keygen') !== null;
export const hasRsync = hasSsh && findProgram('rsync') !== null;

/** A private sshd on loopback that lets us in by one key, and nobody else. */
export interface SshServer {
	readonly port: number;
	readonly user: string;
	readonly identity: string;
	/** A key it does not know. */
	readonly stranger: string;
	readonly knownHosts: string;
	/** The same host with another key in it. */
	readonly wrongHosts: string;
	/** Forgets who talks to it and takes nobody more. */
	stop(): Promise<void>;
	close(): Promise<void>;
}

export async function startSsh(): Promise<SshServer> {
	const folder = mkdtempSync(join(tmpdir(), 'rounds-ssh-'));
	const at = (name: string) => join(folder, name);
	// Where it goes when somebody talks to it who has not logged in yet.
	if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true });
	const keys = ['host', 'other', 'user', 'stranger'];
	for (const name of keys) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(name)]);
	writeFileSync(at('authorized'), readFileSync(at('user.pub')));
	const port = await closedPort();
	const known = (name: string) =>
		`[127.0.0.1]:${port} ${readFileSync(at(`${name}.pub`), 'utf8')
			.split(' ')
			.slice(0, 2)
			.join(' ')}\n`;
	writeFileSync(at('known hosts'), known('host'));
	writeFileSync(at('wrong_hosts'), known('other'));
	const lines = [
		`Port ${port}`,
		'ListenAddress 127.0.0.1',
		`HostKey ${at('host')}`,
		`AuthorizedKeysFile ${at('authorized')}`,
		`PidFile ${at('pid')}`,
		'StrictModes no',
		'PasswordAuthentication no',
		'KbdInteractiveAuthentication no',
		'PermitRootLogin prohibit-password',
		'MaxStartups 100',
		'Subsystem sftp internal-sftp',
	];
	writeFileSync(at('config'), `${lines.join('\n')}\n`);
	const server = spawn(SSHD as string, ['-D', '-f', at('config'), '-E', at('log')], {
		stdio: 'ignore',
		detached: true,
	});
	await listens(server, port);
	const stop = async () => {
		if (server.exitCode !== null || server.signalCode !== null) return;
		const gone = once(server, 'exit');
		server.kill('SIGTERM');
		await gone;
	};
	return {
		port,
		user: userInfo().username,
		identity: at('user'),
		stranger: at('stranger'),
		knownHosts: at('known hosts'),
		wrongHosts: at('wrong_hosts'),
		stop,
		async close() {
			await stop();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

async function listens(server: ChildProcess, port: number): Promise<void> {
	for (;;) {
		if (server.exitCode !== null) throw new Error(`sshd ended with ${server.exitCode}`);
		const socket = connect(port, '127.0.0.1');
		const is = await Promise.race([
			once(socket, 'connect').then(() => true),
			once(socket, 'error').then(() => false),
		]).catch(() => false);
		socket.destroy();
		if (is) return;
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}
