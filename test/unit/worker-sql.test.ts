import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
	chmodSync,
	copyFileSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Fault } from '../../src/domain/fault.ts';
import { quantity } from '../../src/domain/value.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createPool } from '../../src/workers/pool.ts';
import { createSqlPort } from '../../src/workers/sql-port.ts';

const clock = createClock();
const pool = createPool({ script: new URL('../../src/workers/worker.ts', import.meta.url), clock, size: 2 });
const sql = createSqlPort(pool);
afterAll(() => pool.close());

const ENDLESS = 'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c';

function scratch(): string {
	const path = mkdtempSync(join(tmpdir(), 'rounds-sql-'));
	onTestFinished(() => rmSync(path, { recursive: true, force: true }));
	return path;
}

/** A database of the application; closed, unless it is to stay open. */
function database(
	mode: 'wal' | 'delete',
	path = scratch(),
): { readonly file: string; readonly db: Database.Database } {
	const file = join(path, 'app #1?.db');
	const db = new Database(file, { timeout: 0 });
	db.pragma(`journal_mode = ${mode}`);
	db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, a, b TEXT)');
	const insert = db.prepare('INSERT INTO t (a, b) VALUES (?, ?)');
	for (let index = 0; index < 500; index++) insert.run(index, 'x'.repeat(100));
	onTestFinished(() => void db.close());
	return { file, db };
}

function read(
	file: string,
	queries: Record<string, string>,
	withinMs = 20_000,
	signal = new AbortController().signal,
) {
	return sql.read({ file, queries, busyTimeoutMs: 50 }, { deadline: clock.monotonic() + withinMs, signal });
}

async function values(file: string, queries: Record<string, string>) {
	const found = await read(file, queries);
	if (!found.ok) throw new Error(JSON.stringify(found.error));
	return Object.fromEntries(
		Object.entries(found.value).map(([name, { value, rows }]) => [name, value === undefined ? rows : value]),
	);
}

async function faultOf(file: string, query = 'SELECT count(*) FROM t'): Promise<Fault> {
	const found = await read(file, { q: query });
	if (found.ok) throw new Error('expected a fault');
	return found.error;
}

describe('values', () => {
	test('come whole, one value a query; else only the number of rows', async () => {
		const { file } = database('wal');
		const queries = {
			count: 'SELECT count(*) FROM t',
			int64: 'SELECT 9223372036854775807',
			real: 'SELECT 0.1',
			none: 'SELECT NULL',
			text: "SELECT 'é'",
			infinite: 'SELECT 9e999',
			several: 'SELECT a FROM t',
			zero: 'SELECT a FROM t WHERE 0',
			wide: 'SELECT 1, 2',
			sound: 'PRAGMA integrity_check',
			long: "SELECT replace(hex(zeroblob(50000)), '00', 'ab')",
		};
		const found = await values(file, queries);
		expect(found).toEqual({
			count: quantity(500),
			int64: quantity('9223372036854775807'),
			real: quantity('0.1'),
			none: null,
			text: 'é',
			infinite: 'Infinity',
			several: 500,
			zero: 0,
			wide: 1,
			sound: 'ok',
			long: 'ab'.repeat(5_000),
		});
	});

	test('all queries see one moment', async () => {
		const { file, db } = database('wal');
		const reading = read(file, {
			before: 'SELECT count(*) FROM t',
			meanwhile:
				'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c WHERE x < 3000000) SELECT count(*) FROM c',
			after: 'SELECT count(*) FROM t',
		});
		await readerIn(db);
		db.exec('DELETE FROM t');
		expect(await reading).toMatchObject({
			ok: true,
			value: { before: { value: quantity(500) }, after: { value: quantity(500) } },
		});
	});
});

/** Waits until somebody else reads: from then on the log cannot be emptied. */
async function readerIn(db: Database.Database): Promise<void> {
	db.exec('UPDATE t SET a = a');
	await expect.poll(() => db.pragma('wal_checkpoint(TRUNCATE)')).toMatchObject([{ busy: 1 }]);
}

