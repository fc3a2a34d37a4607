import { instantOf, localDay } from './schedule.ts';

/** How often a step of a round, or a manual security item, must be done. */
export const CADENCES = ['daily', 'weekly', 'monthly', 'quarterly', 'yearly'] as const;
export type Cadence = (typeof CADENCES)[number];

/** When the period that `at` lies in began, by the zone's own calendar; weeks begin on Monday. */
export function periodStart(cadence: Cadence, at: number, zone: string): number {
	const { year, month, day } = localDay(at, zone);
	switch (cadence) {
		case 'daily':
			return instantOf({ year, month, day }, 0, zone);
		case 'weekly': {
			const weekday = (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
			const monday = new Date(Date.UTC(year, month - 1, day - weekday));
			return instantOf(
				{ year: monday.getUTCFullYear(), month: monday.getUTCMonth() + 1, day: monday.getUTCDate() },
				0,
				zone,
			);
		}
		case 'monthly':
			return instantOf({ year, month, day: 1 }, 0, zone);
		case 'quarterly':
			return instantOf({ year, month: month - ((month - 1) % 3), day: 1 }, 0, zone);
		case 'yearly':
			return instantOf({ year, month: 1, day: 1 }, 0, zone);
	}
}

/** When the period after the one of `at` begins. */
export function nextPeriod(cadence: Cadence, at: number, zone: string): number {
	const { year, month, day } = localDay(periodStart(cadence, at, zone), zone);
	const days = cadence === 'daily' ? 1 : cadence === 'weekly' ? 7 : 0;
	const months = { daily: 0, weekly: 0, monthly: 1, quarterly: 3, yearly: 12 }[cadence];
	const first = new Date(Date.UTC(year, month - 1 + months, day + days));
	return instantOf(
		{ year: first.getUTCFullYear(), month: first.getUTCMonth() + 1, day: first.getUTCDate() },
		0,
		zone,
	);
}

/** Whether something done last at `doneAt` (null: never) is due again in the period of `now`. */
export function isDueAgain(cadence: Cadence, doneAt: number | null, now: number, zone: string): boolean {
	return doneAt === null || doneAt < periodStart(cadence, now, zone);
}
