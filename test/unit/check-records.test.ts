// The crontab test asks the real `crontab` (Debian: apt-get install cron) and is skipped where it is missing, and so are those
// that run the real pytest (python3-pytest) and Perl (perl).
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, test } from 'vitest';
import { backup, stampOf } from '../../src/checks/backup.ts';
import { readCrontab, readTimers } from '../../src/checks/crontab.ts';
import { heartbeat } from '../../src/checks/heartbeat.ts';
import { schedule } from '../../src/checks/schedule.ts';
import { suite } from '../../src/checks/suite.ts';
import { createAsking, HOUR, NOW } from '../support/asking.ts';
import { JSON_HEAD, plain, serveRaw } from '../support/servers.ts';

let { ask, close, file, folder } = createAsking();
afterEach(async () => {
	await close();
	({ ask, close, file, folder } = createAsking());
});
afterAll(() => close());

// As `crontab -l` of Debian 12 and /etc/crontab say it, with the four lines of the brand diagnosis system.
const TABLE = `SHELL=/bin/sh
# m h  dom mon dow   command
0 3 * * * cd /srv/backend && python3 -c "cleanup_expired_data()"
0 2 * * 0 cd /srv/backend && python3 -c "archive_old_data()"
0 2 * * * cp /srv/database.db /srv/database.db.backup.$(date +\\%Y\\%m\\%d)
0 3 * * 0 tar -czf /srv/logs/logs.$(date +\\%Y\\%m\\%d).tar.gz -C /srv/logs .
#30 4 * * * python3 -c "cleanup_expired_data(dry_run=True)"
@reboot /srv/start.sh --password=hunter2
`;

describe('schedule', () => {
	it('reads tables with and without a user', () => {
		expect(readCrontab(TABLE, false)).toMatchObject({ broken: 0, off: [{ written: '30 4 * * *' }] });
		expect(readCrontab(TABLE, false).entries).toHaveLength(5);
		const system = readCrontab(
			'17 *\t* * *\troot\tcd / && run-parts --report /etc/cron.hourly\nbad line\n',
			true,
		);
		expect(system.entries[0]).toMatchObject({
			written: '17 * * * *',
			command: 'cd / && run-parts --report /etc/cron.hourly',
		});
		expect(system.broken).toBe(1);
	});

	it('states time, trace, next run and collisions', async () => {
		const tables = file('tab', TABLE);
		const trace = file('database.db.backup.20251123', 'x', Date.parse('2025-11-23T02:00:04Z'));
		const options = {
			from: 'file',
			tables,
			match: 'database.db.backup',
			wanted: '0 2 * * *',
			trace,
			zone: 'UTC',
		};
		// 23 November 2025 is a Sunday.
		expect(await ask(schedule, options)).toMatchObject({
			entries: '1',
			timed: true,
			ran: true,
			next: '2025-11-24T02:00:00.000Z',
			previous: '2025-11-23T02:00:00.000Z',
			collisions: '1',
			collides: expect.stringContaining('0 2 * * 0'),
		});
		const dayLater = { now: NOW + 24 * HOUR };
		expect(await ask(schedule, options, dayLater)).toMatchObject({ ran: false });
		// Half an hour after its time it may still be at work.
		expect(await ask(schedule, options, { now: Date.parse('2025-11-24T02:30:00Z') })).toMatchObject({
			ran: true,
		});
		expect(await ask(schedule, { ...options, wanted: '0 4 * * *' })).toMatchObject({ timed: false });
		expect(await ask(schedule, { ...options, match: 'cleanup', trace: undefined })).toMatchObject({
			entries: '1',
			off: '1',
		});
	});

	it('finds its trace in a log', async () => {
		const at = file('app.log', '[2025-11-23 03:00:07] [INFO] cleanup finished: 12 rows\n');
		const options = {
			from: 'file',
			tables: file('tab', TABLE),
			match: 'cleanup',
			wanted: '0 3 * * *',
			log: at,
			line: 'cleanup finished',
			zone: 'UTC',
		};
		expect(await ask(schedule, options)).toMatchObject({
			ran: true,
			traced: String(NOW - Date.parse('2025-11-23T03:00:07Z')),
		});
		expect(await ask(schedule, { ...options, line: 'archive' })).toMatchObject({ ran: false });
	});

	it('reads the timers of systemd', async () => {
		const timers = JSON.stringify([
			{
				next: (NOW + HOUR) * 1000,
				left: 1,
				last: (NOW - 23 * HOUR) * 1000,
				passed: 1,
				unit: 'app-backup.timer',
				activates: 'app-backup.service',
			},
			{ next: null, left: null, last: 0, passed: 0, unit: 'never.timer', activates: 'never.service' },
		]);
		expect(readTimers(timers)?.entries[1]).toMatchObject({ nextAt: null, lastAt: null });
		expect(readTimers('NEXT LEFT')).toBeNull();
		const options = {
			from: 'systemd',
			run: ['cat', file('timers', timers)],
			match: 'app-backup',
			zone: 'UTC',
		};
		expect(await ask(schedule, { ...options, wanted: '0 10 * * *' })).toMatchObject({
			timed: true,
			ran: true,
			next: '2025-11-23T10:00:00.000Z',
		});
		expect(await ask(schedule, { ...options, wanted: '0 4 * * *' })).toMatchObject({ timed: false });
	});

	it('shows no secret of a command', async () => {
		const samples = await ask(schedule, { from: 'file', tables: file('tab', TABLE), match: 'start.sh' });
		expect(samples).toMatchObject({ entries: '1', written: '@reboot' });
		expect(samples).not.toHaveProperty('next');
		expect(JSON.stringify(samples)).not.toContain('hunter2');
	});

	const hasCrontab = spawnSync('crontab', ['-l'], { stdio: 'ignore' }).error === undefined;
	test.skipIf(!hasCrontab)('the real crontab: having none is an answer', async () => {
		// Nobody's table is written: only whether there is one is asked, of a user who has none.
		const samples = await ask(schedule, {
			run: ['crontab', '-l', ...(process.getuid?.() === 0 ? ['-u', 'nobody'] : [])],
			match: 'no-such-command-anywhere',
		});
		expect(samples).toMatchObject({ entries: '0', collisions: '0' });
		const system = await ask(schedule, { from: 'system', match: 'run-parts --report /etc/cron.daily' });
		expect(system).toMatchObject({ entries: '1', broken: '0' });
	});
});

