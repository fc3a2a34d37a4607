import { describe, expect, it } from 'vitest';
import { checkId, sheetId } from '../../src/domain/ids.ts';
import type { Level } from '../../src/domain/level.ts';
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

function setUp({ path = scratch(), operator = 'mei', clock = createFakeClock() } = {}) {
	const storage = opened(path, { now: clock.now() });
	const present = createPresent();
	const api = check('api');
	present.adopt([api], () => createFakeKind(clock).kind, clock.now());
	const told: Round[] = [];
	const asked: string[][] = [];
	const activity: string[] = [];
	let files: 'written' | 'refused' = 'written';
	const system = { sheets: [SHEET], timezone: 'UTC' } as unknown as SystemDefinition;
	const rounds = createRounds({
		clock,
		store: storage.rounds,
		present,
		system: () => system,
		operator,
		redact: (text) => text.replaceAll('hunter2', '***'),
		session: operator,
		mends: true,
		keep: createLateWrites(clock, () => {}).put,
		demo: false,
		askChecks: (ids) => asked.push([...ids]),
		changedAt: async () => null,
		lookAt: async () => null,
		writeRecord: async (round) =>
			files === 'written'
				? ok([`/signed/${round.id}.md`])
				: { ok: false, error: { kind: 'fault', fault: { code: 'disk-full', detail: {} } } },
		onRound: (round) => told.push(round),
		onPlan: () => {},
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
		activity,
		observe,
		begin,
		ran,
		fail: () => (files = 'refused'),
	};
}

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
