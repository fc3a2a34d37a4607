import { afterEach, describe, expect, test } from 'vitest';
import { cellWidth } from '../../src/domain/text.ts';
import { type OpenedConsole, type OpenedOptions, openForTest } from '../support/opened.ts';
import { MORNING, wellCheck } from '../support/pictures.ts';

let opened: OpenedConsole | null = null;
const open = async (options: OpenedOptions = {}): Promise<OpenedConsole> => {
	opened = await openForTest(options);
	return opened;
};
afterEach(async () => {
	await opened?.close();
	opened = null;
});

const lineWith = (screen: readonly string[], text: string): string =>
	screen.find((line) => line.includes(text)) ?? `(no line with ${text})`;

describe('the frame', () => {
	test('120×40: one line of truth, the screens, the rules, the footer', async () => {
		const { terminal } = await open({ isTroubled: true, withRound: true, ownZone: 'Asia/Kuala_Lumpur' });
		const screen = terminal.screen();
		expect(screen).toHaveLength(40);
		expect(screen[0]).toMatch(
			/^ CreditPilot {3}■ DEMO {5}▸ Morning round 3\/6 · due 09:00 · 12 min left +✖ 2 {2}▲ 1 {2}\? 0 {4}09:18 UTC$/,
		);
		expect(screen[1]).toMatch(
			/^ 1 Health {2}2 Endpoints {2}3 Round {2}4 Backups {2}5 Logs +17:18 Kuala_Lumpur$/,
		);
		expect(screen[2]).toBe('─'.repeat(120));
		expect(screen[38]).toBe('─'.repeat(120));
		expect(screen[39]).toMatch(
			/^ ↵ open {2}r re-check {2}\/ filter .*: command {2}\? help +mei · polling · saved$/,
		);
	});

	test('80×24 drops the second zone and words of the round, never what is wrong', async () => {
		const { terminal } = await open({
			isTroubled: true,
			withRound: true,
			columns: 80,
			rows: 24,
			ownZone: 'Asia/Kuala_Lumpur',
		});
		const screen = terminal.screen();
		expect(screen[0]).toMatch(
			/^ CreditPilot {2}■ DEMO {3}▸ Morning round 3\/6 · 12 min left +✖2 ▲1 \?0 {2}09:18 UTC$/,
		);
		expect(screen[1]).toBe(' 1 Health  2 Endpoints  3 Round  4 Backups  5 Logs');
		expect(screen[23]).toMatch(/: command {2}\? help +mei · saved$/);
		for (const line of screen) expect(cellWidth(line)).toBeLessThanOrEqual(80);
	});

	test('production is a red block with its name in full or short, and without colour it stands inverted', async () => {
		const first = await open({ environment: 'production', columns: 120 });
		const block = (terminal: OpenedConsole['terminal']) =>
			terminal.cells()[0]!.filter((cell) => cell.background !== undefined || cell.isInverse);
		expect(first.text()).toContain('■ PRODUCTION');
		expect(new Set(block(first.terminal).map((cell) => cell.background))).toEqual(new Set([124]));
		await first.close();
		const plain = await open({
			environment: 'production',
			columns: 80,
			rows: 24,
			variables: { TERM: 'xterm', NO_COLOR: '1', LANG: 'C.UTF-8' },
		});
		expect(plain.text()).toContain('■ PROD ');
		expect(block(plain.terminal).some((cell) => cell.isInverse)).toBe(true);
		const colours = plain.terminal
			.cells()
			.flat()
			.filter((cell) => cell.foreground !== undefined || cell.background !== undefined);
		expect(colours).toEqual([]);
	});

	test('results that are not on disk are said in red, with why and since when', async () => {
		const storage = {
			unsaved: 3,
			since: MORNING - 60_000,
			fault: { code: 'disk-full' as const, detail: {} },
		};
		const { terminal } = await open({ more: [{ kind: 'storage', storage }] });
		expect(terminal.screen()[39]).toMatch(/3 results not stored: disk full since 09:17$/);
		expect(terminal.screen()[39]).not.toContain('saved');
	});

	test('a configuration that was not taken, and an engine that died, stand above every screen', async () => {
		const { terminal, press } = await open({
			more: [
				{
					kind: 'config',
					at: MORNING,
					problems: [
						{
							file: '/etc/rounds.yaml',
							line: 12,
							column: 5,
							message: 'unknown key “evry”',
							hint: null,
							excerpt: null,
						},
					],
				},
				{ kind: 'crashed', text: 'boom', file: '.rounds/crash.txt' },
			],
		});
		for (const screen of [terminal.screen(), await press('2')]) {
			expect(lineWith(screen, 'boom')).toContain('.rounds/crash.txt');
			expect(lineWith(screen, 'rounds.yaml:12:5')).toContain('the last good one stays in use');
		}
	});

	test('a late round says how late it is', async () => {
		const { clock, press, text } = await open({ withRound: true });
		await clock.advance(20 * 60_000);
		await press('j');
		expect(text()).toMatch(/▲ Morning round 3\/6 · due 09:00 · 38 min late/);
	});
});

