import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { birthOf, isProcess } from '../../src/platform/process-birth.ts';

it('knows a process by its number and its birth', async () => {
	const child = spawn('sleep', ['60']);
	await once(child, 'spawn');
	const pid = child.pid ?? 0;
	const born = birthOf(pid);
	expect(isProcess(pid)).toBe(true);
	expect(isProcess(pid, born)).toBe(true);
	expect(birthOf(pid)).toBe(born);
	// Where the system says when it began, the number alone is not enough.
	if (born !== null) expect(isProcess(pid, `${Number(born) - 1}`)).toBe(false);
	child.kill('SIGKILL');
	await once(child, 'exit');
	expect(isProcess(pid, born)).toBe(false);
	expect(birthOf(pid)).toBeNull();
});
