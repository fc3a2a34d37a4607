import {
	existsSync,
	lstatSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createClock } from '../../src/platform/clock.ts';
import { createProcesses } from '../../src/platform/processes.ts';
import { mayMount, mountSmallDisk } from '../support/small-disk.ts';

const clock = createClock();
const processes = createProcesses(clock);
let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'rounds-files-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(
	script: string,
	files: { stdinFile?: string; stdoutFile?: string },
	signal = new AbortController().signal,
) {
	const argv = ['sh', '-c', script];
	return processes.run(
		{ argv, cwd: '/', env: {}, outputLimit: 1024, ...files },
		{ deadline: clock.monotonic() + 20_000, signal },
	);
}

describe('files for input and output', () => {
	test('bytes go in and out as they are, whole and for us alone', async () => {
		const [stdinFile, stdoutFile] = [join(folder, 'in'), join(folder, 'out')];
		const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * 7) % 256));
		writeFileSync(stdinFile, bytes);
		const umask = process.umask(0);
		const answer = await run('cat; echo said >&2', { stdinFile, stdoutFile });
		process.umask(umask);
		expect(answer).toMatchObject({
			ok: true,
			value: { exit: 0, stdout: '', stderr: 'said\n', truncated: false },
		});
		expect(readFileSync(stdoutFile).equals(bytes)).toBe(true);
		expect(lstatSync(stdoutFile).mode & 0o777).toBe(0o600);
	});

	test('what stands there is left alone, links are not followed, and nothing is started then', async () => {
		const [taken, link, victim] = [join(folder, 'taken'), join(folder, 'link'), join(folder, 'victim')];
		writeFileSync(taken, 'theirs');
		symlinkSync(victim, link);
		const script = `touch ${join(folder, 'started')}`;
		for (const stdoutFile of [taken, link])
			expect(await run(script, { stdoutFile })).toMatchObject({ ok: false });
		writeFileSync(victim, 'secret');
		expect(await run(script, { stdinFile: link })).toMatchObject({
			ok: false,
			error: { code: 'not-a-file' },
		});
		expect(await run(script, { stdinFile: join(folder, 'none') })).toMatchObject({
			ok: false,
			error: { code: 'file-missing' },
		});
		const none = await run(script, { stdinFile: join(folder, 'none'), stdoutFile: join(folder, 'new') });
		expect(none.ok).toBe(false);
		expect(readFileSync(taken, 'utf8')).toBe('theirs');
		expect([existsSync(join(folder, 'started')), existsSync(join(folder, 'new'))]).toEqual([false, false]);
	});

	test('a command that is cancelled ends, and has closed its file', async () => {
		const stdoutFile = join(folder, 'out');
		const controller = new AbortController();
		const running = run('while :; do echo more; sleep 0.01; done', { stdoutFile }, controller.signal);
		while (!existsSync(stdoutFile) || lstatSync(stdoutFile).size === 0)
			await new Promise((resolve) => setImmediate(resolve));
		controller.abort();
		expect(await running).toMatchObject({ ok: false, error: { code: 'cancelled' } });
	});

	test.skipIf(!mayMount)('on a full disk the command learns of it', async () => {
		const disk = mountSmallDisk(join(folder, 'disk'), 64 * 1024);
		try {
			const answer = await run('head -c 1000000 /dev/zero', { stdoutFile: join(disk.folder, 'out') });
			expect(answer).toMatchObject({
				ok: true,
				value: { exit: 1, stderr: expect.stringMatching(/No space left/) },
			});
		} finally {
			disk.unmount();
		}
	});
});
