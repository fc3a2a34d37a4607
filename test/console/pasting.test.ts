import { expect } from 'vitest';
import { atHealth, shows, test } from '../support/console.ts';
import { beginMorning, goToStep, isStep } from '../support/console-round.ts';

test('takes a paste for text, never for keys', async ({ world }) => {
	const pty = await world.open({ args: ['--operator', 'mei'] });
	await atHealth(pty);
	pty.paste('q\ny\n\x03:lose\n');
	pty.paste('tqy\n');
	// A key after it proves that the paste has been dealt with.
	pty.press('2');
	await shows(pty, /expenses\s+6,904,032\.73/);
	pty.press('O');
	await shows(pty, 'Operations', /API endpoint tests.* demo /);
	// What ran before us is the demo's own; nothing was run by a paste.
	const ran = pty.screen().filter((line) => / (?:root|mei) /.test(line));
	expect(ran.filter((line) => !line.includes('polling'))).toEqual([]);
	pty.press('1');
	await shows(pty, '▸Flask Server');

	pty.press(':');
	await shows(pty, /─ Command ─/);
	pty.paste('demo: all\nq');
	await shows(pty, /: demo: all.q/);
	pty.press('esc');
	await pty.waitFor((lines) => !/─ Command ─/.test(lines.join('\n')));

	await beginMorning(pty);
	await goToStep(pty, 5);
	pty.press('space');
	await shows(pty, 'Your answer');
	pty.paste('first line\nsecond \x1b[31mline\x07 y');
	await shows(pty, /▸ first line.second /);
	// Not confirmed by the newline in it.
	expect(pty.screen().some((line) => isStep(line, 5, '○', '▸'))).toBe(true);
	pty.press('enter');
	await pty.waitFor((lines) => lines.some((line) => isStep(line, 5, '✔')));
	await goToStep(pty, 5);
	await shows(pty, /first line.second/);
	expect(pty.output).not.toContain('\x1b[31mline');
}, 90_000);

test('goes on after a paste whose end never came', async ({ world }) => {
	const pty = await world.open({ args: ['--operator', 'mei'] });
	await atHealth(pty);
	pty.type('\x1b[200~qy');
	await new Promise((resolve) => setTimeout(resolve, 2_500));
	pty.press('2');
	await shows(pty, /expenses\s+6,904,032\.73/);
	pty.press('q');
	expect((await pty.exit).code).toBe(0);
}, 60_000);
