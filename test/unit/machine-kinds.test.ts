import { describe, expect, test } from 'vitest';
import { readChrony, readTimedate } from '../../src/checks/clock-state.ts';
import { readContainer } from '../../src/checks/docker.ts';
import { readGit } from '../../src/checks/git-state.ts';
import { hideCredentials, readJournal } from '../../src/checks/journal-lines.ts';
import { lackingPackages, readPackages } from '../../src/checks/packages.ts';
import { readPods, readRevisions, readRollout, selectorOf } from '../../src/checks/rollout.ts';
import { readUnit, unitNumber, unitTime } from '../../src/checks/systemctl.ts';
import { breachOf, type VariableRule } from '../../src/checks/variable-rules.ts';
import { compareVersions, readRequirement } from '../../src/checks/versions.ts';
import { parseJson } from '../../src/domain/json.ts';
import type { Value } from '../../src/domain/value.ts';

const NOW = Date.UTC(2026, 0, 5, 9, 0, 0);
const json = (value: unknown): Value => {
	const parsed = parseJson(JSON.stringify(value));
	if (!parsed.ok) throw new Error(parsed.why.code);
	return parsed.value;
};

describe('systemctl show', () => {
	const running = readUnit(`Id=fund-trading.service
LoadState=loaded
ActiveState=active
SubState=running
Result=success
NRestarts=3
MainPID=63542
MemoryCurrent=18446744073709551615
StateChangeTimestamp=Mon 2026-01-05 08:00:00 UTC
NextElapseUSecRealtime=
`);
	test('numbers, and what systemd does not know', () => {
		expect(unitNumber(running, 'NRestarts')).toBe(3);
		expect(unitNumber(running, 'MemoryCurrent')).toBeNull();
		expect(unitNumber(readUnit('MemoryCurrent=[not set]\n'), 'MemoryCurrent')).toBeNull();
		expect(unitNumber(running, 'Missing')).toBeNull();
	});
	test('times in UTC, and none', () => {
		expect(unitTime(running, 'StateChangeTimestamp')).toBe(NOW - 3_600_000);
		expect(unitTime(running, 'NextElapseUSecRealtime')).toBeNull();
		expect(unitTime(readUnit('LastTriggerUSec=n/a\n'), 'LastTriggerUSec')).toBeNull();
	});
});

describe('docker inspect', () => {
	const running = {
		State: {
			Status: 'running',
			Running: true,
			OOMKilled: false,
			ExitCode: 0,
			StartedAt: '2026-01-05T08:00:00.123456789Z',
			Health: { Status: 'healthy', FailingStreak: 0, Log: [{ Output: 'secret' }] },
		},
		Image: 'sha256:9f0d',
		RestartCount: 4,
		Config: { Image: 'fund-trading:latest', Env: ['AUTH_TOKEN=hidden'] },
	};
	test('a healthy one; nothing of its variables', () => {
		const samples = readContainer(json(running), NOW);
		expect(samples).toMatchObject({
			running: true,
			state: 'running',
			health: 'healthy',
			image: 'fund-trading:latest',
			digest: 'sha256:9f0d',
			killed: false,
			restarts: { number: '4' },
			since: '2026-01-05T08:00:00Z',
			age: { number: '3599877', unit: 'ms' },
		});
		expect(samples).not.toHaveProperty('exit');
		expect(JSON.stringify(samples)).not.toMatch(/hidden|secret/);
	});
	test('one that was killed, without a health check, never one that did not start', () => {
		const State = { Status: 'exited', Running: false, OOMKilled: true, ExitCode: 137 };
		expect(
			readContainer(json({ State: { ...State, StartedAt: '0001-01-01T00:00:00Z' } }), NOW),
		).toMatchObject({
			running: false,
			health: 'none',
			killed: true,
			exit: { number: '137' },
		});
		const never = readContainer(json({ State: { ...State, StartedAt: '0001-01-01T00:00:00Z' } }), NOW);
		expect(never).not.toHaveProperty('age');
	});
	test('something else is no container', () => {
		for (const wrong of [[], {}, 'x', null, { State: { Running: 'yes' } }])
			expect(readContainer(json(wrong), NOW)).toBeNull();
	});
});

