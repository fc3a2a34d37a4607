import { afterEach, describe, expect, test } from 'vitest';
import type { PlanPicture } from '../../src/domain/backup-picture.ts';
import { cellWidth } from '../../src/domain/text.ts';
import type { BackupWorld } from '../support/fake-backups.ts';
import type { OpenedConsole, OpenedOptions } from '../support/opened.ts';
import { lineIn, openBackups, selectedIn, startedIn } from '../support/opened-backups.ts';
import { MORNING } from '../support/pictures.ts';
import { HALF_WAY, MIB, PLANS, plan, running } from '../support/pictures-backups.ts';

let opened: OpenedConsole | null = null;
const open = async (backups: BackupWorld = {}, options: OpenedOptions = {}): Promise<OpenedConsole> => {
	opened = await openBackups(backups, options);
	return opened;
};
afterEach(async () => {
	await opened?.close();
	opened = null;
});

const lineWith = (text: string): string => (opened ? lineIn(opened, text) : '');
const selected = (): string => (opened ? selectedIn(opened) : '');
const started = (): readonly unknown[] => (opened ? startedIn(opened) : []);
const RUNNING: readonly PlanPicture[] = PLANS.map((one, at) =>
	at === 0 ? { ...one, running: { operation: running().id, verb: 'backup' } } : one,
);

describe('the list', () => {
	test('120×40: a row a plan, what is wrong below it, the sum at the end', async () => {
		const { terminal } = await open();
		const screen = terminal.screen();
		expect(screen[3]).toMatch(/^ PLAN +LEVEL +PROVEN ON +NEXT DRILL +SIZE +CHANGE {2}TREND +NEXT +LAST$/);
		expect(screen[4]).toMatch(
			/^▸Database, nightly +● ok +2025-11-20 {2}2025-12-20 +312\.4 MiB +\+0\.4 % {2}.*█ +02:00 +7 h$/,
		);
		expect(lineWith('Logs  ')).toMatch(/✖ critical +2025-10-13 +– +8\.2 MiB +−31 % .* overdue 7 h +31 h$/);
		const logs = screen.findIndex((line) => line.startsWith(' Logs '));
		expect(screen[logs + 1]).toContain('failed at 2025-11-22 02:03: the disk is full');
		expect(screen[logs + 2]).toBe('   overdue since 2025-11-22 02:00 · 7 h · B makes a copy');
		expect(lineWith('Environment')).toMatch(/▲ warning +– +– .* = .* by hand +7 h$/);
		expect(lineWith('Ledger')).toMatch(/2025-10-16 {2}overdue 7 d/);
		expect(lineWith('could not have failed')).toContain('proved nothing');
		expect(lineWith('Sessions')).toMatch(/─ nothing to back up: data lives in memory only$/);
		expect(lineWith('5 plans')).toBe(
			' 5 plans · 3 proven · 45 copies · 44 GiB in all · 1 with nothing to back up',
		);
		const row = terminal.cells()[logs];
		expect(row?.[screen[logs]?.indexOf('overdue') ?? 0]?.foreground).toBe(203);
	});

	test.each(['en', 'zh-CN'] as const)(
		'80×24 in %s fits: level, proof, size, next and last stay',
		async (locale) => {
			const { terminal } = await open({}, { columns: 80, rows: 24, locale });
			for (const line of terminal.screen()) expect(cellWidth(line)).toBeLessThanOrEqual(80);
			const row = terminal.screen()[4] ?? '';
			expect(row).toMatch(/● .*2025-11-20 +312\.4 MiB +02:00 +7 (h|小时)$/);
			const zh = locale === 'zh-CN';
			expect(lineWith(zh ? '环境变量' : 'Environment')).toMatch(zh ? /– .* 手动/ : /– .* by hand/);
			expect(lineWith(zh ? '会话' : 'Sessions')).toContain(zh ? '无可备份：数据只存在于内存' : 'memory only');
			const heads = terminal.screen()[3] ?? '';
			const columnOf = (line: string, text: string) => cellWidth(line.slice(0, line.indexOf(text)));
			expect(columnOf(heads, zh ? '级别' : 'LEVEL')).toBe(columnOf(row, '●'));
			expect(columnOf(heads, zh ? '证实于' : 'PROVEN')).toBe(columnOf(row, '2025'));
		},
	);

	test('without colour and Unicode it is plain ASCII with its levels in words', async () => {
		const variables = { TERM: 'xterm', LANG: 'C', NO_COLOR: '1' };
		const { terminal } = await open({ plans: RUNNING }, { columns: 80, rows: 24, variables });
		for (const line of terminal.screen()) expect(line).toMatch(/^[\x20-\x7e]*$/);
		expect(lineWith('Logs   ')).toContain('X critical');
		const colours = terminal.cells().flat();
		expect(colours.filter((cell) => cell.foreground !== undefined)).toEqual([]);
	});

	test('no plans, and none that the filter leaves, are said', async () => {
		const { text } = await open({ plans: [] });
		expect(text()).toContain('the configuration names no “backups”');
		await opened?.close();
		const other = await open();
		await other.press('/', 'ledger', 'enter');
		expect(other.text()).toContain('Ledger, base and WAL');
		expect(other.text()).not.toContain('Environment');
		await other.press('esc', '/', 'zzz', 'enter');
		expect(other.text()).toContain('No row holds “zzz”');
	});
});

