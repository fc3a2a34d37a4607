import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createClock } from '../../src/platform/clock.ts';
import { createPool, type Pool } from '../../src/workers/pool.ts';

const SCRIPT = new URL('../../src/workers/worker.ts', import.meta.url);
const ENDLESS = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c';
const clock = createClock();

function database(): string {
	const path = mkdtempSync(join(tmpdir(), 'rounds-pool-'));
	onTestFinished(() => rmSync(path, { recursive: true, force: true }));
	const db = new Database(join(path, 'a.db'));
	db.exec('CREATE TABLE t (a)');
	db.close();
	return join(path, 'a.db');
}

function pooled(size: number, script = SCRIPT): Pool {
	const pool = createPool({ script, clock, size });
	onTestFinished(() => pool.close());
	return pool;
}

const run = (
	pool: Pool,
	file: string,
	query = 'SELECT 1',
	withinMs = 20_000,
	signal = new AbortController().signal,
) =>
	pool.run(
		'sql.read',
		{ file, queries: { q: query }, busyTimeoutMs: 50 },
		{ deadline: clock.monotonic() + withinMs, signal },
	);

describe('the pool', () => {
	test('starts a worker when one is needed, never more than its size, and keeps it', async () => {
		const file = database();
		const pool = pooled(2);
		expect(pool.workers()).toBe(0);
		await run(pool, file);
		expect(pool.workers()).toBe(1);
		await run(pool, file);
		expect(pool.workers()).toBe(1);
		const all = await Promise.all(Array.from({ length: 20 }, () => run(pool, file)));
		expect(all.every((each) => each.ok)).toBe(true);
		expect(pool.workers()).toBe(2);
	});

	test('what finds no place until its deadline says so, and does not hurt who has one', async () => {
		const file = database();
		const pool = pooled(1);
		const stop = new AbortController();
		const long = run(pool, file, ENDLESS, 60_000, stop.signal);
		expect(await run(pool, file, 'SELECT 1', 100)).toMatchObject({
			ok: false,
			error: { code: 'own-limit', detail: { reason: 'no-place' } },
		});
		const next = run(pool, file);
		stop.abort();
		expect(await long).toMatchObject({ ok: false, error: { code: 'cancelled' } });
		expect(await next).toMatchObject({ ok: true });
		expect(await run(pool, file, 'SELECT 1', 100, AbortSignal.abort())).toMatchObject({
			error: { code: 'cancelled' },
		});
	});

	test('closing cancels what runs and what waits', async () => {
		const file = database();
		const pool = pooled(1);
		const jobs = [run(pool, file, ENDLESS), run(pool, file)];
		pool.close();
		for (const job of jobs)
			expect(await job).toEqual({ ok: false, error: { code: 'cancelled', detail: {} } });
		expect(pool.workers()).toBe(0);
	});

	test('a worker that cannot start is a fault, not a hang', async () => {
		const pool = pooled(1, new URL('./no-such-worker.ts', import.meta.url));
		expect(await run(pool, '/x')).toMatchObject({
			ok: false,
			error: { code: 'own-limit', detail: { reason: 'worker-lost' } },
		});
	});

	test('a job that throws is a bug, and its worker goes on', async () => {
		const pool = pooled(1);
		const nonsense = pool.run('sql.read', null as never, {
			deadline: clock.monotonic() + 20_000,
			signal: new AbortController().signal,
		});
		const thrown = await nonsense.catch((cause: Error) => cause.message);
		expect(thrown).toMatch(/^worker job sql\.read: [^\n]+$/);
		// It becomes a reason that is stored and drawn: no stack, no places of this machine.
		expect(thrown).not.toMatch(/\bat |file:|\.ts/);
		expect(await run(pool, database())).toMatchObject({ ok: true });
	});

	test.each(['process', 'thread'])('an idle one lets the program end (%s)', (carrier) => {
		const program = `import {createPool} from ${JSON.stringify(new URL('../../src/workers/pool.ts', import.meta.url).href)};
			import {createClock} from ${JSON.stringify(new URL('../../src/platform/clock.ts', import.meta.url).href)};
			const clock = createClock();
			const pool = createPool({script: new URL(${JSON.stringify(SCRIPT.href)}), clock, carrier: ${JSON.stringify(carrier)}});
			const found = await pool.run('sql.read', {file: ${JSON.stringify(database())}, queries: {q: 'SELECT 7'}, busyTimeoutMs: 50},
				{deadline: clock.monotonic() + 20000, signal: new AbortController().signal});
			console.log(found.ok && found.value.q.value.number, pool.workers());`;
		const ran = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
			encoding: 'utf8',
			timeout: 25_000,
		});
		expect(ran).toMatchObject({ status: 0, signal: null, stdout: '7 1\n' });
	});

	test.runIf(process.platform === 'linux')('a query does not outlive the program that was killed', () => {
		const program = `import {createPool} from ${JSON.stringify(new URL('../../src/workers/pool.ts', import.meta.url).href)};
			import {createClock} from ${JSON.stringify(new URL('../../src/platform/clock.ts', import.meta.url).href)};
			import {readFileSync, readdirSync} from 'node:fs';
			const clock = createClock();
			const pool = createPool({script: new URL(${JSON.stringify(SCRIPT.href)}), clock});
			const limits = {deadline: clock.monotonic() + 600000, signal: new AbortController().signal};
			const ask = (q) => pool.run('sql.read', {file: ${JSON.stringify(database())}, queries: {q}, busyTimeoutMs: 50}, limits);
			await ask('SELECT 1');
			void ask(${JSON.stringify(ENDLESS)});
			const isOurs = (pid) => /^\\d+$/.test(pid) && readFileSync('/proc/' + pid + '/stat', 'utf8').split(') ')[1].split(' ')[1] === String(process.pid);
			console.log(readdirSync('/proc').find((pid) => { try { return isOurs(pid); } catch { return false; } }));
			setTimeout(() => process.kill(process.pid, 'SIGKILL'), 100);`;
		const ran = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
			encoding: 'utf8',
			timeout: 25_000,
		});
		const worker = Number(ran.stdout.trim());
		expect(worker).toBeGreaterThan(1);
		return expect.poll(() => isAlive(worker), { timeout: 20_000 }).toBe(false);
	});
});

function isAlive(pid: number): boolean {
	try {
		// A zombie nobody has reaped yet is dead all the same.
		return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
	} catch {
		return false;
	}
}
