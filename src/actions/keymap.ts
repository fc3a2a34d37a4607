import type { Action, Place } from './define.ts';
/** Two actions that would answer to one key in one place. The first keeps it. */
export interface KeyConflict {
	readonly key: string;
	readonly kept: string;
	readonly lost: string;
}

export interface Keymap {
	/** The action a key means in a place, or null. `anywhere` holds the global ones. */
	find(place: Place | 'anywhere', key: string): Action | null;
	/** The keys that reach an action now. */
	keysOf(action: Action): readonly string[];
	readonly conflicts: readonly KeyConflict[];
}

/** `remapped`: action id → key, from the configuration. Remapping takes all the action's own keys away. */
export function createKeymap(
	actions: readonly Action[],
	remapped: Readonly<Record<string, string>> = {},
): Keymap {
	const byPlace = new Map<string, Map<string, Action>>();
	const keys = new Map<string, string[]>();
	const conflicts: KeyConflict[] = [];
	// What a person chose on purpose comes first and wins.
	const ordered = [...actions].sort((a, b) => Number(b.id in remapped) - Number(a.id in remapped));
	for (const action of ordered) {
		const chosen = remapped[action.id];
		for (const key of chosen === undefined ? action.keys : [chosen]) {
			for (const place of action.where === 'anywhere' ? ['anywhere'] : action.where) {
				const map = byPlace.get(place) ?? new Map<string, Action>();
				byPlace.set(place, map);
				const holder = map.get(key);
				if (holder) {
					conflicts.push({ key, kept: holder.id, lost: action.id });
					continue;
				}
				map.set(key, action);
				const known = keys.get(action.id) ?? [];
				if (!known.includes(key)) keys.set(action.id, [...known, key]);
			}
		}
	}
	return {
		find: (place, key) => byPlace.get(place)?.get(key) ?? null,
		keysOf: (action) => keys.get(action.id) ?? [],
		conflicts,
	};
}

const SIGNS: Readonly<Record<string, string>> = {
	enter: '↵',
	up: '↑',
	down: '↓',
	left: '←',
	right: '→',
	pgdn: 'PgDn',
	pgup: 'PgUp',
};

/** A key as it is drawn: `↵`, `space`, `ctrl-l`. */
export function keyText(key: string): string {
	return SIGNS[key] ?? key;
}
