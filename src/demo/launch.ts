import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { askControl, type DemoPorts, type ReadyLine, readRecord } from './ask-control.ts';
import { LAYOUT } from './layout.ts';

/** A running demo as a console sees it. */
export type LaunchedDemo = {
	/** Absolute path of its `rounds.yaml`. */
	config: string;
	/** What commands outside the configuration may want in their environment. */
	env: Record<string, string>;
	ports: DemoPorts;
	/** Lets the demo go: it ends by itself when no other console holds it. */
	stop(): void;
	/** True when it was running already. */
	joined: boolean;
};

export type LaunchOptions = {
	/** The demo's program: `src/demo/main.ts` or its bundle. */
	script: string;
	dir: string;
	/** The Node that runs it. */
	nodePath: string;
	/** How long the demo outlives its last console, ms; its own default otherwise. */
	idleMs?: number;
	/** How long to wait for it to be ready, ms. */
	waitMs?: number;
};

/** The demo could not be had. `message` is one sentence for the operator, saying what to try. */
export class DemoUnavailable extends Error {
	override name = 'DemoUnavailable';
}

const READY_MS = 15_000;
const STDERR_KEPT = 2000;

/**
 * Starts the demo on `dir`, or joins the one that runs there, and holds it for as long as this process lives or until `stop`.
 * The child is detached: it serves every console on the folder and must survive the one that happened to start it.
 * Rejects with `DemoUnavailable`.
 */
export async function startDemo(options: LaunchOptions): Promise<LaunchedDemo> {
	const dir = resolve(options.dir);
	const running = await joinRunning(dir);
	if (running) return running;
	for (let attempt = 1; ; attempt += 1) {
		const ready = await spawnDemo({ ...options, dir });
		const held = await holdDemo(dir);
		if (held) {
			return {
				config: ready.config,
				env: { ACCOUNTING_TOKEN: readToken(dir) },
				ports: ready.ports,
				stop: () => held.destroy(),
				joined: ready.joined === true,
			};
		}
		// The demo we found was just ending because nobody held it: the next start makes a new one.
		if (attempt === 3)
			throw new DemoUnavailable(`the demo system in ${dir} ended again while being opened; try once more`);
	}
}

/** One that runs already is asked directly: starting a program only to be told so takes longer than all the rest. */
async function joinRunning(dir: string): Promise<LaunchedDemo | undefined> {
	const record = readRecord(join(dir, LAYOUT.record));
	const held = record && (await askControl(record, 'hold'));
	if (!record || !held) return undefined;
	held.socket.unref();
	return {
		config: join(dir, LAYOUT.config),
		env: { ACCOUNTING_TOKEN: readToken(dir) },
		ports: record.ports,
		stop: () => held.socket.destroy(),
		joined: true,
	};
}

function spawnDemo(options: LaunchOptions): Promise<ReadyLine> {
	const waitMs = options.waitMs ?? READY_MS;
	const idle = options.idleMs === undefined ? [] : ['--idle-ms', String(options.idleMs)];
	return new Promise((resolvePromise, reject) => {
		let child: ChildProcess;
		try {
			child = spawn(options.nodePath, [options.script, '--dir', options.dir, ...idle], {
				detached: true,
				stdio: ['ignore', 'pipe', 'pipe'],
			});
		} catch (error) {
			reject(new DemoUnavailable(`the demo system could not be started: ${(error as Error).message}`));
			return;
		}
		let printed = '';
		let complaint = '';
		const settle = (outcome: ReadyLine | string): void => {
			clearTimeout(timer);
			for (const stream of [child.stdout, child.stderr])
				stream
					?.removeAllListeners()
					.on('error', () => undefined)
					.destroy();
			child.removeAllListeners().on('error', () => undefined);
			child.unref();
			if (typeof outcome === 'string') reject(new DemoUnavailable(outcome));
			else resolvePromise(outcome);
		};
		const timer = setTimeout(() => {
			child.kill('SIGKILL');
			settle(
				`the demo system was not ready within ${waitMs / 1000} s; try again, or look into ${options.dir}`,
			);
		}, waitMs);
		child.on('error', (error) => settle(`the demo system could not be started: ${error.message}`));
		child.on('close', (code, signal) => {
			const why = complaint.trim().split('\n').at(-1) || (signal ? `ended by ${signal}` : `exit ${code}`);
			settle(`the demo system did not start: ${why}`);
		});
		child.stderr?.setEncoding('utf8').on('data', (text: string) => {
			complaint = (complaint + text).slice(-STDERR_KEPT);
		});
		child.stdout?.setEncoding('utf8').on('data', (text: string) => {
			printed += text;
			const end = printed.indexOf('\n');
			if (end < 0) return;
			const ready = parseReady(printed.slice(0, end));
			settle(ready ?? 'the demo system did not start: its first line was not the expected one');
		});
	});
}

function parseReady(line: string): ReadyLine | undefined {
	try {
		const parsed = JSON.parse(line) as ReadyLine;
		return parsed.ready === true && typeof parsed.config === 'string' ? parsed : undefined;
	} catch {
		return undefined;
	}
}

/** Keeps one connection to the control port: our sign of life, closed by the system itself however this process ends. */
async function holdDemo(dir: string): Promise<Socket | undefined> {
	const record = readRecord(join(dir, LAYOUT.record));
	const held = record && (await askControl(record, 'hold'));
	held?.socket.unref();
	return held?.socket;
}

function readToken(dir: string): string {
	try {
		return readFileSync(join(dir, LAYOUT.token), 'utf8').trim();
	} catch {
		throw new DemoUnavailable(
			`the demo system's token in ${join(dir, LAYOUT.token)} cannot be read; remove the folder and try again`,
		);
	}
}
