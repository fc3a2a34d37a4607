import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	bytesWrittenBy,
	cpuMsOf,
	end,
	PROGRAMS,
	ROUNDS,
	type Services,
	sleep,
	startNode,
	startServices,
} from './child.ts';
import type { Bench, BenchOptions, Figure } from './figure.ts';
import { median, quantile } from './figure.ts';

export const ORIGINS = 20;

export interface Load {
	readonly checks: number;
	readonly everyMs: number;
	/** Most CPU per check, as a multiple of the bare loop's. */
	readonly aim: number;
}

interface Kept {
	readonly cpuMs: number;
	/** Share of the promised questions that were asked. */
	readonly rate: number;
	/** ms later than its own rhythm, of every question. */
	readonly late: readonly number[];
	readonly bytes: number;
}

const pathOf = (check: number) => `/check/${check}`;

const addressOf = (services: Services, check: number) =>
	`http://127.0.0.1:${services.ports[check % services.ports.length]}${pathOf(check)}`;

/** A configuration as an operator would write it: conditions on the answer, a value shown. */
export function configOf(services: Services, { checks, everyMs }: Load): string {
	const lines = ['version: 1', 'system: Bench', 'timezone: UTC', 'services:'];
	for (let origin = 0; origin < ORIGINS; origin++)
		lines.push(`  service-${origin}: {title: Service ${origin}}`);
	lines.push('checks:');
	for (let check = 0; check < checks; check++) {
		lines.push(
			`  check-${check}:`,
			`    service: service-${check % ORIGINS}`,
			'    kind: http',
			`    url: ${addressOf(services, check)}`,
			`    every: ${everyMs / 1000}s`,
			'    timeout: 5s',
			'    must:',
			'      - status == 200',
			'      - $.status == "healthy"',
			'    should:',
			'      - latency < 2s',
			'    show:',
			'      net: $.summary.net_balance',
		);
	}
	return `${lines.join('\n')}\n`;
}

/** ms by which each question came later than the rhythm that the check itself keeps. */
function lateness(times: readonly number[], everyMs: number): number[] {
	const offsets = times.map((at, turn) => {
		const since = at - (times[0] ?? at);
		// A question that was left out must not make all later ones late.
		return turn === 0 ? 0 : since - Math.round(since / everyMs) * everyMs;
	});
	const rhythm = Math.min(...offsets);
	return offsets.map((offset) => offset - rhythm);
}

export async function measure(pid: number, services: Services, load: Load, forMs: number): Promise<Kept> {
	services.begin();
	const [cpu, bytes, from] = [cpuMsOf(pid), bytesWrittenBy(pid), performance.now()];
	await sleep(forMs);
	const asked = await services.end();
	const tookMs = performance.now() - from;
	const count = Object.values(asked).reduce((sum, times) => sum + times.length, 0);
	return {
		cpuMs: (cpuMsOf(pid) - cpu) / count,
		rate: count / ((load.checks * tookMs) / load.everyMs),
		late: Object.values(asked).flatMap((times) => lateness(times, load.everyMs)),
		bytes: (bytesWrittenBy(pid) - bytes) / count,
	};
}

async function runOurs(services: Services, load: Load, warmMs: number, forMs: number): Promise<Kept> {
	const folder = mkdtempSync(join(tmpdir(), 'rounds-bench-'));
	writeFileSync(join(folder, 'rounds.yaml'), configOf(services, load));
	const flags = (process.env['BENCH_NODE_FLAGS'] ?? '').split(' ').filter(Boolean);
	const child = startNode([...flags, ROUNDS, 'watch', '--config', join(folder, 'rounds.yaml')], {
		cwd: folder,
	});
	try {
		await sleep(warmMs);
		return await measure(child.pid ?? 0, services, load, forMs);
	} finally {
		await end(child);
		rmSync(folder, { recursive: true });
	}
}

async function runBare(services: Services, load: Load, warmMs: number, forMs: number): Promise<Kept> {
	const folder = mkdtempSync(join(tmpdir(), 'rounds-bench-'));
	const addresses = Array.from({ length: load.checks }, (_, check) => addressOf(services, check));
	const child = startNode([
		join(PROGRAMS, 'bare-loop.ts'),
		join(folder, 'bare.db'),
		String(load.everyMs),
		JSON.stringify(addresses),
	]);
	try {
		await sleep(warmMs);
		return await measure(child.pid ?? 0, services, load, forMs);
	} finally {
		await end(child);
		rmSync(folder, { recursive: true });
	}
}

async function runLoad(load: Load, { quick }: BenchOptions): Promise<Figure[]> {
	const services = await startServices(ORIGINS);
	const [rounds, warmMs, forMs] = quick ? [1, 5_000, 8_000] : [3, 10_000, 14_000];
	const ours: Kept[] = [];
	const bare: Kept[] = [];
	try {
		// In turn, so that a machine that is busy for a while is busy for both.
		for (let round = 0; round < rounds; round++) {
			ours.push(await runOurs(services, load, warmMs, forMs));
			bare.push(await runBare(services, load, warmMs, forMs));
		}
	} finally {
		services.close();
	}
	const name = `${load.checks.toLocaleString('en')} @ ${load.everyMs / 1000} s`;
	const of = (runs: readonly Kept[], read: (kept: Kept) => number) => median(runs.map(read));
	return [
		{
			name: `CPU per HTTP check, ${name}`,
			measured: of(ours, (kept) => kept.cpuMs),
			unit: 'ms',
			anchor: { name: 'bare undici loop', value: of(bare, (kept) => kept.cpuMs) },
			aim: { of: 'ratio', most: load.aim },
		},
		{
			name: `rate kept, ${name}`,
			measured: of(ours, (kept) => kept.rate) * 100,
			unit: '%',
			anchor: { name: 'bare undici loop', value: of(bare, (kept) => kept.rate) * 100 },
			aim: { of: 'figure', least: 99 },
		},
		{
			name: `lateness p99, ${name}`,
			measured: of(ours, (kept) => quantile(kept.late, 0.99)),
			unit: 'ms',
			anchor: { name: 'bare undici loop', value: of(bare, (kept) => quantile(kept.late, 0.99)) },
			...(load.checks === 200 ? { aim: { of: 'figure' as const, most: 15 } } : {}),
		},
		{
			name: `bytes written per observation, ${name}`,
			measured: of(ours, (kept) => kept.bytes),
			unit: 'B',
			anchor: { name: 'bare undici loop', value: of(bare, (kept) => kept.bytes) },
			aim: { of: 'figure', most: 300 },
		},
	];
}

/** The real program without a screen, asking real servers in another process and storing what they say. */
export const polling: Bench = {
	name: 'polling',
	about: 'CPU per HTTP check, rate and times kept, bytes stored',
	async run(options) {
		return [
			...(await runLoad({ checks: 200, everyMs: 1_000, aim: 1.4 }, options)),
			...(await runLoad({ checks: 2_000, everyMs: 2_000, aim: 1.6 }, options)),
		];
	},
};
