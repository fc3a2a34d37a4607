import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planId } from '../../src/domain/ids.ts';
import { ask, carryOut, makeShop, manifestAt, planOf, query, standing } from '../support/backup-world.ts';
import { makeSystem, openTest } from '../support/engine.ts';

const DAY = 86_400_000;
const CHECKS = `checks:
  books:
    kind: sqlite
    file: shop.db
    every: 1h
    read: {sales: select count(*) from sale, cents: "select coalesce(sum(cents), 0) from sale"}
    must: [sales > 0, cents == 600]
  always: {kind: sqlite, file: shop.db, every: 1h, read: {one: select 1}, must: [one == 1]}
  many: {kind: sqlite, file: shop.db, every: 1h, read: {sales: select count(*) from sale}, must: [sales >= 3]}
`;

async function openShop(plan: string, checks = CHECKS) {
	const system = makeSystem(`version: 1
system: Shop
${checks}backups:
  database: {source: sqlite, file: shop.db, to: backups/${plan}}
`);
	makeShop(join(system.folder, 'shop.db'));
	const engine = await openTest(system.options());
	const folder = join(system.folder, 'backups');
	const backUp = async () => {
		const { operation } = await carryOut(engine, 'backup', 'database');
		return (operation.files[0] ?? '').split('/').at(-1) ?? '';
	};
	return {
		system,
		engine,
		folder,
		backUp,
		drill: (args = {}) => carryOut(engine, 'drill', 'database', args),
		drills: async () => (await engine.send('backup.copies', { plan: planId('database') })).drills,
		/** Neither a scratch place nor a part of one is left. */
		isClean: () => {
			expect(readdirSync(join(system.folder, '.rounds/scratch'))).toEqual([]);
			expect(standing(folder).parts).toEqual([]);
		},
	};
}

