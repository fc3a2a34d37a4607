import { parentPort, workerData } from 'node:worker_threads';
import { signFirstRound } from './cli/first-round.ts';
import type { CommandInput, CommandName } from './domain/engine.ts';
import { createOutbox, type FromEngine, type ToEngine } from './domain/engine-wire.ts';
import { type EngineFailure, type EngineOptions, openEngine } from './engine.ts';
import { createClock } from './platform/clock.ts';

/** What the console hands to the thread when it starts it. */
export interface ThreadStart extends Omit<EngineOptions, 'polls' | 'world'> {
	/** Words of the demo's first signed round. */
	readonly demoWords: { readonly answer: string; readonly note: string };
}

/** Before anything else: either the engine is open, or why it is not. */
export type ThreadOpening =
	| { readonly kind: 'opened' }
	| { readonly kind: 'failed'; readonly failure: EngineFailure };

const port = parentPort;
if (port) void run(port, workerData as ThreadStart);

async function run(port: NonNullable<typeof parentPort>, start: ThreadStart): Promise<void> {
	if (start.demo) await prepareDemo(start);
	const opened = await openEngine({ ...start, polls: true });
	if (!opened.ok) {
		port.postMessage({ kind: 'failed', failure: opened.error } satisfies ThreadOpening);
		return;
	}
	const engine = opened.value;
	const post = (message: FromEngine) => port.postMessage(message);
	port.postMessage({ kind: 'opened' } satisfies ThreadOpening);
	const outbox = createOutbox((events) => post({ kind: 'events', events }), setImmediate);
	engine.subscribe((event) => outbox.put(event));
	port.on('message', (message: ToEngine) => {
		if (message.kind === 'taken') outbox.taken();
		else if (message.kind === 'send') {
			void engine
				.send(message.name, message.input as CommandInput<CommandName>)
				.then((result) => post({ kind: 'answer', id: message.id, result }));
		} else {
			void engine.close().then(() => {
				post({ kind: 'closed' });
				port.close();
			});
		}
	});
}

/** A newcomer needs a baseline to drift from: one earlier round, signed by the demo itself through ordinary commands. */
async function prepareDemo(start: ThreadStart): Promise<void> {
	const opened = await openEngine({ ...start, operator: 'demo', signsAsDemo: true, polls: false });
	if (!opened.ok) return;
	await signFirstRound(opened.value, createClock().now(), start.demoWords);
	await opened.value.close();
}
