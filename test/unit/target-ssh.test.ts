// Needs of Debian: openssh-server openssh-client rsync; without them this is skipped.
import {
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Run, TargetPorts } from '../../src/domain/backup-ports.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createFiles } from '../../src/platform/files.ts';
import { createFolders } from '../../src/platform/folders.ts';
import { createHost } from '../../src/platform/host.ts';
import { createProcesses } from '../../src/platform/processes.ts';
import { createS3 } from '../../src/platform/s3.ts';
import { rsync } from '../../src/targets/rsync.ts';
import { readRsyncListing, rsyncArguments } from '../../src/targets/rsync-command.ts';
import { sftp } from '../../src/targets/sftp.ts';
import { freeBytesIn, readListing } from '../../src/targets/sftp-batch.ts';
import { isFarName, type SshOptions, sshArguments } from '../../src/targets/ssh.ts';
import { hasRsync, type SshServer, startSsh } from '../support/ssh-server.ts';
import { sshOptions } from '../support/target-subjects.ts';

const clock = createClock();
const failed = (code: string) => ({ ok: false, error: { code } });
const processes = createProcesses(clock);
const ports: TargetPorts = {
	clock,
	files: createFiles(clock),
	processes,
	host: createHost(),
	folders: createFolders({ clock }),
	s3: createS3(clock),
};
const WRITTEN = { host: 'backup.example', user: 'rounds', path: '/srv/backups' };
const parse = (more: Record<string, unknown>) => sftp.schema.safeParse({ ...WRITTEN, ...more });

describe('what is written', () => {
	test.each([
		{ host: '-oProxyCommand=touch /tmp/x' },
		{ host: '-x' },
		{ host: 'a b' },
		{ host: 'a;b' },
		{ host: 'a$(b)' },
		{ user: '-x' },
		{ user: 'a b' },
		{ user: 'a@b:c;d' },
		{ user: '' },
		{ path: '-x' },
		{ path: '~/x' },
		{ path: 'a"b' },
		{ path: 'a\nb' },
		{ path: "a'b" },
		{ path: 'host:/x' },
		{ path: '/x/*' },
		{ path: '/x/$(y)' },
		{ identity: 'a"b' },
		{ identity: '%h' },
		{ knownHosts: "a'b" },
		{ port: 0 },
		{ strict: false },
	])('%j is refused', (more) => {
		expect(parse(more).success).toBe(false);
	});

	test('no one is asked, no one unknown is believed, nothing is lent', () => {
		const options = parse({ identity: '/keys/a b', knownHosts: '/keys/known' }).data as SshOptions;
		const given = sshArguments(options);
		for (const setting of [
			'-oBatchMode=yes',
			'-oStrictHostKeyChecking=yes',
			'-oForwardAgent=no',
			'-oConnectTimeout=10',
			'-oIdentitiesOnly=yes',
			'-oIdentityFile="/keys/a b"',
			'-oUserKnownHostsFile="/keys/known"',
		])
			expect(given).toContain(setting);
		const [command] = rsyncArguments(options, [], []).filter((one) => one.startsWith('ssh '));
		expect(command).toContain(`'-oIdentityFile="/keys/a b"'`);
	});

	test('IPv6 and ports are shown as people write them', () => {
		const options = parse({ host: '::1', port: 2222 }).data as SshOptions;
		expect(sftp.where(options)).toBe('sftp://rounds@[::1]:2222/srv/backups');
	});
});

describe('what the far side prints', () => {
	const now = Date.UTC(2026, 0, 31, 12);

	test('a list of sftp: links as links, names in the dark left out, times of last year known', () => {
		const text = [
			'drwxr-xr-x    ? 0        0            4096 Jan 31 02:00 .',
			'-rw-------    ? 0        0             123 Jan 31 02:00 copy of today',
			'-rw-------    1 domain users ops       456 Dec 24 23:59 last-year',
			'-rw-------    ? 0        0               7 Mar  5  2024 old',
			'lrwxrwxrwx    ? 0        0               5 Jan 31 02:00 link',
			'prw-r--r--+   ? 0        0               0 Jan 31 02:00 pipe',
			'-rw-r--r--    ? 0        0               0 Jan 31 02:00 bad\\033[31mname',
			'-rw-r--r--    ? 0        0               0 Jan 31 02:00 a\\rb',
			'no line of a list',
		].join('\n');
		expect(readListing(text, now)).toEqual([
			{ name: 'copy of today', kind: 'file', bytes: 123, modifiedAt: Date.UTC(2026, 0, 31, 2) },
			{ name: 'last-year', kind: 'file', bytes: 456, modifiedAt: Date.UTC(2025, 11, 24, 23, 59) },
			{ name: 'link', kind: 'link', bytes: 5, modifiedAt: Date.UTC(2026, 0, 31, 2) },
			{ name: 'old', kind: 'file', bytes: 7, modifiedAt: Date.UTC(2024, 2, 5) },
			{ name: 'pipe', kind: 'other', bytes: 0, modifiedAt: Date.UTC(2026, 0, 31, 2) },
		]);
		expect(freeBytesIn('  Size Used Avail (root) %Capacity\n  100 40 50 60 40%\n')).toBe(51_200);
		expect(freeBytesIn('Server does not support it\n')).toBe(null);
	});

	test('a list of rsync: sizes with their commas, links without where they lead', () => {
		const text = [
			'drwx------          4,096 2026/01/31 02:00:00 .',
			'-rw-------      1,234,567 2026/01/31 02:00:01 copy',
			'lrwxrwxrwx              5 2026/01/31 02:00:00 link -> /etc/passwd',
		].join('\n');
		expect(readRsyncListing(text)).toEqual([
			{ name: 'copy', kind: 'file', bytes: 1_234_567, modifiedAt: Date.UTC(2026, 0, 31, 2, 0, 1) },
			{ name: 'link', kind: 'link', bytes: 5, modifiedAt: Date.UTC(2026, 0, 31, 2) },
		]);
	});

	test('names of copies pass, names with a meaning do not', () => {
		for (const name of ['database.db.backup.20260131', '.rounds-1.part', 'a b+c@d,e=f', '数据库.tar.gz'])
			expect([name, isFarName(name)]).toEqual([name, true]);
		for (const name of ['-rf', 'a\tb', 'a\u202eb', 'x`y', 'a|b', 'a>b', 'a#b'])
			expect([name, isFarName(name)]).toEqual([name, false]);
	});
});

