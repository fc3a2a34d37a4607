import { spawn } from 'node:child_process';

/**
 * Shows text in a pager that owns the terminal meanwhile. `command` is the operator's `$PAGER`, split at spaces and never
 * given to a shell. Resolves when it has ended, however it ended.
 */
export async function runPager(
	command: string,
	text: string,
	environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
	const [program = 'less', ...rest] = command.split(/\s+/).filter(Boolean);
	// Without a listener Ctrl-C in the pager would end this program too.
	const ignore = () => {};
	process.on('SIGINT', ignore);
	try {
		await new Promise<void>((resolve) => {
			const child = spawn(program, rest, {
				stdio: ['pipe', 'inherit', 'inherit'],
				env: { LESS: 'R', ...environment } as NodeJS.ProcessEnv,
			});
			child.on('error', () => resolve());
			child.on('close', () => resolve());
			// A pager that is left early closes its end.
			child.stdin.on('error', () => {});
			child.stdin.end(text);
		});
	} finally {
		process.off('SIGINT', ignore);
	}
}
