import { execFile, execFileSync } from 'node:child_process';
import {
	chmodSync,
	existsSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createClock } from '../../src/platform/clock.ts';
import { createFolders } from '../../src/platform/folders.ts';
import { isPart } from '../../src/targets/define.ts';
import { mayMount, mountSmallDisk, type SmallDisk } from '../support/small-disk.ts';

const isRoot = process.getuid?.() === 0;
const clock = createClock();
const folders = createFolders({ clock });
const done = { ok: true, value: undefined };
const failed = (code: string) => ({ ok: false, error: { code } });
const limits = (signal = new AbortController().signal) => ({ deadline: clock.monotonic() + 20_000, signal });
const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);

let folder: string;
let outside: string;
const disks: SmallDisk[] = [];
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'rounds-folders-'));
	outside = mkdtempSync(join(tmpdir(), 'rounds-outside-'));
	writeFileSync(join(outside, 'theirs'), 'precious');
});
afterEach(() => {
	for (const disk of disks.splice(0)) disk.unmount();
	chmodSync(folder, 0o700);
	for (const one of [folder, outside]) rmSync(one, { recursive: true, force: true });
});
const at = (name: string) => join(folder, name);
const theirs = () => join(outside, 'theirs');
const part = (text = 'copy') => {
	writeFileSync(at('.rounds-x.part'), text);
	return at('.rounds-x.part');
};

describe.each([true, false])('names given with hard links: %s', (hardLinks) => {
	const own = createFolders({ clock, hardLinks });

	test('a finished file gets its name, and its part is gone', async () => {
		expect(await own.place(part('whole'), at('copy'))).toEqual(done);
		expect(readdirSync(folder)).toEqual(['copy']);
		expect(readFileSync(at('copy'), 'utf8')).toBe('whole');
	});

	test.each([
		['a file', () => writeFileSync(at('copy'), 'first')],
		['a link to a file', () => symlinkSync(theirs(), at('copy'))],
		['a link to a folder', () => symlinkSync(outside, at('copy'))],
		['a link to nothing', () => symlinkSync(join(outside, 'none'), at('copy'))],
		['a folder', () => mkdirSync(at('copy'))],
		['a pipe', () => execFileSync('mkfifo', [at('copy')])],
	])('%s at the place is left as it is', async (_what, plant) => {
		plant();
		const before = lstatSync(at('copy'));
		const from = part();
		for (const verb of [own.place, own.move] as const)
			expect(await verb(from, at('copy'))).toMatchObject(failed('name-taken'));
		expect(await own.write(at('copy'), 'x')).toMatchObject(failed('name-taken'));
		expect(await own.copy(from, at('copy'), limits())).toMatchObject(failed('name-taken'));
		const after = lstatSync(at('copy'));
		expect([after.ino, after.mode, after.size]).toEqual([before.ino, before.mode, before.size]);
		expect(readFileSync(from, 'utf8')).toBe('copy');
		expect(readdirSync(folder).sort()).toEqual(['.rounds-x.part', 'copy']);
		expect(readdirSync(outside)).toEqual(['theirs']);
		expect(readFileSync(theirs(), 'utf8')).toBe('precious');
	});

	test('folders are moved whole, never onto anything, an empty folder neither', async () => {
		mkdirSync(at('from'));
		writeFileSync(at('from/a'), 'a');
		mkdirSync(at('empty'));
		expect(await own.move(at('from'), at('empty'))).toMatchObject(failed('name-taken'));
		expect(await own.move(at('from'), at('to'))).toEqual(done);
		expect(readFileSync(at('to/a'), 'utf8')).toBe('a');
		expect(existsSync(at('from'))).toBe(false);
	});

	test('of two processes with the same names each is first with its own, and every copy is whole', async () => {
		const program = join(import.meta.dirname, '../support/placing-program.ts');
		const run = (name: string) =>
			promisify(execFile)(process.execPath, [program, folder, name, '150', String(hardLinks)]);
		const [one, two] = await Promise.all([run('one'), run('two')]);
		expect(Number(one.stdout) + Number(two.stdout)).toBe(150);
		const firsts = { one: 0, two: 0 };
		for (let number = 0; number < 150; number++) {
			const text = readFileSync(at(`copy-${number}`), 'utf8');
			expect(text).toMatch(new RegExp(`^(one|two) ${number}\\n$`));
			firsts[text.slice(0, 3) as 'one' | 'two']++;
		}
		expect(firsts).toEqual({ one: Number(one.stdout), two: Number(two.stdout) });
	});
});

