import { describe, expect, it } from 'vitest';
import { isDueAgain, periodStart } from '../../src/domain/cadence.ts';
import { observeLevel, STEADY } from '../../src/domain/flapping.ts';
import { isWithin, parseHours, remainingMs } from '../../src/domain/hours.ts';
import { checkId } from '../../src/domain/ids.ts';
import type { Level } from '../../src/domain/level.ts';
import { windowOf } from '../../src/domain/maintenance.ts';

const utc = (text: string) => Date.parse(`${text}Z`);
const hours = (text: string) => {
	const parsed = parseHours(text);
	if (!parsed.ok) throw new Error(parsed.error);
	return parsed.value;
};

describe('hours', () => {
	it.each([
		['08:00-20:00', '2025-11-22T08:00:00', true],
		['08:00-20:00', '2025-11-22T20:00:00', false],
		['08:00-24:00', '2025-11-22T23:59:00', true],
		['mon-fri 08:00-20:00', '2025-11-22T12:00:00', false],
		['sat,sun 08:00-20:00', '2025-11-22T12:00:00', true],
		['fri-mon 08:00-20:00', '2025-11-23T12:00:00', true],
		['sat 22:00-06:00', '2025-11-23T05:59:00', true],
		['sat 22:00-06:00', '2025-11-23T06:00:00', false],
		['sat 22:00-06:00', '2025-11-22T05:00:00', false],
	])('%s at %s: %s', (text, at, within) => {
		expect(isWithin(hours(text), utc(at), 'UTC')).toBe(within);
	});

	it("go by the zone's own clock", () => {
		expect(isWithin(hours('08:00-20:00'), utc('2025-11-22T01:00:00'), 'Asia/Shanghai')).toBe(true);
	});

	it.each(['', '8-20', '08:00-25:00', 'foo 08:00-20:00', '08:60-09:00', '08:00-08:00', 'mon 08:00-20:00 x'])(
		'refuses "%s"',
		(text) => {
			expect(parseHours(text).ok).toBe(false);
		},
	);

	it('know how long they go on', () => {
		expect(remainingMs(hours('sat 22:00-06:00'), utc('2025-11-23T05:00:30'), 'UTC')).toBe(59.5 * 60_000);
		expect(remainingMs(hours('sat 22:00-06:00'), utc('2025-11-23T07:00:00'), 'UTC')).toBe(0);
	});
});

describe('maintenance', () => {
	const [a, b] = [checkId('a'), checkId('b')];
	const windows = [
		{
			title: 'move',
			checks: [a],
			when: { kind: 'once', fromAt: utc('2025-11-22T10:00:00'), toAt: utc('2025-11-22T12:00:00') },
		},
		{ title: 'sunday', checks: null, when: { kind: 'weekly', hours: hours('sun 02:00-04:00') } },
	] as const;

	it('covers the checks it names, from its first instant to before its last', () => {
		expect(windowOf(windows, a, utc('2025-11-22T10:00:00'), 'UTC')?.title).toBe('move');
		expect(windowOf(windows, a, utc('2025-11-22T12:00:00'), 'UTC')).toBeNull();
		expect(windowOf(windows, b, utc('2025-11-22T11:00:00'), 'UTC')).toBeNull();
	});

	it('comes again every week for all', () => {
		expect(windowOf(windows, b, utc('2025-11-23T03:00:00'), 'UTC')?.title).toBe('sunday');
		expect(windowOf(windows, b, utc('2025-11-30T03:00:00'), 'UTC')?.title).toBe('sunday');
	});
});

describe('cadence', () => {
	const at = utc('2025-11-22T09:18:00');
	it.each([
		['daily', '2025-11-22T00:00:00'],
		['weekly', '2025-11-17T00:00:00'],
		['monthly', '2025-11-01T00:00:00'],
		['quarterly', '2025-10-01T00:00:00'],
		['yearly', '2025-01-01T00:00:00'],
	] as const)('%s begins at %s', (cadence, start) => {
		expect(periodStart(cadence, at, 'UTC')).toBe(utc(start));
	});

	it('is due when never done, or not in this period', () => {
		expect(isDueAgain('weekly', null, at, 'UTC')).toBe(true);
		expect(isDueAgain('weekly', utc('2025-11-16T23:59:59'), at, 'UTC')).toBe(true);
		expect(isDueAgain('weekly', utc('2025-11-17T00:00:00'), at, 'UTC')).toBe(false);
	});
});

describe('flapping', () => {
	const walk = (levels: readonly Level[]) => {
		let state = STEADY;
		return levels.map((level) => {
			state = observeLevel(state, level);
			return state.flapping;
		});
	};
	const restless = Array.from({ length: 20 }, (_, i): Level => (i % 2 === 0 ? 'ok' : 'critical'));

	it('is found when a level changes too often, and not from a few changes', () => {
		expect(walk(restless).at(-1)).toBe(true);
		expect(walk(['ok', 'critical', 'ok', 'critical', 'ok'])).not.toContain(true);
		expect(walk(Array.from({ length: 30 }, (): Level => 'critical'))).not.toContain(true);
	});

	it('ends when it has settled, later than it would have begun', () => {
		const settled = walk([...restless, ...Array.from({ length: 20 }, (): Level => 'ok')]);
		expect(settled[24]).toBe(true);
		expect(settled.at(-1)).toBe(false);
	});
});
