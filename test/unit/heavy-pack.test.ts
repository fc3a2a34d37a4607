// Needs the Debian package `tar`; without it the comparison with it is skipped.
import { execFileSync, spawnSync } from 'node:child_process';
import {
	appendFileSync,
	existsSync,
	linkSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	renameSync,
	statSync,
	symlinkSync,
	truncateSync,
	unlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createArchiveHeavy } from '../../src/workers/heavy-archive.ts';
import { heavyPool, scratchFolder, within } from '../support/heavy-world.ts';

const heavy = createArchiveHeavy(heavyPool());
const hasTar = spawnSync('tar', ['--version']).status === 0;

function tree(): string {
	const root = join(scratchFolder(), 'app [1]');
	mkdirSync(join(root, 'sub/empty'), { recursive: true });
	writeFileSync(join(root, 'a.txt'), 'alpha');
	writeFileSync(join(root, 'sub/b.bin'), Buffer.alloc(700_001, 7));
	writeFileSync(join(root, 'sub/ünïcode 文件.log'), 'x');
	writeFileSync(join(root, `sub/${'n'.repeat(180)}`), 'long');
	writeFileSync(join(root, 'zero'), '');
	linkSync(join(root, 'a.txt'), join(root, 'hard.txt'));
	symlinkSync('../a.txt', join(root, 'sub/in'));
	symlinkSync(join(root, 'sub'), join(root, 'absolute'));
	symlinkSync('nowhere', join(root, 'dangling'));
	utimesSync(join(root, 'a.txt'), 1_700_000_000, 1_700_000_000);
	return root;
}

const escaped = (path: string) => path.replace(/[[\]]/g, '\\$&');
const all = (root: string) => ({ root, files: [`${escaped(root)}/**`], exclude: [] as string[] });