describe('planted links', () => {
	test('as the part: neither placed nor copied, read nor written through', async () => {
		symlinkSync(theirs(), at('.rounds-x.part'));
		expect(await folders.place(at('.rounds-x.part'), at('copy'))).toMatchObject(failed('not-a-file'));
		expect(await folders.replace(at('.rounds-x.part'), at('copy'))).toMatchObject(failed('not-a-file'));
		expect(await folders.copy(at('.rounds-x.part'), at('copy'), limits())).toMatchObject(
			failed('not-a-file'),
		);
		expect(await folders.copy(theirs(), at('.rounds-x.part'), limits())).toMatchObject(failed('name-taken'));
		expect(readdirSync(folder)).toEqual(['.rounds-x.part']);
		expect(readFileSync(theirs(), 'utf8')).toBe('precious');
	});

	test.each(['folder', 'nothing'])('as the folder itself, to a %s: refused', async (to) => {
		symlinkSync(to === 'folder' ? outside : join(outside, 'none'), at('backups'));
		expect(await folders.ensure(at('backups'))).toMatchObject(failed('not-a-file'));
		expect(await folders.list(at('backups'))).toMatchObject(failed('not-a-file'));
		expect(await folders.removeFolder(at('backups'))).toMatchObject(failed('not-a-file'));
		expect(await folders.look(at('backups'))).toMatchObject({ ok: true, value: { kind: 'link' } });
		expect(readdirSync(outside)).toEqual(['theirs']);
	});

	test('at the place of what is replaced: refused; a file is replaced whole', async () => {
		symlinkSync(theirs(), at('copy'));
		const from = part('new');
		expect(await folders.replace(from, at('copy'))).toMatchObject(failed('not-a-file'));
		expect(await folders.write(at('copy'), 'x', { replace: true })).toMatchObject(failed('not-a-file'));
		expect(readlinkSync(at('copy'))).toBe(theirs());
		writeFileSync(at('file'), 'old');
		expect(await folders.replace(from, at('file'))).toEqual(done);
		expect(await folders.write(at('file'), 'newest', { replace: true })).toEqual(done);
		expect(readFileSync(at('file'), 'utf8')).toBe('newest');
		expect(readFileSync(theirs(), 'utf8')).toBe('precious');
	});

	test('are removed themselves, alone and inside a folder', async () => {
		symlinkSync(theirs(), at('link'));
		expect(await folders.remove(at('link'))).toEqual(done);
		mkdirSync(at('tree/deep'), { recursive: true });
		symlinkSync(outside, at('tree/deep/out'));
		symlinkSync(theirs(), at('tree/file'));
		chmodSync(at('tree/deep'), 0o500);
		expect(await folders.removeFolder(at('tree'))).toEqual(done);
		expect(readdirSync(folder)).toEqual([]);
		expect(readdirSync(outside)).toEqual(['theirs']);
	});
});

