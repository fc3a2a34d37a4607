import { describe, expect, it } from 'vitest';
import { checkId, sheetId } from '../../src/domain/ids.ts';
import type { Level } from '../../src/domain/level.ts';
import type { PlannedRound } from '../../src/domain/picture.ts';
import { ok } from '../../src/domain/result.ts';
import { type Evidence, type Round, standingOf } from '../../src/domain/round.ts';
import type { SystemDefinition } from '../../src/domain/system.ts';
import { quantity } from '../../src/domain/value.ts';
import { createLateWrites } from '../../src/services/late-writes.ts';
import { createPresent } from '../../src/services/present.ts';
import { createRounds } from '../../src/services/rounds.ts';
import { got, opened, scratch } from '../contract/storage-world.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { check, createFakeKind } from '../support/fake-world.ts';

const SHEET = {
	id: sheetId('morning'),
	title: 'Morning',
	atMinute: 9 * 60,
	graceMs: 1_800_000,
	steps: [
		{ kind: 'check', title: null, checks: [checkId('api')] },
		{ kind: 'run', title: null, action: 'tests' },
		{ kind: 'ask', title: null, question: 'Any?', look: null, changes: true },
	],
};

function setUp({ path = scratch(), operator = 'mei', clock = createFakeClock(), mends = true } = {}) {
	const storage = opened(path, { now: clock.now() });
	const present = createPresent();
	const api = check('api');
	present.adopt([api], () => createFakeKind(clock).kind, clock.now());
	const told: Round[] = [];
	const asked: string[][] = [];
	const activity: string[] = [];
	let files: 'written' | 'refused' = 'written';
	const recorded: number[] = [];
	const plans: (readonly PlannedRound[])[] = [];
	const system = { sheets: [SHEET], timezone: 'UTC' } as unknown as SystemDefinition;
	const rounds = createRounds({
		clock,
		store: storage.rounds,
		present,
		system: () => system,
		operator,
		redact: (text) => text.replaceAll('hunter2', '***'),
		session: operator,
		mends,
		keep: createLateWrites(clock, () => {}).put,
		demo: false,
		askChecks: (ids) => asked.push([...ids]),
		changedAt: async () => null,
		events: storage.activity,
		lookAt: async () => null,
		writeRecord: async (round) => {
			recorded.push(round.id);
			await Promise.resolve();
			return files === 'written'
				? ok([`/signed/${round.id}.md`])
				: { ok: false, error: { kind: 'fault', fault: { code: 'disk-full', detail: {} } } };
		},
		onRound: (round) => told.push(round),
		onPlan: (plan) => plans.push(plan),
		onBaseline: () => {},
		onActivity: (code) => activity.push(code),
	});
	const observe = (level: Level = 'ok', n = 8) => {
		const remembered = present.get(api.id)!;
		const observation = { check: api.id, at: clock.now(), durationMs: 1, fault: null, level, reasons: [] };
		present.add(
			remembered,
			{ ...observation, samples: { n: quantity(n) } },
			{ ...remembered.state, level, at: clock.now() },
		);
		rounds.observed(new Set([api.id]));
	};
	const begin = async () => {
		const begun = await rounds.begin(SHEET.id, null);
		if (!begun.ok) throw new Error(JSON.stringify(begun.error));
		return begun.value.round;
	};
	const ran: Evidence = {
		kind: 'operation',
		operation: 1,
		title: 'Tests',
		at: 1,
		level: 'ok',
		samples: {},
		reasons: [],
		command: 't',
		output: '8/8',
		files: [],
	} as never;
	return {
		clock,
		storage,
		path,
		rounds,
		told,
		asked,
		recorded,
		plans,
		activity,
		observe,
		begin,
		ran,
		fail: () => (files = 'refused'),
	};
}

const FAILED = { outcome: 'fail', note: 'broken', evidence: [] } as const;
const plain = (step: number, version: number, round: Round, note = 'none') =>
	({ round: round.id, step, outcome: 'ok', note, version }) as const;

