import { type Quantity, quantity } from '../domain/value.ts';

/** A measured duration; a hundredth of a millisecond is all that a clock over a network means. */
export function msSample(ms: number): Quantity {
	return quantity(Math.max(0, Math.round(ms * 100) / 100), 'ms');
}

export function bytesSample(bytes: number): Quantity {
	return quantity(bytes, 'bytes');
}

export function countSample(count: number): Quantity {
	return quantity(count);
}

/** A moment, to the second: `age(started) < 10m`. Empty for what is none. */
export function momentSample(at: number): string {
	const date = new Date(Math.floor(at / 1000) * 1000);
	return Number.isNaN(date.getTime()) ? '' : date.toISOString().replace('.000Z', 'Z');
}
