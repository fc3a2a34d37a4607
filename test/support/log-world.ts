import { join } from 'node:path';
import type { CommandInput } from '../../src/domain/engine.ts';
import { OWN_MARK } from '../../src/domain/log-format.ts';
import type { LogFilter, LogPage } from '../../src/domain/log-line.ts';
import type { LogFilesPort } from '../../src/domain/log-port.ts';
import type { Clock } from '../../src/domain/ports.ts';
import { ok } from '../../src/domain/result.ts';
import { createLogFiles } from '../../src/platform/log-files.ts';
import { createLogs, type LogSource, type Logs } from '../../src/services/logs/logs.ts';

export const ALL: LogFilter = { level: null, text: null, sinceAt: null };
export const ERRORS: LogFilter = { ...ALL, level: 'error' };
export const T0 = Date.UTC(2025, 10, 22, 9, 0, 0);

/** Log files of a real folder, a counted file system and a clock of the test's own. */
export interface LogWorld {
	readonly logs: Logs;
	readonly bytesRead: () => number;
	/** Files held open. */
	readonly opened: () => number;
	readonly events: string[][];
	/** Lets time pass to the next timer and waits for what it does. */
	readonly tick: (ms: number) => Promise<void>;
	/** 50 lines from the end unless told otherwise; a fault throws. */
	readonly read: (input?: Partial<CommandInput<'logs.read'>>) => Promise<LogPage>;
}

export function watchFolder(folder: string, more: readonly string[] = []): LogWorld {
	const sources: readonly LogSource[] = [{ id: 'flask', globs: [join(folder, '*.log'), ...more] }];
	const real = createLogFiles();
	let read = 0;
	let opened = 0;
	let wall = Date.now() + 60_000;
	const events: string[][] = [];
	let timers: { at: number; run: () => void }[] = [];
	const pending = new Set<Promise<unknown>>();
	let asks = 0;
	const track = <T>(asked: Promise<T>): Promise<T> => {
		asks += 1;
		pending.add(asked);
		void asked.finally(() => pending.delete(asked));
		return asked;
	};
	const files: LogFilesPort = {
		expand: (globs, limit) => track(real.expand(globs, limit)),
		facts: (path) => track(real.facts(path)),
		rotated: (path) => track(real.rotated(path)),
		locate: (path, identity) => track(real.locate(path, identity)),
		open: async (path) => {
			const found = await track(real.open(path));
			if (!found.ok) return found;
			opened += 1;
			return ok({
				facts: () => track(found.value.facts()),
				close: () => {
					opened -= 1;
					return track(found.value.close());
				},
				read: async (offset: number, length: number) => {
					const bytes = await track(found.value.read(offset, length));
					if (bytes.ok) read += bytes.value.length;
					return bytes;
				},
			});
		},
	};
	const clock: Clock = {
		now: () => wall,
		monotonic: () => wall,
		after: (ms, run) => {
			const timer = { at: wall + ms, run };
			timers.push(timer);
			return () => {
				timers = timers.filter((one) => one !== timer);
			};
		},
	};
	const logs = createLogs({
		ports: { files, clock },
		sources: () => sources,
		redact: (text) => text.replaceAll('hunter2!', '***'),
		ownMark: OWN_MARK,
		zone: 'UTC',
		emit: (event) => events.push([...event.sources]),
	});
	const tick = async (ms: number) => {
		wall += ms;
		const due = timers.filter((one) => one.at <= wall);
		timers = timers.filter((one) => one.at > wall);
		for (const one of due) one.run();
		// Idle: nothing was asked of the file system for two turns of the event loop.
		for (let asked = -1; asked !== asks; ) {
			asked = asks;
			for (let turn = 0; turn < 2; turn += 1) {
				await Promise.allSettled(pending);
				await new Promise((done) => setImmediate(done));
			}
		}
	};
	const readPage: LogWorld['read'] = async (input = {}) => {
		const page = await logs.read({ source: null, filter: ALL, from: { at: 'end' }, limit: 50, ...input });
		if (!page.ok) throw new Error(page.error.code);
		return page.value;
	};
	return { read: readPage, logs, bytesRead: () => read, opened: () => opened, events, tick };
}

export const stamp = (ms: number) => new Date(T0 + ms).toISOString().replace('T', ' ').slice(0, 19);
export const line = (ms: number, level: string, text: string) => `[${stamp(ms)}] [${level}] ${text}\n`;
/** What the lines say, without time and level. */
export const texts = (page: LogPage) => page.lines.map((one) => one.text.replace(/^\[.*?\] (\[\w+\] )?/, ''));
