import type { LogFilter, LogLine } from '../domain/log-line.ts';
import type { LogWindow, PictureState } from '../store/index.ts';

export const SOURCE_CHOICE = 'log-source';
export const LEVEL_CHOICE = 'log-level';
export const SEARCH_CHOICE = 'log-search';
export const FOLLOW_CHOICE = 'log-follow';
export const SHIFT_CHOICE = 'log-shift';

/** `l` goes through them in this order; '' shows all. */
export const LOG_LEVELS = ['', 'error', 'warning', 'info'] as const;

/** What the operator wants to see now: which source (null: all of them), from which level, holding which text. */
export function wantedLogs(state: PictureState): Pick<LogWindow, 'source' | 'filter'> {
	const { choices } = state.view;
	const level = LOG_LEVELS.find((name) => name === choices[LEVEL_CHOICE]) ?? '';
	const filter: LogFilter = {
		level: level === '' ? null : level,
		text: choices[SEARCH_CHOICE] || null,
		sinceAt: null,
	};
	return { source: choices[SOURCE_CHOICE] || null, filter };
}

export function isWanted(window: Pick<LogWindow, 'source' | 'filter'>, state: PictureState): boolean {
	const wanted = wantedLogs(state);
	return (
		window.source === wanted.source &&
		window.filter.level === wanted.filter.level &&
		window.filter.text === wanted.filter.text
	);
}

export function isFollowing(state: PictureState): boolean {
	return state.view.choices[FOLLOW_CHOICE] !== 'off';
}

/** Columns by which the text is scrolled to the right. */
export function logShift(state: PictureState): number {
	return Number(state.view.choices[SHIFT_CHOICE] ?? 0) || 0;
}

export function linesHeld(window: LogWindow | null): readonly LogLine[] {
	return window ? window.pages.flatMap((page) => page.lines) : [];
}

/** The line in hand: the newest while new lines are followed. */
export function logInHand(state: PictureState): string | null {
	const lines = linesHeld(state.fetched.logs);
	const selected = state.view.places['logs']?.selected;
	if (!isFollowing(state) && lines.some((line) => line.key === selected)) return selected ?? null;
	return lines.at(-1)?.key ?? null;
}

/** Sources to switch through: all together first. */
export function logSources(state: PictureState): readonly (string | null)[] {
	return [null, ...(state.face?.services ?? []).filter((s) => s.hasLogs).map((s) => s.id)];
}
