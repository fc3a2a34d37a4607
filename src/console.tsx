import { render, useApp } from 'ink';
import { type ReactElement, useEffect, useState, useSyncExternalStore } from 'react';
import { EXIT } from './cli/command.ts';
import { RESTORE_LAST_MS } from './domain/backup.ts';
import type { Engine } from './domain/engine.ts';
import type { Locale } from './domain/own-text.ts';
import type { Clock } from './domain/ports.ts';
import { runPager } from './platform/pager.ts';
import { createDesk, type Desk } from './screens/desk.ts';
import { createDisplay, type Display } from './ui/display.ts';
import { InputRoot } from './ui/input.tsx';
import { createKeyboard } from './ui/keyboard.ts';
import { DisplayContext, Frame } from './ui/screen.tsx';
import { type Appearance, chooseAppearance, createTheme } from './ui/theme.ts';
import { createTtyOutput } from './ui/tty-output.ts';

/** The terminal as Ink sees it: through the display and the keyboard that stand before it. */
export interface Face {
	readonly display: Display;
	readonly stdin: NodeJS.ReadStream;
	readonly variables: Readonly<Record<string, string | undefined>>;
	/** Runs something else in the terminal while Ink has given it back. */
	pager(text: string): Promise<void>;
	/** Stops this process until the shell continues it. */
	stop(): void;
}

export interface OpenOptions {
	readonly engine: Pick<Engine, 'send' | 'subscribe'>;
	readonly clock: Clock;
	readonly locale: Locale;
	readonly face: Face;
	/** What was asked for on the command line; the rest follows from the terminal. */
	readonly appearance?: Partial<Appearance>;
	readonly ownZone?: string;
}

export interface OpenConsole {
	readonly desk: Desk;
	/** Ends the screen; `ended` then resolves with `code`. */
	quit(code?: number): void;
	/** Gives the terminal to the shell, as Ctrl-Z does. */
	suspend(): void;
	/** Rejects with what a bug in drawing threw. */
	readonly ended: Promise<number>;
}

type Suspend = (run: () => Promise<void>) => Promise<void>;

const Root = ({
	desk,
	display,
	onReady,
}: {
	readonly desk: Desk;
	readonly display: Display;
	readonly onReady: (suspend: Suspend, exit: () => void) => void;
}): ReactElement => {
	const state = useSyncExternalStore(desk.picture.store.subscribe, desk.picture.store.getState);
	const { suspendTerminal, exit } = useApp();
	const { stdout } = display;
	const [size, setSize] = useState({ columns: stdout.columns, rows: stdout.rows });
	useEffect(() => onReady(suspendTerminal, () => exit()), [onReady, suspendTerminal, exit]);
	useEffect(() => {
		const resize = () => setSize({ columns: stdout.columns, rows: stdout.rows });
		stdout.on('resize', resize);
		return () => void stdout.off('resize', resize);
	}, [stdout]);
	const frame = desk.frame(state, size.columns, size.rows);
	return (
		<DisplayContext value={display}>
			<InputRoot onKey={desk.press} onPaste={desk.paste}>
				<Frame lines={frame.lines} columns={size.columns} cursor={frame.cursor} />
			</InputRoot>
		</DisplayContext>
	);
};

/** How long the way out waits for the terminal to say that it has drawn everything. */
const DRAIN_MS = 1_000;

/** Wires engine, picture, screens and keys to a face and draws until it is left. */
export function openConsole(options: OpenOptions): OpenConsole {
	const { engine, clock, locale, face } = options;
	const { display } = face;
	const theme = createTheme(chooseAppearance(face.variables, options.appearance));
	let code = 0;
	let suspendInk: Suspend | null = null;
	let isAway = false;

	/** A terminal that has stopped answering keeps nobody in here. */
	const drained = () =>
		Promise.race([display.drained(true), new Promise<void>((resolve) => clock.after(DRAIN_MS, resolve))]);

	/** Only one thing may have the terminal at a time, and a bug on its way must not take the console along. */
	async function away(run: () => Promise<void>): Promise<void> {
		if (!suspendInk || isAway) return;
		isAway = true;
		try {
			// An answer of the terminal that is still on its way would be typed into whatever comes next.
			await drained();
			await suspendInk(async () => {
				// Else one more key is taken from whoever has the terminal now.
				await new Promise((resolve) => setImmediate(resolve));
				await run();
			});
		} finally {
			isAway = false;
		}
	}
	const leave = () => void drained().then(() => quit(0));
	/** Stopped and perhaps continued, the screen not ours again yet. */
	let isComingBack = false;
	let isWantedAgain = false;
	const suspend = (): void => {
		if (isComingBack) isWantedAgain = true;
		if (isAway) return;
		void away(async () => {
			isComingBack = true;
			face.stop();
		}).finally(() => {
			isComingBack = false;
			// Asked to stop at the moment it went on: that is not the stop it comes back from.
			if (isWantedAgain) suspend();
		});
		isWantedAgain = false;
	};
	let exitInk: (() => void) | null = null;
	let wantsExit = false;
	const quit = (wanted = 0) => {
		code = wanted;
		wantsExit = true;
		exitInk?.();
	};
	const desk = createDesk({
		engine,
		clock,
		locale,
		theme,
		ownZone: options.ownZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
		copy: (text) => display.pass(`\x1b]52;c;${Buffer.from(text).toString('base64')}\x07`),
		page: (text) => away(() => face.pager(text)),
		redraw: () => display.redraw(),
		suspend,
		quit: leave,
	});
	const stop = desk.start();
	const onReady = (suspendTerminal: Suspend, exit: () => void) => {
		suspendInk = suspendTerminal;
		exitInk = exit;
		if (wantsExit) exit();
	};
	const ink = render(<Root desk={desk} display={display} onReady={onReady} />, {
		stdout: display.stdout,
		stdin: face.stdin,
		alternateScreen: true,
		incrementalRendering: false,
		// Commits are few by themselves; held keys must not wait for a slow beat.
		maxFps: 60,
		exitOnCtrlC: false,
		patchConsole: false,
		interactive: true,
	});
	const ended = ink
		.waitUntilExit()
		.then(() => code)
		.finally(() => {
			stop();
			display.leave();
		});
	return { desk, quit, suspend, ended };
}

