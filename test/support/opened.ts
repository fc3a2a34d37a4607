import { type OpenConsole, openConsole } from '../../src/console.tsx';
import type { EngineEvent } from '../../src/domain/engine.ts';
import type { Locale } from '../../src/domain/own-text.ts';
import { createFakeClock, type FakeClock } from './fake-clock.ts';
import { createFakeEngine, type FakeEngine } from './fake-engine.ts';
import { type WorldOptions, world } from './pictures.ts';
import { createTerminal, type TestTerminal } from './terminal.ts';

export interface OpenedConsole {
	readonly terminal: TestTerminal;
	readonly engine: FakeEngine;
	readonly clock: FakeClock;
	readonly console: OpenConsole;
	/** What the pager was given. */
	readonly paged: string[];
	readonly stops: number;
	/** Presses keys one after the other and waits until the screen is at rest. */
	press(...keys: readonly string[]): Promise<string[]>;
	/** Lets `ms` pass on the fake clock and the screen come to rest. */
	pass(ms: number): Promise<string[]>;
	/** The screen as one text. */
	text(): string;
	close(): Promise<void>;
}

export interface OpenedOptions extends WorldOptions {
	readonly columns?: number;
	readonly rows?: number;
	readonly locale?: Locale;
	readonly variables?: Readonly<Record<string, string>>;
	readonly ownZone?: string;
	readonly more?: readonly EngineEvent[];
}

/** The whole console on a fake engine and a real (headless) terminal, its first frame drawn. */
export async function openForTest(options: OpenedOptions = {}): Promise<OpenedConsole> {
	const { columns = 120, rows = 40, locale = 'en', ownZone = 'UTC' } = options;
	const variables = options.variables ?? { TERM: 'xterm-256color', LANG: 'en_US.UTF-8' };
	const terminal = createTerminal({ columns, rows });
	const clock = createFakeClock();
	const engine = createFakeEngine([...world(options), ...(options.more ?? [])]);
	const paged: string[] = [];
	let stops = 0;
	const opened = openConsole({
		engine,
		clock,
		locale,
		ownZone,
		face: {
			display: terminal.display,
			stdin: terminal.stdin,
			variables,
			pager: async (text) => {
				paged.push(text);
			},
			stop: () => {
				stops += 1;
			},
		},
	});
	await terminal.settled();
	const rest = async (): Promise<string[]> => {
		await clock.idle();
		await terminal.settled();
		return terminal.screen();
	};
	return {
		terminal,
		engine,
		clock,
		console: opened,
		paged,
		get stops() {
			return stops;
		},
		press: async (...keys) => {
			for (const key of keys) {
				terminal.press(key);
				// A lone Esc is told from the beginning of a sequence by a short silence.
				await rest();
			}
			return terminal.screen();
		},
		pass: async (ms) => {
			await clock.advance(ms);
			return rest();
		},
		text: () => terminal.screen().join('\n'),
		close: async () => {
			opened.quit();
			await opened.ended;
			terminal.dispose();
		},
	};
}