describe('Health', () => {
	test('120×40: what is wrong explains itself in place', async () => {
		const { terminal } = await open({ isTroubled: true });
		const screen = terminal.screen();
		expect(screen[3]).toMatch(/^ SERVICE +PORT +LEVEL +LATENCY {2}LAST \d+ CHECKS +24 H +AGE$/);
		expect(lineWith(screen, 'Accounting API')).toMatch(/8000 +▲ warning +612 ms .*97\.\d\d % +5 s$/);
		const at = screen.findIndex((line) => line.includes('MCP Server'));
		expect(screen[at]).toMatch(/✖ critical 2\/3 +refused .*✖✖✖✖/);
		expect(screen[at + 1]).toMatch(/^ {3}.*127\.0\.0\.1.*since 09:17 \(1 min\)$/);
		expect(screen.join('\n')).toContain('Last signed: Morning round · 2025-11-21 09:34 · mei');
	});

	test('80×24 in Chinese: columns stand under their headings', async () => {
		const { terminal } = await open({ isTroubled: true, columns: 80, rows: 24, locale: 'zh-CN' });
		const screen = terminal.screen();
		const columnOf = (line: string, text: string) => cellWidth(line.slice(0, line.indexOf(text)));
		const head = screen[3]!;
		const row = lineWith(screen, 'Flask Server');
		expect(columnOf(head, '级别')).toBe(columnOf(row, '●'));
		expect(columnOf(head, '端口')).toBe(columnOf(row, '5000'));
		expect(columnOf(lineWith(screen, '数据库完整性'), '✖')).toBe(columnOf(head, '级别'));
		expect(row).toMatch(/● 正常 +8 ms .* 5 秒$/);
		expect(screen.join('\n')).not.toMatch(/24 小时/);
		for (const line of screen) expect(cellWidth(line)).toBeLessThanOrEqual(80);
	});

	test('levels are glyph, word and colour; without colour the first two stay', async () => {
		const { terminal } = await open({ isTroubled: true });
		const row = terminal.cells()[5]!;
		const mark = row.find((cell) => cell.text === '▲');
		expect(mark?.foreground).toBe(179);
	});
});

describe('Endpoints', () => {
	test('values with their expectation and what changed since the last signed round', async () => {
		const { press } = await open({ isTroubled: true });
		const screen = await press('2');
		expect(screen[3]).toMatch(/^ ENDPOINT +NAME +VALUE +EXPECTED +SINCE LAST SIGNED +TREND +AGE$/);
		expect(lineWith(screen, 'GET /api/customers')).toMatch(/customers +8 +> 0 +=/);
		expect(lineWith(screen, 'transactions')).toMatch(/1,960 +drop < 5 % +✖ −46,649 \(−95\.97 %\)/);
		expect(lineWith(screen, 'GET /api/bill/ocr-status')).toMatch(/ready +(= ready)? +=/);
	});
});

