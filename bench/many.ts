import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkId } from '../src/domain/ids.ts';
import type { Recorded } from '../src/domain/observation.ts';
import { quantity } from '../src/domain/value.ts';
import { openStorage } from '../src/storage/open.ts';
import { end, PROGRAMS, ROUNDS, sleep, startNode, startServices } from './child.ts';
import { type Bench, type BenchOptions, type Figure, median } from './figure.ts';
import { configOf, measure, ORIGINS } from './polling.ts';
import { timeRefills } from './refill.ts';

/** 2,000 checks every 10 s by a program that has one core. */
async function onOneCore({ quick }: BenchOptions): Promise<Figure[]> {
	const load = { checks: 2_000, everyMs: 10_000, aim: 0 };
	const services = await startServices(ORIGINS);
	const folder = mkdtempSync(join(tmpdir(), 'rounds-bench-'));
	writeFileSync(join(folder, 'rounds.yaml'), configOf(services, load));
	const lagFile = join(folder, 'lag');
	const preload = ['--import', join(PROGRAMS, 'loop-lag.ts')];
	const child = startNode([...preload, ROUNDS, 'watch', '--config', join(folder, 'rounds.yaml')], {
		cwd: folder,
		env: { ...process.env, BENCH_LAG: lagFile },
	});
	try {
		execFileSync('taskset', ['-acp', '0', String(child.pid)], { stdio: 'ignore' });
		await sleep(22_000);
		const kept = await measure(child.pid ?? 0, services, load, quick ? 20_000 : 60_000);
		await end(child);
		return [
			{
				name: 'rate kept, 2,000 @ 10 s on one core',
				measured: kept.rate * 100,
				unit: '%',
				aim: { of: 'figure', least: 99.9 },
			},
			{
				name: 'event loop lag p99, 2,000 @ 10 s on one core',
				measured: Number(readFileSync(lagFile, 'utf8')),
				unit: 'ms',
				aim: { of: 'figure', most: 20 },
			},
		];
	} finally {
		await end(child);
		services.close();
		rmSync(folder, { recursive: true });
	}
}

const CHECKS = 200;
const EVERY_MS = 1_000;
const START = Date.parse('2025-11-22T00:00:00Z');

function batchAt(at: number): Recorded[] {
	return Array.from({ length: CHECKS }, (_, index) => {
		const check = checkId(`check-${index}`);
		const latency = 5 + ((at / 1000 + index * 7) % 60);
		const samples = { latency: quantity(latency, 'ms'), status: quantity(200) };
		const state = {
			check,
			level: 'ok' as const,
			hard: true,
			attempt: 1,
			since: START,
			hardLevel: 'ok' as const,
			hardSince: START,
			at: at + index,
		};
		return {
			observation: {
				check,
				at: at + index,
				durationMs: latency,
				samples,
				fault: null,
				level: 'ok',
				reasons: [],
			},
			state,
			flip: null,
		};
	});
}

/** Stores many observations of 200 checks, packs the closed hours, and does what a start does with the last 60 of each. */
function manyRows({ quick }: BenchOptions): Figure[] {
	const rows = quick ? 1_000_000 : 10_000_000;
	const folder = mkdtempSync(join(tmpdir(), 'rounds-bench-'));
	try {
		const opened = openStorage({
			path: folder,
			environment: 'bench',
			group: null,
			now: START,
			version: 'bench',
		});
		if (!opened.ok) throw new Error(opened.error.code);
		const storage = opened.value;
		let at = START;
		for (let stored = 0; stored < rows; stored += CHECKS, at += EVERY_MS) {
			const kept = storage.observations.record(batchAt(at));
			if (!kept.ok) throw new Error(kept.error.code);
			if (stored % 720_000 === 0) {
				for (let more = true; more; ) {
					const packed = storage.observations.compact(at, Number.MAX_SAFE_INTEGER / 4);
					more = packed.ok && packed.value;
				}
			}
		}
		const bytes = storage.bytes();
		storage.close();
		const times = timeRefills(folder, CHECKS, EVERY_MS, at);
		const name = `${rows.toLocaleString('en')} observations`;
		return [
			{
				name: `last 60 of 200 checks among ${name}`,
				measured: median(times),
				unit: 'ms',
				aim: { of: 'figure', most: 10 },
			},
			{ name: 'the same, the first of the process', measured: times[0] ?? Number.NaN, unit: 'ms' },
			{ name: `size per million of ${name}`, measured: ((bytes / rows) * 1e6) / 1e6, unit: 'MB' },
		];
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** Many checks on little, and much history. */
export const many: Bench = {
	name: 'many',
	about: '2,000 checks every 10 s on one core; ten million observations',
	run: async (options) => [...(await onOneCore(options)), ...manyRows(options)],
};