describe('keys', () => {
	test('B backs the selected plan up and stays; K keeps the copy whatever its age', async () => {
		const { press, text } = await open();
		await press('B', 'K');
		expect(started()).toEqual([
			{ action: 'backup.database', step: null, confirmed: null },
			{ action: 'backup.database', step: null, confirmed: null, args: { pin: 'deploy' } },
		]);
		expect(text()).toContain('PROVEN ON');
		expect(text()).toContain('started: backup.database');
	});

	test('V and D on the list mean the newest copy', async () => {
		const { press } = await open();
		await press('j', 'V', 'D');
		expect(started()).toEqual([
			{ action: 'verify.logs', step: null, confirmed: null },
			{ action: 'drill.logs', step: null, confirmed: null },
		]);
	});

	test('what cannot be done says why and asks nothing', async () => {
		const { press, text } = await open();
		await press('j', 'j', 'D');
		expect(text()).toContain('what this plan keeps cannot be restored, so there is no drill');
		await press('T');
		expect(text()).toContain('what this plan keeps is a record');
		await press('G', 'B');
		expect(text()).toContain('this plan has nothing to back up');
		expect(started()).toEqual([]);
		expect(lineWith('? help')).not.toContain('B back up');
	});

	test('in a guarded environment B asks first, deaf to what was typed ahead', async () => {
		const { press, pass, text } = await open({}, { environment: 'production', guard: 'typed' });
		await press('K', 'production', 'enter');
		expect(started()).toEqual([]);
		await pass(300);
		await press('production', 'enter');
		expect(started()).toEqual([
			{ action: 'backup.database', step: null, confirmed: 'production', args: { pin: 'deploy' } },
		]);
		expect(text()).toContain('PROVEN ON');
	});

	test('L looks into the targets again and says what it found', async () => {
		const { press, text, engine } = await open();
		await press('L');
		expect(engine.sent.at(-1)?.name).toBe('backups.look');
		expect(text()).toContain('looked again: 45 copies are there');
	});

	test('the palette has what is done with plans, the list of o does not', async () => {
		const { press, text } = await open();
		await press(':', 'back up: led');
		expect(text()).toContain('Back up: Ledger, base and WAL');
		expect(text()).toContain('Before a deploy · Back up: Ledger,');
		await press('esc', '1', 'o');
		expect(text()).toContain('API endpoint tests');
		expect(text()).not.toContain('Back up');
		await press('esc', ':', 'prune: database', 'enter');
		expect(text()).toContain('WILL BE REMOVED');
		expect(started()).toEqual([]);
	});
});

