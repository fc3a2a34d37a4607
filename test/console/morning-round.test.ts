import { execFile } from 'node:child_process';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { builtRounds } from '../support/built.ts';
import { atHealth, shows, test } from '../support/console.ts';
import { beginMorning, goToStep, isStep, launchStep, typeAnswer } from '../support/console-round.ts';

test('walks the morning round by keys, signs it, and finds it again', async ({ world }) => {
	const pty = await world.open({ args: ['--operator', 'mei'] });
	await atHealth(pty);
	await beginMorning(pty);

	await launchStep(pty, 4);
	await shows(pty, '8/8 tests passed', /Morning round 4\/6 · due/);

	await goToStep(pty, 5);
	// A question is not answered without words.
	pty.press('space');
	await pty.waitFor('Your answer');
	pty.press('enter');
	await pty.waitFor('needs an answer in words');
	pty.type('None since yesterday.');
	await pty.waitFor('None since yesterday.');
	pty.press('enter');
	await pty.waitFor((lines) => lines.some((line) => isStep(line, 5, '✔')));

	await launchStep(pty, 6);
	await pty.waitFor(/Morning round 6\/6/);
	// Typed ahead: the page has not been seen when its yes arrives.
	pty.type('Sy');
	await shows(
		pty,
		'Sign off: Morning round',
		'None: every step is as it should be.',
		'None since yesterday.',
	);
	await new Promise((resolve) => setTimeout(resolve, 400));
	await shows(pty, 'y signs as mei');
	const promised = /(\d+) values of (\d+) checks become the baseline/.exec(pty.screen().join('\n'));
	expect(Number(promised?.[2])).toBeGreaterThan(8);
	pty.press('y');
	await pty.waitFor('Signed: Morning round');
	// The page keeps the word it gave before.
	const kept = `${promised?.[1]} values of ${promised?.[2]} checks;`;
	const signed = await shows(pty, /Signed at \d\d:\d\d by mei\./, /-morning\S*\.json/, kept);
	const files = [...signed.matchAll(/(\/\S+-morning(?:-\d+)?\.(?:md|json))/g)].map(([, path = '']) => path);
	expect(files).toHaveLength(2);
	for (const file of files) {
		expect(file.startsWith(join(world.demo, '.rounds/demo/signed/'))).toBe(true);
		await access(file);
		expect(await verify(file)).toMatchObject({ code: 0 });
	}
	const record = await readFile(files.find((file) => file.endsWith('.md')) ?? '', 'utf8');
	expect(record).toContain('None since yesterday.');
	expect(record).toContain('8/8');

	pty.press('esc');
	await pty.waitFor(/signed \S+ \d\d:\d\d by mei/);
	pty.press('esc');
	await pty.waitFor(/▸Morning round\s+09:00\s+✔ signed/);
	pty.press('q');
	expect((await pty.exit).code).toBe(0);

	const again = await world.open({ args: ['--operator', 'bo'] });
	await atHealth(again);
	await shows(again, /Last signed: Morning round · .* · mei/);
	again.press('3');
	const plan = await again.waitFor(/▸Morning round\s+09:00\s+✔ signed\s+signed \d\d:\d\d by mei/);
	await shows(again, 'Last signed');
	// One row is in hand, never two.
	expect(plan.filter((line) => line.startsWith('▸'))).toHaveLength(1);
	again.press('enter');
	await shows(again, /Morning round\s+6\/6/, /✔ {2}5 /);
	again.press('q');
	expect((await again.exit).code).toBe(0);
}, 120_000);

test('shows what has changed in a round, and takes what is not as expected only with a reason', async ({
	world,
}) => {
	const pty = await world.open({ args: ['--operator', 'mei'] });
	await atHealth(pty);
	await beginMorning(pty);
	await goToStep(pty, 5);
	pty.press('f');
	await pty.waitFor('It fails: what is wrong');
	pty.press('enter');
	await pty.waitFor('this answer needs a note: say why');
	pty.press('esc');
	await pty.waitFor((lines) => !lines.join('\n').includes('It fails'));
	await typeAnswer(pty, 'taken back in a moment');
	pty.press('enter');
	await pty.waitFor((lines) => lines.some((line) => isStep(line, 5, '✔')));
	await goToStep(pty, 5);
	pty.press('u');
	await pty.waitFor((lines) => lines.some((line) => isStep(line, 5, '○')));
	pty.press('S');
	await pty.waitFor('3 steps are still open');
	await new Promise((resolve) => setTimeout(resolve, 400));
	pty.press('y');
	await pty.waitFor('still open: step 4, 5, 6');
	pty.press('esc');
	await pty.waitFor((lines) => !lines.join('\n').includes('Sign off:'));
	// Leaving asks first, and not to a key that was typed ahead.
	pty.type('qy');
	await shows(pty, 'Quit?', 'Morning round is in progress');
	await new Promise((resolve) => setTimeout(resolve, 400));
	await shows(pty, 'Quit?');
	pty.press('y');
	expect((await pty.exit).code).toBe(0);
}, 90_000);

const verify = async (file: string): Promise<{ code: number; said: string }> => {
	const { node, script } = await builtRounds();
	return new Promise((resolve) => {
		execFile(node, [script, 'verify', file], (error, out, err) =>
			resolve({ code: error ? Number(error.code) : 0, said: out + err }),
		);
	});
};
