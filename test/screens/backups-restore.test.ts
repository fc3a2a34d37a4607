import { afterEach, describe, expect, test } from 'vitest';
import { fault } from '../../src/domain/fault.ts';
import { operationId } from '../../src/domain/ids.ts';
import { cellWidth } from '../../src/domain/text.ts';
import type { BackupWorld } from '../support/fake-backups.ts';
import type { OpenedConsole, OpenedOptions } from '../support/opened.ts';
import { lineIn, openBackups, startedIn } from '../support/opened-backups.ts';
import { MORNING } from '../support/pictures.ts';
import { PLANS, running } from '../support/pictures-backups.ts';

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
const started = (): readonly unknown[] => (opened ? startedIn(opened) : []);
const PROVEN = { copy: 'database.db.backup.20251120', target: 'nas' };

describe('restoring', () => {
	test('first a copy: only those that are there can be chosen', async () => {
		const { press, text } = await open();
		await press('T');
		expect(text()).toContain('Restore: Database, nightly');
		expect(text()).toContain('2025-11-20 02:00');
		expect(text()).not.toContain('2025-11-19 02:00');
		expect(text()).not.toContain('2025-11-18 02:00');
		await press('esc');
		expect(text()).toContain('PROVEN ON');
	});

	test('then what it replaces: place, loss, rows, steps, and the word to type', async () => {
		const { press, pass, text, engine, terminal } = await open();
		await press('T', 'enter');
		expect(engine.sent.filter((sent) => sent.name === 'restore.preview').at(-1)?.input).toEqual({
			plan: 'database',
			copy: 'database.db.backup.20251122',
			target: 'nas',
		});
		expect(text()).toContain('never restored: whether it restores is not known');
		expect(text()).toContain('▲ Sessions in memory are lost by the restart.');
		expect(text()).toContain('/srv/creditpilot/db/smart_loan_manager.db');
		expect(lineWith('will be lost')).toContain('7 h 18 min of data will be lost');
		expect(lineWith('transactions')).toMatch(/48,702 +48,609 +−93$/);
		expect(lineWith('new_table')).toMatch(/ 3 +– +−3$/);
		expect(lineWith('safety copy')).toContain('the way back');
		expect(lineWith('stop:')).toContain('Stop Flask, Stop Accounting');
		expect(lineWith('start:')).toContain('Start Accounting, Start Flask');
		expect(lineWith('hold the checks')).toContain('integrity, customers');
		expect(terminal.screen()[36]).toContain('Type yes and ↵ to replace it');
		await press('yes', 'enter');
		expect(started()).toEqual([]);
		await pass(300);
		await press('y', 'enter');
		expect(text()).toContain('type yes to replace what stands there');
		await press('es', 'enter');
		expect(started()).toEqual([
			{
				action: 'restore.database',
				step: null,
				confirmed: 'yes',
				args: { copy: 'database.db.backup.20251122', target: 'nas' },
			},
		]);
		// The running operation's own page, with its output; leaving it leads back to the list.
		expect(text()).toContain('OUTPUT');
		await press('esc');
		expect(text()).toContain('PROVEN ON');
	});

	test('80×24 in Chinese, in production: what matters most is seen without scrolling', async () => {
		const { press, pass, terminal, text } = await open(
			{ restore: { guard: 'typed', environment: 'production' } },
			{ columns: 80, rows: 24, locale: 'zh-CN', environment: 'production', guard: 'typed' },
		);
		await press('T', 'enter');
		for (const line of terminal.screen()) expect(cellWidth(line)).toBeLessThanOrEqual(80);
		expect(text()).toContain('■ PRODUCTION');
		expect(text()).toContain('重启会丢失内存中的会话');
		expect(lineWith('将丢失')).toContain('7 小时 18 分');
		expect(text()).toContain('输入 production 并按 ↵');
		expect(text()).toMatch(/还有 \d+ 行：↓/);
		await pass(300);
		await press('pgdn');
		expect(text()).toContain('停止：停止 Flask');
		await press('yes', 'enter');
		expect(started()).toEqual([]);
		await press('ctrl-u', 'production', 'enter');
		expect(started()).toMatchObject([{ action: 'restore.database', confirmed: 'production' }]);
	});

	test('from an opened plan the selected copy is chosen already', async () => {
		const { press, pass } = await open({ restore: { provenAt: MORNING - 86_400_000 } });
		await press('enter', 'j', 'j', 'j', 'T', 'enter');
		expect(lineWith('passed the checks')).toContain('a restored copy of it passed the checks on 2025-11-21');
		await pass(300);
		await press('yes', 'enter');
		expect(started()).toMatchObject([{ args: PROVEN }]);
		await press('esc');
		expect(opened?.text()).toContain('COPIES');
	});

	test('what stands in the way is said, and what cannot be looked at is not called empty', async () => {
		const faults = [fault('database-corrupt', { path: '/srv/creditpilot/db/smart_loan_manager.db' })];
		const { press, text } = await open({ restore: { exists: false, facts: {}, rows: null, faults } });
		await press('T', 'enter');
		expect(lineWith('the database is damaged')).toMatch(/^ ✖ .*smart_loan_manager\.db/);
		expect(text()).not.toContain('nothing stands there now');
		expect(text()).toContain('a safety copy');
		expect(text()).toContain('will be lost');
	});

	test('where nothing stands nothing is lost', async () => {
		const { press, text } = await open({ restore: { exists: false, facts: {}, rows: null } });
		await press('T', 'enter');
		expect(text()).toContain('nothing stands there now');
		expect(text()).not.toContain('will be lost');
	});

	test('a refusal stays on the page and says why', async () => {
		const { press, pass, engine, text, terminal } = await open();
		engine.answer('operation.start', () => ({
			ok: false,
			error: { kind: 'refused', why: 'plan-busy', detail: { by: 'li', at: MORNING - 60_000 } },
		}));
		await press('T', 'enter');
		await pass(300);
		await press('yes', 'enter');
		expect(terminal.screen()[39]).toContain('li has been busy with this plan since 09:17');
		expect(text()).toContain('WHAT HAPPENS');
	});
});

