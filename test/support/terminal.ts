import { EventEmitter } from 'node:events';
import unicode from '@xterm/addon-unicode11';
import headless from '@xterm/headless';
import type { RenderOptions } from 'ink';
import { createDisplay, type Display } from '../../src/ui/display.ts';
import type { DisplayOutput } from '../../src/ui/display-output.ts';
import { createKeyboard } from '../../src/ui/keyboard.ts';
import type { Timers } from '../../src/ui/timers.ts';
import { readCells, readScreen, type ScreenCell } from './screen-buffer.ts';
import { bytesOf } from './typed.ts';

/** A terminal for tests: Ink draws into it through the real display, a headless emulator shows what a person would see. */
export interface TestTerminal {
	readonly display: Display;
	/** For Ink's `render`, as the console itself calls it. */
	readonly inkOptions: RenderOptions;
	readonly stdout: NodeJS.WriteStream;
	readonly stdin: NodeJS.ReadStream;
	/** Rows as text, without spaces at their ends. */
	screen(): string[];
	cells(): ScreenCell[][];
	/** 0-based; `undefined` while hidden. */
	cursor(): { readonly x: number; readonly y: number } | undefined;
	/** Keys by name (`enter`, `ctrl-d`, `up`), any other text as it is. */
	press(...keys: string[]): void;
	/** Bytes as a terminal sends them. */
	type(bytes: string): void;
	paste(text: string): void;
	resize(columns: number, rows: number): void;
	/** Resolves when nothing is left to do: no write under way, no microtask, no short timer. */
	settled(): Promise<void>;
	/** While stalled the terminal takes no bytes. */
	stall(isStalled: boolean): void;
	/** Everything written so far. */
	readonly bytes: string;
	readonly bytesWritten: number;
	readonly isAlternate: boolean;
	dispose(): void;
}

// Counts what is still due, so that waiting for idle knows a key that is not complete yet.
const createTimers = (): Timers & { readonly due: number } => {
	let due = 0;
	return {
		get due() {
			return due;
		},
		after(ms, run) {
			due++;
			let isOver = false;
			const finish = (): void => {
				if (!isOver) due--;
				isOver = true;
			};
			const timer = setTimeout(() => {
				finish();
				run();
			}, ms);
			return () => {
				clearTimeout(timer);
				finish();
			};
		},
	};
};

export const createTerminal = (
	options: { readonly columns?: number; readonly rows?: number; readonly answers?: boolean } = {},
): TestTerminal => {
	const { columns = 120, rows = 40, answers = true } = options;
	const emulator = new headless.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 0 });
	emulator.loadAddon(new unicode.Unicode11Addon());
	emulator.unicode.activeVersion = '11';
	const resizes = new Set<() => void>();
	let isStalled = false;
	let bytes = '';
	let bytesWritten = 0;
	let writing = 0;
	let isCursorHidden = false;
	const decoder = new TextDecoder();
	const output: DisplayOutput = {
		get columns() {
			return emulator.cols;
		},
		get rows() {
			return emulator.rows;
		},
		write(chunk) {
			if (isStalled) return 0;
			const text = decoder.decode(chunk, { stream: true });
			bytes += text;
			bytesWritten += chunk.length;
			for (const [, set] of text.matchAll(/\x1b\[\?25([hl])/g)) isCursorHidden = set === 'l';
			writing++;
			emulator.write(chunk, () => {
				writing--;
			});
			return chunk.length;
		},
		sleep: () => {},
		onResize(listener) {
			resizes.add(listener);
			return () => resizes.delete(listener);
		},
	};
	const source = Object.assign(new EventEmitter(), {
		isTTY: true,
		setRawMode: () => source,
		setEncoding: () => source,
		ref: () => source,
		unref: () => source,
		resume: () => source,
		pause: () => source,
	});
	const keyTimers = createTimers();
	const display = createDisplay(output, createTimers());
	const keyboard = createKeyboard(source as unknown as NodeJS.ReadStream, keyTimers, () =>
		display.acknowledge(),
	);
	const type = (text: string): void => {
		source.emit('data', text);
	};
	if (answers) emulator.onData(type);
	return {
		display,
		inkOptions: {
			stdout: display.stdout,
			stdin: keyboard.stdin,
			alternateScreen: true,
			incrementalRendering: false,
			exitOnCtrlC: false,
			interactive: true,
			patchConsole: false,
			maxFps: 100,
		},
		stdout: display.stdout,
		stdin: keyboard.stdin,
		screen: () => readScreen(emulator),
		cells: () => readCells(emulator),
		cursor: () =>
			isCursorHidden ? undefined : { x: emulator.buffer.active.cursorX, y: emulator.buffer.active.cursorY },
		press: (...keys) => {
			for (const key of keys) type(bytesOf(key));
		},
		type,
		paste: (text) => type(`\x1b[200~${text}\x1b[201~`),
		resize(nextColumns, nextRows) {
			emulator.resize(nextColumns, nextRows);
			for (const listener of [...resizes]) listener();
		},
		async settled() {
			// Ink draws at most every 34 ms: it is at rest when a longer span brought nothing new.
			for (let isQuiet = false; !isQuiet; ) {
				const before = bytesWritten;
				await new Promise((resolve) => setTimeout(resolve, 40));
				await new Promise<void>((resolve) => emulator.write('', resolve));
				isQuiet = before === bytesWritten && writing === 0 && keyTimers.due === 0;
			}
		},
		stall(next) {
			isStalled = next;
		},
		get bytes() {
			return bytes;
		},
		get bytesWritten() {
			return bytesWritten;
		},
		get isAlternate() {
			return emulator.buffer.active.type === 'alternate';
		},
		dispose: () => emulator.dispose(),
	};
};
