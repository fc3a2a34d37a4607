import type { TargetPorts } from '../domain/backup-ports.ts';
import { type Fault, fault } from '../domain/fault.ts';
import type { CommandAnswer, Limits } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean, excerpt } from '../domain/text.ts';
import { duration, hostName, path, port, written } from '../fields/fields.ts';
import { isPlainName } from './names.ts';

/** Time to take away what was cut off, when the run itself has no time left. */
const CLEAN_MS = 10_000;
/** Bytes kept of what a command prints: a long list of names. */
const OUTPUT_LIMIT = 8 * 1024 * 1024;

const user = () =>
	written<string>((value) => typeof value === 'string' && /^[A-Za-z0-9_][\w.@+-]{0,63}\$?$/.test(value), {
		json: { type: 'string' },
		error: 'expected a user name',
	});

// What ssh, sftp, rsync or a far shell would take for more than a letter of a name.
const farPath = () =>
	written<string>(
		(value) =>
			typeof value === 'string' &&
			/^[^-~:\s][^:]*$/.test(value) &&
			!/[\u0000-\u001f\u007f-\u009f"'\\*?[\]{}$%`]/.test(value),
		{
			json: { type: 'string', minLength: 1 },
			error: 'expected a folder of the far side, without quotes, patterns or "~"',
		},
	);

// `%` and `$` are filled in by ssh itself.
const keyFile = () =>
	path().superRefine((value, context) => {
		if (/[\u0000-\u001f\u007f"'\\%$]/.test(value) || value.startsWith('~'))
			context.addIssue({
				code: 'custom',
				message: 'expected a path without quotes, "%", "$" or "~"',
			});
	});

/** What every target that goes through ssh has to know. */
export const sshFields = {
	host: hostName()
		.superRefine((value, context) => {
			if (!/^[\w[:][\w.:%\]-]*$/.test(value))
				context.addIssue({
					code: 'custom',
					message: 'expected a host name or an IP address, without a port',
				});
		})
		.describe('The machine to send to.'),
	user: user().describe('Who logs in there.'),
	port: port().prefault(22).describe('Its port.'),
	path: farPath().describe('The folder there; made when it is missing.'),
	identity: keyFile()
		.optional()
		.describe('The private key to log in with, a file without a passphrase; else what ssh itself finds.'),
	knownHosts: keyFile()
		.optional()
		.describe(
			'The file with the keys of known hosts; else that of the user. A host that is not in it is refused.',
		),
	connectTimeout: duration().prefault('10s').describe('How long connecting may take.'),
};

export interface SshOptions {
	readonly host: string;
	readonly user: string;
	readonly port: number;
	readonly path: string;
	readonly identity?: string | undefined;
	readonly knownHosts?: string | undefined;
	readonly connectTimeout: number;
}

/** Nothing is ever asked for, nobody unknown is believed, and nothing of ours is lent to the far side. */
export function sshArguments(options: SshOptions): readonly string[] {
	const { identity, knownHosts, connectTimeout } = options;
	const settings = [
		'BatchMode=yes',
		'StrictHostKeyChecking=yes',
		'PreferredAuthentications=publickey',
		`ConnectTimeout=${Math.max(1, Math.ceil(connectTimeout / 1000))}`,
		'ServerAliveInterval=15',
		'ServerAliveCountMax=4',
		'ForwardAgent=no',
		'ForwardX11=no',
		'ClearAllForwardings=yes',
		'PermitLocalCommand=no',
		'UpdateHostKeys=no',
		'ControlMaster=no',
		'ControlPath=none',
		...(knownHosts === undefined ? [] : [`UserKnownHostsFile="${knownHosts}"`]),
		...(identity === undefined
			? []
			: ['IdentitiesOnly=yes', 'IdentityAgent=none', `IdentityFile="${identity}"`]),
	];
	return settings.map((setting) => `-o${setting}`);
}

export const bareHost = ({ host }: SshOptions): string => host.replace(/^\[(.*)\]$/, '$1');
export const bracketed = (options: SshOptions): string =>
	bareHost(options).includes(':') ? `[${bareHost(options)}]` : bareHost(options);

/** As people write it. */
export function farAddress(options: SshOptions, scheme: string): string {
	const at = options.port === 22 ? '' : `:${options.port}`;
	return clean(`${scheme}://${options.user}@${bracketed(options)}${at}/${options.path.replace(/^\//, '')}`, {
		max: 200,
	});
}

/** Names that no program on the way takes for anything but a name. */
export function isFarName(name: string): boolean {
	return (
		isPlainName(name) && clean(name) === name && /^[\p{L}\p{N}_.][^"'\\*?[\]{}$%`:;&|<>()!#~]*$/u.test(name)
	);
}

export const joinFar = (folder: string, name: string): string => `${folder.replace(/\/+$/, '')}/${name}`;

export interface FarCommand {
	readonly argv: readonly string[];
	readonly cwd: string;
	readonly onOutput?: (stream: 'out' | 'err', text: string) => void;
}

/** Runs one of the system's commands; ended well or not, what it said is in the answer. */
export function runFar(
	command: FarCommand,
	ports: TargetPorts,
	limits: Limits,
): Promise<Result<CommandAnswer, Fault>> {
	return ports.processes.run(
		{
			...command,
			// Times and names are read by us: in one zone, one language and one encoding.
			env: { TZ: 'UTC', LC_ALL: 'C.UTF-8' },
			outputLimit: OUTPUT_LIMIT,
		},
		limits,
	);
}

/** Limits of their own for what has to be tidied up after a run that is over. */
export function afterwards(ports: TargetPorts): Limits {
	return { deadline: ports.clock.monotonic() + CLEAN_MS, signal: new AbortController().signal };
}

const SAID: readonly (readonly [RegExp, (where: { address: string; path: string }) => Fault])[] = [
	[/Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED|No \S+ host key is known/i, hostKey],
	[/Permission denied \([a-z,-]+\)|Too many authentication failures/, ({ address }) => denied(address)],
	[/Could not resolve hostname/, ({ address }) => fault('name-not-found', { address })],
	[/Connection refused/, ({ address }) => fault('refused', { address })],
	[
		/Connection timed out|Operation timed out|No route to host|Network is unreachable|timeout, server/i,
		({ address }) => fault('unreachable', { address }),
	],
	[
		/\b(rsync|sh): (?:command )?not found/,
		({ address }) => fault('not-supported', { reason: 'rsync', address }),
	],
	[/No space left on device|Disk quota exceeded/i, ({ path }) => fault('disk-full', { path })],
	[/Read-only file system/i, ({ path }) => fault('read-only', { path })],
	[/Permission denied|Operation not permitted/i, ({ path }) => fault('no-permission', { path })],
	[/Not a directory/i, ({ path }) => fault('not-a-file', { path })],
	[/No such file|" not found/i, ({ path }) => fault('file-missing', { path })],
	[
		/Connection reset|Broken pipe|kex_exchange_identification|Connection closed|unexpectedly closed/i,
		({ address }) => fault('reset', { address }),
	],
];

function hostKey({ address }: { readonly address: string }): Fault {
	return fault('bad-certificate', { reason: 'untrusted', address });
}

function denied(address: string): Fault {
	return fault('access-denied', { address });
}

/** What ssh, sftp, rsync and the far side said when they failed, as our fault. */
export function farFault(answer: CommandAnswer, options: SshOptions, name: string | null = null): Fault {
	const said = answer.stderr
		.split('\n')
		.filter((line) => !/^debug\d:/.test(line) && line.trim() !== '')
		.join('\n');
	const where = {
		address: clean(`${bracketed(options)}:${options.port}`, { max: 200 }),
		path: clean(name === null ? options.path : joinFar(options.path, name), { max: 300 }),
	};
	for (const [pattern, made] of SAID) if (pattern.test(said)) return made(where);
	if (answer.exit === null) return fault('exit-by-signal', { signal: answer.signal ?? '?', command: 'ssh' });
	return fault('command-failed', {
		command: 'ssh',
		exit: answer.exit,
		message: excerpt(said.trim().split('\n').at(-1) ?? '', 100),
	});
}

/** Ended with 0, or the fault that says why not. */
export function ended(
	answer: Result<CommandAnswer, Fault>,
	options: SshOptions,
	name: string | null = null,
): Result<CommandAnswer, Fault> {
	if (!answer.ok || answer.value.exit === 0) return answer.ok ? ok(answer.value) : answer;
	return err(farFault(answer.value, options, name));
}
