import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { JOBS } from './jobs/index.ts';
import type { FromWorker, JobDefinition, ToWorker } from './protocol.ts';

/**
 * The entry of a worker. As a thread it does the jobs. As a process of its own it does them in a thread beside it, so that its
 * first thread can always end it, even in the middle of a query that nothing else stops.
 */
if (parentPort) serve(parentPort.postMessage.bind(parentPort), parentPort.on.bind(parentPort, 'message'));
else if (isMainThread && process.send) host(process.send.bind(process));

function host(tell: (message: unknown) => boolean): void {
	const thread = new Worker(fileURLToPath(import.meta.url));
	// Whoever asked is gone, be it by kill -9: nobody waits for an answer, and a running query must not go on alone.
	process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
	process.on('message', (message) => thread.postMessage(message));
	thread.on('message', (message) => tell(message));
	thread.on('error', () => process.exit(1));
	thread.on('exit', () => process.exit(1));
}

function serve(
	tell: (message: FromWorker) => void,
	onMessage: (listen: (message: ToWorker) => void) => void,
): void {
	onMessage(async ({ id, job: name, input }) => {
		try {
			const job = JOBS.find((each) => each.name === name) as
				| JobDefinition<string, unknown, unknown, unknown>
				| undefined;
			if (!job) throw new Error(`no worker job "${name}"`);
			const result = await job.run(input, (progress) => tell({ kind: 'progress', id, progress }));
			tell({ kind: 'done', id, result });
		} catch (cause) {
			// The text becomes a check's reason, which is stored and drawn: one sentence, no stack.
			tell({ kind: 'bug', id, text: cause instanceof Error ? cause.message : String(cause) });
		}
	});
}
