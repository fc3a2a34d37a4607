import { type Fault, fault } from '../domain/fault.ts';
import type { Clock, Limits } from '../domain/ports.ts';
import { err, type Result } from '../domain/result.ts';
import { type Carrier, type CarrierKind, startProcess, startThread } from './carrier.ts';
import type { JobInput, JobName, JobOutput, JobProgress } from './jobs/index.ts';
import type { FromWorker } from './protocol.ts';

export interface PoolOptions {
	/** The worker's entry: `dist/jobs.js`, or `src/workers/worker.ts` from sources. */
	readonly script: URL;
	readonly clock: Clock;
	/** Workers at most, from 1; each is started when first needed and then kept. Default 4. */
	readonly size?: number;
	/** `process` (default) ends native work too; `thread` is for jobs that come back to JavaScript often. */
	readonly carrier?: CarrierKind;
}

export interface Pool {
	/**
	 * Faults besides the job's own: `timeout` {limitMs} at the deadline (the worker is ended and replaced), `own-limit`
	 * {reason: 'no-place'} when no worker was free until then, or {reason: 'memory'}, `cancelled`. Rejects when the job threw:
	 * a bug.
	 */
	run<Name extends JobName>(
		job: Name,
		input: JobInput<Name>,
		limits: Limits,
		onProgress?: (progress: JobProgress<Name>) => void,
	): Promise<Result<JobOutput<Name>, Fault>>;
	/** Workers alive, busy or idle. */
	workers(): number;
	/** Ends every worker; jobs under way are `cancelled`. */
	close(): void;
}

interface Job {
	readonly id: number;
	readonly name: string;
	readonly input: unknown;
	readonly limitMs: number;
	readonly onProgress: ((progress: never) => void) | undefined;
	worker: PoolWorker | null;
	settle(result: Result<unknown, Fault>): void;
	fail(cause: Error): void;
}

interface PoolWorker {
	readonly carrier: Carrier;
	job: Job | null;
}

const DEFAULT_SIZE = 4;

export function createPool({ script, clock, size = DEFAULT_SIZE, carrier = 'process' }: PoolOptions): Pool {
	const workers = new Set<PoolWorker>();
	const waiting: Job[] = [];
	let nextId = 1;
	let closed = false;

	const startWorker = (): PoolWorker => {
		const worker: PoolWorker = {
			job: null,
			carrier: (carrier === 'thread' ? startThread : startProcess)(script, {
				onMessage: (message) => hear(worker, message),
				onEnd: (reason) => lose(worker, reason),
			}),
		};
		workers.add(worker);
		return worker;
	};
	const endWorker = (worker: PoolWorker): void => {
		workers.delete(worker);
		worker.job = null;
		worker.carrier.keepAlive(false);
		worker.carrier.end();
	};
	const assign = (): void => {
		while (waiting.length > 0 && !closed) {
			// The one used last is warm; the others stay unstarted while one is enough.
			const idle = [...workers].findLast((each) => each.job === null);
			const worker = idle ?? (workers.size < size ? startWorker() : null);
			if (worker === null) return;
			const job = waiting.shift()!;
			worker.job = job;
			job.worker = worker;
			worker.carrier.keepAlive(true);
			worker.carrier.send({ id: job.id, job: job.name, input: job.input });
		}
	};
	const free = (worker: PoolWorker): void => {
		worker.job = null;
		worker.carrier.keepAlive(false);
		assign();
	};
	const hear = (worker: PoolWorker, message: FromWorker): void => {
		const { job } = worker;
		if (job === null || job.id !== message.id) return;
		if (message.kind === 'progress') {
			(job.onProgress as ((progress: unknown) => void) | undefined)?.(message.progress);
			return;
		}
		free(worker);
		if (message.kind === 'done') job.settle(message.result);
		else job.fail(new Error(`worker job ${job.name}: ${message.text}`));
	};
	/** It ended without being asked: killed from outside, or out of memory. */
	const lose = (worker: PoolWorker, reason: string): void => {
		if (!workers.delete(worker)) return;
		const { job } = worker;
		worker.job = null;
		const memory = reason === 'ERR_WORKER_OUT_OF_MEMORY' || reason === 'SIGABRT';
		job?.settle(
			err(
				fault(
					'own-limit',
					memory ? { reason: 'memory', limitMb: 256 } : { reason: 'worker-lost', why: reason },
				),
			),
		);
		assign();
	};
	/** Gives a job up: takes it from the queue, or ends the worker that hangs in it. */
	const giveUp = (job: Job, because: Fault): void => {
		const place = waiting.indexOf(job);
		if (place !== -1) waiting.splice(place, 1);
		else if (job.worker?.job === job) endWorker(job.worker);
		job.settle(err(because));
		assign();
	};

	return {
		run(name, input, limits, onProgress) {
			return new Promise((resolve, reject) => {
				const left = limits.deadline - clock.monotonic();
				const limitMs = Math.max(0, Math.round(left));
				if (closed || limits.signal.aborted) return resolve(err(fault('cancelled')));
				const onAbort = () => giveUp(job, fault('cancelled'));
				const stopTimer = clock.after(Math.max(0, left), () =>
					giveUp(
						job,
						job.worker ? fault('timeout', { limitMs }) : fault('own-limit', { reason: 'no-place', limitMs }),
					),
				);
				const settled = <Value>(then: (value: Value) => void) => {
					return (value: Value) => {
						stopTimer();
						limits.signal.removeEventListener('abort', onAbort);
						then(value);
					};
				};
				const job: Job = {
					id: nextId++,
					name,
					input,
					limitMs,
					onProgress: onProgress as Job['onProgress'],
					worker: null,
					settle: settled((result: Result<unknown, Fault>) =>
						resolve(result as Result<JobOutput<typeof name>, Fault>),
					),
					fail: settled(reject),
				};
				limits.signal.addEventListener('abort', onAbort);
				waiting.push(job);
				assign();
			});
		},
		workers: () => workers.size,
		close() {
			closed = true;
			for (const job of waiting.splice(0)) job.settle(err(fault('cancelled')));
			for (const worker of [...workers]) {
				const { job } = worker;
				endWorker(worker);
				job?.settle(err(fault('cancelled')));
			}
		},
	};
}
