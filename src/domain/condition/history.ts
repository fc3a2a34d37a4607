import { absolute, add, divide, parseDecimal, subtract } from '../decimal.ts';

export interface Point {
	readonly at: number;
	readonly value: number;
}

/** How wide the window is, and the value of this very reading, which history does not hold yet. */
export interface Reach {
	readonly ms: number;
	readonly now: Point;
}

/** A tendency is told from no fewer points than make three parts of two. */
const TREND_POINTS = 6;

/** The function of a sample's history as a decimal, or null when there are too few points. Points are oldest first. */
export function overHistory(name: string, points: readonly Point[], reach?: Reach): string | null {
	const usable = points.filter((point) => Number.isFinite(point.value));
	if (name === 'growth') return growthOf(withNow(usable, reach), reach?.ms ?? 0);
	if (name === 'changes') return changesOf(withNow(usable, reach));
	if (usable.length === 0) return null;
	switch (name) {
		case 'avg':
			return divide(sumOf(usable.map((point) => point.value)), String(usable.length));
		case 'rate':
			return rateOf(usable);
		case 'ratio':
			return divide(String(usable.filter((point) => point.value !== 0).length), String(usable.length));
		default:
			return percentile(usable, Number(name.slice(1)));
	}
}

/** Nearest rank: always a value that was really measured, never one between two. */
function percentile(points: readonly Point[], percent: number): string {
	const sorted = Float64Array.from(points, (point) => point.value).sort();
	const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
	return decimal(sorted[rank - 1] as number);
}

/** Growth of a counter per second; a fall is a restart, after which it counted from zero. One instant has no rate. */
function rateOf(points: readonly Point[]): string | null {
	const [first, last] = [points[0] as Point, points.at(-1) as Point];
	const steps = points.slice(1).map((point, index) => {
		const before = (points[index] as Point).value;
		return point.value >= before ? point.value - before : point.value;
	});
	return divide(sumOf(steps), decimal((last.at - first.at) / 1000));
}

function sumOf(values: readonly number[]): string {
	let total = 0;
	for (const value of values) {
		if (!Number.isInteger(value)) return values.map(decimal).reduce(add, '0');
		total += value;
		if (!Number.isSafeInteger(total)) return values.map(decimal).reduce(add, '0');
	}
	return decimal(total);
}

function decimal(value: number): string {
	return parseDecimal(String(value)) ?? '0';
}

function withNow(points: readonly Point[], reach: Reach | undefined): readonly Point[] {
	if (reach === undefined || !Number.isFinite(reach.now.value)) return points;
	return (points.at(-1)?.at ?? Number.NEGATIVE_INFINITY) < reach.now.at ? [...points, reach.now] : points;
}

/**
 * How far the newest third lies above the oldest third, as a part of the oldest: medians, so that one peak is no growth and
 * ups and downs are none either. Before half of the window has been seen nothing can be said.
 */
function growthOf(points: readonly Point[], ms: number): string | null {
	const [first, last] = [points[0], points.at(-1)];
	if (first === undefined || last === undefined || points.length < TREND_POINTS) return null;
	if (last.at - first.at < ms / 2) return null;
	const third = Math.floor(points.length / 3);
	const [before, after] = [percentile(points.slice(0, third), 50), percentile(points.slice(-third), 50)];
	return divide(subtract(after, before), absolute(before));
}

/** How often a value was another than the one before it: a process number that changed is a restart. */
function changesOf(points: readonly Point[]): string | null {
	if (points.length < 2) return null;
	return String(points.filter((point, at) => at > 0 && point.value !== points[at - 1]?.value).length);
}
