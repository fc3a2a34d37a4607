import { readdirSync, readFileSync } from 'node:fs';
import { spawn } from '@lydell/node-pty';

const ANSWER = '\x1b[0n';
const QUESTION = '\x1b[5n';

/** A program in a real pseudo-terminal whose bytes are only counted and searched, which costs next to nothing. */
export interface BenchTerminal {
	readonly pid: number;
	/** performance.now() at which it was started. */
	readonly startedAt: number;
	readonly bytes: number;
	/** The moment at which everything written since the last `forget` holds the text. */
	until(wanted: RegExp): Promise<number>;
	/** The moment of the next bytes. */
	next(): Promise<number>;
	forget(): void;
	type(keys: string): void;
	/** While stopped nothing is read, as over a link that hangs. */
	stop(isStopped: boolean): void;
	readonly ended: Promise<number>;
	end(): Promise<void>;
}

export function openTerminal(
	args: readonly string[],
	options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): BenchTerminal {
	const startedAt = performance.now();
	const pty = spawn(process.execPath, [...args], {
		cols: 120,
		rows: 40,
		cwd: options.cwd ?? process.cwd(),
		name: 'xterm-256color',
		env: {
			PATH: process.env['PATH'] ?? '',
			HOME: process.env['HOME'] ?? '',
			LANG: 'C.UTF-8',
			COLORTERM: 'truecolor',
			...options.env,
		},
	});
	let text = '';
	let bytes = 0;
	let hasEnded = false;
	const watchers = new Set<(at: number) => void>();
	pty.onData((chunk) => {
		const at = performance.now();
		bytes += Buffer.byteLength(chunk);
		text += chunk;
		// The terminal says that it has drawn; a program may wait for that.
		for (let from = chunk.indexOf(QUESTION); from >= 0; from = chunk.indexOf(QUESTION, from + 1))
			if (!hasEnded) pty.write(ANSWER);
		for (const watcher of [...watchers]) watcher(at);
	});
	const ended = new Promise<number>((resolve) => {
		pty.onExit(() => {
			hasEnded = true;
			resolve(performance.now());
			for (const watcher of [...watchers]) watcher(Number.NaN);
		});
	});
	const wait = (holds: () => boolean) =>
		new Promise<number>((resolve, reject) => {
			const watcher = (at: number) => {
				if (!holds() && !hasEnded && Number.isFinite(at)) return;
				watchers.delete(watcher);
				clearTimeout(timer);
				if (holds()) resolve(at);
				else reject(new Error(`the program ended before it drew what was awaited: ${text.slice(-400)}`));
			};
			const timer = setTimeout(() => {
				watchers.delete(watcher);
				reject(new Error(`what was awaited was not drawn within 20 s: ${JSON.stringify(text.slice(-2000))}`));
			}, 20_000);
			watchers.add(watcher);
			if (holds()) watcher(performance.now());
		});
	return {
		pid: pty.pid,
		startedAt,
		get bytes() {
			return bytes;
		},
		until: (wanted) => wait(() => wanted.test(text)),
		next() {
			const before = bytes;
			return wait(() => bytes > before);
		},
		forget() {
			text = '';
		},
		type: (keys) => pty.write(keys),
		stop(isStopped) {
			if (isStopped) pty.pause();
			else pty.resume();
		},
		ended,
		async end() {
			if (hasEnded) return;
			pty.kill('SIGTERM');
			const late = setTimeout(() => pty.kill('SIGKILL'), 3_000);
			await ended;
			clearTimeout(late);
		},
	};
}

const onCpuMs = (path: string): number => Number(readFileSync(path, 'utf8').split(' ')[0]) / 1e6;

/** CPU ms of all threads of a process, to the nanosecond as the scheduler counts it. */
export function threadsCpuMs(pid: number): number {
	return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
		try {
			return sum + onCpuMs(`/proc/${pid}/task/${thread}/schedstat`);
		} catch {
			return sum;
		}
	}, 0);
}

/** CPU ms of the main thread alone: the one that draws. */
export function mainThreadCpuMs(pid: number): number {
	return onCpuMs(`/proc/${pid}/task/${pid}/schedstat`);
}
