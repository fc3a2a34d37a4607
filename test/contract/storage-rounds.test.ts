import { describe, expect, test } from 'vitest';
import { checkId, roundId, sheetId } from '../../src/domain/ids.ts';
import type { Answer, Evidence } from '../../src/domain/round.ts';
import type { Signing, Storage } from '../../src/domain/storage-port.ts';
import { quantity } from '../../src/domain/value.ts';
import { faultOf, got, HOUR, opened, scratch } from './storage-world.ts';

const morning = sheetId('morning');

function begin(storage: Storage, sheet = morning, startedAt = HOUR) {
	return storage.rounds.begin({
		sheet,
		title: { en: 'Morning', 'zh-CN': '早班' },
		dueAt: HOUR - 1,
		graceMs: 1_800_000,
		startedAt,
		startedBy: 'ada',
		steps: [
			{ title: null, kind: 'check', checks: [checkId('api')] },
			{ title: 'Look', kind: 'ask', question: 'Any trace?', look: null, changes: false },
		],
	});
}

const evidence: readonly Evidence[] = [
	{
		kind: 'observation',
		check: checkId('api'),
		at: HOUR,
		level: 'ok',
		samples: { n: quantity('1.10') },
		reasons: [],
		baseline: {},
	},
];
const answer = (note: string, by = 'ada'): Answer => ({ outcome: 'ok', note, at: HOUR + 5, by, evidence });
const ada = { at: HOUR + 3, by: 'ada' };
const bob = { at: HOUR + 4, by: 'bob' };
const signOff = { at: HOUR + 9, by: 'ada', note: 'calm', demo: false } as const;
const signing = (version = 0, more: Partial<Signing> = {}): Signing => ({
	version,
	fills: [],
	signOff,
	snapshot: [],
	claimedBy: 'session-1',
	...more,
});

