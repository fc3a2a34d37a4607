import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { askControl } from '../../src/demo/ask-control.ts';
import { claimFolder } from '../../src/demo/claim.ts';
import { openBooks } from '../../src/demo/database.ts';
import { DemoUnavailable, startDemo } from '../../src/demo/launch.ts';
import {
	makeDir,
	readJson,
	recordOf,
	removeDir,
	runBash,
	SCRIPT,
	startProcess,
	waitForEnd,
} from './demo-world.ts';

let dir: string;
const started: ReturnType<typeof startProcess>[] = [];

function start(...more: string[]): ReturnType<typeof startProcess> {
	const one = startProcess(dir, ...more);
	started.push(one);
	return one;
}

beforeEach(() => {
	dir = makeDir();
});

afterEach(async () => {
	for (const one of started.splice(0)) {
		one.child.kill('SIGKILL');
		await one.ended;
	}
	removeDir(dir);
});

describe('one start', () => {
	test('prints one line, writes its record for the owner only, and ends in order on SIGTERM', async () => {
		const demo = start();
		const ready = await demo.ready;
		expect(ready).toEqual({
			ready: true,
			dir,
			config: join(dir, 'rounds.yaml'),
			ports: {
				flask: expect.any(Number),
				accounting: expect.any(Number),
				mcp: expect.any(Number),
				control: expect.any(Number),
			},
			pid: demo.child.pid,
		});
		expect(recordOf(dir)).toMatchObject({
			pid: demo.child.pid,
			ports: ready.ports,
			token: expect.stringMatching(/^\w{48}$/),
		});
		for (const name of ['demo.json', 'control', 'secrets/accounting_token', 'rounds.yaml', '.env']) {
			expect([name, statSync(join(dir, name)).mode & 0o777]).toEqual([name, 0o600]);
		}
		expect(statSync(dir).mode & 0o777).toBe(0o700);
		demo.child.kill('SIGTERM');
		const { code, out, complaint } = await demo.ended;
		expect([code, out.trimEnd().split('\n').length, complaint]).toEqual([0, 1, '']);
		expect([existsSync(join(dir, 'demo.json')), existsSync(join(dir, 'control'))]).toEqual([false, false]);
		expect((await runBash(dir, ['trouble.sh', 'hang'])).complaint).toBe('the demo system is not running\n');
	});

	test('goes on when its standard input closes, unless it is tied', async () => {
		const loose = start();
		const { ports } = await loose.ready;
		loose.child.stdin.end();
		expect((await fetch(`http://127.0.0.1:${ports.flask}/api/health`)).status).toBe(200);
		loose.child.kill('SIGTERM');
		await loose.ended;
		const tied = start('--tied');
		await tied.ready;
		tied.child.stdin.end();
		expect((await tied.ended).code).toBe(0);
	});

	test('ends by itself when no console holds it, and not while one does', async () => {
		const held = start('--idle-ms', '400');
		await held.ready;
		const hold = await askControl(recordOf(dir), 'hold');
		expect(hold?.text).toBe('held');
		// The other was started later, so when it has ended the held one's time would be over as well.
		const otherDir = makeDir();
		const other = startProcess(otherDir, '--idle-ms', '400');
		expect((await other.ended).code).toBe(0);
		removeDir(otherDir);
		const hello = await askControl(recordOf(dir), 'hello');
		expect(hello?.text).toBe(String(held.child.pid));
		hello?.socket.destroy();
		hold?.socket.destroy();
		expect((await held.ended).code).toBe(0);
	});

	test('says in one line what it cannot do', async () => {
		const file = join(dir, 'file');
		writeFileSync(file, '');
		const bad = startProcess(file);
		const { code, out, complaint } = await bad.ended;
		expect([code, out]).toEqual([74, '']);
		expect(complaint).toMatch(/^cannot set up the demo in .*: .*\n$/);
		const mode = statSync(dir).mode;
		const foreign = await start().ended;
		expect([foreign.code, foreign.complaint]).toEqual([
			74,
			expect.stringContaining('not empty and not of a demo'),
		]);
		expect([statSync(dir).mode, readdirSync(dir)]).toEqual([mode, ['file']]);
		expect(await start('--idle-ms', 'soon').ended).toMatchObject({
			code: 64,
			complaint: expect.stringContaining('usage'),
		});
	});
});