describe('only reading', () => {
	test.each([
		['DELETE FROM t'],
		['DELETE FROM t RETURNING id'],
		["ATTACH 'other.db' AS other"],
		['PRAGMA journal_mode = DELETE'],
		['PRAGMA user_version = 3'],
		['PRAGMA wal_checkpoint(TRUNCATE)'],
		['VACUUM'],
		['BEGIN IMMEDIATE'],
		['SELECT 1; SELECT 2'],
		[''],
		['SELECT nothing FROM nowhere'],
		["SELECT x'00'"],
	])('%s is a bad query', async (query) => {
		const { file, db } = database('wal');
		expect(await faultOf(file, query)).toMatchObject({
			code: 'bad-query',
			detail: { query: 'q', message: expect.stringMatching(/./) },
		});
		expect(db.prepare('SELECT count(*) FROM t').pluck().get()).toBe(500);
	});

	test('nothing is left beside a database that nobody has open', async () => {
		for (const mode of ['wal', 'delete'] as const) {
			const { file, db } = database(mode);
			db.close();
			const before = readFileSync(file);
			expect(await values(file, { n: 'SELECT count(*) FROM t' })).toEqual({ n: quantity(500) });
			expect(readdirSync(join(file, '..'))).toEqual(['app #1?.db']);
			expect(readFileSync(file).equals(before)).toBe(true);
		}
	});

	test('what is still in the log of a running application is seen', async () => {
		const { file, db } = database('wal');
		db.exec('DELETE FROM t WHERE id > 10');
		expect(await values(file, { n: 'SELECT count(*) FROM t' })).toEqual({ n: quantity(10) });
	});

	test('a writer does not wait for a reader in WAL', async () => {
		const { file, db } = database('wal');
		const stop = new AbortController();
		const reading = read(file, { n: 'SELECT count(*) FROM t', endless: ENDLESS }, 60_000, stop.signal);
		await readerIn(db);
		for (let index = 0; index < 200; index++) db.exec('UPDATE t SET a = a + 1');
		stop.abort();
		expect(await reading).toMatchObject({ ok: false, error: { code: 'cancelled' } });
	});
});

describe('what the world does', () => {
	test('missing, empty, text, a folder, damaged', async () => {
		const path = scratch();
		expect(await faultOf(join(path, 'none.db'))).toEqual({
			code: 'database-missing',
			detail: { path: join(path, 'none.db') },
		});
		writeFileSync(join(path, 'empty.db'), '');
		expect(await faultOf(join(path, 'empty.db'))).toMatchObject({
			code: 'not-a-database',
			detail: { bytes: 0 },
		});
		writeFileSync(join(path, 'text.db'), 'hello '.repeat(1000));
		expect(await faultOf(join(path, 'text.db'))).toMatchObject({ code: 'not-a-database' });
		expect(await faultOf(path)).toMatchObject({ code: 'not-a-file' });
		const { file, db } = database('delete');
		db.close();
		const damaged = join(path, 'damaged.db');
		copyFileSync(file, damaged);
		truncateSync(damaged, 8192);
		expect(await faultOf(damaged)).toMatchObject({ code: 'database-corrupt', detail: { path: damaged } });
	});

	test.each(['delete', 'wal'] as const)('locked by a writer (%s)', async (mode) => {
		const { file, db } = database(mode);
		if (mode === 'wal') db.pragma('locking_mode = EXCLUSIVE');
		db.exec('BEGIN EXCLUSIVE; UPDATE t SET a = 0');
		expect(await faultOf(file)).toMatchObject({ code: 'database-locked', detail: { path: file } });
		db.exec('ROLLBACK');
		if (mode === 'delete')
			expect(await values(file, { n: 'SELECT count(*) FROM t' })).toEqual({ n: quantity(500) });
	});

	test('its writer was killed in the middle', async () => {
		const { file, db } = database('delete');
		db.close();
		const script = `import Database from 'better-sqlite3';
			const db = new Database(${JSON.stringify(file)});
			db.pragma('cache_size = 1'); db.pragma('cache_spill = 1');
			db.exec("BEGIN; UPDATE t SET b = b || 'changed'");
			process.kill(process.pid, 'SIGKILL');`;
		await once(spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' }), 'close');
		expect(readdirSync(join(file, '..'))).toContain('app #1?.db-journal');
		expect(await faultOf(file)).toMatchObject({
			code: 'database-locked',
			detail: { reason: 'needs-recovery' },
		});
	});

	test('a query that never ends is ended at the deadline, and the next one gets its answer', async () => {
		const { file } = database('wal');
		expect(await read(file, { endless: ENDLESS }, 300)).toMatchObject({
			ok: false,
			error: { code: 'timeout', detail: { limitMs: 300 } },
		});
		expect(await values(file, { n: 'SELECT count(*) FROM t' })).toEqual({ n: quantity(500) });
	});

	test.runIf(process.getuid?.() !== 0)('no permission', async () => {
		const { file } = database('delete');
		chmodSync(file, 0o000);
		expect(await faultOf(file)).toMatchObject({ code: 'no-permission' });
	});
});
