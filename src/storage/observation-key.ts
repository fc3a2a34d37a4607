/**
 * The one number an observation is stored under: time, environment (5 bits) and check (16 bits), so that rows are appended to
 * the newest page in the order of time. A key of several columns splits pages in the middle and writes twice as much.
 * Times reach to the year 2109.
 */
const END_OF_TIME = 2 ** 42 - 1;

/** SQL of the key; binds time, environment, check. */
export const KEY = '((? << 21) | (? << 16) | ?)';
export const AT = '(key >> 21)';
export const CHECK = '(key & 65535)';
/** SQL of a time range; binds from `rangeOf`. */
export const IN_RANGE = 'key >= (? << 21) AND key < (? << 21) AND (key >> 16) & 31 = ?';

/** From the first time to just before the second, in one environment. */
export function rangeOf(fromAt: number, beforeAt: number, environment: number): [number, number, number] {
	return [clamp(fromAt), clamp(beforeAt), environment];
}

function clamp(at: number): number {
	return Math.min(Math.max(0, at), END_OF_TIME);
}
