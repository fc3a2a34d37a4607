import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkId, roundId } from '../../src/domain/ids.ts';
import { quantity } from '../../src/domain/value.ts';
import { createConnection } from '../../src/storage/connection.ts';
import { migrate } from '../../src/storage/migrate.ts';
import { MIGRATIONS } from '../../src/storage/migrations/index.ts';
import { createNames } from '../../src/storage/names.ts';
import { createObservationStore } from '../../src/storage/observation-store.ts';
import { openStorage } from '../../src/storage/open.ts';
import {
	faultOf,
	got,
	HOUR,
	observation,
	opened,
	optionsFor,
	record,
	recorded,
	scratch,
	since,
} from '../contract/storage-world.ts';

const WRITER = fileURLToPath(new URL('../support/storage-writer.ts', import.meta.url));
const ROOT = process.getuid?.() === 0;
const file = (path: string): string => join(path, '.rounds', 'rounds.db');

/** The database as another program sees it. */
function beside(path: string, options: Database.Options = {}): Database.Database {
	const db = new Database(file(path), options);
	onTestFinished(() => void db.close());
	return db;
}

describe('a process that is killed', () => {
	test('what it confirmed is there, the database is sound', async () => {
		const path = scratch();
		const state = join(path, '.rounds');
		for (let kill = 0; kill < 3; kill++) {
			const child = spawn(process.execPath, [WRITER, state, '100000'], {
				stdio: ['ignore', 'pipe', 'inherit'],
			});
			let said = '';
			child.stdout.on('data', (part: Buffer) => {
				said += part;
				if (said.split('\n').length > 20 * (kill + 1)) child.kill('SIGKILL');
			});
			await once(child, 'close');
			const confirmed = said.split('\n').slice(0, -1);
			expect(confirmed.length).toBeGreaterThan(0);
			const storage = opened(path);
			for (const id of confirmed)
				expect(got(storage.rounds.get(roundId(Number(id))))?.steps[0]?.answer?.by).toBe('writer');
			expect(beside(path).pragma('integrity_check', { simple: true })).toBe('ok');
		}
	});

	test('several at once lose nothing', async () => {
		const path = scratch();
		const state = join(path, '.rounds');
		const ends = await Promise.all(
			[1, 2, 3].map(async () => {
				const child = spawn(process.execPath, [WRITER, state, '30'], {
					stdio: ['ignore', 'pipe', 'inherit'],
				});
				let said = '';
				child.stdout.on('data', (part: Buffer) => {
					said += part;
				});
				await once(child, 'close');
				return said.trim().split('\n');
			}),
		);
		const confirmed = ends.flat();
		const storage = opened(path);
		expect(new Set(confirmed).size).toBe(confirmed.length);
		for (const id of confirmed)
			expect(got(storage.rounds.get(roundId(Number(id))))?.steps[0]?.answer).not.toBeNull();
		expect(beside(path).pragma('integrity_check', { simple: true })).toBe('ok');
	});
});

