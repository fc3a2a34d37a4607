import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
	chmodSync,
	chownSync,
	existsSync,
	readdirSync,
	readFileSync,
	renameSync,
	statSync,
	symlinkSync,
	unlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FoldersPort, SourcePorts } from '../../src/domain/backup-ports.ts';
import { type Fault, fault } from '../../src/domain/fault.ts';
import { err, type Result } from '../../src/domain/result.ts';
import type { OpenedCopy } from '../../src/sources/define.ts';
import { sqlite } from '../../src/sources/sqlite.ts';
import { manifestOf, opened, openSourcePorts, SourceWorld, treeOf } from '../support/source-world.ts';
import { LEDGER_SUMS, makeLedger, startWriting } from '../support/sqlite-application.ts';

const { ports, close } = openSourcePorts();
afterAll(close);

let world: SourceWorld;
let file: string;
beforeEach(() => {
	world = new SourceWorld(ports);
	file = join(world.folder, 'app.db');
});
afterEach(() => world.close());

const { restoring } = sqlite;
if (restoring === null) throw new Error('sqlite can be put back');
const options = (more: object = {}) => sqlite.schema.parse({ file, sums: LEDGER_SUMS, ...more });

function given<Value>(result: Result<Value, Fault>): Value {
	if (!result.ok) throw new Error(JSON.stringify(result.error));
	return result.value;
}

async function copyIt(): Promise<OpenedCopy> {
	const run = world.run();
	const to = join(run.folder, 'copy');
	const copied = given(await sqlite.copy(options(), to, ports, run, { previous: null, base: null }));
	return opened(to, manifestOf('sqlite', to, copied));
}

function ask<Value>(sql: string, at = file): Value {
	const db = new Database(at);
	try {
		return db.prepare(sql).pluck().get() as Value;
	} finally {
		db.close();
	}
}

const names = () => readdirSync(world.folder).sort();

