import { describe, expect, it } from 'vitest';
import { advance, pendingState } from '../../src/domain/check-state.ts';
import { dueSteps, timesDone } from '../../src/domain/due-steps.ts';
import { parseHours } from '../../src/domain/hours.ts';
import { hushOf } from '../../src/domain/hush.ts';
import { checkId } from '../../src/domain/ids.ts';
import type { Round } from '../../src/domain/round.ts';
import type { StepDefinition } from '../../src/domain/system.ts';

const utc = (text: string) => Date.parse(`${text}Z`);
const ask = (question: string, rest: Partial<StepDefinition> = {}): StepDefinition =>
	({ kind: 'ask', title: null, question, look: null, changes: false, ...rest }) as StepDefinition;
const signedRound = (at: number, definition: StepDefinition, outcome = 'ok') =>
	({ signed: { at }, steps: [{ definition, answer: { outcome } }] }) as unknown as Round;

describe('the steps of a round', () => {
	const now = utc('2025-11-22T09:00:00');
	const weekly = ask('rotate keys', { every: 'weekly' });
	const imported = ask('verify the import', { after: ['/imports/*.csv'] });
	const due = (rounds: readonly Round[], changedAt: number | null = null) =>
		dueSteps([ask('always'), weekly, imported], {
			now,
			zone: 'UTC',
			done: timesDone(rounds),
			changedAt: ({ after }) => (after ? changedAt : null),
		}).map((s) => (s.kind === 'ask' ? s.question : ''));

	it('hold what is due in this period, once', () => {
		expect(due([])).toEqual(['always', 'rotate keys']);
		expect(due([signedRound(utc('2025-11-18T09:00:00'), weekly)])).toEqual(['always']);
		expect(due([signedRound(utc('2025-11-16T09:00:00'), weekly)])).toContain('rotate keys');
	});

	it('do not take a skipped step for done, nor another one for it', () => {
		expect(due([signedRound(utc('2025-11-18T09:00:00'), weekly, 'skip')])).toContain('rotate keys');
		expect(due([signedRound(utc('2025-11-18T09:00:00'), ask('other'))])).toContain('rotate keys');
	});

	it('follow a file that changed since', () => {
		const done = signedRound(utc('2025-11-20T09:00:00'), imported);
		expect(due([done], utc('2025-11-19T00:00:00'))).not.toContain('verify the import');
		expect(due([done], utc('2025-11-21T00:00:00'))).toContain('verify the import');
	});
});

describe('a level that must last', () => {
	it('is hard when it was confirmed and has lasted', () => {
		let state = pendingState(checkId('a'), 0);
		const hard = [0, 60_000, 120_000, 299_000, 300_000].map((at) => {
			state = advance(state, { level: 'warning', at }, { confirm: 3, forMs: 300_000 }).state;
			return state.hard;
		});
		expect(hard).toEqual([false, false, false, false, true]);
	});
});

describe('trouble that is no news', () => {
	const [api, port] = [checkId('api'), checkId('port')];
	const now = utc('2025-11-22T09:00:00');
	const rules = { zone: 'UTC', maintenance: [] };
	const state = (level: 'ok' | 'critical') => ({ ...pendingState(port, 0), level });

	it('follows from what it needs', () => {
		const check = { id: api, hours: null, needs: [port] };
		expect(hushOf(check, now, rules, () => state('critical'))).toEqual({ kind: 'needs', check: port });
		expect(hushOf(check, now, rules, () => state('ok'))).toBeNull();
		expect(hushOf(check, now, rules, () => undefined)).toBeNull();
	});

	it('is planned, or outside the hours it is asked in', () => {
		const window = {
			title: 'move',
			checks: null,
			when: { kind: 'once', fromAt: now, toAt: now + 1 },
		} as const;
		const check = { id: api, hours: null, needs: [] };
		expect(hushOf(check, now, { zone: 'UTC', maintenance: [window] }, () => undefined)?.kind).toBe(
			'maintenance',
		);
		const hours = parseHours('10:00-12:00');
		expect(hours.ok && hushOf({ ...check, hours: hours.value }, now, rules, () => undefined)?.kind).toBe(
			'hours',
		);
	});
});
