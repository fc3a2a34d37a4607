import {
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fault } from '../../src/domain/fault.ts';
import {
	carryOut,
	copiesOf,
	makeShop,
	planOf,
	shiftedWorld,
	standing,
	treeOf,
} from '../support/backup-world.ts';
import { startCli } from '../support/cli.ts';
import { makeSystem, openTest, type TestSystem } from '../support/engine.ts';
import { mayMount, mountSmallDisk } from '../support/small-disk.ts';

const yaml = (more = '') => `version: 1
system: Shop
targets:
  disk: {kind: mount, mount: disk, path: disk/backups}
backups:
  database: {source: sqlite, file: shop.db, to: backups/, keep: {copies: 1}${more}}
`;

async function openShop(text = yaml()) {
	const system = makeSystem(text.replace(/targets:\n.*\n/, text.includes('to: disk') ? '$&' : ''));
	makeShop(join(system.folder, 'shop.db'));
	const folder = join(system.folder, 'backups');
	const engine = await openTest(system.options());
	return { system, folder, engine, backUp: () => carryOut(engine, 'backup', 'database') };
}

const today = (system: TestSystem) => {
	const [name = ''] = standing(join(system.folder, 'backups')).whole;
	return name;
};

describe('a target that is not what it was', { timeout: 60_000 }, () => {
	it('turned into a link: nothing is written where it leads, nothing is read from there', async () => {
		const { system, folder, engine, backUp } = await openShop();
		await backUp();
		const elsewhere = join(system.folder, 'elsewhere');
		renameSync(folder, elsewhere);
		symlinkSync(elsewhere, folder);
		const before = treeOf(elsewhere);
		const { operation, output } = await backUp();
		expect(operation).toMatchObject({ level: 'critical', reasons: [{ fault: { code: 'not-a-file' } }] });
		expect(output).toContain('not written to');
		expect(treeOf(elsewhere)).toEqual(before);
		const plan = await planOf(engine, 'database');
		expect(plan.reasons).toContainEqual(expect.objectContaining({ kind: 'target' }));
		// Nothing is said about copies that nobody could look at.
		expect(plan.last?.state).toBe('there');
		for (const verb of ['verify', 'prune'] as const)
			expect((await carryOut(engine, verb, 'database')).operation.level).not.toBe('ok');
		expect(treeOf(elsewhere)).toEqual(before);
	});

	it('turned into a file, or gone: told, and made again where that can be', async () => {
		const { folder, engine, backUp } = await openShop();
		await backUp();
		rmSync(folder, { recursive: true });
		writeFileSync(folder, 'mine\n');
		expect((await backUp()).operation.level).toBe('critical');
		expect(readFileSync(folder, 'utf8')).toBe('mine\n');
		rmSync(folder);
		const [gone] = await copiesOf(engine, 'database');
		expect(gone?.state).toBe('gone');
		expect(await planOf(engine, 'database')).toMatchObject({
			level: 'critical',
			reasons: [{ kind: 'failed' }, { kind: 'gone' }],
		});
		expect((await backUp()).operation.level).toBe('ok');
		expect(standing(folder)).toMatchObject({ half: [], alone: [], parts: [], whole: [expect.any(String)] });
	});

	it('one of two: the other one gets its copy, and the screen says which did not', async () => {
		const { system, backUp, engine } = await openShop(
			yaml().replace('to: backups/', 'to: [blocked/, backups/]'),
		);
		writeFileSync(join(system.folder, 'blocked'), '');
		const { operation, output } = await backUp();
		expect(operation.level).toBe('warning');
		expect(output).toContain('not written to');
		expect(standing(join(system.folder, 'backups')).whole).toHaveLength(1);
		expect((await planOf(engine, 'database')).reasons.map(({ kind }) => kind)).toContain('target');
	});

	it.skipIf(!mayMount)('a disk that becomes full, read-only, and is pulled out', async () => {
		const { system, engine, backUp } = await openShop(
			yaml(', compress: none').replace('to: backups/', 'to: disk'),
		);
		const disk = mountSmallDisk(join(system.folder, 'disk'), 3_000_000);
		onTestFinished(() => disk.unmount());
		expect((await backUp()).operation.level).toBe('ok');
		const folder = join(disk.folder, 'backups');
		const before = treeOf(folder);

		// Larger than what is left: told before a byte is written.
		makeShop(join(system.folder, 'more.db'), { bytes: 4_000_000 });
		renameSync(join(system.folder, 'more.db'), join(system.folder, 'shop.db'));
		const full = await backUp();
		expect(full.operation).toMatchObject({ level: 'critical', reasons: [{ fault: { code: 'disk-full' } }] });
		expect(treeOf(folder)).toEqual(before);

		disk.readOnly();
		const refused = await backUp();
		expect(refused.operation).toMatchObject({
			level: 'critical',
			reasons: [{ fault: { code: 'read-only' } }],
		});
		expect((await carryOut(engine, 'verify', 'database')).operation.level).toBe('warning');
		expect(treeOf(folder)).toEqual(before);

		disk.unmount();
		// The empty folder under it is no disk: nothing may land there.
		expect((await backUp()).operation.level).not.toBe('ok');
		expect(readdirSync(disk.folder)).toEqual([]);
		const { reasons, last } = await planOf(engine, 'database');
		expect(reasons.map(({ kind }) => kind)).toContain('target');
		expect(last?.state).toBe('there');
	});

	it('full just when the manifest is written: no copy stays without one', async () => {
		const system = makeSystem(yaml().replace(/targets:\n.*\n/, ''));
		makeShop(join(system.folder, 'shop.db'));
		const { world } = shiftedWorld(Date.now());
		let isFull = false;
		const folders: typeof world.folders = (group) => {
			const real = world.folders(group);
			return {
				...real,
				write: async (path, text, options) =>
					isFull && path.endsWith('.json')
						? { ok: false, error: fault('disk-full', { path }) }
						: real.write(path, text, options),
			};
		};
		const engine = await openTest(system.options({ world: { ...world, folders } }));
		await carryOut(engine, 'backup', 'database');
		const folder = join(system.folder, 'backups');
		const before = treeOf(folder);
		isFull = true;
		const { operation } = await carryOut(engine, 'backup', 'database');
		expect(operation).toMatchObject({ level: 'critical', reasons: [{ fault: { code: 'disk-full' } }] });
		expect(treeOf(folder)).toEqual(before);
		// Nor is a copy lost when it was verified and that could not be written.
		expect((await carryOut(engine, 'verify', 'database')).operation.level).toBe('warning');
		expect(treeOf(folder)).toEqual(before);
	});

	it.skipIf(!mayMount)('full in the middle, when nothing foretells it', async () => {
		const { system, backUp } = await openShop(
			yaml().replace('source: sqlite, file: shop.db', 'source: files, files: logs/**, compress: gzip'),
		);
		const disk = mountSmallDisk(join(system.folder, 'backups'), 2_000_000);
		onTestFinished(() => disk.unmount());
		system.write('logs/a.log', 'small\n');
		expect((await backUp()).operation.level).toBe('ok');
		const before = treeOf(disk.folder);
		// What cannot be compressed: what becomes of it is known only at the end.
		const noise = Buffer.alloc(4_000_000);
		for (let at = 0; at < noise.length; at += 4) noise.writeUInt32LE((Math.random() * 2 ** 32) >>> 0, at);
		writeFileSync(join(system.folder, 'logs/noise'), noise);
		const { operation } = await backUp();
		expect(operation).toMatchObject({ level: 'critical', reasons: [{ fault: { code: 'disk-full' } }] });
		expect(treeOf(disk.folder)).toEqual(before);
	});
});