describe('in place of the live database', () => {
	test('what its killed application left in a log is never applied to the copy, and comes back with the old one', async () => {
		makeLedger(file, 'wal');
		const copy = await copyIt();
		const writer = await startWriting(file, 'wal');
		const ended = once(writer.process, 'exit');
		writer.kill();
		await ended;
		expect(names()).toContain('app.db-wal');
		const { aside } = given(await restoring.replace(options(), copy, ports, world.run()));
		expect(names()).not.toContain('app.db-wal');
		expect(names()).toContain(`${aside?.split('/').at(-1)}-wal`);
		expect(ask('SELECT lines FROM counted')).toBe(0);
		given(await restoring.putBack(options(), aside ?? '', ports, world.run()));
		const lines = ask<number>('SELECT lines FROM counted');
		expect(lines).toBeGreaterThan(0);
		expect(ask('SELECT count(*) FROM ledger')).toBe(lines);
		expect(names()).toEqual(['app.db']);
	});

	test.each(['wal', 'delete'] as const)(
		'its journal mode, mode and bytes are as they were (%s)',
		async (mode) => {
			makeLedger(file, mode);
			chmodSync(file, 0o640);
			const copy = await copyIt();
			const before = readFileSync(file);
			const { aside } = given(await restoring.replace(options(), copy, ports, world.run()));
			expect(statSync(file).mode & 0o777).toBe(0o640);
			expect(ask('PRAGMA journal_mode')).toBe(mode);
			given(await restoring.putBack(options(), aside ?? '', ports, world.run()));
			expect(readFileSync(file).equals(before)).toBe(true);
		},
	);

	// Only root can give a file away.
	test.runIf(process.getuid?.() === 0)('its owner can still open it', async () => {
		makeLedger(file, 'delete');
		chownSync(file, 4321, 4322);
		const copy = await copyIt();
		given(await restoring.replace(options(), copy, ports, world.run()));
		expect(statSync(file)).toMatchObject({ uid: 4321, gid: 4322 });
	});

	test('nothing stood there: nothing is set aside', async () => {
		makeLedger(file, 'wal');
		const copy = await copyIt();
		given(await ports.folders.remove(file));
		expect(given(await restoring.look(options(), ports, world.run()))).toEqual({
			exists: false,
			facts: {},
			rows: null,
		});
		expect(given(await restoring.replace(options(), copy, ports, world.run())).aside).toBe(null);
		expect(names()).toEqual(['app.db']);
		expect(ask('SELECT count(*) FROM account')).toBe(100);
	});

	test('a damaged live database is looked at and replaced', async () => {
		makeLedger(file, 'wal');
		const copy = await copyIt();
		writeFileSync(file, 'not a database any more');
		expect(given(await restoring.look(options(), ports, world.run()))).toMatchObject({
			exists: true,
			facts: { bytes: 23, fault: 'not-a-database' },
			rows: null,
		});
		const { aside } = given(await restoring.replace(options(), copy, ports, world.run()));
		expect(ask('SELECT count(*) FROM account')).toBe(100);
		expect(readFileSync(aside ?? '', 'utf8')).toBe('not a database any more');
	});

	test('a link is not taken for the file', async () => {
		const real = join(world.folder, 'real.db');
		makeLedger(real, 'wal');
		symlinkSync(real, file);
		const copy = await copyIt();
		expect(await restoring.replace(options(), copy, ports, world.run())).toMatchObject({
			ok: false,
			error: { code: 'not-restorable', detail: { reason: 'link' } },
		});
		expect(names()).toEqual(['app.db', 'real.db']);
	});

	test('two in one second do not take each other the name', async () => {
		makeLedger(file, 'wal');
		const copy = await copyIt();
		const run = world.run();
		const first = given(await restoring.replace(options(), copy, ports, run));
		const second = given(await restoring.replace(options(), copy, ports, run));
		expect(second.aside).not.toBe(first.aside);
		expect(existsSync(first.aside ?? '') && existsSync(second.aside ?? '')).toBe(true);
	});

	test('a copy that is not what its manifest says is refused before anything is touched', async () => {
		makeLedger(file, 'wal');
		const copy = await copyIt();
		const db = new Database(copy.file);
		db.exec('DELETE FROM account WHERE id = 1');
		db.close();
		const before = readFileSync(file);
		expect(await restoring.replace(options(), copy, ports, world.run())).toMatchObject({
			ok: false,
			error: { code: 'copy-damaged', detail: { what: 'rows' } },
		});
		expect(names()).toEqual(['app.db']);
		expect(readFileSync(file).equals(before)).toBe(true);
	});

	test('what an earlier restore left when it was killed is taken away once it is old', async () => {
		makeLedger(file, 'wal');
		const copy = await copyIt();
		const mark = createHash('sha256').update(file).digest('hex').slice(0, 12);
		const [old, fresh, other] = [`.rounds-${mark}-1.part`, `.rounds-${mark}-2.part`, '.rounds-1.part'];
		for (const name of [old, `${old}-journal`, fresh, other]) writeFileSync(join(world.folder, name), 'half');
		for (const name of [old, `${old}-journal`, other]) utimesSync(join(world.folder, name), 1, 1);
		const { aside } = given(await restoring.replace(options(), copy, ports, world.run()));
		given(await restoring.forget(options(), aside ?? '', ports, world.run()));
		expect(names()).toEqual([fresh, other, 'app.db'].sort());
	});

	test('what it would replace: rows, size, newest change', async () => {
		makeLedger(file, 'delete');
		const { rows, facts, exists } = given(await restoring.look(options(), ports, world.run()));
		expect(exists).toBe(true);
		expect(rows).toMatchObject({ account: 100, filling: 200 });
		expect(facts).toMatchObject({ bytes: statSync(file).size, tables: 4 });
		expect(Date.parse(String(facts['changed']))).toBe(Math.round(statSync(file).mtimeMs));
	});

	test('counting a live one that it would hold up is done on a copy', async () => {
		makeLedger(file, 'delete', 20_000_000);
		const run = world.run();
		const place = restoring.live(options());
		// So short that counting under a lock is given up at the first row that is looked at.
		const measured = given(await restoring.measure(options({ wait: '1ms' }), place, ports, run));
		expect(measured.rows).toMatchObject({ account: 100, filling: 20_000 });
		expect(measured.sums).toEqual({ balance: '0', lines: '0' });
		expect(readdirSync(run.folder)).toEqual([]);
		expect(names()).toEqual(['app.db']);
	});
});