describe('backup', () => {
	it('keeps nightly ones and those before a deployment apart', async () => {
		file('database.db.backup.20251121', 'x'.repeat(1000), NOW - 55 * HOUR);
		file('database.db.backup.20251122', 'x'.repeat(1000), NOW - 31 * HOUR);
		file('database.db.backup.20251123', 'x'.repeat(750), NOW - 7 * HOUR);
		file('database.db.backup.20251123_081936', 'x', NOW - HOUR);
		file('database.db.backup.20251122.json', JSON.stringify({ provenAt: '2025-11-23T08:00:00Z' }), NOW);
		const files = join(folder, 'database.db.backup.*');
		expect(await ask(backup, { files, stamp: 'date', exclude: join(folder, '*.json') })).toMatchObject({
			count: '3',
			name: 'database.db.backup.20251123',
			age: String(7 * HOUR),
			size: '750',
			before: '1000',
			growth: '-0.25',
			shrunk: '0.25',
			oldest: String(55 * HOUR),
			gap: String(24 * HOUR),
			others: '1',
			proven: String(HOUR),
		});
		expect(await ask(backup, { files, stamp: 'time', dated: 'name', zone: 'Asia/Shanghai' })).toMatchObject({
			count: '1',
			age: String(NOW - Date.parse('2025-11-23T00:19:36Z')),
		});
	});

	it('has nothing to compare a first one with', async () => {
		expect(await ask(backup, { files: file('a.gz', '') })).not.toHaveProperty('shrunk');
		expect(await ask(backup, { files: join(folder, 'none*') })).toMatchObject({ fault: 'file-missing' });
	});

	it('reads stamps in their zone', () => {
		expect(stampOf('logs.20251123.tar.gz', 'UTC')).toBe(Date.parse('2025-11-23T00:00:00Z'));
		expect(stampOf('env_backup_20251123_081936.json', 'UTC')).toBe(Date.parse('2025-11-23T08:19:36Z'));
		expect(stampOf('env_backup_2025-11-23.json', 'UTC')).toBe(Date.parse('2025-11-23T00:00:00Z'));
		expect(stampOf('release-1234567890.tar', 'UTC')).toBeNull();
	});
});

