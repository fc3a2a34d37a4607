import type {
	CommandInput,
	CommandName,
	CommandOutput,
	Engine,
	EngineEvent,
	Refusal,
} from '../domain/engine.ts';
import { err, type Result } from '../domain/result.ts';
import type { Dispatch } from './dispatch.ts';

export interface PortParts {
	readonly dispatch: Dispatch;
	/** Everybody who listens. */
	readonly listeners: Set<(event: EngineEvent) => void>;
	/** The present picture, for one who begins to listen. */
	readonly present: () => readonly EngineEvent[];
	/** Called once. */
	readonly close: () => Promise<void>;
}

/** The one port over the assembled services: commands in until it closes, events out. */
export function createPort({ dispatch, listeners, present, close }: PortParts): Engine {
	let closing: Promise<void> | null = null;
	return {
		async send<N extends CommandName>(
			name: N,
			input: CommandInput<N>,
		): Promise<Result<CommandOutput<N>, Refusal>> {
			if (closing) return err({ kind: 'refused', why: 'closing', detail: {} });
			return dispatch[name](input);
		},
		subscribe(listener) {
			for (const event of present()) listener(event);
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		close() {
			closing ??= close();
			return closing;
		},
	};
}
