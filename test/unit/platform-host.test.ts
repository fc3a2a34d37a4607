import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterAll, describe, expect, test } from 'vitest';
import { createClock } from '../../src/platform/clock.ts';
import { createHost, memoryOf } from '../../src/platform/host.ts';
import { readVariables } from '../../src/platform/process-variables.ts';
import { createProcesses } from '../../src/platform/processes.ts';
import { readLsof, readSocketTable } from '../../src/platform/sockets.ts';

const clock = createClock();
const processes = createProcesses(clock);
const host = createHost();
const limits = () => ({ deadline: clock.monotonic() + 20_000, signal: new AbortController().signal });
const onLinux = process.platform === 'linux';

describe('the machine', () => {
	test('has figures that fit each other', async () => {
		const answer = await host.facts();
		if (!answer.ok) throw new Error(answer.error.code);
		const { memoryBytes, availableBytes, cores, uptimeMs } = answer.value;
		expect(availableBytes).toBeGreaterThan(0);
		expect(availableBytes).toBeLessThan(memoryBytes);
		expect(cores).toBeGreaterThan(0);
		expect(uptimeMs).toBeGreaterThan(0);
	});

	test('has a disk under every path, and none under a path that is not there', async () => {
		const answer = await host.disk('/');
		if (!answer.ok) throw new Error(answer.error.code);
		expect(answer.value.freeBytes).toBeLessThanOrEqual(answer.value.totalBytes);
		expect(answer.value.totalBytes).toBeGreaterThan(1024 * 1024);
		expect(await host.disk('/no/such/path')).toMatchObject({ ok: false, error: { code: 'file-missing' } });
	});

	test('memory that caches hold counts as available', () => {
		const text =
			'MemTotal:        8145876 kB\nMemFree:          203412 kB\nMemAvailable:    6234012 kB\nSwapTotal:             0 kB\nSwapFree:              0 kB\n';
		expect(memoryOf(text)).toEqual({
			memoryBytes: 8145876 * 1024,
			availableBytes: 6234012 * 1024,
			swapBytes: 0,
			freeSwapBytes: 0,
		});
		expect(memoryOf('')).toMatchObject({ swapBytes: null, freeSwapBytes: null });
	});
});

describe('who listens', () => {
	const server = createServer();
	afterAll(() => void server.close());

	test.skipIf(!onLinux)('a port of this process is held by it, and by nobody once closed', async () => {
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		const { port } = server.address() as { port: number };
		const answer = await processes.listeners(port, limits());
		expect(answer).toMatchObject({
			ok: true,
			value: [{ address: '127.0.0.1', holders: [{ pid: process.pid }] }],
		});
		server.close();
		await once(server, 'close');
		expect(await processes.listeners(port, limits())).toEqual({ ok: true, value: [] });
	});

	test('what Linux prints', () => {
		const tcp = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1388 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 48213 1 0000000000000000 100 0 0 10 0
   1: 0100007F:1388 0100007F:D2F0 01 00000000:00000000 00:00000000 00000000  1000        0 48219 1 0000000000000000 20 4 30 10 -1
`;
		expect(readSocketTable(tcp)).toEqual([{ address: '127.0.0.1', port: 5000, inode: '48213' }]);
		const tcp6 =
			'   0: 00000000000000000000000001000000:1F40 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 3021 1 0 100 0 0 10 0\n   1: 00000000000000000000000000000000:0050 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 77 1\n';
		expect(readSocketTable(tcp6)).toEqual([
			{ address: '::1', port: 8000, inode: '3021' },
			{ address: '::', port: 80, inode: '77' },
		]);
		expect(readSocketTable('nothing of this sort')).toEqual([]);
	});

	test('what lsof prints', () => {
		expect(readLsof('p594\nf9\nn*:5000\nf10\nn*:5000\np7120\nf4\nn[::1]:5000\n')).toEqual([
			{ pid: 594, address: '0.0.0.0' },
			{ pid: 594, address: '0.0.0.0' },
			{ pid: 7120, address: '::1' },
		]);
	});
});

describe('a process', () => {
	test.skipIf(!onLinux)('is found with what it started, and with its variables', async () => {
		const child = spawn('sh', ['-c', 'sleep 654321 & echo up; wait'], {
			env: { PATH: process.env['PATH'] ?? '', LOG_LEVEL: 'INFO', EMPTY: '' },
			stdio: ['ignore', 'pipe', 'ignore'],
			detached: true,
		});
		try {
			await once(child.stdout, 'data');
			const pid = child.pid ?? 0;
			const family = await processes.find({ pid, children: true });
			expect(family.ok && family.value.map(({ name }) => name).sort()).toEqual(['sh', 'sleep']);
			const alone = await processes.find({ pid });
			expect(alone.ok && alone.value.map(({ parent }) => parent)).toEqual([process.pid]);
			const variables = await processes.environmentOf(pid, limits());
			expect(variables.ok && [variables.value.get('LOG_LEVEL'), variables.value.get('EMPTY')]).toEqual([
				'INFO',
				'',
			]);
		} finally {
			process.kill(-(child.pid ?? 0), 'SIGKILL');
			await once(child, 'close');
		}
		expect(await processes.environmentOf(child.pid ?? 0, limits())).toMatchObject({
			ok: false,
			error: { code: 'object-missing', detail: { what: 'process' } },
		});
	});

	test('variables as /proc holds them', () => {
		expect([...readVariables('A=1\0B=a=b\nc\0=x\0nothing\0A=2\0')]).toEqual([
			['A', '1'],
			['B', 'a=b\nc'],
		]);
	});
});