describe('a drill', { timeout: 60_000 }, () => {
	it('restores, proves, measures, remembers, and says when the next is due', async () => {
		const shop = await openShop(', prove: [books], drill: {every: 90d, must: [rto < 60s, rows.sale == 3]}');
		const name = await shop.backUp();
		const { operation, output } = await shop.drill();
		expect(operation).toMatchObject({ level: 'ok', reasons: [], samples: { rto: expect.anything() } });
		expect(output).toContain('on the empty place the checks fail, as they must');
		const [drill] = await shop.drills();
		expect(drill).toMatchObject({ copy: name, level: 'ok', couldFail: true, by: 'mei' });
		expect(drill!.rtoMs).toBeGreaterThan(0);
		const asOf = Date.parse(manifestAt(shop.folder, name).asOf);
		expect(drill!.rpoMs).toBe(drill!.startedAt - asOf);
		expect(drill!.evidence.map(({ kind, name: of, level }) => [kind, of, level])).toEqual(
			expect.arrayContaining([
				['rows', 'sale', 'ok'],
				['check', 'books', 'ok'],
			]),
		);
		expect(manifestAt(shop.folder, name).proof).toMatchObject({ by: 'mei', checks: ['books'] });
		expect(await planOf(shop.engine, 'database')).toMatchObject({
			reasons: [],
			provenCopy: name,
			nextDrillAt: drill!.endedAt + 90 * DAY,
		});
		shop.isClean();
	});

	it('that could not have failed proves nothing, and is told so', async () => {
		// A database without a table: nothing is counted, and the check passes on an empty one too.
		const shop = await openShop(', prove: [always]');
		query(join(shop.system.folder, 'shop.db'), 'drop table sale');
		query(join(shop.system.folder, 'shop.db'), 'drop table filling');
		const name = await shop.backUp();
		const { operation, output } = await shop.drill();
		expect(operation.level).toBe('warning');
		expect(output).toContain('this drill could not have failed');
		expect(await shop.drills()).toMatchObject([{ couldFail: false, level: 'warning' }]);
		expect(manifestAt(shop.folder, name).proof).toBeUndefined();
		const { reasons, provenAt } = await planOf(shop.engine, 'database');
		expect([reasons.map(({ kind }) => kind), provenAt]).toEqual([['drill-vacuous', 'unproven'], null]);
	});

	it('without anything to hold against the copy could not have failed either', async () => {
		const shop = await openShop('');
		query(join(shop.system.folder, 'shop.db'), 'drop table sale');
		query(join(shop.system.folder, 'shop.db'), 'drop table filling');
		await shop.backUp();
		const { operation, output } = await shop.drill();
		expect(operation.level).toBe('warning');
		expect(output).toContain('nothing is held against the copy: this drill could not have failed');
	});

	it('whose proof fails is critical, and its copy is not proven', async () => {
		const shop = await openShop(', prove: [books]');
		query(join(shop.system.folder, 'shop.db'), 'insert into sale (cents) values (1)');
		const name = await shop.backUp();
		const { operation, output } = await shop.drill();
		expect(operation.level).toBe('critical');
		expect(output).toContain('cents');
		expect(manifestAt(shop.folder, name).proof).toBeUndefined();
		const found = await planOf(shop.engine, 'database');
		expect(found).toMatchObject({ level: 'critical', provenAt: null });
		expect(found.reasons.map(({ kind }) => kind)).toEqual(['drill-failed', 'unproven']);
		// It is whole all the same: what it holds is wrong, not how it is kept.
		expect(found.last?.state).toBe('there');
		shop.isClean();
	});

	it('that takes longer or loses more than it may is critical', async () => {
		const shop = await openShop(', prove: [books], drill: {must: [rto < 1ms]}');
		const name = await shop.backUp();
		expect((await shop.drill()).operation.level).toBe('critical');
		expect(manifestAt(shop.folder, name).proof).toBeUndefined();
	});

	it('into a staging place masks before anything else may see it, and leaves it empty', async () => {
		const mask = 'update sale set cents = 0';
		const shop = await openShop(`, prove: [many], drill: {into: {file: staging.db}, mask: ["${mask}"]}`);
		await shop.backUp();
		const { operation, output } = await shop.drill();
		expect(operation.level).toBe('ok');
		expect(output.indexOf('masked by 1 statement')).toBeGreaterThan(0);
		expect(existsSync(join(shop.system.folder, 'staging.db'))).toBe(false);
		// What the mask changed was counted before; a check that sees through it fails.
		const other = await openShop(`, prove: [books], drill: {mask: ["${mask}"]}`);
		await other.backUp();
		expect((await other.drill()).operation.level).toBe('critical');
		other.isClean();
	});

	it('whose mask fails shows nobody what was restored', async () => {
		const shop = await openShop(
			', prove: [many], drill: {into: {file: staging.db}, mask: [update nowhere set x = 1]}',
		);
		await shop.backUp();
		expect((await shop.drill()).operation.level).toBe('critical');
		expect(existsSync(join(shop.system.folder, 'staging.db'))).toBe(false);
		expect((await shop.drills())[0]?.evidence.filter(({ kind }) => kind === 'check')).toEqual([]);
	});

	it('touches no staging place that is in use', async () => {
		const shop = await openShop(', prove: [books], drill: {into: {file: staging.db}}');
		await shop.backUp();
		makeShop(join(shop.system.folder, 'staging.db'), { sales: 7 });
		const before = readFileSync(join(shop.system.folder, 'staging.db'));
		const { operation } = await shop.drill();
		expect(operation).toMatchObject({ level: 'critical', reasons: [{ fault: { code: 'not-empty' } }] });
		expect(readFileSync(join(shop.system.folder, 'staging.db')).equals(before)).toBe(true);
	});

	it('that is cancelled says nothing about the copy, and takes its scratch place away', async () => {
		const shop = await openShop(
			', prove: [books, slow]',
			`${CHECKS}  slow:
    kind: sqlite
    file: shop.db
    every: 1h
    timeout: 20s
    read: {sales: "with recursive n(i) as (select 1 union all select i + 1 from n where i < 300000000) select count(*) from n"}
    must: [sales > 0]
`,
		);
		const name = await shop.backUp();
		const restored = shop.engine.next(
			(event) => event.kind === 'operation' && event.tail.some((line) => line.startsWith('empty place')),
		);
		const started = await shop.engine.send('operation.start', ask('drill', 'database'));
		await restored;
		await shop.engine.send('operation.cancel', { operation: started.operation.id });
		expect(await shop.engine.ended(started.operation.id)).toMatchObject({ state: 'cancelled' });
		expect(await shop.drills()).toEqual([]);
		expect(manifestAt(shop.folder, name).proof).toBeUndefined();
		expect((await planOf(shop.engine, 'database')).reasons.map(({ kind }) => kind)).toEqual(['unproven']);
		shop.isClean();
	});
});
