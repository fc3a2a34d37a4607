import { sleep, startServices } from './child.ts';
import type { Bench, Figure } from './figure.ts';
import { openSystem } from './systems.ts';
import { openTerminal } from './terminal.ts';

const CHECKS = 200;
const EVERY_MS = 1_000;
const READY = /● (\x1b\[[\d;]*m)*ok/;

type Asked = Readonly<Record<string, readonly number[]>>;

/** Where in its interval each check stands: the earliest place at which it was asked. */
function rhythmOf(asked: Asked): ReadonlyMap<string, { readonly first: number; readonly earliest: number }> {
	return new Map(
		Object.entries(asked).map(([path, times]) => {
			const first = times[0] ?? 0;
			const offsets = times.map((at) => at - first - Math.round((at - first) / EVERY_MS) * EVERY_MS);
			return [path, { first, earliest: Math.min(...offsets) }];
		}),
	);
}

/** How late the latest question was, and the longest time without one, against the rhythm of `before`. */
function judge(asked: Asked, before: Asked): { readonly latestMs: number; readonly gapMs: number } {
	const rhythms = rhythmOf(before);
	let latestMs = 0;
	let gapMs = 0;
	for (const [path, times] of Object.entries(asked)) {
		const rhythm = rhythms.get(path);
		if (!rhythm) continue;
		times.forEach((at, turn) => {
			const since = at - rhythm.first - rhythm.earliest;
			latestMs = Math.max(latestMs, since - Math.floor(since / EVERY_MS + 0.05) * EVERY_MS);
			if (turn > 0) gapMs = Math.max(gapMs, at - (times[turn - 1] ?? at));
		});
	}
	return { latestMs, gapMs };
}

async function run(quick: boolean): Promise<readonly Figure[]> {
	const stoppedMs = quick ? 10_000 : 60_000;
	const services = await startServices(20);
	const system = await openSystem(services, { count: CHECKS, everyMs: EVERY_MS, polledMs: 0 });
	const terminal = openTerminal(system.args, system);
	try {
		await terminal.until(READY);
		await sleep(6_000);
		services.begin();
		await sleep(stoppedMs / 2);
		const reading = await services.end();
		terminal.stop(true);
		// Keys that change the picture, so that there is something that cannot be sent.
		const typing = setInterval(() => terminal.type('j'), 500);
		await sleep(stoppedMs);
		const stopped = await services.end();
		clearInterval(typing);
		terminal.stop(false);
		const [usual, found] = [judge(reading, reading), judge(stopped, reading)];
		const seconds = stoppedMs / 1000;
		const count = Object.values(stopped).reduce((sum, times) => sum + times.length, 0);
		return [
			{
				name: `latest start of a check, reader stopped for ${seconds} s`,
				measured: found.latestMs,
				unit: 'ms',
				anchor: { name: 'reader reading', value: usual.latestMs },
				aim: { of: 'figure', most: 50 },
			},
			{
				name: 'longest gap between checks that are 1,000 ms apart',
				measured: found.gapMs,
				unit: 'ms',
				anchor: { name: 'reader reading', value: usual.gapMs },
				aim: { of: 'figure', most: EVERY_MS + 50 },
			},
			{
				name: 'rate kept meanwhile',
				measured: (count / (CHECKS * seconds)) * 100,
				unit: '%',
				aim: { of: 'figure', least: 99 },
			},
		];
	} finally {
		await terminal.end();
		services.close();
		await system.remove();
	}
}

/** The link hangs: nothing is read from the console while it polls. */
export const stalled: Bench = {
	name: 'stalled',
	about: 'how late checks start while the terminal is not read',
	run: ({ quick }) => run(quick),
};