describe('kubectl get', () => {
	const status = {
		observedGeneration: 7,
		replicas: 3,
		updatedReplicas: 3,
		readyReplicas: 3,
		availableReplicas: 3,
	};
	const deployment = (over: object = {}, image = 'registry/app:5') => ({
		kind: 'Deployment',
		metadata: { uid: 'u1', generation: 7 },
		spec: {
			replicas: 3,
			selector: { matchLabels: { app: 'backend', tier: 'web' } },
			template: { spec: { containers: [{ image }, { image: 'registry/side:1' }] } },
		},
		status: { ...status, ...over },
	});
	const set = (revision: number, uid = 'u1') => ({
		kind: 'ReplicaSet',
		metadata: {
			annotations: { 'deployment.kubernetes.io/revision': String(revision) },
			ownerReferences: [{ uid }],
		},
		spec: { template: { spec: { containers: [{ image: `registry/app:${revision}` }] } } },
	});
	const pod = (restartCount: number, waiting?: string, over: object = {}) => ({
		kind: 'Pod',
		metadata: {},
		status: {
			startTime: '2026-01-05T08:00:00Z',
			containerStatuses: [
				{ restartCount, state: waiting ? { waiting: { reason: waiting } } : { running: {} } },
			],
		},
		...over,
	});

	test('the labels its pods are found by', () => {
		expect(selectorOf(json(deployment()))).toBe('app=backend,tier=web');
		expect(selectorOf(json({ spec: { selector: { matchLabels: { 'a b': 'x;y' } } } }))).toBeNull();
		expect(selectorOf(json([]))).toBeNull();
	});
	test.each([
		['all new, all ready', {}, true],
		['the controller has not seen it yet', { observedGeneration: 6 }, false],
		['an old pod is still there', { replicas: 4 }, false],
		['not all are new', { updatedReplicas: 2 }, false],
		['one is not ready', { readyReplicas: 2 }, false],
		['nothing is counted', { availableReplicas: null }, false],
	])('complete: %s', (_name, over, complete) => {
		expect(readRollout(json(deployment(over)))).toMatchObject({
			complete,
			wanted: { number: '3' },
			image: 'registry/app:5 + registry/side:1',
		});
	});
	test('a rollout that has stalled', () => {
		const conditions = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }];
		expect(readRollout(json(deployment({ conditions, updatedReplicas: 1 })))).toMatchObject({
			stalled: true,
			complete: false,
		});
	});
	test('a StatefulSet between two revisions, and a DaemonSet on every node', () => {
		const two = { ...deployment({ updateRevision: 'b', currentRevision: 'a' }), kind: 'StatefulSet' };
		expect(readRollout(json(two))).toMatchObject({ complete: false });
		const daemon = {
			...deployment(),
			kind: 'DaemonSet',
			status: {
				observedGeneration: 7,
				desiredNumberScheduled: 2,
				updatedNumberScheduled: 2,
				numberReady: 2,
				numberAvailable: 2,
			},
		};
		expect(readRollout(json(daemon))).toMatchObject({ complete: true, wanted: { number: '2' } });
	});
	test('the last three images of its own, newest first', () => {
		const family = json({ items: [set(9), set(11), set(10), set(8), set(12, 'somebody-else')] });
		expect(readRevisions(json(deployment()), family)).toMatchObject({
			images: 'registry/app:11 ← registry/app:10 ← registry/app:9',
			kept: { number: '4' },
			revision: { number: '11' },
		});
		expect(readRevisions(json(deployment()), json({ items: [] }))).toMatchObject({
			images: '',
			kept: { number: '0' },
		});
	});
	test('its pods: restarts together, why some wait, not those on their way out', () => {
		const family = json({
			items: [
				pod(2),
				pod(5, 'CrashLoopBackOff'),
				pod(90, undefined, { metadata: { deletionTimestamp: '2026-01-05T08:59:00Z' } }),
			],
		});
		expect(readPods(family, NOW)).toMatchObject({
			pods: { number: '2' },
			restarts: { number: '7' },
			waiting: 'CrashLoopBackOff',
			age: { number: '3600000' },
		});
	});
});