describe('names that are taken', { timeout: 60_000 }, () => {
	it('the same day twice: the second turns aside', async () => {
		const { folder, backUp } = await openShop();
		await backUp();
		const before = treeOf(folder);
		const { output } = await backUp();
		expect(output).toContain('is there already and is left alone');
		expect(treeOf(folder)).toMatchObject(before);
		expect(standing(folder).whole).toHaveLength(2);
	});

	it('by somebody else’s file, manifest, folder or link: all left alone, none followed, none counted', async () => {
		const { system, folder, engine, backUp } = await openShop();
		await backUp();
		const name = today(system);
		for (const file of readdirSync(folder)) rmSync(join(folder, file));
		const secret = system.write('secret', 'keep me\n');
		writeFileSync(join(folder, name), 'somebody else’s\n');
		writeFileSync(join(folder, `${name}-2.json`), '{"mine": true}\n');
		mkdirSync(join(folder, `${name}-3`));
		symlinkSync(secret, join(folder, `${name}-4`));
		symlinkSync(secret, join(folder, `${name}-5.json`));
		symlinkSync(join(system.folder, 'not-there'), join(folder, `${name}-6`));
		symlinkSync(secret, join(folder, '.rounds-0123456789abcdef-000000000000.part'));
		const before = treeOf(folder);
		const { operation } = await backUp();
		expect(operation.level).toBe('ok');
		expect(treeOf(folder)).toMatchObject(before);
		expect(readFileSync(secret, 'utf8')).toBe('keep me\n');
		expect(standing(folder).whole).toEqual([`${name}-7`]);
		const counted = (await copiesOf(engine, 'database')).filter(({ state }) => state === 'there');
		expect(counted.map((copy) => copy.name)).toEqual([`${name}-7`]);
		// Nor does retention lay a hand on them.
		await backUp();
		const pruned = await carryOut(engine, 'prune', 'database');
		expect(pruned.operation).toMatchObject({ level: 'ok', samples: { removed: { number: '1' } } });
		expect(treeOf(folder)).toMatchObject(before);
	});

	it('a copy exchanged for a link is gone, and what it leads to is not read', async () => {
		const { system, folder, engine, backUp } = await openShop();
		await backUp();
		const name = today(system);
		renameSync(join(folder, name), join(system.folder, 'moved'));
		symlinkSync(join(system.folder, 'moved'), join(folder, name));
		expect((await copiesOf(engine, 'database'))[0]?.state).toBe('gone');
		const refusal = await engine.refused('operation.start', {
			action: 'verify.database' as never,
			step: null,
			confirmed: null,
			args: { copy: name },
		});
		expect(refusal).toMatchObject({ kind: 'refused', why: 'no-such-copy' });
	});

	it('by two processes at once: each has a whole copy of its own', async () => {
		const system = makeSystem(yaml().replace(/targets:\n.*\n/, ''));
		makeShop(join(system.folder, 'shop.db'), { bytes: 500_000 });
		// Two states know nothing of each other: only the folder is shared.
		const other = yaml().replace(/targets:\n.*\n/, 'state: {path: other}\n');
		system.write('other.yaml', other);
		const options = { cwd: system.folder };
		const runs = [
			startCli(['backup', 'database'], options),
			startCli(['--config', 'other.yaml', 'backup', 'database'], options),
			startCli(['backup', 'database'], options),
		];
		const codes = (await Promise.all(runs.map(({ ended }) => ended))).map(({ code }) => code);
		// Of the two that share a state one may have been told of the other.
		expect([codes[1], codes.filter((code) => code === 0).length >= 2]).toEqual([0, true]);
		for (const code of codes) expect([0, 75]).toContain(code);
		const found = standing(join(system.folder, 'backups'));
		expect(found).toMatchObject({ half: [], alone: [], parts: [] });
		expect(found.whole).toHaveLength(codes.filter((code) => code === 0).length);
	});
});
