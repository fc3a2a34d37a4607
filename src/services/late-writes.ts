import type { Fault } from '../domain/fault.ts';
import type { StoragePicture } from '../domain/picture.ts';
import type { Clock } from '../domain/ports.ts';
import { err } from '../domain/result.ts';
import type { Stored } from '../domain/storage-port.ts';

/** Beyond this the oldest is given up, and stays counted. */
const PENDING_LIMIT = 1_000;
const BUSY_RETRY_MS = 100;
const RETRY_MS = 1_000;

/** What was found out and must not be lost because the store cannot be written at this moment. */
export interface LateWrites {
	/** Tries at once; what fails waits, in order, and is tried until it is stored. `onStored` runs once it is. */
	put<T>(write: () => Stored<T>, onStored?: (value: T) => void): Stored<T>;
	flush(): unknown;
	storage(): StoragePicture;
	/** One more attempt, then no more. */
	stop(): void;
}

export function createLateWrites(clock: Clock, onStorage: () => void): LateWrites {
	let waiting: (() => Stored<unknown>)[] = [];
	let dropped = 0;
	let failing: { readonly since: number; readonly fault: Fault } | null = null;
	let cancel: (() => void) | null = null;
	let isStopped = false;

	const flush = (): void => {
		cancel?.();
		cancel = null;
		if (waiting.length === 0) return;
		const before = waiting.length;
		while (waiting[0]) {
			const tried = waiting[0]();
			if (!tried.ok && isPassing(tried.error)) {
				wait(tried.error);
				break;
			}
			waiting = waiting.slice(1);
		}
		if (waiting.length === 0) {
			failing = null;
			dropped = 0;
		}
		if (waiting.length !== before) onStorage();
	};
	const wait = (fault: Fault): void => {
		failing ??= { since: clock.now(), fault };
		if (isStopped) return;
		cancel ??= clock.after(fault.code === 'storage-busy' ? BUSY_RETRY_MS : RETRY_MS, () => {
			cancel = null;
			flush();
		});
	};

	return {
		put(write, onStored) {
			const attempt = () => {
				const tried = write();
				if (tried.ok) onStored?.(tried.value);
				return tried;
			};
			// What waits was first: a step's evidence may rest on it.
			flush();
			const tried = failing === null ? attempt() : err(failing.fault);
			if (tried.ok || !isPassing(tried.error)) return tried;
			waiting.push(attempt);
			dropped += Math.max(0, waiting.length - PENDING_LIMIT);
			waiting = waiting.slice(-PENDING_LIMIT);
			wait(tried.error);
			onStorage();
			return tried;
		},
		flush,
		storage: () => ({
			unsaved: waiting.length + dropped,
			since: failing?.since ?? null,
			fault: failing?.fault ?? null,
		}),
		stop() {
			isStopped = true;
			flush();
			cancel?.();
		},
	};
}

/** Whoever leaves and never asks again waits longer for another program to give the store back. */
const LAST_CONSOLE_MS = 1_000;
const LAST_COMMAND_MS = 10_000;

/** The end: writes what is left until all is stored, or for so long. What is then still missing was told by `storage()`. */
export async function writeLast(
	clock: Clock,
	isConsole: boolean,
	writers: readonly Pick<LateWrites, 'flush' | 'stop' | 'storage'>[],
): Promise<void> {
	const deadline = clock.monotonic() + (isConsole ? LAST_CONSOLE_MS : LAST_COMMAND_MS);
	const isLeft = () => writers.some((writer) => writer.storage().unsaved > 0);
	for (const writer of writers) writer.stop();
	while (isLeft() && clock.monotonic() < deadline) {
		await new Promise<void>((resolve) => clock.after(BUSY_RETRY_MS, resolve));
		for (const writer of writers) writer.flush();
	}
	for (const writer of writers) writer.stop();
}

/** Of several things that wait to be stored, the one picture. */
export function joinStorage(left: StoragePicture, right: StoragePicture): StoragePicture {
	const since = [left.since, right.since].filter((at) => at !== null);
	return {
		unsaved: left.unsaved + right.unsaved,
		since: since.length === 0 ? null : Math.min(...since),
		fault: left.fault ?? right.fault,
	};
}

/** What the store itself refuses (a round signed meanwhile, a row that is not there) will not be taken later either. */
function isPassing({ code, detail }: Fault): boolean {
	return !(code === 'io-error' && ['signed', 'missing', 'open'].includes(String(detail['reason'])));
}
