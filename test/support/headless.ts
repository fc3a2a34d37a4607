import { runHeadless } from '../../src/cli/index.ts';
import { createPrinter } from '../../src/cli/print.ts';
import type { Engine } from '../../src/domain/engine.ts';
import { fault } from '../../src/domain/fault.ts';
import type { Locale } from '../../src/domain/own-text.ts';
import { err, ok } from '../../src/domain/result.ts';
import type { FakeClock } from './fake-clock.ts';

export interface HeadlessOptions {
	readonly clock: FakeClock;
	readonly locale?: Locale;
	/** Columns of the terminal on stderr; absent: none. */
	readonly columns?: number;
	/** What `--env` says. */
	readonly environment?: string;
	/** Records by absolute path. */
	readonly records?: Readonly<Record<string, string>>;
}

export interface HeadlessRun {
	readonly code: number;
	readonly out: string;
	readonly err: string;
	/** What was drawn on the terminal, in its order. */
	readonly live: readonly string[];
	/** How long an orderly end was asked for, ms. */
	readonly lingersMs: number;
}

export interface RunningHeadless {
	readonly ended: Promise<HeadlessRun>;
	/** As a signal does. */
	interrupt(code: number): void;
}

/** One headless command on an engine of the test's, as `main.ts` runs it. */
export function startHeadless(
	engine: Engine | null,
	args: readonly string[],
	{ clock, locale = 'en', columns, environment, records = {} }: HeadlessOptions,
): RunningHeadless {
	let [out, error, lingersMs] = ['', '', 0];
	const live: string[] = [];
	let interrupt: (code: number) => void = () => {};
	const interrupted = new Promise<number>((resolve) => {
		interrupt = resolve;
	});
	const [name = '', ...rest] = args;
	const ended = runHeadless(name, rest, {
		...createPrinter({
			out: (text) => {
				out += text;
			},
			err: (text) => {
				error += text;
			},
			color: false,
			live: columns === undefined ? null : { write: (text) => void live.push(text), columns: () => columns },
		}),
		locale,
		configPath: null,
		environment,
		cwd: '/here',
		version: '0.0.0-test',
		clock,
		sources: {} as never,
		readRecord: async (path) => {
			const text = records[path];
			return text === undefined ? err(fault('file-missing', { path })) : ok(text);
		},
		reservedKeys: [],
		openEngine: async () =>
			engine === null ? err({ kind: 'missing', sentence: 'no rounds.yaml' }) : ok(engine),
		interrupted,
		linger: (ms) => {
			lingersMs = ms;
		},
	}).then((code) => ({ code, out, err: error, live, lingersMs }));
	return { ended, interrupt };
}
