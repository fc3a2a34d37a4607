import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openPty, type Pty } from '../support/pty.ts';

let folder: string;
let pty: Pty | undefined;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'rounds-display-'));
});
afterEach(async () => {
	await pty?.close();
	await rm(folder, { recursive: true });
});

const start = (answers = true): { pty: Pty; turns(): Promise<number>; notes(): Promise<string> } => {
	const file = join(folder, 'turns');
	const opened = openPty({
		command: process.execPath,
		args: ['test/support/display-program.ts', file],
		answers,
		columns: 100,
		rows: 30,
	});
	pty = opened;
	const notes = () => readFile(file, 'utf8').catch(() => '');
	return { pty: opened, notes, turns: async () => (await notes()).split('\n').length };
};

const until = async (holds: () => Promise<boolean>): Promise<void> => {
	while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
};

it.each([true, false])(
	'goes on while a terminal takes nothing, and draws only the newest screen (answers: %s)',
	async (answers) => {
		const { pty, turns } = start(answers);
		await pty.waitFor(/turn \d+ end/);
		pty.stall(true);
		const before = await turns();
		// 200 screens of 3 KB are far more than any terminal holds: a write that waited would stop the turns.
		await until(async () => (await turns()) > before + 200);
		const seen = pty.output.length;
		pty.stall(false);
		await pty.waitFor(new RegExp(`turn (?:${before + 201}|[1-9]\\d{2,}) end`));
		expect(pty.output.length - seen).toBeLessThan(200 * 1500);
		pty.press('q');
		await pty.waitFor('bye after');
		expect(pty.isAlternate).toBe(false);
		expect((await pty.exit).code).toBe(0);
	},
);

it('gives the terminal back on SIGTERM', async () => {
	const { pty } = start();
	await pty.waitFor(/turn \d+ end/);
	expect(pty.isAlternate).toBe(true);
	pty.kill('SIGTERM');
	await pty.waitFor('bye after');
	expect(pty.isAlternate).toBe(false);
	expect(pty.output).toMatch(/\x1b\[\?25h\x1b\[\?1049l/);
});

it('notices a terminal that is gone', async () => {
	const { pty, notes } = start();
	await pty.waitFor(/turn \d+ end/);
	pty.hangUp();
	await pty.exit;
	expect(await notes()).toContain('gone true');
});
