import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FaultCode } from '../../src/domain/fault.ts';
import { fault } from '../../src/domain/fault.ts';
import type { SqlPort } from '../../src/domain/ports.ts';
import { err, ok } from '../../src/domain/result.ts';
import { Secret } from '../../src/domain/secret.ts';
import { quantity } from '../../src/domain/value.ts';
import { DATABASE_SUBJECTS } from './check-subjects-databases.ts';
import { METRIC_SUBJECTS } from './check-subjects-metrics.ts';
import { NETWORK_SUBJECTS } from './check-subjects-network.ts';
import { RECORD_SUBJECTS } from './check-subjects-records.ts';
import { HANGS } from './hanging.ts';
import { closedPort, HOSTILE, JSON_HEAD, plain, serveRaw, type TestServer } from './servers.ts';

export const HIDDEN = 'sup3r-hidden-value';
export const secret = new Secret(HIDDEN, 'env:HIDDEN_TOKEN');
/** What a terminal would act on, in any text that comes from outside. */
export const EVIL = 'a\u001b[2J\u0007\u009b31m\u202eb';

/** The world one test of one kind is made in; everything made here is taken down by `close`. */
export class Surroundings {
	readonly folder = mkdtempSync(join(tmpdir(), 'rounds-checks-'));
	readonly servers: TestServer[] = [];
	private path: string | null = null;

	async raw(...with_: Parameters<typeof serveRaw>): Promise<TestServer> {
		const server = await serveRaw(...with_);
		this.servers.push(server);
		return server;
	}

	hostile(name: keyof typeof HOSTILE): Promise<TestServer> {
		return this.raw(HOSTILE[name]);
	}

	file(name: string, text: string | Buffer, mode = 0o644): string {
		const at = join(this.folder, name);
		writeFileSync(at, text);
		chmodSync(at, mode);
		return at;
	}

	fifo(name: string): string {
		const at = join(this.folder, name);
		execFileSync('mkfifo', [at]);
		return at;
	}

	/** A program of this name, found before any real one: its lines are a shell script. */
	program(name: string, ...lines: readonly string[]): void {
		this.file(name, `#!/bin/sh\n${lines.join('\n')}\n`, 0o755);
		this.path ??= process.env['PATH'] ?? '';
		process.env['PATH'] = `${this.folder}:${this.path}`;
	}

	/** No program at all is found. */
	noPrograms(): void {
		this.path ??= process.env['PATH'] ?? '';
		process.env['PATH'] = this.folder;
	}

	old(at: string): string {
		utimesSync(at, new Date(0), new Date(0));
		return at;
	}

	async close(): Promise<void> {
		if (this.path !== null) process.env['PATH'] = this.path;
		await Promise.all(this.servers.splice(0).map((server) => server.close()));
		rmSync(this.folder, { recursive: true, force: true });
	}
}

type Written = Record<string, unknown>;
type Setup = (world: Surroundings) => Promise<Written> | Written;

/** What the contract suite needs to know about a kind. A kind without an entry here fails the suite. */
export interface Subject {
	readonly good: Setup;
	readonly faults: Readonly<Record<string, readonly [FaultCode, Setup]>>;
	/** Never answers by itself; null: the kind waits for nobody. */
	readonly hang: Setup | null;
	/** Everything that comes back holds EVIL. */
	readonly hostile: Setup;
	/** Sends a secret which the other side sends back; null: the kind takes none. */
	readonly echo: Setup | null;
	readonly limitMs?: number;
}

const CORS_YES = { 'access-control-allow-origin': 'https://a.example' };
const http = (name: keyof typeof HOSTILE, code: FaultCode) =>
	[code, async (world: Surroundings) => ({ url: (await world.hostile(name)).url })] as const;
const echoes = (socket: { write(bytes: Buffer): unknown }, request: string) =>
	void socket.write(plain(request, { 'x-echo': HIDDEN, 'content-type': 'text/plain', ...CORS_YES }));

