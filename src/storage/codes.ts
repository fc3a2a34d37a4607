import { LEVELS, type Level } from '../domain/level.ts';
import { DamagedRow } from './faults.ts';

/** Levels as they are stored. Never renumber: old rows keep their numbers. */
const CODES: Readonly<Record<Level, number>> = { ok: 0, warning: 1, critical: 2, unknown: 3, pending: 4 };
const BY_CODE: readonly Level[] = [...LEVELS].sort((a, b) => CODES[a] - CODES[b]);

export function levelCode(level: Level): number {
	return CODES[level];
}

export function levelOf(code: number): Level {
	const level = BY_CODE[code];
	if (level === undefined) throw new DamagedRow(`stored level ${code}`);
	return level;
}
