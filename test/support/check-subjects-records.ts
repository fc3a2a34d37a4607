import { join } from 'node:path';
import type { LatestValue } from '../../src/domain/check.ts';
import { quantity } from '../../src/domain/value.ts';
import { EVIL, HIDDEN, type Subject, type Surroundings, secret } from './check-subjects.ts';
import { HANGS } from './hanging.ts';
import { closedPort, JSON_HEAD, plain } from './servers.ts';

const HOUR = 3_600_000;
const stamp = (agoMs: number) => new Date(Date.now() - agoMs).toISOString().replace('T', ' ').slice(0, 19);
const jsonLine = (text: string, agoMs = HOUR) =>
	JSON.stringify({
		timestamp: new Date(Date.now() - agoMs).toISOString(),
		level: 'ERROR',
		trace_id: 'a1',
		user_id: 7,
		role: 'admin',
		action: text,
		duration_ms: 31,
	});
const loki = (lines: readonly string[], level = 'error') =>
	JSON.stringify({
		status: 'success',
		data: {
			resultType: 'streams',
			result: [
				{ stream: { level }, values: lines.map((line, at) => [`${Date.now() - HOUR - at}000000`, line]) },
			],
		},
	});
const answers = async (world: Surroundings, text: string) =>
	(await world.raw((socket) => void socket.write(plain(text, JSON_HEAD)))).url;
const junit = (name: string) =>
	`<testsuites><testsuite name="s"><testcase classname="P0" name="a"/><testcase classname="P1" name="${name}"><failure message="x"/></testcase></testsuite></testsuites>`;
const HANG = { run: ['sh', '-c', HANGS] };

/** What other checks are taken to have found, in the contract suite. */
export const latestValues: LatestValue = (check, sample) => {
	const at = Date.now() - 1000;
	if (sample === 'missing') return undefined;
	if (check === 'evil') return { value: EVIL, at, stale: false };
	return { value: check === 'text' ? '8' : quantity(8), at, stale: check === 'old' };
};

