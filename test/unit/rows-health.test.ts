import { describe, expect, test } from 'vitest';
import { checkId } from '../../src/domain/ids.ts';
import { quantity } from '../../src/domain/value.ts';
import { toHealthRows } from '../../src/screens/health/rows.ts';
import { apply, EMPTY_PICTURE, type PictureState } from '../../src/store/index.ts';
import { MORNING, wellCheck, world } from '../support/pictures.ts';

const picture = (options: Parameters<typeof world>[0] = {}): PictureState =>
	world(options).reduce(apply, EMPTY_PICTURE);
const row = (state: PictureState, id: string, now = MORNING, locale: 'en' | 'zh-CN' = 'en') =>
	toHealthRows(state, now, locale).find((one) => one.id === id)!;

describe('Health rows', () => {
	test('one a service, then a heading and one a check that belongs to none', () => {
		const rows = toHealthRows(picture(), MORNING, 'en');
		expect(rows.map((one) => one.id ?? `(${one.title})`)).toEqual([
			'service:flask',
			'service:accounting',
			'service:mcp',
			'(Data and files)',
			'check:integrity',
			'check:cors',
		]);
		expect(rows[0]).toMatchObject({
			title: 'Flask Server',
			port: '5000',
			level: 'ok',
			latency: '8 ms',
			share: '99.98 %',
			age: '5 s',
			explanations: [],
		});
	});

	test('a slow time is told beside what it usually is at this hour', () => {
		const state = picture({ isTroubled: true });
		const checks = new Map(
			[...state.checks].map(([id, check]) => [
				id,
				check.level === 'warning' ? { ...check, usual: 9 } : check,
			]),
		);
		const texts = (locale: 'en' | 'zh-CN') =>
			row({ ...state, checks }, 'service:accounting', MORNING, locale).explanations[0]?.text;
		expect(texts('en')).toContain('usually 9 ms at this hour');
		expect(texts('zh-CN')).toContain('此时段通常 9 ms');
	});

	test('what is wrong says why and since when, in both languages', () => {
		const state = picture({ isTroubled: true });
		expect(row(state, 'service:accounting').explanations).toEqual([
			{ level: 'warning', text: 'latency = 612 ms, should be < 500 ms · since 09:11 (7 min)' },
		]);
		expect(row(state, 'service:accounting', MORNING, 'zh-CN').explanations[0]?.text).toBe(
			'latency = 612 ms，应 < 500 ms · 自 09:11 起（7 分）',
		);
		expect(row(state, 'check:integrity').explanations[0]?.text).toBe(
			'drop(transactions) = 95.97 % (48,609 → 1,960), must be < 5 % · since 09:16 (1 min)',
		);
	});

	test('a fault stands where the latency would, and a level that is not confirmed says so', () => {
		const mcp = row(picture({ isTroubled: true }), 'service:mcp');
		expect(mcp).toMatchObject({ level: 'critical', latency: 'refused', isFault: true, soft: '2/3' });
		expect(mcp.trend.at(-1)?.level).toBe('critical');
		expect(row(picture({ isTroubled: true }), 'service:accounting').soft).toBeNull();
	});

	test('a service is as bad as its worst check and names it', () => {
		const state = apply(picture(), {
			kind: 'recorded',
			now: MORNING,
			checks: [
				{
					...wellCheck('customers', MORNING, 1_000),
					level: 'critical',
					samples: {},
					reasons: [{ kind: 'fault', fault: { code: 'timeout', detail: { limitMs: 5_000 } } }],
					since: MORNING - 120_000,
				},
			],
		});
		const flask = row(state, 'service:flask');
		expect(flask.level).toBe('critical');
		expect(flask.explanations).toHaveLength(1);
		expect(flask.explanations[0]?.text).toMatch(/^customers · .*since 09:16 \(2 min\)$/);
		// The headline is still that of its first check, which is well.
		expect(flask.latency).toBe('8 ms');
	});

	test('without a fresh answer a row is unknown and says since when nobody answered', () => {
		const stale = row(picture(), 'service:accounting', MORNING + 60_000);
		expect(stale.level).toBe('unknown');
		expect(stale.explanations[0]?.text).toBe('no answer since 09:17 (1 min)');
		expect(row(picture(), 'check:integrity', MORNING + 60_000).level).toBe('ok');
	});

	test('a result that is not on disk is marked', () => {
		const state = apply(picture(), {
			kind: 'recorded',
			now: MORNING,
			checks: [{ ...wellCheck('cors', MORNING, 0), unsaved: true }],
		});
		expect(row(state, 'check:cors').isUnsaved).toBe(true);
		expect(row(state, 'check:integrity').isUnsaved).toBe(false);
	});

	test('times are whole milliseconds, so that a row does not change for nothing', () => {
		const check = {
			...wellCheck('accounting-health', MORNING, 0),
			samples: { latency: quantity('9.08', 'ms') },
		};
		const state = apply(picture(), { kind: 'recorded', now: MORNING, checks: [check] });
		expect(row(state, 'service:accounting').latency).toBe('9 ms');
	});

	test('a share is never rounded up to a whole day', () => {
		const state = apply(picture(), {
			kind: 'uptime',
			uptime: [
				{ check: checkId('cors'), share: 0.99999 },
				{ check: checkId('integrity'), share: 1 },
			],
		});
		expect(row(state, 'check:cors').share).toBe('99.99 %');
		expect(row(state, 'check:integrity').share).toBe('100 %');
	});

	test('before the first answer rows wait without claiming anything', () => {
		const [first] = world();
		const state = [first!].reduce(apply, EMPTY_PICTURE);
		expect(row(state, 'service:flask')).toMatchObject({
			level: 'pending',
			latency: '',
			age: '',
			share: '',
			explanations: [],
		});
	});

	test('since another day carries its date', () => {
		const old = {
			...wellCheck('cors', MORNING, 1_000),
			level: 'critical' as const,
			since: MORNING - 2 * 86_400_000,
			reasons: [{ kind: 'bug' as const, text: 'oops' }],
		};
		const state = apply(picture(), { kind: 'recorded', now: MORNING, checks: [old] });
		expect(row(state, 'check:cors').explanations[0]?.text).toContain('since 2025-11-20 09:18 (2 d)');
	});
});
