import { writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

/** Loaded into the measured program: how late its event loop comes round, from 15 s after its start to its end. */
const RESOLUTION_MS = 2;
const file = process.env['BENCH_LAG'];
if (isMainThread && file !== undefined) {
	const lag = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
	setTimeout(() => lag.enable(), 15_000).unref();
	// What is reported holds the resolution itself.
	process.on('exit', () =>
		writeFileSync(file, String(Math.max(0, lag.percentile(99) / 1e6 - RESOLUTION_MS))),
	);
}
