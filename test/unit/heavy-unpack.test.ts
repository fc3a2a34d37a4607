import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createArchiveHeavy } from '../../src/workers/heavy-archive.ts';
import { heavyPool, scratchFolder, within } from '../support/heavy-world.ts';
import { paxEntry, TAR_END, tarEntry, tarOf } from '../support/hostile-tar.ts';

const heavy = createArchiveHeavy(heavyPool());
const good = { name: 'good.txt', body: 'good' };

function archive(bytes: Buffer): { readonly from: string; readonly to: string; readonly outside: string } {
	const folder = scratchFolder();
	writeFileSync(join(folder, 'a.tar'), bytes);
	return { from: join(folder, 'a.tar'), to: join(folder, 'to'), outside: folder };
}

/** Refused whole: nothing inside, nothing outside, the folder that was made is gone again. */
async function refused(bytes: Buffer, maxBytes = 1e9): Promise<string> {
	const { from, to, outside } = archive(bytes);
	const answer = await heavy.unpack({ from, to, maxBytes }, within());
	expect(existsSync(to)).toBe(false);
	expect(readdirSync(outside)).toEqual(['a.tar']);
	const looked = await heavy.unpack({ from, to: null, maxBytes }, within());
	expect(looked).toEqual(answer);
	if (answer.ok) throw new Error('it was taken');
	return `${answer.error.code} ${answer.error.detail['reason'] ?? answer.error.detail['what']}`;
}

const link = (name: string, target: string) => ({ name, type: '2', target });
const hard = (name: string, target: string) => ({ name, type: '1', target });
const folder = (name: string) => ({ name: `${name}/`, type: '5' });

