import { expect } from 'vitest';
import { atHealth, shows, test, until } from '../support/console.ts';
import { beginMorning, goToStep, isStep, launchStep, typeAnswer } from '../support/console-round.ts';
import type { Pty } from '../support/pty.ts';

const DRAFT = 'Two traces after the import; still reading';

/** A morning round with the script run and words typed for step 5, which nobody has confirmed. */
async function reachTheMiddle(pty: Pty): Promise<void> {
	await atHealth(pty);
	await beginMorning(pty);
	await launchStep(pty, 4);
	await goToStep(pty, 5);
	await typeAnswer(pty, DRAFT);
}

async function expectTheMiddle(pty: Pty): Promise<void> {
	await atHealth(pty);
	await shows(pty, /Morning round [345]\/6/);
	pty.press('3');
	await pty.waitFor((lines) => lines.some((line) => isStep(line, 5, '○', '▸')));
	for (const step of [1, 2, 3, 4])
		await pty.waitFor((lines) => lines.some((line) => isStep(line, step, '✔')));
	await pty.waitFor((lines) => lines.some((line) => isStep(line, 6, '○')));
	await shows(pty, /begun \d\d:\d\d by mei/, DRAFT);
	pty.press('space');
	await pty.waitFor('Your answer');
	await pty.waitFor(`▸ ${DRAFT}`);
	pty.press('enter');
	await pty.waitFor((lines) => lines.some((line) => isStep(line, 5, '✔')));
	await pty.waitFor((lines) => lines.some((line) => isStep(line, 6, '○', '▸')));
}

test('comes back to the same step with the same words after the line hung up', async ({ world }) => {
	const pty = await world.open({ args: ['--operator', 'mei'] });
	await reachTheMiddle(pty);
	// The last two seconds of what is typed may be lost, not more.
	await new Promise((resolve) => setTimeout(resolve, 2_000));
	const hungUpAt = Date.now();
	pty.hangUp();
	await until(async () => (await world.leftOver()).length === 0, 5_000);
	expect(Date.now() - hungUpAt).toBeLessThan(2_500);
	await expectTheMiddle(await world.open({ args: ['--operator', 'mei'] }));
}, 90_000);

test('comes back to the same step with the same words after kill -9', async ({ world }) => {
	const pty = await world.open({ args: ['--operator', 'mei'] });
	await reachTheMiddle(pty);
	await new Promise((resolve) => setTimeout(resolve, 2_000));
	pty.kill('SIGKILL');
	await pty.exit;
	await until(async () => (await world.leftOver()).length === 0, 5_000);
	await expectTheMiddle(await world.open({ args: ['--operator', 'mei'] }));
}, 90_000);

test('ends within two seconds of a hang-up while an operation runs, and leaves none of its processes', async ({
	world,
}) => {
	const pty = await world.open();
	await atHealth(pty);
	pty.press('t');
	await pty.waitFor('API endpoint tests');
	pty.hangUp();
	await until(async () => (await world.leftOver()).length === 0, 5_000);
	const again = await world.open();
	await atHealth(again);
	again.press('O');
	await again.waitFor('API endpoint tests');
}, 60_000);
