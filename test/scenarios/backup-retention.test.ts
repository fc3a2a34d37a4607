import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../src/domain/engine.ts';
import { planId } from '../../src/domain/ids.ts';
import {
	carryOut,
	copiesOf,
	manifestAt,
	planOf,
	shiftedWorld,
	standing,
	treeOf,
} from '../support/backup-world.ts';
import { makeSystem, openTest, polls } from '../support/engine.ts';

const DAY = 86_400_000;
const START = Date.parse('2025-11-01T12:00:00Z');

/** A site that is backed up while its clock is set on; what is copied differs every time. */
async function openSite(more: string, startAt = START) {
	const system = makeSystem(
		`version: 1
system: Site
checks:
  there: {kind: file, path: www/index.html, every: 1h, must: [size > 0]}
backups:
  www: {source: files, files: www/**, to: backups/, prove: [there]${more}}
`,
		{ 'www/index.html': '<p>0\n' },
	);
	const clock = shiftedWorld(startAt);
	const engine = await openTest(system.options({ world: clock.world }));
	const folder = join(system.folder, 'backups');
	let turn = 0;
	const backUp = async (args = {}) => {
		turn += 1;
		system.write('www/index.html', `<p>${turn}\n`);
		const { operation } = await carryOut(engine, 'backup', 'www', args);
		expect(operation.level).toBe('ok');
		return (operation.files[0] ?? '').split('/').at(-1) ?? '';
	};
	return {
		system,
		clock,
		engine,
		folder,
		backUp,
		/** So many backups, a day between each; the clock stands at the last one. */
		async nights(count: number) {
			const names = [await backUp()];
			while (names.length < count) {
				clock.shift(DAY);
				names.push(await backUp());
			}
			return names;
		},
		preview: () => engine.send('backup.prune-preview', { plan: planId('www') }),
		prune: (args = {}) => carryOut(engine, 'prune', 'www', args),
	};
}

const names = (copies: readonly { readonly name: string }[]) => copies.map(({ name }) => name);

describe('retention', { timeout: 60_000 }, () => {
	it('removes exactly what was previewed, the manifest with the copy, and nothing of anybody else', async () => {
		const site = await openSite(', keep: {days: 3}');
		const made = await site.nights(6);
		const foreign = join(site.folder, 'www.20250101.tar.gz');
		writeFileSync(foreign, 'made by hand\n');
		writeFileSync(join(site.folder, 'notes.json'), '{"my": "notes"}\n');
		mkdirSync(join(site.folder, 'www.20250102.tar.gz'));
		symlinkSync(foreign, join(site.folder, 'www.20250103.tar.gz'));
		writeFileSync(join(site.folder, '.rounds-0123.part'), 'being written by somebody\n');
		const before = treeOf(site.folder);
		const preview = await site.preview();
		expect(names(preview.remove)).toEqual(made.slice(0, 3));
		expect(preview.freesBytes).toBe(preview.remove.reduce((sum, { bytes }) => sum + bytes, 0));
		expect(preview.keep.map(({ copy, because }) => [copy.name, because])).toEqual([
			[made[5], 'last-good'],
			[made[4], 'young'],
			[made[3], 'young'],
		]);
		expect(preview.parts).toEqual([]);
		expect(treeOf(site.folder)).toEqual(before);
		const { operation, output } = await site.prune();
		expect(operation).toMatchObject({ level: 'ok', samples: { removed: { number: '3' } } });
		const left = { ...before };
		for (const { name } of preview.remove) {
			expect(output).toContain(`removed ${name}`);
			delete left[name];
			delete left[`${name}.json`];
		}
		expect(treeOf(site.folder)).toEqual(left);
		expect((await site.prune()).output).toContain('nothing is to be removed');
	});

	it('takes only what was named, and nothing that it does not let go itself', async () => {
		const site = await openSite(', keep: {copies: 2}');
		const made = await site.nights(5);
		await site.prune({ names: [made[1], made[4], '../rounds.yaml', 'notes'].join('\n') });
		expect(standing(site.folder).whole.sort()).toEqual([made[0], made[2], made[3], made[4]].sort());
	});

	it('keeps the last good one, the newest proven one, and what is pinned, whatever their age', async () => {
		const site = await openSite(', keep: {days: 2}');
		const pinned = await site.backUp({ pin: 'deploy' });
		site.clock.shift(DAY);
		const [proven = ''] = await site.nights(1);
		expect((await carryOut(site.engine, 'drill', 'www')).operation.level).toBe('ok');
		site.clock.shift(DAY);
		const [old, , newest] = await site.nights(3);
		site.clock.shift(90 * DAY);
		const last = await site.backUp();
		const preview = await site.preview();
		expect(names(preview.remove)).toContain(old);
		expect(names(preview.remove)).toContain(newest);
		await site.prune();
		expect(standing(site.folder).whole.sort()).toEqual([pinned, proven, last].sort());
		expect(preview.keep.map(({ because }) => because).sort()).toEqual(['last-good', 'last-proven', 'pinned']);
		expect(manifestAt(site.folder, proven).proof).toBeDefined();
	});

	it('does not count a damaged newest one as the last good one', async () => {
		const site = await openSite(', keep: {copies: 1}');
		const [older = '', newer = ''] = await site.nights(2);
		writeFileSync(join(site.folder, newer), 'cut');
		const preview = await site.preview();
		expect(names(preview.remove)).toEqual([]);
		await site.prune();
		expect(standing(site.folder).whole).toEqual([older]);
		// Once something whole is newer, both go.
		site.clock.shift(DAY);
		const next = await site.backUp();
		await site.prune();
		expect(standing(site.folder)).toMatchObject({ whole: [next], half: [] });
	});

	it('by itself, where the plan says so, only after something newer is there', async () => {
		const site = await openSite(', at: "02:00", keep: {days: 2, auto: true}');
		await site.engine.until(polls(true));
		const made = await site.nights(4);
		expect(standing(site.folder).whole).toHaveLength(4);
		await site.clock.looked();
		const pruned = site.engine.next(
			(event: EngineEvent) =>
				event.kind === 'operation' &&
				event.operation.action === 'prune.www' &&
				event.operation.state === 'done',
		);
		site.clock.shift(14 * 3_600_000 + 60_000);
		await pruned;
		const { whole } = standing(site.folder);
		expect(whole).not.toContain(made[0]);
		expect(whole).toContain(made[3]);
	});
});

