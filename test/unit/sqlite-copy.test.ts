import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
	chmodSync,
	closeSync,
	lstatSync,
	mkdirSync,
	openSync,
	readFileSync,
	renameSync,
	statSync,
	symlinkSync,
	truncateSync,
	writeFileSync,
	writeSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import type { SqliteCopied } from '../../src/domain/backup-ports.ts';
import type { Fault } from '../../src/domain/fault.ts';
import type { Result } from '../../src/domain/result.ts';
import { LEDGER_SUMS, makeLedger, startWriting } from '../support/sqlite-application.ts';
import {
	childrenLike,
	makePlaces,
	onFirstBytes,
	openHeavy,
	type Places,
	within,
} from '../support/sqlite-heavy.ts';

const { pool, heavy } = openHeavy();
afterAll(() => pool.close());

type Writer = Parameters<typeof startWriting> extends [string, ...infer Rest] ? Rest : never;
type Copied = Promise<Result<SqliteCopied, Fault>>;

function copy(
	places: Places,
	longestWaitMs = 2_000,
	limits = within(),
	onProgress?: Parameters<typeof heavy.copySqlite>[2],
): Copied {
	const request = { file: places.file, to: places.to, sums: LEDGER_SUMS, longestWaitMs };
	return heavy.copySqlite(request, limits, onProgress);
}

async function copied(answer: Copied): Promise<SqliteCopied> {
	const found = await answer;
	if (!found.ok) throw new Error(JSON.stringify(found.error));
	return found.value;
}

async function writing(places: Places, ...[mode, pauseMs, synchronous]: Writer) {
	const writer = await startWriting(places.file, mode, pauseMs, synchronous);
	onTestFinished(() => writer.kill());
	return writer;
}

/** What holds in every state that the application ever committed. */
function expectOneMoment(places: Places, found: SqliteCopied): void {
	const db = new Database(places.to, { readonly: true });
	try {
		const number = (sql: string) => db.prepare(sql).pluck().get();
		expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
		expect(number('SELECT sum(amount) FROM account')).toBe(0);
		expect(number('SELECT lines FROM counted')).toBe(number('SELECT count(*) FROM ledger'));
		expect(found.sums).toEqual({ balance: '0', lines: String(number('SELECT count(*) FROM ledger')) });
		expect(found.rows).toMatchObject({ account: 100, counted: 1, ledger: Number(found.sums['lines']) });
		expect(found.rows['filling']).toBe(number('SELECT count(*) FROM filling'));
		expect(found.bytes).toBe(statSync(places.to).size);
	} finally {
		db.close();
	}
}

describe.each(['wal', 'delete', 'truncate', 'persist'] as const)(
	'another process writes all the time (%s)',
	(mode) => {
		test('the copy is one moment, and one file of our own', async () => {
			const places = makePlaces();
			makeLedger(places.file, mode, 6_000_000);
			const writer = await writing(places, mode);
			for (let turn = 0; turn < 3; turn++) {
				const found = await copied(copy({ ...places, to: `${places.to}-${turn}` }));
				expectOneMoment({ ...places, to: `${places.to}-${turn}` }, found);
				expect(found.method).toBe(mode === 'wal' ? 'wal-snapshot' : 'locked-whole');
				expect(found.journalMode).toBe(mode === 'wal' ? 'wal' : 'rollback');
				// In WAL nobody is kept from writing at all.
				if (mode === 'wal') expect(found.longestLockMs).toBe(0);
				else expect(found.longestLockMs).toBeGreaterThan(0);
				const facts = lstatSync(`${places.to}-${turn}`);
				expect(facts.mode & 0o777).toBe(0o600);
				// 2 would send its reader to a log that is not there.
				expect([...readFileSync(`${places.to}-${turn}`).subarray(18, 20)]).toEqual([1, 1]);
			}
			expect(places.left().target).toEqual(['copy-0', 'copy-1', 'copy-2']);
			const { writes, longestMs } = await writer.stop();
			expect(writes).toBeGreaterThan(3);
			expect(longestMs).toBeGreaterThanOrEqual(0);
		}, 60_000);
	},
);

describe('a rollback journal and a short bound', () => {
	test('in a quiet moment it is copied in steps, none of which holds writers up for long', async () => {
		const places = makePlaces();
		makeLedger(places.file, 'delete', 80_000_000);
		const found = await copied(copy(places, 4));
		expect(found.method).toBe('locked-steps');
		expectOneMoment(places, found);
		expect(places.left()).toEqual({ source: ['app #1?.db'], target: ['copy'] });
	}, 60_000);

	test('a write between two steps is seen, and it begins anew', async () => {
		const places = makePlaces();
		makeLedger(places.file, 'delete', 80_000_000);
		let writes = 0;
		const found = await copied(
			copy(
				places,
				4,
				within(),
				onFirstBytes(() => {
					const db = new Database(places.file, { timeout: 20_000 });
					db.exec(
						'BEGIN; INSERT INTO ledger (body) VALUES (1); UPDATE counted SET lines = lines + 1; COMMIT',
					);
					db.close();
					writes++;
				}),
			),
		);
		expect(writes).toBe(1);
		expectOneMoment(places, found);
	}, 60_000);

	test('written to without end it is refused, and the writers were never held for all of it', async () => {
		const places = makePlaces();
		makeLedger(places.file, 'delete', 80_000_000);
		// Waiting for no disk it commits between any two steps.
		const writer = await writing(places, 'delete', 0, 'OFF');
		expect(await copy(places, 1)).toMatchObject({
			ok: false,
			error: { code: 'database-locked', detail: { reason: 'keeps-changing', limitMs: 1 } },
		});
		expect(places.left().target).toEqual([]);
		expect((await writer.stop()).writes).toBeGreaterThan(3);
	}, 90_000);
});

