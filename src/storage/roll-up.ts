import { toNumber } from '../domain/decimal.ts';
import { isWorse, type Level } from '../domain/level.ts';
import { isQuantity, type SampleValue } from '../domain/value.ts';
import { ByteWriter } from './bytes.ts';
import { levelCode, levelOf } from './codes.ts';
import type { PackedRow } from './hour-codec.ts';

/** Figures of one series in one hour. `sample` null is the duration in milliseconds. */
export interface RollUp {
	readonly sample: string | null;
	/** Observations of the check, and those neither ok nor warning. */
	readonly n: number;
	readonly bad: number;
	readonly worst: number;
	/** How many of them had a number here; the figures below are of these, null of none. */
	readonly numbers: number;
	readonly min: number | null;
	readonly max: number | null;
	readonly sum: number | null;
	readonly p50: number | null;
	readonly p95: number | null;
	readonly p99: number | null;
	/** Counts by size class (`sizeClass`), so that percentiles of days can be made. */
	readonly histogram: Buffer | null;
}

const CLASSES_PER_DOUBLING = 4;
const SMALLEST_CLASS = -80;

export function isGood(level: Level): boolean {
	return level === 'ok' || level === 'warning';
}

/** A sample as a number for drawing and percentiles; true is 1. */
export function plotted(value: SampleValue | undefined): number | null {
	if (typeof value === 'boolean') return value ? 1 : 0;
	if (value === undefined || value === null || !isQuantity(value) || typeof value === 'string') return null;
	const number = toNumber(value.number);
	return Number.isFinite(number) ? number : null;
}

export function rollUp(rows: readonly PackedRow[]): RollUp[] {
	const series = new Map<string, { readonly numbers: number[]; timed: boolean }>();
	for (const { samples } of rows) {
		for (const [name, value] of Object.entries(samples)) {
			const number = plotted(value);
			if (number === null) continue;
			const known = series.get(name) ?? { numbers: [], timed: false };
			known.numbers.push(number);
			known.timed ||= typeof value === 'object' && value !== null && value.unit === 'ms';
			series.set(name, known);
		}
	}
	const standing = standingOf(rows);
	const durations = rows.map((row) => row.durationUs / 1000);
	return [
		{ sample: null, ...standing, ...figures(durations, true) },
		...[...series].map(([sample, { numbers, timed }]) => ({
			sample,
			...standing,
			...figures(numbers, timed),
		})),
	];
}

function standingOf(rows: readonly PackedRow[]): Pick<RollUp, 'n' | 'bad' | 'worst'> {
	let worst: Level = 'ok';
	let bad = 0;
	for (const row of rows) {
		const level = levelOf(row.level);
		if (!isGood(level)) bad++;
		if (isWorse(level, worst)) worst = level;
	}
	return { n: rows.length, bad, worst: levelCode(worst) };
}

function figures(values: readonly number[], timed: boolean): Omit<RollUp, 'sample' | 'n' | 'bad' | 'worst'> {
	if (values.length === 0) {
		return { numbers: 0, min: null, max: null, sum: null, p50: null, p95: null, p99: null, histogram: null };
	}
	const sorted = Float64Array.from(values).sort();
	const rank = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
	const [min, max] = [sorted[0]!, sorted.at(-1)!];
	const sum = values.reduce((total, value) => total + value, 0);
	const spread = timed && min !== max;
	const percentiles = { p50: rank(0.5), p95: rank(0.95), p99: rank(0.99) };
	return {
		numbers: values.length,
		min,
		max,
		sum,
		...percentiles,
		histogram: spread ? histogram(sorted) : null,
	};
}

/** The class of a size: four to each doubling, so within 19 % of each other. */
export function sizeClass(value: number): number {
	if (!(value > 0)) return SMALLEST_CLASS;
	return Math.max(SMALLEST_CLASS, Math.floor(Math.log2(value) * CLASSES_PER_DOUBLING));
}

function histogram(sorted: Float64Array): Buffer {
	const counts = new Map<number, number>();
	for (const value of sorted) {
		const size = sizeClass(value);
		counts.set(size, (counts.get(size) ?? 0) + 1);
	}
	const to = new ByteWriter();
	to.count(counts.size);
	let before = 0;
	for (const [size, count] of counts) {
		to.signed(size - before);
		to.count(count);
		before = size;
	}
	return to.take();
}