describe('journalctl', () => {
	test('lines as they are printed: text, bytes, several, none', () => {
		const line = (over: object) =>
			JSON.stringify({ __REALTIME_TIMESTAMP: '1767603600123456', PRIORITY: '4', ...over });
		const lines = readJournal(
			[
				line({ MESSAGE: 'slow' }),
				line({ MESSAGE: [195, 164, 27], PRIORITY: undefined }),
				line({ MESSAGE: ['a', 'b'] }),
				line({ MESSAGE: null }),
				'-- No entries --',
				'',
			].join('\n'),
		);
		expect(lines).toEqual([
			{ at: 1767603600123.456, priority: 4, message: 'slow' },
			{ at: 1767603600123.456, priority: 6, message: 'ä\u001b' },
			{ at: 1767603600123.456, priority: 4, message: 'a b' },
			{ at: 1767603600123.456, priority: 4, message: '' },
		]);
		expect(readJournal('Jan 05 09:00 host app[1]: hello')).toBeNull();
		expect(readJournal('{"MESSAGE": "no time"}')).toBeNull();
	});
	test.each([
		['login password=hunter2hunter2 ok', 'login password=*** ok'],
		['{"api_key": "abc", "n": 1}', '{"api_key": ***, "n": 1}'],
		['Authorization: Bearer abcdef.ghi', 'Authorization: Bearer ***'],
		['postgres://app:s3cr3t@db/x failed', 'postgres://app:***@db/x failed'],
		['tokens left: few', 'tokens left: few'],
	])('%s', (text, shown) => {
		expect(hideCredentials(text, 200)).toBe(shown);
	});
});

describe('versions', () => {
	test.each([
		['3.14.3', '3.8', 1],
		['3.10', '3.8', 1],
		['3.8', '3.8.0', 0],
		['v24.13.0', '24', 1],
		['2.0rc1', '2.0', -1],
		['2.7.18', '3.8', -1],
	])('%s against %s', (left, right, order) => {
		expect(Math.sign(compareVersions(left, right) ?? Number.NaN)).toBe(order);
	});
	test('what is none', () => {
		expect(compareVersions('unknown', '3.8')).toBeNull();
		expect(readRequirement('uvicorn >= 0.20')).toEqual({ name: 'uvicorn', minimum: '0.20' });
		expect(readRequirement('@scope/pack')).toEqual({ name: '@scope/pack', minimum: null });
		expect(readRequirement('--index-url=x')).toBeNull();
		expect(readRequirement('a==1')).toBeNull();
	});
});

describe('packages', () => {
	test('pip: however the name is written', () => {
		const installed = readPackages(
			'pip',
			'[{"name": "Python_Dotenv", "version": "0.19.2"}, {"name": "fastapi", "version": "0.110.0"}]',
		);
		const wanted = ['python-dotenv>=1.0', 'fastapi>=0.20', 'uvicorn']
			.map(readRequirement)
			.filter((one) => one !== null);
		expect(installed && lackingPackages(wanted, installed)).toEqual({
			missing: 'uvicorn',
			outdated: 'python-dotenv 0.19.2',
		});
	});
	test('npm: what is asked for and not there is not there; trouble is no answer', () => {
		const listed = JSON.stringify({
			dependencies: { vue: { version: '3.5.1' }, 'left-pad': { required: '1', missing: true } },
			error: { code: 'ELSPROBLEMS' },
		});
		expect([...(readPackages('npm', listed) ?? [])]).toEqual([['vue', '3.5.1']]);
		expect(readPackages('npm', '{"error": {"code": "ENOENT"}}')).toBeNull();
		expect(readPackages('pip', 'No module named pip')).toBeNull();
	});
});

