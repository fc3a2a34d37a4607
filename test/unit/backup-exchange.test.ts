import { copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FoldersPort, SourcePorts } from '../../src/domain/backup-ports.ts';
import { fault } from '../../src/domain/fault.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createFolders } from '../../src/platform/folders.ts';
import type { OpenedCopy } from '../../src/sources/define.ts';
import { sqlite } from '../../src/sources/sqlite.ts';
import { manifestOf, opened, openSourcePorts, SourceWorld, treeOf } from '../support/source-world.ts';

const CHANGES: readonly (keyof FoldersPort)[] = ['place', 'replace', 'move', 'link', 'remove'];
const restoring = sqlite.restoring!;
const real = openSourcePorts();
let world: SourceWorld;
let file: string;
let copy: OpenedCopy;

/** Folders whose nth change fails, once; how many there were. */
function failing(at: number, hardLinks: boolean): { readonly ports: SourcePorts; count(): number } {
	const folders = createFolders({ clock: createClock(), hardLinks });
	let count = 0;
	const proxy = new Proxy(folders, {
		get(port, name: keyof FoldersPort) {
			if (!CHANGES.includes(name)) return port[name];
			return (...args: readonly unknown[]) => {
				count += 1;
				if (count === at) return Promise.resolve({ ok: false, error: fault('io-error', { reason: 'EIO' }) });
				return (port[name] as (...args: readonly unknown[]) => unknown)(...args);
			};
		},
	});
	return { ports: { ...real.ports, folders: proxy }, count: () => count };
}

const options = () => ({ file, wait: 250, sums: undefined });
const left = () => readdirSync(world.folder).filter((name) => name.startsWith('.rounds-'));

/** A database with a log beside it that holds what is not in it yet, as a killed application leaves it. */
function leaveLog(): void {
	const path = join(world.run().folder, 'source.db');
	const db = new Database(path);
	db.pragma('journal_mode = wal');
	db.exec('create table sale (cents integer); insert into sale values (1)');
	db.pragma('wal_checkpoint(truncate)');
	db.exec('insert into sale values (2), (3)');
	for (const suffix of ['', '-wal']) copyFileSync(path + suffix, file + suffix);
	db.close();
}

beforeEach(async () => {
	world = new SourceWorld(real.ports);
	file = join(world.folder, 'shop.db');
	const db = new Database(file);
	db.exec('create table sale (cents integer)');
	db.close();
	const to = join(world.run().folder, 'copy');
	const copied = await sqlite.copy(options(), to, real.ports, world.run(), { previous: null, base: null });
	if (!copied.ok) throw new Error(copied.error.code);
	copy = opened(to, manifestOf('sqlite', to, copied.value));
	leaveLog();
});
afterEach(() => world.close());

describe.each([true, false])('putting a copy in place of a live database (hard links: %s)', (hardLinks) => {
	it('fails at any step as a whole: what stood there stands there, its log beside it', async () => {
		const before = treeOf(world.folder);
		let succeeded = false;
		for (let at = 1; !succeeded && at < 40; at += 1) {
			const { ports } = failing(at, hardLinks);
			const replaced = await restoring.replace(options(), copy, ports, world.run());
			succeeded = replaced.ok;
			if (!succeeded) expect([at, treeOf(world.folder)]).toEqual([at, before]);
		}
		expect(succeeded).toBe(true);
		expect(left()).toEqual([]);
	});

	it('is undone to the very same bytes, and what fails on that way loses nothing of what lies aside', async () => {
		const before = treeOf(world.folder);
		const whole = Object.values(before).sort();
		for (let at = 0; at < 40; at += 1) {
			const replaced = await restoring.replace(options(), copy, failing(0, hardLinks).ports, world.run());
			if (!replaced.ok) throw new Error(replaced.error.code);
			const aside = replaced.value.aside ?? '';
			// The application has written since.
			writeFileSync(`${file}-wal`, 'of the new one');
			const { ports, count } = failing(at + 1, hardLinks);
			const back = await restoring.putBack(options(), aside, ports, world.run());
			const now = treeOf(world.folder);
			if (!back.ok)
				for (const hash of whole)
					expect([at, Object.values(now)]).toEqual([at, expect.arrayContaining([hash])]);
			const again = back.ok
				? back
				: await restoring.putBack(options(), aside, failing(0, hardLinks).ports, world.run());
			// Where only the clearing away failed, it stands there already.
			if (!again.ok) expect([at, again.error.code]).toEqual([at, 'file-missing']);
			for (const [name, hash] of Object.entries(before))
				expect([at, name, treeOf(world.folder)[name]]).toEqual([at, name, hash]);
			if (count() <= at) return;
		}
		throw new Error('it never came to its end');
	});

	it('where nothing stood there needs no way back', async () => {
		for (const name of readdirSync(world.folder)) await real.ports.folders.remove(join(world.folder, name));
		const replaced = await restoring.replace(options(), copy, failing(0, hardLinks).ports, world.run());
		expect(replaced).toMatchObject({ ok: true, value: { aside: null } });
		expect(readdirSync(world.folder)).toEqual(['shop.db']);
	});
});

describe('a second name for a file', () => {
	it('is given only where nothing stands, to files alone, and not where there are none to give', async () => {
		const folders = createFolders({ clock: createClock() });
		const [one, two] = [join(world.folder, 'one'), join(world.folder, 'two')];
		writeFileSync(one, 'one');
		expect(await folders.link(one, two)).toEqual({ ok: true });
		expect(await folders.link(one, two)).toMatchObject({ ok: false, error: { code: 'name-taken' } });
		expect(await folders.link(join(world.folder, 'none'), `${two}2`)).toMatchObject({
			error: { code: 'file-missing' },
		});
		expect(await folders.link(world.folder, `${two}3`)).toMatchObject({ error: { code: 'not-a-file' } });
		const without = createFolders({ clock: createClock(), hardLinks: false });
		expect(await without.link(one, `${two}4`)).toMatchObject({ error: { code: 'not-supported' } });
	});
});