describe('rounds', () => {
	test('a round comes back whole, in another process too', () => {
		const path = scratch();
		const storage = opened(path);
		const round = got(begin(storage));
		expect(round.steps.map(({ index, definition }) => [index, definition.kind])).toEqual([
			[0, 'check'],
			[1, 'ask'],
		]);
		expect(round).toMatchObject({
			sheet: 'morning',
			title: { 'zh-CN': '早班' },
			version: 0,
			signed: null,
			dueAt: HOUR - 1,
		});
		got(storage.rounds.draft(round.id, 1, 'half a sent', ada));
		got(storage.rounds.found(round.id, 0, evidence));
		const noted = got(storage.rounds.note(round.id, 0, 'slow today', 0, ada)).round;
		expect(noted).toMatchObject({
			version: 1,
			steps: [{ note: 'slow today', noted: ada, found: evidence }, { note: null }],
			touched: ada,
			drafts: [{ ...ada, step: 1, text: 'half a sent' }],
		});
		expect(got(opened(path).rounds.inProgress())).toEqual([noted]);
		expect(got(opened(path).rounds.get(round.id))).toEqual(noted);
		expect(got(storage.rounds.get(roundId(99)))).toBeNull();
		expect(faultOf(storage.rounds.note(roundId(99), 0, '', 0, ada))).toBe('io-error missing');
	});

	test('one round of a sheet at a time', () => {
		const path = scratch();
		const [one, two] = [opened(path), opened(path)];
		got(begin(one));
		expect(begin(two)).toMatchObject({
			ok: false,
			error: { code: 'io-error', detail: { reason: 'open', by: 'ada', at: HOUR } },
		});
		got(begin(two, sheetId('evening')));
		got(begin(opened(path, { environment: 'staging' })));
	});

	test('an answer given meanwhile is not overwritten, another step is no conflict', () => {
		const path = scratch();
		const [ada, bob] = [opened(path), opened(path)];
		const { id } = got(begin(ada));
		const first = got(ada.rounds.answer(id, 0, answer('fine'), 0));
		expect(first).toMatchObject({
			conflict: false,
			round: { version: 1, steps: [{ answer: answer('fine') }, { answer: null }] },
		});
		const second = got(bob.rounds.answer(id, 0, answer('mine', 'bob'), 0));
		expect(second).toEqual({ conflict: true, round: first.round });
		expect(got(bob.rounds.answer(id, 1, answer('none', 'bob'), 0))).toMatchObject({
			conflict: false,
			round: { version: 2 },
		});
		expect(got(bob.rounds.answer(id, 0, answer('mine', 'bob'), 2)).round.steps[0]?.answer?.by).toBe('bob');
		expect(got(ada.rounds.answer(id, 0, null, 2)).conflict).toBe(true);
	});

	test('an answer ends the own draft only; taking it back leaves a trail', () => {
		const storage = opened(scratch());
		const { id } = got(begin(storage));
		got(storage.rounds.draft(id, 0, 'typing', ada));
		got(storage.rounds.draft(id, 0, 'typing too', bob));
		got(storage.rounds.draft(id, null, 'a calm morn', bob));
		expect(got(storage.rounds.answer(id, 0, answer('a'), 0)).round.drafts).toEqual([
			{ ...bob, step: null, text: 'a calm morn' },
			{ ...bob, step: 0, text: 'typing too' },
		]);
		got(storage.rounds.draft(id, 0, null, bob));
		expect(got(storage.rounds.get(id))?.drafts).toHaveLength(1);
		const back = got(storage.rounds.answer(id, 0, null, 1, { at: HOUR + 7, by: 'bob' }));
		expect(back.round).toMatchObject({ version: 2, steps: [{ answer: null }, {}] });
		expect(got(storage.rounds.answer(id, 0, null, 2)).round.version).toBe(2);
		expect(got(storage.rounds.trail(id))).toEqual([
			{ index: 0, version: 1, at: HOUR + 5, by: 'ada', answer: answer('a') },
			{ index: 0, version: 2, at: HOUR + 7, by: 'bob', answer: null },
		]);
	});

	test('a note written meanwhile is not overwritten, and says whose it is', () => {
		const path = scratch();
		const [one, two] = [opened(path), opened(path)];
		const { id } = got(begin(one));
		const first = got(one.rounds.note(id, 1, 'pump 3 leaks', 0, ada));
		const second = got(two.rounds.note(id, 1, 'fine', 0, bob));
		expect(second).toMatchObject({
			conflict: true,
			round: { steps: [{}, { note: 'pump 3 leaks', noted: ada }] },
		});
		expect(got(two.rounds.note(id, 0, 'elsewhere', 0, bob)).conflict).toBe(false);
		expect(got(two.rounds.note(id, 1, 'mended', first.round.version, bob))).toMatchObject({
			conflict: false,
			round: { steps: [{}, { note: 'mended', noted: bob }], touched: bob },
		});
	});

	test('a sign-off on a round that another changed writes nothing at all', () => {
		const path = scratch();
		const [one, two] = [opened(path), opened(path)];
		const { id } = got(begin(one));
		const fills = [0, 1].map((index) => ({ index, answer: answer('') }));
		got(two.rounds.answer(id, 1, { ...answer('broken', 'bob'), outcome: 'fail' }, 0));
		const refused = got(one.rounds.sign(id, signing(0, { fills })));
		expect(refused).toMatchObject({
			conflict: true,
			round: { signed: null, version: 1, steps: [{ answer: null }, { answer: { by: 'bob' } }] },
		});
		// With what bob said seen, it is signed as bad as it is.
		const signed = got(one.rounds.sign(id, signing(1, { fills: fills.slice(0, 1) })));
		expect(signed).toMatchObject({
			conflict: false,
			round: { signed: { level: 'critical', by: 'ada' }, version: 3 },
		});
		expect(got(one.rounds.trail(id)).map(({ by, index }) => [by, index])).toEqual([
			['bob', 1],
			['ada', 0],
		]);
	});

	test('a launched step that ran again meanwhile is not signed as it was', () => {
		const storage = opened(scratch());
		const run = { title: null, kind: 'run', action: 'tests' } as never;
		const sheet = { sheet: morning, title: 'M', dueAt: null, graceMs: 0, startedAt: HOUR, startedBy: 'ada' };
		const { id } = got(storage.rounds.begin({ ...sheet, steps: [run] }));
		const ran = (level: string) => [{ kind: 'operation', level, output: '' }] as never;
		got(storage.rounds.found(id, 0, ran('ok')));
		const found = got(storage.rounds.get(id))!.steps[0]!.found;
		got(storage.rounds.found(id, 0, ran('critical')));
		const fills = [{ index: 0, answer: { ...answer(''), evidence: found } }];
		expect(got(storage.rounds.sign(id, signing(0, { fills })))).toMatchObject({ conflict: true });
		got(storage.rounds.found(id, 0, ran('ok')));
		expect(got(storage.rounds.sign(id, signing(0, { fills })))).toMatchObject({ conflict: false });
	});

	test('the record of a signed round is written by one at a time', () => {
		const path = scratch();
		const [one, two] = [opened(path), opened(path)];
		const { id } = got(begin(one));
		const claim = (storage: Storage, at: number, by: string) =>
			got(storage.rounds.claimRecord(id, { at: signOff.at + at, by }));
		expect(claim(two, 0, 'session-2')).toBe(false);
		got(one.rounds.sign(id, signing()));
		expect(got(two.rounds.unwritten()).map((round) => round.id)).toEqual([id]);
		// The signer writes it now.
		expect(claim(two, 29_999, 'session-2')).toBe(false);
		expect(claim(one, 29_999, 'session-1')).toBe(false);
		expect(claim(two, 30_000, 'session-2')).toBe(true);
		expect(claim(one, 59_999, 'session-1')).toBe(false);
		got(two.rounds.claimRecord(id, null));
		expect(claim(one, 40_000, 'session-1')).toBe(true);
		got(one.rounds.signedFiles(id, ['/a.md']));
		expect(got(two.rounds.unwritten())).toEqual([]);
		expect(claim(two, 90_000, 'session-2')).toBe(false);
	});

	test('the first round ever is known for ever', () => {
		const storage = opened(scratch());
		expect(got(storage.rounds.firstAt())).toBeNull();
		got(begin(storage, morning, HOUR));
		got(begin(storage, sheetId('evening'), HOUR + 5));
		expect(got(storage.rounds.firstAt())).toBe(HOUR);
	});

	test('signing keeps the snapshot as the new baseline, once', () => {
		const storage = opened(scratch());
		const { id } = got(begin(storage));
		const value = quantity('48609');
		const snapshot = [{ check: checkId('db'), sample: '__proto__', value }];
		const signed = got(storage.rounds.sign(id, signing(0, { snapshot })));
		expect(signed).toMatchObject({ conflict: false, round: { signed: signOff, version: 1 } });
		expect(faultOf(storage.rounds.sign(id, signing(1)))).toBe('io-error signed');
		expect(faultOf(storage.rounds.answer(id, 0, answer('late'), 9))).toBe('io-error signed');
		expect(faultOf(storage.rounds.draft(id, null, 'late', ada))).toBe('io-error signed');
		const baseline = got(storage.rounds.baseline());
		expect(Object.entries(baseline[checkId('db')] ?? {})).toEqual([['__proto__', { value, at: HOUR + 9 }]]);
		expect(got(storage.rounds.signedFiles(id, ['/a.md', '/a.json'])).signed?.files).toEqual([
			'/a.md',
			'/a.json',
		]);
		expect(got(storage.rounds.signedFiles(id, ['/a.md'])).signed?.files).toEqual(['/a.md', '/a.json']);
		expect(got(storage.rounds.inProgress())).toEqual([]);
	});

	test('the baseline is the newest signed value of each sample', () => {
		const storage = opened(scratch());
		const sign = (at: number, values: Record<string, number>) => {
			const { id } = got(begin(storage, morning, at));
			const snapshot = Object.entries(values).map(([sample, n]) => ({
				check: checkId('db'),
				sample,
				value: quantity(n),
			}));
			got(storage.rounds.sign(id, signing(0, { signOff: { ...signOff, at }, snapshot })));
		};
		sign(HOUR + 100, { a: 1, b: 1 });
		sign(HOUR + 200, { a: 2 });
		// The clock was set back: what was signed at an earlier time is not newer.
		sign(HOUR + 50, { a: 3, b: 3 });
		expect(got(storage.rounds.baseline())).toEqual({
			db: { a: { value: quantity(2), at: HOUR + 200 }, b: { value: quantity(1), at: HOUR + 100 } },
		});
		expect(got(storage.rounds.baselineAt(HOUR + 150))).toEqual({
			db: { a: { value: quantity(1), at: HOUR + 100 }, b: { value: quantity(1), at: HOUR + 100 } },
		});
		expect(got(storage.rounds.baselineAt(HOUR + 49))).toEqual({});
		expect(got(storage.rounds.lastSigned(morning))?.signed?.at).toBe(HOUR + 200);
		expect(got(storage.rounds.lastSigned(null))?.signed?.at).toBe(HOUR + 200);
		expect(got(storage.rounds.lastSigned(sheetId('other')))).toBeNull();
		expect(
			got(storage.rounds.list(HOUR + 60, HOUR + 999, 9)).map(({ startedAt }) => startedAt - HOUR),
		).toEqual([200, 100]);
	});

	test('what a program printed is bounded in the record', () => {
		const storage = opened(scratch());
		const { id } = got(begin(storage));
		const lines: Evidence = {
			kind: 'lines',
			source: 'x',
			sinceAt: null,
			count: 9000,
			lines: Array(9000).fill('l') as string[],
		};
		got(storage.rounds.found(id, 1, [lines]));
		const found = got(storage.rounds.get(id))?.steps[1]?.found[0];
		expect(found).toMatchObject({ count: 9000 });
		expect(found?.kind === 'lines' && found.lines.length).toBe(500);
	});
});
