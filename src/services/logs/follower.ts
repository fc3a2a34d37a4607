import type { EngineEvent } from '../../domain/engine.ts';
import type { Clock } from '../../domain/ports.ts';
import type { FileRegistry, LogSource } from './file-registry.ts';

export interface Follower {
	/** Somebody has just read logs: look for new lines for the next half minute. */
	wanted(): void;
	start(): () => void;
	stop(): void;
}

const LOOK_EVERY_MS = 500;
const WANTED_MS = 30_000;

/** Notices that log files grew, came, went or were rotated, by asking for their sizes only. */
export function createFollower(options: {
	readonly registry: FileRegistry;
	readonly clock: Clock;
	readonly sources: () => readonly LogSource[];
	readonly emit: (event: Extract<EngineEvent, { kind: 'logs' }>) => void;
}): Follower {
	const { registry, clock, sources, emit } = options;
	let following = false;
	let wantedUntil = 0;
	let cancel: (() => void) | null = null;
	let seen: ReadonlyMap<string, string> | null = null;

	const arm = () => {
		if (!following || cancel) return;
		cancel = clock.after(LOOK_EVERY_MS, () => void look());
	};

	const look = async () => {
		const present = new Map<string, string>();
		const owners = new Map<string, readonly string[]>();
		for (const one of await registry.refresh(sources(), false)) {
			present.set(one.path, `${one.file?.index ?? '-'}:${one.bytes}:${one.fault ?? ''}`);
			owners.set(one.path, one.sources);
		}
		cancel = null;
		if (!following) return;
		const changed = new Set<string>();
		if (seen) {
			for (const [path, mark] of present)
				if (seen.get(path) !== mark) for (const id of owners.get(path) ?? []) changed.add(id);
			for (const path of seen.keys()) if (!present.has(path)) for (const { id } of sources()) changed.add(id);
		}
		seen = present;
		if (changed.size > 0) emit({ kind: 'logs', sources: [...changed] });
		if (clock.monotonic() < wantedUntil) return arm();
		// Nobody looks any more: open files are let go, so that a rotated log's space can be freed.
		seen = null;
		await registry.release();
	};

	return {
		wanted: () => {
			wantedUntil = clock.monotonic() + WANTED_MS;
			arm();
		},
		start: () => {
			following = true;
			if (clock.monotonic() < wantedUntil) arm();
			return stop;
		},
		stop: () => stop(),
	};

	function stop() {
		following = false;
		cancel?.();
		cancel = null;
		seen = null;
	}
}