describe('files and folders', () => {
	test('modes and group hold whatever the umask is', async () => {
		const umask = process.umask(0o000);
		try {
			expect(await folders.ensure(at('a/b'))).toEqual(done);
			expect(await folders.write(at('a/b/text'), 'x')).toEqual(done);
			expect(await folders.copy(at('a/b/text'), at('a/b/copy'), limits())).toEqual(done);
			expect([modeOf(at('a')), modeOf(at('a/b')), modeOf(at('a/b/text')), modeOf(at('a/b/copy'))]).toEqual([
				'700',
				'700',
				'600',
				'600',
			]);
			process.umask(0o077);
			const group = isRoot ? 4242 : (process.getgid?.() ?? 0);
			const shared = createFolders({ clock, group });
			expect(await shared.ensure(at('s/t'))).toEqual(done);
			expect(await shared.write(at('s/t/text'), 'x')).toEqual(done);
			expect([modeOf(at('s')), modeOf(at('s/t')), modeOf(at('s/t/text'))]).toEqual(['2770', '2770', '660']);
			expect(statSync(at('s/t/text')).gid).toBe(group);
			expect(await shared.ensure(at('s/u/own'), { isPrivate: true })).toEqual(done);
			expect([modeOf(at('s/u')), modeOf(at('s/u/own'))]).toEqual(['2770', '700']);
		} finally {
			process.umask(umask);
		}
	});

	test('a list says what each thing is, sorted, links as links', async () => {
		mkdirSync(at('folder'));
		writeFileSync(at('a'), '12345');
		symlinkSync(theirs(), at('link'));
		execFileSync('mkfifo', [at('pipe')]);
		const listed = await folders.list(folder);
		expect(listed.ok && listed.value.map(({ name, kind }) => [name, kind])).toEqual([
			['a', 'file'],
			['folder', 'folder'],
			['link', 'link'],
			['pipe', 'other'],
		]);
		expect(listed.ok && listed.value[0]).toMatchObject({
			bytes: 5,
			modifiedAt: Math.round(statSync(at('a')).mtimeMs),
		});
	});

	test('what is gone is said so, or was wanted gone', async () => {
		expect(await folders.list(at('none'))).toMatchObject(failed('file-missing'));
		expect(await folders.look(at('none'))).toEqual({ ok: true, value: null });
		expect(await folders.place(at('none'), at('copy'))).toMatchObject(failed('file-missing'));
		expect(await folders.place(part(), at('none/copy'))).toMatchObject(failed('file-missing'));
		expect(await folders.write(at('none/text'), 'x')).toMatchObject(failed('file-missing'));
		expect(await folders.copy(at('none'), at('copy'), limits())).toMatchObject(failed('file-missing'));
		expect(await folders.isMount(at('none'))).toMatchObject(failed('file-missing'));
		expect(await folders.remove(at('none'))).toEqual(done);
		expect(await folders.removeFolder(at('none'))).toEqual(done);
	});

	test('remove takes no folder, and no folder is removed that is none', async () => {
		mkdirSync(at('folder'));
		expect(await folders.remove(at('folder'))).toMatchObject(failed('not-a-file'));
		expect(await folders.removeFolder(part())).toMatchObject(failed('not-a-file'));
		expect(readdirSync(folder).sort()).toEqual(['.rounds-x.part', 'folder']);
	});

	test('a copy tells how far it is; cancelled, it leaves nothing', async () => {
		const bytes = Buffer.alloc(5_000_000, 'rounds');
		writeFileSync(at('from'), bytes);
		const told: number[] = [];
		expect(await folders.copy(at('from'), at('to'), limits(), (n) => told.push(n))).toEqual(done);
		expect(told.at(-1)).toBe(bytes.length);
		expect(readFileSync(at('to')).equals(bytes)).toBe(true);
		const controller = new AbortController();
		controller.abort();
		expect(await folders.copy(at('from'), at('half'), limits(controller.signal))).toMatchObject(
			failed('cancelled'),
		);
		const late = { deadline: clock.monotonic() - 1, signal: new AbortController().signal };
		expect(await folders.copy(at('from'), at('half'), late)).toMatchObject(failed('timeout'));
		expect(readdirSync(folder).sort()).toEqual(['from', 'to']);
	});

	test('a private folder is ours alone and gone afterwards, also when what is done in it fails', async () => {
		const own = createFolders({ clock, temporary: folder });
		const seen = await own.privately(async (path) => {
			writeFileSync(join(path, 'a'), 'a');
			return { path, mode: modeOf(path) };
		});
		expect(seen).toMatchObject({ ok: true, value: { mode: '700' } });
		await expect(
			own.privately(async () => {
				throw new Error('ours');
			}),
		).rejects.toThrow('ours');
		expect(readdirSync(folder)).toEqual([]);
		expect(await createFolders({ clock, temporary: at('none') }).privately(async () => 1)).toMatchObject(
			failed('file-missing'),
		);
	});

	test('what a killed write would leave is a part', async () => {
		const seen = new Set<string>();
		let isWriting = true;
		const writing = folders.write(at('text'), 'x'.repeat(3_000_000)).finally(() => {
			isWriting = false;
		});
		while (isWriting) {
			for (const name of readdirSync(folder)) seen.add(name);
			await new Promise((resolve) => setImmediate(resolve));
		}
		expect(await writing).toEqual(done);
		const others = [...seen].filter((name) => name !== 'text');
		expect(others.length).toBeGreaterThan(0);
		expect(others.every(isPart)).toBe(true);
		expect(readdirSync(folder)).toEqual(['text']);
	});
});

