import { namesClock, withClock, withWord } from '../domain/backup-name.ts';
import type { Cadenced } from '../domain/backup-schedule.ts';

const DAY_MS = 86_400_000;
/** Copies of one day that still get a name (`…20260223-2`) where only the day is in it; one more day of luck is not enough. */
const MOST_A_DAY = 24;

/**
 * What copies are called: as it is written, else as usual for the source; a plan that runs again within a day gets the time of
 * day into its names, and copies before a deployment a word of their own where they would otherwise be called the same.
 */
export function planNames(
	written: { readonly plain: string | undefined; readonly pinned: string | undefined },
	usual: { readonly plain: string; readonly pinned: string },
	schedule: Cadenced | null,
): { readonly plain: string; readonly pinned: string } {
	const isFrequent = runsADay(schedule) > 1;
	const plain = written.plain ?? (isFrequent ? withClock(usual.plain) : usual.plain);
	const pinned = written.pinned ?? (usual.pinned === plain ? withWord(usual.pinned, 'pinned') : usual.pinned);
	return { plain, pinned };
}

/** Whether a day has more runs than its names can be told apart. */
export function lacksClock(name: string, schedule: Cadenced | null): boolean {
	return !namesClock(name) && runsADay(schedule) > MOST_A_DAY;
}

function runsADay(schedule: Cadenced | null): number {
	if (schedule === null) return 0;
	return schedule.kind === 'every' ? DAY_MS / schedule.everyMs : schedule.minutes.length;
}