describe('a plan that runs', () => {
	const operation = running();
	const more = [{ kind: 'operation' as const, operation, tail: ['page 1 of 80,000'], progress: HALF_WAY }];

	test('shows phase, bytes of bytes, rate and time left; what changes moves nothing else', async () => {
		const { engine, pass, terminal } = await open({ plans: RUNNING }, { more });
		const before = terminal.screen();
		expect(before[5]).toMatch(
			/^ {3}backup {3}copying {5}█{12}─{28} +312 of 1024 MiB +61\.2 MiB\/s +15 s left$/,
		);
		await pass(2_000);
		engine.emit({
			kind: 'operation',
			operation,
			tail: [],
			progress: { ...HALF_WAY, done: 900 * MIB, rate: 7 * MIB, leftMs: 170_000 },
		});
		const after = await pass(1_000);
		expect(after[5]).toMatch(/900 of 1024 MiB +7 MiB\/s +2 min left$/);
		expect(after.filter((line, y) => line !== before[y])).toEqual([after[5]]);
		const columnOf = (line: string | undefined, text: string) => line?.indexOf(text);
		expect(columnOf(after[5], 'of 1024')).toBe(columnOf(before[5], 'of 1024'));
	});

	test('80×24 in Chinese keeps every part', async () => {
		const options: OpenedOptions = { columns: 80, rows: 24, locale: 'zh-CN', more };
		const { terminal } = await open({ plans: RUNNING }, options);
		expect(terminal.screen()[5]).toMatch(/^ {3}复制 .*█+─+ +312 \/ 1024 MiB +61\.2 MiB\/秒 +还剩 15 秒$/);
	});

	test('X cancels it, B says that it is busy, ↵ ↵ shows its output with the bar', async () => {
		const { press, engine, text } = await open({ plans: RUNNING }, { more });
		await press('B');
		expect(text()).toContain('this plan is busy; X cancels it');
		await press('X');
		expect(engine.sent.at(-1)).toEqual({ name: 'operation.cancel', input: { operation: operation.id } });
		await press('enter');
		expect(selected()).toContain('backup');
		expect(lineWith('copying')).toMatch(/^▸ +backup +copying +█/);
		await press('enter');
		expect(text()).toContain('page 1 of 80,000');
		expect(lineWith('copying')).toMatch(/^ copying +█{12}─{28} +312 of 1024 MiB/);
	});

	test('other screens say in the footer how far it is, where there is room', async () => {
		const { press, terminal } = await open({ plans: RUNNING }, { more });
		expect(terminal.screen()[39]).not.toContain('backup  30 %');
		await press('1');
		expect(terminal.screen()[39]).toMatch(/backup +30 % · mei · polling · saved$/);
	});

	test('before the first figures it says that it starts', async () => {
		const begun = { ...operation, startedAt: MORNING };
		await open({ plans: RUNNING }, { more: [{ kind: 'operation', operation: begun, tail: [] }] });
		expect(lineWith('starting …')).toContain('backup');
	});

	test('what another console runs has no figures here: it says who began it and how long ago', async () => {
		const begun = { ...operation, startedAt: MORNING - 60_000, by: 'aziz' };
		await open({ plans: RUNNING }, { more: [{ kind: 'operation', operation: begun, tail: [] }] });
		expect(lineWith('aziz')).toContain('backup   runs for 1 min, started by aziz');
	});

	test('nothing is offered to be read back where no copy is there', async () => {
		const bare = PLANS.map((one, at) => (at === 0 ? { ...one, last: null, count: 0, sizes: [] } : one));
		const { press, terminal } = await open({ plans: bare });
		expect(terminal.screen()[39]).not.toContain('V verify');
		await press('V');
		expect(terminal.screen()[39]).toContain('no copy is there yet; B makes one');
	});
});

test('hostile names are drawn, never obeyed', async () => {
	const evil = 'a\x1b[2Jb\u202e';
	const plans = [
		plan('evil', {
			reasons: [{ kind: 'damaged', name: evil }],
			level: 'critical',
			subject: evil,
			overdueSince: MORNING - 60_000,
		}),
	];
	const { press, text } = await open({ plans });
	expect(text()).toContain('damaged: a␛[2Jb');
	await press('enter');
	expect(text()).toContain('sqlite · a␛[2Jb');
});