describe('pack', () => {
	test('gives back what it was given: contents, links, empty folders, modes and times', async () => {
		const root = tree();
		const out = scratchFolder();
		const packed = await heavy.pack({ ...all(root), to: join(out, 'a.tar') }, within());
		expect(packed).toMatchObject({ ok: true, value: { files: 6, links: 3, left: [], changed: [] } });
		expect(statSync(join(out, 'a.tar')).mode & 0o777).toBe(0o600);
		const to = join(out, 'back');
		const back = await heavy.unpack({ from: join(out, 'a.tar'), to, maxBytes: 1e9 }, within());
		expect(back).toMatchObject({ ok: true, value: { files: 6, links: 3, bytes: 700_001 + 5 + 5 + 1 + 4 } });
		expect(readFileSync(join(to, 'sub/b.bin')).equals(Buffer.alloc(700_001, 7))).toBe(true);
		expect(readFileSync(join(to, 'hard.txt'), 'utf8')).toBe('alpha');
		expect(readdirSync(join(to, 'sub')).sort()).toEqual(readdirSync(join(root, 'sub')).sort());
		expect(readlinkSync(join(to, 'sub/in'))).toBe('../a.txt');
		expect(readlinkSync(join(to, 'absolute'))).toBe('sub');
		expect(readlinkSync(join(to, 'dangling'))).toBe('nowhere');
		expect(statSync(join(to, 'sub/empty')).isDirectory()).toBe(true);
		expect(statSync(join(to, 'a.txt')).mtimeMs).toBe(1_700_000_000_000);
	});

	test('makes the same bytes for the same files', async () => {
		const root = tree();
		const out = scratchFolder();
		for (const name of ['1', '2']) await heavy.pack({ ...all(root), to: join(out, name) }, within());
		expect(readFileSync(join(out, '1')).equals(readFileSync(join(out, '2')))).toBe(true);
		expect(readFileSync(join(out, '1')).length).toBeGreaterThan(700_000);
	});

	test.skipIf(!hasTar)('is read by tar as it is by us', async () => {
		const root = tree();
		const out = scratchFolder();
		await heavy.pack({ ...all(root), to: join(out, 'a.tar') }, within());
		mkdirSync(join(out, 'gnu'));
		execFileSync('tar', ['-xf', join(out, 'a.tar'), '-C', join(out, 'gnu')]);
		expect(readFileSync(join(out, 'gnu/sub/ünïcode 文件.log'), 'utf8')).toBe('x');
		expect(readlinkSync(join(out, 'gnu/sub/in'))).toBe('../a.txt');
		execFileSync('tar', ['-cf', join(out, 'theirs.tar'), '-C', root, '.']);
		const theirs = await heavy.unpack(
			{ from: join(out, 'theirs.tar'), to: join(out, 'ours'), maxBytes: 1e9 },
			within(),
		);
		// An absolute link is refused where it was not made by us.
		expect(theirs).toMatchObject({ ok: false, error: { detail: { reason: 'link-outside' } } });
		unlinkSync(join(root, 'absolute'));
		execFileSync('tar', ['-cf', join(out, 'theirs.tar'), '-C', root, '.']);
		const again = await heavy.unpack(
			{ from: join(out, 'theirs.tar'), to: join(out, 'ours'), maxBytes: 1e9 },
			within(),
		);
		expect(again).toMatchObject({ ok: true });
		expect(readFileSync(join(out, `ours/sub/${'n'.repeat(180)}`), 'utf8')).toBe('long');
		expect(statSync(join(out, 'ours/hard.txt')).nlink).toBe(2);
	});

	test('names what no archive can hold and what leads out of it, and packs the rest', async () => {
		const root = tree();
		const server = createServer().listen(join(root, 'sub/socket'));
		onTestFinished(() => void server.close());
		await new Promise((resolve) => server.once('listening', resolve));
		execFileSync('mkfifo', [join(root, 'pipe')]);
		symlinkSync('/etc', join(root, 'etc'));
		symlinkSync('../..', join(root, 'sub/up'));
		symlinkSync('..', join(root, 'sub/root'));
		symlinkSync('root/..', join(root, 'sub/through'));
		writeFileSync(join(root, '..\\evil'), '');
		writeFileSync(Buffer.concat([Buffer.from(`${root}/bad`), Buffer.from([0xff])]), '');
		const packed = await heavy.pack({ ...all(root), to: join(scratchFolder(), 'a.tar') }, within());
		expect(packed.ok && packed.value.left.map((path) => path.slice(root.length + 1)).sort()).toEqual([
			'..\\evil',
			'badÿ',
			'etc',
			'pipe',
			'sub/socket',
			'sub/through',
			'sub/up',
		]);
		expect(packed.ok && packed.value.files).toBe(6);
	});

	test('leaves out what is excluded, a folder with all in it, and walks no linked folder', async () => {
		const root = tree();
		const out = join(scratchFolder(), 'a.tar');
		const exclude = [`${escaped(root)}/sub`, `${escaped(root)}/*.txt`];
		const packed = await heavy.pack({ ...all(root), exclude, to: out }, within());
		expect(packed).toMatchObject({ ok: true, value: { files: 1, links: 2 } });
		const looked = await heavy.unpack({ from: out, to: null, maxBytes: 1e9 }, within());
		const names = looked.ok && looked.value.entries.map((line) => line.split('\t')[0]);
		expect(names).toEqual(['absolute', 'dangling', 'zero']);
	});

	test('takes a folder named by hand with all in it, and one file as itself', async () => {
		const root = tree();
		const counted = await heavy.pack(
			{ root, files: [join(root, 'sub'), join(root, 'a.txt')], exclude: [], to: null },
			within(),
		);
		expect(counted).toMatchObject({ ok: true, value: { files: 4, links: 1 } });
		const none = await heavy.pack(
			{ root, files: [`${escaped(root)}/*.none`], exclude: [], to: null },
			within(),
		);
		expect(none).toMatchObject({ ok: true, value: { files: 0, links: 0, bytes: 0, newestAt: null } });
	});

	test('what lies outside the root is refused', async () => {
		const root = tree();
		const packed = await heavy.pack(
			{ root: join(root, 'sub'), files: [join(root, 'a.txt')], exclude: [], to: null },
			within(),
		);
		expect(packed).toMatchObject({ ok: false, error: { code: 'not-supported', detail: { what: 'root' } } });
	});

	test('never writes over what stands there, be it a link', async () => {
		const root = tree();
		const out = scratchFolder();
		writeFileSync(join(out, 'file'), 'mine');
		symlinkSync(join(out, 'victim'), join(out, 'link'));
		for (const name of ['file', 'link']) {
			const packed = await heavy.pack({ ...all(root), to: join(out, name) }, within());
			expect(packed).toMatchObject({ ok: false, error: { code: 'name-taken' } });
		}
		expect(readFileSync(join(out, 'file'), 'utf8')).toBe('mine');
		expect(existsSync(join(out, 'victim'))).toBe(false);
	});

	test('files that grow, shrink or vanish while they are read are named, and the archive stays whole', async () => {
		const root = scratchFolder();
		// Large enough to be still unread when the first progress is heard.
		writeFileSync(join(root, 'a'), Buffer.alloc(200_000_000, 1));
		for (const name of ['b', 'c', 'd']) writeFileSync(join(root, name), Buffer.alloc(1_000_000, 1));
		const out = join(scratchFolder(), 'a.tar');
		let touched = false;
		const packed = await heavy.pack({ ...all(root), to: out }, within(), () => {
			if (touched) return;
			touched = true;
			appendFileSync(join(root, 'b'), 'more');
			truncateSync(join(root, 'c'), 10);
			unlinkSync(join(root, 'd'));
		});
		expect(packed.ok).toBe(true);
		const changed = packed.ok ? packed.value.changed.map((path) => path.slice(root.length + 1)) : [];
		expect(changed).toEqual(expect.arrayContaining(['b', 'c', 'd']));
		const looked = await heavy.unpack({ from: out, to: null, maxBytes: 1e9 }, within());
		expect(looked).toMatchObject({ ok: true, value: { files: 3, bytes: 202_000_000 } });
	});

	test.skipIf(process.platform !== 'linux')(
		"a link that takes a folder's place meanwhile is not followed",
		async () => {
			const root = scratchFolder();
			const outside = scratchFolder();
			writeFileSync(join(root, 'a'), Buffer.alloc(200_000_000, 1));
			mkdirSync(join(root, 'z'));
			writeFileSync(join(root, 'z/file'), 'inside');
			writeFileSync(join(outside, 'file'), 'secret');
			const out = join(scratchFolder(), 'a.tar');
			let done = false;
			const packed = await heavy.pack({ ...all(root), to: out }, within(), () => {
				if (done) return;
				done = true;
				renameSync(join(root, 'z'), join(root, 'y'));
				symlinkSync(outside, join(root, 'z'));
			});
			expect(packed).toMatchObject({ ok: true, value: { files: 1, changed: [join(root, 'z/file')] } });
			expect(readFileSync(out).includes('secret')).toBe(false);
		},
	);

	test.skipIf(process.platform !== 'linux')('a worker that is killed leaves nothing', async () => {
		const root = scratchFolder();
		writeFileSync(join(root, 'big'), '');
		truncateSync(join(root, 'big'), 3e9);
		const out = scratchFolder();
		const packed = await heavy.pack({ ...all(root), to: join(out, 'a.tar') }, within(), ({ done }) => {
			const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
			const workers = children.filter((pid) =>
				readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('worker.ts'),
			);
			if (done > 0) for (const pid of workers) process.kill(Number(pid), 'SIGKILL');
		});
		expect(packed).toMatchObject({
			ok: false,
			error: { code: 'own-limit', detail: { reason: 'worker-lost' } },
		});
		expect(readdirSync(out)).toEqual([]);
	});

	test('a cancel and a deadline leave nothing behind', async () => {
		const root = scratchFolder();
		writeFileSync(join(root, 'big'), '');
		truncateSync(join(root, 'big'), 3e9);
		const out = scratchFolder();
		const stop = new AbortController();
		const packed = await heavy.pack(
			{ ...all(root), to: join(out, 'a.tar') },
			within(60_000, stop.signal),
			() => stop.abort(),
		);
		expect(packed).toMatchObject({ ok: false, error: { code: 'cancelled' } });
		expect(readdirSync(out)).toEqual([]);
		const late = await heavy.pack({ ...all(root), to: join(out, 'a.tar') }, within(50));
		expect(late.ok).toBe(false);
		expect(readdirSync(out)).toEqual([]);
	});

	test('progress says how much there is, and never more than a few times a second', async () => {
		const root = scratchFolder();
		writeFileSync(join(root, 'big'), Buffer.alloc(60_000_000, 3));
		const told: { done: number; total: number | null; at: number }[] = [];
		const out = join(scratchFolder(), 'a.tar');
		await heavy.pack({ ...all(root), to: out }, within(), ({ done, total }) =>
			told.push({ done, total, at: performance.now() }),
		);
		expect(told.every(({ total }) => total === 60_000_000)).toBe(true);
		expect(told.at(-1)?.done).toBe(60_000_000);
		const took = (told.at(-1)?.at ?? 0) - (told[0]?.at ?? 0);
		expect(told.length).toBeLessThanOrEqual(3 + took / 100);
	});

	test.skipIf(process.getuid?.() === 0)(
		'a file that may not be read is a fault: without it the copy would look whole',
		async () => {
			const root = tree();
			writeFileSync(join(root, 'secret'), '', { mode: 0 });
			const packed = await heavy.pack({ ...all(root), to: join(scratchFolder(), 'a.tar') }, within());
			expect(packed).toMatchObject({ ok: false, error: { code: 'no-permission' } });
		},
	);
});
