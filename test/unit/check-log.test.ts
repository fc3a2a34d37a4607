import { execFileSync } from 'node:child_process';
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { log } from '../../src/checks/log.ts';
import { createAsking, HOUR, NOW } from '../support/asking.ts';
import { JSON_HEAD, plain, serveRaw } from '../support/servers.ts';

let { ask, close, file, folder, parse, probe } = createAsking();
afterEach(async () => {
	await close();
	({ ask, close, file, folder, parse, probe } = createAsking());
});
afterAll(() => close());

describe('log', () => {
	const line = (time: string, rest: string) => `[2025-11-${time}] ${rest}\n`;
	const APP =
		line('21 08:00:00', '[ERROR] Payment 1 of "Lim" failed') +
		line('22 23:00:00', '[ERROR] Payment 2 of "Tan" failed') +
		line('23 08:00:00', '[ERROR] Payment 3 of "Ong" failed') +
		line('23 08:01:00', '[INFO] Payment 4 done') +
		line('23 08:02:00', '[ERROR] no column net, password=hunter2') +
		'Traceback (most recent call last):\n  File "x.py", line 3\nKeyError: \'net\'\n' +
		line('23 08:03:00', '[ERROR] rounds: api-health became critical {"by":"rounds"}');

	it('counts since a window by fingerprint, names what is new, and never its own lines', async () => {
		const samples = await ask(log, { files: file('app.log', APP), level: 'error', since: '2h' });
		expect(samples).toMatchObject({ count: '2', fingerprints: '2', new: '1', errors: '2', unmasked: '1' });
		expect(samples).toMatchObject({ names: expect.stringContaining("KeyError: '…'") });
		expect(JSON.stringify(samples)).not.toContain('hunter2');
	});

	it('counts since the last signed round, and since a day before the first', async () => {
		const path = file('app.log', APP);
		const signedAt = Date.parse('2025-11-22T22:00:00Z');
		expect(await ask(log, { files: path, level: 'error' }, { signedAt })).toMatchObject({
			count: '3',
			new: '1',
		});
		expect(await ask(log, { files: path, level: 'error' })).toMatchObject({ count: '3' });
		expect(await ask(log, { files: path, level: 'error' }, { signedAt: NOW })).toMatchObject({ count: '0' });
	});

	it('reads rotated parts, packed ones too, and says when one it needs is broken', async () => {
		const path = file('app.log', line('23 08:00:00', '[ERROR] a'));
		file('app.log.1', line('23 06:00:00', '[ERROR] b'), NOW - 2 * HOUR);
		expect(await ask(log, { files: path, level: 'error', since: '12h' })).toMatchObject({ count: '2' });
		const packed = join(folder, 'app.log.2.gz');
		const age = (at: number) => utimesSync(packed, new Date(at), new Date(at));
		const text = line('22 13:00:00', '[ERROR] c') + line('22 08:00:00', '[ERROR] d');
		writeFileSync(packed, execFileSync('gzip', ['-c'], { input: text }));
		age(NOW - 20 * HOUR);
		expect(await ask(log, { files: path, level: 'error', since: '24h' })).toMatchObject({ count: '3' });
		const limit = { files: path, level: 'error', since: '24h', limit: 90 };
		expect(await ask(log, limit)).toMatchObject({ fault: 'log-too-large' });
		writeFileSync(packed, execFileSync('gzip', ['-c'], { input: text }).subarray(0, 30));
		age(NOW - 20 * HOUR);
		expect(await ask(log, { files: path, level: 'error', since: '12h' })).toMatchObject({ count: '2' });
		expect(await ask(log, { files: path, level: 'error', since: '24h' })).toMatchObject({
			fault: 'file-malformed',
		});
	});

	const JSONL = [
		{
			timestamp: '2025-11-23T08:00:00Z',
			level: 'error',
			trace_id: 'a',
			user_id: 1,
			role: 'admin',
			action: 'book',
			duration_ms: 812,
		},
		{
			timestamp: '2025-11-23T08:01:00Z',
			level: 'error',
			trace_id: 'b',
			user_id: 1,
			role: 'customer',
			action: 'book',
			duration_ms: 20,
		},
		{
			timestamp: '2025-11-23T08:02:00Z',
			level: 'error',
			trace_id: 'b',
			user_id: 2,
			role: 'admin',
			action: 'book',
			phone: '13812345678',
		},
		{ timestamp: '2025-11-23T08:03:00Z', level: 'info', action: 'cancel' },
	];

	it('reads JSON fields, and counts lines that lack what they must have', async () => {
		const text = `${JSONL.map((one) => JSON.stringify(one)).join('\n')}\nplain words\n`;
		const samples = await ask(log, {
			files: file('app.json', text),
			level: 'error',
			since: '2h',
			require: ['timestamp', 'level', 'trace_id'],
		});
		expect(samples).toMatchObject({
			count: '3',
			fingerprints: '2',
			users: '2',
			traces: '2',
			slowest: '812',
			malformed: '2',
			unmasked: '1',
		});
		expect(
			await ask(log, { files: join(folder, 'app.json'), where: { role: 'admin' }, since: '2h' }),
		).toMatchObject({ count: '2' });
	});

	it('reads fields under other names', async () => {
		const text =
			'{"ts": "2025-11-23T08:00:00Z", "sev": "ERROR", "what": "no row 7"}\n{"ts": "2025-11-20T08:00:00Z", "sev": "ERROR", "what": "no row 8"}\n';
		const fields = { time: 'ts', level: 'sev', message: 'what' };
		expect(await ask(log, { files: file('x.log', text), level: 'error', since: '2h', fields })).toMatchObject(
			{ count: '1', new: '0' },
		);
	});

	it('reads what docker puts a time before, from both outputs', async () => {
		const said = `2025-11-23T08:00:00.123456789Z {"level": "error", "message": "no row 7"}`;
		const run = [
			'sh',
			'-c',
			`echo '${said}'; echo '2025-11-23T08:05:00.1Z [ERROR] no row 8' >&2; echo 'from {since} {epoch}'`,
		];
		expect(await ask(log, { run, cwd: folder, level: 'error', since: '2h', before: '1h' })).toMatchObject({
			count: '2',
		});
		expect(
			await ask(log, {
				run,
				cwd: folder,
				match: '^from 2025-11-23T06:00:00.000Z 1763877600$',
				since: '2h',
				before: '1h',
			}),
		).toMatchObject({ count: '1' });
	});

	it('reads the journal as JSON by its own fields', async () => {
		const entry = (priority: number) =>
			`{"__REALTIME_TIMESTAMP":"1763884800123456","PRIORITY":"${priority}","MESSAGE":"no row ${priority}","_SYSTEMD_UNIT":"app.service"}`;
		const path = file('journal.txt', `${entry(3)}\n${entry(6)}\n`);
		expect(await ask(log, { run: ['cat', path], cwd: folder, level: 'error', since: '2h' })).toMatchObject({
			count: '1',
		});
	});

	it('asks Loki page by page and faults rather than count a part', async () => {
		const asked: string[] = [];
		const page = (count: number, from: number) =>
			JSON.stringify({
				status: 'success',
				data: {
					resultType: 'streams',
					result: [
						{
							stream: { app: 'x', level: 'error' },
							values: Array.from({ length: count }, (_, at) => [
								`${BigInt(from) * 1_000_000n - BigInt(at)}`,
								`no row ${from + at}`,
							]),
						},
					],
				},
			});
		const server = await serveRaw((socket, request) => {
			asked.push(request.split(' ')[1] ?? '');
			void socket.write(plain(page(asked.length === 1 ? 5000 : 3, NOW - asked.length * HOUR), JSON_HEAD));
		});
		const samples = await ask(log, {
			loki: server.url,
			query: '{app="x"} |= "row"',
			level: 'error',
			since: '12h',
		});
		expect(samples).toMatchObject({ count: '5003', fingerprints: '1' });
		const first = new URL(asked[0] ?? '', server.url);
		expect(first.pathname).toBe('/loki/api/v1/query_range');
		expect(first.searchParams.get('query')).toBe('{app="x"} |= "row"');
		expect(asked).toHaveLength(2);
		await close();
		await server.close();
	});

	it('remembers what was there before, and what has left the window since', async () => {
		const path = file('app.log', APP);
		const options = parse(log, { files: path, level: 'error', since: '1h' });
		expect(await probe(log, options)).toMatchObject({ count: '2', new: '1' });
		expect(await probe(log, options, { now: NOW + 60_000 })).toMatchObject({ count: '1', new: '1' });
		const again = line('23 09:30:00', '[ERROR] no column net, password=other');
		// What came before is gone from the file: that it is not new is remembered.
		file('app.log', `${again}Traceback (most recent call last):\nKeyError: 'gross'\n`);
		const asked = { now: NOW + 50 * 60_000 };
		expect(await probe(log, options, asked)).toMatchObject({ count: '1', new: '0' });
		expect(await probe(log, options, { now: NOW + 90 * 60_000 })).toMatchObject({ count: '1', new: '1' });
	});
});
