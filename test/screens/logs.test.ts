import { afterEach, describe, expect, test } from 'vitest';
import type { CommandInput } from '../../src/domain/engine.ts';
import { roundId } from '../../src/domain/ids.ts';
import { cellWidth } from '../../src/domain/text.ts';
import { createFakeLogs, type FakeLogs, fillLogs } from '../support/fake-logs.ts';
import { type OpenedConsole, type OpenedOptions, openForTest } from '../support/opened.ts';
import { morningRound } from '../support/pictures.ts';
import { keepAnswers } from '../support/rounds.ts';

let opened: OpenedConsole | null = null;
const open = async (logs: FakeLogs, options: OpenedOptions = {}): Promise<OpenedConsole> => {
	opened = await openForTest(options);
	opened.engine.answer('logs.read', (input) => ({ ok: true, value: logs.read(input) }));
	return opened;
};
afterEach(async () => {
	await opened?.close();
	opened = null;
});

const filled = (count = 120): FakeLogs => {
	const logs = createFakeLogs();
	fillLogs(logs, count);
	return logs;
};
const lineWith = (text: string): string =>
	opened?.terminal.screen().find((line) => line.includes(text)) ?? `(no line with ${text})`;
const inHand = (): string => lineWith('▸0');
const reads = (): CommandInput<'logs.read'>[] =>
	(opened?.engine.sent ?? [])
		.filter((sent) => sent.name === 'logs.read')
		.map((sent) => sent.input as CommandInput<'logs.read'>);
const heldLines = (): number =>
	opened?.console.desk.picture
		.state()
		.fetched.logs?.pages.reduce((sum, page) => sum + page.lines.length, 0) ?? 0;

