// Needs to be root and allowed to mount for most of it; else it is skipped.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Run, TargetPorts } from '../../src/domain/backup-ports.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createFiles } from '../../src/platform/files.ts';
import { createFolders } from '../../src/platform/folders.ts';
import { createHost } from '../../src/platform/host.ts';
import { createProcesses } from '../../src/platform/processes.ts';
import { createS3 } from '../../src/platform/s3.ts';
import { isPart } from '../../src/targets/define.ts';
import { directory } from '../../src/targets/directory.ts';
import { partName } from '../../src/targets/local-folder.ts';
import { mount } from '../../src/targets/mount.ts';
import { mayMount, mountSmallDisk, type SmallDisk } from '../support/small-disk.ts';

const MB = 1024 * 1024;
const clock = createClock();
const ports: TargetPorts = {
	clock,
	files: createFiles(clock),
	processes: createProcesses(clock),
	host: createHost(),
	folders: createFolders({ clock }),
	s3: createS3(clock),
};
const done = { ok: true, value: undefined };
const failed = (code: string) => ({ ok: false, error: { code } });
const told: number[] = [];
const run = (over: Partial<Run> = {}): Run => ({
	now: clock.now(),
	zone: 'UTC',
	folder,
	deadline: clock.monotonic() + 30_000,
	signal: new AbortController().signal,
	onProgress: (progress) => told.push(progress.done),
	onLine: () => {},
	...over,
});

let folder: string;
const disks: SmallDisk[] = [];
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'rounds-local-'));
	told.length = 0;
});
afterEach(() => {
	for (const disk of disks.splice(0)) disk.unmount();
	rmSync(folder, { recursive: true, force: true });
});
const at = (name: string) => join(folder, name);
const disk = (name: string, bytes: number): SmallDisk => {
	const made = mountSmallDisk(at(name), bytes);
	disks.push(made);
	return made;
};

describe('a folder', () => {
	test('is made with all above it, closed to others, and is where copies are made', async () => {
		const options = { path: at('a/b') };
		expect(await directory.ready(options, ports, run())).toMatchObject({ ok: true });
		expect(statSync(at('a/b')).mode & 0o777).toBe(0o700);
		expect(directory.local(options)).toBe(at('a/b'));
		expect(readdirSync(at('a/b'))).toEqual([]);
	});

	test.each(['folder', 'nothing'])('that is a planted link to a %s is refused by everything', async (to) => {
		mkdirSync(at('theirs'));
		writeFileSync(at('theirs/copy'), 'precious');
		symlinkSync(to === 'folder' ? at('theirs') : at('none'), at('backups'));
		writeFileSync(at('from'), 'x');
		const options = { path: at('backups') };
		for (const answer of [
			await directory.ready(options, ports, run()),
			await directory.list(options, ports, run()),
			await directory.put(options, at('from'), 'new', ports, run()),
			await directory.get(options, 'copy', at('to'), ports, run()),
			await directory.readText(options, 'copy', 100, ports, run()),
			await directory.writeText(options, 'copy', 'x', { replace: true }, ports, run()),
			await directory.remove(options, 'copy', ports, run()),
		])
			expect(answer).toMatchObject(failed('not-a-file'));
		expect(readdirSync(at('theirs'))).toEqual(['copy']);
		expect(readFileSync(at('theirs/copy'), 'utf8')).toBe('precious');
		expect(existsSync(at('none'))).toBe(false);
	});

	test.skipIf(!mayMount)('takes what was made on another file system, and nothing half of it', async () => {
		const { folder: path } = disk('disk', 64 * MB);
		const bytes = Buffer.alloc(20 * MB, 'rounds');
		writeFileSync(at('from'), bytes);
		expect(await directory.put({ path }, at('from'), 'copy', ports, run())).toEqual(done);
		expect(readFileSync(join(path, 'copy')).equals(bytes)).toBe(true);
		expect(statSync(join(path, 'copy')).mode & 0o777).toBe(0o600);
		expect(told.at(-1)).toBe(bytes.length);
		const controller = new AbortController();
		const cut = directory.put({ path }, at('from'), 'other', ports, run({ signal: controller.signal }));
		controller.abort();
		expect(await cut).toMatchObject(failed('cancelled'));
		expect(readdirSync(path)).toEqual(['copy']);
	});

	test.skipIf(!mayMount)('killed while it takes one: a part at most, and every copy is whole', async () => {
		const { folder: path } = disk('disk', 512 * MB);
		const bytes = Buffer.alloc(64 * MB, 'rounds');
		writeFileSync(at('from'), bytes);
		const program = join(import.meta.dirname, '../support/putting-program.ts');
		// Tried until the kill has come in the middle of one: else nothing was tried.
		for (let isCutOff = false; !isCutOff; ) {
			const child = spawn(process.execPath, [program, path, at('from')], {
				stdio: ['pipe', 'ignore', 'inherit'],
			});
			const gone = once(child, 'exit');
			while (!readdirSync(path).some(isPart)) await new Promise((resolve) => setImmediate(resolve));
			child.kill('SIGKILL');
			await gone;
			for (const name of readdirSync(path)) {
				if (isPart(name)) isCutOff = true;
				else expect(statSync(join(path, name)).size).toBe(bytes.length);
				rmSync(join(path, name));
			}
		}
	});
});