describe('several starts', () => {
	test('a second start joins the first', async () => {
		const first = await start().ready;
		const second = await start().ended;
		expect([second.code, JSON.parse(second.out)]).toEqual([0, { ...first, joined: true }]);
	});

	test('of four at once exactly one wins, and the others join it', async () => {
		const lines = await Promise.all([start(), start(), start(), start()].map((one) => one.ready));
		const winners = lines.filter((line) => !line.joined);
		expect(winners.length).toBe(1);
		expect(new Set(lines.map((line) => line.pid))).toEqual(new Set([winners[0]?.pid]));
		expect(new Set(lines.map((line) => line.ports.flask)).size).toBe(1);
	});

	test('a killed demo is replaced, and its lost rows are there again', async () => {
		const first = start();
		await first.ready;
		expect((await runBash(dir, ['trouble.sh', 'lose-transactions', 'on'])).code).toBe(0);
		first.child.kill('SIGKILL');
		await first.ended;
		expect(recordOf(dir).pid).toBe(first.child.pid);
		const second = start();
		const ready = await second.ready;
		expect([ready.joined, ready.pid]).toEqual([undefined, second.child.pid]);
		const stats = await readJson<{ transaction_count: number }>(
			fetch(`http://127.0.0.1:${ready.ports.flask}/api/dashboard/stats`),
		);
		expect(stats.transaction_count).toBe(48_609);
	});

	test('a living process id and an open port are not enough to be joined', async () => {
		const stranger = createServer((socket) => socket.on('error', () => undefined).end('ok 1\n'));
		await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
		const { port } = stranger.address() as AddressInfo;
		const ports = { flask: port, accounting: port, mcp: port, control: port };
		writeFileSync(
			join(dir, 'demo.json'),
			JSON.stringify({ pid: process.pid, startedAt: 0, ports, token: 'x' }),
		);
		const ready = await start().ready;
		stranger.close();
		expect(ready.joined).toBeUndefined();
		expect(recordOf(dir).pid).toBe(ready.pid);
	});

	test.each(['', '{', '[]', 'null', '{"ports":{}}'])('a record that says %j is replaced', async (text) => {
		writeFileSync(join(dir, 'demo.json'), text);
		expect((await start().ready).joined).toBeUndefined();
	});

	test('a folder that is held but silent is reported, not taken', async () => {
		const first = await claimFolder(dir, 0);
		expect(first.kind).toBe('won');
		expect((await claimFolder(dir, 0)).kind).toBe('stuck');
		if (first.kind === 'won') first.release();
		const again = await claimFolder(dir, 0);
		expect(again.kind).toBe('won');
		if (again.kind === 'won') again.release();
	});
});

describe('the database of a former demo', () => {
	test.each([
		['not a database', 'this is no database, only a text of some length that stands where one should be'],
		['empty', ''],
	])('is made anew when it is %s', (_, text) => {
		mkdirSync(join(dir, 'db'));
		const path = join(dir, 'db/books.db');
		writeFileSync(path, text);
		const books = openBooks(path);
		expect(books.counts()).toEqual({ customers: 8, bills: 281, transactions: 48_609, cards: 31 });
		books.close();
	});

	test('is made anew when an amount in it was changed, and kept when it is whole', () => {
		const path = join(dir, 'books.db');
		openBooks(path).close();
		const { ino } = statSync(path);
		openBooks(path).close();
		expect(statSync(path).ino).toBe(ino);
		const bytes = readFileSync(path);
		writeFileSync(path, Buffer.concat([bytes.subarray(0, bytes.length / 2), Buffer.alloc(bytes.length / 2)]));
		const books = openBooks(path);
		expect([books.sums().expenseCents, books.sums().repaymentCents]).toEqual([690_403_273, 663_755_132]);
		books.close();
	});
});

describe('the launcher', () => {
	const launch = (script = SCRIPT, more: { waitMs?: number } = {}) =>
		startDemo({ script, dir, nodePath: process.execPath, idleMs: 300, ...more });

	test('starts, joins, and lets the demo end when the last console has let it go', async () => {
		const first = await launch();
		const second = await launch();
		const ended = waitForEnd(first.ports.control);
		expect([first.joined, second.joined]).toEqual([false, true]);
		expect(second).toMatchObject({ config: join(dir, 'rounds.yaml'), ports: first.ports, env: first.env });
		const headers = { Authorization: `Bearer ${first.env['ACCOUNTING_TOKEN']}` };
		expect((await fetch(`http://127.0.0.1:${first.ports.accounting}/health`, { headers })).status).toBe(200);
		first.stop();
		expect((await fetch(`http://127.0.0.1:${first.ports.flask}/api/health`)).status).toBe(200);
		second.stop();
		await ended;
		expect(existsSync(join(dir, 'demo.json'))).toBe(false);
	});

	test.each([
		[
			'exits at once',
			'process.stderr.write("no disk\\n"); process.exit(3);',
			/^the demo system did not start: no disk$/,
		],
		['prints something else', 'console.log("hello");', /first line was not the expected one$/],
		[
			'says nothing',
			'setInterval(() => {}, 1000);',
			/^the demo system was not ready within 0\.3 s; try again/,
		],
	])('says so when the demo %s', async (_, source, sentence) => {
		const script = join(dir, 'other.mjs');
		writeFileSync(script, source);
		const outcome = await launch(script, source.includes('setInterval') ? { waitMs: 300 } : {}).catch(
			(error) => error,
		);
		expect(outcome).toBeInstanceOf(DemoUnavailable);
		expect(outcome.message).toMatch(sentence);
	});

	test('says so when there is no such Node', async () => {
		const outcome = await startDemo({ script: SCRIPT, dir, nodePath: join(dir, 'no-node') }).catch(
			(error) => error,
		);
		expect(outcome.message).toMatch(/^the demo system could not be started: .*ENOENT/);
	});
});
