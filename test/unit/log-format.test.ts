import { describe, expect, test } from 'vitest';
import { isOwnLine, readLine, type TimeFrame } from '../../src/domain/log-format.ts';
import { readCursor, writeCursor } from '../../src/services/logs/cursor.ts';
import { createLocalTime } from '../../src/services/logs/local-time.ts';

const now = Date.UTC(2025, 10, 22, 12);
const utc: TimeFrame = { toEpoch: createLocalTime('UTC'), now };
const noon = Date.UTC(2025, 10, 22, 9, 34, 1);

describe('times and levels of one line', () => {
	const cases: readonly (readonly [string, number | null, string | null])[] = [
		['[2025-11-22 09:34:01] [ERROR] trace context', noon, 'error'],
		['[2025-11-22 09:34:01,123] [WARNING] slow', noon + 123, 'warning'],
		['2025-11-22 09:34:01,123 ERROR root: boom', noon + 123, 'error'],
		['2025-11-22T09:34:01.5Z INFO ready', noon + 500, 'info'],
		['2025-11-22T17:34:01+08:00 level=error msg="x"', noon, 'error'],
		['time="2025-11-22T09:34:01Z" level=warning msg=x', noon, 'warning'],
		['ERROR 2025-11-22 09:34:01,000 django 12', noon, 'error'],
		['{"timestamp":"2025-11-22T09:34:01Z","level":"error","message":"失败"}', noon, 'error'],
		[`{"time":${noon},"level":50,"msg":"pino"}`, noon, 'error'],
		[`{"ts":${noon / 1000},"severity":"WARNING"}`, noon, 'warning'],
		['127.0.0.1 - - [22/Nov/2025:09:34:01 +0000] "GET / HTTP/1.1" 502 12', noon, 'error'],
		['127.0.0.1 - - [22/Nov/2025:17:34:01 +0800] "GET /a\\"ERROR b HTTP/1.1" 200 12', noon, 'info'],
		['2025/11/22 09:34:01 [error] 12#12: *1 connect() failed', noon, 'error'],
		['Nov 22 09:34:01 host app[1]: ERROR broken', noon, 'error'],
		['E1122 09:34:01.000000  12 main.go:1] broken', noon, 'error'],
		['flask-1  | 2025-11-22 09:34:01 CRITICAL out', noon, 'error'],
		['INFO:     127.0.0.1:5 - "GET / HTTP/1.1" 200 OK', null, 'info'],
		['2025-13-45 99:99:99 nonsense', null, null],
		['nothing at all', null, null],
		['{"broken json', null, null],
	];
	test.each(cases)('%s', (line, at, level) => {
		const read = readLine(line, utc);
		expect(read.level).toBe(level);
		if (at !== null || !line.startsWith('2025-13')) expect(read.at).toBe(at);
	});

	test('the first level word is the line’s own, not one in its text', () => {
		expect(readLine('[2025-11-22 09:34:01] [INFO] no ERROR here', utc).level).toBe('info');
		expect(readLine('[2025-11-22 09:34:01] terror in the area', utc).level).toBe(null);
	});

	test('a line without a year is in the past', () => {
		expect(readLine('Dec 31 23:59:00 host x: y', utc).at).toBe(Date.UTC(2024, 11, 31, 23, 59));
	});
});

describe('times without a zone', () => {
	test('stand in the system’s zone, over a change of the clock too', () => {
		const berlin = createLocalTime('Europe/Berlin');
		expect(berlin(Date.UTC(2025, 0, 15, 12))).toBe(Date.UTC(2025, 0, 15, 11));
		expect(berlin(Date.UTC(2025, 6, 15, 12))).toBe(Date.UTC(2025, 6, 15, 10));
		expect(berlin(Date.UTC(2025, 2, 30, 3, 30))).toBe(Date.UTC(2025, 2, 30, 1, 30));
		expect(createLocalTime('Asia/Kolkata')(Date.UTC(2025, 6, 15, 12))).toBe(Date.UTC(2025, 6, 15, 6, 30));
	});
});

describe('the console’s own lines', () => {
	const own = '[2025-11-22 09:34:01] [ERROR] rounds: api-health ok -> critical {"by":"rounds","pid":1}';
	test('are known by their beginning and their end', () => {
		expect(isOwnLine(own, 'rounds')).toBe(true);
		expect(isOwnLine(`${own}\r`, 'rounds')).toBe(true);
	});
	test('a stranger’s text inside an application’s line does not pass as ours', () => {
		expect(isOwnLine('[2025-11-22 09:34:01] [ERROR] GET /x rounds: {"by":"rounds"}', 'rounds')).toBe(false);
		expect(isOwnLine('[2025-11-22 09:34:01] [ERROR] rounds: made up', 'rounds')).toBe(false);
		expect(isOwnLine('2025-11-22 09:34:01,1 ERROR rounds: x {"by":"rounds"}', 'rounds')).toBe(false);
	});
});

test('cursors survive writing and reading; other texts are none', () => {
	const positions = new Map([
		[0, 12],
		[3, 0],
	]);
	expect(readCursor(writeCursor(positions))).toEqual({ kind: 'positions', positions });
	expect(readCursor('2:77')).toEqual({ kind: 'line', file: 2, offset: 77 });
	for (const bad of ['', 'c', 'x', '1:2,3:4', 'c1', '1:-2', `1:${'9'.repeat(40)}`])
		expect(readCursor(bad)).toBe(null);
});