describe('a round', () => {
	it('is begun once, asks its checks, and takes only what was seen in it', async () => {
		const { begin, asked, observe, clock, told, activity } = setUp();
		observe();
		await clock.advance(1_000);
		const round = await begin();
		expect(asked).toEqual([['api']]);
		// The green of a second ago is not this round's.
		expect(round.steps.map(standingOf)).toEqual(['filling', 'open', 'open']);
		observe();
		expect(told.at(-1)!.steps.map(standingOf)).toEqual(['ok', 'open', 'open']);
		expect((await begin()).id).toBe(round.id);
		expect(activity).toEqual(['round.begun']);
	});

	it('begun by another at the same moment is joined', async () => {
		const first = setUp();
		const second = setUp({ path: first.path, operator: 'tom', clock: first.clock });
		await second.rounds.open();
		const round = await first.begin();
		expect((await second.begin()).id).toBe(round.id);
		expect(got(first.storage.rounds.inProgress())).toHaveLength(1);
	});

	it('keeps who gave and who took back every answer', async () => {
		const { begin, rounds, storage, clock } = setUp();
		const round = await begin();
		const answered = await rounds.answer(plain(2, round.version, round, 'nothing, hunter2'));
		if (!answered.ok) throw new Error();
		await clock.advance(60_000);
		await rounds.undo(round.id, 2, answered.value.round.version);
		const trail = got(storage.rounds.trail(round.id));
		expect(trail.map((one) => [one.by, one.at, one.answer?.note ?? null])).toEqual([
			['mei', clock.now() - 60_000, 'nothing, ***'],
			['mei', clock.now(), null],
		]);
	});

	it('lets a launched step be launched again, pins kept', async () => {
		const { begin, rounds, ran, told } = setUp();
		const round = await begin();
		await rounds.pin(round.id, 1, 'flask', 'a line');
		rounds.found(round.id, 1, { ...(ran as object), level: 'critical' } as Evidence);
		expect(standingOf(told.at(-1)!.steps[1]!)).toBe('attention');
		rounds.found(round.id, 1, ran);
		const step = told.at(-1)!.steps[1]!;
		expect(step.found.map((one) => one.kind).sort()).toEqual(['lines', 'operation']);
		expect(standingOf(step)).toBe('ok');
	});

	it('signed, but its files refused: it stays signed, says so, and is completed at the next opening', async () => {
		const { begin, rounds, ran, observe, fail, path, clock, storage } = setUp();
		const round = await begin();
		observe();
		rounds.found(round.id, 1, ran);
		const answered = await rounds.answer(plain(2, round.version, round));
		if (!answered.ok) throw new Error();
		fail();
		const signed = await rounds.sign(round.id, '', answered.value.round.version);
		expect(signed).toMatchObject({ ok: false, error: { kind: 'fault', fault: { code: 'disk-full' } } });
		expect(got(storage.rounds.get(round.id))?.signed).toMatchObject({ by: 'mei', files: [] });
		expect(got(storage.rounds.baseline())).toMatchObject({ api: { n: { value: { number: '8' } } } });
		const again = await rounds.sign(round.id, '', answered.value.round.version);
		expect(again).toMatchObject({ ok: false, error: { kind: 'refused', why: 'already-signed' } });
		const next = setUp({ path, clock });
		await next.rounds.open();
		expect(got(storage.rounds.get(round.id))?.signed?.files).toEqual([`/signed/${round.id}.md`]);
	});

	it('cannot be signed on a page that is no longer true', async () => {
		const { begin, rounds, ran, observe, clock } = setUp();
		const round = await begin();
		observe();
		rounds.found(round.id, 1, ran);
		const answered = await rounds.answer(plain(2, round.version, round));
		if (!answered.ok) throw new Error();
		const { version } = answered.value.round;
		// The automatic step filled itself green, and is red by now.
		await clock.advance(1_000);
		observe('critical');
		expect(await rounds.sign(round.id, '', version)).toMatchObject({
			ok: false,
			error: { why: 'steps-open', detail: { count: 1, first: 1 } },
		});
		await clock.advance(1_000);
		observe('ok');
		await rounds.note(round.id, 0, 'went red for a second', version);
		expect(await rounds.sign(round.id, '', version)).toMatchObject({
			ok: false,
			error: { kind: 'conflict', by: 'mei' },
		});
		expect(await rounds.sign(round.id, '', version + 1)).toMatchObject({ ok: true });
	});

	it('rests on nothing that is too old: the step waits again, and the round cannot be signed', async () => {
		const { begin, rounds, ran, observe, clock, told } = setUp();
		const round = await begin();
		observe();
		rounds.found(round.id, 1, ran);
		const answered = await rounds.answer(plain(2, round.version, round));
		if (!answered.ok) throw new Error();
		const { version } = answered.value.round;
		expect(told.at(-1)!.steps.map(standingOf)).toEqual(['ok', 'ok', 'ok']);
		const count = told.length;
		rounds.age();
		expect(told).toHaveLength(count);
		// Nobody asks any more, as when the one that polls hangs.
		await clock.advance(3_600_000);
		rounds.age();
		expect(told.at(-1)!.steps.map(standingOf)).toEqual(['filling', 'ok', 'ok']);
		expect(await rounds.sign(round.id, '', version)).toMatchObject({
			ok: false,
			error: { why: 'steps-open', detail: { count: 1, first: 1 } },
		});
		observe();
		expect(await rounds.sign(round.id, '', version)).toMatchObject({ ok: true });
	});

	it('is signed at its worst, in one write, or not at all', async () => {
		const one = setUp();
		const two = setUp({ path: one.path, operator: 'tom', clock: one.clock });
		const { begin, rounds, ran, observe, storage, clock } = one;
		const round = await begin();
		observe();
		rounds.found(round.id, 1, ran);
		const answered = await rounds.answer(plain(2, round.version, round));
		if (!answered.ok) throw new Error();
		await clock.advance(10);
		// Between the look and the write another console answers, and its store is the one that is asked next.
		const { get } = storage.rounds;
		const beaten = { ...storage.rounds, get };
		Object.assign(storage.rounds, {
			get(id: never) {
				const seen = get(id);
				Object.assign(storage.rounds, beaten);
				got(two.storage.rounds.answer(round.id, 0, { ...FAILED, at: clock.now(), by: 'tom' }, 9));
				return seen;
			},
		});
		const refused = await rounds.sign(round.id, '', answered.value.round.version);
		expect(refused).toMatchObject({ ok: false, error: { kind: 'conflict', by: 'tom' } });
		expect(got(storage.rounds.get(round.id))).toMatchObject({ signed: null });
		expect(got(storage.rounds.trail(round.id)).filter((one) => one.by === 'mei')).toHaveLength(1);
		const { version } = got(storage.rounds.get(round.id))!;
		const signed = await rounds.sign(round.id, '', version);
		expect(signed).toMatchObject({ ok: true, value: { round: { signed: { level: 'critical' } } } });
	});

	it('keeps each operator their own typed words, those for the signature too', async () => {
		const mei = setUp();
		const tom = setUp({ path: mei.path, operator: 'tom', clock: mei.clock });
		const round = await mei.begin();
		mei.rounds.draft(round.id, 2, 'half a sent');
		mei.rounds.draft(round.id, null, 'a calm morn, hunter2');
		tom.rounds.draft(round.id, 2, 'tom types too');
		const again = setUp({ path: mei.path, clock: mei.clock });
		await again.rounds.open();
		expect(again.rounds.present()[0]).toMatchObject({ draft: 'a calm morn, ***' });
		expect(again.rounds.present()[0]!.steps[2]!.draft).toBe('half a sent');
		await tom.rounds.open();
		expect(tom.rounds.present()[0]).toMatchObject({ draft: null });
		await mei.rounds.answer(plain(2, round.version, round));
		await tom.rounds.undo(round.id, 2, 9);
		expect(tom.told.at(-1)!.steps[2]!.draft).toBe('tom types too');
		expect(JSON.stringify(tom.told)).not.toContain('half a sent');
	});

	it('overwrites no note in silence, and says whose stands there', async () => {
		const mei = setUp();
		const tom = setUp({ path: mei.path, operator: 'tom', clock: mei.clock });
		const round = await mei.begin();
		const at = mei.clock.now();
		expect(await mei.rounds.note(round.id, 1, 'pump 3 leaks', round.version)).toMatchObject({ ok: true });
		await mei.clock.advance(60_000);
		const refused = await tom.rounds.note(round.id, 1, 'fine', round.version);
		expect(refused).toEqual({ ok: false, error: { kind: 'conflict', by: 'mei', at } });
		expect(tom.told.at(-1)!.steps[1]!.note).toBe('pump 3 leaks');
	});

	it('has one record, however many consoles open at once, and none from one that only asks', async () => {
		const first = setUp();
		const round = await first.begin();
		first.observe();
		first.rounds.found(round.id, 1, first.ran);
		const answered = await first.rounds.answer(plain(2, round.version, round));
		if (!answered.ok) throw new Error();
		const { clock, path, storage } = first;
		// As if the process ended between the signature and its files.
		const stored = got(
			storage.rounds.sign(round.id, {
				version: answered.value.round.version,
				fills: [[], [first.ran]].map((evidence, index) => ({
					index,
					answer: { ...FAILED, evidence, at: clock.now(), by: 'mei' },
				})),
				signOff: { at: clock.now(), by: 'mei', note: '', demo: false },
				snapshot: [],
				claimedBy: 'gone',
			}),
		);
		expect(stored.conflict).toBe(false);
		const next = ['tom', 'ana', 'li'].map((operator) => setUp({ path, operator, clock }));
		await Promise.all(next.map((one) => one.rounds.open()));
		expect(next.flatMap((one) => one.recorded)).toEqual([]);
		await clock.advance(30_000);
		const asks = setUp({ path, operator: 'cron', clock, mends: false });
		await asks.rounds.open();
		expect(asks.recorded).toEqual([]);
		await Promise.all(next.map((one) => one.rounds.mend()));
		expect(next.flatMap((one) => one.recorded)).toEqual([round.id]);
		expect(got(storage.rounds.get(round.id))?.signed?.files).toHaveLength(1);
	});

	it('is missed though nobody walked one for days', async () => {
		const { begin, rounds, clock, plans, ran, observe } = setUp();
		const round = await begin();
		observe();
		rounds.found(round.id, 1, ran);
		const answered = await rounds.answer(plain(2, round.version, round));
		if (!answered.ok) throw new Error();
		await rounds.sign(round.id, '', answered.value.round.version);
		await clock.advance(4 * 86_400_000);
		rounds.plan(clock.now());
		expect(plans.at(-1)!.map((one) => one.standing)).toEqual(['missed', 'due']);
	});

	it('shows beside a question what changed since the last signature', async () => {
		const { begin, rounds, ran, observe, clock } = setUp();
		const sign = async (n: number) => {
			const round = await begin();
			await clock.advance(10);
			observe('ok', n);
			rounds.found(round.id, 1, ran);
			const answered = await rounds.answer(plain(2, round.version, round));
			if (!answered.ok) throw new Error();
			return { evidence: answered.value.round.steps[2]!.answer!.evidence, round: answered.value.round };
		};
		const first = await sign(8);
		expect(first.evidence).toEqual([]);
		await rounds.sign(first.round.id, '', first.round.version);
		expect(rounds.lastSigned()?.id).toBe(first.round.id);
	});
});
