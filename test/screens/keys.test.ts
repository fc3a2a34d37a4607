import { afterEach, describe, expect, test } from 'vitest';
import { ACTIONS } from '../../src/actions/index.ts';
import { type OpenedConsole, type OpenedOptions, openForTest } from '../support/opened.ts';

let opened: OpenedConsole | null = null;
const open = async (options: OpenedOptions = {}): Promise<OpenedConsole> => {
	opened = await openForTest(options);
	return opened;
};
afterEach(async () => {
	await opened?.close();
	opened = null;
});

describe('on a terminal', () => {
	test('keys typed quickly in one chunk each count', async () => {
		const { terminal, press } = await open();
		await press('jjj');
		expect(terminal.screen().find((line) => line.startsWith('▸'))).toContain('Database integrity');
	});

	test('pasted text triggers nothing, and lands in an open field', async () => {
		const { terminal, engine, press, text } = await open();
		const before = engine.sent.length;
		terminal.paste('qR2:t\r');
		await terminal.settled();
		expect(engine.sent).toHaveLength(before);
		expect(text()).toContain('SERVICE');
		await press('/');
		terminal.paste('MCP');
		await terminal.settled();
		expect(text()).toContain('MCP Server');
		expect(text()).not.toContain('Flask Server');
		expect(terminal.cursor()).toEqual({ x: 6, y: 39 });
	});

	test('y puts the command on the clipboard through the terminal', async () => {
		const { terminal, press } = await open();
		await press('y');
		const sent = /\x1b\]52;c;([A-Za-z0-9+/=]+)\x07/.exec(terminal.bytes)?.[1] ?? '';
		expect(Buffer.from(sent, 'base64').toString()).toMatch(/^curl /);
	});

	test('v gives the terminal to the pager and takes it back', async () => {
		const { terminal, press, paged, text } = await open({ isTroubled: true });
		await press('v');
		expect(paged).toHaveLength(1);
		expect(paged[0]).toContain('612 ms');
		expect(terminal.isAlternate).toBe(true);
		await press('j');
		expect(text()).toContain('Accounting API');
	});

	test('ctrl-z stops this process outside the alternate screen and comes back', async () => {
		const { press, text, terminal } = await open();
		const before = terminal.bytes.length;
		await press('ctrl-z');
		expect(opened?.stops).toBe(1);
		const after = terminal.bytes.slice(before);
		expect(after.indexOf('\x1b[?1049l')).toBeGreaterThanOrEqual(0);
		expect(after.indexOf('\x1b[?1049h')).toBeGreaterThan(after.indexOf('\x1b[?1049l'));
		expect(text()).toContain('SERVICE');
	});

	test('ctrl-l sends the whole screen again', async () => {
		const { terminal, press } = await open();
		const before = terminal.bytesWritten;
		await press('ctrl-l');
		expect(terminal.bytesWritten - before).toBeGreaterThan(1_000);
		expect(terminal.bytesWritten - before).toBeLessThan(8_192);
	});

	test('leaving restores the screen and its cursor', async () => {
		const { terminal, press, console: it } = await open();
		await press('q');
		expect(await it.ended).toBe(0);
		expect(terminal.isAlternate).toBe(false);
		expect(terminal.bytes).toMatch(/\x1b\[\?25h/);
		opened = null;
		terminal.dispose();
	});
});

describe('panels', () => {
	test('the help names the keys of this place and of everywhere, and why some do nothing now', async () => {
		const { press, text } = await open();
		await press('?');
		for (const words of ['HERE', 'EVERYWHERE', 'open what is selected', 'every action by name'])
			expect(text()).toContain(words);
		// What belongs to another place is not offered.
		expect(text()).not.toContain('a shorter span of history');
		await press('?');
		expect(text()).not.toContain('EVERYWHERE');
	});

	test('the palette offers every action that has a name', async () => {
		const { console: it, press, text } = await open({ rows: 40 });
		await press(':');
		const { desk } = it;
		const ids = desk.frame(desk.picture.state(), 120, 40).list?.rows.map((row) => row.id) ?? [];
		for (const action of ACTIONS) expect(ids.includes(action.id), action.id).toBe(!action.silent);
		expect(ids).toContain('operation.demo-stop-mcp');
		await press('stop');
		expect(text()).toMatch(/▸ demo: stop MCP/);
		await press('esc');
		expect(text()).toContain('Last signed');
	});

	test('80×24 in Chinese: the confirmation names what runs and where, and takes the name', async () => {
		const { press, pass, text, engine } = await open({
			columns: 80,
			rows: 24,
			locale: 'zh-CN',
			environment: 'production',
			guard: 'typed',
		});
		await press('t');
		expect(text()).toContain('在 production 中执行？');
		expect(text()).toContain('bash test_api_endpoints.sh');
		await pass(300);
		await press('production');
		expect(text()).toContain('▸ production');
		await press('enter');
		expect(engine.sent.find((one) => one.name === 'operation.start')?.input).toMatchObject({
			confirmed: 'production',
		});
	});

	test('the operation page follows its output and says how it ended', async () => {
		const { press, pass, engine, text } = await open();
		await press('t');
		await pass(600);
		expect(text()).toMatch(/○ running/);
		const started = engine.sent.length;
		expect(started).toBeGreaterThan(0);
		const lines = Array.from({ length: 60 }, (_, index) => `test ${index + 1} ok`);
		const { operation } = await import('../support/pictures.ts');
		const { operationId } = await import('../../src/domain/ids.ts');
		const { quantity } = await import('../../src/domain/value.ts');
		const done = operation({
			id: operationId(9),
			state: 'done',
			level: 'ok',
			endedAt: Date.parse('2025-11-22T09:18:12Z'),
			startedAt: Date.parse('2025-11-22T09:18:00Z'),
			samples: { passed: quantity(8), total: quantity(8) },
		});
		engine.emit({ kind: 'operation', operation: done, tail: lines });
		await pass(600);
		expect(text()).toContain('test 60 ok');
		expect(text()).not.toContain('test 1 ok');
		expect(text()).toMatch(/● ok · took 12 s/);
		expect(text()).toContain('passed 8 · total 8');
		await press('g');
		expect(text()).toContain('test 1 ok');
	});
});
