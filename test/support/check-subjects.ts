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
import { closedPort, HOSTILE, JSON_HEAD, plain, serveRaw, type TestServer } from './servers.ts';

export const HIDDEN = 'sup3r-hidden-value';
export const secret = new Secret(HIDDEN, 'env:HIDDEN_TOKEN');
/** What a terminal would act on, in any text that comes from outside. */
export const EVIL = 'a\u001b[2J\u0007\u009b31m\u202eb';

/** The world one test of one kind is made in; everything made here is taken down by `close`. */
export class Surroundings {
	readonly folder = mkdtempSync(join(tmpdir(), 'rounds-checks-'));
	readonly servers: TestServer[] = [];

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

	old(at: string): string {
		utimesSync(at, new Date(0), new Date(0));
		return at;
	}

	async close(): Promise<void> {
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
	async read({ file, queries }, { signal }) {
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
		return ok(Object.fromEntries(Object.keys(queries).map((name) => [name, answer(name)])));
	},
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
		hostile: () => ({ file: 'app.db', read: { text: `select '${EVIL}'` } }),
		echo: null,
	},
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
		good: () => ({ pid: process.pid }),
		faults: {
			noPidFile: ['file-missing', (world) => ({ pidFile: join(world.folder, 'none.pid') })],
			badPidFile: ['file-malformed', (world) => ({ pidFile: world.file('x.pid', 'twelve') })],
		},
		hang: null,
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
		hang: () => ({ run: ['sh', '-c', 'trap "" TERM; sleep 321987 & sleep 321987'], cwd: '/' }),
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
		}),
		faults: {
			missing: ['file-missing', (world) => ({ file: join(world.folder, 'none'), required: ['A'] })],
			malformed: [
				'file-malformed',
				(world) => ({ file: world.file('.env', 'A=1\nwhat is this\n'), required: ['A'] }),
			],
		},
		hang: null,
		hostile: (world) => ({ file: world.file('.env', `A=${EVIL}`), required: ['A'] }),
		echo: (world) => ({ file: world.file('.env', `A=${HIDDEN}`), required: ['A'] }),
	},
};
