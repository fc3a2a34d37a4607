import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import type { RegisteredKind } from '../../src/checks/define.ts';
import { findCheckKind } from '../../src/checks/index.ts';
import { isIndexed } from '../../src/checks/sqlite-options.ts';
import { quantity } from '../../src/domain/value.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createProbePorts } from '../../src/platform/ports.ts';
import { createPool } from '../../src/workers/pool.ts';
import { createSqlPort } from '../../src/workers/sql-port.ts';

const clock = createClock();
const pool = createPool({ script: new URL('../../src/workers/worker.ts', import.meta.url), clock, size: 1 });
const ports = createProbePorts({ sql: createSqlPort(pool), clock });
const kind = findCheckKind('sqlite') as RegisteredKind;
afterAll(async () => {
	await ports.close();
	await pool.close();
});

/** Reports with an index on their execution, and one number nobody has indexed. */
function database(journal = 'delete'): { readonly file: string; readonly run: (sql: string) => void } {
	const folder = mkdtempSync(join(tmpdir(), 'rounds-sqlite-'));
	const file = join(folder, 'app.db');
	const run = (sql: string) => {
		const db = new Database(file);
		db.pragma(`journal_mode = ${journal}`);
		db.unsafeMode();
		db.exec(sql);
		db.close();
	};
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	run(`create table report (id integer primary key, execution_id text not null, stage int, body text);
		create index report_execution on report (execution_id);
		create index report_stage on report (stage);
		insert into report (execution_id, stage, body) select 'e' || value, 1, hex(randomblob(200)) from json_each('[${[...Array(300).keys()]}]');
		pragma user_version = 7`);
	return { file, run };
}

function ask(written: object) {
	const context = {
		now: clock.now(),
		deadline: clock.monotonic() + 20_000,
		signal: new AbortController().signal,
	};
	return kind.probe(kind.schema.parse(written), ports, context);
}

async function samplesOf(written: object) {
	const answer = await ask(written);
	if (!answer.ok) throw new Error(JSON.stringify(answer.error));
	for (const sample of Object.keys(answer.value.samples))
		expect(Object.keys(kind.samples(kind.schema.parse(written)))).toContain(sample);
	return answer.value.samples;
}

test('a query finds its rows by the index, or is said to read the table or another index', async () => {
	const { file } = database();
	const uses = 'report_execution';
	const samples = await samplesOf({
		file,
		plan: {
			found: { query: 'select body from report where execution_id = ?', uses },
			updated: { query: "update report set body = '' where execution_id = ? and body = ?", uses },
			scanned: { query: 'select * from report where body = ?', uses },
			another: { query: 'select body from report where stage = 9', uses },
			covering: { query: 'select execution_id from report where execution_id = ?', uses },
			endToEnd: { query: 'select execution_id from report', uses },
			key: { query: 'select * from report where id = 3', uses: 'primary key' },
			joined: {
				query: 'select b.body from report a join report b on b.execution_id = a.body where a.id = 1',
				uses,
			},
		},
	});
	expect(samples).toMatchObject({
		'found.indexed': true,
		'updated.indexed': true,
		'scanned.indexed': false,
		'scanned.plan': 'SCAN report',
		'another.indexed': false,
		'covering.indexed': true,
		'endToEnd.indexed': false,
		'key.indexed': true,
		'joined.indexed': true,
	});
	expect(await samplesOf({ file, read: { rows: 'select count(*) from report' } })).toMatchObject({
		rows: quantity(300),
	});
});

test('an index that was dropped is found; a query that cannot be planned is a fault', async () => {
	const { file, run } = database();
	const plan = { by: { query: 'select body from report where execution_id = ?', uses: 'report_execution' } };
	expect(await samplesOf({ file, plan })).toMatchObject({ 'by.indexed': true });
	run('drop index report_execution');
	expect(await samplesOf({ file, plan })).toMatchObject({ 'by.indexed': false });
	for (const query of [
		'select nope from report',
		'select 1; drop table report',
		'drop table',
		'select :name',
	])
		expect(await ask({ file, plan: { by: { query, uses: 'x' } } })).toMatchObject({
			ok: false,
			error: { code: 'bad-query', detail: { query: 'by' } },
		});
});

test.each(['delete', 'wal'])('its size, its version and its shape (%s)', async (journal) => {
	const { file, run } = database(journal);
	const before = await samplesOf({ file, facts: true });
	expect(before).toMatchObject({
		size: quantity(readFileSync(file).length, 'bytes'),
		free: quantity(0, 'bytes'),
		user_version: quantity(7),
		schema: expect.stringMatching(/^sha256:[0-9a-f]{16}$/),
	});
	run(
		"delete from report where id > 100; insert into report (execution_id) values ('e'); analyze; pragma user_version = 8",
	);
	const rows = await samplesOf({ file, facts: true });
	expect(rows['schema']).toBe(before['schema']);
	expect(rows['user_version']).toEqual(quantity(8));
	expect(rows['free']).not.toEqual(quantity(0, 'bytes'));
	run('alter table report add column late text');
	const after = await samplesOf({ file, facts: true });
	expect(after['schema']).not.toBe(before['schema']);
});

test('a whole file is whole; a damaged one is said to be, or cannot be read', async () => {
	const { file, run } = database();
	for (const integrity of ['quick', 'full'])
		expect(await samplesOf({ file, integrity })).toMatchObject({
			integrity: 'ok',
			'integrity.took': { unit: 'ms' },
		});
	// An index that has lost an entry: only the full look compares it with its table.
	run(
		"pragma writable_schema = on; update sqlite_schema set sql = 'create index report_execution on report (body)' where name = 'report_execution'",
	);
	expect((await samplesOf({ file, integrity: 'full' }))['integrity']).toMatch(/report_execution/);
	const bytes = readFileSync(file);
	bytes.fill(0x5a, 4096 * 3, 4096 * 6);
	writeFileSync(file, bytes);
	const answer = await ask({ file, integrity: 'quick' });
	if (answer.ok) expect(answer.value.samples['integrity']).not.toBe('ok');
	else expect(answer.error.code).toBe('database-corrupt');
});

test.each([
	['SEARCH t USING INDEX t_a (a=?)', 't_a', true],
	['SCAN x; SEARCH t USING COVERING INDEX t_a (a=? AND b>?)', 'T_A', true],
	['SEARCH t USING INDEX t_a_b (a=?)', 't_a', false],
	['SEARCH t USING AUTOMATIC COVERING INDEX (a=?)', 't_a', false],
	['SCAN t USING INDEX t_a', 't_a', false],
	['SEARCH t USING INTEGER PRIMARY KEY (rowid=?)', 'primary key', true],
	['SEARCH t USING PRIMARY KEY (a=?)', 'primary key', true],
	['SEARCH t USING INDEX a.*b (a=?)', 'a.*b', true],
])('%s by %s: %s', (steps, index, is) => {
	expect(isIndexed(steps, index)).toBe(is);
});

test('names that would say two things are refused', () => {
	const refused = (written: object) => kind.schema.safeParse({ file: 'a.db', ...written });
	expect(refused({ read: { size: 'select 1' }, facts: true })).toMatchObject({ success: false });
	expect(refused({ read: { integrity: 'select 1' }, integrity: 'quick' })).toMatchObject({ success: false });
	expect(refused({ read: { size: 'select 1' } })).toMatchObject({ success: true });
	expect(refused({})).toMatchObject({ success: false });
});