describe('any size', () => {
	test.each([
		[79, 24],
		[80, 23],
		[20, 5],
		[1, 1],
	])('%i×%i is one sentence or what fits of it, and a bigger one works again', async (columns, rows) => {
		const { terminal, press } = await open({ isTroubled: true });
		terminal.resize(columns, rows);
		await terminal.settled();
		const small = terminal.screen();
		expect(small).toHaveLength(rows);
		if (columns >= 20)
			expect(small.join(' ').replace(/\s+/g, ' ')).toContain(`this terminal is ${columns}×${rows}.`);
		await press('j', 'enter', 'esc');
		terminal.resize(120, 40);
		await terminal.settled();
		expect(terminal.screen()[39]).toContain('? help');
	});

	test('a hundred resizes in a row leave one whole screen', async () => {
		const { terminal } = await open({ isTroubled: true });
		for (let step = 0; step < 100; step++) terminal.resize(1 + ((step * 37) % 300), 1 + ((step * 13) % 100));
		terminal.resize(80, 24);
		await terminal.settled();
		expect(terminal.screen()[23]).toContain('? help');
		expect(terminal.screen()[3]).toContain('SERVICE');
	});
});

describe('quiet', () => {
	test('an answer like the one before sends nothing that a person would not see', async () => {
		const { terminal, engine, pass } = await open();
		await pass(2_000);
		const before = terminal.screen();
		const bytes = terminal.bytesWritten;
		engine.emit({
			kind: 'recorded',
			now: MORNING,
			checks: [{ ...wellCheck('cors', MORNING, 4_000) }],
		});
		await pass(1_000);
		expect(terminal.screen()).toEqual(before);
		expect(terminal.bytesWritten - bytes).toBe(0);
	});

	test('one changed check changes its own row and the counts, nothing else', async () => {
		const { terminal, engine, pass } = await open();
		await pass(1_000);
		const before = terminal.screen();
		engine.emit({
			kind: 'recorded',
			now: MORNING,
			checks: [{ ...wellCheck('cors', MORNING, 3_000), durationMs: 39, level: 'warning' }],
		});
		await pass(1_000);
		const after = terminal.screen();
		const changed = after.flatMap((line, y) => (line === before[y] ? [] : [y]));
		expect(changed).toContain(0);
		expect(changed.some((y) => after[y]?.includes('CORS'))).toBe(true);
		// The explanation below the row moves what stands under it, never what stands above.
		expect(Math.min(...changed.filter((y) => y > 0))).toBe(after.findIndex((line) => line.includes('CORS')));
	});
});

test('every page fits 80×24 in Chinese, and without Unicode the footer still fits its line', async () => {
	const { press } = await open({ isTroubled: true, withRound: true, columns: 80, rows: 24, locale: 'zh-CN' });
	for (const keys of [
		['2'],
		['1', 'enter'],
		['esc', 'j', 'enter'],
		['esc', '@'],
		['esc', 't', 'O'],
		[':'],
		['esc', 'esc', '?'],
	]) {
		const screen = await press(...keys);
		expect(screen).toHaveLength(24);
		expect(screen[0], keys.join(' ')).toContain('CreditPilot');
		expect(screen[22], keys.join(' ')).toBe('─'.repeat(80));
		expect(screen[23], keys.join(' ')).toContain('已保存');
	}
	await opened?.close();
	const ascii = await open({ columns: 80, rows: 24, variables: { TERM: 'xterm', LANG: 'C' } });
	expect(ascii.terminal.screen()[23]).toMatch(/^ Enter open .*: command {2}\? help +mei - saved$/);
	for (const line of ascii.terminal.screen()) expect(line).toMatch(/^[\x20-\x7e]*$/);
});