describe('nothing is left beside the source', () => {
	test.each(['wal', 'delete'] as const)('that nobody has open (%s)', async (mode) => {
		const places = makePlaces();
		makeLedger(places.file, mode);
		const before = readFileSync(places.file);
		expectOneMoment(places, await copied(copy(places)));
		expect(places.left()).toEqual({ source: ['app #1?.db'], target: ['copy'] });
		expect(readFileSync(places.file).equals(before)).toBe(true);
	});

	test('whose application was killed, and whose log still holds what was committed', async () => {
		const places = makePlaces();
		makeLedger(places.file, 'wal');
		const writer = await writing(places, 'wal');
		const ended = once(writer.process, 'exit');
		writer.kill();
		await ended;
		const beside = places.left().source;
		const log = readFileSync(`${places.file}-wal`);
		const found = await copied(copy(places));
		expectOneMoment(places, found);
		expect(Number(found.sums['lines'])).toBeGreaterThan(0);
		expect(places.left()).toEqual({ source: beside, target: ['copy'] });
		expect(readFileSync(`${places.file}-wal`).equals(log)).toBe(true);
	});
});

describe('what happens on the way', () => {
	const ON_THE_WAY = 120_000_000;

	test.each(['wal', 'delete'] as const)(
		'cancelled in the middle (%s): nothing is left',
		async (mode) => {
			const places = makePlaces();
			makeLedger(places.file, mode, ON_THE_WAY);
			const stop = new AbortController();
			const answer = copy(
				places,
				mode === 'wal' ? 2_000 : 4,
				within(60_000, stop.signal),
				onFirstBytes(() => stop.abort()),
			);
			expect(await answer).toMatchObject({ ok: false, error: { code: 'cancelled' } });
			expect(places.left().target).toEqual([]);
		},
		60_000,
	);

	test('too late: nothing is left', async () => {
		const places = makePlaces();
		makeLedger(places.file, 'wal');
		expect((await copy(places, 2_000, within(-1))).ok).toBe(false);
		expect(places.left().target).toEqual([]);
	});

	test.skipIf(process.platform !== 'linux')(
		'the worker is killed: nothing is left, and the next one copies',
		async () => {
			const places = makePlaces();
			makeLedger(places.file, 'wal', ON_THE_WAY);
			const kill = onFirstBytes(() => {
				for (const pid of childrenLike('workers/worker.ts')) process.kill(pid, 'SIGKILL');
			});
			expect(await copy(places, 2_000, within(), kill)).toMatchObject({
				ok: false,
				error: { code: 'own-limit', detail: { reason: 'worker-lost' } },
			});
			expect(places.left().target).toEqual([]);
			expectOneMoment(places, await copied(copy(places)));
		},
		60_000,
	);

	test.each(['wal', 'delete'] as const)(
		'the source is replaced (%s)',
		async (mode) => {
			const places = makePlaces();
			makeLedger(places.file, mode, ON_THE_WAY);
			const other = join(places.source, 'other.db');
			makeLedger(other, mode);
			const exchange = onFirstBytes(() => renameSync(other, places.file));
			expect(await copy(places, mode === 'wal' ? 2_000 : 4, within(), exchange)).toMatchObject({
				ok: false,
				error: { code: 'source-changed', detail: { path: places.file } },
			});
			expect(places.left().target).toEqual([]);
		},
		60_000,
	);

	test.each(['wal', 'delete'] as const)(
		'the source is cut off (%s)',
		async (mode) => {
			const places = makePlaces();
			makeLedger(places.file, mode, ON_THE_WAY);
			const cut = onFirstBytes(() => truncateSync(places.file, 40_960));
			expect(await copy(places, mode === 'wal' ? 2_000 : 4, within(), cut)).toMatchObject({
				ok: false,
				error: { code: 'source-changed' },
			});
			expect(places.left().target).toEqual([]);
		},
		60_000,
	);

	test('it is removed', async () => {
		const places = makePlaces();
		makeLedger(places.file, 'wal', ON_THE_WAY);
		const remove = onFirstBytes(() => renameSync(places.file, join(places.source, 'elsewhere')));
		expect(await copy(places, 2_000, within(), remove)).toMatchObject({
			ok: false,
			error: { code: 'source-changed' },
		});
		expect(places.left().target).toEqual([]);
	}, 60_000);

	// Needs root, to mount a disk that is too small.
	test.skipIf(process.getuid?.() !== 0 || !mayMount()).each(['wal', 'delete'] as const)(
		'the disk is full (%s)',
		async (mode) => {
			const places = makePlaces();
			makeLedger(places.file, mode, 6_000_000);
			const disk = join(places.target, 'disk');
			mkdirSync(disk);
			execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', disk]);
			try {
				const to = join(disk, 'copy');
				expect(await copy({ ...places, to })).toMatchObject({
					ok: false,
					error: { code: 'disk-full', detail: { path: to } },
				});
				expect(execFileSync('ls', ['-A', disk], { encoding: 'utf8' })).toBe('');
			} finally {
				execFileSync('umount', [disk]);
			}
			expect(places.left().source).toEqual(['app #1?.db']);
		},
		60_000,
	);
});

