export type Quantile =
	| { readonly kind: 'value'; readonly value: number; readonly floor: number }
	/** It lies above the last bucket that has an end. */
	| { readonly kind: 'beyond'; readonly floor: number }
	/** No bucket `+Inf`, or nothing but it. */
	| { readonly kind: 'no-buckets' };

/**
 * A quantile of what a histogram counted: `counts` are cumulative, by upper bound. Within a bucket observations are taken to
 * lie evenly, as Prometheus takes them; `floor` is the lower bound of that bucket, below which it surely is not.
 */
export function quantileOf(share: number, counts: ReadonlyMap<number, number>): Quantile {
	const bounds = [...counts.keys()].sort((a, b) => a - b);
	if (bounds.at(-1) !== Number.POSITIVE_INFINITY || bounds.length < 2) return { kind: 'no-buckets' };
	// A page is written while others count: a bucket never holds fewer than the one before it.
	let most = 0;
	const cumulative = bounds.map((bound) => {
		most = Math.max(most, counts.get(bound) ?? 0);
		return most;
	});
	const rank = share * most;
	const index = cumulative.findIndex((count) => count >= rank);
	const upper = bounds[index] as number;
	const isFirst = index === 0;
	const floor = isFirst ? Math.min(0, upper) : (bounds[index - 1] as number);
	if (upper === Number.POSITIVE_INFINITY) return { kind: 'beyond', floor };
	if (isFirst && upper <= 0) return { kind: 'value', value: upper, floor: upper };
	const below = isFirst ? 0 : (cumulative[index - 1] as number);
	const inside = (cumulative[index] as number) - below;
	const part = inside > 0 ? (rank - below) / inside : 1;
	return { kind: 'value', value: floor + (upper - floor) * part, floor };
}
