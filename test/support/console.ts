import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base } from 'vitest';
import { builtRounds } from './built.ts';
import { openPty, type Pty } from './pty.ts';

export interface OpenConsoleOptions {
	/** Behind `rounds demo`. */
	readonly args?: readonly string[];
	readonly env?: Readonly<Record<string, string | undefined>>;
	readonly columns?: number;
	readonly rows?: number;
}

/** One state directory of its own, with the demo system in it and every console a test opens on it. */
export interface ConsoleWorld {
	/** XDG_STATE_HOME of everything started here. */
	readonly home: string;
	/** The demo's folder: its `rounds.yaml`, its logs, its `.rounds`. */
	readonly demo: string;
	/** `rounds demo` in a pseudo-terminal; resolves at once, the screen comes later. */
	open(options?: OpenConsoleOptions): Promise<Pty>;
	/** Any command in a pseudo-terminal, with this world's environment. */
	run(command: string, args: readonly string[], options?: OpenConsoleOptions): Promise<Pty>;
	/** Process ids of everything started here that still lives, the demo left out. */
	leftOver(): Promise<readonly number[]>;
}

/** `test` with a world of its own, whose processes and files are gone when the test is over. */
export const test = base.extend<{ world: ConsoleWorld }>({
	// biome-ignore lint/correctness/noEmptyPattern: the pattern is how fixtures say what they need
	world: async ({}, use) => {
		const built = await builtRounds();
		const home = await mkdtemp(join(tmpdir(), 'rounds-console-'));
		const demo = join(home, 'rounds/demo');
		const opened: Pty[] = [];
		const run: ConsoleWorld['run'] = async (command, args, options = {}) => {
			const { env = {}, columns = 120, rows = 40 } = options;
			const pty = openPty({
				command,
				args,
				columns,
				rows,
				cwd: home,
				env: { XDG_STATE_HOME: home, TMPDIR: home, TZ: 'UTC', ...env },
			});
			opened.push(pty);
			return pty;
		};
		const demoPid = async (): Promise<number> => {
			const record = await readFile(join(demo, 'demo.json'), 'utf8').catch(() => '{}');
			return Number((JSON.parse(record) as { pid?: number }).pid ?? 0);
		};
		await use({
			home,
			demo,
			run,
			open: (options = {}) => run(built.node, [built.script, 'demo', ...(options.args ?? [])], options),
			leftOver: async () => {
				const pid = await demoPid();
				return (await processesOf(home)).filter((one) => one !== pid);
			},
		});
		for (const pty of opened) await pty.close();
		for (const pid of await processesOf(home)) end(pid);
		const alone = await demoPid();
		if (alone > 0) end(alone);
		while ((await processesOf(home)).length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
		await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
	},
});

function end(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch {
		// It ended by itself.
	}
}

/** Everything that carries this world's name in its environment or works in its folder; nothing where there is no /proc. */
async function processesOf(home: string): Promise<number[]> {
	const names = await readdir('/proc').catch(() => []);
	const found = await Promise.all(
		names
			.filter((name) => /^\d+$/.test(name))
			.map(async (name) => ({ pid: Number(name), is: await isOf(home, name) })),
	);
	return found.filter(({ is, pid }) => is && pid !== process.pid).map(({ pid }) => pid);
}

async function isOf(home: string, pid: string): Promise<boolean> {
	const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
	if (environment.includes(`XDG_STATE_HOME=${home}\0`)) return true;
	const folder = await readlink(`/proc/${pid}/cwd`).catch(() => '');
	return folder.startsWith(home);
}

/** The frame with its first values: the console can be used. */
export async function atHealth(pty: Pty): Promise<string[]> {
	return pty.waitFor(/(?:●|o) ok|(?:●|o) 正常/, 30_000);
}

/** Runs an action by a part of its name, as a person does from the palette. */
export async function runByName(pty: Pty, typed: string, name: string): Promise<void> {
	pty.press(':');
	await pty.waitFor(/─ (?:Command|命令) ─/);
	pty.type(typed);
	await pty.waitFor((lines) => lines.some((line) => line.includes(`▸ ${name}`)));
	pty.press('enter');
}

/** Waits for each of these in turn: a frame arrives in pieces, and one of them alone may show half of it. */
export async function shows(pty: Pty, ...wanted: readonly (string | RegExp)[]): Promise<string> {
	for (const one of wanted) await pty.waitFor(one);
	return pty.screen().join('\n');
}

/** Asks again and again until it holds; fails when it never does. */
export const until = async (holds: () => Promise<boolean> | boolean, limitMs = 15_000): Promise<void> => {
	const end = Date.now() + limitMs;
	while (!(await holds())) {
		if (Date.now() > end) throw new Error(`not within ${limitMs} ms: ${holds}`);
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
};
