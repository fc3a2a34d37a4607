import { expect } from 'vitest';
import { atHealth, shows, test } from '../support/console.ts';
import {
	beginMorning,
	brokenCells,
	columnOf,
	goToStep,
	isStep,
	launchStep,
	typeAnswer,
} from '../support/console-round.ts';
import type { Pty } from '../support/pty.ts';

// Names of things, not words of ours: systems, programs, protocols, samples, keys, people.
const NAMES = new Set(
	`CreditPilot DEMO UTC Flask Server Accounting API MCP CORS Sentry Prometheus JSON GET POST HEAD demo bash rounds esc tab
	space ctrl api health customers dashboard stats stat summary bill ocr status OCR latency net expenses repayments
	transactions cards bills missing leaked unset healthy customer_count count origins sums ready`.split(/\s+/),
);

/** Every row lies whole within the 80 columns, and our own words are all Chinese. */
async function expectWellSet(pty: Pty): Promise<void> {
	const cells = pty.cells();
	expect(cells).toHaveLength(24);
	expect(cells.every((row) => row.length === 80)).toBe(true);
	expect(brokenCells(cells)).toEqual([]);
	const lines = pty.screen();
	expect(lines[2]).toBe('─'.repeat(80));
	expect(lines[22]).toBe('─'.repeat(80));
	// Truth above, keys below: the rest may show what a system calls its own things.
	const own = [lines[0] ?? '', lines[1] ?? '', lines[23] ?? ''].join(' ');
	const words = own.match(/[A-Za-z_]{3,}/g) ?? [];
	expect(words.filter((word) => !NAMES.has(word))).toEqual([]);
	expect(lines[0]).toMatch(/^ CreditPilot {2}■ DEMO {3}.*\d\d:\d\d UTC$/);
}

/** English words in a whole screen that are no names of things. */
const leftOvers = (pty: Pty): string[] => {
	const words =
		pty
			.screen()
			.join(' ')
			.match(/(?<![\w./_-])[A-Za-z]{3,}(?![\w./_-])/g) ?? [];
	return words.filter((word) => !NAMES.has(word));
};

test('walks the morning round in Chinese at 80×24', async ({ world }) => {
	const pty = await world.open({
		columns: 80,
		rows: 24,
		args: ['--lang', 'zh-CN', '--operator', '梅'],
	});
	await atHealth(pty);
	await shows(pty, '数据完整性', '最近签字', /▲ 警告/, '已保存');
	await expectWellSet(pty);
	// The columns stand under each other, however wide the characters before them are.
	const cells = pty.cells();
	const level = columnOf(cells[3] ?? [], '级别');
	for (const name of ['Flask Server', '数据完整性', 'CORS 配置文件']) {
		const row = cells.find((one) => columnOf(one, name) === 1) ?? [];
		expect(columnOf(row, '● 正常')).toBe(level);
	}

	pty.press('2');
	await shows(pty, '较上次签字', /expenses\s+6,904,032\.73/);
	await expectWellSet(pty);
	pty.press('5');
	await shows(pty, '全部日志', '正在跟随');
	await expectWellSet(pty);
	pty.press('?');
	await shows(pty, '此处可用的按键', '下翻半页');
	await expectWellSet(pty);
	pty.press('esc');
	await pty.waitFor((lines) => !lines.join('').includes('此处可用的按键'));

	await beginMorning(pty, 'zh-CN');
	await expectWellSet(pty);
	expect(leftOvers(pty)).toEqual([]);
	await launchStep(pty, 4);
	await shows(pty, '8/8', '输出');
	await expectWellSet(pty);
	await goToStep(pty, 5);
	await shows(pty, /日志 {2}Flask Server · 错误 · 自上次签字/);
	expect(leftOvers(pty)).toEqual([]);
	await typeAnswer(pty, '没有新的堆栈', 'zh-CN');
	await expectWellSet(pty);
	pty.press('enter');
	await pty.waitFor((lines) => lines.some((line) => isStep(line, 5, '✔')));
	await launchStep(pty, 6);
	pty.press('S');
	await shows(pty, '签字：早间巡检', '例外', '符合要求');
	await expectWellSet(pty);
	expect(leftOvers(pty)).toEqual([]);
	await new Promise((resolve) => setTimeout(resolve, 400));
	pty.press('y');
	await shows(pty, '已签字：早间巡检', /梅 于 \d\d:\d\d 签字/, '新基线');
	await expectWellSet(pty);
	pty.press('esc');
	await shows(pty, /签字.*梅|梅.*签字/);
	pty.press('esc');
	await shows(pty, /▸早间巡检\s+09:00\s+✔ 已签字/);
	await expectWellSet(pty);
	expect(leftOvers(pty)).toEqual([]);
	pty.press('q');
	expect((await pty.exit).code).toBe(0);
}, 120_000);