/** Kinds that look at what was left behind: lines, files, results, values. */
export const RECORD_SUBJECTS: Readonly<Record<string, Subject>> = {
	log: {
		good: (world) => ({
			files: world.file(
				'app.log',
				`[${stamp(HOUR)}] [ERROR] no row 7\n${jsonLine('pay')}\n[${stamp(HOUR)}] [INFO] x\n`,
			),
			level: 'error',
			zone: 'UTC',
			require: ['level'],
		}),
		faults: {
			missing: ['file-missing', (world) => ({ files: join(world.folder, 'none.log'), level: 'error' })],
			noMatch: ['file-missing', (world) => ({ files: join(world.folder, '*.none'), level: 'error' })],
			binary: [
				'file-malformed',
				(world) => ({ files: world.file('b.log', Buffer.alloc(4096, 1)), level: 'error' }),
			],
			fifo: ['not-a-file', (world) => ({ files: world.fifo('pipe'), level: 'error' })],
			tooMuch: [
				'log-too-large',
				(world) => ({
					files: world.file('big.log', `[${stamp(HOUR)}] [ERROR] no row\n`.repeat(200)),
					level: 'error',
					limit: 1000,
				}),
			],
			noCommand: ['command-missing', () => ({ run: ['no-such-program-here'], match: 'x' })],
			fails: [
				'command-failed',
				(world) => ({ run: ['sh', '-c', 'echo no >&2; exit 3'], cwd: world.folder, match: 'x' }),
			],
			killed: ['exit-by-signal', () => ({ run: ['sh', '-c', 'kill -9 $$'], match: 'x' })],
			floods: [
				'log-too-large',
				() => ({
					run: ['sh', '-c', `yes "[${stamp(HOUR)}] [ERROR] x" | head -n 2000`],
					match: 'x',
					limit: 1000,
				}),
			],
			silentJournal: [
				'command-failed',
				(world) => {
					world.program('journalctl', 'echo "No journal files were found." >&2', 'echo "-- No entries --"');
					return { run: ['journalctl', '-u', 'app'], match: 'x' };
				},
			],
			lokiGone: [
				'refused',
				async () => ({ loki: `http://127.0.0.1:${await closedPort()}`, query: '{app="x"}', level: 'error' }),
			],
			lokiOther: [
				'bad-body',
				async (world) => ({
					loki: await answers(world, '{"status": "ok"}'),
					query: '{app="x"}',
					level: 'error',
				}),
			],
		},
		hang: () => ({ ...HANG, cwd: '/', match: 'x' }),
		hostile: (world) => ({
			files: world.file('evil.log', `[${stamp(HOUR)}] [ERROR] ${EVIL}\n${jsonLine(EVIL)}\n`),
			level: 'error',
		}),
		echo: async (world) => ({
			loki: await answers(world, loki([`login with ${HIDDEN} failed`])),
			query: '{app="x"}',
			level: 'error',
			headers: { Authorization: secret },
		}),
	},
	schedule: {
		good: (world) => ({
			from: 'file',
			tables: world.file(
				'tab',
				'CRON_TZ=UTC\n0 3 * * * python3 cleanup.py\n0 3 * * 0 tar logs\n# 0 4 * * * cleanup old\n',
			),
			match: 'cleanup',
			wanted: '0 3 * * *',
			trace: world.file('trace', 'x'),
			zone: 'UTC',
		}),
		faults: {
			missing: [
				'file-missing',
				(world) => ({ from: 'file', tables: join(world.folder, 'none'), match: 'x' }),
			],
			absent: [
				'command-missing',
				(world) => {
					world.noPrograms();
					return { match: 'x' };
				},
			],
			mayNot: [
				'command-failed',
				(world) => {
					world.program('crontab', 'echo "must be privileged to use -u" >&2', 'exit 1');
					return { match: 'x', user: 'root' };
				},
			],
			noSystemd: [
				'command-failed',
				(world) => {
					world.program('systemctl', 'echo "Failed to connect to bus: Host is down" >&2', 'exit 1');
					return { from: 'systemd', match: 'x' };
				},
			],
			oldSystemd: [
				'bad-body',
				(world) => {
					world.program('systemctl', 'echo "NEXT LEFT LAST PASSED UNIT ACTIVATES"');
					return { from: 'systemd', match: 'x' };
				},
			],
		},
		hang: (world) => {
			world.program('crontab', HANGS);
			return { match: 'x' };
		},
		hostile: (world) => ({
			from: 'file',
			tables: world.file('tab', `0 3 * * * ${EVIL}\n0 3 * * * other ${EVIL}\n`),
			match: 'b$',
		}),
		echo: null,
	},
	backup: {
		good: (world) => {
			world.old(world.file('db.backup.20251121', 'xx'));
			const newest = world.file('db.backup.20251122', 'xxx');
			world.file('db.backup.20251122_181936', 'x');
			world.file(
				'db.backup.20251122.json',
				JSON.stringify({ bytes: 3, provenAt: new Date(Date.now() - HOUR) }),
			);
			return { files: newest.replace(/20251122$/, '*'), stamp: 'date' };
		},
		faults: {
			none: ['file-missing', (world) => ({ files: join(world.folder, '*.backup') })],
			otherStamp: [
				'file-missing',
				(world) => ({ files: world.file('db.backup.20251122_181936', 'x'), stamp: 'date' }),
			],
			noStamp: ['no-time', (world) => ({ files: world.file('db.backup', 'x'), dated: 'name' })],
			tomorrow: ['no-time', (world) => ({ files: world.file('db.20991231.gz', 'x'), dated: 'name' })],
			badManifest: [
				'file-malformed',
				(world) => {
					world.file('a.db.json', '{');
					return { files: world.file('a.db', 'x') };
				},
			],
			fifo: ['not-a-file', (world) => ({ files: world.fifo('pipe') })],
		},
		hang: null,
		hostile: (world) => ({ files: world.file(`${EVIL}.db`, 'x') }),
		echo: null,
	},
	heartbeat: {
		good: (world) => ({ file: world.file('beat', 'x'), within: '10m' }),
		faults: {
			missing: ['file-missing', (world) => ({ file: join(world.folder, 'none') })],
			noTime: ['no-time', (world) => ({ file: world.file('beat', 'soon'), read: 'content' })],
			noLine: ['no-time', (world) => ({ file: world.file('beat.log', 'hello\nworld\n'), read: 'line' })],
			future: ['no-time', (world) => ({ file: world.file('beat', '2099-01-01T00:00:00Z'), read: 'content' })],
			notJson: ['file-malformed', (world) => ({ file: world.file('beat', 'soon'), value: '$.at' })],
			refused: ['refused', async () => ({ url: `http://127.0.0.1:${await closedPort()}`, value: '$.at' })],
			noField: ['no-time', async (world) => ({ url: await answers(world, '{"a": 1}'), value: '$.at' })],
			html: ['bad-body', async (world) => ({ url: await answers(world, '<html>'), value: '$.at' })],
		},
		hang: async (world) => ({ url: (await world.hostile('hang')).url, value: '$.at' }),
		hostile: (world) => ({ file: world.file(`${EVIL}.beat`, EVIL), read: 'content' }),
		echo: async (world) => ({
			url: await answers(world, `{"at": "${HIDDEN}"}`),
			value: '$.at',
			headers: { 'x-key': secret },
		}),
	},
	suite: {
		good: (world) => ({
			run: ['cat', world.file('out.xml', junit('b'))],
			cwd: '/',
			read: 'junit',
			categories: { P0: 'P0', P1: 'P1' },
			floor: '80%',
		}),
		faults: {
			noCommand: ['command-missing', () => ({ run: 'no-such-program-here', cwd: '/', read: 'tap' })],
			killed: ['exit-by-signal', () => ({ run: ['sh', '-c', 'kill -9 $$'], cwd: '/', read: 'exit' })],
			silent: ['bad-body', () => ({ run: 'true', cwd: '/', read: 'pytest' })],
			cut: [
				'bad-body',
				(world) => ({ run: ['cat', world.file('x.xml', junit('b').slice(0, 90))], cwd: '/', read: 'junit' }),
			],
			noReport: ['file-missing', (world) => ({ report: join(world.folder, 'none.xml'), read: 'junit' })],
			stale: [
				'file-malformed',
				(world) => ({
					run: 'true',
					cwd: '/',
					report: world.old(world.file('old.xml', junit('b'))),
					read: 'junit',
				}),
			],
			floods: ['timeout', () => ({ run: ['sh', '-c', 'while :; do echo ok; done'], cwd: '/', read: 'tap' })],
		},
		hang: () => ({ ...HANG, cwd: '/', read: 'exit' }),
		hostile: (world) => ({
			run: ['cat', world.file('evil.tap', `1..1\nnot ok 1 - ${EVIL}\n`)],
			cwd: '/',
			read: 'tap',
		}),
		echo: () => ({
			run: ['sh', '-c', 'echo "1..1"; echo "not ok 1 - $KEY"; echo $KEY >&2'],
			cwd: '/',
			env: { KEY: secret },
			read: 'tap',
		}),
	},
	compare: {
		good: () => ({
			pairs: [
				['api.count', 'text.count'],
				['api.count', 'other.count'],
			],
			tolerance: '1%',
		}),
		faults: {
			never: ['no-fresh-value', () => ({ equal: ['api.count', 'table.missing'] })],
			stale: ['no-fresh-value', () => ({ equal: ['api.count', 'old.count'] })],
		},
		hang: null,
		hostile: () => ({ equal: ['api.count', 'evil.count'] }),
		echo: null,
	},
};
