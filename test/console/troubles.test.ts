import { expect } from 'vitest';
import { atHealth, rowOf, runByName, test } from '../support/console.ts';

test('catches lost transactions with their numbers, and heals when all is well again', async ({ world }) => {
	const pty = await world.open();
	await atHealth(pty);
	await runByName(pty, 'lose trans', 'demo: lose transactions');
	// The operation's own page, then back to what it did.
	await pty.waitFor('lose-transactions is on');
	pty.press('esc');
	const health = await pty.waitFor((lines) => lines.join('\n').includes('95.97 % (48,609 → 1,960)'));
	expect(rowOf(health, 'Data integrity')).toContain('✖ critical');
	expect(health[0]).toMatch(/✖ [1-9]/);
	pty.press('2');
	const endpoints = await pty.waitFor((lines) => lines.some((line) => line.includes('−46,649 (−95.97 %)')));
	expect(rowOf(endpoints, 'transactions')).toMatch(/transactions\s+1,960 .*−46,649 \(−95\.97 %\)/);
	await runByName(pty, 'all well', 'demo: all well');
	await pty.waitFor('every trouble is off');
	pty.press('1');
	const healed = await pty.waitFor((lines) => /Data integrity.*● ok/.test(lines.join('\n')));
	expect(healed.join('\n')).not.toContain('95.97 %');
	expect(healed[0]).toContain('✖ 0');
	pty.press('2');
	await pty.waitFor(/transactions\s+48,609/);
}, 90_000);
