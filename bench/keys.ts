import { sleep, startServices } from './child.ts';
import { type Bench, type Figure, quantile } from './figure.ts';
import { type BenchSystem, openDemo, openSystem } from './systems.ts';
import { mainThreadCpuMs, openTerminal, threadsCpuMs } from './terminal.ts';

const READY = /● (\x1b\[[\d;]*m)*ok/;

async function keysToPaint(system: BenchSystem, presses: number): Promise<readonly number[]> {
	const terminal = openTerminal(system.args, system);
	try {
		await terminal.until(READY);
		await sleep(3_000);
		const took: number[] = [];
		for (let press = 0; press < presses; press++) {
			const painted = terminal.next();
			const pressedAt = performance.now();
			// Down for a while, then up again: every press moves the selection, some scroll.
			terminal.type(press % 40 < 20 ? 'j' : 'k');
			took.push((await painted) - pressedAt);
			await sleep(90 + ((press * 37) % 60));
		}
		return took;
	} finally {
		await terminal.end();
	}
}

async function restOn(system: BenchSystem, forMs: number): Promise<{ screen: number; whole: number }> {
	const terminal = openTerminal(system.args, system);
	try {
		await terminal.until(READY);
		await sleep(8_000);
		const [screen, whole, from] = [
			mainThreadCpuMs(terminal.pid),
			threadsCpuMs(terminal.pid),
			performance.now(),
		];
		await sleep(forMs);
		const tookMs = performance.now() - from;
		return {
			screen: ((mainThreadCpuMs(terminal.pid) - screen) / tookMs) * 100,
			whole: ((threadsCpuMs(terminal.pid) - whole) / tookMs) * 100,
		};
	} finally {
		await terminal.end();
	}
}

async function run(quick: boolean): Promise<readonly Figure[]> {
	const services = await startServices(10);
	const many = await openSystem(services, { count: 200, everyMs: 5_000, polledMs: 0 });
	const demo = await openDemo();
	try {
		const took = await keysToPaint(many, quick ? 60 : 300);
		const rest = await restOn(demo, quick ? 10_000 : 60_000);
		return [
			{ name: 'key press to paint p50, 200 checks', measured: quantile(took, 0.5), unit: 'ms' },
			{
				name: 'key press to paint p95, 200 checks',
				measured: quantile(took, 0.95),
				unit: 'ms',
				aim: { of: 'figure', most: 25 },
			},
			{
				name: 'screen CPU at rest, demo (main thread)',
				measured: rest.screen,
				unit: '%',
				aim: { of: 'figure', most: 3 },
			},
			{ name: 'whole console CPU at rest, demo (all threads)', measured: rest.whole, unit: '%' },
		];
	} finally {
		services.close();
		await many.remove();
		await demo.remove();
	}
}

/** The real program in a real terminal: keys answered among repaints, and what it costs when nobody presses any. */
export const keys: Bench = {
	name: 'keys',
	about: 'key press to paint with 200 checks; CPU at rest on the demo',
	run: ({ quick }) => run(quick),
};
