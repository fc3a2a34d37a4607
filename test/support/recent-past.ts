import type { Observation } from '../../src/domain/observation.ts';
import type { Figure, Recent, RecentAsk } from '../../src/domain/storage-port.ts';

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
		if (newest === undefined) return [];
		return [
			{
				check,
				newest,
				ats: own.map(({ at }) => at),
				levels: own.map(({ level }) => level),
				durationsMs: own.map(({ durationMs }) => durationMs),
				hasReading: own.map((each) => Object.keys(each.samples).length > 0),
				values: samples.map((name) => own.map((each) => figureOf(each, name))),
			},
		];
	});
}

function figureOf({ samples }: Observation, name: string): Figure {
	const value = Object.hasOwn(samples, name) ? (samples[name] ?? null) : null;
	if (typeof value === 'boolean') return value;
	return typeof value === 'object' && value !== null ? Number(value.number) : null;
}
