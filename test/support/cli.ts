import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** From sources, through Node's own type stripping: what is tested is what was written, built or not. */
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export interface CliRun {
	readonly code: number | null;
	readonly signal: string | null;
	readonly out: string;
	readonly err: string;
}

export interface CliOptions {
	readonly cwd: string;
	readonly env?: Readonly<Record<string, string>>;
	/** For Node itself, before the program. */
	readonly node?: readonly string[];
	readonly prefix?: readonly string[];
}

export interface RunningCli {
	readonly pid: number;
	readonly ended: Promise<CliRun>;
	/** Resolves when a line of its output fits; rejects when it ends before. */
	line(fits: (line: string) => boolean): Promise<string>;
	signal(name: NodeJS.Signals): void;
	readonly child: ReturnType<typeof spawn>;
}

/** The program as an operator's script runs it: no terminal, nothing inherited of the language. */
export function startCli(
	args: readonly string[],
	{ cwd, env = {}, node = [], prefix = [] }: CliOptions,
): RunningCli {
	const { PATH = '', HOME = cwd } = process.env;
	const argv = [...prefix, process.execPath, ...node, MAIN, ...args];
	const child = spawn(argv[0]!, argv.slice(1), {
		cwd,
		env: { PATH, HOME, XDG_STATE_HOME: `${cwd}/own`, ROUNDS_OPERATOR: 'cron', ...env },
		stdio: ['ignore', 'pipe', 'pipe'],
	});
	let [out, err] = ['', ''];
	const seen: string[] = [];
	const waiting = new Set<() => void>();
	child.stdout!.on('data', (chunk) => {
		out += chunk;
	});
	child.stderr!.on('data', (chunk) => {
		err += chunk;
	});
	createInterface({ input: child.stdout! }).on('line', (line) => {
		seen.push(line);
		for (const look of [...waiting]) look();
	});
	const ended = new Promise<CliRun>((resolve) =>
		child.once('close', (code, signal) => resolve({ code, signal, out, err })),
	);
	onTestFinished(async () => {
		child.kill('SIGKILL');
		await ended;
	});
	return {
		pid: child.pid!,
		child,
		ended,
		line: (fits) =>
			new Promise((resolve, reject) => {
				const look = () => {
					const found = seen.find(fits);
					if (found === undefined) return;
					waiting.delete(look);
					resolve(found);
				};
				waiting.add(look);
				look();
				void ended.then(({ code, err }) => reject(new Error(`ended with ${code}: ${err}`)));
			}),
		signal: (name) => void child.kill(name),
	};
}

export function runCli(args: readonly string[], options: CliOptions): Promise<CliRun> {
	return startCli(args, options).ended;
}
