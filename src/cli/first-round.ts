import type { Engine, EngineEvent } from '../domain/engine.ts';
import type { SystemFace } from '../domain/picture.ts';
import { isDone, standingOf } from '../domain/round.ts';
import { instantOf, localDay, occurrences } from '../domain/schedule.ts';

/** How long the embedded system may take to answer the first time. */
const ROUNDS_OF_ASKING = 5;

/**
 * The embedded demo's earlier round, walked through the ordinary commands and signed for the day before, so that a
 * newcomer has a baseline to drift from. Does nothing where a round was signed before. Returns whether it signed one.
 */
export async function signFirstRound(
	engine: Engine,
	now: number,
	words: { readonly answer: string; readonly note: string },
): Promise<boolean> {
	const before = await engine.send('rounds.list', { limit: 1 });
	if (!before.ok || before.value.rounds.length > 0) return false;
	let face: SystemFace | null = null;
	const seen = (event: EngineEvent) => {
		if (event.kind === 'system') face = event.face;
	};
	engine.subscribe(seen)();
	const known = face as SystemFace | null;
	const sheet = known?.sheets.find((s) => s.atMinute !== null);
	if (!known || !sheet) return false;
	const midnight = instantOf(localDay(now, known.timezone), 0, known.timezone);
	const dueAt = occurrences(sheet, midnight - 1, known.timezone)?.last ?? null;
	const begun = await engine.send('round.begin', { sheet: sheet.id, dueAt });
	if (!begun.ok) return false;
	const id = begun.value.round.id;
	let { round } = begun.value;

	// What compares with other checks' values settles after those were read once.
	for (let turn = 0; turn < ROUNDS_OF_ASKING; turn += 1) {
		await engine.send('checks.ask', { checks: [] });
		const noted = await engine.send('round.note', { round: id, step: 0, note: null, version: round.version });
		if (noted.ok) round = noted.value.round;
		// The first time some values that others are compared with were not there yet.
		if (turn > 0 && round.steps.every((s) => s.definition.kind !== 'check' || isDone(standingOf(s)))) break;
	}
	for (const step of round.steps) {
		if (step.definition.kind === 'run') {
			const started = await engine.send('operation.start', {
				action: step.definition.action,
				step: { round: id, index: step.index },
				confirmed: null,
			});
			if (started.ok) await ended(engine, started.value.operation.id);
		}
		const noted = await engine.send('round.note', {
			round: id,
			step: step.index,
			note: null,
			version: round.version,
		});
		if (!noted.ok) return false;
		round = noted.value.round;
		const present = round.steps[step.index];
		if (!present || (step.definition.kind !== 'ask' && isDone(standingOf(present)))) continue;
		const outcome = step.definition.kind === 'ask' ? 'ok' : 'accept';
		const answered = await engine.send('round.answer', {
			round: id,
			step: step.index,
			outcome,
			note: words.answer,
			version: round.version,
		});
		if (answered.ok) round = answered.value.round;
	}
	const signed = await engine.send('round.sign', { round: id, note: words.note, version: round.version });
	return signed.ok;
}

function ended(engine: Engine, id: number): Promise<void> {
	return new Promise((resolve) => {
		let stop: () => void = () => {};
		let over = false;
		stop = engine.subscribe((event) => {
			if (event.kind !== 'operation' || event.operation.id !== id || event.operation.state === 'running')
				return;
			over = true;
			stop();
			resolve();
		});
		if (over) stop();
	});
}