describe('a clock that is wrong', { timeout: 60_000 }, () => {
	it('a month ahead purges nothing for that alone, by hand or by itself', async () => {
		const site = await openSite(', at: "02:00", keep: {days: 7, auto: true}');
		await site.engine.until(polls(true));
		const made = await site.nights(4);
		await site.clock.looked();
		site.clock.shift(30 * DAY);
		expect(names((await site.preview()).remove)).toEqual([]);
		const ran = site.engine.next(
			(event: EngineEvent) =>
				event.kind === 'operation' &&
				event.operation.action === 'backup.www' &&
				event.operation.state === 'done',
		);
		site.clock.shift(14 * 3_600_000 + 60_000);
		await ran;
		await site.clock.looked(5);
		expect(standing(site.folder).whole).toEqual(expect.arrayContaining(made));
		expect(standing(site.folder).whole).toHaveLength(5);

		// Set right again, tonight is due after all, and what it made is no backup that anybody takes for the newest.
		const again = site.engine.next(
			(event: EngineEvent) =>
				event.kind === 'operation' &&
				event.operation.action === 'backup.www' &&
				event.operation.state === 'done',
		);
		site.clock.shift(-30 * DAY);
		await again;
		await site.clock.looked(5);
		expect(standing(site.folder).whole).toEqual(expect.arrayContaining(made));
		expect(standing(site.folder).whole).toHaveLength(6);
		expect(await planOf(site.engine, 'www')).toMatchObject({
			last: { name: 'www.20251105.tar.gz' },
			overdueSince: null,
		});
		const next = await site.backUp();
		expect(await planOf(site.engine, 'www')).toMatchObject({ last: { name: next }, overdueSince: null });
		const drilled = await carryOut(site.engine, 'drill', 'www');
		expect(drilled.operation.level).toBe('ok');
		expect((await planOf(site.engine, 'www')).provenCopy).toBe(next);
		const { keep, remove } = await site.preview();
		expect(keep.find(({ because }) => because === 'future')).toBeDefined();
		for (const name of [next, ...made]) expect(names(remove)).not.toContain(name);
	});

	it('set back over the same planned time runs nothing twice', async () => {
		const site = await openSite(', at: "02:00"', Date.parse('2025-11-22T01:50:00Z'));
		await site.engine.until(polls(true));
		await site.clock.looked();
		const runs = () =>
			site.engine.events.filter(
				(event) =>
					event.kind === 'operation' &&
					event.operation.action === 'backup.www' &&
					event.operation.state === 'done',
			).length;
		site.clock.shift(11 * 60_000);
		await site.engine.until(() => runs() === 1);
		site.clock.shift(-6 * 3_600_000);
		await site.clock.looked(5);
		site.clock.shift(6 * 3_600_000);
		await site.clock.looked(5);
		expect(runs()).toBe(1);
		site.clock.shift(DAY);
		await site.engine.until(() => runs() === 2);
		expect(standing(site.folder).whole).toHaveLength(2);
	});

	it('dates no copy so that it is lost: one from the future is kept, shown, and can be restored', async () => {
		const site = await openSite(', keep: {copies: 1}', START + 400 * DAY);
		const future = await site.backUp();
		site.clock.shift(-400 * DAY);
		const made = await site.nights(3);
		await site.prune();
		expect(standing(site.folder).whole.sort()).toEqual([future, made[2]].sort());
		const copies = await copiesOf(site.engine, 'www');
		expect(copies.find(({ name }) => name === future)?.state).toBe('there');
		rmSync(join(site.system.folder, 'www/index.html'));
		const restored = await carryOut(site.engine, 'restore', 'www', { copy: future });
		expect(restored.operation.level).toBe('ok');
		expect(readFileSync(join(site.system.folder, 'www/index.html'), 'utf8')).toBe('<p>1\n');
	});
});
