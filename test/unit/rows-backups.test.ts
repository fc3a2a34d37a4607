import { describe, expect, test } from 'vitest';
import type { PlanReason, ProgressPicture } from '../../src/domain/backup-picture.ts';
import { fault } from '../../src/domain/fault.ts';
import { cellWidth } from '../../src/domain/text.ts';
import { toAgreeRows } from '../../src/screens/backups/agree-rows.ts';
import { toFacts } from '../../src/screens/backups/plan-rows.ts';
import { explainPlan } from '../../src/screens/backups/reasons.ts';
import { summaryText } from '../../src/screens/backups/rows.ts';
import { percentText, toProgressRow } from '../../src/screens/progress.ts';
import { MORNING } from '../support/pictures.ts';
import { HALF_WAY, MIB, NIGHT, PLANS, plan } from '../support/pictures-backups.ts';
import { restorePreview } from '../support/pictures-restore.ts';

const en = { now: MORNING, zone: 'UTC', locale: 'en' } as const;
const zh = { ...en, locale: 'zh-CN' } as const;
const progress = (extra: Partial<ProgressPicture>): ProgressPicture => ({ ...HALF_WAY, ...extra });

describe('how far it is', () => {
	test.each([
		[progress({}), ' 312 of 1024 MiB', 0.305],
		[progress({ done: 3 * MIB, total: 20 * MIB }), ' 3.0 of 20.0 MiB', 0.15],
		[progress({ done: 4096, total: 9000 }), '4096 of 9000 B', 0.455],
		[progress({ done: 5 * MIB, total: null }), '5 MiB so far', null],
		[progress({ done: 0, total: null }), '', null],
		[progress({ unit: 'files', done: 12, total: 340 }), '12 of 340 files', 0.035],
		[progress({ unit: 'steps', done: 2, total: 5 }), '2 of 5 steps', 0.4],
		[progress({ unit: 'steps', done: 0, total: null }), '', null],
		[progress({ done: 2048 * MIB }), '1024 of 1024 MiB', 1],
	])('amount %#', (one, amount, share) => {
		const row = toProgressRow(one, 'en');
		expect(row.amount).toBe(amount);
		if (share === null) expect(row.share).toBeNull();
		else expect(row.share).toBeCloseTo(share, 2);
	});

	test('both numbers keep their width while one of them grows', () => {
		const widths = [1, 50, 512, 1023].map((done) =>
			cellWidth(toProgressRow(progress({ done: done * MIB }), 'en').amount),
		);
		expect(new Set(widths).size).toBe(1);
	});

	test('steps have no rate, and nobody promises a time that is not known', () => {
		expect(toProgressRow(progress({ unit: 'steps', rate: 2, leftMs: null }), 'en')).toMatchObject({
			rate: '',
			left: '',
		});
		expect(toProgressRow(progress({}), 'zh-CN')).toMatchObject({ rate: '61.2 MiB/秒', left: '还剩 15 秒' });
		expect(percentText(progress({}))).toBe('30 %');
		expect(percentText(progress({ done: 999.9 * MIB, total: 1000 * MIB }))).toBe('99 %');
		expect(percentText(progress({ total: 0 }))).toBe('');
	});
});

test('every reason is one line in both languages, with its age and the key that helps', () => {
	const reasons: readonly PlanReason[] = [
		{ kind: 'failed', at: NIGHT, fault: null },
		{ kind: 'overdue', since: NIGHT },
		{ kind: 'never' },
		{ kind: 'unproven' },
		{ kind: 'drill-overdue', since: NIGHT },
		{ kind: 'drill-failed', at: NIGHT },
		{ kind: 'drill-vacuous', at: NIGHT },
		{ kind: 'damaged', name: 'x\u001b[31m' },
		{ kind: 'target', target: 'nas', fault: fault('not-mounted', { path: '/mnt/nas' }) },
		{ kind: 'shrunk', share: 0.31 },
		{ kind: 'broken', fault: fault('secret-missing', { name: 'KEY' }) },
	];
	const said = explainPlan(plan('p', { reasons }), en).map((one) => one.text);
	expect(said).toHaveLength(reasons.length);
	expect(said[1]).toBe('overdue since 2025-11-22 02:00 · 7 h · B makes a copy');
	expect(said[7]).toContain('x␛[31m');
	for (const text of [...said, ...explainPlan(plan('p', { reasons }), zh).map((one) => one.text)]) {
		expect(text).not.toMatch(/[{}]|undefined|\n/);
		expect(text).not.toBe('');
	}
});

test('how long copies are kept is said as it is reckoned', () => {
	const keepOf = (keep: { ageMs: number | null; count: number | null }) =>
		toFacts(plan('p', { keep }), en).find((fact) => fact.label === 'keeps')?.text;
	const days = 30 * 86_400_000;
	expect(keepOf({ ageMs: null, count: null })).toBe('for ever');
	expect(keepOf({ ageMs: days, count: null })).toBe('for 30 d');
	expect(keepOf({ ageMs: null, count: 7 })).toBe('the 7 newest');
	expect(keepOf({ ageMs: days, count: 7 })).toBe('for 30 d, and the 7 newest whatever their age');
});

test('the sum counts what is there, once a plan', () => {
	expect(summaryText(PLANS.slice(0, 1), en)).toBe('1 plan · 1 proven · 6 copies · 1.5 GiB in all');
	expect(summaryText(PLANS, zh)).toContain('1 个无可备份');
});

describe('before a restore', () => {
	test('rows nobody counted in the copy are not called lost', () => {
		const rows = [{ name: 'customers', now: 8, copy: null }];
		expect(toAgreeRows(restorePreview({ rows }), en).tables).toEqual([
			{ name: 'customers', now: '8', copy: '–', difference: '', isLess: false },
		]);
	});

	test('a fact is told by what its name counts, a fault in words', () => {
		const facts = {
			bytes: 3 * MIB,
			changed: '2025-11-22T09:17:00.000Z',
			tables: 4,
			fault: 'database-corrupt',
		};
		expect(toAgreeRows(restorePreview({ facts }), en).facts).toBe(
			'3 MiB · changed 2025-11-22 09:17 · tables 4 · the database is damaged',
		);
		expect(toAgreeRows(restorePreview({ facts }), zh).facts).toBe(
			'3 MiB · 更改于 2025-11-22 09:17 · 表 4 · 数据库已损坏',
		);
	});
});