describe('an archive is refused whole', () => {
	const long = 'd/'.repeat(2100);
	test.each<[string, Buffer, string]>([
		['a name that leads up', tarOf(good, { name: '../evil' }), 'parent'],
		['a name that leads up in the middle', tarOf(good, { name: 'a/../../evil' }), 'parent'],
		['a name that leads up and back', tarOf(good, { name: 'a/../b' }), 'parent'],
		['nothing but the way up', tarOf(good, { name: '..' }), 'parent'],
		['a folder that leads up', tarOf(good, folder('../evil')), 'parent'],
		['an absolute name', tarOf(good, { name: '/tmp/evil' }), 'absolute'],
		['an absolute prefix', tarOf(good, { name: 'evil', prefix: '/tmp' }), 'absolute'],
		['a long name that is absolute', tarOf(good, paxEntry({ path: '/tmp/evil' }), { name: 'x' }), 'absolute'],
		['a long name that leads up', tarOf(good, paxEntry({ path: 'a/../../e' }), { name: 'x' }), 'parent'],
		[
			'a long name of the other format',
			tarOf(good, { name: '././@LongLink', type: 'L', body: '../evil\0' }, { name: 'x' }),
			'parent',
		],
		['an empty name', tarOf(good, { name: '' }), 'name'],
		['a file that is the folder itself', tarOf(good, { name: '.' }), 'name'],
		['a NUL in a name', tarOf(good, paxEntry({ path: 'a\0b' }), { name: 'x' }), 'name'],
		['bytes that are no text', tarOf(good, { name: 'a\xff' }), 'name'],
		['backslashes that lead up', tarOf(good, { name: '..\\..\\evil' }), 'name'],
		['a drive', tarOf(good, { name: 'C:\\evil' }), 'name'],
		['a drive with slashes', tarOf(good, { name: 'C:/evil' }), 'name'],
		['a server', tarOf(good, { name: '\\\\host\\share' }), 'name'],
		['a name longer than any path', tarOf(good, paxEntry({ path: `${long}x` }), { name: 'x' }), 'name'],
		['a part longer than any name', tarOf(good, paxEntry({ path: 'x'.repeat(256) }), { name: 'x' }), 'name'],
		['a link to an absolute place', tarOf(good, link('l', '/etc')), 'link-outside'],
		['a link that leads up', tarOf(good, link('l', '..')), 'link-outside'],
		['a link that leads up from below', tarOf(good, folder('a'), link('a/l', '../..')), 'link-outside'],
		[
			'a link that leads out through another',
			tarOf(good, folder('a'), link('a/up', '..'), link('out', 'a/up/../x')),
			'link-outside',
		],
		['a long target', tarOf(good, paxEntry({ linkpath: '../'.repeat(60) }), link('l', 'x')), 'link-outside'],
		['a link without a target', tarOf(good, link('l', '')), 'name'],
		['a file through a link', tarOf(good, link('l', '.'), { name: 'l/evil' }), 'link'],
		['a file through a link that comes later', tarOf(good, { name: 'l/evil' }, link('l', '.')), 'link'],
		['a folder over a link', tarOf(good, link('l', 'x'), folder('l')), 'twice'],
		['a file over a link', tarOf(good, link('l', 'good.txt'), { name: 'l', body: 'evil' }), 'twice'],
		['a link over a file', tarOf(good, link('good.txt', 'x')), 'twice'],
		['the same name written otherwise', tarOf(good, { name: './/good.txt' }), 'twice'],
		['a file below a file', tarOf(good, { name: 'good.txt/x' }), 'twice'],
		['a second name for a file outside', tarOf(good, hard('h', '/etc/passwd')), 'link-outside'],
		['a second name for a file above', tarOf(good, hard('h', '../x')), 'link-outside'],
		['a second name for nothing', tarOf(good, hard('h', 'none')), 'link'],
		['a second name for itself', tarOf(good, hard('h', 'h')), 'link'],
		['a second name for a link', tarOf(good, link('l', 'good.txt'), hard('h', 'l')), 'link'],
		['a file below a second name', tarOf(good, hard('h', 'good.txt'), { name: 'h/x' }), 'link'],
		['a character device', tarOf(good, { name: 'd', type: '3' }), 'special'],
		['a block device', tarOf(good, { name: 'd', type: '4' }), 'special'],
		['a pipe', tarOf(good, { name: 'd', type: '6' }), 'special'],
		['a type that nobody knows', tarOf(good, { name: 'd', type: 'Z' }), 'special'],
		['a file with holes', tarOf(good, paxEntry({ 'GNU.sparse.major': '1' }), { name: 'd' }), 'special'],
	])('%s', async (_, bytes, reason) => {
		expect(await refused(bytes)).toBe(`archive-unsafe ${reason}`);
	});

	test('more bytes than it may hold, as the headers say them', async () => {
		expect(await refused(tarOf(good, { name: 'b', body: Buffer.alloc(5000) }), 5003)).toBe(
			'archive-unsafe bomb',
		);
	});

	test('more entries than any folder has', async () => {
		const many = Array.from({ length: 300_001 }, (_, at) => at);
		const block = Buffer.allocUnsafe(many.length * 512);
		for (const at of many) tarEntry({ name: String(at) }).copy(block, at * 512);
		expect(await refused(Buffer.concat([block, TAR_END]))).toBe('archive-unsafe bomb');
	}, 60_000);

	const whole = tarOf(good, folder('a'), { name: 'a/b', body: Buffer.alloc(3000, 1) });
	test.each<[string, Buffer]>([
		['is empty', Buffer.alloc(0)],
		['is text', Buffer.from('no archive at all\n'.repeat(100))],
		['has no end', Buffer.concat([tarEntry(good)])],
		['has half an end', Buffer.concat([tarEntry(good), Buffer.alloc(512)])],
		['goes on after its end', Buffer.concat([whole, tarEntry({ name: 'late' }), TAR_END])],
		['has something behind its end', Buffer.concat([whole, Buffer.from('x'.repeat(512))])],
		['has a few bytes behind its end', Buffer.concat([whole, Buffer.from('xyz')])],
		['says a size that it has not', tarOf(good, { name: 'b', size: 1e9, body: 'x' })],
		['says a size beyond all', tarOf(good, paxEntry({ size: '99999999999999999999' }), { name: 'b' })],
	])('when it %s', async (_, bytes) => {
		expect(await refused(bytes)).toBe('copy-damaged archive');
	});

	test('when it is cut anywhere', async () => {
		for (let at = 0; at < whole.length; at += 509) {
			expect(await refused(whole.subarray(0, at))).toBe('copy-damaged archive');
		}
	});

	test('when a bit of a header is turned', async () => {
		for (let at = 0; at < 512; at += 7) {
			// The two bytes behind the sum of a header mean nothing; there the hash of the whole is what finds it.
			if (at === 154 || at === 155) continue;
			const turned = Buffer.from(whole);
			turned[at] = (turned[at] as number) ^ 0x10;
			expect(await refused(turned)).toMatch(/^(copy-damaged archive|archive-unsafe)/);
		}
	});
});

