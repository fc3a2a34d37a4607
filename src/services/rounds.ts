import type { Refusal } from '../domain/engine.ts';
import type { RoundId } from '../domain/ids.ts';
import type { PlannedRound } from '../domain/picture.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Answer, Hand, Round, Step } from '../domain/round.ts';
import { lastHand, objectionTo } from '../domain/round-rules.ts';
import { dueTimeFor, planRounds } from '../domain/schedule.ts';
import { lift, refuse } from './refusing.ts';
import { createDueLook } from './round-due.ts';
import { createRoundEvents } from './round-events.ts';
import { createRoundEvidence } from './round-evidence.ts';
import { asRead, standOf } from './round-reading.ts';
import { createRoundSigning } from './round-signing.ts';
import type { Rounds, RoundsParts } from './rounds-parts.ts';

const DAY = 86_400_000;

/** Rounds from their beginning to the sign-off. Every answer is on disk before anybody is told of it. */
export function createRounds(parts: RoundsParts): Rounds {
	const { clock, store, present } = parts;
	let open: readonly Round[] = [];
	let toldPlan = '';
	let currentPlan: readonly PlannedRound[] = [];
	const toldVersion = new Map<RoundId, string>();
	const readStand = new Map<RoundId, string>();

	const evidence = createRoundEvidence({
		present,
		lookAt: parts.lookAt,
		now: () => clock.now(),
		lastSignedAt: () => rounds.lastSigned()?.signed?.at ?? null,
	});
	/** Drafts are everybody's own; what fills a step is whatever was seen last. */
	const withFound = (round: Round): Round => evidence.withFound(asRead(round, parts.operator));
	const hand = (): Hand => ({ at: clock.now(), by: parts.operator });
	let firstAt: number | null = null;

	const tell = (round: Round): Round => {
		const full = withFound(round);
		open = full.signed
			? open.filter((r) => r.id !== full.id)
			: [...open.filter((r) => r.id !== full.id), full];
		toldVersion.set(full.id, `${full.version}`);
		parts.onRound(full);
		return full;
	};

	const get = (id: RoundId, index?: number): Result<Round, Refusal> => {
		const got = lift(store.get(id));
		if (!got.ok) return got;
		if (!got.value) return refuse('no-such-round', { round: id });
		if (got.value.signed)
			return refuse('already-signed', { by: got.value.signed.by, at: got.value.signed.at });
		if (index !== undefined && !got.value.steps[index]) return refuse('no-such-step', { step: index + 1 });
		return ok(withFound(got.value));
	};

	const put = (
		id: RoundId,
		index: number,
		answer: Answer | null,
		version: number,
	): Result<{ round: Round }, Refusal> => {
		const stored = lift(store.answer(id, index, answer, version, hand()));
		if (!stored.ok) return stored;
		const round = tell(stored.value.round);
		const other = stored.value.round.steps[index]?.answer;
		if (stored.value.conflict)
			return err({ kind: 'conflict', by: other?.by ?? '', at: other?.at ?? clock.now() });
		return ok({ round });
	};

	const signing = createRoundSigning(parts);
	const due = createDueLook(parts);
	const events = createRoundEvents(parts);

	const rounds: Rounds = {
		async open() {
			const found = store.inProgress();
			if (found.ok) open = found.value.map(withFound);
			await rounds.mend();
		},
		async mend() {
			if (!parts.mends) return;
			// Signed in the store, but ended before its files were written: the record is made from what is stored.
			const left = store.unwritten();
			for (const round of left.ok ? left.value : []) {
				const claimed = store.claimRecord(round.id, { at: clock.now(), by: parts.session });
				if (claimed.ok && claimed.value) await signing.complete(round);
			}
		},
		async begin(sheetName, dueAt) {
			const system = parts.system();
			const sheet = system.sheets.find((s) => s.id === sheetName);
			if (!sheet) return refuse('no-such-sheet', { sheet: sheetName });
			const now = clock.now();
			const joined = open.find((r) => r.sheet === sheet.id);
			if (joined) return ok({ round: tell(joined) });
			const steps = await due.steps(sheet.steps, now);
			if (steps.length === 0) return refuse('nothing-due', { sheet: sheet.id });
			const begun = lift(
				store.begin({
					sheet: sheet.id,
					title: sheet.title,
					dueAt: dueAt ?? dueTimeFor(sheet, now, system.timezone),
					graceMs: sheet.graceMs,
					startedAt: now,
					startedBy: parts.operator,
					steps,
				}),
			);
			if (!begun.ok) {
				// Another console began it between our look and our write: join that one.
				rounds.reread();
				const theirs = open.find((r) => r.sheet === sheet.id);
				return theirs ? ok({ round: theirs }) : begun;
			}
			parts.onActivity('round.begun', { sheet: sheet.id, round: begun.value.id });
			const round = tell(begun.value);
			parts.askChecks([...new Set(steps.flatMap((s) => (s.kind === 'check' ? s.checks : [])))]);
			rounds.plan(now);
			return ok({ round });
		},
		async answer({ round: id, step: index, outcome, note, version }) {
			const got = get(id, index);
			if (!got.ok) return got;
			const step = got.value.steps[index] as Step;
			const text = parts.redact(note.trim());
			const refusal = objectionTo(step, outcome, text);
			if (refusal) return refuse(refusal, { step: index + 1 });
			const seen = await evidence.forAnswer(got.value, step);
			return put(
				id,
				index,
				{ outcome, note: text, at: clock.now(), by: parts.operator, evidence: seen },
				version,
			);
		},
		async undo(id, index, version) {
			const got = get(id, index);
			if (!got.ok) return got;
			return put(id, index, null, version);
		},
		async note(id, index, text, version) {
			const got = get(id, index);
			if (!got.ok) return got;
			const words = text === null ? null : parts.redact(text);
			const stored = lift(store.note(id, index, words, version, hand()));
			if (!stored.ok) return stored;
			const round = tell(stored.value.round);
			if (!stored.value.conflict) return ok({ round });
			return err({ kind: 'conflict', ...(round.steps[index]?.noted ?? lastHand(round)) });
		},
		draft(id, index, text) {
			const words = text === null ? null : parts.redact(text);
			const stored = lift(store.draft(id, index, words, hand()));
			return stored.ok ? ok({}) : stored;
		},
		async pin(id, index, source, line) {
			const got = get(id, index);
			if (!got.ok) return got;
			const others = got.value.steps[index]?.found.filter((e) => e.kind === 'operation') ?? [];
			const stored = lift(
				store.found(id, index, [...others, evidence.pin(got.value, index, source, parts.redact(line))]),
			);
			if (!stored.ok) return stored;
			const pinned = get(id);
			return pinned.ok ? ok({ round: tell(pinned.value) }) : pinned;
		},
		async sign(id, note, version) {
			const got = get(id);
			if (!got.ok) return got;
			if (got.value.version !== version) {
				tell(got.value);
				return err({ kind: 'conflict', ...lastHand(got.value) });
			}
			const signed = signing.sign(got.value, parts.redact(note.trim()));
			if (!signed.ok) return signed;
			if (signed.value.conflict) return err({ kind: 'conflict', ...lastHand(tell(signed.value.round)) });
			parts.onActivity('round.signed', { sheet: got.value.sheet, round: id });
			const finished = await signing.complete(signed.value.round);
			parts.onBaseline();
			rounds.plan(clock.now());
			const round = tell(finished.ok ? finished.value : signed.value.round);
			return finished.ok ? ok({ round }) : finished;
		},
		list(limit) {
			const found = lift(store.list(0, clock.now() + DAY, limit));
			return found.ok ? ok({ rounds: found.value.map((round) => asRead(round, parts.operator)) }) : found;
		},
		found(id, index, left) {
			const write = () => {
				const before = store.get(id);
				if (!before.ok) return before;
				const pins = before.value?.steps[index]?.found.filter((e) => e.kind === 'lines') ?? [];
				return store.found(id, index, [left, ...pins]);
			};
			parts.keep(write, () => {
				const got = store.get(id);
				if (got.ok && got.value) tell(got.value);
			});
		},
		age() {
			for (const round of open) if (standOf(withFound(round)) !== standOf(round)) tell(round);
		},
		observed(checks) {
			for (const round of open) {
				const rests = round.steps.some(
					(s) => !s.answer && s.definition.kind === 'check' && s.definition.checks.some((c) => checks.has(c)),
				);
				if (rests) tell(round);
			}
		},
		reread() {
			const found = store.inProgress();
			if (!found.ok) return;
			const ids = new Set(found.value.map((r) => r.id));
			for (const gone of open.filter((r) => !ids.has(r.id))) {
				const now = store.get(gone.id);
				if (now.ok && now.value) {
					tell(now.value);
					parts.onBaseline();
				}
			}
			for (const round of found.value) {
				const stand = standOf(round);
				const isKnown = toldVersion.get(round.id) === `${round.version}` && readStand.get(round.id) === stand;
				readStand.set(round.id, stand);
				if (!isKnown) tell(round);
			}
			rounds.plan(clock.now());
		},
		plan(now) {
			const system = parts.system();
			const recent = store.list(now - 3 * DAY, now + DAY, 100);
			if (!recent.ok) return;
			if (firstAt === null) {
				const first = store.firstAt();
				if (first.ok) firstAt = first.value;
			}
			const dueness = due.dueness(() => rounds.plan(clock.now()));
			const plan = planRounds(system.sheets, recent.value, now, system.timezone, firstAt, dueness);
			const words = JSON.stringify(plan);
			if (words === toldPlan) return;
			toldPlan = words;
			currentPlan = plan;
			parts.onPlan(plan);
		},
		tellEvent(event, note) {
			const told = events.tell(event, note);
			if (told.ok) rounds.plan(clock.now());
			return told;
		},
		follow(event, note) {
			parts.onActivity('event.told', { event, note });
			rounds.plan(clock.now());
		},
		events: () => events.list(),
		planned: () => currentPlan,
		present: () => open,
		lastSigned() {
			const found = store.lastSigned(null);
			return found.ok ? found.value : null;
		},
	};
	return rounds;
}
