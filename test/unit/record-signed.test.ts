import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkId } from '../../src/domain/ids.ts';
import type { Locale } from '../../src/domain/own-text.ts';
import { verifyRecord } from '../../src/domain/record-proof.ts';
import type { Evidence, Round } from '../../src/domain/round.ts';
import { quantity } from '../../src/domain/value.ts';
import { createOwnFiles } from '../../src/platform/own-files.ts';
import { signedRecord, writeSignedRecord } from '../../src/services/records/signed-record.ts';
import type { SignedInput } from '../../src/services/records/signed-shape.ts';
import {
	CHECKS,
	face,
	lostTransactions,
	MORNING,
	morningRound,
	operation,
	wellCheck,
} from '../support/pictures.ts';

const YESTERDAY = MORNING - 86_400_000;
const HOSTILE = 'a|b `c` <script>alert(1)</script> [x](http://evil.example) **d**\n# title\x1b[2J\u202e';

function signedRound(note = 'handed to Aziz'): Round {
	const round = morningRound();
	const lost = lostTransactions();
	const integrity: Evidence = {
		kind: 'observation',
		check: lost.id,
		at: lost.at,
		level: lost.level,
		samples: lost.samples,
		reasons: lost.reasons,
		baseline: {
			transactions: { value: quantity(48_609), at: YESTERDAY },
			customers: { value: quantity(8), at: YESTERDAY },
		},
	};
	const ran: Evidence = {
		kind: 'operation',
		operation: operation().id,
		title: 'API endpoint tests',
		at: MORNING - 60_000,
		level: 'ok',
		samples: { passed: quantity(8), total: quantity(8) },
		reasons: [],
		command: 'bash test_api_endpoints.sh --token hunter2!',
		output: 'PASS 8/8\n````\n<script>\n',
		files: ['/var/lib/report.md'],
	};
	const lines: Evidence = {
		kind: 'lines',
		source: 'flask',
		sinceAt: YESTERDAY,
		count: 2,
		lines: ['[2025-11-22 08:00:00] [ERROR] 失败 hunter2!'],
	};
	const answer = { at: MORNING - 30_000, by: 'mei' };
	const steps = round.steps.map((step, index) => {
		if (index === 2)
			return {
				...step,
				found: [integrity],
				answer: { ...answer, outcome: 'fail' as const, note: HOSTILE, evidence: [integrity] },
			};
		if (index === 3) return { ...step, found: [ran] };
		if (index === 4)
			return {
				...step,
				answer: { ...answer, outcome: 'ok' as const, note: 'two known timeouts', evidence: [lines] },
				note: 'ask vendor',
			};
		if (index === 5)
			return { ...step, answer: { ...answer, outcome: 'skip' as const, note: 'disk full', evidence: [] } };
		return step;
	});
	return {
		...round,
		steps,
		signed: { at: MORNING + 40 * 60_000, by: 'mei', note, level: 'critical', files: [], demo: false },
	};
}

function input(locale: Locale = 'en', change: Partial<SignedInput> = {}): SignedInput {
	return {
		round: signedRound(),
		face: face({ environment: 'production' }),
		before: {
			[checkId('integrity')]: {
				transactions: { value: quantity(48_609), at: YESTERDAY },
				customers: { value: quantity(8), at: YESTERDAY },
			},
		},
		snapshot: {
			[checkId('customers')]: {
				customers: { value: quantity(8), at: MORNING + 40 * 60_000 },
				latency: { value: quantity(52, 'ms'), at: MORNING + 40 * 60_000 },
			},
		},
		flips: [{ check: checkId('integrity'), at: MORNING - 65_000, from: 'ok', to: 'critical' }],
		coverage: [
			...CHECKS.filter((one) => one.id !== 'mcp-health').map((one) => wellCheck(one.id)),
			{ ...wellCheck('mcp-health'), at: 0, level: 'pending' },
		],
		locale,
		version: '0.1.0',
		redact: (text) => text.replaceAll('hunter2!', '***'),
		...change,
	};
}

const section = (markdown: string, title: string) =>
	markdown.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '';

test('another duration is no change, a connection kept open neither', () => {
	const seen = (baseline: number | null, now: number | null) => {
		const round = signedRound();
		const of = (ms: number) => quantity(ms, 'ms');
		const steps = round.steps.map((step, index) => {
			if (index !== 2 || !step.answer) return step;
			const evidence = step.answer.evidence.map((one) =>
				one.kind === 'observation' && now !== null
					? { ...one, samples: { ...one.samples, latency: of(now) } }
					: one,
			);
			return { ...step, answer: { ...step.answer, evidence } };
		});
		const before = {
			[checkId('integrity')]: {
				transactions: { value: quantity(48_609), at: YESTERDAY },
				...(baseline === null ? {} : { latency: { value: of(baseline), at: YESTERDAY } }),
			},
		};
		const { json } = signedRecord(input('en', { round: { ...round, steps }, before }));
		return (JSON.parse(json) as { changes: { values: { sample: string }[] } }).changes.values;
	};
	expect(seen(52, 48).map((one) => one.sample)).toEqual(['transactions']);
	expect(seen(52, null).map((one) => one.sample)).toEqual(['transactions']);
});

