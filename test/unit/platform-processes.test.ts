import { describe, expect, test } from 'vitest';
import type { CommandRequest } from '../../src/domain/ports.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createClock } from '../../src/platform/clock.ts';
import { currentOperator } from '../../src/platform/operator.ts';
import { readPs } from '../../src/platform/process-list.ts';
import { createProcesses } from '../../src/platform/processes.ts';

const clock = createClock();
const processes = createProcesses(clock);

function run(
	script: string,
	more: Partial<CommandRequest> = {},
	limitMs = 20_000,
	signal = new AbortController().signal,
) {
	const request: CommandRequest = {
		argv: ['sh', '-c', script],
		cwd: '/',
		env: {},
		outputLimit: 64 * 1024,
		...more,
	};
	return processes.run(request, { deadline: clock.monotonic() + limitMs, signal });
}

async function running(mark: string): Promise<number> {
	const found = await processes.find({ command: mark });
	return found.ok ? found.value.length : -1;
}

describe('running a command', () => {
	test('exit code, both streams, arguments as they are', async () => {
		const answer = await run('', {
			argv: ['sh', '-c', 'printf "%s" "$1"; echo no >&2; exit 3', 'sh', '$(reboot) `x` "q"'],
		});
		expect(answer).toMatchObject({
			ok: true,
			value: { exit: 3, signal: null, stdout: '$(reboot) `x` "q"', stderr: 'no\n', truncated: false },
		});
	});

	test('sees only allowed variables and its own', async () => {
		process.env['ROUNDS_TEST_LEAK'] = 'leak';
		const answer = await run('env', { env: { GIVEN: new Secret('given-value', 'env:X') } });
		delete process.env['ROUNDS_TEST_LEAK'];
		const text = answer.ok ? answer.value.stdout : '';
		expect(text).toContain('GIVEN=given-value');
		expect(text).not.toContain('leak');
	});

	test('has no input and is not in our group', async () => {
		const answer = await run('cat; ps -o pgid= -p $$ 2>/dev/null || cut -d" " -f5 /proc/$$/stat');
		expect(answer.ok && Number(answer.value.stdout.trim())).not.toBe(process.pid);
		expect(answer.ok && answer.value.exit).toBe(0);
	});

	test('keeps the last bytes, counts all, on a border of characters', async () => {
		const answer = await run('i=0; while [ $i -lt 2000 ]; do echo "行$i"; i=$((i+1)); done', {
			outputLimit: 100,
		});
		if (!answer.ok) throw new Error(answer.error.code);
		expect(answer.value.truncated).toBe(true);
		expect(answer.value.bytes).toBe(2000 * 4 + 6890);
		expect(answer.value.stdout).toMatch(/行1999\n$/);
		expect(answer.value.stdout).not.toContain('\ufffd');
	});

	test('a program that ignores TERM is ended with its grandchildren', async () => {
		const answer = await run('trap "" TERM; sleep 654321 & sleep 654321', {}, 150);
		expect(answer).toMatchObject({ ok: false, error: { code: 'timeout', detail: { limitMs: 150 } } });
		expect(await running('sleep 654321')).toBe(0);
	});

	test('a grandchild that keeps the pipes open does not keep us', async () => {
		const answer = await run('sleep 765432 & echo done');
		expect(answer).toMatchObject({ ok: true, value: { exit: 0, stdout: 'done\n' } });
		expect(await running('sleep 765432')).toBe(0);
	});

	test('ends with the process that started it, even when nobody waits', async () => {
		const module = new URL('../../src/platform/commands.ts', import.meta.url).href;
		const clockModule = new URL('../../src/platform/clock.ts', import.meta.url).href;
		const script = `
			const { runCommand } = await import(${JSON.stringify(module)});
			const { createClock } = await import(${JSON.stringify(clockModule)});
			const clock = createClock();
			runCommand(clock,
				{ argv: ['sh', '-c', 'trap "" TERM; sleep 543210 & echo up; wait'], cwd: '/', env: {}, outputLimit: 100, onOutput: () => process.exit(0) },
				{ deadline: clock.monotonic() + 60_000, signal: new AbortController().signal });`;
		const argv = [process.execPath, '--input-type=module', '-e', script];
		expect(await run('', { argv })).toMatchObject({ ok: true, value: { exit: 0 } });
		await expect.poll(() => running('sleep 543210'), { timeout: 20_000 }).toBe(0);
	});

	test('streams cleaned text as it comes', async () => {
		const said: string[] = [];
		await run("printf 'a\\033[31mb'", { onOutput: (stream, text) => said.push(`${stream} ${text}`) });
		expect(said.join('')).toBe('out a␛[31mb');
	});
});

describe('finding processes', () => {
	test('this one by its number, with sane figures', async () => {
		const found = await processes.find({ pid: process.pid });
		const [facts] = found.ok ? found.value : [];
		expect(facts?.pid).toBe(process.pid);
		expect(facts?.rssBytes).toBeGreaterThan(1024 * 1024);
		expect(facts?.startedAt).toBeLessThanOrEqual(clock.now() + 1000);
		expect(facts?.startedAt).toBeGreaterThan(clock.now() - 86_400_000);
	});

	test('nothing matches nothing', async () => {
		expect(await processes.find({ name: 'no-such-name' })).toEqual({ ok: true, value: [] });
	});

	test('what ps prints elsewhere', () => {
		const named = '  501     1  2048 01-02:03:04   0:01.50 /usr/sbin/my app\n';
		expect(readPs(named, '  501 /usr/sbin/my app --flag\n', 100_000_000)).toEqual([
			{
				pid: 501,
				parent: 1,
				name: 'my app',
				command: '/usr/sbin/my app --flag',
				startedAt: 100_000_000 - 93_784_000,
				rssBytes: 2_097_152,
				cpuMs: 1500,
			},
		]);
	});
});

test('the operator is the person behind sudo, their name harmless', () => {
	expect(currentOperator({ SUDO_USER: 'mei', USER: 'root' })).toBe('mei');
	expect(currentOperator({ LOGNAME: 'm\u001b[31mei' })).toBe('m␛[31mei');
	expect(currentOperator({})).not.toBe('');
});
