import { describe, expect, it } from 'vitest';
import type { Progress } from '../../src/domain/backup.ts';
import type { ProgressPicture } from '../../src/domain/backup-picture.ts';
import { createPace } from '../../src/services/backups/progress.ts';
import { createFakeClock } from '../support/fake-clock.ts';

function pace() {
	const clock = createFakeClock();
	const told: ProgressPicture[] = [];
	const tell = createPace(clock, (progress) => told.push(progress));
	return {
		async at(ms: number, done: number, extra: Partial<Progress> = {}) {
			await clock.advance(ms);
			tell({ phase: 'copy', done, total: 10_000, unit: 'bytes', ...extra });
			return told.at(-1)!;
		},
	};
}

describe('how far a long task is', () => {
	it('has no rate before a second has passed, then that of the last seconds', async () => {
		const of = pace();
		expect(await of.at(0, 0)).toMatchObject({ rate: null, leftMs: null });
		expect(await of.at(500, 100)).toMatchObject({ rate: null });
		expect(await of.at(500, 1_000)).toMatchObject({ rate: 1_000, leftMs: 9_000 });
		await of.at(5_000, 1_100);
		// The slow seconds count alone by now.
		const { rate } = await of.at(4_000, 1_180);
		expect(rate).toBe(20);
	});

	it('tells no time that nobody knows, and never one below nothing', async () => {
		const of = pace();
		await of.at(0, 0, { total: null });
		expect(await of.at(2_000, 500, { total: null })).toMatchObject({ rate: 250, leftMs: null });
		expect(await of.at(1_000, 20_000, { total: 10_000 })).toMatchObject({ leftMs: 0 });
		const still = pace();
		await still.at(0, 700);
		expect(await still.at(3_000, 700)).toMatchObject({ rate: 0, leftMs: null });
	});

	it('begins anew with each phase, and where it goes back', async () => {
		const of = pace();
		await of.at(0, 0);
		await of.at(2_000, 8_000);
		expect(await of.at(100, 0, { phase: 'hash' })).toMatchObject({ rate: null, leftMs: null });
		expect(await of.at(2_000, 100, { phase: 'hash' })).toMatchObject({ rate: 50 });
		expect(await of.at(100, 10, { phase: 'hash' })).toMatchObject({ rate: null });
	});
});