describe('the logs', () => {
	test('120×40: newest at the bottom, level by glyph and word, source and time, errors counted in the head', async () => {
		const { press, terminal } = await open(filled());
		const screen = await press('5');
		expect(screen[3]).toMatch(
			/^ All logs │ Flask Server │ Accounting API +✖ 1 error since 2025-11-21 09:34$/,
		);
		expect(screen[4]).toMatch(/^ all levels +● following$/);
		expect(screen[37]).toMatch(/^▸09:10:01 {2}● info {5}flask\.log {2}127\.0\.0\.1 - "GET .* 119$/);
		expect(lineWith('slow query')).toMatch(/▲ warning {2}flask\.log {2}slow query: .*…$/);
		const ours = terminal.screen().findIndex((line) => line.includes('mcp-health became critical'));
		const other = terminal.screen().findIndex((line) => line.includes('GET /api'));
		expect(terminal.cells()[ours]?.[40]?.foreground).not.toBe(terminal.cells()[other]?.[40]?.foreground);
		expect(terminal.screen()[ours]).toContain('✖ error');
	});

	test('80×24 in Chinese fits and loses neither time, level nor source', async () => {
		const { press } = await open(filled(), { columns: 80, rows: 24, locale: 'zh-CN' });
		const screen = await press('5');
		for (const line of screen) expect(cellWidth(line)).toBeLessThanOrEqual(80);
		expect(screen[3]).toMatch(
			/^ 全部日志 │ Flask Server │ Accounting API +✖ 自 2025-11-21 09:34 起 1 条错误$/,
		);
		expect(screen[21]).toMatch(/^▸09:10:01 {2}● 信息 {2}flask\.log {2}127\.0\.0\.1/);
		await press('1', '5', '/');
		expect(lineWith('搜索 /')).toContain('搜索 /');
	});

	test('long lines are scrolled sideways, and back', async () => {
		const { press } = await open(filled());
		await press('5', 'right', 'right');
		expect(lineWith('→ from column 33')).toContain('all levels');
		expect(lineWith('posted_at DESC LIMIT 50')).toContain('▲ warning');
		await press('left', 'left');
		expect(lineWith('slow query: 612 ms')).toContain('…');
	});

	test('a file that cannot be read is named with its reason, one line each', async () => {
		const logs = filled();
		logs.files.push(
			{ name: 'a.log', path: '/var/log/a.log', bytes: 0, fault: 'no-permission' },
			{ name: 'b.log', path: '/var/log/b.log', bytes: 0, fault: 'file-malformed' },
		);
		const { press } = await open(logs);
		await press('5');
		expect(lineWith('/var/log/a.log')).toBe(' ▲ /var/log/a.log  no permission to read it');
		expect(lineWith('/var/log/b.log')).toBe(' ▲ /var/log/b.log  not text: it looks binary');
	});

	test('nothing there says where it looks; nothing answered yet says that it reads', async () => {
		const logs = createFakeLogs();
		logs.files = [{ name: 'error.log', path: '/srv/logs/error.log', bytes: 0, fault: 'file-missing' }];
		const { press, text, engine } = await open(logs);
		let answer: (() => void) | null = null;
		const send = engine.send.bind(engine);
		engine.send = (async (name: never, input: never) => {
			if (name === 'logs.read') await new Promise<void>((resolve) => (answer = resolve));
			return send(name, input);
		}) as typeof engine.send;
		await press('5');
		expect(text()).toContain('reading …');
		(answer as (() => void) | null)?.();
		await opened?.pass(0);
		expect(text()).toContain('There is no file yet. It is looked for at:');
		expect(text()).toContain('/srv/logs/error.log');
	});
});

describe('following', () => {
	test('new lines appear on the event; going up stops it, G follows again', async () => {
		const logs = filled();
		const { press, pass, engine, text } = await open(logs);
		await press('5');
		logs.add('info', 'the first new line');
		engine.emit({ kind: 'logs', sources: ['flask', 'accounting'] });
		await pass(3_000);
		expect(inHand()).toContain('the first new line');
		await press('k');
		expect(text()).toContain('○ not following · f follows');
		const before = inHand();
		logs.add('info', 'the second new line');
		engine.emit({ kind: 'logs', sources: ['flask', 'accounting'] });
		await pass(3_000);
		expect(inHand()).toBe(before);
		expect(text()).not.toContain('the second new line');
		expect(text()).toContain('new lines · G shows them');
		await press('G');
		expect(inHand()).toContain('the second new line');
		expect(text()).toContain('● following');
	});

	test('f stops it where it stands and takes it up again', async () => {
		const { press, text } = await open(filled());
		await press('5', 'f');
		expect(text()).toContain('not following');
		expect(inHand()).toContain(' 119');
		await press('f');
		expect(text()).toContain('● following');
	});
});

describe('walking', () => {
	test('pages are read as they are needed, at most a thousand lines are held, and no line is missed', async () => {
		const { press } = await open(filled(2_000));
		await press('5');
		const seen = new Set<string>();
		for (let page = 0; page < 75; page++) {
			for (const line of await press('pgup')) {
				const number = / {2}(\d+)$/.exec(line)?.[1];
				if (number) seen.add(number);
			}
			expect(heldLines()).toBeLessThanOrEqual(1_000);
		}
		expect(inHand()).toMatch(/ 0$/);
		const calm = filled(2_000).lines.flatMap((line) => / {2}(\d+)$/.exec(line.text)?.[1] ?? []);
		expect(calm.filter((number) => !seen.has(number))).toEqual([]);
		await press('pgdn');
		expect(inHand()).toMatch(/ 3[0-9]$/);
	}, 60_000);

	test('g goes to the very first line, however much lies between', async () => {
		const { press } = await open(filled(3_000));
		await press('5', 'g');
		expect(inHand()).toMatch(/ 0$/);
		expect(heldLines()).toBe(250);
		await press('j');
		expect(inHand()).toMatch(/ 1$/);
	});
});

describe('errors', () => {
	test('E and e walk over those held, then ask the engine for those beyond', async () => {
		const logs = createFakeLogs();
		logs.add('error', '[ERROR] the oldest');
		for (let n = 0; n < 900; n++) logs.add('info', `calm ${n}`);
		logs.add('error', '[ERROR] the newest');
		logs.add('info', 'calm again');
		const { press, text } = await open(logs);
		await press('5', 'E');
		expect(inHand()).toContain('[ERROR] the newest');
		expect(reads().some((read) => read.untilError)).toBe(false);
		await press('E');
		expect(inHand()).toContain('[ERROR] the oldest');
		expect(reads().filter((read) => read.untilError)).toMatchObject([
			{ from: { before: expect.any(String) } },
		]);
		await press('E');
		expect(text()).toContain('no earlier error');
		await press('e');
		expect(inHand()).toContain('[ERROR] the newest');
		await press('e');
		expect(text()).toContain('no later error');
	});

	test('↵ opens the whole record with its trace, also from the middle of it', async () => {
		const { press, text } = await open(filled());
		await press('5', 'E', 'E');
		expect(inHand()).toContain('database is locked');
		await press('j', 'enter');
		expect(text()).toContain('error.log · 2025-11-22 09:09:20');
		expect(text()).toContain('database is locked');
		expect(text()).toContain('cursor.execute(INSERT_BILL, row)');
		expect(text()).not.toContain('GET /api/customers');
		await press('esc');
		expect(text()).toContain('All logs');
	});
});

describe('what is shown', () => {
	test('l cycles errors, warnings, information, all; the engine is asked for it', async () => {
		const { press, text } = await open(filled());
		await press('5', 'l');
		expect(text()).toContain(' errors   ');
		expect(text()).not.toContain('GET /api');
		await press('l', 'l', 'l');
		const levels = reads()
			.filter((read) => read.filter.sinceAt === null)
			.map((read) => read.filter.level);
		expect(levels).toEqual([null, 'error', 'warning', 'info', null]);
	});

	test('/ searches in the engine; esc takes the search back', async () => {
		const { press, text, terminal } = await open(filled());
		await press('5', '/', 's', 'l', 'o', 'w');
		expect(terminal.cursor()).toEqual({ x: 1 + 'search / '.length + 4, y: 4 });
		await press('enter');
		expect(text()).toContain('holds “slow”');
		expect(text()).not.toContain('GET /api');
		expect(reads().findLast((read) => read.filter.sinceAt === null)?.filter).toMatchObject({ text: 'slow' });
		await press('esc');
		expect(text()).toContain('GET /api');
	});

	test('] and [ switch the source', async () => {
		const { press } = await open(filled());
		await press('5', ']', '[', '[');
		const sources = reads()
			.filter((read) => read.filter.sinceAt === null)
			.map((read) => read.source);
		expect(sources).toEqual([null, 'flask', null, 'accounting']);
	});

	test('v gives the pager every line that is held, whole', async () => {
		const { press, paged } = await open(filled());
		await press('5', 'v');
		expect(paged[0]?.split('\n')).toHaveLength(filled().lines.length);
		expect(paged[0]).toContain('ORDER BY posted_at DESC LIMIT 50');
	});
});

describe('pinning', () => {
	test('p keeps the line as evidence of the open question, and says so', async () => {
		const { press, engine, text } = await open(filled(), { withRound: true });
		keepAnswers(engine, morningRound());
		await press('5', 'E', 'E', 'p');
		expect(engine.sent.filter((sent) => sent.name === 'round.pin').map((sent) => sent.input)).toEqual([
			{
				round: roundId(7),
				step: 4,
				source: 'error.log',
				line: "[ERROR] sqlite3.OperationalError: database is locked {'path': '/api/bill/upload'}",
			},
		]);
		expect(text()).toContain('pinned to step 5: Any new stack trace in the error log?');
		await press('3', 'g', 'j', 'j', 'j', 'j');
		expect(text()).toContain('PINNED');
		expect(text()).toContain('error.log: [ERROR] sqlite3.OperationalError');
	});

	test('without an open question it says why not', async () => {
		const { press, engine, text } = await open(filled());
		await press('5', 'p');
		expect(text()).toContain('no round in progress has an open question to pin this to');
		expect(engine.sent.some((sent) => sent.name === 'round.pin')).toBe(false);
	});

	test('p on a question of the round goes to its log', async () => {
		const { press, text } = await open(filled(), { withRound: true });
		await press('3', 'g', 'j', 'j', 'j', 'j', 'p');
		expect(text()).toContain(' errors   ');
		expect(reads().findLast((read) => read.filter.sinceAt === null)).toMatchObject({
			source: 'flask',
			filter: { level: 'error' },
		});
	});
});