export interface ConsoleOptions {
	readonly engine: Engine;
	readonly clock: Clock;
	readonly locale: Locale;
	readonly appearance?: Partial<Appearance>;
	readonly terminal: {
		readonly stdin: NodeJS.ReadStream;
		readonly stdout: NodeJS.WriteStream & { readonly fd: number };
		readonly env: Readonly<Record<string, string | undefined>>;
	};
	/** The engine could not be opened after all: the terminal is given back. */
	readonly gaveUp?: Promise<void>;
	/** Called on the way out, the terminal given back, when the engine had ended by a bug. */
	readonly onLost?: (text: string, file: string | null) => void;
	/** Called on the way out, when the terminal is given back and the engine is closed. */
	readonly onExit?: (code: number) => void;
	/** An orderly end may take so long after a signal, ms. */
	readonly linger?: (ms: number) => void;
}

/** How long the engine may take to end in order. */
const CLOSE_MS = 2_000;
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** The console on a real terminal, until it is left. Resolves with the exit code; a bug rejects, the terminal restored. */
export async function runConsole(options: ConsoleOptions): Promise<number> {
	const { engine, clock, locale, terminal } = options;
	const display = createDisplay(createTtyOutput(terminal.stdout), clock);
	const keyboard = createKeyboard(terminal.stdin, clock, () => display.acknowledge());
	const { env } = terminal;
	keyboard.start();
	const opened = openConsole({
		engine,
		clock,
		locale,
		...(options.appearance ? { appearance: options.appearance } : {}),
		face: {
			display,
			stdin: keyboard.stdin,
			variables: env,
			pager: (text) => runPager(env['PAGER'] ?? 'less', text, env),
			// The signal that cannot be caught: ours is caught below, so that a stop from outside restores the screen too.
			stop: () => void process.kill(process.pid, 'SIGSTOP'),
		},
	});
	void options.gaveUp?.then(() => opened.quit(1));
	const handlers = Object.entries(SIGNALS).map(([signal, code]) => {
		const handler = () => opened.quit(code);
		process.on(signal, handler);
		return () => process.off(signal, handler);
	});
	const onStop = () => opened.suspend();
	process.on('SIGTSTP', onStop);
	// Stopped by the signal that cannot be caught: somebody else has written on the screen meanwhile.
	const onContinue = () => display.redraw();
	process.on('SIGCONT', onContinue);
	const onEnd = () => display.leave();
	process.on('exit', onEnd);
	// A link that hung up may end as an error of the stream instead of a signal.
	const onHangup = () => opened.quit(SIGNALS.SIGHUP);
	terminal.stdin.on('error', onHangup);
	terminal.stdin.on('end', onHangup);
	terminal.stdout.on('error', onHangup);
	try {
		const wanted = await opened.ended;
		const { backups } = opened.desk.picture.state();
		const isRestoring = (backups ?? []).some(({ running }) => running?.verb === 'restore');
		const closeMs = isRestoring ? RESTORE_LAST_MS : CLOSE_MS;
		options.linger?.(closeMs);
		// An engine that is stuck never says that it is closed.
		await new Promise<void>((resolve) => {
			const takeBack = clock.after(closeMs, resolve);
			void engine.close().finally(() => {
				takeBack();
				resolve();
			});
		});
		const { crashed } = opened.desk.picture.state();
		const code = wanted === 0 && crashed ? EXIT.bug : wanted;
		if (code === EXIT.bug && crashed) options.onLost?.(crashed.text, crashed.file);
		options.onExit?.(code);
		return code;
	} finally {
		for (const remove of handlers) remove();
		process.off('SIGTSTP', onStop);
		process.off('SIGCONT', onContinue);
		process.off('exit', onEnd);
		keyboard.stop();
		display.leave();
	}
}