/** Answers by the file's name, as the worker would. */
export const fakeSql: SqlPort = {
	async read({ file, queries, integrity, plans = {}, facts }, { signal }) {
		if (file.endsWith('locked.db')) return err(fault('database-locked', { path: file }));
		if (file.endsWith('missing.db')) return err(fault('database-missing', { path: file }));
		if (file.endsWith('slow.db')) {
			await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
			return err(fault('timeout', { limitMs: 1 }));
		}
		const answer = (name: string) => {
			if (name === 'none') return { value: undefined, rows: 0, tookMs: 1 };
			return { value: name === 'text' ? EVIL : quantity('48609'), rows: 1, tookMs: 1 };
		};
		const text = { value: EVIL, rows: 1, tookMs: 1 };
		const more = [
			...(integrity === undefined ? [] : ['integrity']),
			...Object.keys(plans).map((name) => `${name}.plan`),
			...(facts === true ? ['schema'] : []),
		];
		return ok({
			...Object.fromEntries(Object.keys(queries).map((name) => [name, answer(name)])),
			...Object.fromEntries(more.map((name) => [name, text])),
		});
	},
};

/** Answers with a file's text, whatever it is asked. */
function says(world: Surroundings, program: string, text: string): void {
	world.program(program, `cat '${world.file(`${program}.txt`, text)}'`);
}
/** A shell that ignores TERM, with a grandchild that keeps the pipes. */

const unit = (text: string) =>
	`LoadState=loaded\nActiveState=${text}\nSubState=${text}\nResult=${text}\nNRestarts=1\nMainPID=${process.pid}\n`;
const container = (text: string) =>
	JSON.stringify({
		State: { Status: text, Running: true, StartedAt: '2026-01-05T08:00:00.5Z', Health: { Status: text } },
		RestartCount: 2,
		Image: `sha256:${text}`,
		Config: { Image: text, Env: [`TOKEN=${HIDDEN}`] },
	});
const workload = (text: string) => ({
	kind: 'Deployment',
	metadata: { uid: 'u1', generation: 1 },
	spec: {
		replicas: 1,
		selector: { matchLabels: { app: 'backend' } },
		template: { spec: { containers: [{ image: text }] } },
	},
	status: {
		observedGeneration: 1,
		replicas: 1,
		updatedReplicas: 1,
		readyReplicas: 1,
		availableReplicas: 1,
		phase: text,
	},
	items: [
		{
			kind: 'Pod',
			status: { containerStatuses: [{ restartCount: 1, state: { waiting: { reason: text } } }] },
		},
	],
});
const lineOf = (message: string) =>
	`${JSON.stringify({ __REALTIME_TIMESTAMP: '1767603600000000', PRIORITY: '3', MESSAGE: message })}\n`;
const absent = (options: Written) =>
	[
		'command-missing',
		(world: Surroundings) => {
			world.noPrograms();
			return options;
		},
	] as const;
const refuses = (code: FaultCode, program: string, message: string, options: Written) =>
	[
		code,
		(world: Surroundings) => {
			world.program(program, `echo '${message}' >&2`, 'exit 1');
			return options;
		},
	] as const;
const hangs = (program: string, options: Written) => (world: Surroundings) => {
	world.program(program, HANGS);
	return options;
};

