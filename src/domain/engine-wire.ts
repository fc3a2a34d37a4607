import type { CommandInput, CommandName, CommandOutput, Engine, EngineEvent, Refusal } from './engine.ts';
import type { CheckPicture } from './picture.ts';
import { err, type Result } from './result.ts';

/** What the screen sends to an engine in another thread (later: another process). */
export type ToEngine =
	| { readonly kind: 'send'; readonly id: number; readonly name: CommandName; readonly input: unknown }
	/** The last bundle of events was taken; the next may come. */
	| { readonly kind: 'taken' }
	| { readonly kind: 'close' };

export type FromEngine =
	| { readonly kind: 'answer'; readonly id: number; readonly result: Result<unknown, Refusal> }
	| { readonly kind: 'events'; readonly events: readonly EngineEvent[] }
	| { readonly kind: 'closed' };

/**
 * Events on their way to a reader that may be slow or stopped: one bundle at a time, and what waits is folded together,
 * so that an hour of a stalled screen costs one redraw and no memory.
 */
export interface Outbox {
	put(event: EngineEvent): void;
	taken(): void;
}

export function createOutbox(
	post: (events: readonly EngineEvent[]) => void,
	later: (run: () => void) => void,
): Outbox {
	let waiting: EngineEvent[] = [];
	let onItsWay = false;
	let planned = false;

	const flush = () => {
		planned = false;
		if (onItsWay || waiting.length === 0) return;
		onItsWay = true;
		const bundle = waiting;
		waiting = [];
		post(bundle);
	};
	const plan = () => {
		if (planned || onItsWay) return;
		planned = true;
		later(flush);
	};

	return {
		put(event) {
			waiting = fold(waiting, event);
			plan();
		},
		taken() {
			onItsWay = false;
			plan();
		},
	};
}

const NOTICES_KEPT = 50;

/** Puts an event behind those that wait, replacing what it makes outdated. */
function fold(waiting: EngineEvent[], event: EngineEvent): EngineEvent[] {
	switch (event.kind) {
		case 'recorded': {
			const last = waiting.findIndex((e) => e.kind === 'recorded');
			const before = waiting[last];
			if (before?.kind !== 'recorded') return [...waiting, event];
			const newest = new Map<string, CheckPicture>(before.checks.map((c) => [c.id, c]));
			for (const check of event.checks) newest.set(check.id, check);
			return waiting.with(last, { kind: 'recorded', now: event.now, checks: [...newest.values()] });
		}
		case 'round':
			return [...waiting.filter((e) => e.kind !== 'round' || e.round.id !== event.round.id), event];
		case 'operation':
			return [
				...waiting.filter((e) => e.kind !== 'operation' || e.operation.id !== event.operation.id),
				event,
			];
		case 'logs': {
			const sources = waiting.flatMap((e) => (e.kind === 'logs' ? e.sources : []));
			const all = [...new Set([...sources, ...event.sources])];
			return [...waiting.filter((e) => e.kind !== 'logs'), { kind: 'logs', sources: all }];
		}
		case 'notice':
			return [
				...waiting.filter((e) => e.kind !== 'notice'),
				...waiting.filter((e) => e.kind === 'notice').slice(-NOTICES_KEPT),
				event,
			];
		case 'picture':
			// A whole picture follows everything recorded before it.
			return [...waiting.filter((e) => e.kind !== 'picture' && e.kind !== 'recorded'), event];
		default:
			return [...waiting.filter((e) => e.kind !== event.kind), event];
	}
}

/** An engine on the other side of a wire. Commands asked while it is gone are refused, never left hanging. */
export interface EngineClient extends Engine {
	receive(message: FromEngine): void;
	/** The other side ended by itself. */
	lost(text: string, file: string | null): void;
}

export function createEngineClient(post: (message: ToEngine) => void): EngineClient {
	let nextId = 1;
	let gone = false;
	const asked = new Map<number, (result: Result<never, Refusal>) => void>();
	const listeners = new Set<(event: EngineEvent) => void>();
	/** The newest of every kind, so that one who listens later starts with the present picture. */
	let past: EngineEvent[] = [];
	let onClosed: () => void = () => {};
	let closed: Promise<void> | null = null;
	const closing = err<Refusal>({ kind: 'refused', why: 'closing', detail: {} });

	const tell = (event: EngineEvent) => {
		for (const listener of listeners) listener(event);
	};

	const end = () => {
		gone = true;
		for (const answer of asked.values()) answer(closing);
		asked.clear();
		onClosed();
	};

	return {
		send<N extends CommandName>(name: N, input: CommandInput<N>): Promise<Result<CommandOutput<N>, Refusal>> {
			if (gone) return Promise.resolve(closing);
			const id = nextId;
			nextId += 1;
			return new Promise((resolve) => {
				asked.set(id, resolve as (result: Result<never, Refusal>) => void);
				post({ kind: 'send', id, name, input });
			});
		},
		subscribe(listener) {
			for (const event of past) listener(event);
			past = [];
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		close() {
			if (gone) return Promise.resolve();
			closed ??= new Promise((resolve) => {
				onClosed = resolve;
				post({ kind: 'close' });
			});
			return closed;
		},
		receive(message) {
			if (message.kind === 'answer') {
				asked.get(message.id)?.(message.result as Result<never, Refusal>);
				asked.delete(message.id);
			} else if (message.kind === 'closed') {
				end();
			} else {
				if (listeners.size === 0) for (const event of message.events) past = fold(past, event);
				else for (const event of message.events) tell(event);
				post({ kind: 'taken' });
			}
		},
		lost(text, file) {
			const event: EngineEvent = { kind: 'crashed', text, file };
			if (listeners.size === 0) past.push(event);
			tell(event);
			end();
		},
	};
}
