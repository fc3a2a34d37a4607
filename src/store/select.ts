import { isStale } from '../domain/check-state.ts';
import type { CheckId, RoundId } from '../domain/ids.ts';
import { type Level, worstLevel } from '../domain/level.ts';
import type { CheckFace, PlannedRound } from '../domain/picture.ts';
import { doneSteps, type Round } from '../domain/round.ts';
import type { OperationPicture, PictureState } from './state.ts';

export interface Counts {
	readonly critical: number;
	readonly warning: number;
	readonly unknown: number;
	readonly total: number;
}

/** A check's level as it may be drawn: without a fresh observation it is unknown, never green. */
export function levelOf(state: PictureState, face: CheckFace, now: number): Level {
	const check = state.checks.get(face.id);
	if (!check || check.hushed?.kind === 'hours') return 'pending';
	return isStale(check.at, now, face) ? 'unknown' : check.level;
}

export function isStaleCheck(state: PictureState, face: CheckFace, now: number): boolean {
	return isStale(state.checks.get(face.id)?.at ?? 0, now, face);
}

export function countsOf(state: PictureState, now: number): Counts {
	const counts = { critical: 0, warning: 0, unknown: 0, total: 0 };
	for (const face of state.face?.checks ?? []) {
		const level = levelOf(state, face, now);
		counts.total += 1;
		// What is planned, or follows from another's trouble, is not counted a second time.
		if (state.checks.get(face.id)?.hushed) continue;
		if (level === 'critical' || level === 'warning' || level === 'unknown') counts[level] += 1;
	}
	for (const { level } of state.backups ?? [])
		if (level === 'critical' || level === 'warning' || level === 'unknown') counts[level] += 1;
	return counts;
}

/** How the backup plans stand as a whole: their worst; `ok` while nobody has told of any. */
export function worstPlan(state: PictureState): Level {
	return worstLevel((state.backups ?? []).map(({ level }) => level));
}

export function worstOf(state: PictureState, checks: readonly CheckFace[], now: number): Level {
	return worstLevel(checks.map((face) => levelOf(state, face, now)));
}

export function checkFace(state: PictureState, id: CheckId): CheckFace | null {
	return state.face?.checks.find((face) => face.id === id) ?? null;
}

/** The round a person is most likely in: the one this operator looks at, else the newest in progress. */
export function openRound(state: PictureState): Round | null {
	const open = [...state.rounds.values()].filter((round) => !round.signed);
	const looking = state.polling?.present.find((p) => p.mine)?.looking ?? null;
	return open.find((round) => round.id === looking) ?? open.at(-1) ?? null;
}

export interface RoundClock {
	readonly sheet: PlannedRound['sheet'];
	readonly round: RoundId | null;
	readonly standing: PlannedRound['standing'];
	readonly done: number;
	readonly steps: number;
	readonly dueAt: number | null;
	readonly lateAt: number | null;
}

/** What the first line says about rounds: the open one, else one that is due or late, else the next. null: none planned. */
export function roundClock(state: PictureState, now: number): RoundClock | null {
	const open = openRound(state);
	if (open) {
		const lateAt = open.dueAt === null ? null : open.dueAt + open.graceMs;
		return {
			sheet: open.sheet,
			round: open.id,
			standing: 'in-progress',
			done: doneSteps(open),
			steps: open.steps.length,
			dueAt: open.dueAt,
			lateAt,
		};
	}
	const wanted =
		state.plan.find((p) => p.standing === 'late') ??
		state.plan.find((p) => p.standing === 'due') ??
		state.plan.filter((p) => p.standing === 'planned' && p.dueAt > now).sort((a, b) => a.dueAt - b.dueAt)[0];
	if (!wanted) return null;
	const sheet = state.face?.sheets.find((s) => s.id === wanted.sheet);
	return { ...wanted, done: 0, steps: sheet?.steps.length ?? 0 };
}

export function runningOperations(state: PictureState): readonly OperationPicture[] {
	return [...state.operations.values()].filter((o) => o.operation.state === 'running');
}

/** Newest first. */
export function recentOperations(state: PictureState): readonly OperationPicture[] {
	return [...state.operations.values()].sort((a, b) => b.operation.startedAt - a.operation.startedAt);
}
