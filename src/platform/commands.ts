import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, closeSync, constants, fsync, openSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, resolve as resolvePath } from 'node:path';
import { type Fault, fault } from '../domain/fault.ts';
import type { Clock, CommandAnswer, CommandRequest, Limits } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { reveal, type Text } from '../domain/secret.ts';
import { clean } from '../domain/text.ts';
import { allowedEnvironment } from './environment.ts';
import { fileFault } from './file-fault.ts';
import { forgetGroup, noteGroup } from './group-board.ts';
import { createLeash } from './leash.ts';
import { createCleanedStream, createTail } from './tail.ts';

/** Time to end in order after TERM. */
const GRACE_MS = 2000;
/** After the program itself has ended, its output may still be on the way. */
const DRAIN_MS = 250;

const running = new Set<ChildProcess>();
let watchesExit = false;

/** Whoever ends this process or thread ends what it started, even where nobody waits for TERM to work. */
function endWithUs(child: ChildProcess): void {
	running.add(child);
	noteGroup(child.pid);
	if (watchesExit) return;
	watchesExit = true;
	process.once('exit', () => {
		for (const one of running) signalGroup(one, 'SIGKILL');
	});
}

/**
 * Runs a program to its end in a process group of its own, without a terminal and with empty input. At the deadline the
 * whole group gets TERM and, 2 s later, KILL. What it left running when it ended by itself is ended too: nothing stays behind.
 * `alive` holds how to kill what has not ended yet, for an end that cannot wait.
 */
export function runCommand(
	clock: Clock,
	request: CommandRequest,
	limits: Limits,
	alive: Set<() => void> = new Set(),
): Promise<Result<CommandAnswer, Fault>> {
	const argv = request.argv.map(reveal);
	const env = { ...allowedEnvironment(), ...revealAll(request.env) };
	const refused = whyNotStarted(argv[0] ?? '', request.cwd, env);
	if (refused !== null) return Promise.resolve(err(refused));
	return new Promise((resolve) => {
		const leash = createLeash(clock, limits);
		if (leash.ended !== null) return resolve(err(leash.ended));
		const began = clock.monotonic();
		const out = createTail(request.outputLimit, request.redactor);
		const errors = createTail(request.outputLimit, request.redactor);
		const ends = openEnds(request);
		if (!ends.ok) {
			leash.release();
			return resolve(ends);
		}
		const { input, output } = ends.value;
		let child: ChildProcess;
		try {
			child = spawn(argv[0] as string, argv.slice(1), {
				cwd: request.cwd,
				env,
				detached: true,
				stdio: [input ?? 'ignore', output ?? 'pipe', 'pipe'],
				windowsHide: true,
			});
		} catch (error) {
			leash.release();
			closeEnds(ends.value);
			return resolve(err(spawnFault(error, argv[0] ?? '')));
		}
		endWithUs(child);
		if (child.pid !== undefined) request.onStarted?.(child.pid);
		let ending: Fault | null = null;
		let exited: { code: number | null; signal: string | null } | null = null;
		let killed = false;
		let takeBack = () => {};
		const streams: { end(): void }[] = [];
		const listen = (stream: 'out' | 'err', pipe: NodeJS.ReadableStream | null, tail: typeof out) => {
			const cleaned = createCleanedStream((text) => request.onOutput?.(stream, text), request.redactor);
			streams.push(cleaned);
			pipe?.on('data', (chunk: Buffer) => {
				tail.push(chunk);
				if (request.onOutput !== undefined) cleaned.push(chunk);
			});
			pipe?.on('error', () => {});
		};
		listen('out', child.stdout, out);
		listen('err', child.stderr, errors);

		const kill = () => signalGroup(child, 'SIGKILL');
		alive.add(kill);
		const finish = (result: Result<CommandAnswer, Fault>) => {
			alive.delete(kill);
			takeBack();
			running.delete(child);
			forgetGroup(child.pid);
			leash.onEnd = null;
			leash.release();
			for (const stream of streams) stream.end();
			child.stdout?.destroy();
			child.stderr?.destroy();
			if (output === null) {
				closeEnds(ends.value);
				return resolve(result);
			}
			// What was written counts once it is on the disk.
			fsync(output, (error) => {
				closeEnds(ends.value);
				resolve(error && result.ok ? err(fileFault(error, request.stdoutFile ?? '')) : result);
			});
		};
		const conclude = () => {
			if (ending !== null) return finish(err(ending));
			const { code, signal } = exited ?? { code: null, signal: null };
			const answer: CommandAnswer = {
				exit: code,
				signal,
				stdout: out.text(),
				stderr: errors.text(),
				bytes: out.bytes + errors.bytes,
				truncated: out.truncated || errors.truncated,
				durationMs: clock.monotonic() - began,
			};
			finish(ok(answer));
		};
		leash.onEnd = (why) => {
			ending = why;
			signalGroup(child, 'SIGTERM');
			takeBack();
			takeBack = clock.after(GRACE_MS, () => {
				signalGroup(child, 'SIGKILL');
				if (exited !== null) return conclude();
				// A process that waits for a dead disk cannot be ended; we do not wait with it.
				killed = true;
				takeBack = clock.after(DRAIN_MS, conclude);
			});
		};
		child.once('error', (error) => finish(err(spawnFault(error, argv[0] ?? ''))));
		child.once('exit', (code, signal) => {
			exited = { code, signal };
			if (ending !== null) return;
			// A grandchild may hold the pipes open for ever; its output is not waited for.
			takeBack = clock.after(DRAIN_MS, () => {
				signalGroup(child, 'SIGKILL');
				conclude();
			});
		});
		child.once('close', () => {
			// The group may still have members that closed the pipes; it is ours, so they end with it.
			if (ending !== null && !killed && groupLives(child)) return;
			signalGroup(child, 'SIGKILL');
			conclude();
		});
	});
}

