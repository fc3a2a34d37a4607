import { describe, expect, test } from 'vitest';
import type { CheckDetail } from '../../src/domain/engine.ts';
import type { HistoryPoint } from '../../src/domain/storage-port.ts';
import { quantity } from '../../src/domain/value.ts';
import { drawHistory, fitPoints } from '../../src/screens/service/history.ts';
import { toCheckDetail } from '../../src/screens/service/rows.ts';
import { apply, EMPTY_PICTURE, type PictureState } from '../../src/store/index.ts';
import { createTheme } from '../../src/ui/theme.ts';
import { CHECKS, condition, MORNING, slowAccounting, world } from '../support/pictures.ts';

const check = CHECKS.find((one) => one.id === 'accounting-health')!;
const detail: CheckDetail = {
	picture: slowAccounting(),
	verdict: {
		level: 'warning',
		reasons: slowAccounting().reasons,
		outcomes: [
			{
				severity: 'must',
				outcome: condition(
					'status == 200',
					{ text: 'status', value: quantity(200) },
					{ operator: '==', value: '200' },
					true,
				),
			},
			...slowAccounting().reasons.flatMap((reason) =>
				reason.kind === 'condition' ? [{ severity: reason.severity, outcome: reason.outcome }] : [],
			),
			{
				severity: 'must',
				outcome: {
					condition: '$.net > 0',
					holds: null,
					resolved: [],
					why: { code: 'none-found', params: { operand: '$.net' } },
					must: { operator: '>', value: '0' },
				},
			},
		],
	},
	transcript: {
		request: ['GET /health HTTP/1.1'],
		response: ['HTTP/1.1 200 OK'],
		body: '{"status"',
		bytes: 5_000,
		timings: [
			{ phase: 'connect', ms: 2 },
			{ phase: 'firstByte', ms: 6 },
			{ phase: 'total', ms: 8 },
		],
	},
	copyAs: 'curl http://127.0.0.1:8000/health',
	nextAt: MORNING + 6_000,
	uptime24h: 0.99406,
	lateMs: 1_200,
};
const opened = (): PictureState => {
	const state = world({ isTroubled: true }).reduce(apply, EMPTY_PICTURE);
	return { ...state, fetched: { ...state.fetched, details: new Map([[check.id, detail]]) } };
};

describe('a check opened', () => {
	test('every condition with its resolved values, holding or not or unknown', () => {
		const { conditions } = toCheckDetail(opened(), check, MORNING, 'en');
		expect(conditions.map((one) => [one.holds, one.level, one.seen])).toEqual([
			[true, 'ok', 'status = 200'],
			[false, 'warning', 'latency = 612 ms, should be < 500 ms'],
			[null, 'unknown', expect.stringMatching(/^\$\.net: /)],
		]);
	});

	test('phases follow each other under the whole', () => {
		const { timings } = toCheckDetail(opened(), check, MORNING, 'en');
		expect(timings.map((one) => [one.phase, one.text, one.from, one.to, one.isTotal])).toEqual([
			['connect', '2 ms', 0, 0.25, false],
			['first byte', '6 ms', 0.25, 1, false],
			['total', '8 ms', 0, 1, true],
		]);
	});

	test('facts, and how much of the body is shown, in both languages', () => {
		const english = toCheckDetail(opened(), check, MORNING, 'en');
		expect(english.facts).toEqual([
			'http',
			'every 10 s',
			'timeout 5 s',
			'confirmed after 3',
			'99.4 % in 24 h',
			'began 1.2 s late',
			'next 09:18',
		]);
		expect(english.bodyNote).toBe('9 of 5000 bytes shown');
		expect(toCheckDetail(opened(), check, MORNING, 'zh-CN').facts[1]).toBe('每 10 s');
	});

	test('before the detail has come it claims nothing', () => {
		const state = world({ isTroubled: true }).reduce(apply, EMPTY_PICTURE);
		expect(toCheckDetail(state, check, MORNING, 'en')).toMatchObject({
			isLoaded: false,
			conditions: [],
			timings: [],
			body: '',
			copyAs: null,
			level: 'warning',
		});
	});
});

describe('history', () => {
	const point = (extra: Partial<HistoryPoint> = {}): HistoryPoint => ({
		at: 0,
		level: 'ok',
		value: 10,
		count: 6,
		...extra,
	});

	test('where several buckets share a column the worst is kept, where one spans several it is repeated', () => {
		const points = [
			point(),
			point({ level: 'critical', value: 30 }),
			point(),
			point({ count: 0, value: null, level: 'pending' }),
		];
		expect(fitPoints(points, 2).map((one) => [one.level, one.value, one.count])).toEqual([
			['critical', 20, 12],
			['ok', 10, 6],
		]);
		expect(fitPoints(points.slice(0, 2), 4).map((one) => one.level)).toEqual([
			'ok',
			'ok',
			'critical',
			'critical',
		]);
		expect(fitPoints([], 10)).toEqual([]);
	});

	test('a time without checks is blank, a failure without a value is a mark on the ground', () => {
		const theme = createTheme({ colours: 'none', background: 'dark', glyphs: 'unicode' });
		const canvas = { columns: 17, height: 20, now: MORNING, locale: 'en' as const, zone: 'UTC', theme };
		const lines = drawHistory(
			[
				point({ count: 0, value: null }),
				point(),
				point({ level: 'critical', value: null }),
				point({ value: 20 }),
			],
			canvas,
			3_600_000,
		).map((line) => line.replace(/\x1b\[[\d;]*m/g, ''));
		expect(lines).toHaveLength(6);
		expect(lines[0]?.trimEnd()).toBe('     20 ms    █');
		expect(lines[4]?.trimEnd()).toBe('         0  █✖█');
	});
});
