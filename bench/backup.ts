import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { createClock } from '../src/platform/clock.ts';
import { createHeavyPort } from '../src/workers/heavy-port.ts';
import { createPool } from '../src/workers/pool.ts';
import {
	type JournalMode,
	LEDGER_SUMS,
	makeLedger,
	startWriting,
} from '../test/support/sqlite-application.ts';
import { ROUNDS, sleep } from './child.ts';
import { type Bench, type Figure, median } from './figure.ts';

/** Of the application that writes meanwhile. */
const PAUSE_MS = 10;
const RESOLUTION_MS = 2;
const BOUND_MS = 250;

interface Turn {
	readonly tookMs: number;
	readonly writerMs: number;
	readonly stallMs: number;
	readonly method: string;
}

const clock = createClock();
const withinAll = () => ({ deadline: clock.monotonic() + 600_000, signal: new AbortController().signal });

/** Copies and hashes as a plan does, while another process writes; the loop of this thread is that of a screen. */
async function ours(file: string, mode: JournalMode): Promise<Turn> {
	const to = `${file}.copy`;
	const script = pathToFileURL(join(dirname(ROUNDS), 'jobs.js'));
	const pool = createPool({ script, clock });
	const heavy = createHeavyPort(pool);
	// The console's workers run already, and are started by another thread than the screen's.
	await heavy.lookSqlite({ file, sums: {}, full: false }, withinAll());
	const writer = await startWriting(file, mode, PAUSE_MS);
	const lag = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
	try {
		writer.reset();
		lag.enable();
		const began = performance.now();
		const request = { file, to, sums: LEDGER_SUMS, longestWaitMs: BOUND_MS };
		const copied = await heavy.copySqlite(request, withinAll(), () => {});
		if (!copied.ok) throw new Error(copied.error.code);
		const sealed = await heavy.seal({ from: to, to: null, compress: 'none', encrypt: null }, withinAll());
		if (!sealed.ok) throw new Error(sealed.error.code);
		const tookMs = performance.now() - began;
		lag.disable();
		const { longestMs } = await writer.stop();
		// What is reported holds the resolution itself.
		const stallMs = Math.max(0, lag.percentile(99) / 1e6 - RESOLUTION_MS);
		return { tookMs, writerMs: longestMs, stallMs, method: copied.value.method };
	} finally {
		writer.kill();
		pool.close();
		rmSync(to, { force: true });
	}
}

/** What an operator does by hand. Nobody writes meanwhile: it would begin anew with every write. */
function byHand(file: string): number {
	const to = `${file}.byhand`;
	const began = performance.now();
	execFileSync('sqlite3', [file, `.backup '${to}'`]);
	execFileSync('sha256sum', [to], { stdio: 'ignore' });
	const tookMs = performance.now() - began;
	rmSync(to);
	return tookMs;
}

/** What the writer waits where nobody copies: for the disk, and for its own checkpoints. */
async function alone(file: string, mode: JournalMode, ms: number): Promise<number> {
	const writer = await startWriting(file, mode, PAUSE_MS);
	writer.reset();
	await sleep(ms);
	return (await writer.stop()).longestMs;
}

async function measure(
	folder: string,
	mode: JournalMode,
	bytes: number,
	turns: number,
): Promise<readonly Figure[]> {
	const file = join(folder, `${mode}.db`);
	makeLedger(file, mode, bytes);
	const size = statSync(file).size / 1e6;
	const own: Turn[] = [];
	const hand: number[] = [];
	const quiet: number[] = [];
	for (let turn = 0; turn < turns; turn++) {
		hand.push(byHand(file));
		const one = await ours(file, mode);
		own.push(one);
		quiet.push(await alone(file, mode, one.tookMs));
	}
	rmSync(file);
	const what = `${size >= 1000 ? `${(size / 1000).toFixed(1)} GB` : `${Math.round(size)} MB`}, ${own[0]?.method}`;
	const speed = (times: readonly number[]) => size / (median(times) / 1000);
	return [
		{
			name: `copied and hashed under writes, ${what}`,
			measured: speed(own.map(({ tookMs }) => tookMs)),
			unit: 'MB/s',
			anchor: { name: 'sqlite3 .backup + sha256sum, no writes', value: speed(hand) },
			aim: { of: 'ratio', least: 0.7 },
		},
		{
			name: `longest wait of its writer, ${what}`,
			measured: Math.max(...own.map(({ writerMs }) => writerMs)),
			unit: 'ms',
			anchor: { name: 'nobody copies', value: Math.max(...quiet) },
			aim: { of: 'figure', most: BOUND_MS },
		},
		{
			name: `stall of the screen's thread p99, ${what}`,
			measured: Math.max(...own.map(({ stallMs }) => stallMs)),
			unit: 'ms',
			aim: { of: 'figure', most: 16 },
		},
	];
}

/** Copying a SQLite database that is being written to. */
export const backup: Bench = {
	name: 'backup',
	about: 'a SQLite database copied while another process writes to it',
	async run({ quick }) {
		if (!existsSync(join(dirname(ROUNDS), 'jobs.js'))) throw new Error('build first: npm run build');
		const folder = mkdtempSync(join(tmpdir(), 'rounds-bench-'));
		const turns = quick ? 2 : 5;
		try {
			return [
				...(await measure(folder, 'wal', quick ? 200_000_000 : 1_000_000_000, turns)),
				// One that fits the bound: a larger one is copied in a quiet moment, or refused.
				...(await measure(folder, 'delete', quick ? 50_000_000 : 150_000_000, turns)),
			];
		} finally {
			rmSync(folder, { recursive: true, force: true });
		}
	},
};
