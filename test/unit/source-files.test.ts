import { spawnSync } from 'node:child_process';
import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	renameSync,
	rmdirSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { manifestText } from '../../src/domain/manifest.ts';
import type { OpenedCopy } from '../../src/sources/define.ts';
import { files } from '../../src/sources/files.ts';
import { rootOf, wordOf } from '../../src/sources/glob-root.ts';
import { manifestOf, opened, openSourcePorts, SourceWorld, treeOf } from '../support/source-world.ts';

const { ports, close } = openSourcePorts();
let world: SourceWorld;
let app: string;
beforeEach(() => {
	world = new SourceWorld(ports);
	app = join(world.folder, 'app');
	mkdirSync(app);
});
afterEach(() => world.close());
afterAll(close);

const put = (name: string, text = name) => {
	mkdirSync(join(app, name, '..'), { recursive: true });
	writeFileSync(join(app, name), text);
};
const read = (name: string) => readFileSync(join(app, name), 'utf8');
const asideIn = (folder: string) => readdirSync(folder).filter((name) => name.startsWith('.before-restore.'));
const around = { previous: null, base: null };
const restoring = files.restoring!;

async function copied(options: Parameters<typeof files.names>[0], name = 'copy'): Promise<OpenedCopy> {
	const run = world.run();
	const to = join(run.folder, name);
	const made = await files.copy(options, to, ports, run, around);
	if (!made.ok) throw new Error(JSON.stringify(made.error));
	return opened(to, manifestOf('files', to, made.value));
}

async function namesIn(copy: OpenedCopy): Promise<readonly (string | undefined)[]> {
	const looked = await ports.heavy.unpack({ from: copy.file, to: null, maxBytes: 1e9 }, world.run());
	if (!looked.ok) throw new Error(looked.error.code);
	return looked.value.entries.map((line) => line.split('\t')[0]);
}

test.each([
	[['/srv/app/logs/**'], '/srv/app/logs', 'logs'],
	[['/srv/app/logs'], '/srv/app', 'logs'],
	[['/srv/app/logs/*.log', '/srv/app/config/a.json'], '/srv/app', 'app'],
	[['/srv/app/logs/**', '/srv/app-two/x'], '/srv', 'srv'],
	[['/srv/a \\[1\\]/x/*.log'], '/srv/a [1]/x', 'x'],
	[['/a/{b,c}/*.log'], '/a', 'a'],
	[['/home/me@host/c++/*.log'], '/home/me@host/c++', 'c++'],
	[['/a/@(b|c)/*.log'], '/a', 'a'],
	[['/etc/passwd', '/var/x'], '/', 'files'],
	[['/srv/.env'], '/srv', 'env'],
])('%j are relative to %s and called %s', (globs, root, word) => {
	expect([rootOf(globs), wordOf(globs, root)]).toEqual([root, word]);
});

describe('a copy of files', () => {
	test('never holds former archives, whatever they are called, nor parts, nor what a restore set aside', async () => {
		const stray = [
			'app.20260101.tar.gz',
			'app.20260101.tar.gz.json',
			'app.backup.20260101_020304.tar.zst.age',
			'sub/database.db.backup.20260223_181936',
			'.rounds-0a1b.part',
			'.before-restore.20260101T000000Z-aa/old/x',
			'weekly-20260101.tar.gz',
			'weekly-20260101.tar.gz.json',
		];
		for (const name of ['a.log', 'sub/b.log', 'backup.txt', 'weekly-report.txt', ...stray]) put(name);
		const options = { files: [`${app}/**`] };
		const run = world.run();
		const to = join(run.folder, 'copy');
		const previous = { name: 'weekly-20251225.tar.gz' } as never;
		const made = await files.copy(options, to, ports, run, { previous, base: null });
		if (!made.ok) throw new Error(made.error.code);
		const names = await namesIn(opened(to, manifestOf('files', to, made.value)));
		expect(names).toEqual(['a.log', 'backup.txt', 'sub', 'sub/b.log', 'weekly-report.txt']);
	});

	test('says what was left out', async () => {
		put('a.log');
		symlinkSync('/etc', join(app, 'etc'));
		const run = world.run();
		const made = await files.copy({ files: app }, join(run.folder, 'copy'), ports, run, around);
		expect(made).toMatchObject({
			ok: true,
			value: { facts: { left: 1 }, warnings: [{ code: 'not-a-file', detail: { path: join(app, 'etc') } }] },
		});
	});

	test('of nothing is none', async () => {
		const run = world.run();
		const made = await files.copy({ files: [`${app}/**`] }, join(run.folder, 'copy'), ports, run, around);
		expect(made).toMatchObject({ ok: false, error: { code: 'nothing-to-copy' } });
		expect(readdirSync(run.folder)).toEqual([]);
	});

	test('is not verified by a manifest that says something else', async () => {
		put('a.log');
		const copy = await copied({ files: app });
		const manifest = { ...copy.manifest, rows: { files: 2, links: 0 } };
		const held = await files.verify({ files: app }, { ...copy, manifest }, ports, world.run());
		expect(held).toMatchObject({ error: { code: 'copy-damaged', detail: { what: 'rows' } } });
	});
});

