import { expect } from 'vitest';
import { builtRounds } from '../support/built.ts';
import { atHealth, shows, test } from '../support/console.ts';

const WITHOUT = /^rounds: the console needs a terminal.*rounds run SHEET, rounds status, rounds report$/m;

test('says in one sentence what a small terminal lacks, and draws once it has grown', async ({ world }) => {
	const pty = await world.open({ columns: 20, rows: 5 });
	const small = await pty.waitFor('80×24');
	expect(small.join(' ').replace(/\s+/g, ' ')).toContain(
		'rounds needs 80×24 or more; this terminal is 20×5.',
	);
	pty.resize(1, 1);
	pty.resize(120, 40);
	const grown = await atHealth(pty);
	expect(grown[0]).toContain('CreditPilot');
	expect(grown).toHaveLength(40);
	pty.press('q');
	expect((await pty.exit).code).toBe(0);
});

test('starts in a terminal of one cell and lives', async ({ world }) => {
	const pty = await world.open({ columns: 1, rows: 1 });
	await pty.waitFor('r');
	pty.resize(80, 24);
	await atHealth(pty);
	pty.press('q');
	expect((await pty.exit).code).toBe(0);
});

test.for([
	['a dumb terminal', 'exec env TERM=dumb "$0" "$1" demo'],
	['input that is no terminal', 'exec "$0" "$1" demo </dev/null'],
	['output that is no terminal', '"$0" "$1" demo | cat; exit ${PIPESTATUS[0]}'],
] as const)('refuses %s with a sentence and exit 64', async ([, script], { world }) => {
	const { node, script: rounds } = await builtRounds();
	const pty = await world.run('bash', ['-c', script, node, rounds]);
	expect((await pty.exit).code).toBe(64);
	expect(pty.output.replace(/\r/g, '')).toMatch(WITHOUT);
	expect(pty.output).not.toContain('\x1b[?1049h');
	expect(await world.leftOver()).toEqual([]);
});

test('tells every level by glyph and word where there is no colour', async ({ world }) => {
	const pty = await world.open({ env: { NO_COLOR: '1' } });
	await atHealth(pty);
	await shows(pty, /▸Flask Server\s+\d+\s+● ok/, /Flask variables\s+▲ warning/, /✖ \d+ {2}▲ \d+ {2}\? \d+/);
	const coloured = [...pty.output.matchAll(/\x1b\[([\d;:]*)m/g)]
		.flatMap(([, parameters = '']) => parameters.split(';'))
		.filter((one) => /^(?:3[0-8]|4[0-8]|9\d|10\d)(?::|$)/.test(one));
	expect(coloured).toEqual([]);
	expect(
		pty
			.cells()
			.flat()
			.every((cell) => cell.foreground === undefined && cell.background === undefined),
	).toBe(true);
});

test('draws with ASCII signs only where asked to', async ({ world }) => {
	const pty = await world.open({ args: ['--ascii'] });
	await atHealth(pty);
	for (const [key, wanted] of [
		['1', /Flask variables\s+! warning/],
		['2', /transactions\s+48,609/],
		['3', /Morning round/],
		['5', /Logs/],
		['?', /Keys that work here/],
	] as const) {
		pty.press(key);
		const lines = await pty.waitFor(wanted);
		expect(lines.join('\n')).toMatch(/^[\x20-\x7e\n]*$/);
	}
});