describe('heartbeat', () => {
	it('is a file touched, its last line, or what it holds', async () => {
		expect(await ask(heartbeat, { file: file('beat', '', NOW - HOUR) })).toMatchObject({ age: String(HOUR) });
		const lines = file('beat.log', '2025-11-23T07:00:00Z tick\n2025-11-23T08:00:00Z tick\n  no time\n');
		expect(await ask(heartbeat, { file: lines, read: 'line' })).toMatchObject({ age: String(HOUR) });
		expect(await ask(heartbeat, { file: file('epoch', '1763884800\n'), read: 'content' })).toMatchObject({
			age: String(HOUR),
		});
		expect(
			await ask(heartbeat, { file: file('b.json', '{"run": {"at": 1763884800123}}'), value: '$.run.at' }),
		).toMatchObject({ at: '2025-11-23T08:00:00.123Z' });
	});

	it('does not take a wrong clock for a fresh beat', async () => {
		expect(await ask(heartbeat, { file: file('beat', '', NOW + HOUR) })).toMatchObject({ fault: 'no-time' });
	});

	it('is what an endpoint says last', async () => {
		const server = await serveRaw((socket, request) => {
			const head = { ...JSON_HEAD, 'last-modified': 'Sun, 23 Nov 2025 08:30:00 GMT' };
			void socket.write(
				request.includes('/gone')
					? Buffer.from('HTTP/1.1 503 x\r\ncontent-length: 0\r\n\r\n')
					: plain('{"last": "2025-11-23T08:00:00Z"}', head),
			);
		});
		expect(await ask(heartbeat, { url: server.url, value: '$.last' })).toMatchObject({ age: String(HOUR) });
		expect(await ask(heartbeat, { url: server.url, value: 'header("Last-Modified")' })).toMatchObject({
			age: String(HOUR / 2),
		});
		expect(await ask(heartbeat, { url: `${server.url}/gone`, value: '$.last' })).toMatchObject({
			fault: 'no-time',
		});
		await close();
		await server.close();
	});
});

describe('suite', () => {
	it('counts by category, and an end in error as a failure', async () => {
		const out = file(
			'out.tap',
			'1..4\nok 1 - P0 index\nok 2 - P0 rows\nnot ok 3 - P1 storage\nok 4 - odd # SKIP\n',
		);
		const categories = { P0: 'P0', P1: 'P1', DS: 'DS' };
		expect(await ask(suite, { run: ['cat', out], cwd: folder, read: 'tap', categories })).toMatchObject({
			passed: '2',
			failed: '1',
			skipped: '1',
			total: '4',
			'P0.rate': '1',
			'P1.failed': '1',
			'DS.total': '0',
			uncategorised: '1',
			failing: 'P1 storage',
		});
		const dies = ['sh', '-c', `head -n 0 ${out}; echo 1..1; echo ok 1; exit 2`];
		expect(await ask(suite, { run: dies, cwd: folder, read: 'tap' })).toMatchObject({
			passed: '1',
			failed: '1',
			failing: '(exit 2)',
		});
		expect(await ask(suite, { run: 'false', cwd: folder, read: 'exit' })).toMatchObject({ failed: '1' });
	});

	it('reads a report that was written by others, with its age', async () => {
		const report = file('r.xml', '<testsuite><testcase name="a"/></testsuite>', NOW - HOUR);
		const coverage = file('coverage.xml', '<coverage line-rate="0.81">', NOW - HOUR);
		expect(await ask(suite, { report, coverage, read: 'junit' })).toMatchObject({
			passed: '1',
			coverage: '0.81',
			age: String(HOUR),
		});
	});

	const pytest = spawnSync('python3', ['-m', 'pytest', '--version'], { stdio: 'ignore' });
	test.skipIf(pytest.status !== 0)('the real pytest (Debian: apt-get install python3-pytest)', async () => {
		file('test_a.py', 'def test_p0(): pass\ndef test_p1(): assert 1 == 2\n');
		const run = ['python3', '-m', 'pytest', '-rA', '-q', '-p', 'no:cacheprovider', '--junitxml=r.xml'];
		const wanted = { passed: '1', failed: '1', exit: '1' };
		expect(await ask(suite, { run, cwd: folder, read: 'pytest' })).toMatchObject({
			...wanted,
			failing: 'test_a.py::test_p1',
		});
		expect(
			await ask(suite, { run, cwd: folder, read: 'junit', report: join(folder, 'r.xml') }),
		).toMatchObject(wanted);
	});

	const prove = spawnSync('perl', ['-MTest::More', '-e', '1'], { stdio: 'ignore' });
	test.skipIf(prove.status !== 0)('real TAP from Perl (Debian: perl)', async () => {
		const run = [
			'perl',
			'-MTest::More=tests,3',
			'-e',
			'ok(1,"P0 a"); ok(0,"P1 b"); subtest c => sub { plan(tests => 1); ok(1) };',
		];
		expect(await ask(suite, { run, cwd: folder, read: 'tap' })).toMatchObject({ passed: '2', failed: '1' });
	});
});