describe('interrupted at any step', () => {
	const CHANGING = ['place', 'replace', 'move', 'copy', 'remove'] as const;

	/** Folders in which the change of this number fails; `killed`: and every one after it. */
	function failing(
		at: number,
		killed: boolean,
	): { readonly ports: SourcePorts; readonly failed: () => boolean } {
		let count = 0;
		const isBroken = () => (killed ? ++count >= at : ++count === at);
		const folders = { ...ports.folders } as Record<string, unknown>;
		for (const name of CHANGING) {
			const real = ports.folders[name] as (...args: unknown[]) => Promise<Result<void, Fault>>;
			folders[name] = async (...args: unknown[]) =>
				isBroken() ? err(fault('io-error', { path: String(args[0]), reason: 'EIO' })) : real(...args);
		}
		return { ports: { ...ports, folders: folders as unknown as FoldersPort }, failed: () => count >= at };
	}

	/** A database whose application was killed: its log holds what was committed last. */
	async function killedLedger(): Promise<OpenedCopy> {
		makeLedger(file, 'wal');
		const copy = await copyIt();
		const writer = await startWriting(file, 'wal');
		const ended = once(writer.process, 'exit');
		writer.kill();
		await ended;
		return copy;
	}

	const bytesOf = (path: string) => (existsSync(path) ? readFileSync(path).toString('base64') : null);

	test('a step that fails leaves everything as it was', async () => {
		const copy = await killedLedger();
		const before = treeOf(world.folder);
		let steps = 0;
		for (let at = 1; ; at++) {
			const broken = failing(at, false);
			const result = await restoring.replace(options(), copy, broken.ports, world.run());
			if (!broken.failed()) {
				expect(result.ok).toBe(true);
				break;
			}
			expect(result.ok).toBe(false);
			expect(treeOf(world.folder)).toEqual(before);
			steps++;
		}
		// Its copy, the log, its index, the database, the new name.
		expect(steps).toBe(5);
	});

	test('killed in between, nothing of the old database is lost', async () => {
		const copy = await killedLedger();
		const old = [bytesOf(file), bytesOf(`${file}-wal`)];
		for (let at = 1; at <= 5; at++) {
			const { aside } = given(await restoring.replace(options(), copy, failing(99, true).ports, world.run()));
			given(await restoring.putBack(options(), aside ?? '', ports, world.run()));
			expect([bytesOf(file), bytesOf(`${file}-wal`)]).toEqual(old);
			expect((await restoring.replace(options(), copy, failing(at, true).ports, world.run())).ok).toBe(false);
			const found = names().map((name) => bytesOf(join(world.folder, name)));
			for (const part of old) expect(found).toContain(part);
			// As the operator would: what was moved away is moved back.
			for (const name of names()) {
				const [, suffix] = /\.before-restore\.\w+?(-wal|-shm|)$/.exec(name) ?? [];
				if (suffix !== undefined) renameSync(join(world.folder, name), file + suffix);
				else if (name.startsWith('.rounds-')) unlinkSync(join(world.folder, name));
			}
			expect([bytesOf(file), bytesOf(`${file}-wal`)]).toEqual(old);
		}
	});

	test('a way back that fails leaves the new one standing', async () => {
		const copy = await killedLedger();
		const { aside } = given(await restoring.replace(options(), copy, ports, world.run()));
		const before = treeOf(world.folder);
		for (let at = 1; at <= 4; at++) {
			const back = await restoring.putBack(options(), aside ?? '', failing(at, false).ports, world.run());
			expect(back.ok).toBe(false);
			expect(treeOf(world.folder)).toEqual(before);
		}
	});
});