export const SUBJECTS: Readonly<Record<string, Subject>> = {
	http: {
		good: async (world) => ({
			url: (await world.raw((socket) => void socket.write(plain('{"status": "healthy"}', JSON_HEAD)))).url,
		}),
		faults: {
			refused: ['refused', async () => ({ url: `http://127.0.0.1:${await closedPort()}` })],
			reset: http('reset', 'reset'),
			endlessRedirect: http('redirectForever', 'too-many-redirects'),
			flood: http('flood', 'body-too-large'),
			bomb: http('gzipBomb', 'body-too-large'),
			invalidUtf8: http('invalidUtf8', 'bad-encoding'),
			brokenJson: http('brokenJson', 'bad-body'),
			truncatedJson: http('truncatedJson', 'bad-body'),
			emptyJson: http('emptyJson', 'bad-body'),
			htmlAsJson: http('htmlAsJson', 'bad-body'),
			duplicateKeys: http('duplicateKeys', 'bad-body'),
			deepJson: http('deepJson', 'bad-body'),
			hugeHeaders: http('hugeHeaders', 'headers-too-large'),
			tooShort: http('tooShort', 'closed-early'),
			garbage: http('garbage', 'bad-protocol'),
			drip: http('drip', 'timeout'),
			notJson: [
				'bad-body',
				async (world) => ({
					url: (await world.raw((socket) => void socket.write(plain('pong')))).url,
					read: 'json',
				}),
			],
		},
		hang: async (world) => ({ url: (await world.hostile('hang')).url }),
		hostile: async (world) => ({ url: (await world.hostile('escapes')).url }),
		echo: async (world) => ({
			url: (await world.raw(echoes)).url,
			auth: { bearer: secret },
			headers: { 'x-key': secret },
			body: { token: secret },
		}),
	},
	tcp: {
		good: async (world) => ({ host: '127.0.0.1', port: (await world.raw(() => {})).port }),
		faults: {
			refused: ['refused', async () => ({ host: '127.0.0.1', port: await closedPort() })],
			noSuchName: ['name-not-found', () => ({ host: 'no-such-name.invalid', port: 1 })],
			saysNothing: [
				'closed-early',
				async (world) => ({
					host: '127.0.0.1',
					banner: true,
					port: (
						await world.raw(
							() => {},
							(socket) => void socket.end(),
						)
					).port,
				}),
			],
		},
		hang: async (world) => ({ host: '127.0.0.1', banner: true, port: (await world.raw(() => {})).port }),
		hostile: async (world) => ({
			host: '127.0.0.1',
			banner: true,
			port: (
				await world.raw(
					() => {},
					(socket) => void socket.write(`${EVIL}\r\n`),
				)
			).port,
		}),
		echo: null,
	},
	sqlite: {
		good: () => ({ file: 'app.db', read: { customers: 'select 8', none: 'select 1 where 0' } }),
		faults: {
			locked: ['database-locked', () => ({ file: 'locked.db', read: { a: 'select 1' } })],
			missing: ['database-missing', () => ({ file: 'missing.db', read: { a: 'select 1' } })],
		},
		hang: () => ({ file: 'slow.db', read: { a: 'select 1' } }),
		hostile: () => ({
			file: 'app.db',
			read: { text: `select '${EVIL}'` },
			integrity: 'quick',
			plan: { found: { query: `select '${EVIL}'`, uses: EVIL } },
			facts: true,
		}),
		echo: null,
	},
	...DATABASE_SUBJECTS,
	file: {
		good: (world) => ({ path: world.file('a.json', '{"banks": [1, 2]}'), parse: 'json', hash: 'sha256' }),
		faults: {
			missing: ['file-missing', (world) => ({ path: join(world.folder, 'none') })],
			noMatch: ['file-missing', (world) => ({ path: join(world.folder, '*.none') })],
			malformed: ['file-malformed', (world) => ({ path: world.file('b.json', '{'), parse: 'json' })],
			badYaml: ['file-malformed', (world) => ({ path: world.file('b.yaml', 'a: [1'), parse: 'yaml' })],
			binary: [
				'bad-encoding',
				(world) => ({ path: world.file('b.bin', Buffer.from([0xff, 0xfe])), parse: 'yaml' }),
			],
			large: [
				'body-too-large',
				(world) => ({ path: world.file('c.json', `"${'x'.repeat(100)}"`), parse: 'json', limit: 10 }),
			],
			fifo: ['not-a-file', (world) => ({ path: world.fifo('pipe'), parse: 'json' })],
			device: ['not-a-file', () => ({ path: '/dev/zero', hash: 'sha256' })],
		},
		hang: null,
		hostile: (world) => ({ path: world.file(`${EVIL}.json`, `{"a": "${'x'}"}`) }),
		echo: null,
	},
	process: {
		good: async (world) => {
			says(world, 'systemctl', unit('active'));
			return { pid: process.pid, port: (await world.raw(() => {})).port, unit: 'app', children: true };
		},
		faults: {
			noPidFile: ['file-missing', (world) => ({ pidFile: join(world.folder, 'none.pid') })],
			badPidFile: ['file-malformed', (world) => ({ pidFile: world.file('x.pid', 'twelve') })],
			noSystemd: absent({ unit: 'app' }),
			noUnit: [
				'object-missing',
				(world) => {
					says(world, 'systemctl', 'LoadState=not-found\n');
					return { unit: 'app' };
				},
			],
		},
		hang: hangs('systemctl', { unit: 'app' }),
		hostile: () => ({ command: EVIL }),
		echo: null,
	},
	command: {
		good: (world) => ({
			run: ['sh', '-c', 'echo "Passed: 8/8"; echo warn >&2'],
			cwd: world.folder,
			result: '(?<passed>\\d+)/(?<total>\\d+)',
		}),
		faults: {
			missing: ['command-missing', () => ({ run: 'no-such-program-here', cwd: '/' })],
			noFolder: ['command-missing', () => ({ run: 'true', cwd: '/no/such/folder' })],
			notExecutable: [
				'no-permission',
				(world) => ({ run: [world.file('plain.sh', 'echo', 0o644)], cwd: '/' }),
			],
			killed: ['exit-by-signal', () => ({ run: ['sh', '-c', 'kill -9 $$'], cwd: '/' })],
			floods: ['timeout', () => ({ run: ['sh', '-c', 'while :; do echo aaaaaaaaaaaaaaaa; done'], cwd: '/' })],
			notJson: ['bad-body', () => ({ run: 'echo hello', cwd: '/', read: 'json' })],
		},
		// A shell that ignores TERM, with a grandchild that keeps the pipes.
		hang: () => ({ run: ['sh', '-c', HANGS], cwd: '/' }),
		hostile: (world) => ({
			run: ['cat', world.file('evil.txt', `${EVIL} 8/9\n`)],
			cwd: '/',
			result: '(?<rest>.*)',
		}),
		echo: () => ({
			run: ['sh', '-c', 'echo $KEY; echo $KEY >&2'],
			cwd: '/',
			env: { KEY: secret },
			result: '(?<got>.+)',
		}),
	},
	cors: {
		good: async (world) => ({
			url: (
				await world.raw(
					(socket, request) => void socket.write(plain('x', request.includes('a.example') ? CORS_YES : {})),
				)
			).url,
			origins: ['https://a.example'],
			refuse: ['https://evil.example'],
		}),
		faults: {
			refused: [
				'refused',
				async () => ({ url: `http://127.0.0.1:${await closedPort()}`, origins: ['https://a.example'] }),
			],
			reset: [
				'reset',
				async (world) => ({ url: (await world.hostile('reset')).url, origins: ['https://a.example'] }),
			],
		},
		hang: async (world) => ({ url: (await world.hostile('hang')).url, origins: ['https://a.example'] }),
		hostile: async (world) => ({
			url: (
				await world.raw(
					(socket) => void socket.write(plain('', { 'access-control-allow-origin': 'a\u009b31m' })),
				)
			).url,
			refuse: ['https://a.example'],
		}),
		echo: async (world) => ({
			url: new Secret(`${(await world.raw(echoes)).url}/${HIDDEN}`, 'env:CORS_URL'),
			origins: ['https://a.example'],
		}),
	},
	env: {
		good: (world) => ({
			file: world.file('.env', `A=1\nexport B='two' # x\nSECRET=${HIDDEN}\nEMPTY=\n`),
			required: ['A', 'B', 'SECRET'],
			advised: ['EMPTY'],
			rules: { A: { equals: '2' }, SECRET: { real: true, minLength: 8 } },
		}),
		faults: {
			missing: ['file-missing', (world) => ({ file: join(world.folder, 'none'), required: ['A'] })],
			malformed: [
				'file-malformed',
				(world) => ({ file: world.file('.env', 'A=1\nwhat is this\n'), required: ['A'] }),
			],
			noProcess: ['object-missing', () => ({ name: 'no-such-program', required: ['A'] })],
		},
		hang: null,
		hostile: (world) => ({ file: world.file('.env', `A=${EVIL}`), required: ['A'] }),
		echo: (world) => ({
			file: world.file('.env', `A=${HIDDEN}\nB=x${HIDDEN}`),
			rules: { A: { not: [secret] }, B: { equals: secret } },
		}),
	},
	port: {
		good: async (world) => ({ port: (await world.raw(() => {})).port, name: 'no-such-program' }),
		faults: {},
		hang: null,
		hostile: () => ({ port: 1, command: EVIL }),
		echo: null,
	},
	systemd: {
		good: (world) => {
			says(world, 'systemctl', unit('active'));
			return { unit: 'app.service' };
		},
		faults: {
			absent: absent({ unit: 'app' }),
			notInCharge: refuses(
				'command-failed',
				'systemctl',
				"System has not been booted with systemd as init system (PID 1). Can't operate.".replace("'", ''),
				{ unit: 'app' },
			),
			unknown: [
				'object-missing',
				(world) => {
					says(world, 'systemctl', 'LoadState=not-found\nActiveState=inactive\n');
					return { unit: 'app' };
				},
			],
		},
		hang: hangs('systemctl', { unit: 'app' }),
		hostile: (world) => {
			says(world, 'systemctl', unit(EVIL));
			return { unit: 'app' };
		},
		echo: null,
	},
	docker: {
		good: (world) => {
			says(world, 'docker', container('healthy'));
			return { container: 'web' };
		},
		faults: {
			absent: absent({ container: 'web' }),
			unknown: refuses('object-missing', 'docker', 'Error: No such container: web', { container: 'web' }),
			noDaemon: refuses(
				'command-failed',
				'docker',
				'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
				{ container: 'web' },
			),
			noPermission: refuses(
				'no-permission',
				'docker',
				'permission denied while trying to connect to the Docker daemon socket',
				{ container: 'web' },
			),
			garbage: [
				'bad-body',
				(world) => {
					says(world, 'docker', '[');
					return { container: 'web' };
				},
			],
			floods: [
				'timeout',
				(world) => {
					world.program('docker', 'while :; do echo aaaaaaaaaaaaaaaa; done');
					return { container: 'web' };
				},
			],
		},
		hang: hangs('docker', { container: 'web' }),
		hostile: (world) => {
			says(world, 'docker', container(EVIL));
			return { container: 'web' };
		},
		// Its variables are in the answer.
		echo: (world) => {
			says(world, 'docker', container('healthy'));
			return { container: 'web' };
		},
	},
	kubernetes: {
		good: (world) => {
			says(world, 'kubectl', JSON.stringify(workload('registry/app:3')));
			return { workload: 'deployment/app', namespace: 'booking' };
		},
		faults: {
			absent: absent({ workload: 'deployment/app' }),
			unknown: refuses(
				'object-missing',
				'kubectl',
				'Error from server (NotFound): deployments.apps "app" not found',
				{ workload: 'deployment/app' },
			),
			forbidden: refuses(
				'no-permission',
				'kubectl',
				'Error from server (Forbidden): deployments.apps "app" is forbidden: User "ops" cannot get resource',
				{ workload: 'deployment/app' },
			),
			noCluster: refuses(
				'command-failed',
				'kubectl',
				'The connection to the server localhost:8080 was refused - did you specify the right host or port',
				{ workload: 'deployment/app' },
			),
			garbage: [
				'bad-body',
				(world) => {
					says(world, 'kubectl', '{}');
					return { workload: 'deployment/app' };
				},
			],
		},
		hang: hangs('kubectl', { workload: 'deployment/app' }),
		hostile: (world) => {
			says(world, 'kubectl', JSON.stringify(workload(EVIL)));
			return { workload: 'deployment/app' };
		},
		echo: null,
	},
	journal: {
		good: (world) => {
			says(world, 'journalctl', lineOf('ERROR in app') + lineOf('started'));
			return { unit: 'app', matching: 'ERROR' };
		},
		faults: {
			absent: absent({ unit: 'app' }),
			nothingAtAll: [
				'object-missing',
				(world) => {
					says(world, 'journalctl', '-- No entries --\n');
					return { unit: 'app' };
				},
			],
			onlyOurOwn: [
				'no-permission',
				(world) => {
					world.program(
						'journalctl',
						'echo "Hint: You are currently not seeing messages from other users and the system." >&2',
					);
					return { unit: 'app' };
				},
			],
			noFiles: [
				'command-failed',
				(world) => {
					world.program('journalctl', 'echo "No journal files were found." >&2');
					return { unit: 'app' };
				},
			],
			garbage: [
				'bad-body',
				(world) => {
					says(world, 'journalctl', 'Jan 05 app[1]: hello\n');
					return { unit: 'app' };
				},
			],
		},
		hang: hangs('journalctl', { unit: 'app' }),
		hostile: (world) => {
			says(world, 'journalctl', lineOf(EVIL));
			return { unit: 'app' };
		},
		echo: (world) => {
			says(world, 'journalctl', lineOf(`login with password=${HIDDEN} and Bearer ${HIDDEN}`));
			return { unit: 'app' };
		},
	},
	host: {
		good: (world) => ({ path: world.folder, clock: true }),
		faults: {
			missing: ['file-missing', (world) => ({ path: join(world.folder, 'none') })],
		},
		hang: null,
		hostile: (world) => {
			says(world, 'chronyc', EVIL);
			says(world, 'timedatectl', EVIL);
			return { path: world.folder, clock: true };
		},
		echo: null,
	},
	runtime: {
		good: (world) => {
			says(world, 'python3', 'Python 3.14.3\n');
			return { run: 'python3 --version', cwd: world.folder, minimum: '3.8' };
		},
		faults: {
			absent: ['command-missing', (world) => ({ run: 'no-such-program-here -v', cwd: world.folder })],
			noFolder: ['command-missing', () => ({ run: 'true', cwd: '/no/such/folder' })],
			noVersion: ['bad-body', () => ({ run: 'echo hello', cwd: '/' })],
			fails: ['command-failed', () => ({ run: 'false', cwd: '/' })],
			noPip: refuses('command-failed', 'python3', '/usr/bin/python3: No module named pip', {
				packages: ['fastapi'],
				cwd: '/',
			}),
			noRepository: refuses(
				'object-missing',
				'git',
				'fatal: not a git repository (or any of the parent directories): .git',
				{ git: '/', cwd: '/' },
			),
		},
		hang: (world) => {
			world.program('slow', HANGS);
			return { run: 'slow', cwd: '/' };
		},
		hostile: (world) => {
			says(world, 'python3', `1.2.3${EVIL}`);
			says(world, 'git', `# branch.head ${EVIL}\n# branch.oid ${EVIL}\n`);
			return { run: 'python3 --version', pattern: '(.*)', git: '/', cwd: '/' };
		},
		echo: null,
	},
	...RECORD_SUBJECTS,
	...NETWORK_SUBJECTS,
	...METRIC_SUBJECTS,
};
