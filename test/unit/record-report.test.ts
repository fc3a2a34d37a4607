import { describe, expect, test } from 'vitest';
import { actionId, checkId } from '../../src/domain/ids.ts';
import type { Locale } from '../../src/domain/own-text.ts';
import { quantity } from '../../src/domain/value.ts';
import { dailyReport, type ReportInput } from '../../src/services/records/daily-report.ts';
import {
	CHECKS,
	face,
	lostTransactions,
	MORNING,
	morningRound,
	operation,
	slowAccounting,
	stoppedMcp,
	wellCheck,
} from '../support/pictures.ts';
import { planOf } from '../support/plan-pictures.ts';

const MIDNIGHT = Date.parse('2025-11-22T00:00:00Z');

function input(locale: Locale = 'en', change: Partial<ReportInput> = {}): ReportInput {
	const bad = [slowAccounting(), { ...stoppedMcp(), unsaved: true }, lostTransactions()];
	const checks = CHECKS.filter((one) => one.id !== 'ocr').map(
		(one) => bad.find((other) => other.id === one.id) ?? wellCheck(one.id),
	);
	const done = morningRound();
	const signed = {
		...done,
		signed: { at: MORNING, by: 'mei|x', note: '', level: 'ok' as const, files: [], demo: false },
	};
	return {
		face: face({ environment: 'production' }),
		checks: checks.map((one) => (one.id === 'customers' ? { ...one, at: MORNING - 3_600_000 } : one)),
		baseline: {
			[checkId('integrity')]: {
				transactions: { value: quantity(48_609), at: MIDNIGHT },
				customers: { value: quantity(8), at: MIDNIGHT },
			},
		},
		plans: [],
		rounds: [signed, { ...done, dueAt: null, startedBy: 'aziz' }],
		operations: [
			operation({
				action: actionId('former'),
				state: 'done',
				level: 'critical',
				endedAt: MORNING,
				title: 'API tests <b>',
			}),
			operation({ state: 'done', level: 'ok', endedAt: MORNING, title: 'Report' }),
		],
		flips: [{ check: checkId('mcp-health'), at: MORNING - 60_000, from: 'ok', to: 'critical' }],
		errors: {
			count: 3,
			undated: 1,
			sinceAt: MIDNIGHT,
			last: [
				{
					key: '0:0',
					source: 'a.log',
					at: MORNING,
					level: 'error',
					text: '[ERROR] ``` 失败 hunter2!',
					ours: false,
				},
			],
			faults: [{ path: '/var/log/x.log', fault: 'no-permission' }],
		},
		now: MORNING,
		locale,
		version: '0.1.0',
		redact: (text) => text.replaceAll('hunter2!', '***'),
		...change,
	};
}

const section = (markdown: string, title: string) =>
	markdown.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

