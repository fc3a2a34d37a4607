import { describe, expect, test } from 'vitest';
import {
	following,
	readPosition,
	readSegment,
	type Segment,
	segmentAt,
	segmentBefore,
} from '../../src/sources/wal-segments.ts';

const MIB = 1024 * 1024;
const BYTES = 16 * MIB;
const run = (timeline: number, from: number, to: number): Segment[] =>
	Array.from({ length: to - from + 1 }, (_, at) => segmentAt(timeline, from + at, BYTES));

describe('names of write-ahead log files', () => {
	test.each([
		[BYTES, 1, 0xff, '0000000100000000000000FF'],
		[BYTES, 1, 0x100, '000000010000000100000000'],
		[BYTES, 0x1a, 0x1ff, '0000001A00000001000000FF'],
		[MIB, 1, 4096, '000000010000000100000000'],
		[1024 * MIB, 1, 5, '000000010000000100000001'],
	])('%d bytes each: timeline %d, number %d is %s, and back', (bytes, timeline, number, name) => {
		expect(segmentAt(timeline, number, bytes).name).toBe(name);
		expect(readSegment(name, bytes)).toEqual({ timeline, number, name });
	});

	test.each([
		'00000002.history',
		'000000010000000000000003.00000028.backup',
		'000000010000000000000003.partial',
		'00000001000000000000000g',
		'000000010000000000000100',
		'',
	])('%s is none', (name) => {
		expect(readSegment(name, BYTES)).toBe(null);
	});

	test('an end on a border belongs to the segment before it', () => {
		expect(readPosition('0/3000000')).toBe(3 * BYTES);
		expect(readPosition('1/0')).toBe(2 ** 32);
		expect(readPosition('x')).toBeNaN();
		expect(segmentBefore(1, readPosition('0/3000000'), BYTES).number).toBe(2);
		expect(segmentBefore(1, readPosition('0/3000001'), BYTES).number).toBe(3);
	});
});

describe('what follows', () => {
	const [after, last] = [segmentAt(1, 0xfe, BYTES), segmentAt(1, 0x101, BYTES)];

	test('every number up to the last, over the border of a log', () => {
		const there = run(1, 0xf0, 0x105);
		const { wanted, missing } = following(there, after, last, BYTES);
		expect(wanted.map(({ number }) => number)).toEqual([0xff, 0x100, 0x101]);
		expect(missing).toBe(null);
	});

	test.each([0xff, 0x100, 0x101])('number %d is missed by its name', (number) => {
		const there = run(1, 0xf0, 0x105).filter((one) => one.number !== number);
		expect(following(there, after, last, BYTES).missing).toBe(segmentAt(1, number, BYTES).name);
	});

	test('a later timeline follows where it begins, also before the earlier one’s end', () => {
		const target = segmentAt(2, 7, BYTES);
		const there = [...run(1, 1, 5), ...run(2, 4, 9)];
		const { wanted, missing } = following(there, segmentAt(1, 3, BYTES), target, BYTES);
		expect(missing).toBe(null);
		expect(wanted.map(({ timeline, number }) => `${timeline}:${number}`)).toEqual([
			'1:4',
			'1:5',
			'2:4',
			'2:5',
			'2:6',
			'2:7',
		]);
		const torn = [...run(1, 1, 5), ...run(2, 7, 9)];
		expect(following(torn, segmentAt(1, 3, BYTES), target, BYTES).missing).toBe(segmentAt(1, 6, BYTES).name);
	});
});
