import type { Level } from './level.ts';

/** How many observations are looked back on. */
export const FLAPPING_MEMORY = 20;
/** Share of weighted changes above which a check flaps, and below which it no longer does. Source: Icinga. */
const HIGH = 0.3;
const LOW = 0.25;

/** The newest levels of a check, oldest first, and whether it was flapping before this one. */
export interface FlappingState {
	readonly levels: readonly Level[];
	readonly flapping: boolean;
}

export const STEADY: FlappingState = { levels: [], flapping: false };

/** The same as observing one after the other. */
export function observeLevels(state: FlappingState, levels: readonly Level[]): FlappingState {
	const all = [...state.levels, ...levels];
	// Mostly nothing has changed, and what has not changed does not flap.
	if (all.every((level) => level === all[0]))
		return { levels: all.slice(-(FLAPPING_MEMORY + 1)), flapping: false };
	return levels.reduce(observeLevel, state);
}

/** Recent changes weigh more (0.8 for the oldest to 1.2 for the newest), so that a check settles in reasonable time. */
export function observeLevel(state: FlappingState, level: Level): FlappingState {
	const levels = [...state.levels, level].slice(-(FLAPPING_MEMORY + 1));
	const changes = levels.length - 1;
	// Too little is known to call anything flapping.
	if (changes < FLAPPING_MEMORY / 2) return { levels, flapping: false };
	let weighted = 0;
	let whole = 0;
	for (let i = 1; i < levels.length; i += 1) {
		const weight = 0.8 + (0.4 * (i - 1)) / Math.max(1, changes - 1);
		whole += weight;
		if (levels[i] !== levels[i - 1]) weighted += weight;
	}
	const share = weighted / whole;
	return { levels, flapping: share > (state.flapping ? LOW : HIGH) };
}
