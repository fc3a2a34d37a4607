import type { Observation } from '../../src/domain/observation.ts';
import type { Recent, RecentAsk } from '../../src/domain/storage-port.ts';

/** What `recent` must answer, made from whole observations (oldest first) in the plainest way. */
export function recentPast(
	observations: readonly Observation[],
	asks: readonly RecentAsk[],
	limit: number,
): readonly Recent[] {
	const asked = observations.filter(({ check, at }) =>
		asks.some((ask) => ask.check === check && at >= ask.sinceAt),
	);
	const kept = new Set(asked.slice(Math.max(0, asked.length - limit)));
	return asks.flatMap(({ check, samples }) => {
		const own = asked.filter((each) => each.check === check && kept.has(each));
		const newest = own.at(-1);
		const points = own.map((each) => ({
			at: each.at,
			level: each.level,
			durationMs: each.durationMs,
			hasReading: Object.keys(each.samples).length > 0,
			values: samples.map((name) => {
				const value = Object.hasOwn(each.samples, name) ? (each.samples[name] ?? null) : null;
				if (typeof value === 'boolean') return value;
				return typeof value === 'object' && value !== null ? Number(value.number) : null;
			}),
		}));
		return newest === undefined ? [] : [{ check, newest, points }];
	});
}
