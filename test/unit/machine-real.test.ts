// Against the real programs, each skipped where the host has none. Debian: apt-get install git python3-pip npm
// systemd systemd-journal-remote docker.io; kubectl from its own packages. Nothing has to run: kubectl asks a server of this
// test, journalctl reads a journal made here, docker and systemctl are asked where none answers.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RegisteredKind } from '../../src/checks/define.ts';
import { findCheckKind } from '../../src/checks/index.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createProbePorts } from '../../src/platform/ports.ts';
import { fakeSql } from '../support/check-subjects.ts';
import { findProgram } from '../support/programs.ts';
import { closedPort } from '../support/servers.ts';

const clock = createClock();
const ports = createProbePorts({ sql: fakeSql, clock });
const JOURNAL_REMOTE = findProgram('systemd-journal-remote', '/lib/systemd', '/usr/lib/systemd');
let folder = '';

beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'rounds-machine-'));
});
afterEach(async () => {
	await ports.close();
	rmSync(folder, { recursive: true, force: true });
});

async function ask(name: string, written: object, limitMs = 60_000) {
	const kind = findCheckKind(name) as RegisteredKind;
	const context = {
		now: clock.now(),
		deadline: clock.monotonic() + limitMs,
		signal: new AbortController().signal,
	};
	return kind.probe(kind.schema.parse(written), ports, context);
}

describe('git', () => {
	test.skipIf(findProgram('git') === null)('a repository behind its upstream, with a change', async () => {
		const git = (...words: string[]) =>
			execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words], {
				cwd: folder,
				stdio: 'ignore',
			});
		git('init', '-q', '-b', 'main', 'up');
		git('-C', 'up', 'commit', '-q', '--allow-empty', '-m', 'one');
		git('clone', '-q', 'up', 'down');
		git('-C', 'up', 'commit', '-q', '--allow-empty', '-m', 'two');
		git('-C', 'down', 'fetch', '-q');
		writeFileSync(join(folder, 'down', 'new.py'), 'x');
		expect(await ask('runtime', { git: join(folder, 'down') })).toMatchObject({
			ok: true,
			value: {
				samples: {
					branch: 'main',
					commit: expect.stringMatching(/^[0-9a-f]{12}$/),
					ahead: { number: '0' },
					behind: { number: '1' },
					dirty: { number: '0' },
					untracked: { number: '1' },
				},
			},
		});
		expect(await ask('runtime', { git: folder })).toMatchObject({
			ok: false,
			error: { code: 'object-missing', detail: { what: 'repository' } },
		});
	});
});

describe('packages', () => {
	test.skipIf(findProgram('python3') === null)(
		'the version of python, and packages it has or has not',
		async () => {
			const answer = await ask('runtime', {
				run: 'python3 --version',
				minimum: '3.8',
				packages: ['pip>=1.0', 'no-such-package-of-ours'],
				cwd: folder,
			});
			// A Debian python without pip is an honest fault.
			if (!answer.ok) expect(answer.error).toMatchObject({ code: 'command-failed' });
			else
				expect(answer.value.samples).toMatchObject({
					enough: true,
					major: { number: '3' },
					missing: 'no-such-package-of-ours',
					outdated: '',
				});
		},
	);

	test.skipIf(findProgram('npm') === null)('npm in a folder where one is missing', async () => {
		writeFileSync(join(folder, 'package.json'), '{"name": "x", "dependencies": {"left-pad": "1"}}');
		const options = { packages: ['left-pad'], installer: 'npm', cwd: folder };
		expect(await ask('runtime', options)).toMatchObject({
			ok: true,
			value: { samples: { missing: 'left-pad', installed: { number: '0' } } },
		});
	});
});

describe('the journal', () => {
	const entry = (ageS: number, priority: number, message: string) =>
		`__REALTIME_TIMESTAMP=${Math.floor(clock.now() / 1000 - ageS)}000000\n__MONOTONIC_TIMESTAMP=${100_000 - ageS}\n_BOOT_ID=1234567890abcdef1234567890abcdef\n_SYSTEMD_UNIT=fund-trading.service\nPRIORITY=${priority}\nMESSAGE=${message}\n\n`;

	test.skipIf(JOURNAL_REMOTE === null || findProgram('journalctl') === null)(
		'counts the lines of the window, and knows a unit that never said anything',
		async () => {
			const text = [
				entry(3600, 3, 'ERROR too old'),
				entry(90, 3, 'ERROR token=abcdefgh failed'),
				entry(60, 4, 'slow'),
				entry(30, 6, 'ok'),
			].join('');
			execFileSync(JOURNAL_REMOTE as string, ['-o', join(folder, 'x.journal'), '-'], {
				input: text,
				stdio: ['pipe', 'ignore', 'ignore'],
			});
			const options = { unit: 'fund-trading.service', directory: folder, matching: 'ERROR' };
			expect(await ask('journal', options)).toMatchObject({
				ok: true,
				value: {
					samples: {
						lines: { number: '3' },
						matches: { number: '1' },
						errors: { number: '1' },
						warnings: { number: '1' },
						newest: 'ERROR token=*** failed',
					},
				},
			});
			expect(await ask('journal', { ...options, priority: 'warning' })).toMatchObject({
				value: { samples: { lines: { number: '2' } } },
			});
			expect(await ask('journal', { ...options, since: '10s' })).toMatchObject({
				value: { samples: { lines: { number: '0' }, matches: { number: '0' } } },
			});
			expect(await ask('journal', { ...options, unit: 'never-heard-of' })).toMatchObject({
				ok: false,
				error: { code: 'object-missing', detail: { what: 'journal' } },
			});
		},
	);

	test.skipIf(findProgram('journalctl') === null)(
		'without a journal nothing is said to be well',
		async () => {
			expect(await ask('journal', { unit: 'x', directory: folder })).toMatchObject({ ok: false });
		},
	);
});