describe('a mask', () => {
	const masked = async (statements: readonly string[]) => {
		const copy = await copyIt();
		const run = world.run();
		const { place } = given(await restoring.scratch(options(), null, ports, run));
		given(await restoring.restore(options(), copy, place, ports, run));
		const result = await restoring.mask!(options(), place, statements, ports, run);
		return { at: String(place.own['file']), result };
	};

	test('leaves no trace of what it made harmless', async () => {
		makeLedger(file, 'wal');
		const db = new Database(file);
		db.exec("INSERT INTO ledger (body) VALUES ('Zhang San 13800138000')");
		db.close();
		const { at, result } = await masked(["UPDATE ledger SET body = 'x'", 'DELETE FROM filling']);
		given(result);
		expect(readFileSync(at).includes('13800138000')).toBe(false);
		expect(ask('SELECT count(*) FROM filling', at)).toBe(0);
		expect(readdirSync(join(at, '..'))).toEqual(['app.db']);
	});

	test('is done whole or not at all, and stays inside of its file', async () => {
		makeLedger(file, 'wal');
		const wrong = [
			'UPDATE nowhere SET x = 1',
			`ATTACH '${file}' AS live`,
			`;ATTACH '${file}' AS live`,
			`/* a */ ; -- b\n ; ATTACH '${file}' AS live`,
			' -- well\n COMMIT',
			"VACUUM INTO '/tmp/elsewhere.db'",
			'PRAGMA journal_mode = WAL',
			'DELETE FROM filling; DELETE FROM account',
		];
		for (const statement of wrong) {
			const { at, result } = await masked(['DELETE FROM filling', statement]);
			expect(result).toMatchObject({ ok: false, error: { code: 'bad-query', detail: { query: '2' } } });
			expect(ask('SELECT count(*) FROM filling', at)).toBe(200);
		}
	});
});

describe('what stands before a mask', () => {
	test('is read in no time, however much of it there is', async () => {
		makeLedger(file, 'wal');
		const copy = await copyIt();
		const run = world.run();
		const { place } = given(await restoring.scratch(options(), null, ports, run));
		given(await restoring.restore(options(), copy, place, ports, run));
		const far = `${' '.repeat(5_000)}${'/* a */ '.repeat(5_000)}DELETE FROM filling`;
		given(await restoring.mask!(options(), place, [far], ports, run));
		expect(ask('SELECT count(*) FROM filling', String(place.own['file']))).toBe(0);
	});
});

describe('a named staging place', () => {
	test('is never the live database', async () => {
		makeLedger(file, 'wal');
		const into = { file: join(world.folder, '.', 'app.db') };
		expect(await restoring.scratch(options(), into, ports, world.run())).toMatchObject({
			ok: false,
			error: { code: 'not-empty' },
		});
	});

	test('that was an empty database is one again, with its mode', async () => {
		makeLedger(file, 'wal');
		const copy = await copyIt();
		const staging = join(world.folder, 'staging.db');
		writeFileSync(staging, '');
		chmodSync(staging, 0o644);
		const run = world.run();
		const scratch = given(await restoring.scratch(options(), { file: staging }, ports, run));
		given(await restoring.restore(options(), copy, scratch.place, ports, run));
		expect(ask('SELECT count(*) FROM account', staging)).toBe(100);
		expect(statSync(staging).mode & 0o777).toBe(0o644);
		given(await scratch.dispose());
		given(await scratch.dispose());
		expect(ask('SELECT count(*) FROM sqlite_schema', staging)).toBe(0);
		expect(statSync(staging).mode & 0o777).toBe(0o644);
		expect(names()).toEqual(['app.db', 'staging.db']);
	});

	test('in which somebody wrote since is not overwritten', async () => {
		makeLedger(file, 'wal');
		const copy = await copyIt();
		const staging = join(world.folder, 'staging.db');
		const run = world.run();
		const scratch = given(await restoring.scratch(options(), { file: staging }, ports, run));
		const db = new Database(staging);
		db.exec('CREATE TABLE theirs (x)');
		db.close();
		expect(await restoring.restore(options(), copy, scratch.place, ports, run)).toMatchObject({
			ok: false,
			error: { code: 'not-empty' },
		});
		expect(await scratch.dispose()).toMatchObject({ ok: false, error: { code: 'not-empty' } });
		expect(ask('SELECT count(*) FROM theirs', staging)).toBe(0);
	});

	test.each([
		['a link', (at: string) => symlinkSync('/dev/null', at)],
		['a text', (at: string) => writeFileSync(at, 'theirs')],
	])('%s is left alone', async (_what, plant) => {
		makeLedger(file, 'wal');
		const at = join(world.folder, 'staging.db');
		plant(at);
		const found = await restoring.scratch(options(), { file: at }, ports, world.run());
		expect(found).toMatchObject({ ok: false, error: { code: 'not-empty' } });
		expect(names()).toEqual(['app.db', 'staging.db']);
	});
});