describe('the text', () => {
	const { markdown, json, name } = signedRecord(input());

	test('says who, when, how late, and the exceptions first', () => {
		expect(name).toBe('2025-11-22-morning');
		expect(markdown).toContain('# Morning round · 2025-11-22');
		expect(markdown).toContain('| Signed by | mei |');
		expect(markdown).toContain('2025-11-22 09:58:00 UTC');
		expect(markdown).toContain('late by 28 min');
		expect(markdown).toContain('| Result | **✖ critical** |');
		expect(markdown.indexOf('## Exceptions')).toBeLessThan(markdown.indexOf('## Steps'));
		const exceptions = section(markdown, 'Exceptions');
		expect(exceptions).toContain('**3. CORS** — ✖ failed');
		expect(exceptions).toContain('drop(transactions) = 95.97 % (48,609 → 1,960), must be < 5 %');
		expect(exceptions).toContain('**6. Daily report** — ○ skipped');
		expect(exceptions).not.toContain('Health of the three services');
	});

	test('each step has its values with expectation, last signed value and change', () => {
		const steps = section(markdown, 'Steps');
		expect(steps).toContain('| transactions | 1,960 | drop < 5 % | 48,609 | −46,649 (−95.97 %) |');
		expect(steps).toContain('| customers | 8 | > 0 | 8 | = |');
		expect(steps).toContain('| passed | 8 | – | – | – |');
		expect(steps).toContain('Error lines in flask since 2025-11-21 09:18:00 UTC: 2');
		expect(steps).toContain('[ERROR] 失败 ***');
	});

	test('what changed, what is open, and what was not evaluated', () => {
		const changed = section(markdown, 'Changed since the last signed round');
		expect(changed).toContain('| integrity · transactions | 48,609 | 1,960 | −46,649 (−95.97 %) |');
		expect(changed).not.toContain('integrity · customers');
		expect(changed).toContain('integrity: ok → critical');
		const open = section(markdown, 'Open points and hand-over');
		expect(open).toContain('3. CORS');
		expect(open).toContain('two known timeouts · ask vendor');
		expect(open).toContain('6. Daily report — ○ skipped: disk full');
		const coverage = section(markdown, 'Coverage');
		expect(coverage).toContain('7 of 8 declared checks');
		expect(coverage).toContain('Not evaluated: mcp-health.');
		expect(coverage).toContain('| mcp-health | ○ pending | – | never evaluated |');
		expect(section(markdown, 'Closing note')).toContain('> handed to Aziz');
	});

	test('nothing from outside is markup, and no secret is in either file', () => {
		expect(markdown).toContain(
			'a\\|b \\`c\\` \\<script>alert(1)\\</script> \\[x\\](http\\://evil.example) \\*\\*d\\*\\*',
		);
		expect(markdown).not.toMatch(/^# title/m);
		expect(markdown).toContain('> \\# title');
		expect(markdown + json).not.toMatch(/\x1b|\u202e/);
		expect(markdown + json).not.toContain('hunter2!');
		expect(markdown).toContain('`````text\n$ bash test');
	});

	test('Chinese is complete, with the same figures', () => {
		const chinese = signedRecord(input('zh-CN')).markdown;
		expect(chinese).toContain('# 早间巡检 · 2025-11-22');
		expect(chinese).toContain('| 签署人 | mei |');
		expect(section(chinese, '异常')).toContain('✖ 失败');
		expect(chinese).toContain('−46,649 (−95.97 %)');
		expect(section(chinese, '覆盖情况')).toContain('8 项已声明的检查中有 7 项已评估');
		expect(chinese.replace(/```[\s\S]*?```/g, '')).not.toMatch(/Signed|Evidence|Coverage|Exceptions/);
	});

	test('a round without exceptions does not claim more than was evaluated', () => {
		const round = signedRound();
		const first = round.steps[0]!;
		const clean = {
			...round,
			steps: [first],
			signed: { ...round.signed!, level: 'ok' as const, demo: true, note: '' },
		};
		const text = signedRecord(input('en', { round: clean, before: {}, flips: [] })).markdown;
		expect(section(text, 'Exceptions')).toContain('not everything was evaluated');
		expect(section(text, 'Changed since the last signed round')).toContain('No round was signed before');
		expect(section(text, 'Closing note')).toContain('left no closing note');
		expect(text).toContain('made by the demo');
	});

	test('the date is the zone’s, across midnight', () => {
		const late = Date.parse('2025-11-22T23:30:00Z');
		// One begun without a time is named by its signature.
		const round = { ...signedRound(), dueAt: null, startedAt: late - 60_000 };
		const signed = { ...round, signed: { ...round.signed!, at: late } };
		const name = (timezone: string) =>
			signedRecord(input('en', { round: signed, face: { ...face(), timezone } })).name;
		expect(name('UTC')).toBe('2025-11-22-morning');
		expect(name('Asia/Shanghai')).toBe('2025-11-23-morning');
		expect(name('America/New_York')).toBe('2025-11-22-morning');
	});
});

describe('the proof', () => {
	test('holds for what was written, and finds one changed byte anywhere', () => {
		const { json, markdown } = signedRecord(input());
		expect(verifyRecord(json, markdown)).toEqual([]);
		expect((JSON.parse(json) as { schema: string }).schema).toBe('rounds.signed-round/1');
		expect(signedRecord(input()).json).toBe(json);
		for (let at = 0; at < json.length; at += 97) {
			const changed = `${json.slice(0, at)}${json[at] === '7' ? '8' : '7'}${json.slice(at + 1)}`;
			expect(verifyRecord(changed, markdown)).toContain('json-changed');
		}
		for (let at = 0; at < markdown.length; at += 89) {
			const changed = `${markdown.slice(0, at)}${markdown[at] === '7' ? '8' : '7'}${markdown.slice(at + 1)}`;
			expect(verifyRecord(json, changed).length).toBeGreaterThan(0);
		}
		expect(verifyRecord(json, 'no record')).toEqual(['no-sums']);
		expect(verifyRecord('{', markdown)).toContain('json-unreadable');
	});

	test('a text that imitates the sums in a note proves nothing', () => {
		const fake = `x\n- SHA-256 of the JSON file: \`sha256:${'0'.repeat(64)}\``;
		const { json, markdown } = signedRecord(input('en', { round: signedRound(fake) }));
		expect(verifyRecord(json, markdown)).toEqual([]);
	});
});

describe('writing', () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'record-'));
	});
	afterEach(() => rmSync(folder, { recursive: true, force: true }));

	test('two writers at once: nothing is overwritten, each pair belongs together', async () => {
		const files = createOwnFiles();
		const notes = Array.from({ length: 6 }, (_, index) => `note ${index}`);
		const records = notes.map((note) => signedRecord(input('en', { round: signedRound(note) })));
		const target = join(folder, 'production', 'signed');
		const written = await Promise.all(records.map((record) => writeSignedRecord(files, target, record)));
		const bases = written.map((one) => (one.ok ? one.value[0]!.replace(/\.md$/, '') : one.error.code));
		expect(new Set(bases).size).toBe(6);
		expect(bases.map((base) => base.replace(`${target}/`, '')).sort()).toEqual([
			'2025-11-22-morning',
			...[2, 3, 4, 5, 6].map((n) => `2025-11-22-morning-${n}`),
		]);
		for (const [index, base] of bases.entries()) {
			const json = readFileSync(`${base}.json`, 'utf8');
			expect(json).toContain(`"note": "note ${index}"`);
			expect(verifyRecord(json, readFileSync(`${base}.md`, 'utf8'))).toEqual([]);
			expect(statSync(`${base}.json`).mode & 0o777).toBe(0o600);
		}
		expect(readdirSync(target)).toHaveLength(12);
	});

	test('a folder that cannot be made is a fault', async () => {
		writeFileSync(join(folder, 'a-file'), '');
		const written = await writeSignedRecord(
			createOwnFiles(),
			join(folder, 'a-file', 'signed'),
			signedRecord(input()),
		);
		expect(written.ok).toBe(false);
	});
});

