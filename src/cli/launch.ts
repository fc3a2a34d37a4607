import type { Refusal } from '../domain/engine.ts';
import type { ActionId } from '../domain/ids.ts';
import type { Operation } from '../domain/operation.ts';
import type { ActionFace } from '../domain/picture.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Opened } from './opened.ts';

/** Starts an action and waits for its end. */
export async function launch(opened: Opened, action: ActionId): Promise<Result<Operation, Refusal>> {
	let id: number | null = null;
	const ends = new Map<number, Operation>();
	let wake: () => void = () => {};
	const stop = opened.on((event) => {
		if (event.kind !== 'operation' || event.operation.state === 'running') return;
		ends.set(event.operation.id, event.operation);
		wake();
	});
	try {
		const started = await opened.engine.send('operation.start', { action, step: null, confirmed: null });
		if (!started.ok) return started;
		id = started.value.operation.id;
		for (;;) {
			const ended = ends.get(id);
			if (ended) return ok(ended);
			await new Promise<void>((resolve) => {
				wake = resolve;
			});
		}
	} finally {
		stop();
	}
}

/** Starts the action that is this built-in, whatever it is called. */
export async function launchBuiltin(
	opened: Opened,
	name: NonNullable<ActionFace['builtin']>,
): Promise<Result<Operation, Refusal>> {
	const action = opened.face.actions.find((a) => a.builtin === name);
	if (!action) return err({ kind: 'refused', why: 'no-such-action', detail: { action: name } });
	return launch(opened, action.id);
}