describe('files that are no database of ours', () => {
	test('text, garbage, and a damaged database are corrupt, and left as they are', () => {
		const path = scratch();
		mkdirSync(join(path, '.rounds'));
		const text = 'not a database at all, but long enough to have a header '.repeat(20);
		writeFileSync(file(path), text);
		expect(openStorage(optionsFor(path))).toEqual({
			ok: false,
			error: { code: 'storage-corrupt', detail: { path: file(path) } },
		});
		expect(readFileSync(file(path), 'utf8')).toBe(text);

		const other = scratch();
		got(openStorage(optionsFor(other))).close();
		truncateSync(file(other), Math.floor(statSync(file(other)).size / 1024) * 512);
		expect(openStorage(optionsFor(other))).toMatchObject({ ok: false, error: { code: 'storage-corrupt' } });
	});

	test('a row that cannot be ours is corrupt, not a crash', () => {
		const path = scratch();
		const storage = opened(path);
		const asks = [{ check: checkId('a'), sinceAt: 0, samples: ['n'] }];
		const expectDamaged = () => {
			const { of, recent } = storage.observations;
			expect(faultOf(of(checkId('a'), 0, 2 * HOUR, 9))).toBe('storage-corrupt damaged-row');
			expect(faultOf(recent(asks, 9))).toBe('storage-corrupt damaged-row');
		};
		record(storage, observation('a', HOUR, { samples: { n: quantity(1) } }));
		const db = beside(path);
		for (const samples of ["x'00'", "x'0063'", "x'00010163'", "x'0105'"]) {
			db.exec(`UPDATE observation SET samples = ${samples}`);
			expectDamaged();
		}
		db.exec("UPDATE observation SET samples = NULL, why = '{'");
		expectDamaged();
		db.exec(
			"DELETE FROM observation; INSERT INTO packed VALUES (1, 1799999200000 / 3600000 * 3600000, 1, 1, x'01ffff'); UPDATE environment SET packed_to = 9e15",
		);
		expectDamaged();
	});

	test('a row that ends too early does not take its value from the next', () => {
		const path = scratch();
		const storage = opened(path);
		// The newest one is read whole besides, and would tell by itself.
		for (const at of [0, 1, 2])
			record(storage, observation('a', HOUR + at, { samples: { n: quantity(at) } }));
		beside(path).exec(`UPDATE observation SET samples = x'00010104' WHERE (key >> 21) = ${HOUR + 1}`);
		const asks = [{ check: checkId('a'), sinceAt: 0, samples: ['n'] }];
		expect(faultOf(storage.observations.recent(asks, 9))).toBe('storage-corrupt damaged-row');
	});

	test("another program's database is not touched", () => {
		const path = scratch();
		mkdirSync(join(path, '.rounds'));
		const other = new Database(file(path));
		other.exec('CREATE TABLE theirs (a)');
		other.close();
		expect(faultOf(openStorage(optionsFor(path)))).toBe('storage-corrupt not-ours');
	});

	test('a newer program made it', () => {
		const path = scratch();
		got(openStorage(optionsFor(path))).close();
		beside(path).pragma('user_version = 99');
		expect(openStorage(optionsFor(path))).toEqual({
			ok: false,
			error: { code: 'storage-newer', detail: { path: file(path), found: 99, known: MIGRATIONS.length } },
		});
	});
});

