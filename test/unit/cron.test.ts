import { describe, expect, it } from 'vitest';
import { everCollide, isZone, lastRun, nextRun, parseCron, sameCron } from '../../src/domain/cron.ts';

const read = (text: string) => {
	const time = parseCron(text);
	if (time === null) throw new Error(`not read: ${text}`);
	return time;
};
const at = (text: string) => Date.parse(text);
const next = (cron: string, now: string, zone = 'UTC') => {
	const run = nextRun(read(cron), at(now), zone);
	return run === null ? null : new Date(run).toISOString();
};
const last = (cron: string, now: string, zone = 'UTC') => {
	const run = lastRun(read(cron), at(now), zone);
	return run === null ? null : new Date(run).toISOString();
};

describe('a crontab time', () => {
	it('is read as cron reads it, or not at all', () => {
		for (const text of ['0 3 * * *', '*/15 0-6,22 1 jan-mar MON', '@daily', '0 2 * * 7', '5/10 * * * *'])
			expect(parseCron(text)).not.toBeNull();
		for (const text of [
			'',
			'@reboot',
			'60 0 * * *',
			'* * 0 * *',
			'* * * 13 *',
			'* * * * 8',
			'5-1 * * * *',
			'*/0 * * * *',
			'* * * *',
			'x * * * *',
			'*-3 * * * *',
		])
			expect([text, parseCron(text)]).toEqual([text, null]);
	});

	it('is the same when it says the same times', () => {
		expect(sameCron(read('0 2 * * 0'), read('00 02 * * sun'))).toBe(true);
		expect(sameCron(read('0 2 * * 0'), read('0 2 * * 7'))).toBe(true);
		expect(sameCron(read('@weekly'), read('0 0 * * 0'))).toBe(true);
		expect(sameCron(read('0 2 * * 0'), read('0 2 * * *'))).toBe(false);
		// Restricted and covering everything is not the same as unrestricted: it makes the other day field optional.
		expect(sameCron(read('0 2 1-31 * 0'), read('0 2 * * 0'))).toBe(false);
	});

	it('has a next and a last run', () => {
		expect(next('0 3 * * *', '2025-11-22T03:00:00Z')).toBe('2025-11-23T03:00:00.000Z');
		expect(last('0 3 * * *', '2025-11-22T03:00:00Z')).toBe('2025-11-22T03:00:00.000Z');
		// 22 November 2025 is a Saturday.
		expect(next('0 2 * * 0', '2025-11-22T12:00:00Z')).toBe('2025-11-23T02:00:00.000Z');
		expect(last('0 2 * * 0', '2025-11-22T12:00:00Z')).toBe('2025-11-16T02:00:00.000Z');
		expect(next('0 0 13 * 5', '2025-11-22T12:00:00Z')).toBe('2025-11-28T00:00:00.000Z');
		expect(next('0 0 29 2 *', '2025-11-22T12:00:00Z')).toBe('2028-02-29T00:00:00.000Z');
		expect(next('0 0 30 2 *', '2025-11-22T12:00:00Z')).toBeNull();
		expect(next('*/20 9-10 * * *', '2025-11-22T09:41:30Z')).toBe('2025-11-22T10:00:00.000Z');
	});

	it('runs a fixed time once when clocks change', () => {
		const zone = 'Europe/Berlin';
		// 2:30 does not exist on 30 March 2025; it runs at the jump.
		expect(next('30 2 * * *', '2025-03-30T00:00:00Z', zone)).toBe('2025-03-30T01:00:00.000Z');
		expect(next('30 2 * * *', '2025-03-30T01:00:00Z', zone)).toBe('2025-03-31T00:30:00.000Z');
		// 2:30 comes twice on 26 October 2025; it runs at the first.
		expect(next('30 2 * * *', '2025-10-25T12:00:00Z', zone)).toBe('2025-10-26T00:30:00.000Z');
		expect(next('30 2 * * *', '2025-10-26T00:30:00Z', zone)).toBe('2025-10-27T01:30:00.000Z');
		expect(last('30 2 * * *', '2025-10-26T02:00:00Z', zone)).toBe('2025-10-26T00:30:00.000Z');
	});

	it('follows the wall clock when its hour is open', () => {
		const zone = 'Europe/Berlin';
		expect(next('30 * * * *', '2025-10-26T00:30:00Z', zone)).toBe('2025-10-26T01:30:00.000Z');
		expect(next('30 * * * *', '2025-03-30T00:30:00Z', zone)).toBe('2025-03-30T01:30:00.000Z');
	});

	it('keeps its hour in the zone it is written for', () => {
		expect(next('0 2 * * *', '2025-11-22T12:00:00Z', 'Asia/Shanghai')).toBe('2025-11-22T18:00:00.000Z');
		expect(isZone('Asia/Shanghai')).toBe(true);
		expect(isZone('Asia/Nowhere')).toBe(false);
	});

	it('collides with another at the same minute of the same day', () => {
		const now = at('2025-11-22T12:00:00Z');
		const collide = (a: string, b: string) => everCollide(read(a), read(b), now);
		expect(collide('0 2 * * *', '0 2 * * 0')).toBe(true);
		expect(collide('0 3 * * *', '0 3 * * 0')).toBe(true);
		expect(collide('0 2 * * *', '0 3 * * 0')).toBe(false);
		expect(collide('0 2 * * 1', '0 2 * * 0')).toBe(false);
		expect(collide('0 2 * * *', '* * * * *')).toBe(false);
	});
});
