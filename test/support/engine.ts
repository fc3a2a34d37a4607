import {
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	realpathSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type {
	CommandInput,
	CommandName,
	CommandOutput,
	Engine,
	EngineEvent,
	Refusal,
} from '../../src/domain/engine.ts';
import { sheetId } from '../../src/domain/ids.ts';
import type { Operation } from '../../src/domain/operation.ts';
import type { CheckPicture } from '../../src/domain/picture.ts';
import type { Result } from '../../src/domain/result.ts';
import type { Round } from '../../src/domain/round.ts';
import { type EngineFailure, type EngineOptions, openEngine } from '../../src/engine.ts';

/** A folder of its own with a rounds.yaml and whatever files the test names. Gone after the test. */
export interface TestSystem {
	readonly folder: string;
	readonly config: string;
	/** Writes a file below the folder. */
	write(path: string, text: string): string;
	options(wishes?: Partial<EngineOptions>): EngineOptions;
	/** Every byte kept below the folder but the configuration, as latin1. */
	kept(): string;
}

export function makeSystem(yaml: string, files: Readonly<Record<string, string>> = {}): TestSystem {
	const folder = realpathSync(mkdtempSync(join(tmpdir(), 'rounds-engine-')));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	const config = join(folder, 'rounds.yaml');
	const write = (path: string, text: string) => {
		const full = join(folder, path);
		mkdirSync(join(full, '..'), { recursive: true });
		writeFileSync(full, text);
		return full;
	};
	write('rounds.yaml', yaml);
	for (const [path, text] of Object.entries(files)) write(path, text);
	return {
		folder,
		config,
		write,
		options: (wishes = {}) => ({
			configPath: config,
			environment: undefined,
			operator: 'mei',
			locale: 'en',
			version: '0.0.0-test',
			demo: false,
			polls: true,
			reservedKeys: [],
			...wishes,
		}),
		kept: () =>
			(readdirSync(folder, { recursive: true, withFileTypes: true }) as import('node:fs').Dirent[])
				.filter((entry) => entry.isFile() && entry.name !== 'rounds.yaml')
				.map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
				.join('\n'),
	};
}

/** An engine with everything it told; waiting is for events, never for time. */
export interface TestEngine {
	readonly engine: Engine;
	readonly events: readonly EngineEvent[];
	send<N extends CommandName>(name: N, input: CommandInput<N>): Promise<CommandOutput<N>>;
	refused<N extends CommandName>(name: N, input: CommandInput<N>): Promise<Refusal>;
	/** The newest event that fits, of those told already or the next. */
	until<E extends EngineEvent>(fits: (event: EngineEvent) => event is E): Promise<E>;
	until(fits: (event: EngineEvent) => boolean): Promise<EngineEvent>;
	/** The next event that fits, from now on. */
	next(fits: (event: EngineEvent) => boolean): Promise<EngineEvent>;
	picture(check: string): CheckPicture | undefined;
	round(id?: number): Round | undefined;
	/** The operation's end. */
	ended(id: number): Promise<Operation>;
	begin(sheet: string): Promise<Round>;
	close(): Promise<void>;
}

export async function openTest(options: EngineOptions): Promise<TestEngine> {
	const opened = await openEngine(options);
	if (!opened.ok) throw new Error(JSON.stringify(opened.error, null, 1));
	return watchEngine(opened.value);
}

/** Why the engine did not open. */
export async function failureOf(options: EngineOptions): Promise<EngineFailure> {
	const opened = await openEngine(options);
	if (!opened.ok) return opened.error;
	await opened.value.close();
	throw new Error('it opened');
}

export function watchEngine(engine: Engine): TestEngine {
	const events: EngineEvent[] = [];
	const waiting = new Set<() => void>();
	let closed = false;
	engine.subscribe((event) => {
		events.push(event);
		for (const wake of [...waiting]) wake();
	});
	const got = <T>(result: Result<T, Refusal>): T => {
		if (!result.ok) throw new Error(JSON.stringify(result.error));
		return result.value;
	};
	const from = (start: number, fits: (event: EngineEvent) => boolean): Promise<EngineEvent> =>
		new Promise((resolve) => {
			let at = start;
			const look = () => {
				for (; at < events.length; at += 1) {
					const event = events[at] as EngineEvent;
					if (!fits(event)) continue;
					waiting.delete(look);
					return resolve(event);
				}
			};
			waiting.add(look);
			look();
		});
	const test: TestEngine = {
		engine,
		events,
		send: async (name, input) => got(await engine.send(name, input)),
		async refused(name, input) {
			const result = await engine.send(name, input);
			if (result.ok) throw new Error(`${name} was done`);
			return result.error;
		},
		until(fits: (event: EngineEvent) => boolean): Promise<never> {
			const last = events.findLast(fits);
			return (last ? Promise.resolve(last) : from(events.length, fits)) as Promise<never>;
		},
		next: (fits) => from(events.length, fits),
		picture: (check) =>
			events
				.flatMap((e) => (e.kind === 'picture' || e.kind === 'recorded' ? e.checks : []))
				.findLast((c) => c.id === check),
		round: (id) =>
			events
				.flatMap((e) => (e.kind === 'round' ? [e.round] : []))
				.findLast((r) => id === undefined || r.id === id),
		async ended(id) {
			const event = await test.until(
				(e) => e.kind === 'operation' && e.operation.id === id && e.operation.state !== 'running',
			);
			if (event.kind !== 'operation') throw new Error('not an operation');
			return event.operation;
		},
		async begin(sheet) {
			const begun = await test.send('round.begin', { sheet: sheetId(sheet), dueAt: null });
			return begun.round;
		},
		async close() {
			if (closed) return;
			closed = true;
			await engine.close();
		},
	};
	onTestFinished(() => test.close());
	return test;
}

export const isRecorded = (check: string, level?: string) => (event: EngineEvent) =>
	(event.kind === 'recorded' || event.kind === 'picture') &&
	event.checks.some((c) => c.id === check && c.at > 0 && (level === undefined || c.level === level));

export const polls = (mine: boolean) => (event: EngineEvent) =>
	event.kind === 'polling' && event.polling.mine === mine && event.polling.holder !== null;