describe('kubectl', () => {
	const pod = {
		apiVersion: 'v1',
		kind: 'Pod',
		metadata: { name: 'p' },
		status: { containerStatuses: [{ restartCount: 3 }] },
	};
	const deployment = {
		apiVersion: 'apps/v1',
		kind: 'Deployment',
		metadata: { name: 'app', namespace: 'booking', uid: 'u1', generation: 2 },
		spec: {
			replicas: 1,
			selector: { matchLabels: { app: 'app' } },
			template: { spec: { containers: [{ image: 'r/app:2' }] } },
		},
		status: {
			observedGeneration: 2,
			replicas: 1,
			updatedReplicas: 1,
			readyReplicas: 1,
			availableReplicas: 1,
		},
	};
	const set = (revision: number) => ({
		apiVersion: 'apps/v1',
		kind: 'ReplicaSet',
		metadata: {
			name: `app-${revision}`,
			ownerReferences: [{ uid: 'u1' }],
			annotations: { 'deployment.kubernetes.io/revision': String(revision) },
		},
		spec: { template: { spec: { containers: [{ image: `r/app:${revision}` }] } } },
	});
	const resource = (name: string, kind: string) => ({
		name,
		singularName: kind.toLowerCase(),
		namespaced: true,
		kind,
		verbs: ['get', 'list'],
	});
	const ANSWERS: Readonly<Record<string, object>> = {
		'/api': { kind: 'APIVersions', versions: ['v1'] },
		'/apis': {
			kind: 'APIGroupList',
			apiVersion: 'v1',
			groups: [
				{
					name: 'apps',
					versions: [{ groupVersion: 'apps/v1', version: 'v1' }],
					preferredVersion: { groupVersion: 'apps/v1', version: 'v1' },
				},
			],
		},
		'/api/v1': { kind: 'APIResourceList', groupVersion: 'v1', resources: [resource('pods', 'Pod')] },
		'/apis/apps/v1': {
			kind: 'APIResourceList',
			groupVersion: 'apps/v1',
			resources: [resource('deployments', 'Deployment'), resource('replicasets', 'ReplicaSet')],
		},
		'/apis/apps/v1/namespaces/booking/deployments/app': deployment,
		'/apis/apps/v1/namespaces/booking/replicasets': {
			kind: 'ReplicaSetList',
			apiVersion: 'apps/v1',
			items: [set(1), set(2)],
		},
		'/api/v1/namespaces/booking/pods': { kind: 'PodList', apiVersion: 'v1', items: [pod] },
	};

	// It keeps what the server can do in a folder of its own below HOME.
	const home = process.env['HOME'];
	beforeEach(() => {
		process.env['HOME'] = folder;
	});
	afterEach(() => {
		if (home === undefined) delete process.env['HOME'];
		else process.env['HOME'] = home;
	});

	async function serve(): Promise<{ server: Server; kubeconfig: string }> {
		const server = createServer((request, response) => {
			const { pathname } = new URL(request.url ?? '/', 'http://x');
			const body = ANSWERS[pathname] ?? {
				kind: 'Status',
				apiVersion: 'v1',
				status: 'Failure',
				reason: 'NotFound',
				message: 'deployments.apps "gone" not found',
				details: { name: 'gone', group: 'apps', kind: 'deployments' },
				code: 404,
			};
			response.writeHead(ANSWERS[pathname] === undefined ? 404 : 200, { 'content-type': 'application/json' });
			response.end(JSON.stringify(body));
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		const { port } = server.address() as { port: number };
		return { server, kubeconfig: kubeconfigOf(port) };
	}

	function kubeconfigOf(port: number): string {
		const at = join(folder, 'kubeconfig');
		writeFileSync(
			at,
			JSON.stringify({
				apiVersion: 'v1',
				kind: 'Config',
				clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }],
				contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
				users: [{ name: 'u', user: {} }],
				'current-context': 'c',
			}),
		);
		return at;
	}

	test.skipIf(findProgram('kubectl') === null)('asks a server about a rollout', async () => {
		const { server, kubeconfig } = await serve();
		try {
			const options = { workload: 'deployment/app', namespace: 'booking', kubeconfig };
			expect(await ask('kubernetes', options)).toMatchObject({
				ok: true,
				value: {
					samples: {
						complete: true,
						image: 'r/app:2',
						images: 'r/app:2 ← r/app:1',
						kept: { number: '2' },
						restarts: { number: '3' },
					},
					document: { status: { readyReplicas: 1 } },
				},
			});
			expect(await ask('kubernetes', { ...options, workload: 'deployment/gone' })).toMatchObject({
				ok: false,
				error: { code: 'object-missing', detail: { what: 'workload', name: 'deployment/gone' } },
			});
		} finally {
			server.closeAllConnections();
			server.close();
		}
	});

	test.skipIf(findProgram('kubectl') === null)(
		'says why no cluster answers, without its own log',
		async () => {
			const kubeconfig = kubeconfigOf(await closedPort());
			expect(await ask('kubernetes', { workload: 'deployment/app', kubeconfig })).toMatchObject({
				ok: false,
				error: {
					code: 'command-failed',
					detail: { message: expect.stringMatching(/^The connection to the server/) },
				},
			});
		},
	);
});

