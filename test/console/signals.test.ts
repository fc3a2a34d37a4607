import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { builtRounds } from '../support/built.ts';
import { atHealth, runByName, shows, test, until } from '../support/console.ts';

/** The program that a shell has started last. */
async function consoleBelow(shell: number): Promise<number> {
	const children = await readFile(`/proc/${shell}/task/${shell}/children`, 'utf8');
	const pid = Number(children.trim().split(' ').at(-1));
	if (!(pid > 0)) throw new Error(`the shell ${shell} has started nothing`);
	return pid;
}

const LEFT = /\x1b\[\?25h\x1b\[\?1049l/;

test.for([
	['SIGTERM', 143],
	['SIGINT', 130],
	['SIGHUP', 129],
] as const)('gives the terminal back on %s and exits %i', async ([signal, code], { world }) => {
	const pty = await world.open();
	await atHealth(pty);
	expect(pty.isAlternate).toBe(true);
	pty.kill(signal);
	const began = Date.now();
	expect((await pty.exit).code).toBe(code);
	expect(Date.now() - began).toBeLessThan(2_500);
	expect(pty.isAlternate).toBe(false);
	expect(pty.output).toMatch(LEFT);
	await until(async () => (await world.leftOver()).length === 0);
});

test('asks for a second ctrl-c, and takes the first back with any other key', async ({ world }) => {
	const pty = await world.open();
	await atHealth(pty);
	pty.press('ctrl-c');
	await pty.waitFor('ctrl-c again to quit');
	pty.press('j');
	await pty.waitFor((lines) => !lines.join('\n').includes('again to quit'));
	pty.press('ctrl-c');
	await pty.waitFor('ctrl-c again to quit');
	pty.press('ctrl-c');
	expect((await pty.exit).code).toBe(0);
	expect(pty.isAlternate).toBe(false);
	expect(pty.output).toMatch(LEFT);
});

test('cancels what runs with the first ctrl-c, and leaves none of its processes', async ({ world }) => {
	const pty = await world.open();
	await atHealth(pty);
	// An action of the operator's own that would run for a minute.
	const config = join(world.demo, 'rounds.yaml');
	const text = await readFile(config, 'utf8');
	await writeFile(
		config,
		text.replace('\nactions:', '\nactions:\n  doze: {title: Doze, run: [sleep, "60"]}'),
	);
	await runByName(pty, 'doze', 'Doze');
	await shows(pty, 'sleep 60', 'started: Doze');
	pty.press('ctrl-c');
	await shows(pty, /cancelling: Doze|cancelled/, /cancelled/);
	await until(async () => {
		const commands = (await world.leftOver()).map((one) =>
			readFile(`/proc/${one}/cmdline`, 'utf8').catch(() => ''),
		);
		return (await Promise.all(commands)).every((command) => !command.startsWith('sleep'));
	});
	pty.press('q');
	await shows(pty, '▸Flask Server');
	pty.press('q');
	expect((await pty.exit).code).toBe(0);
}, 60_000);

test('goes to the shell on ctrl-z and comes back with the same screen', async ({ world }) => {
	const { node, script } = await builtRounds();
	const pty = await world.run('bash', ['--norc', '--noprofile', '-i'], { env: { PS1: 'shell> ' } });
	await pty.waitFor('shell>');
	pty.type(`'${node}' '${script}' demo\r`);
	await atHealth(pty);
	pty.press('2');
	await pty.waitFor(/transactions\s+48,609/);
	pty.press('ctrl-z');
	await pty.waitFor((lines) => lines.join('\n').includes('Stopped'));
	expect(pty.isAlternate).toBe(false);
	pty.type('echo alive\r');
	await pty.waitFor(/^alive$/m);
	pty.type('fg\r');
	await pty.waitFor(/transactions\s+48,609/);
	expect(pty.isAlternate).toBe(true);
	pty.press('1');
	await pty.waitFor(/Flask Server.*● ok/);
	// Stopped from outside it does the same.
	process.kill(await consoleBelow(pty.pid), 'SIGTSTP');
	await pty.waitFor((lines) => lines.join('\n').includes('Stopped'));
	expect(pty.isAlternate).toBe(false);
	pty.type('fg\r');
	await pty.waitFor(/Flask Server.*● ok/);
	pty.press('q');
	await pty.waitFor(/^shell>$/m);
	pty.type('echo "code $?"\r');
	await pty.waitFor(/^code 0$/m);
});

test('survives two hundred sizes in five seconds and draws the last one right', async ({ world }) => {
	const pty = await world.open();
	await atHealth(pty);
	for (let turn = 0; turn < 200; turn++) {
		pty.resize(1 + ((turn * 37) % 300), 1 + ((turn * 13) % 100));
		await new Promise((resolve) => setTimeout(resolve, 25));
	}
	pty.resize(100, 30);
	pty.press('2');
	await pty.waitFor(/expenses\s+6,904,032\.73/);
	const lines = await pty.waitFor((rows) => rows.length === 30 && (rows[29] ?? '').includes('saved'));
	expect(lines[0]).toMatch(/^ CreditPilot .*UTC$/);
	expect(lines[2]).toBe('─'.repeat(100));
	expect(lines[28]).toBe('─'.repeat(100));
	expect(lines.every((line) => line.length <= 100)).toBe(true);
	pty.press('q');
	expect((await pty.exit).code).toBe(0);
});
