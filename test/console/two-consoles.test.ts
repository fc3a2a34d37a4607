import { expect } from 'vitest';
import { atHealth, runByName, shows, test } from '../support/console.ts';
import { beginMorning, goToStep, isStep, launchStep, typeAnswer } from '../support/console-round.ts';

test('shows one picture in two consoles, and an answer of one in the other', async ({ world }) => {
	const first = await world.open({ args: ['--operator', 'mei'] });
	await atHealth(first);
	await shows(first, 'mei · polling');
	const second = await world.open({ args: ['--operator', 'bo'] });
	await atHealth(second);
	await shows(second, 'bo + mei · mei polls');
	await shows(first, 'mei + bo · polling');

	await runByName(first, 'lose trans', 'demo: lose transactions');
	await shows(second, '95.97 % (48,609 → 1,960)', /^ Data integrity\s+✖ critical/m);
	await runByName(second, 'all well', 'demo: all well');
	await shows(second, 'every trouble is off');
	second.press('1');
	first.press('1');
	await shows(second, /^ Data integrity\s+● ok/m);
	await shows(first, /^ Data integrity\s+● ok/m);

	await beginMorning(first);
	second.press('3');
	await second.waitFor((lines) => lines.some((line) => isStep(line, 3, '✔')));
	await shows(first, 'also here: bo');
	await launchStep(first, 4);
	await shows(second, /Morning round 4\/6/, /✔ {2}4 API test script/);
	// Both write an answer to the same question: the second is told who was first, and keeps its words.
	await goToStep(second, 5);
	await typeAnswer(second, 'Nothing that bo can see');
	await goToStep(first, 5);
	await typeAnswer(first, 'Nothing that mei can see');
	first.press('enter');
	await first.waitFor((lines) => lines.some((line) => isStep(line, 5, '✔')));
	await shows(second, /✔ {2}5 /);
	second.press('enter');
	await shows(second, /mei/, 'Nothing that mei can see');
	expect(first.screen().join('\n')).not.toContain('bo can see');
}, 120_000);

test("lets the second console poll within five seconds of the first one's kill -9", async ({ world }) => {
	const first = await world.open({ args: ['--operator', 'mei'] });
	await atHealth(first);
	await shows(first, 'mei · polling');
	const second = await world.open({ args: ['--operator', 'bo'] });
	await atHealth(second);
	await shows(second, 'mei polls');
	const killedAt = Date.now();
	first.kill('SIGKILL');
	await first.exit;
	await second.waitFor(/bo(?: \+ \w+)? · polling/, 8_000);
	expect(Date.now() - killedAt).toBeLessThan(6_000);
	// What it asks for from here on is its own asking.
	second.press('@');
	await shows(second, /bo\s+polls from here on/);
	second.press('esc');
	await shows(second, 'bo · polling');
}, 60_000);

test('hands the polling over at an orderly end at once', async ({ world }) => {
	const first = await world.open({ args: ['--operator', 'mei'] });
	await atHealth(first);
	await shows(first, 'mei · polling');
	const second = await world.open({ args: ['--operator', 'bo'] });
	await shows(second, 'mei polls');
	first.press('q');
	expect((await first.exit).code).toBe(0);
	const leftAt = Date.now();
	await shows(second, 'bo · polling');
	expect(Date.now() - leftAt).toBeLessThan(3_000);
}, 60_000);
