import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	chmodSync,
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
import { splitCommand } from '../../src/fields/command-line.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createFiles } from '../../src/platform/files.ts';
import { createOwnFiles } from '../../src/platform/own-files.ts';
import { createProcesses } from '../../src/platform/processes.ts';
import { createSecrets } from '../../src/platform/secrets.ts';

const clock = createClock();
const files = createFiles(clock);
let folder: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'rounds-files-'));
});
afterEach(() => {
	chmodSync(folder, 0o700);
	rmSync(folder, { recursive: true, force: true });
});
const limits = () => ({ deadline: clock.monotonic() + 20_000, signal: new AbortController().signal });
const at = (name: string) => join(folder, name);

describe('files of others', () => {
	test('a hash is that of all blocks', async () => {
		const bytes = Buffer.alloc(1_000_001, 'ab');
		writeFileSync(at('big'), bytes);
		expect(await files.hash(at('big'), limits())).toEqual({
			ok: true,
			value: createHash('sha256').update(bytes).digest('hex'),
		});
	});

	test('a FIFO is never opened', async () => {
		execFileSync('mkfifo', [at('pipe')]);
		expect(await files.readText(at('pipe'), 10, limits())).toMatchObject({
			ok: false,
			error: { code: 'not-a-file' },
		});
		expect(await files.facts(at('pipe'))).toMatchObject({ ok: true, value: { kind: 'other' } });
	});

	test('a glob finds files in order, at most so many, and does not walk through links', async () => {
		mkdirSync(at('logs/deep'), { recursive: true });
		for (const name of ['logs/b.log', 'logs/a.log', 'logs/deep/c.log', 'logs/.hidden.log', 'other'])
			writeFileSync(at(name), '');
		symlinkSync(folder, at('logs/loop'));
		const found = await files.glob(at('logs/**/*.log'), 100);
		expect(found).toEqual({
			ok: true,
			value: ['logs/.hidden.log', 'logs/a.log', 'logs/b.log', 'logs/deep/c.log'].map(at),
		});
		expect(await files.glob(at('logs/*.log'), 1)).toEqual({ ok: true, value: [at('logs/.hidden.log')] });
		expect(await files.glob(at('none/*.log'), 1)).toEqual({ ok: true, value: [] });
	});

	test('YAML: exact numbers, one mistake with its line, no bombs', () => {
		expect(files.parseYaml('a: 12345678901234567890\nb: [1.5, yes]\n')).toEqual({
			ok: true,
			value: { a: { digits: 12345678901234567890n, exponent: 0 }, b: [1.5, 'yes'] },
		});
		expect(files.parseYaml('a: 0.12345678901234567')).toEqual({
			ok: true,
			value: { a: { digits: 12345678901234567n, exponent: -17 } },
		});
		expect(files.parseYaml('a: 1\nb: [1\n')).toMatchObject({
			ok: false,
			error: { code: 'file-malformed', detail: { line: 3 } },
		});
		expect(files.parseYaml('a: 1\na: 2\n')).toMatchObject({ ok: false, error: { code: 'file-malformed' } });
		const bomb = [
			'a0: &a0 [x,x,x,x,x,x,x,x,x,x]',
			...[1, 2, 3, 4, 5, 6].map((n) => `a${n}: &a${n} [${`*a${n - 1},`.repeat(9)}*a${n - 1}]`),
		];
		expect(files.parseYaml(bomb.join('\n'))).toMatchObject({ ok: false, error: { code: 'file-malformed' } });
		expect(files.parseYaml('['.repeat(100_000))).toMatchObject({
			ok: false,
			error: { code: 'file-malformed' },
		});
	});
});

describe('our own files', () => {
	const own = createOwnFiles();

	test('modes hold whatever the umask is, in new folders too', async () => {
		const before = process.umask(0);
		try {
			expect(await own.write(at('a/b/signed.md'), 'x')).toEqual({ ok: true, value: undefined });
			await own.append(at('a/error.log'), 'x');
		} finally {
			process.umask(before);
		}
		expect(
			[
				statSync(at('a')),
				statSync(at('a/b')),
				statSync(at('a/b/signed.md')),
				statSync(at('a/error.log')),
			].map((s) => s.mode & 0o777),
		).toEqual([0o700, 0o700, 0o600, 0o600]);
	});

	test('nothing is overwritten unless asked, and no temporary file stays', async () => {
		await own.write(at('r.md'), 'first');
		expect(await own.write(at('r.md'), 'second')).toMatchObject({
			ok: false,
			error: { code: 'io-error', detail: { reason: 'exists' } },
		});
		expect(readFileSync(at('r.md'), 'utf8')).toBe('first');
		await own.write(at('r.md'), 'third', { replace: true });
		expect(readFileSync(at('r.md'), 'utf8')).toBe('third');
		expect(readdirSync(folder)).toEqual(['r.md']);
	});

	test('of two at once, one wins and the other is told', async () => {
		const both = await Promise.all([own.write(at('w.md'), 'one'), own.write(at('w.md'), 'two')]);
		expect(both.filter((one) => one.ok)).toHaveLength(1);
	});

	test('a link is not followed', async () => {
		writeFileSync(at('victim'), 'keep');
		symlinkSync(at('victim'), at('link'));
		expect(await own.append(at('link'), 'x')).toMatchObject({ ok: false, error: { code: 'not-a-file' } });
		await own.write(at('link'), 'x', { replace: true });
		expect(readFileSync(at('victim'), 'utf8')).toBe('keep');
	});

	test('where no folder can be made: a fault, not an exception', async () => {
		expect(await own.write('/proc/none/x', 'x')).toMatchObject({ ok: false });
		writeFileSync(at('file'), '');
		expect(await own.write(at('file/x'), 'x')).toMatchObject({ ok: false });
	});
});

describe('secrets', () => {
	const secrets = () =>
		createSecrets({
			clock,
			files,
			processes: createProcesses(clock),
			environment: { get: (name) => ({ TOKEN: 'from-env', EMPTY: '' })[name] },
			folder,
			split: (line) => {
				const parts = splitCommand(line);
				return parts.ok ? parts.value : null;
			},
		});
	const found = async (reference: string) => {
		const answer = await secrets().resolve(reference);
		return answer.ok ? answer.value.reveal() : `${answer.error.code} ${answer.error.detail['reason']}`;
	};

	test('from a variable, a file and a command', async () => {
		writeFileSync(at('key'), 'from-file\n\n', { mode: 0o600 });
		expect(await found('env:TOKEN')).toBe('from-env');
		expect(await found('file:key')).toBe('from-file\n');
		expect(await found('cmd:printf "from cmd\\n"')).toBe('from cmd');
	});

	test('what cannot be had says why, and an unknown reference is not repeated', async () => {
		writeFileSync(at('open'), 'x', { mode: 0o644 });
		writeFileSync(at('big'), 'x'.repeat(70_000), { mode: 0o600 });
		expect(await found('env:NONE')).toBe('secret-missing not-set');
		expect(await found('env:EMPTY')).toBe('secret-missing empty');
		expect(await found('file:none')).toBe('secret-missing file-missing');
		expect(await found('file:open')).toBe('secret-missing readable-by-others');
		expect(await found('file:big')).toBe('secret-missing body-too-large');
		expect(await found('cmd:false')).toBe('secret-missing exit 1');
		expect(await found('cmd:no-such-program')).toBe('secret-missing command-missing');
		const wrong = await secrets().resolve('hunter2');
		expect(JSON.stringify(wrong)).not.toContain('hunter2');
	});
});
