import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { builtRounds } from '../support/built.ts';
import { atHealth, type ConsoleWorld, test, until } from '../support/console.ts';
import { lives } from '../support/living.ts';
import type { Pty } from '../support/pty.ts';

/** Does this in the engine's thread as soon as the file is there. */
const fault = (file: string, what: string): string => `
import { existsSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
if (!isMainThread) {
	const timer = setInterval(() => {
		if (!existsSync(${JSON.stringify(file)})) return;
		clearInterval(timer);
		${what}
	}, 20);
	timer.unref();
}
`;

const BUSY = 'for (;;);';
const THROWS = "throw new Error('a bug of the test');";
const REJECTS = "Promise.reject(new Error('a bug of the test'));";

const CONFIG = `version: 1
system: Small
checks:
  here: {kind: file, path: rounds.yaml, every: 1s, must: [present == true]}
actions:
  deaf: {title: Deaf, key: W, run: [bash, -c, 'trap "" TERM; echo $$$$ > pid; sleep 300']}
`;

interface Lame {
	readonly pty: Pty;
	/** Lets the engine fail. */
	fail(): Promise<void>;
	/** The running command's process; 0 before it runs. */
	command(): Promise<number>;
}

async function openLame(world: ConsoleWorld, what: string): Promise<Lame> {
	const { node, script } = await builtRounds();
	const file = join(world.home, 'rounds.yaml');
	const preload = join(world.home, 'fault.mjs');
	const trigger = join(world.home, 'now');
	await writeFile(file, CONFIG);
	await writeFile(preload, fault(trigger, what));
	const pty = await world.run(node, ['--import', preload, script, '--config', file]);
	await atHealth(pty);
	return {
		pty,
		fail: () => writeFile(trigger, ''),
		command: async () => Number(await readFile(join(world.home, 'pid'), 'utf8').catch(() => '0')),
	};
}

/** The action that hears no TERM, running. */
async function startDeaf({ pty, command }: Lame): Promise<number> {
	pty.press('W');
	await until(async () => (await command()) > 0);
	return command();
}

/** Back to the first page, and out past the question; its code. */
async function leave(pty: Pty): Promise<number> {
	pty.press('q');
	await pty.waitFor((lines) => lines.some((line) => line.includes('here')));
	pty.press('q');
	await pty.waitFor('Quit?');
	let code: number | null = null;
	void pty.exit.then((ended) => {
		code = ended.code;
	});
	// Keys typed ahead do not answer it.
	await until(() => {
		if (code === null) pty.press('y');
		return code !== null;
	});
	return code as unknown as number;
}

test('ends on q while the engine is stuck, and takes its commands along', async ({ world }) => {
	const lame = await openLame(world, BUSY);
	const pid = await startDeaf(lame);
	await lame.fail();
	await lame.pty.waitFor('Deaf');
	await leave(lame.pty);
	expect(lame.pty.isAlternate).toBe(false);
	await until(() => !lives(pid));
}, 60_000);

test('takes its commands along when it is told to end while the engine is stuck', async ({ world }) => {
	const lame = await openLame(world, BUSY);
	const pid = await startDeaf(lame);
	await lame.fail();
	lame.pty.kill('SIGTERM');
	expect((await lame.pty.exit).code).toBe(143);
	await until(() => !lives(pid));
}, 60_000);

test.for<readonly [string, string]>([
	['an error', THROWS],
	['a promise nobody heard', REJECTS],
])(
	'ends with 70 after the engine ended by %s, and nothing runs on',
	{ timeout: 60_000 },
	async ([, what], { world }) => {
		const lame = await openLame(world, what);
		const pid = await startDeaf(lame);
		await lame.fail();
		await lame.pty.waitFor('a bug of the test');
		await until(() => !lives(pid));
		expect(await leave(lame.pty)).toBe(70);
		expect(lame.pty.isAlternate).toBe(false);
		expect(lame.pty.screen().join('')).toMatch(
			/rounds: a mistake of this program: .*a bug of the test · .*crash-/,
		);
	},
);