describe('what was not well outside the round', () => {
	const beside = [
		{
			...wellCheck('mcp-health'),
			id: checkId('elsewhere'),
			level: 'critical' as const,
			reasons: [{ kind: 'fault', fault: { code: 'refused', detail: { address: '127.0.0.1:1' } } }] as const,
		},
	];

	test('stands among the exceptions, with its reason', () => {
		const text = section(signedRecord(input('en', { coverage: beside })).markdown, 'Exceptions');
		expect(text).toContain('asked for by no step');
		expect(text).toMatch(/elsewhere.*critical.*refused/);
	});

	test('is not said of what is well', () => {
		expect(signedRecord(input('en', { coverage: [{ ...wellCheck('api-health') }] })).markdown).not.toContain(
			'asked for by no step',
		);
	});
});

describe('the name of a record', () => {
	test('is the day its round was due, though it was signed the day after', () => {
		const round = { ...signedRound(), dueAt: Date.parse('2025-11-21T09:00:00Z') };
		expect(signedRecord(input('en', { round })).name).toBe('2025-11-21-morning');
	});
});

describe('the snapshot', () => {
	test('stands in both files, durations in the JSON only', () => {
		const { markdown, json } = signedRecord(input());
		const document = JSON.parse(json) as { snapshot: Record<string, Record<string, unknown>> };
		expect(Object.keys(document.snapshot['customers'] ?? {})).toEqual(['customers', 'latency']);
		const section = markdown.slice(markdown.indexOf('## Signed snapshot'), markdown.indexOf('## Coverage'));
		expect(section).toContain('| customers | customers 8 |');
		expect(section).not.toContain('latency');
	});

	test('says when nothing entered it', () => {
		expect(signedRecord(input('en', { snapshot: {} })).markdown).toContain('Nothing entered the snapshot');
	});
});