describe('what cannot be copied', () => {
	test.each(['wal', 'delete'] as const)('a damaged database (%s)', async (mode) => {
		const places = makePlaces();
		makeLedger(places.file, mode);
		const file = openSync(places.file, 'r+');
		for (let page = 8; page < 40; page++) writeSync(file, 'damage'.repeat(20), page * 4096);
		closeSync(file);
		expect(await copy(places)).toMatchObject({
			ok: false,
			error: { code: 'database-corrupt', detail: { path: places.file } },
		});
		expect(places.left()).toEqual({ source: ['app #1?.db'], target: [] });
	});

	test('something else, nothing, a folder', async () => {
		const places = makePlaces();
		expect(await copy(places)).toMatchObject({ ok: false, error: { code: 'database-missing' } });
		writeFileSync(places.file, 'hello '.repeat(1000));
		expect(await copy(places)).toMatchObject({ ok: false, error: { code: 'not-a-database' } });
		expect(await copy({ ...places, file: places.source })).toMatchObject({
			ok: false,
			error: { code: 'not-a-file' },
		});
		expect(places.left().target).toEqual([]);
	});

	test('locked by a writer that does not end', async () => {
		const places = makePlaces();
		makeLedger(places.file, 'delete');
		const db = new Database(places.file);
		db.exec('BEGIN EXCLUSIVE');
		expect(await copy(places)).toMatchObject({ ok: false, error: { code: 'database-locked' } });
		db.close();
		expect(places.left()).toEqual({ source: ['app #1?.db'], target: [] });
	}, 30_000);

	test.runIf(process.getuid?.() !== 0)('one that we may not read', async () => {
		const places = makePlaces();
		makeLedger(places.file, 'delete');
		chmodSync(places.file, 0o000);
		expect(await copy(places)).toMatchObject({ ok: false, error: { code: 'no-permission' } });
	});

	test('a name that is taken, be it by a link or by a log beside it', async () => {
		const places = makePlaces();
		makeLedger(places.file, 'wal');
		for (const suffix of ['', '-wal', '-journal']) {
			const to = `${places.to}${suffix === '' ? '' : '2'}`;
			writeFileSync(to + suffix, 'theirs');
			expect(await copy({ ...places, to })).toMatchObject({ ok: false, error: { code: 'name-taken' } });
			expect(readFileSync(to + suffix, 'utf8')).toBe('theirs');
		}
		const victim = join(places.target, 'victim');
		const link = join(places.target, 'link');
		symlinkSync(victim, link);
		expect(await copy({ ...places, to: link })).toMatchObject({ ok: false, error: { code: 'name-taken' } });
		expect(places.left().target).not.toContain('victim');
	});

	test.each([
		['INSERT INTO counted VALUES (1)', 'not-read-only'],
		['SELECT id FROM account', 'not-one-value'],
		["SELECT x'00'", 'blob'],
	])('a sum that is none: %s', async (query, reason) => {
		const places = makePlaces();
		makeLedger(places.file, 'wal');
		const request = { file: places.file, to: places.to, sums: { wrong: query }, longestWaitMs: 2_000 };
		expect(await heavy.copySqlite(request, within())).toMatchObject({
			ok: false,
			error: { code: 'bad-query', detail: { query: 'wrong', reason } },
		});
		expect(places.left()).toEqual({ source: ['app #1?.db'], target: [] });
	});
});

test('a copy of a file that only looks like the same is told by its rows', async () => {
	const places = makePlaces();
	makeLedger(places.file, 'wal');
	const found = await copied(copy(places));
	const db = new Database(places.to);
	db.exec('DELETE FROM filling WHERE id = 7');
	db.close();
	const looked = await heavy.lookSqlite({ file: places.to, sums: LEDGER_SUMS, full: true }, within());
	expect(looked).toMatchObject({ ok: true, value: { integrity: 'ok', sums: found.sums } });
	expect(looked.ok && looked.value.rows['filling']).toBe((found.rows['filling'] ?? 0) - 1);
});

function mayMount(): boolean {
	try {
		execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', '/mnt'], {
			stdio: 'ignore',
		});
		return true;
	} catch {
		return false;
	}
}