describe('where nobody answers', () => {
	test.skipIf(findProgram('docker') === null)('docker without its daemon', async () => {
		const host = `tcp://127.0.0.1:${await closedPort()}`;
		expect(await ask('docker', { container: 'web', host })).toMatchObject({
			ok: false,
			error: {
				code: 'command-failed',
				detail: { message: expect.stringMatching(/^Cannot connect to the Docker daemon at tcp.*\d$/) },
			},
		});
	});

	test.skipIf(findProgram('systemctl') === null)('systemctl says something of an unknown unit', async () => {
		const answer = await ask('systemd', { unit: 'no-such-unit-of-ours.service' });
		expect(answer.ok).toBe(false);
		if (!answer.ok) expect(['object-missing', 'command-failed']).toContain(answer.error.code);
	});
});

describe.skipIf(process.platform !== 'linux')('another program', () => {
	const script = `const s = require('node:net').createServer().listen(0, '127.0.0.1', () => console.log(s.address().port))`;

	test('holds the port, and is named; its variables are looked at, never shown', async () => {
		const child = spawn(process.execPath, ['-e', script], {
			env: { FLASK_DEBUG: '1', DATA_ENCRYPTION_KEY: '', AUTH_TOKEN: 'demo_token_2025', LOG_LEVEL: 'INFO' },
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		try {
			const [said] = (await once(child.stdout, 'data')) as [Buffer];
			const port = Number(said.toString());
			expect(await ask('port', { port, command: 'run.py' })).toMatchObject({
				ok: true,
				value: {
					samples: {
						held: true,
						pid: { number: String(child.pid) },
						addresses: '127.0.0.1',
						other: expect.stringMatching(new RegExp(`\\(pid ${child.pid}\\)$`)),
					},
				},
			});
			expect(await ask('port', { port, command: 'createServer' })).toMatchObject({
				value: { samples: { other: '' } },
			});
			expect(await ask('process', { port })).toMatchObject({
				value: { samples: { count: { number: '1' }, pid: { number: String(child.pid) } } },
			});
			const variables = await ask('env', {
				port,
				required: ['DATA_ENCRYPTION_KEY'],
				rules: {
					FLASK_DEBUG: { need: 'may', oneOf: ['0', 'false'] },
					AUTH_TOKEN: { not: ['demo_token_2025'] },
					LOG_LEVEL: { equals: 'INFO' },
				},
			});
			expect(variables).toMatchObject({
				ok: true,
				value: {
					samples: { missing: 'DATA_ENCRYPTION_KEY', broken: 'FLASK_DEBUG oneOf, AUTH_TOKEN not' },
				},
			});
			expect(JSON.stringify(variables)).not.toContain('demo_token_2025');
			// A program that reads a file takes from it what it was not started with.
			const file = join(folder, '.env');
			writeFileSync(file, 'LOG_LEVEL=DEBUG\nPORT=8000\n');
			expect(
				await ask('env', { port, file, rules: { LOG_LEVEL: { equals: 'INFO' }, PORT: { equals: '8000' } } }),
			).toMatchObject({ ok: true, value: { samples: { broken: '', missing: '' } } });
		} finally {
			child.kill('SIGKILL');
			await once(child, 'close');
		}
	});

	test('nobody holds a port that was let go, and the one who should is missed', async () => {
		expect(await ask('port', { port: await closedPort(), free: true })).toMatchObject({
			value: { samples: { held: false } },
		});
	});
});
