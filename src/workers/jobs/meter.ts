import type { Progress } from '../../domain/backup.ts';

/** Often enough for a bar that moves, seldom enough to cost nothing. */
const EVERY_MS = 125;

export interface Meter {
	add(count: number): void;
	/** Says where it stands, whenever that was said last. */
	end(): void;
}

export function createMeter(
	report: (progress: Progress) => void,
	phase: Progress['phase'],
	total: number | null,
	unit: Progress['unit'] = 'bytes',
): Meter {
	let done = 0;
	let toldAt = performance.now();
	const tell = () => report({ phase, done, total, unit });
	tell();
	return {
		add(count) {
			done += count;
			if (performance.now() - toldAt < EVERY_MS) return;
			toldAt = performance.now();
			tell();
		},
		end: tell,
	};
}
