import { add, divide, parseDecimal } from '../decimal.ts';

export interface Point {
	readonly at: number;
	readonly value: number;
}

/** The function of a sample's history as a decimal, or null when there are too few points. Points are oldest first. */
export function overHistory(name: string, points: readonly Point[]): string | null {
	const usable = points.filter((point) => Number.isFinite(point.value));
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
