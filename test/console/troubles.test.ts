import { expect } from 'vitest';
import { atHealth, runByName, shows, test } from '../support/console.ts';

test('catches lost transactions with their numbers, and heals when all is well again', async ({ world }) => {
	const pty = await world.open();
	await atHealth(pty);
	await runByName(pty, 'lose trans', 'demo: lose transactions');
	// The operation's own page, then back to what it did.
	await pty.waitFor('lose-transactions is on');
	pty.press('esc');
	await shows(pty, '95.97 % (48,609 → 1,960)', /^ Data integrity\s+✖ critical/m, /^ CreditPilot .*✖ [1-9]/);
	pty.press('2');
	await shows(pty, /transactions\s+1,960 .*−46,649 \(−95\.97 %\)/);
	await runByName(pty, 'all well', 'demo: all well');
	await pty.waitFor('every trouble is off');
	pty.press('1');
	await shows(pty, /^ Data integrity\s+● ok/m, /^ CreditPilot .*✖ 0/);
	expect(pty.screen().join('\n')).not.toContain('95.97 %');
	pty.press('2');
	await pty.waitFor(/transactions\s+48,609/);
}, 90_000);
