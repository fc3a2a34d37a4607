import { fault } from '../domain/fault.ts';
import { type RoundId, roundId } from '../domain/ids.ts';
import { worstLevel } from '../domain/level.ts';
import type { Answer, Hand, Round } from '../domain/round.ts';
import { levelOfStep } from '../domain/round-rules.ts';
import type { AnswerChange, RoundStore, Signing } from '../domain/storage-port.ts';
import { createBaselines } from './baselines.ts';
import { boundEvidence } from './bounds.ts';
import { levelCode } from './codes.ts';
import type { Connection } from './connection.ts';
import { Refused } from './faults.ts';
import type { Names } from './names.ts';
import { type DraftRow, type RoundRow, SIGN_OFF, type StepRow, toRound } from './round-rows.ts';

/** Who wanted to write a record and has not within this time will not. */
const CLAIM_MS = 30_000;

interface TrailRow {
	readonly step: number;
	readonly version: number;
	readonly outcome: Answer['outcome'] | null;
	readonly note: string;
	readonly at: number | null;
	readonly by: string | null;
	readonly evidence: string;
}

export function createRoundStore(connection: Connection, checks: Names, samples: Names): RoundStore {
	const { db, environment } = connection;
	const baselines = createBaselines(connection, checks, samples);
	const one = db.prepare<[number, number], RoundRow>(
		'SELECT * FROM round WHERE environment_id = ? AND id = ?',
	);
	const steps = db.prepare<[number], StepRow>(`
		SELECT s.step, s.definition, s.note, s.noted_at, s.noted_by, s.noted_version, s.found, s.answered_version, a.outcome,
			a.note AS answer_note, a.at AS answer_at, a.by AS answer_by, a.evidence
		FROM step s LEFT JOIN answer a ON a.id = s.answer_id WHERE s.round_id = ? ORDER BY s.step`);
	const open = db.prepare<[number], RoundRow>(
		'SELECT * FROM round WHERE environment_id = ? AND signed_at IS NULL ORDER BY started_at, id',
	);
	const ranged = db.prepare<[number, number, number, number], RoundRow>(
		'SELECT * FROM round WHERE environment_id = ? AND started_at BETWEEN ? AND ? ORDER BY started_at DESC, id DESC LIMIT ?',
	);
	const lastSigned = db.prepare<[number, string | null, string | null], RoundRow>(
		`SELECT * FROM round WHERE environment_id = ? AND signed_at IS NOT NULL AND (? IS NULL OR sheet = ?)
		ORDER BY signed_at DESC, id DESC LIMIT 1`,
	);
	const unwritten = db.prepare<[number], RoundRow>(
		"SELECT * FROM round WHERE environment_id = ? AND signed_at IS NOT NULL AND files = '[]' ORDER BY signed_at, id",
	);
	const firstAt = db
		.prepare<[number], number | null>('SELECT min(started_at) FROM round WHERE environment_id = ?')
		.pluck();
	const insertRound = db.prepare(`
		INSERT INTO round (environment_id, sheet, title, due_at, grace_ms, started_at, started_by, version) VALUES (?, ?, ?, ?, ?, ?, ?, 0)`);
	const insertStep = db.prepare('INSERT INTO step (round_id, step, definition) VALUES (?, ?, ?)');
	const insertAnswer = db.prepare(
		'INSERT INTO answer (round_id, step, version, outcome, note, at, by, evidence) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
	);
	const setAnswer = db.prepare(
		'UPDATE step SET answer_id = ?, answered_version = ? WHERE round_id = ? AND step = ?',
	);
	const setNote = db.prepare(
		'UPDATE step SET note = ?, noted_at = ?, noted_by = ?, noted_version = ? WHERE round_id = ? AND step = ?',
	);
	const drafts = db.prepare<[number], DraftRow>(
		'SELECT step, operator, text, at FROM draft WHERE round_id = ? ORDER BY step, at, operator',
	);
	const setDraft = db.prepare(
		'INSERT OR REPLACE INTO draft (round_id, step, operator, text, at) VALUES (?, ?, ?, ?, ?)',
	);
	const dropDraft = db.prepare('DELETE FROM draft WHERE round_id = ? AND step = ? AND operator = ?');
	const setFound = db.prepare('UPDATE step SET found = ? WHERE round_id = ? AND step = ? AND found <> ?');
	const bump = db.prepare(
		'UPDATE round SET version = version + 1, touched_at = coalesce(?, touched_at), touched_by = coalesce(?, touched_by) WHERE id = ?',
	);
	const signRound = db.prepare(
		'UPDATE round SET signed_at = ?, signed_by = ?, signed_note = ?, signed_level = ?, signed_demo = ?, claimed_at = ?, claimed_by = ? WHERE id = ?',
	);
	const setFiles = db.prepare('UPDATE round SET files = ? WHERE id = ?');
	const setClaim = db.prepare('UPDATE round SET claimed_at = ?, claimed_by = ? WHERE id = ?');
	const trail = db.prepare<[number], TrailRow>(
		'SELECT step, version, outcome, note, at, by, evidence FROM answer WHERE round_id = ? ORDER BY id',
	);

	const loaded = (row: RoundRow): Round => toRound(row, steps.all(row.id), drafts.all(row.id));
	const rowOf = (id: RoundId): RoundRow => {
		const row = one.get(environment, id);
		if (row === undefined) throw new Refused(fault('io-error', { reason: 'missing', round: id }));
		return row;
	};
	const load = (id: RoundId): Round => loaded(rowOf(id));
	const mustBeOpen = (row: RoundRow): void => {
		if (row.signed_at !== null) throw new Refused(alreadySigned(row));
	};
	const openStep = (id: RoundId, index: number): StepRow => {
		const row = rowOf(id);
		mustBeOpen(row);
		const step = steps.all(id).find((each) => each.step === index);
		if (step === undefined)
			throw new Refused(fault('io-error', { reason: 'missing', round: id, step: index }));
		return step;
	};
	const bumped = (id: RoundId, hand: Partial<Hand> = {}): number => {
		bump.run(hand.at ?? null, hand.by ?? null, id);
		return rowOf(id).version;
	};
	/** Inside a transaction: the next change of a step's answer. */
	const change = (id: RoundId, index: number, answer: Answer | null, hand: Partial<Hand>): void => {
		const next = bumped(id, hand);
		const { outcome = null, note = '' } = answer ?? {};
		const evidence = JSON.stringify(boundEvidence(answer?.evidence ?? []));
		const { at = null, by = null } = hand;
		const row = insertAnswer.run(id, index, next, outcome, note, at, by, evidence);
		setAnswer.run(row.lastInsertRowid, next, id, index);
		if (answer) dropDraft.run(id, index, answer.by);
	};
	/** What a fill rests on is still what the step holds: a launched step may have run again, which counts no version. */
	const stillFills = (id: RoundId, { index, answer }: Signing['fills'][number]): boolean => {
		const step = openStep(id, index);
		if (step.outcome !== null) return false;
		const definition = JSON.parse(step.definition) as Round['steps'][number]['definition'];
		return definition.kind !== 'run' || step.found === JSON.stringify(boundEvidence(answer.evidence));
	};

	return {
		begin: (round) =>
			connection.write(() => {
				const there = open.all(environment).find((row) => row.sheet === round.sheet);
				if (there) throw new Refused(alreadyOpen(there));
				const title = JSON.stringify(round.title);
				const { sheet, dueAt, graceMs, startedAt, startedBy } = round;
				const inserted = insertRound.run(environment, sheet, title, dueAt, graceMs, startedAt, startedBy);
				const id = roundId(Number(inserted.lastInsertRowid));
				for (const [index, step] of round.steps.entries()) insertStep.run(id, index, JSON.stringify(step));
				return load(id);
			}),
		get: (id) =>
			connection.read(() => {
				const row = one.get(environment, id);
				return row === undefined ? null : loaded(row);
			}),
		inProgress: () => connection.read(() => open.all(environment).map(loaded)),
		list: (fromAt, toAt, limit) =>
			connection.read(() => ranged.all(environment, fromAt, toAt, limit).map(loaded)),
		lastSigned: (sheet) =>
			connection.read(() => {
				const row = lastSigned.get(environment, sheet, sheet);
				return row === undefined ? null : loaded(row);
			}),
		answer: (id, index, answer, version, takenBack) =>
			connection.write(() => {
				const step = openStep(id, index);
				if (step.answered_version > version) return { round: load(id), conflict: true };
				// Nothing to take back: no change, no version.
				if (answer === null && step.outcome === null) return { round: load(id), conflict: false };
				change(id, index, answer, answer ?? takenBack ?? {});
				return { round: load(id), conflict: false };
			}),
		note: (id, index, note, version, hand) =>
			connection.write(() => {
				const step = openStep(id, index);
				if (step.noted_version > version) return { round: load(id), conflict: true };
				if (step.note === note) return { round: load(id), conflict: false };
				setNote.run(note, hand.at, hand.by, bumped(id, hand), id, index);
				return { round: load(id), conflict: false };
			}),
		draft: (id, index, text, { at, by }) =>
			connection.write(() => {
				if (index === null) mustBeOpen(rowOf(id));
				else openStep(id, index);
				if (text === null) dropDraft.run(id, index ?? SIGN_OFF, by);
				else setDraft.run(id, index ?? SIGN_OFF, by, text, at);
			}),
		found: (id, index, evidence) =>
			connection.write(() => {
				openStep(id, index);
				const text = JSON.stringify(boundEvidence(evidence));
				setFound.run(text, id, index, text);
			}),
		sign: (id, { version, fills, signOff, snapshot, claimedBy }) =>
			connection.write(() => {
				const row = rowOf(id);
				mustBeOpen(row);
				if (row.version !== version || !fills.every((fill) => stillFills(id, fill)))
					return { round: load(id), conflict: true };
				for (const { index, answer } of fills) change(id, index, answer, answer);
				const { at, by, note, demo } = signOff;
				const level = levelCode(worstLevel(load(id).steps.map(levelOfStep)));
				signRound.run(at, by, note, level, demo ? 1 : 0, at, claimedBy, id);
				bumped(id, signOff);
				dropDraft.run(id, SIGN_OFF, by);
				baselines.keep(id, at, snapshot);
				return { round: load(id), conflict: false };
			}),
		unwritten: () => connection.read(() => unwritten.all(environment).map(loaded)),
		claimRecord: (id, hand) =>
			connection.write(() => {
				if (hand === null) return setClaim.run(null, null, id).changes > 0;
				const { at, by } = hand;
				const row = rowOf(id);
				if (row.signed_at === null || row.files !== '[]') return false;
				// A claim from the future was made before the clock was set back.
				if (row.claimed_at !== null && Math.abs(at - row.claimed_at) < CLAIM_MS) return false;
				setClaim.run(at, by, id);
				return true;
			}),
		firstAt: () => connection.read(() => firstAt.get(environment) ?? null),
		signedFiles: (id, files) =>
			connection.write(() => {
				const before = JSON.parse(rowOf(id).files) as string[];
				setFiles.run(JSON.stringify([...new Set([...before, ...files])]), id);
				bumped(id);
				return load(id);
			}),
		baseline: () => connection.read(() => baselines.read()),
		baselineAt: (at) => connection.read(() => baselines.readAt(at)),
		trail: (id) => connection.read(() => trail.all(rowOf(id).id).map(toChange)),
	};
}

function toChange(row: TrailRow): AnswerChange {
	const { step, version, at, by, outcome, note } = row;
	if (outcome === null) return { index: step, version, at, by, answer: null };
	const evidence = JSON.parse(row.evidence) as Answer['evidence'];
	return { index: step, version, at, by, answer: { outcome, note, at: at ?? 0, by: by ?? '', evidence } };
}

function alreadyOpen(row: RoundRow) {
	const { id, sheet, started_by, started_at } = row;
	return fault('io-error', { reason: 'open', round: id, sheet, by: started_by, at: started_at });
}

function alreadySigned(row: RoundRow) {
	return fault('io-error', {
		reason: 'signed',
		round: row.id,
		by: row.signed_by ?? '',
		at: row.signed_at ?? 0,
	});
}
