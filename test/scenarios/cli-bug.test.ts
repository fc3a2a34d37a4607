import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';
import { until } from '../support/console.ts';
import { makeSystem } from '../support/engine.ts';
import { lives } from '../support/living.ts';

describe('a bug while a command without a screen runs', () => {
	it.for([
		['in a timer', "throw new Error('a bug of the test')"],
		['in a promise nobody hears', "Promise.reject(new Error('a bug of the test'))"],
	] as const)('%s ends it with 70 and a crash file, and nothing it began goes on', async ([, what]) => {
		const system = makeSystem(
			'version: 1\nsystem: S\nactions: {long: {run: [bash, -c, "echo $$$$ > pid; exec sleep 90"]}}\nrounds: {all: {steps: [{run: long}]}}\n',
		);
		const preload = system.write(
			'bug.mjs',
			`import { existsSync } from 'node:fs';
const timer = setInterval(() => { if (existsSync('pid')) { clearInterval(timer); ${what}; } }, 20);
`,
		);
		const run = await runCli(['run', 'all'], { cwd: system.folder, node: ['--import', preload] });
		expect(run.code).toBe(70);
		expect(run.err).toMatch(
			/^rounds: a mistake of this program: a bug of the test · details in .*crash-.*\n$/,
		);
		const own = join(system.folder, 'own/rounds');
		const [file] = readdirSync(own).filter((name) => name.startsWith('crash-'));
		expect(readFileSync(join(own, file!), 'utf8')).toContain('a bug of the test');
		const pid = Number(readFileSync(join(system.folder, 'pid'), 'utf8'));
		await until(() => !lives(pid));
	});
});
