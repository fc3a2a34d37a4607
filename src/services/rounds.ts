import type { Refusal } from '../domain/engine.ts';
import type { CheckId, RoundId, SheetId } from '../domain/ids.ts';
import type { PlannedRound } from '../domain/picture.ts';
import type { Clock } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Answer, AnswerOutcome, Evidence, Round, Step } from '../domain/round.ts';
import { lastHand, objectionTo } from '../domain/round-rules.ts';
import { dueTimeFor, planRounds } from '../domain/schedule.ts';
import type { RoundStore } from '../domain/storage-port.ts';
import type { LookDefinition, SystemDefinition } from '../domain/system.ts';
import type { Present } from './present.ts';
import { lift, refuse } from './refusing.ts';
import { stepsDue } from './round-due.ts';
import { createRoundEvidence } from './round-evidence.ts';
import { createRoundSigning } from './round-signing.ts';

const DAY = 86_400_000;

export interface RoundsParts {
	readonly clock: Clock;
	readonly store: RoundStore;
	readonly present: Present;
	readonly system: () => SystemDefinition;
	readonly operator: string;
	/** Hides secrets in what a person typed or pinned: what is stored is kept for ever. */
	readonly redact: (text: string) => string;
	/** The embedded demo's rounds are marked as such. */
	readonly demo: boolean;
	/** Asks these checks now; does not wait. */
	readonly askChecks: (checks: readonly CheckId[]) => void;
	/** Newest modification among files and globs, epoch ms; null when there are none. */
	readonly changedAt: (files: readonly string[]) => Promise<number | null>;
	/** Error lines for a manual step: what the operator looked at. */
	readonly lookAt: (look: LookDefinition, sinceAt: number | null) => Promise<Evidence | null>;
	/** Writes the record's files; called with the signed round, also for those a crash left without. */
	readonly writeRecord: (round: Round) => Promise<Result<readonly string[], Refusal>>;
	readonly onRound: (round: Round) => void;
	readonly onPlan: (plan: readonly PlannedRound[]) => void;
	readonly onBaseline: () => void;
	readonly onActivity: (code: string, detail: Record<string, string | number>) => void;
}

export type RoundsResult = Promise<Result<{ readonly round: Round }, Refusal>>;

export interface Rounds {
	/** Reads what is in progress and finishes what a crash interrupted. */
	open(): Promise<void>;
	begin(sheet: SheetId, dueAt: number | null): RoundsResult;
	answer(input: {
		round: RoundId;
		step: number;
		outcome: AnswerOutcome;
		note: string;
		version: number;
	}): RoundsResult;
	undo(id: RoundId, step: number, version: number): RoundsResult;
	note(id: RoundId, step: number, note: string | null): RoundsResult;
	draft(id: RoundId, step: number, text: string | null): Result<Record<never, never>, Refusal>;
	pin(id: RoundId, step: number, source: string, line: string): RoundsResult;
	sign(id: RoundId, note: string, version: number): RoundsResult;
	list(limit: number): Result<{ readonly rounds: readonly Round[] }, Refusal>;
	/** Evidence a launched operation left for its step. */
	found(id: RoundId, step: number, evidence: Evidence): void;
	/** New observations: rounds in progress that rest on them are told again. */
	observed(checks: ReadonlySet<CheckId>): void;
	/** Somebody else wrote: read again and tell what changed. */
	reread(): void;
	/** Tells the plan when it changed. */
	plan(now: number): void;
	planned(): readonly PlannedRound[];
	present(): readonly Round[];
	lastSigned(): Round | null;
}

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
	const { withFound } = evidence;

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
		const stored = lift(store.answer(id, index, answer, version, { at: clock.now(), by: parts.operator }));
		if (!stored.ok) return stored;
		const round = tell(stored.value.round);
		const other = stored.value.round.steps[index]?.answer;
		if (stored.value.conflict)
			return err({ kind: 'conflict', by: other?.by ?? '', at: other?.at ?? clock.now() });
		return ok({ round });
	};

	const signing = createRoundSigning(parts);

	const rounds: Rounds = {
		async open() {
			const found = store.inProgress();
			if (found.ok) open = found.value.map(withFound);
			// Signed in the store, but ended before its files were written: the record is made from what is stored.
			const recent = store.list(clock.now() - 30 * DAY, clock.now() + DAY, 200);
			if (!recent.ok) return;
			for (const round of recent.value)
				if (round.signed && round.signed.files.length === 0) await signing.complete(round);
		},
		async begin(sheetName, dueAt) {
			const system = parts.system();
			const sheet = system.sheets.find((s) => s.id === sheetName);
			if (!sheet) return refuse('no-such-sheet', { sheet: sheetName });
			const now = clock.now();
			const joined = open.find((r) => r.sheet === sheet.id);
			if (joined) return ok({ round: tell(joined) });
			const steps = await stepsDue(sheet.steps, now, parts);
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
		async note(id, index, text) {
			const got = get(id, index);
			if (!got.ok) return got;
			const stored = lift(store.note(id, index, text === null ? null : parts.redact(text)));
			return stored.ok ? ok({ round: tell(stored.value) }) : stored;
		},
		draft(id, index, text) {
			const stored = lift(store.draft(id, index, text === null ? null : parts.redact(text)));
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
				return err({ kind: 'conflict', by: lastHand(got.value), at: clock.now() });
			}
			const signed = await signing.sign(got.value, parts.redact(note.trim()));
			if (!signed.ok) return signed;
			parts.onActivity('round.signed', { sheet: got.value.sheet, round: id });
			const finished = await signing.complete(signed.value);
			parts.onBaseline();
			rounds.plan(clock.now());
			const round = tell(finished.ok ? finished.value : signed.value);
			return finished.ok ? ok({ round }) : finished;
		},
		list(limit) {
			const found = lift(store.list(0, clock.now() + DAY, limit));
			return found.ok ? ok({ rounds: found.value }) : found;
		},
		found(id, index, left) {
			const before = store.get(id);
			if (!before.ok || !before.value) return;
			const pins = before.value.steps[index]?.found.filter((e) => e.kind === 'lines') ?? [];
			const stored = store.found(id, index, [left, ...pins]);
			const got = store.get(id);
			if (stored.ok && got.ok && got.value) tell(got.value);
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
			const plan = planRounds(system.sheets, recent.value, now, system.timezone);
			const words = JSON.stringify(plan);
			if (words === toldPlan) return;
			toldPlan = words;
			currentPlan = plan;
			parts.onPlan(plan);
		},
		planned: () => currentPlan,
		present: () => open,
		lastSigned() {
			const found = store.lastSigned(null);
			return found.ok ? found.value : null;
		},
	};
	return rounds;
}

/** What others may change in a stored round without a new version: what ran for a step, what is pinned or typed there. */
function standOf(round: Round): string {
	const steps = round.steps.map(({ found, draft, note }) => {
		const kept = found.map((e) =>
			e.kind === 'lines' ? `${e.source} ${e.count}` : `${e.kind} ${e.at} ${e.level}`,
		);
		return [kept, draft, note];
	});
	return JSON.stringify(steps);
}