describe.skipIf(!hasRsync).each([
	['sftp', sftp],
	['rsync', rsync],
] as const)('%s to a real sshd', (_name, target) => {
	let server: SshServer;
	let folder: string;
	beforeAll(async () => {
		server = await startSsh();
	});
	afterAll(() => server.close());
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'rounds-far-'));
		mkdirSync(join(folder, 'run'), { mode: 0o700 });
	});
	afterEach(() => {
		chmodSync(folder, 0o700);
		rmSync(folder, { recursive: true, force: true });
	});
	const run = (): Run => ({
		now: clock.now(),
		zone: 'UTC',
		folder: join(folder, 'run'),
		deadline: clock.monotonic() + 30_000,
		signal: new AbortController().signal,
		onProgress: () => {},
		onLine: () => {},
	});
	const optionsOf = (more: Record<string, unknown> = {}) =>
		target.schema.parse({ ...sshOptions(server, join(folder, 'far', 'deep er')), ...more });
	const everything = async (options: SshOptions) => {
		writeFileSync(join(folder, 'run', 'from'), 'x');
		return [
			await target.ready(options, ports, run()),
			await target.list(options, ports, run()),
			await target.put(options, join(folder, 'run', 'from'), 'copy', ports, run()),
		];
	};

	test('the folder is made with all above it', async () => {
		expect(await target.ready(optionsOf(), ports, run())).toMatchObject({
			ok: true,
			value: { freeBytes: expect.any(Number) },
		});
		expect(readdirSync(join(folder, 'far', 'deep er'))).toEqual([]);
		expect(statSync(join(folder, 'far', 'deep er')).mode & 0o777).toBe(0o700);
		// Somebody chose this mode; it is not ours to change.
		chmodSync(join(folder, 'far', 'deep er'), 0o750);
		expect((await target.ready(optionsOf(), ports, run())).ok).toBe(true);
		expect(statSync(join(folder, 'far', 'deep er')).mode & 0o777).toBe(0o750);
	});

	test('a folder that is not there yet has nothing in it', async () => {
		expect(await target.list(optionsOf(), ports, run())).toEqual({ ok: true, value: [] });
	});

	test('a host with another key is not believed, and nothing goes to it', async () => {
		for (const knownHosts of [server.wrongHosts, join(folder, 'none')])
			for (const answer of await everything(optionsOf({ knownHosts })))
				expect(answer).toMatchObject(failed('bad-certificate'));
		expect(existsSync(join(folder, 'far'))).toBe(false);
	});

	test('a key that is not let in', async () => {
		for (const answer of await everything(optionsOf({ identity: server.stranger })))
			expect(answer).toMatchObject(failed('access-denied'));
		expect(existsSync(join(folder, 'far'))).toBe(false);
	});

	test('a file where the folder should be', async () => {
		writeFileSync(join(folder, 'far'), 'theirs');
		expect((await target.ready(optionsOf(), ports, run())).ok).toBe(false);
		expect((await target.ready(optionsOf({ path: join(folder, 'far') }), ports, run())).ok).toBe(false);
		expect(readdirSync(folder).sort()).toEqual(['far', 'run']);
	});

	test('cut off while it is sent: whatever was started here is ended', async () => {
		const options = optionsOf();
		await target.ready(options, ports, run());
		writeFileSync(join(folder, 'run', 'from'), Buffer.alloc(50_000_000));
		const controller = new AbortController();
		const answer = await target.put(options, join(folder, 'run', 'from'), 'copy', ports, {
			...run(),
			signal: controller.signal,
			onProgress: () => controller.abort(),
		});
		expect(answer).toMatchObject(failed('cancelled'));
		expect(readdirSync(join(folder, 'far', 'deep er'))).toEqual([]);
		for (const command of ['sftp', 'rsync', 'ssh']) {
			const left = await processes.find({ command: `${command} ` });
			expect(left.ok && left.value.filter((one) => one.parent === process.pid)).toEqual([]);
		}
	});
});
