import { closeSync, openSync, readFileSync, renameSync, rmSync, symlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EngineEvent } from '../../src/domain/engine.ts';
import {
	ask,
	carryOut,
	copiesOf,
	makeShop,
	planOf,
	query,
	standing,
	treeOf,
} from '../support/backup-world.ts';
import { makeSystem, openTest } from '../support/engine.ts';

const YAML = `version: 1
system: Shop
backups:
  database: {source: sqlite, file: shop.db, to: backups/}
  logs: {source: files, files: logs/**, to: backups/}
  carts: {nothing: the carts live in memory only}
`;

async function openShop(size = {}) {
	const system = makeSystem(YAML, { 'logs/a.log': 'a\n' });
	const live = join(system.folder, 'shop.db');
	makeShop(live, size);
	const engine = await openTest(system.options());
	const backUp = () => carryOut(engine, 'backup', 'database');
	await backUp();
	const folder = join(system.folder, 'backups');
	const before = treeOf(folder);
	return {
		system,
		live,
		engine,
		backUp,
		/** Nothing came, nothing went, and the screen says that the newest run failed. */
		async isUnharmed() {
			expect(treeOf(folder)).toEqual(before);
			const { level, reasons, last } = await planOf(engine, 'database');
			expect([level, reasons[0]?.kind, last?.state]).toEqual(['critical', 'failed', 'there']);
		},
	};
}

const codes = ({ operation }: Awaited<ReturnType<typeof carryOut>>) =>
	operation.reasons.map((reason) => (reason.kind === 'fault' ? reason.fault.code : reason.kind));

describe('a source that cannot be copied', { timeout: 60_000 }, () => {
	it('because somebody holds it: told, and copied once it is free', async () => {
		const shop = await openShop();
		const other = new Database(shop.live);
		onTestFinished(() => void other.close());
		other.exec('begin exclusive');
		const run = await shop.backUp();
		expect(run.operation.level).not.toBe('ok');
		expect(codes(run)).toEqual(['database-locked']);
		expect(treeOf(join(shop.system.folder, 'backups'))).toEqual(treeOf(join(shop.system.folder, 'backups')));
		expect((await planOf(shop.engine, 'database')).reasons[0]?.kind).toBe('failed');
		other.exec('commit');
		expect((await shop.backUp()).operation.level).toBe('ok');
		expect((await planOf(shop.engine, 'database')).reasons.map(({ kind }) => kind)).not.toContain('failed');
	});

	it('because it is corrupt: no copy of a corrupt database passes for a backup', async () => {
		const shop = await openShop({ bytes: 400_000 });
		const file = openSync(shop.live, 'r+');
		for (let page = 2; page < 60; page += 1) writeSync(file, Buffer.alloc(64, 0x5a), 0, 64, page * 4_096);
		closeSync(file);
		const run = await shop.backUp();
		expect(run.operation.level).toBe('critical');
		expect(['database-corrupt', 'not-a-database']).toContain(codes(run)[0]);
		await shop.isUnharmed();
	});

	it('because it is no database, empty, or not there', async () => {
		const shop = await openShop();
		shop.system.write('shop.db', 'this is no database at all, however long it may be'.repeat(100));
		expect(codes(await shop.backUp())).toEqual(['not-a-database']);
		await shop.isUnharmed();
		rmSync(shop.live);
		expect(codes(await shop.backUp())).toEqual(['file-missing']);
		await shop.isUnharmed();
	});

	it('because it is exchanged while it is read: what is copied is one of the two, whole', async () => {
		const shop = await openShop({ bytes: 30_000_000 });
		const next = join(shop.system.folder, 'next.db');
		makeShop(next, { sales: 9 });
		const begun = shop.engine.next(
			(event: EngineEvent) =>
				event.kind === 'operation' && event.tail.some((line) => line.startsWith('copying')),
		);
		const started = await shop.engine.send('operation.start', ask('backup', 'database'));
		await begun;
		renameSync(next, shop.live);
		const { level, id } = await shop.engine.ended(started.operation.id);
		const folder = join(shop.system.folder, 'backups');
		expect(standing(folder)).toMatchObject({ half: [], alone: [], parts: [] });
		if (level === 'ok') {
			for (const name of standing(folder).whole)
				expect([3, 9]).toContain(query(join(folder, name), 'select count(*) from sale'));
		} else {
			const { output } = await shop.engine.send('operation.output', { operation: id });
			expect(output).toContain('failed: ');
		}
	});

	it('because there is nothing: said plainly of what is in memory, and no empty archive is made', async () => {
		const shop = await openShop();
		const refusal = await shop.engine.refused('operation.start', ask('backup', 'carts'));
		expect(refusal).toMatchObject({ kind: 'refused' });
		expect(await planOf(shop.engine, 'carts')).toMatchObject({
			level: 'ok',
			nothing: 'the carts live in memory only',
			actions: {},
		});
		rmSync(join(shop.system.folder, 'logs'), { recursive: true });
		const run = await carryOut(shop.engine, 'backup', 'logs');
		expect(run.operation.level).toBe('critical');
		expect(await copiesOf(shop.engine, 'logs')).toEqual([]);
	});

	it('but links in a folder are kept as links, and what they lead to is not copied', async () => {
		const shop = await openShop();
		const secret = shop.system.write('secret', 'not for the archive');
		symlinkSync(secret, join(shop.system.folder, 'logs/leads-out'));
		symlinkSync('a.log', join(shop.system.folder, 'logs/newest'));
		expect((await carryOut(shop.engine, 'backup', 'logs')).operation.level).not.toBe('critical');
		const [copy] = await copiesOf(shop.engine, 'logs');
		const bytes = readFileSync(join(shop.system.folder, 'backups', copy?.name ?? ''));
		expect(bytes.includes('not for the archive')).toBe(false);
		expect((await carryOut(shop.engine, 'verify', 'logs')).operation.level).toBe('ok');
	});
});