interface Ends {
	readonly input: number | null;
	readonly output: number | null;
}

/** The files that stand for its input and output. */
function openEnds({ stdinFile, stdoutFile }: CommandRequest): Result<Ends, Fault> {
	let input: number | null = null;
	try {
		if (stdinFile !== undefined) input = openSync(stdinFile, constants.O_RDONLY | constants.O_NOFOLLOW);
	} catch (error) {
		return err(fileFault(error, stdinFile ?? ''));
	}
	try {
		const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
		return ok({ input, output: stdoutFile === undefined ? null : openSync(stdoutFile, flags, 0o600) });
	} catch (error) {
		closeEnds({ input, output: null });
		return err(fileFault(error, stdoutFile ?? ''));
	}
}

function closeEnds({ input, output }: Ends): void {
	for (const one of [input, output]) {
		try {
			if (one !== null) closeSync(one);
		} catch {
			// It was closed already.
		}
	}
}

function revealAll(variables: Readonly<Record<string, Text>>): Record<string, string> {
	return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, reveal(value)]));
}

/** A group keeps its number as long as it has a member, so this never reaches a stranger while one is left. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
	if (child.pid === undefined) return;
	try {
		process.kill(-child.pid, signal);
	} catch {
		// Nobody is left.
	}
}

function groupLives(child: ChildProcess): boolean {
	try {
		process.kill(-(child.pid ?? 0), 0);
		return child.pid !== undefined;
	} catch {
		return false;
	}
}

/** Node says ENOENT for a missing program and for a missing folder alike; which it is, is looked up before. */
function whyNotStarted(program: string, cwd: string, env: Record<string, string>): Fault | null {
	try {
		if (!statSync(cwd).isDirectory()) return fault('not-a-file', { path: clean(cwd, { max: 300 }) });
	} catch {
		return fault('command-missing', { path: clean(cwd, { max: 300 }), reason: 'folder' });
	}
	const shown = clean(program, { max: 200 });
	const places = program.includes('/')
		? [isAbsolute(program) ? program : resolvePath(cwd, program)]
		: (env['PATH'] ?? '')
				.split(delimiter)
				.filter((folder) => folder !== '')
				.map((folder) => resolvePath(cwd, folder, program));
	let found = false;
	for (const place of places) {
		try {
			if (!statSync(place).isFile()) continue;
			found = true;
			accessSync(place, constants.X_OK);
			return null;
		} catch {}
	}
	return found ? fault('no-permission', { command: shown }) : fault('command-missing', { command: shown });
}

function spawnFault(error: unknown, program: string): Fault {
	const command = clean(program, { max: 200 });
	const { code } = error as { code?: string };
	if (code === 'ENOENT') return fault('command-missing', { command });
	if (code === 'EACCES' || code === 'EPERM') return fault('no-permission', { command });
	if (code === 'EAGAIN' || code === 'EMFILE' || code === 'ENFILE' || code === 'ENOMEM')
		return fault('own-limit', { command });
	if (code === 'ENOEXEC') return fault('not-supported', { command, reason: 'format' });
	return fault('not-supported', { command, reason: code ?? 'arguments' });
}