describe('mounts', () => {
	test('the root is one, a folder of ours and a link are none', async () => {
		mkdirSync(at('plain'));
		symlinkSync('/', at('link'));
		expect(await folders.isMount('/')).toEqual({ ok: true, value: true });
		expect(await folders.isMount(at('plain'))).toEqual({ ok: true, value: false });
		expect(await folders.isMount(at('link'))).toEqual({ ok: true, value: false });
	});

	test.skipIf(!mayMount)('a disk is one as long as it is there, whatever its name holds', async () => {
		const disk = mountSmallDisk(at('a b\\é'), 1_000_000);
		disks.push(disk);
		expect(await folders.isMount(disk.folder)).toEqual({ ok: true, value: true });
		disk.unmount();
		expect(await folders.isMount(disk.folder)).toEqual({ ok: true, value: false });
	});

	test.skipIf(!mayMount)('a full disk is said so, and nothing half is left', async () => {
		const disk = mountSmallDisk(at('small'), 200_000);
		disks.push(disk);
		writeFileSync(at('large'), Buffer.alloc(2_000_000, 1));
		expect(await folders.copy(at('large'), join(disk.folder, 'copy'), limits())).toMatchObject(
			failed('disk-full'),
		);
		expect(await folders.write(join(disk.folder, 'text'), 'x'.repeat(1_000_000))).toMatchObject(
			failed('disk-full'),
		);
		expect(readdirSync(disk.folder)).toEqual([]);
		expect(await folders.place(at('large'), join(disk.folder, 'copy'))).toMatchObject({
			ok: false,
			error: { code: 'io-error', detail: { reason: 'EXDEV' } },
		});
		expect(readdirSync(disk.folder)).toEqual([]);
		expect(existsSync(at('large'))).toBe(true);
	});

	test.skipIf(!mayMount)('a read-only disk is said so', async () => {
		const disk = mountSmallDisk(at('fixed'), 200_000);
		disks.push(disk);
		writeFileSync(join(disk.folder, 'old'), 'old');
		disk.readOnly();
		expect(await folders.write(join(disk.folder, 'text'), 'x')).toMatchObject(failed('read-only'));
		expect(await folders.ensure(join(disk.folder, 'more'))).toMatchObject(failed('read-only'));
		expect(await folders.remove(join(disk.folder, 'old'))).toMatchObject(failed('read-only'));
		expect(readFileSync(join(disk.folder, 'old'), 'utf8')).toBe('old');
	});
});

test.skipIf(isRoot)('a folder that may not be written to', async () => {
	const from = part();
	mkdirSync(at('fixed'), { mode: 0o500 });
	expect(await folders.write(at('fixed/text'), 'x')).toMatchObject(failed('no-permission'));
	expect(await folders.place(from, at('fixed/copy'))).toMatchObject(failed('no-permission'));
});