describe('git status', () => {
	test('a branch that is behind, with changes', () => {
		const samples = readGit(
			'# branch.oid 957102d0b8f1d5c7a0d4f3f8f1c7ad6a30c1f5d5\n# branch.head main\n# branch.upstream origin/main\n# branch.ab +1 -4\n1 .M N... 100644 100644 100644 a b src/a.py\nu UU N... 1 2 3 4 a b c x\n? new.py\n',
		);
		expect(samples).toEqual({
			commit: '957102d0b8f1',
			branch: 'main',
			ahead: { number: '1', unit: 'none' },
			behind: { number: '4', unit: 'none' },
			dirty: { number: '2', unit: 'none' },
			untracked: { number: '1', unit: 'none' },
		});
	});
	test('no branch, no upstream, no commit', () => {
		const samples = readGit('# branch.oid (initial)\n# branch.head (detached)\n');
		expect(samples).toMatchObject({ commit: '', branch: '' });
		expect(samples).not.toHaveProperty('behind');
	});
});

describe('the clock', () => {
	test('chronyc: how far off, either way; not synchronised says nothing about it', () => {
		const line = (offset: string, stratum: string, leap: string) =>
			`A29FC87B,162.159.200.123,${stratum},1767603600.123,${offset},-0.000032,0.000210,-9.431,0.001,0.033,0.0005,0.0002,64.2,${leap}\n`;
		expect(readChrony(line('-0.001250', '4', 'Normal'))).toEqual({ synchronised: true, offsetMs: 1.25 });
		expect(readChrony(line('0.000000', '0', 'Not synchronised'))).toEqual({
			synchronised: false,
			offsetMs: null,
		});
		expect(readChrony('506 Cannot talk to daemon')).toBeNull();
		const withItself =
			'7F7F0101,,10,1795307332.212215495,0.000000000,0.000000000,0.000000000,0.000,0.000,0.000,0.000000000,0.000000000,0.0,Normal\n';
		expect(readChrony(withItself)).toEqual({ synchronised: false, offsetMs: null });
	});
	test('timedatectl', () => {
		expect(readTimedate('NTPSynchronized=yes\n')).toBe(true);
		expect(readTimedate('NTPSynchronized=no\n')).toBe(false);
		expect(readTimedate('')).toBeNull();
	});
});

describe('rules for variables', () => {
	const rule = (over: Partial<VariableRule>): VariableRule => ({ need: 'must', real: false, ...over });
	test.each<[string, Partial<VariableRule>, string | undefined, string | null]>([
		['set', {}, 'x', null],
		['empty is not set', {}, '', 'unset'],
		['may be absent', { need: 'may', equals: '0' }, undefined, null],
		['but is looked at when there', { need: 'may', equals: '0' }, '1', 'equals'],
		['must not be there', { need: 'never' }, '1', 'forbidden'],
		['and is not', { need: 'never' }, undefined, null],
		['fixed', { equals: 'Asia/Shanghai' }, 'Asia/Shanghai', null],
		['one of', { oneOf: ['INFO', 'WARNING'] }, 'DEBUG', 'oneOf'],
		['the token of the documentation', { not: ['demo_token_2025'] }, 'demo_token_2025', 'not'],
		['too short', { minLength: 32 }, 'abc', 'minLength'],
		['long enough, counted in characters', { minLength: 2 }, '密钥', null],
		['another shape', { matches: '[A-Za-z0-9_-]{43}=' }, 'abc', 'matches'],
		['the whole of it', { matches: '\\d+' }, '12x', 'matches'],
	])('%s', (_name, over, value, breach) => {
		expect(breachOf(rule(over), value)).toBe(breach);
	});
	test.each([
		'changeme',
		'CHANGE_ME',
		'your-api-key',
		'your_key_here',
		'demo_token_2025',
		'secret',
		'xxxx',
		'test',
		'<token>',
		'123456',
	])('%s is shipped with examples', (value) => expect(breachOf(rule({ real: true }), value)).toBe('demo'));
	test.each(['gAAAAABl2v9x8kQ', 'prod-7Hs8sK2', 'testament-9321', 'democracy'])('%s is not', (value) =>
		expect(breachOf(rule({ real: true }), value)).toBeNull(),
	);
});