describe.skipIf(!mayMount)('a mounted disk', () => {
	test('that nobody has plugged in gets nothing, and the disk below neither', async () => {
		mkdirSync(at('mnt/copies'), { recursive: true });
		writeFileSync(at('mnt/copies/old'), 'old');
		writeFileSync(at('from'), 'x');
		const options = { path: at('mnt/copies'), mount: at('mnt') };
		for (const one of [options, { path: at('mnt/copies') }, { path: at('none/x'), mount: at('none') }])
			for (const answer of [
				await mount.ready(one, ports, run()),
				await mount.list(one, ports, run()),
				await mount.put(one, at('from'), 'new', ports, run()),
				await mount.writeText(one, 'new.json', '{}', { replace: true }, ports, run()),
				await mount.remove(one, 'old', ports, run()),
			])
				expect(answer).toMatchObject(failed('not-mounted'));
		expect(readdirSync(at('mnt/copies'))).toEqual(['old']);
		expect(readdirSync(folder).sort()).toEqual(['from', 'mnt']);
	});

	test('gets its folder when it is there, and nothing more once it is pulled out', async () => {
		const made = disk('mnt', 4 * MB);
		const options = { path: join(made.folder, 'a/b'), mount: made.folder };
		const ready = await mount.ready(options, ports, run());
		expect(ready.ok && (ready.value.freeBytes ?? 0) > 0 && (ready.value.freeBytes ?? 0) <= 4 * MB).toBe(true);
		writeFileSync(at('from'), 'x');
		made.unmount();
		expect(await mount.put(options, at('from'), 'copy', ports, run())).toMatchObject(failed('not-mounted'));
		expect(readdirSync(made.folder)).toEqual([]);
	});

	test('is not replaced by a link to another place', async () => {
		symlinkSync('/', at('mnt'));
		expect(await mount.ready({ path: at('mnt') }, ports, run())).toMatchObject(failed('not-mounted'));
	});
});

test.each([
	[{ path: '/mnt/backup/copies', mount: '/mnt/backup' }, true],
	[{ path: '/mnt/backup', mount: '/mnt/backup/' }, true],
	[{ path: './disk/copies', mount: 'disk' }, true],
	[{ path: '/mnt/backups', mount: '/mnt/backup' }, false],
	[{ path: '/mnt', mount: '/mnt/backup' }, false],
	[{ path: '/mnt/backup/../x', mount: '/mnt/backup' }, false],
])('%j: a folder on that disk is %s', (written, is) => {
	expect(mount.schema.safeParse(written).success).toBe(is);
});

test('what comes under a part’s name keeps it, so that whoever left it behind finds it again', () => {
	expect(partName('/run/.rounds-mark-1.part')).toBe('.rounds-mark-1.part');
	expect(isPart(partName('/run/text'))).toBe(true);
	expect(partName('/run/text')).not.toBe(partName('/run/text'));
});
