import { parentPort } from 'node:worker_threads';
import { signFirstRound } from './cli/first-round.ts';
import type { CommandInput, CommandName, Engine, EngineEvent } from './domain/engine.ts';
import { createOutbox, type FromEngine, type ToEngine } from './domain/engine-wire.ts';
import { type EngineFailure, type EngineOptions, openEngine } from './engine.ts';
import { createClock } from './platform/clock.ts';
import { hideInCrashes, redactThrown } from './platform/crash.ts';
import { type GroupBoard, writeGroupsOn } from './platform/group-board.ts';
import { type LastPicture, writePicture } from './platform/last-picture.ts';

/** The first message to the thread, which is started before its system is known so that it can load meanwhile. */
export interface ThreadStart extends Omit<EngineOptions, 'polls' | 'world' | 'onSecrets'> {
	/** Where the groups of what runs are written, for who outlives this thread. */
	readonly groups: GroupBoard;
	/** Where what is known is kept for the next start. */
	readonly picture: LastPicture;
	/** Words of the demo's first signed round. */
	readonly demoWords: { readonly answer: string; readonly note: string };
}

/** Before anything else: either the engine is open, or why it is not. */
export type ThreadOpening =
	| { readonly kind: 'opened' }
	| { readonly kind: 'failed'; readonly failure: EngineFailure };

const KEEP_MS = 15_000;

// The other thread writes the crash file and knows no secret.
if (parentPort)
	process.on('uncaughtException', (thrown) => {
		throw redactThrown(thrown);
	});

const port = parentPort;
port?.once('message', (start: ThreadStart) => void run(port, start));

async function run(port: NonNullable<typeof parentPort>, start: ThreadStart): Promise<void> {
	writeGroupsOn(start.groups);
	let opened = await openEngine({ ...start, onSecrets: hideInCrashes, polls: true });
	if (start.demo && opened.ok && (await isNew(opened.value))) {
		await opened.value.close();
		await prepareDemo(start);
		opened = await openEngine({ ...start, onSecrets: hideInCrashes, polls: true });
	}
	if (!opened.ok) {
		port.postMessage({ kind: 'failed', failure: opened.error } satisfies ThreadOpening);
		return;
	}
	const engine = opened.value;
	const post = (message: FromEngine) => port.postMessage(message);
	port.postMessage({ kind: 'opened' } satisfies ThreadOpening);
	const outbox = createOutbox((events) => post({ kind: 'events', events }), setImmediate);
	engine.subscribe((event) => outbox.put(event));
	createClock().after(KEEP_MS, () => keepPicture(engine, start.picture));
	port.on('message', (message: ToEngine) => {
		if (message.kind === 'taken') outbox.taken();
		else if (message.kind === 'send') {
			void engine
				.send(message.name, message.input as CommandInput<CommandName>)
				.then((result) => post({ kind: 'answer', id: message.id, result }));
		} else {
			keepPicture(engine, start.picture);
			void engine.close().then(() => {
				post({ kind: 'closed' });
				port.close();
			});
		}
	});
}

/** For a console that ends without being asked, once soon after the start; in order, at the end. */
function keepPicture(engine: Engine, picture: LastPicture): void {
	const events: EngineEvent[] = [];
	engine.subscribe((event) => events.push(event))();
	writePicture(picture, events);
}

async function isNew(engine: Engine): Promise<boolean> {
	const rounds = await engine.send('rounds.list', { limit: 1 });
	return rounds.ok && rounds.value.rounds.length === 0;
}

/** A newcomer needs a baseline to drift from: one earlier round, signed by the demo itself through ordinary commands. */
async function prepareDemo(start: ThreadStart): Promise<void> {
	const opened = await openEngine({
		...start,
		onSecrets: hideInCrashes,
		operator: 'demo',
		signsAsDemo: true,
		polls: false,
	});
	if (!opened.ok) return;
	await signFirstRound(opened.value, createClock().now(), start.demoWords);
	await opened.value.close();
}