describe('the daily report', () => {
	const report = dailyReport(input());

	test('begins with what it is about and how much of it is known', () => {
		expect(report).toContain('# CreditPilot · Daily report · 2025-11-22');
		expect(report).toContain(
			'Exceptions: 5 · checks evaluated: 7 of 8 · rounds signed today: 1 · errors in the logs: 3',
		);
		expect(report).toContain('| Overall | **✖ critical** |');
	});

	test('lists every exception with its reason, failed actions among them', () => {
		const found = section(report, 'Exceptions');
		expect(found).toContain('**accounting-health** — ▲ warning');
		expect(found).toContain('latency = 612 ms, should be < 500 ms');
		expect(found).toContain('**mcp-health** — ✖ critical (not yet confirmed)');
		expect(found).toContain('drop(transactions) = 95.97 %');
		expect(found).toContain('**customers** — ? unknown (old)');
		expect(found).toContain('**action API tests \\<b>** — ✖ critical');
		expect(found).not.toContain('api-health');
	});

	test('tables of services, endpoints and integrity with drift', () => {
		const services = section(report, 'Services');
		expect(services).toContain('| MCP Server | 8080 | ✖ critical | 1/1 | 2025-11-22 09:17 UTC |');
		expect(services).toContain('| Flask Server | 5000 | ? unknown | 3/4 |');
		const endpoints = section(report, 'Endpoint acceptance');
		expect(endpoints).toContain('| summary | GET /api/dashboard/summary | ● ok | net 1,286,340.55 |');
		expect(endpoints).toContain('| GET /api/bill/ocr-status | ○ pending | ocr – |');
		expect(endpoints).toContain('1 h (old)');
		const integrity = section(report, 'Data integrity');
		expect(integrity).toContain('differ from the last signed round: 1');
		expect(integrity).toContain(
			'| Database integrity | transactions | 1,960 | drop < 5 % | 48,609 | −46,649 (−95.97 %) | 1 min |',
		);
		expect(section(report, 'Permissions and CORS')).toContain(
			'| CORS origins | allowed | 10 | = 10 | – | – |',
		);
		expect(section(report, 'Environment changes')).toContain('No check of this sort is declared');
	});

	test('rounds, actions, level changes and error lines', () => {
		const rounds = section(report, 'Rounds today');
		expect(rounds).toContain('| Morning round | 09:00 | signed, exceptions: 3 | mei\\|x | 09:18 |');
		expect(rounds).toContain('| Morning round | – | in progress, 3 of 6 steps done | aziz |');
		expect(section(report, 'Actions today')).toContain(
			'| 09:17 | API tests \\<b> | ✖ critical | mei | 12 s |',
		);
		expect(section(report, 'Changes of level today')).toContain('| 09:17 | mcp-health | ok → ✖ critical |');
		const errors = section(report, 'Error logs');
		expect(errors).toContain('Error lines since 2025-11-22 00:00 UTC: 3.');
		expect(errors).toContain('perhaps older: 1.');
		expect(errors).toContain('Not readable: /var/log/x.log (no-permission)');
		expect(errors).toContain('````text\n[ERROR] ``` 失败 ***\n````');
	});

	test('what ran is called as its action is, in the language of the report', () => {
		const ran = operation({
			action: actionId('nightly'),
			state: 'done',
			level: 'ok',
			endedAt: MORNING,
			title: '每夜',
		});
		const own = face();
		const [one] = own.actions;
		const actions =
			one === undefined ? [] : [{ ...one, id: ran.action, title: { en: 'Nightly', 'zh-CN': '每夜' } }];
		expect(actions).toHaveLength(1);
		const told = (locale: Locale) =>
			dailyReport(input(locale, { face: { ...own, actions }, operations: [ran] }));
		expect(told('en')).toContain('| Nightly | ● ok |');
		expect(told('zh-CN')).toContain('| 每夜 | ● 正常 |');
	});

	test('says what it does not know', () => {
		const coverage = section(report, 'Coverage');
		expect(coverage).toContain('7 of 8 declared checks');
		expect(coverage).toContain('Never evaluated: ocr.');
		expect(coverage).toContain('count as unknown: customers.');
		expect(coverage).toContain('not stored: mcp-health.');
		expect(dailyReport(input('en', { errors: null }))).toContain('errors in the logs: not counted');
	});

	test('nothing is ok of which nothing is known', () => {
		const empty = dailyReport(
			input('en', { checks: [], baseline: {}, rounds: [], operations: [], flips: [], errors: null }),
		);
		expect(empty).not.toContain('● ok');
		expect(section(empty, 'Exceptions')).toContain('Not everything was; see Coverage.');
		expect(section(empty, 'Services')).toContain('| Flask Server | 5000 | ○ pending | 0/4 | never |');
		expect(section(empty, 'Data integrity')).toContain('Nothing was signed yet');
	});

	test('Chinese is complete', () => {
		const chinese = dailyReport(input('zh-CN'));
		expect(chinese).toContain('# CreditPilot · 日报 · 2025-11-22');
		expect(section(chinese, '数据完整性')).toContain('| 数据库完整性 | transactions | 1,960 |');
		expect(section(chinese, '今日巡检')).toContain('已签署，3 项异常');
		expect(section(chinese, '覆盖情况')).toContain('8 项已声明的检查中有 7 项已评估');
	});

	test('the day is the zone’s', () => {
		const zoned = dailyReport(
			input('en', {
				now: Date.parse('2025-11-22T23:30:00Z'),
				face: { ...face(), timezone: 'Asia/Shanghai' },
			}),
		);
		expect(zoned).toContain('Daily report · 2025-11-23');
	});

	describe('backups', () => {
		const overdueSince = Date.parse('2025-11-22T02:00:00Z');
		const plans = [
			planOf(),
			planOf('ledger', {
				title: 'Ledger hunter2! | x',
				level: 'critical',
				reasons: [{ kind: 'overdue', since: overdueSince }, { kind: 'unproven' }],
				overdueSince,
				provenAt: null,
				nextDrillAt: null,
			}),
			planOf('env', {
				title: 'Variables',
				restorable: false,
				provenAt: null,
				nextDrillAt: null,
				nextAt: null,
			}),
			planOf('positions', {
				title: { en: 'Positions', 'zh-CN': '持仓' },
				nothing: { en: 'All data is in memory.', 'zh-CN': '所有数据都在内存中。' },
				restorable: false,
				last: null,
			}),
		];
		const well = { checks: CHECKS.map((one) => wellCheck(one.id)), rounds: [], operations: [], flips: [] };

		test('says of each plan when it was last made, on which day it was proven, and what is next', () => {
			const found = section(dailyReport(input('en', { plans })), 'Backups');
			expect(found).toContain(
				'| Loan database | ● ok | 2025-11-22 02:00 · database.db.backup.20251122 | 7 h | 12 MiB | 2025-11-20 | 2026-02-18 | 2025-11-23 02:00 |',
			);
			expect(found).toContain('| never | – | **overdue since 2025-11-22 02:00** |');
			expect(found).toContain(
				'| Variables | ● ok | 2025-11-22 02:00 · database.db.backup.20251122 | 7 h | 12 MiB | – | – | by hand |',
			);
			expect(found).toContain('- Positions: nothing to back up. All data is in memory.');
			expect(found).toContain('| Ledger \\*\\*\\* \\| x | ✖ critical |');
		});

		test('a plan that does not stand well is an exception and makes the whole no better', () => {
			const bad = dailyReport(input('en', { ...well, plans }));
			expect(bad).toContain('| Overall | **✖ critical** |');
			expect(section(bad, 'Exceptions')).toContain(
				'— ✖ critical\n  - overdue since 2025-11-22 02:00\n  - not proven',
			);
			const good = dailyReport(input('en', { ...well, plans: [planOf()] }));
			expect(section(good, 'Exceptions')).toContain('every backup plan stands well');
		});

		test('are left out where none is declared, and said in Chinese', () => {
			expect(dailyReport(input())).not.toContain('## Backups');
			const found = section(dailyReport(input('zh-CN', { plans })), '备份');
			expect(found).toContain('| 贷款数据库 | ● 正常 |');
			expect(found).toContain('**自 2025-11-22 02:00 起逾期**');
			expect(found).toContain('- 持仓：无可备份。所有数据都在内存中。');
		});
	});
});
