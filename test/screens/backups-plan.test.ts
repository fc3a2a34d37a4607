import { afterEach, describe, expect, test } from 'vitest';
import { cellWidth } from '../../src/domain/text.ts';
import type { BackupWorld } from '../support/fake-backups.ts';
import type { OpenedConsole, OpenedOptions } from '../support/opened.ts';
import { lineIn, openBackups, selectedIn, startedIn } from '../support/opened-backups.ts';
import { face } from '../support/pictures.ts';
import { PLANS, planFaces } from '../support/pictures-backups.ts';

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

describe('an opened plan', () => {
	test('120×40: what, where to, when, how long, the proof, the copies, the drills', async () => {
		const { press, text } = await open();
		await press('enter');
		expect(lineWith('copies  ')).toBe(' copies     sqlite · db/smart_loan_manager.db');
		expect(text()).toContain('nas · /mnt/nas/creditpilot · directory');
		expect(text()).toContain('offsite · s3://creditpilot-backups/db · s3');
		expect(lineWith('keeps')).toContain('for 30 d, and the 7 newest whatever their age');
		expect(lineWith('proof')).toContain('passed the checks on 2025-11-20');
		expect(lineWith('COPIES')).toContain('6 there · 1.5 GiB');
		expect(lineWith('WHEN')).toMatch(/WHEN +SIZE {2}STATE +VERIFIED +PROVEN +PINNED +TARGET +NAME +AGE$/);
		expect(selected()).toMatch(/2025-11-22 02:00 +312\.4 MiB +● there +2025-11-22 +– .* 7 h$/);
		expect(lineWith('20251121_174210')).toMatch(/deploy +nas +…/);
		expect(lineWith('2025-11-19 02:00')).toContain('✖ damaged');
		expect(lineWith('2025-11-18 02:00')).toContain('? gone');
		expect(lineWith('41 s')).toMatch(/2025-11-20 06:00 +● ok +41 s +4 h +mei/);
		expect(lineWith('could not have failed')).toContain('on an empty place too');
	});

	test('80×24 in Chinese: everything can be reached, and no line is torn', async () => {
		const { press, terminal, text } = await open({}, { columns: 80, rows: 24, locale: 'zh-CN' });
		await press('enter');
		for (const line of terminal.screen()) expect(cellWidth(line)).toBeLessThanOrEqual(80);
		expect(text()).toContain('数据库（每晚）');
		await press('G', 'enter');
		expect(text()).toContain('transactions');
		expect(lineWith('实为 1,960')).toMatch(/✖ transactions +48,609 · 实为 1,960$/);
		for (const line of terminal.screen()) expect(cellWidth(line)).toBeLessThanOrEqual(80);
	});

	test('↵ opens all about a copy, and the evidence of a drill with what did not hold first', async () => {
		const { press, text, terminal } = await open();
		await press('enter', 'enter');
		expect(text()).toContain('made by schedule in 12.4 s · snapshot of the WAL');
		expect(text()).toContain('48,929 rows in all tables · encrypted');
		expect(text()).toContain('never restored: D drills it');
		await press('enter');
		expect(text()).not.toContain('snapshot of the WAL');
		await press('G', 'enter');
		const screen = terminal.screen();
		const bad = screen.findIndex((line) => line.includes('48,609 · found 1,960'));
		expect(screen[bad]).toContain('✖ transactions');
		expect(screen[bad + 1]).toContain('✔ customers');
	});

	test('V and D mean the selected copy', async () => {
		const { press } = await open();
		await press('enter', 'j', 'V', 'j', 'D');
		expect(started()).toEqual([
			{
				action: 'verify.database',
				step: null,
				confirmed: null,
				args: { copy: 'database.db.backup.20251121_174210', target: 'nas' },
			},
			{
				action: 'drill.database',
				step: null,
				confirmed: null,
				args: { copy: 'database.db.backup.20251121', target: 'nas' },
			},
		]);
	});

	test('one that was taken out of the configuration says so', async () => {
		const { press, engine, pass, text } = await open();
		await press('enter');
		engine.emit(
			{ kind: 'system', face: { ...face(), actions: planFaces([]) } },
			{ kind: 'backups', plans: PLANS.slice(1) },
		);
		await pass(1_000);
		expect(text()).toContain('This plan is no longer configured.');
	});
});

describe('pruning', () => {
	test('P shows names, sizes, what it frees and why the rest stays, before anything is asked', async () => {
		const { press, pass, terminal, text } = await open();
		await press('P');
		expect(lineWith('Prune: Database')).toMatch(/3 to remove · frees 577\.5 MiB$/);
		expect(lineWith('20251020')).toMatch(/2025-10-20 02:00 +288 MiB {2}database\.db\.backup\.20251020$/);
		expect(text()).toContain('database.db.backup.20251119.part');
		expect(lineWith('the last good one')).toContain('20251122');
		expect(lineWith('pinned · deploy')).toContain('20251121_174210');
		expect(lineWith('the newest that is proven')).toContain('20251120');
		expect(terminal.screen()[37]).toContain('Remove these 3 for good?');
		await press('y');
		expect(started()).toEqual([]);
		await pass(300);
		await press('y');
		expect(started()).toEqual([
			{
				action: 'prune.database',
				step: null,
				confirmed: 'yes',
				args: { names: 'database.db.backup.20251020\ndatabase.db.backup.20251021' },
			},
		]);
		expect(text()).toContain('PROVEN ON');
	});

	test('where the environment is typed, its name is asked below the preview', async () => {
		const { press, pass, text } = await open(
			{},
			{ columns: 80, rows: 24, locale: 'zh-CN', environment: 'production', guard: 'typed' },
		);
		await press('P');
		await pass(300);
		await press('y', 'enter');
		expect(text()).toContain('请输入 production 以删除');
		expect(started()).toEqual([]);
		await press('ctrl-u', 'production', 'enter');
		expect(started()).toMatchObject([{ action: 'prune.database', confirmed: 'production' }]);
	});

	test('esc leaves everything as it is; nothing to remove asks nothing', async () => {
		const { press, pass } = await open({ prune: { remove: [], parts: [], freesBytes: 0 } });
		await press('P');
		expect(lineWith('Prune: Database')).toContain('nothing to remove');
		await pass(300);
		await press('y');
		expect(lineWith('nothing to remove')).not.toBe('');
		await press('esc');
		expect(started()).toEqual([]);
		expect(opened?.text()).toContain('PROVEN ON');
	});

	test('a target that cannot be read is a refusal, not a preview', async () => {
		const { press, engine, text } = await open();
		const fault = { code: 'not-mounted' as const, detail: { path: '/mnt/nas' } };
		engine.answer('backup.prune-preview', () => ({ ok: false, error: { kind: 'fault', fault } }));
		await press('P');
		expect(text()).not.toContain('WILL BE REMOVED');
		expect(opened?.terminal.screen()[39]).toContain('/mnt/nas');
	});
});
