import type { Progress } from '../../domain/backup.ts';
import type { ProgressPicture } from '../../domain/backup-picture.ts';
import type { Clock } from '../../domain/ports.ts';

/** The rate is that of the last seconds, so that a slow beginning does not spoil it for the whole way. */
const WINDOW_MS = 5_000;
const LEAST_MS = 1_000;

/** Adds rate and time left to what workers report. A new phase begins anew. */
export function createPace(
	clock: Clock,
	tell: (progress: ProgressPicture) => void,
): (progress: Progress) => void {
	let phase: Progress['phase'] | null = null;
	let points: { readonly at: number; readonly done: number }[] = [];
	return (progress) => {
		const at = clock.monotonic();
		if (progress.phase !== phase || progress.done < (points.at(-1)?.done ?? 0)) points = [];
		phase = progress.phase;
		points = [...points.filter((point) => at - point.at <= WINDOW_MS), { at, done: progress.done }];
		const first = points[0];
		const spent = first === undefined ? 0 : at - first.at;
		const rate =
			first === undefined || spent < LEAST_MS ? null : ((progress.done - first.done) / spent) * 1000;
		const { total, done } = progress;
		const leftMs =
			rate === null || rate <= 0 || total === null ? null : (Math.max(0, total - done) / rate) * 1000;
		tell({ ...progress, rate, leftMs });
	};
}
