import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { PROGRAMS, ROOT, sleep, startServices } from './child.ts';
import { type Bench, type Figure, median } from './figure.ts';
import { type BenchSystem, openDemo, openSystem } from './systems.ts';
import { openTerminal, threadsCpuMs } from './terminal.ts';

interface Moment {
	readonly wallMs: number;
	readonly cpuMs: number;
}

/** As the program itself is bundled, but every dependency as it is published. */
async function buildHello(folder: string): Promise<string> {
	const outfile = join(folder, 'hello.js');
	await build({
		entryPoints: [join(PROGRAMS, 'hello.tsx')],
		outfile,
		bundle: true,
		platform: 'node',
		format: 'esm',
		target: 'node22.19',
		jsx: 'automatic',
		mainFields: ['module', 'main'],
		alias: { 'react-devtools-core': join(ROOT, 'scripts/build/no-devtools.js') },
		define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
		banner: {
			js: "import{createRequire as createRequireOf}from'node:module';const require=createRequireOf(import.meta.url);",
		},
		minifySyntax: true,
		minifyWhitespace: true,
		legalComments: 'none',
		logLevel: 'error',
	});
	return outfile;
}

/** `node -e 0`: wall time in the same kind of terminal; CPU by the shell, since a process that ended has no /proc. */
async function runNothing(): Promise<Moment> {
	const terminal = openTerminal(['-e', '0']);
	const wallMs = (await terminal.ended) - terminal.startedAt;
	const said = execFileSync('bash', ['-c', `{ time "${process.execPath}" -e 0; } 2>&1`], {
		encoding: 'utf8',
		env: { ...process.env, LC_ALL: 'C', TIMEFORMAT: '%U %S' },
	});
	const [user = 0, system = 0] = said.trim().split(' ').map(Number);
	return { wallMs, cpuMs: (user + system) * 1000 };
}

async function runProgram(
	args: readonly string[],
	paints: readonly RegExp[],
	system?: BenchSystem,
): Promise<readonly Moment[]> {
	const terminal = openTerminal(args, system);
	try {
		const moments: Moment[] = [];
		for (const paint of paints) {
			const at = await terminal.until(paint);
			moments.push({ wallMs: at - terminal.startedAt, cpuMs: threadsCpuMs(terminal.pid) });
		}
		return moments;
	} finally {
		await terminal.end();
	}
}

/** The launcher's word, or anything. */
const FIRST = /rounds|\S/;
/** Levels judged from real answers stand on the screen. */
const FULL = /\x1b\[\?1049h[\s\S]*● (\x1b\[[\d;]*m)*ok/;

async function run(quick: boolean): Promise<Figure[]> {
	const services = await startServices(10);
	const folder = mkdtempSync(join(ROOT, 'node_modules', '.bench-'));
	const hello = await buildHello(folder);
	const demo = await openDemo();
	const fifty = await openSystem(services, { count: 50, everyMs: 10_000, polledMs: 15_000 });
	const [nothing, ink, onDemo, onFifty]: [Moment[], Moment[], Moment[][], Moment[][]] = [[], [], [], []];
	try {
		// The first console on a demo signs its first round; that is no ordinary start.
		for (const system of [demo, fifty]) await runProgram(system.args, [FULL], system);
		await sleep(1_000);
		for (let turn = 0; turn < (quick ? 5 : 15); turn++) {
			nothing.push(await runNothing());
			ink.push(...(await runProgram([hello], [/Hello/])));
			onDemo.push([...(await runProgram(demo.args, [FIRST, FULL], demo))]);
			onFifty.push([...(await runProgram(fifty.args, [FIRST, FULL], fifty))]);
		}
	} finally {
		services.close();
		await demo.remove();
		await fifty.remove();
		rmSync(folder, { recursive: true });
	}
	const figures: Figure[] = [];
	for (const [where, moments] of [
		['demo', onDemo],
		['50 services', onFifty],
	] as const) {
		for (const [index, what, anchor, anchorName, most] of [
			[0, 'first paint', nothing, 'node -e 0', 1.3],
			[1, 'full frame with values', ink, 'bare Ink hello', 1.2],
		] as const) {
			for (const [unit, read] of [
				['wall', (moment: Moment) => moment.wallMs],
				['CPU', (moment: Moment) => moment.cpuMs],
			] as const) {
				figures.push({
					name: `${what}, ${where}, ${unit}`,
					measured: median(moments.map((pair) => read(pair[index] as Moment))),
					unit: 'ms',
					anchor: { name: anchorName, value: median(anchor.map(read)) },
					aim: { of: 'ratio', most },
				});
			}
		}
	}
	return figures;
}

export const start: Bench = {
	name: 'start',
	about: 'first paint and first full frame with values, in a real terminal',
	run: ({ quick }) => run(quick),
};
