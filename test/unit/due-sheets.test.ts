import { describe, expect, it } from 'vitest';
import { duenessBy, timesDone } from '../../src/domain/due-steps.ts';
import { sheetId } from '../../src/domain/ids.ts';
import type { Round } from '../../src/domain/round.ts';
import { planRounds } from '../../src/domain/schedule.ts';
import type { SheetDefinition, StepDefinition } from '../../src/domain/system.ts';

const utc = (text: string) => Date.parse(`${text}Z`);
const HALF_HOUR = 30 * 60_000;
const ask = (question: string, rest: Partial<StepDefinition> = {}) =>
	({ kind: 'ask', title: null, question, look: null, changes: false, ...rest }) as StepDefinition;
const weekly = ask('rotate keys', { every: 'weekly' });
const monthly = ask('read the access list', { every: 'monthly' });
const deployed = ask('smoke test', { events: ['deploy'] });
const sheet = (steps: readonly StepDefinition[]): SheetDefinition => ({
	id: sheetId('security'),
	title: 'Security',
	atMinute: 9 * 60,
	graceMs: HALF_HOUR,
	steps,
});

let nextId = 1;
/** A round of the sheet that was signed at its due time plus some minutes. */
const walked = (dueAt: number, definition: StepDefinition, afterMs = 300_000): Round =>
	({
		id: nextId++,
		sheet: sheetId('security'),
		dueAt,
		startedAt: dueAt,
		signed: { at: dueAt + afterMs },
		steps: [{ definition, answer: { outcome: 'ok', evidence: [] }, index: 0, found: [] }],
	}) as unknown as Round;

function plan(
	steps: readonly StepDefinition[],
	now: string,
	{ rounds = [] as readonly Round[], toldAt = null as string | null } = {},
) {
	const dueness = duenessBy({
		zone: 'UTC',
		done: timesDone(rounds),
		changedAt: ({ events, after }) => ((events ?? after) && toldAt !== null ? utc(toldAt) : null),
	});
	const planned = planRounds([sheet(steps)], rounds, utc(now), 'UTC', utc('2025-01-01T00:00:00'), dueness);
	return planned.map(({ standing, nextAt }) =>
		typeof nextAt === 'number'
			? `${standing} until ${new Date(nextAt).toISOString().slice(0, 16)}`
			: standing,
	);
}

// 2025-11-17 is a Monday.
describe('a sheet of weekly steps', () => {
	const monday = walked(utc('2025-11-17T09:00:00'), weekly);
	const before = walked(utc('2025-11-10T09:00:00'), weekly);

	it('is due on Monday, and on no other day once it was done', () => {
		expect(plan([weekly], '2025-11-17T09:10:00', { rounds: [before] })).toEqual(['due']);
		expect(plan([weekly], '2025-11-17T12:00:00', { rounds: [before, monday] })).toEqual(['signed']);
		for (const now of [
			'2025-11-18T08:00:00',
			'2025-11-18T09:10:00',
			'2025-11-19T23:00:00',
			'2025-11-23T12:00:00',
		])
			expect(plan([weekly], now, { rounds: [monday] })).toContain('not-due until 2025-11-24T09:00');
		expect(plan([weekly], '2025-11-19T09:10:00', { rounds: [monday] })).toEqual([
			'not-due until 2025-11-24T09:00',
		]);
		expect(plan([weekly], '2025-11-24T09:31:00', { rounds: [monday] })).toEqual(['late']);
	});

	it('was missed on the day it was due and nobody walked it, and is due again on the next', () => {
		expect(plan([weekly], '2025-11-18T09:10:00', { rounds: [before] })).toEqual(['missed', 'due']);
	});

	it('beside a step of every round is due every day', () => {
		expect(plan([weekly, ask('all well?')], '2025-11-19T09:10:00', { rounds: [monday] })).toEqual([
			'missed',
			'due',
		]);
	});

	it('tells the nearest of several cadences, by the calendar', () => {
		const both = [monday, walked(utc('2025-11-17T09:00:00'), monthly)];
		expect(plan([monthly], '2025-11-19T09:10:00', { rounds: both })).toEqual([
			'not-due until 2025-12-01T09:00',
		]);
		expect(plan([monthly, weekly], '2025-11-19T09:10:00', { rounds: both })).toEqual([
			'not-due until 2025-11-24T09:00',
		]);
	});
});

describe('a sheet that follows an event', () => {
	it('is not due before one was told, and says no time', () => {
		expect(plan([deployed], '2025-11-19T09:10:00')).toEqual(['not-due']);
	});

	it('is due from then on, not late at once', () => {
		const toldAt = '2025-11-19T15:00:00';
		expect(plan([deployed], '2025-11-19T15:10:00', { toldAt })).toEqual(['due']);
		expect(plan([deployed], '2025-11-19T15:31:00', { toldAt })).toEqual(['late']);
		expect(plan([deployed], '2025-11-20T09:10:00', { toldAt })).toEqual(['missed', 'due']);
	});

	it('told just before the next time belongs to that one', () => {
		expect(plan([deployed], '2025-11-20T09:10:00', { toldAt: '2025-11-20T08:50:00' })).toEqual(['due']);
	});

	it('is done with once it was walked after the event', () => {
		const rounds = [walked(utc('2025-11-19T09:00:00'), deployed)];
		expect(plan([deployed], '2025-11-20T09:10:00', { rounds, toldAt: '2025-11-19T08:00:00' })).toEqual([
			'not-due',
		]);
		expect(plan([deployed], '2025-11-20T09:10:00', { rounds, toldAt: '2025-11-20T09:05:00' })).toEqual([
			'due',
		]);
	});
});
