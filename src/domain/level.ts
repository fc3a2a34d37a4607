/** How a check stands. `pending` only before its first observation. Source: Nagios plugin guidelines. */
export const LEVELS = ['ok', 'warning', 'critical', 'unknown', 'pending'] as const;
export type Level = (typeof LEVELS)[number];

/** Which level needs a person first; unknown ranks below critical, above warning, because nobody knows. */
const URGENCY: Readonly<Record<Level, number>> = { ok: 0, pending: 1, warning: 2, unknown: 3, critical: 4 };

export function isWorse(a: Level, b: Level): boolean {
	return URGENCY[a] > URGENCY[b];
}

/** The most urgent of several levels; `ok` of none. */
export function worstLevel(levels: Iterable<Level>): Level {
	let worst: Level = 'ok';
	for (const level of levels) if (isWorse(level, worst)) worst = level;
	return worst;
}

/** The exit code a headless command ends with: 0 ok, 1 warning, 2 critical, 3 unknown or pending. */
export function exitCodeOf(level: Level): 0 | 1 | 2 | 3 {
	switch (level) {
		case 'ok':
			return 0;
		case 'warning':
			return 1;
		case 'critical':
			return 2;
		default:
			return 3;
	}
}