describe('a restore for real', () => {
	const options = () => ({ files: [`${app}/**`], exclude: [`${app}/keep`, `${app}/**/*.pid`] });

	async function ready(): Promise<OpenedCopy> {
		for (const name of ['a.log', 'sub/b.log', 'becomes-folder', 'deep/er/c.log']) put(name);
		put('was-folder/x');
		symlinkSync('a.log', join(app, 'current'));
		const copy = await copied(options());
		put('a.log', 'changed');
		put('added.log');
		put('keep/secret', 'never copied');
		put('sub/server.pid', '1');
		rmSync(join(app, 'becomes-folder'));
		put('becomes-folder/y');
		rmSync(join(app, 'was-folder'), { recursive: true });
		put('was-folder', 'a file now');
		rmSync(join(app, 'deep'), { recursive: true });
		rmSync(join(app, 'current'));
		symlinkSync('/etc/passwd', join(app, 'current'));
		return copy;
	}

	test('makes what the plan covers as it was, and touches nothing else', async () => {
		const copy = await ready();
		const replaced = await restoring.replace(options(), copy, ports, world.run());
		if (!replaced.ok) throw new Error(JSON.stringify(replaced.error));
		expect(read('a.log')).toBe('a.log');
		expect(existsSync(join(app, 'added.log'))).toBe(false);
		expect(read('keep/secret')).toBe('never copied');
		expect(read('sub/server.pid')).toBe('1');
		expect(read('becomes-folder')).toBe('becomes-folder');
		expect(read('was-folder/x')).toBe('was-folder/x');
		expect(read('deep/er/c.log')).toBe('deep/er/c.log');
		expect(readlinkSync(join(app, 'current'))).toBe('a.log');
		expect(asideIn(app)).toHaveLength(1);
		const back = await restoring.putBack(options(), replaced.value.aside!, ports, world.run());
		expect(back).toMatchObject({ ok: true });
		expect(read('a.log')).toBe('changed');
		expect(read('added.log')).toBe('added.log');
		expect(read('becomes-folder/y')).toBe('becomes-folder/y');
		expect(read('was-folder')).toBe('a file now');
		expect(existsSync(join(app, 'deep'))).toBe(false);
		expect(readlinkSync(join(app, 'current'))).toBe('/etc/passwd');
		expect(asideIn(app)).toEqual([]);
	});

	test.each([
		['a file of the same name', 'a.log', { exclude: 'a.log' }],
		["a folder in a file's place", 'becomes-folder/y', { exclude: 'becomes-folder/y' }],
		["a file in a folder's place", 'was-folder', { exclude: 'was-folder' }],
	])('is refused where it would take away what no copy holds: %s', async (_, name, { exclude }) => {
		const copy = await ready();
		const before = treeOf(app);
		const narrower = { ...options(), exclude: [...options().exclude, join(app, exclude)] };
		expect(await restoring.replace(narrower, copy, ports, world.run())).toMatchObject({
			error: { code: 'not-empty', detail: { path: join(app, name) } },
		});
		expect(treeOf(app)).toEqual(before);
		expect(asideIn(app)).toEqual([]);
	});

	test('never touches backups that lie there, whatever they are called', async () => {
		const copy = await ready();
		put('export-of-orders', 'another plan made this');
		put('export-of-orders.json', manifestText({ ...copy.manifest, name: 'export-of-orders' }));
		put('settings', 'no backup');
		put('settings.json', '{"format": 1, "name": "settings"}');
		const later = await copied(options());
		const names = await namesIn(later);
		expect(names).not.toContain('export-of-orders');
		expect(names).not.toContain('export-of-orders.json');
		expect(names).toEqual(expect.arrayContaining(['settings', 'settings.json']));
		const replaced = await restoring.replace(options(), copy, ports, world.run());
		if (!replaced.ok) throw new Error('not replaced');
		expect(read('export-of-orders')).toBe('another plan made this');
		await restoring.forget(options(), replaced.value.aside!, ports, world.run());
		expect(read('export-of-orders.json')).toContain('plainSha256');
		expect(existsSync(join(app, 'settings'))).toBe(false);
	});

	test('follows no link that was planted where a folder was', async () => {
		const copy = await ready();
		const outside = join(world.folder, 'outside');
		mkdirSync(outside);
		rmSync(join(app, 'sub'), { recursive: true });
		symlinkSync(outside, join(app, 'sub'));
		const replaced = await restoring.replace(options(), copy, ports, world.run());
		expect(replaced.ok).toBe(true);
		expect(readdirSync(outside)).toEqual([]);
		expect(read('sub/b.log')).toBe('sub/b.log');
	});

	test('what was put there since is kept on the way back', async () => {
		const copy = await ready();
		const replaced = await restoring.replace(options(), copy, ports, world.run());
		if (!replaced.ok) throw new Error('not replaced');
		put('added.log', 'written by the application meanwhile');
		expect(await restoring.putBack(options(), replaced.value.aside!, ports, world.run())).toMatchObject({
			ok: true,
		});
		expect(read('added.log')).toBe('added.log');
		const [aside] = asideIn(app);
		expect(read(`${aside}/later/added.log`)).toBe('written by the application meanwhile');
	});

	test('a crash after any number of moves can be put back', async () => {
		const copy = await ready();
		const before = treeOf(app);
		let moves = 1;
		for (let done = 0; done <= moves; done++) {
			const replaced = await restoring.replace(options(), copy, ports, world.run());
			if (!replaced.ok) throw new Error('not replaced');
			const aside = replaced.value.aside!;
			const journal = JSON.parse(readFileSync(join(aside, 'journal.json'), 'utf8'));
			const steps: (() => void)[] = [
				...journal.out.map((name: string) => () => renameSync(join(aside, 'old', name), join(app, name))),
				...journal.folders.map((name: string) => () => rmdirSync(join(app, name))),
				...journal.in.map((name: string) => () => renameSync(join(app, name), join(aside, 'new', name))),
			];
			moves = steps.length;
			// What a program that died after `done` of them would not have done yet.
			for (const undo of steps.slice(done).toReversed()) undo();
			expect(await restoring.putBack(options(), aside, ports, world.run())).toMatchObject({ ok: true });
			expect([done, treeOf(app)]).toEqual([done, before]);
		}
		expect(moves).toBeGreaterThan(10);
	});

	test('that cannot be finished is undone: another file system lies below', async (context) => {
		const copy = await ready();
		rmSync(join(app, 'sub/b.log'));
		const mounted = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', join(app, 'sub')]).status === 0;
		if (!mounted) return context.skip();
		try {
			const before = treeOf(app);
			const replaced = await restoring.replace(options(), copy, ports, world.run());
			expect(replaced).toMatchObject({ ok: false, error: { code: 'io-error' } });
			expect(treeOf(app)).toEqual(before);
			expect(asideIn(app)).toEqual([]);
		} finally {
			spawnSync('umount', [join(app, 'sub')]);
		}
	});

	test('of a folder that is reached through a link replaces what is in it, not the link', async () => {
		const copy = await ready();
		renameSync(app, join(world.folder, 'real'));
		symlinkSync('real', app);
		const replaced = await restoring.replace(options(), copy, ports, world.run());
		expect(replaced.ok).toBe(true);
		expect(readlinkSync(app)).toBe('real');
		expect(read('a.log')).toBe('a.log');
	});

	test('a journal that leads elsewhere is not followed', async () => {
		const copy = await ready();
		const replaced = await restoring.replace(options(), copy, ports, world.run());
		if (!replaced.ok) throw new Error('not replaced');
		const aside = replaced.value.aside!;
		writeFileSync(join(aside, 'journal.json'), JSON.stringify({ out: [], in: ['../victim'], folders: [] }));
		writeFileSync(join(world.folder, 'victim'), '');
		expect(await restoring.putBack(options(), aside, ports, world.run())).toMatchObject({
			error: { code: 'file-malformed' },
		});
		expect(existsSync(join(world.folder, 'victim'))).toBe(true);
	});

	test('of an unsafe or a damaged archive changes nothing', async () => {
		const copy = await ready();
		writeFileSync(copy.file, readFileSync(copy.file).subarray(0, 4096));
		const replaced = await restoring.replace(options(), copy, ports, world.run());
		expect(replaced).toMatchObject({ error: { code: 'copy-damaged' } });
		expect(read('a.log')).toBe('changed');
		expect(asideIn(app)).toEqual([]);
	});

	test('into a folder that is gone makes it anew', async () => {
		const copy = await ready();
		rmSync(app, { recursive: true });
		expect(await restoring.look(options(), ports, world.run())).toMatchObject({ value: { exists: false } });
		const replaced = await restoring.replace(options(), copy, ports, world.run());
		expect(replaced.ok).toBe(true);
		expect(read('deep/er/c.log')).toBe('deep/er/c.log');
	});
});
