import { spawn } from '@lydell/node-pty';
import unicode from '@xterm/addon-unicode11';
import headless from '@xterm/headless';
import { readCells, readScreen, type ScreenCell } from './screen-buffer.ts';
import { bytesOf } from './typed.ts';

/** A program in a real pseudo-terminal, read back through a headless emulator. */
export interface Pty {
	readonly pid: number;
	screen(): string[];
	cells(): ScreenCell[][];
	/** Everything the program has written. */
	readonly output: string;
	/** Resolves when the screen holds the text or satisfies the predicate; fails with the screen in its message. */
	waitFor(
		wanted: string | RegExp | ((screen: readonly string[]) => boolean),
		timeoutMs?: number,
	): Promise<string[]>;
	press(...keys: string[]): void;
	type(bytes: string): void;
	paste(text: string): void;
	resize(columns: number, rows: number): void;
	/** While stalled nothing is read from the program, as on a dead link. */
	stall(isStalled: boolean): void;
	/** The terminal goes away: SIGHUP, and every later read and write of the program fails. */
	hangUp(): void;
	kill(signal?: string): void;
	readonly exit: Promise<{ readonly code: number; readonly signal: number | undefined }>;
	readonly isAlternate: boolean;
	/** Ends the program if it still runs. */
	close(): Promise<void>;
}

export const openPty = (options: {
	readonly command: string;
	readonly args?: readonly string[];
	/** Added to a small clean environment; `undefined` removes. */
	readonly env?: Readonly<Record<string, string | undefined>>;
	readonly cwd?: string;
	readonly columns?: number;
	readonly rows?: number;
	/** False: the terminal never answers what programs ask it. */
	readonly answers?: boolean;
}): Pty => {
	const { command, args = [], env = {}, cwd = process.cwd(), columns = 120, rows = 40 } = options;
	const emulator = new headless.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
	emulator.loadAddon(new unicode.Unicode11Addon());
	emulator.unicode.activeVersion = '11';
	const pty = spawn(command, [...args], {
		cols: columns,
		rows,
		cwd,
		env: cleanEnvironment(env),
		name: 'xterm-256color',
	});
	let output = '';
	let hasEnded = false;
	const watchers = new Set<() => void>();
	const wake = (): void => {
		for (const watcher of [...watchers]) watcher();
	};
	pty.onData((text) => {
		output += text;
		emulator.write(text, wake);
	});
	emulator.onData((answer) => {
		if (!hasEnded && options.answers !== false) pty.write(answer);
	});
	const exit = new Promise<{ code: number; signal: number | undefined }>((resolve) => {
		pty.onExit(({ exitCode, signal }) => {
			hasEnded = true;
			emulator.write('', () => {
				wake();
				resolve({ code: exitCode, signal });
			});
		});
	});
	const screen = (): string[] => readScreen(emulator);
	const type = (text: string): void => {
		if (!hasEnded) pty.write(text);
	};
	const signal = (name: string): void => {
		if (!hasEnded) pty.kill(name);
	};
	return {
		pid: pty.pid,
		screen,
		cells: () => readCells(emulator),
		get output() {
			return output;
		},
		waitFor: (wanted, timeoutMs = 15_000) =>
			new Promise((resolve, reject) => {
				const holds = (): boolean => {
					const lines = screen();
					if (typeof wanted === 'function') return wanted(lines);
					const text = lines.join('\n');
					return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
				};
				const end = (): void => {
					clearTimeout(timer);
					watchers.delete(check);
				};
				const fail = (why: string): void => {
					end();
					reject(
						new Error(`${why} while waiting for ${String(wanted)}; the screen was\n${screen().join('\n')}`),
					);
				};
				const check = (): void => {
					if (holds()) {
						end();
						resolve(screen());
					} else if (hasEnded) fail('the program ended');
				};
				const timer = setTimeout(() => fail(`${timeoutMs} ms passed`), timeoutMs);
				watchers.add(check);
				check();
			}),
		press: (...keys) => {
			for (const key of keys) type(bytesOf(key));
		},
		type,
		paste: (text) => type(`\x1b[200~${text}\x1b[201~`),
		resize(nextColumns, nextRows) {
			emulator.resize(nextColumns, nextRows);
			if (!hasEnded) pty.resize(nextColumns, nextRows);
		},
		stall(isStalled) {
			if (isStalled) pty.pause();
			else pty.resume();
		},
		hangUp() {
			// Closing the master side is what a lost connection does; the kernel sends SIGHUP.
			(pty as unknown as { destroy(): void }).destroy();
		},
		kill: (name = 'SIGTERM') => signal(name),
		exit,
		get isAlternate() {
			return emulator.buffer.active.type === 'alternate';
		},
		async close() {
			signal('SIGKILL');
			await exit;
			emulator.dispose();
		},
	};
};

const cleanEnvironment = (extra: Readonly<Record<string, string | undefined>>): Record<string, string> => {
	const base: Record<string, string | undefined> = {
		PATH: process.env['PATH'],
		HOME: process.env['HOME'],
		TMPDIR: process.env['TMPDIR'],
		LANG: 'C.UTF-8',
		COLORTERM: 'truecolor',
		...extra,
	};
	return Object.fromEntries(
		Object.entries(base).filter((entry): entry is [string, string] => entry[1] !== undefined),
	);
};
