import { describe, expect, test } from 'vitest';
import type { LogLine } from '../../src/domain/log-line.ts';
import { toLogHead, toLogRows } from '../../src/screens/logs/rows.ts';
import { apply, EMPTY_PICTURE, type LogWindow, type PictureState } from '../../src/store/index.ts';
import { MORNING, world } from '../support/pictures.ts';

const line = (key: string, extra: Partial<LogLine> = {}): LogLine => ({
	key,
	source: 'flask.log',
	at: MORNING,
	level: 'info',
	text: key,
	ours: false,
	...extra,
});

function holding(lines: readonly LogLine[], extra: Partial<LogWindow> = {}): PictureState {
	const state = world().reduce(apply, EMPTY_PICTURE);
	const logs: LogWindow = {
		source: null,
		filter: { level: null, text: null, sinceAt: null },
		pages: [{ lines, before: null, after: null }],
		sources: [],
		isCut: false,
		errors: null,
		seen: state.logs,
		trouble: null,
		...extra,
	};
	return { ...state, fetched: { ...state.fetched, logs } };
}

describe('the rows of the logs', () => {
	test('days are named where they begin, but not when there is only today', () => {
		const yesterday = MORNING - 86_400_000;
		const rows = toLogRows(
			holding([line('a', { at: yesterday }), line('b', { at: yesterday }), line('c')]),
			MORNING,
			'UTC',
		);
		expect(rows.map((row) => row.day)).toEqual(['2025-11-21', '', '2025-11-22']);
		expect(toLogRows(holding([line('a'), line('b')]), MORNING, 'UTC').map((row) => row.day)).toEqual([
			'',
			'',
		]);
	});

	test('the day is that of the system’s zone', () => {
		const rows = toLogRows(
			holding([line('a', { at: MORNING - 3_600_000 * 10 }), line('b')]),
			MORNING,
			'Asia/Kuala_Lumpur',
		);
		expect(rows.map((row) => row.time)).toEqual(['07:18:00', '17:18:00']);
		expect(rows.every((row) => row.day === '')).toBe(true);
	});

	test('lines of a stack trace belong to the record above them, of the same file only', () => {
		const rows = toLogRows(
			holding([
				line('a', { level: 'error' }),
				line('b', { level: 'unknown' }),
				line('c', { level: 'unknown' }),
				line('d', { level: 'unknown', source: 'other.log' }),
			]),
			MORNING,
			'UTC',
		);
		expect(rows.map((row) => row.isContinued)).toEqual([false, true, true, false]);
		expect(rows.map((row) => row.time)).toEqual(['09:18:00', '', '', '09:18:00']);
	});
});

describe('the text of a line', () => {
	test('leaves out the time and the level that have columns of their own, and nothing else', () => {
		const bare = (text: string, extra: Partial<LogLine> = {}) =>
			toLogRows(holding([line('k', { text, ...extra })]), MORNING, 'UTC')[0]?.text;
		expect(bare('[2025-11-22 09:18:00] [INFO] GET /api 200')).toBe('GET /api 200');
		expect(bare('2025-11-22T09:18:00,123Z ERROR: no such table', { level: 'error' })).toBe('no such table');
		expect(bare('[2025-11-22 09:18:00] [INFO] GET', { at: null })).toBe('[2025-11-22 09:18:00] [INFO] GET');
		expect(bare('[2025-11-22 09:18:00] Information desk', { level: 'info' })).toBe('Information desk');
		expect(bare('error at the start', { level: 'unknown' })).toBe('error at the start');
	});
});

describe('the head of the logs', () => {
	test('counts errors since the last signed round, and says while it does not know yet', () => {
		expect(toLogHead(holding([]), 'en', 'UTC').errors).toBe('counting errors since 2025-11-21 09:34 …');
		expect(toLogHead(holding([], { errors: 1 }), 'en', 'UTC').errors).toBe('1 error since 2025-11-21 09:34');
		expect(toLogHead(holding([], { errors: 0 }), 'en', 'UTC')).toMatchObject({
			errors: '0 errors since 2025-11-21 09:34',
			hasErrors: false,
		});
	});

	test('an unknown fault code stands as it is', () => {
		const sources = [{ name: 'a', path: '/a', bytes: 0, fault: 'something-new' }];
		expect(toLogHead(holding([], { sources }), 'en', 'UTC').faults).toEqual([
			{ name: '/a', text: 'something-new' },
		]);
	});

	test('new lines are announced while they are not followed', () => {
		const state = holding([line('a')], { seen: [] });
		const still = { ...state, view: { ...state.view, choices: { 'log-follow': 'off' } } };
		expect(toLogHead(still, 'en', 'UTC').follow).toEqual({ word: 'newer', isOn: false });
	});
});
