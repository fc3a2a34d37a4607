import { readFileSync } from 'node:fs';

/** Whether a process still does anything: one that was killed and that nobody has asked for lives no more. */
export function lives(pid: number): boolean {
	try {
		process.kill(pid, 0);
	} catch {
		return false;
	}
	try {
		const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
		return text[text.lastIndexOf(')') + 2] !== 'Z';
	} catch {
		return process.platform !== 'linux';
	}
}