describe('two operators', () => {
	const second = { needed: true, askedBy: null, askedAt: null };

	test('the first one asks, is told to wait, and cannot agree alone', async () => {
		const { press, pass, engine, text } = await open({ restore: { second } });
		engine.answer('operation.start', () => ({
			ok: false,
			error: { kind: 'refused', why: 'needs-second', detail: { minutes: 30, by: 'mei', at: MORNING } },
		}));
		await press('T', 'enter');
		expect(text()).toContain('Another operator has to agree');
		await pass(300);
		await press('yes', 'enter');
		expect(text()).toContain('Asked at 09:18. Another operator has to do the same within 30 min');
		expect(text()).not.toContain('Type yes');
		await pass(300);
		await press('enter', 'y');
		expect(started()).toHaveLength(1);
		await press('esc', 'enter');
		expect(text()).toContain('Asked at 09:18.');
		// After the time has run out the question is asked again.
		await press('esc');
		await pass(31 * 60_000);
		await press('enter');
		expect(text()).toContain('Type yes');
	});

	test('the second one sees who asked and when, and agrees', async () => {
		const asked = { needed: true, askedBy: 'li', askedAt: MORNING - 16 * 60_000 };
		const { press, pass, text } = await open({ restore: { second: asked } });
		await press('T', 'enter');
		expect(text()).toContain('li asked for this restore at 09:02. If you do the same, it begins at once.');
		await pass(300);
		await press('yes', 'enter');
		expect(started()).toHaveLength(1);
		expect(text()).toContain('OUTPUT');
	});

	test('the one who asked in another console does not count as the second', async () => {
		const asked = { needed: true, askedBy: 'mei', askedAt: MORNING - 16 * 60_000 };
		const { press, text } = await open({ restore: { second: asked } });
		await press('T', 'enter');
		expect(text()).toContain('Asked at 09:02. Another operator has to do the same');
		expect(text()).not.toContain('Type yes');
	});

	test('who waits sees it begin, and ↵ shows it', async () => {
		const asked = { needed: true, askedBy: 'mei', askedAt: MORNING - 60_000 };
		const { press, pass, engine, text } = await open({ restore: { second: asked } });
		await press('T', 'enter');
		const operation = running({ id: operationId(22), title: 'Restore: Database, nightly', by: 'li' });
		engine.emit(
			{
				kind: 'backups',
				plans: PLANS.map((one, at) =>
					at === 0 ? { ...one, running: { operation: operation.id, verb: 'restore' } } : one,
				),
			},
			{ kind: 'operation', operation, tail: ['stopping Flask'] },
		);
		await pass(1_000);
		expect(text()).toContain('It runs: ↵ shows its output.');
		await press('enter');
		expect(text()).toContain('stopping Flask');
	});
});

test('a restore that failed says where the way back is', async () => {
	const operation = running({
		id: operationId(23),
		action: 'restore.database' as never,
		title: 'Restore: Database, nightly',
		state: 'done',
		level: 'critical',
		endedAt: MORNING - 1_000,
		reasons: [{ kind: 'fault', fault: fault('command-failed', { command: 'Start Flask' }) }],
	});
	const tail = ['what was there before stands there again'];
	const { press, text } = await open({}, { more: [{ kind: 'operation', operation, tail }] });
	await press('O', 'enter');
	expect(text()).toContain('Safety copies are pinned “restore”: T in Backups goes back to one.');
	expect(text()).toContain('what was there before stands there again');
});
