import type { CheckId } from './ids.ts';
import type { Level } from './level.ts';
import type { CheckState, Flip } from './observation.ts';

export function pendingState(check: CheckId, now: number): CheckState {
	return {
		check,
		level: 'pending',
		hard: false,
		attempt: 0,
		since: now,
		hardLevel: 'pending',
		hardSince: now,
		at: 0,
	};
}

/**
 * The next standing of a check. A bad level is soft until it was seen `confirm` times in a row; ok is hard at once, and
 * so is a change from one confirmed bad level to another (that something is wrong is already known). `forMs` asks for time
 * besides: hard only after the level has lasted that long.
 * Source: Icinga's soft and hard states.
 */
export function advance(
	state: CheckState,
	verdict: { readonly level: Level; readonly at: number },
	rules: { readonly confirm: number; readonly forMs?: number },
): { readonly state: CheckState; readonly flip: Flip | null } {
	const { level, at } = verdict;
	const wasBadHard = state.hard && state.level !== 'ok' && state.level !== 'pending';
	const stillBad = state.level !== 'ok' && state.level !== 'pending' && level !== 'ok';
	const attempt = level === 'ok' ? 1 : stillBad ? state.attempt + 1 : 1;
	const since = level === state.level ? state.since : at;
	const isConfirmed = attempt >= rules.confirm && at - since >= (rules.forMs ?? 0);
	const hard = level === 'ok' || wasBadHard || isConfirmed;
	const flips = hard && level !== state.hardLevel;
	const next: CheckState = {
		check: state.check,
		level,
		hard,
		attempt: Math.min(attempt, 1_000_000),
		since,
		hardLevel: hard ? level : state.hardLevel,
		hardSince: flips ? at : state.hardSince,
		at,
	};
	return { state: next, flip: flips ? { check: state.check, at, from: state.hardLevel, to: level } : null };
}

/** No fresh observation within twice the interval (plus the probe's own time): drawn as unknown, never green. */
export function isStale(
	lastAt: number,
	now: number,
	rules: { readonly everyMs: number; readonly timeoutMs: number },
): boolean {
	if (lastAt <= 0) return false;
	const age = now - lastAt;
	// A time that has not come yet proves a clock that was set back, not a fresh value.
	return age > 2 * rules.everyMs + rules.timeoutMs || age < -rules.timeoutMs;
}