describe('unpack', () => {
	test('takes what stays inside', async () => {
		const { from, to } = archive(
			tarOf(
				folder('.'),
				folder('./a'),
				{ name: './a/b', body: 'bee', mode: 0o6755 },
				link('a/l', '../a/./b'),
				link('circle', 'circle'),
				hard('h', 'a/b'),
				hard('h2', 'h'),
				{ name: 'name with \\backslash x2d', body: '' },
				{ name: 'deep/without/folders', body: 'x' },
			),
		);
		const answer = await heavy.unpack({ from, to, maxBytes: 4 }, within());
		expect(answer).toMatchObject({ ok: true, value: { files: 5, links: 2, bytes: 4 } });
		expect(readFileSync(join(to, 'a/l'), 'utf8')).toBe('bee');
		expect(readFileSync(join(to, 'h2'), 'utf8')).toBe('bee');
		expect(statSync(join(to, 'a/b')).mode & 0o7777).toBe(0o755);
		expect(statSync(to).mode & 0o777).toBe(0o700);
	});

	test('names of an archive cannot colour a screen', async () => {
		const { from } = archive(tarOf({ name: 'a\x1b[31m\tb\n', body: 'x' }));
		const looked = await heavy.unpack({ from, to: null, maxBytes: 10 }, within());
		expect(looked.ok && looked.value.entries[0]).not.toMatch(/[\x1b\n]/);
		expect(looked.ok && looked.value.entries[0]?.split('\t')).toHaveLength(3);
	});

	test('writes into an empty folder only, and leaves what is in another alone', async () => {
		const { from, to, outside } = archive(tarOf(good));
		mkdirSync(to);
		writeFileSync(join(to, 'mine'), '');
		expect(await heavy.unpack({ from, to, maxBytes: 10 }, within())).toMatchObject({
			error: { code: 'not-empty' },
		});
		expect(readdirSync(to)).toEqual(['mine']);
		mkdirSync(join(outside, 'else'));
		symlinkSync('else', join(outside, 'link'));
		expect(await heavy.unpack({ from, to: join(outside, 'link'), maxBytes: 10 }, within())).toMatchObject({
			error: { code: 'name-taken' },
		});
		expect(readdirSync(join(outside, 'else'))).toEqual([]);
	});

	test('a cancel in the middle empties the folder, and keeps the one that was there', async () => {
		const { from, to } = archive(
			tarOf(...Array.from({ length: 40 }, (_, at) => ({ name: `${at}`, body: Buffer.alloc(2_000_000) }))),
		);
		mkdirSync(to);
		const stop = new AbortController();
		const answer = await heavy.unpack(
			{ from, to, maxBytes: 1e9 },
			within(60_000, stop.signal),
			(progress) => {
				if (progress.phase === 'unpack' && progress.done > 0) stop.abort();
			},
		);
		expect(answer).toMatchObject({ ok: false, error: { code: 'cancelled' } });
		expect(readdirSync(to)).toEqual([]);
	});

	test('a missing archive and a link in its place are said as such', async () => {
		const { from, to, outside } = archive(tarOf(good));
		symlinkSync(from, join(outside, 'link'));
		expect(await heavy.unpack({ from: join(outside, 'link'), to, maxBytes: 10 }, within())).toMatchObject({
			error: { code: 'not-a-file' },
		});
		expect(await heavy.unpack({ from: join(outside, 'none'), to, maxBytes: 10 }, within())).toMatchObject({
			error: { code: 'file-missing' },
		});
		expect(existsSync(to)).toBe(false);
	});
});
