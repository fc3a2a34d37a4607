import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { FromWorker, ToWorker } from './protocol.ts';

/** What a worker runs in. */
export interface Carrier {
	send(message: ToWorker): void;
	/** Ends it at once, whatever it is doing. */
	end(): void;
	/** A busy one keeps the program alive, an idle one does not. */
	keepAlive(alive: boolean): void;
}

export interface CarrierEvents {
	readonly onMessage: (message: FromWorker) => void;
	/** Once; `reason` says why when it was not asked to end. */
	readonly onEnd: (reason: string) => void;
}

export type CarrierKind = 'thread' | 'process';

const HEAP_MB = 256;

/** Cheap, shares the process: for work that comes back to JavaScript often, since only there a thread can be stopped. */
export function startThread(script: URL, events: CarrierEvents): Carrier {
	const thread = new Worker(script, {
		resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
		env: {},
		execArgv: [],
	});
	let reason = 'exit';
	thread.on('message', events.onMessage);
	thread.on('error', (cause: NodeJS.ErrnoException) => {
		reason = cause.code ?? cause.message;
	});
	thread.on('exit', () => events.onEnd(reason));
	return {
		send: (message) => thread.postMessage(message),
		end: () => void thread.terminate(),
		keepAlive: (alive) => (alive ? thread.ref() : thread.unref()),
	};
}

/** For work inside a native library: a thread in the middle of an SQLite query cannot be ended, and holds up the exit. */
export function startProcess(script: URL, events: CarrierEvents): Carrier {
	const child = fork(fileURLToPath(script), [], {
		// Signals of our terminal are not for it; it ends when the channel to us does.
		detached: true,
		stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
		serialization: 'advanced',
		// Nothing of our environment; the address form is what lets a database be read without leaving files beside it.
		env: { SQLITE_USE_URI: '1' },
		execArgv: [`--max-old-space-size=${HEAP_MB}`],
	});
	let ended = false;
	const end = (reason: string) => {
		if (ended) return;
		ended = true;
		events.onEnd(reason);
	};
	child.on('message', (message) => events.onMessage(message as FromWorker));
	child.on('error', (cause: NodeJS.ErrnoException) => end(cause.code ?? cause.message));
	child.on('exit', (code, signal) => end(signal ?? `exit ${code}`));
	return {
		// A child that just ended says so by its exit; the failed write adds nothing.
		send: (message) => void child.send(message, () => {}),
		end: () => void child.kill('SIGKILL'),
		keepAlive(alive) {
			if (alive) {
				child.ref();
				child.channel?.ref();
			} else {
				child.unref();
				child.channel?.unref();
			}
		},
	};
}
