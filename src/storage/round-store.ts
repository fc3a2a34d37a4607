import { fault } from '../domain/fault.ts';
import { type RoundId, roundId } from '../domain/ids.ts';
import type { Answer, Round } from '../domain/round.ts';
import type { AnswerChange, RoundStore } from '../domain/storage-port.ts';
import { createBaselines } from './baselines.ts';
import { boundEvidence } from './bounds.ts';
import { levelCode } from './codes.ts';
import type { Connection } from './connection.ts';
import { Refused } from './faults.ts';
import type { Names } from './names.ts';
import { type RoundRow, type StepRow, toRound } from './round-rows.ts';

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
		SELECT s.step, s.definition, s.note, s.draft, s.found, s.answered_version, a.outcome,
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
	const insertRound = db.prepare(`
		INSERT INTO round (environment_id, sheet, title, due_at, grace_ms, started_at, started_by, version) VALUES (?, ?, ?, ?, ?, ?, ?, 0)`);
	const insertStep = db.prepare('INSERT INTO step (round_id, step, definition) VALUES (?, ?, ?)');
	const insertAnswer = db.prepare(
		'INSERT INTO answer (round_id, step, version, outcome, note, at, by, evidence) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
	);
	const setAnswer = db.prepare(
		'UPDATE step SET answer_id = ?, answered_version = ?, draft = NULL WHERE round_id = ? AND step = ?',
	);
	const setNote = db.prepare('UPDATE step SET note = ? WHERE round_id = ? AND step = ?');
	const setDraft = db.prepare('UPDATE step SET draft = ? WHERE round_id = ? AND step = ?');
	const setFound = db.prepare('UPDATE step SET found = ? WHERE round_id = ? AND step = ? AND found <> ?');
	const bump = db.prepare('UPDATE round SET version = version + 1 WHERE id = ?');
	const signRound = db.prepare(
		'UPDATE round SET signed_at = ?, signed_by = ?, signed_note = ?, signed_level = ?, signed_demo = ?, files = ? WHERE id = ?',
	);
	const setFiles = db.prepare('UPDATE round SET files = ? WHERE id = ?');
	const trail = db.prepare<[number], TrailRow>(
		'SELECT step, version, outcome, note, at, by, evidence FROM answer WHERE round_id = ? ORDER BY id',
	);

	const loaded = (row: RoundRow): Round => toRound(row, steps.all(row.id));
	const rowOf = (id: RoundId): RoundRow => {
		const row = one.get(environment, id);
		if (row === undefined) throw new Refused(fault('io-error', { reason: 'missing', round: id }));
		return row;
	};
	const load = (id: RoundId): Round => loaded(rowOf(id));
	const openStep = (id: RoundId, index: number): StepRow => {
		const row = rowOf(id);
		if (row.signed_at !== null) throw new Refused(alreadySigned(row));
		const step = steps.all(id).find((each) => each.step === index);
		if (step === undefined)
			throw new Refused(fault('io-error', { reason: 'missing', round: id, step: index }));
		return step;
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
				bump.run(id);
				const next = rowOf(id).version;
				const at = answer?.at ?? takenBack?.at ?? null;
				const by = answer?.by ?? takenBack?.by ?? null;
				const evidence = JSON.stringify(boundEvidence(answer?.evidence ?? []));
				const row = insertAnswer.run(
					id,
					index,
					next,
					answer?.outcome ?? null,
					answer?.note ?? '',
					at,
					by,
					evidence,
				);
				setAnswer.run(row.lastInsertRowid, next, id, index);
				return { round: load(id), conflict: false };
			}),
		note: (id, index, note) =>
			connection.write(() => {
				openStep(id, index);
				setNote.run(note, id, index);
				bump.run(id);
				return load(id);
			}),
		draft: (id, index, text) =>
			connection.write(() => {
				openStep(id, index);
				setDraft.run(text, id, index);
			}),
		found: (id, index, evidence) =>
			connection.write(() => {
				openStep(id, index);
				const text = JSON.stringify(boundEvidence(evidence));
				setFound.run(text, id, index, text);
			}),
		sign: (id, signOff, snapshot) =>
			connection.write(() => {
				const row = rowOf(id);
				if (row.signed_at !== null) throw new Refused(alreadySigned(row));
				const { at, by, note, level, demo, files } = signOff;
				signRound.run(at, by, note, levelCode(level), demo ? 1 : 0, JSON.stringify(files), id);
				bump.run(id);
				baselines.keep(id, at, snapshot);
				return load(id);
			}),
		signedFiles: (id, files) =>
			connection.write(() => {
				const before = JSON.parse(rowOf(id).files) as string[];
				setFiles.run(JSON.stringify([...new Set([...before, ...files])]), id);
				bump.run(id);
				return load(id);
			}),
		baseline: () => connection.read(() => baselines.read()),
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