describe('migrations', () => {
	const NEXT = MIGRATIONS.length + 1;
	const next = { number: NEXT, name: 'next', sql: 'CREATE TABLE more (a INTEGER) STRICT;' };
	const broken = {
		number: NEXT,
		name: 'broken',
		sql: 'CREATE TABLE more (a INTEGER) STRICT; INSERT INTO nowhere VALUES (1);',
	};
	const occasion = { now: 7, version: 'test', fileMode: 0o600 };

	test('a copy with the old content is there before a database with content changes', () => {
		const path = scratch();
		got(openStorage(optionsFor(path))).close();
		const db = beside(path);
		migrate(db, file(path), { ...occasion, migrations: [...MIGRATIONS, next] });
		expect(db.pragma('user_version', { simple: true })).toBe(NEXT);
		expect(db.prepare('SELECT number, name, at FROM migration WHERE number = ?').get(NEXT)).toEqual({
			number: NEXT,
			name: 'next',
			at: 7,
		});
		const copy = new Database(`${file(path)}.before-${NEXT}`, { readonly: true });
		expect(copy.pragma('user_version', { simple: true })).toBe(NEXT - 1);
		expect(copy.prepare('SELECT name FROM environment').pluck().get()).toBe('production');
		copy.close();
		expect((statSync(`${file(path)}.before-${NEXT}`).mode & 0o777).toString(8)).toBe('600');
	});

	test('a draft of the first shape is the one of who began the round', () => {
		const path = scratch();
		got(openStorage(optionsFor(path))).close();
		rmSync(file(path));
		const db = beside(path);
		migrate(db, file(path), { ...occasion, migrations: MIGRATIONS.slice(0, 1) });
		db.exec(`
			INSERT INTO environment (id, name) VALUES (1, 'production');
			INSERT INTO round (id, environment_id, sheet, title, grace_ms, started_at, started_by, version)
				VALUES (1, 1, 'morning', '"Morning"', 0, 5, 'ada', 0);
			INSERT INTO step (round_id, step, definition, draft) VALUES (1, 0, '{"kind":"ask"}', 'half a sent'), (1, 1, '{"kind":"ask"}', NULL);`);
		db.close();
		const round = got(opened(path).rounds.inProgress())[0];
		expect(round?.drafts).toEqual([{ step: 0, by: 'ada', at: 5, text: 'half a sent' }]);
		expect(round).toMatchObject({ touched: null, steps: [{ note: null, noted: null }, {}] });
	});

	test('one that fails leaves the database as it was', () => {
		const path = scratch();
		got(openStorage(optionsFor(path))).close();
		const db = beside(path);
		expect(() => migrate(db, file(path), { ...occasion, migrations: [...MIGRATIONS, broken] })).toThrow(
			'no such table',
		);
		expect(db.pragma('user_version', { simple: true })).toBe(NEXT - 1);
		expect(db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'more'").pluck().get()).toBe(0);
	});
});

describe('storage that cannot be written now', () => {
	test('a full database says so, keeps what it has, and goes on when there is room', () => {
		const path = scratch();
		const storage = opened(path);
		const seen = (from: number) =>
			Array.from({ length: 500 }, (_, index) =>
				observation(`c${index}`, HOUR + from + index, { samples: { n: quantity(index) } }),
			);
		record(storage, ...seen(0));
		const { observations, fill, empty } = limited(path);
		const later = seen(1000).map((each) => recorded(each));
		fill();
		expect(observations.record(later)).toMatchObject({ ok: false, error: { code: 'disk-full' } });
		expect(since({ observations }, 0, 9999)).toEqual(seen(0));
		empty();
		got(observations.record(later));
		expect(since({ observations }, 0, 9999)).toEqual([...seen(0), ...seen(1000)]);
	});

	test('a writer that holds the lock makes it busy, not broken', () => {
		const path = scratch();
		const storage = opened(path);
		const other = beside(path);
		other.exec('BEGIN IMMEDIATE');
		expect(faultOf(storage.activity.append({ at: 1, by: 'a', code: 'x', detail: {} }))).toBe('storage-busy');
		expect(got(storage.activity.list(9))).toEqual([]);
		other.exec('COMMIT');
		got(storage.activity.append({ at: 1, by: 'a', code: 'x', detail: {} }));
	});

	test('names given in a transaction that failed are given anew', () => {
		const path = scratch();
		const storage = opened(path);
		const bad = recorded(observation('b', HOUR, { samples: { x: quantity(1) } }));
		const broken = { ...bad, observation: { ...bad.observation, at: 0.5 } };
		expect(() => storage.observations.record([bad, broken])).toThrow();
		record(opened(path), observation('z', HOUR, { samples: { y: quantity(2) } }));
		record(storage, observation('b', HOUR + 1, { samples: { x: quantity(3) } }));
		expect(since(storage, 0, 9).map(({ check, samples }) => [check, samples])).toEqual([
			['z', { y: quantity(2) }],
			['b', { x: quantity(3) }],
		]);
	});

	test.runIf(ROOT && process.platform === 'linux')('a full disk, for real', (context) => {
		const path = scratch();
		if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path]).status !== 0)
			return context.skip();
		onTestFinished(() => void spawnSync('umount', ['-l', path]));
		const storage = opened(path);
		record(storage, observation('a', HOUR));
		// Mode 600 as everything of ours; what fills the disk is somebody else's.
		const filler = join(path, 'filler');
		spawnSync('sh', ['-c', `cat /dev/zero > ${filler}`]);
		const big = { at: 1, by: 'a', code: 'x', detail: { text: 'x'.repeat(300_000) } };
		expect(storage.activity.append(big)).toMatchObject({ ok: false, error: { code: 'disk-full' } });
		expect(since(storage, 0, 9)).toHaveLength(1);
		truncateSync(filler, 0);
		got(storage.activity.append(big));
		expect(got(storage.activity.list(9))).toHaveLength(1);
	});
});

/** The observations on a connection of our own, which can be given a page limit: that belongs to the connection, not the file. */
function limited(path: string) {
	const db = beside(path);
	const connection = createConnection(db, file(path), 1);
	const names = (table: 'check_name' | 'sample_name') => createNames(connection, table);
	return {
		observations: createObservationStore(connection, names('check_name'), names('sample_name')),
		fill: () => void db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true })}`),
		empty: () => void db.pragma('max_page_count = 1000000'),
	};
}
