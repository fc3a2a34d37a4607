import { readFileSync } from 'node:fs';

/** When a process began, in ticks since the system started (proc_pid_stat(5), field 22); null where nobody says. */
export function birthOf(pid: number): string | null {
	try {
		const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
		// The name before it may hold spaces and brackets.
		return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? null;
	} catch {
		return null;
	}
}

/** Whether a process of this number is there; where its birth is known, that it is no later one of the same number. */
export function isProcess(pid: number, born: string | null = null): boolean {
	try {
		// Signal 0 asks only.
		process.kill(pid, 0);
	} catch (thrown) {
		// Not being allowed to ask means that it is there.
		if ((thrown as NodeJS.ErrnoException).code !== 'EPERM') return false;
	}
	const now = born === null ? null : birthOf(pid);
	return now === null || now === born;
}
