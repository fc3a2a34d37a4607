import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planId } from '../../src/domain/ids.ts';
import {
	ask,
	carryOut,
	copiesOf,
	hashOf,
	makeShop,
	query,
	shiftedWorld,
	standing,
} from '../support/backup-world.ts';
import { makeSystem, openTest, type TestEngine } from '../support/engine.ts';

interface Wish {
	readonly plan?: string;
	readonly stop?: string;
	readonly start?: string;
	readonly guard?: string;
}

async function openShop({
	plan = '',
	stop = 'echo stop >> done',
	start = 'echo start >> done',
	guard = '',
}: Wish = {}) {
	const system = makeSystem(`version: 1
system: Shop
${guard}
checks:
  books: {kind: sqlite, file: shop.db, every: 1h, read: {sales: select count(*) from sale}, must: [sales == 3]}
actions:
  stop: {title: Stop the shop, run: [bash, -c, "${stop}"]}
  start: {title: Start the shop, run: [bash, -c, "${start}"]}
backups:
  database:
    source: sqlite
    file: shop.db
    to: backups/
    prove: [books]
    restore: {stop: [stop], start: [start]${plan}}
`);
	const live = join(system.folder, 'shop.db');
	makeShop(live, { bytes: 100_000 });
	const engine = await openTest(system.options());
	const made = await carryOut(engine, 'backup', 'database');
	const copy = (made.operation.files[0] ?? '').split('/').at(-1) ?? '';
	query(live, 'delete from sale where id > 1');
	const done = () => {
		const path = join(system.folder, 'done');
		return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
	};
	const asides = () => readdirSync(system.folder).filter((name) => name.includes('before-restore'));
	return {
		system,
		engine,
		live,
		copy,
		done,
		asides,
		sales: () => query(live, 'select count(*) from sale'),
		restore: (by: TestEngine = engine, confirmed = 'yes') =>
			carryOut(by, 'restore', 'database', { copy }, confirmed),
		isClean: () => {
			expect(readdirSync(join(system.folder, '.rounds/scratch'))).toEqual([]);
			expect(readdirSync(system.folder).filter((name) => name.startsWith('.rounds-'))).toEqual([]);
		},
	};
}

describe('a restore', { timeout: 60_000 }, () => {
	it('stops, keeps a pinned safety copy, replaces, starts, proves, and leaves nothing aside', async () => {
		const shop = await openShop();
		const { operation, output } = await shop.restore();
		expect(operation).toMatchObject({ level: 'ok', state: 'done', reasons: [] });
		expect([shop.sales(), shop.done(), shop.asides()]).toEqual([3, ['stop', 'start'], []]);
		const safety = (await copiesOf(shop.engine, 'database')).find(({ pinned }) => pinned === 'restore');
		expect(query(join(shop.system.folder, 'backups', safety?.name ?? ''), 'select count(*) from sale')).toBe(
			1,
		);
		expect(output).toContain(`safety copy of what is there: ${safety?.name}`);
		shop.isClean();
	});

	it('is refused until the environment is typed', async () => {
		const shop = await openShop({ guard: 'environments: {production: {default: true, guard: typed}}' });
		const before = hashOf(readFileSync(shop.live));
		for (const confirmed of ['yes', 'Production', 'staging', ''])
			expect(
				await shop.engine.refused(
					'operation.start',
					ask('restore', 'database', { copy: shop.copy }, confirmed),
				),
			).toMatchObject({ why: 'needs-confirmation', detail: { environment: 'production' } });
		const nobody = { ...ask('restore', 'database', { copy: shop.copy }), confirmed: null };
		expect(await shop.engine.refused('operation.start', nobody)).toMatchObject({ why: 'needs-confirmation' });
		expect(hashOf(readFileSync(shop.live))).toBe(before);
		expect((await shop.restore(shop.engine, 'production')).operation.level).toBe('ok');
	});

	it('is never of a copy that nobody named', async () => {
		const shop = await openShop();
		expect(await shop.engine.refused('operation.start', ask('restore', 'database'))).toMatchObject({
			why: 'needs-copy',
		});
		const other = ask('restore', 'database', { copy: '../shop.db' });
		expect(await shop.engine.refused('operation.start', other)).toMatchObject({ why: 'no-such-copy' });
	});

	it('waits for a second operator, who is not the first, and asks for the same', async () => {
		const shop = await openShop({ plan: ', second: true' });
		const what = ask('restore', 'database', { copy: shop.copy });
		const first = await shop.engine.refused('operation.start', what);
		expect(first).toMatchObject({ why: 'needs-second', detail: { minutes: 30, by: 'mei' } });
		// The same person again is still one person, whatever console they sit at.
		const again = await openTest(shop.system.options());
		expect(await again.refused('operation.start', what)).toMatchObject({ why: 'needs-second' });
		expect(shop.sales()).toBe(1);
		const tom = await openTest(shop.system.options({ operator: 'tom' }));
		const preview = await tom.send('restore.preview', {
			plan: 'database' as never,
			copy: shop.copy,
			target: null,
		});
		expect(preview.second).toMatchObject({ needed: true, askedBy: 'mei' });
		const { operation, output } = await shop.restore(tom);
		expect([operation.level, shop.sales()]).toEqual(['ok', 3]);
		expect(output).toMatch(/mei asked for this restore at .*; tom agrees/);
		// What was agreed to once is not agreed to for ever.
		expect(await tom.refused('operation.start', what)).toMatchObject({ why: 'needs-second' });
	});

	it('waits for them half an hour, by a clock that is right', async () => {
		const shop = await openShop({ plan: ', second: true' });
		const what = ask('restore', 'database', { copy: shop.copy });
		const at = (ms: number, operator: string) =>
			openTest(shop.system.options({ operator, world: shiftedWorld(Date.now() + ms).world }));
		await shop.engine.refused('operation.start', what);
		const late = await at(31 * 60_000, 'tom');
		expect(await late.refused('operation.start', what)).toMatchObject({ why: 'needs-second' });
		// What tom asked for by a clock that is ahead is no request that mei could agree to now.
		expect(await shop.engine.refused('operation.start', what)).toMatchObject({ why: 'needs-second' });
		expect(shop.sales()).toBe(1);
		const soon = await at(29 * 60_000, 'ada');
		expect((await shop.restore(soon)).operation.level).toBe('ok');
	});

	it('replaces nothing where the service cannot be stopped, and starts it again', async () => {
		const shop = await openShop({ stop: 'echo stop >> done; exit 1' });
		const before = hashOf(readFileSync(shop.live));
		const { operation, output } = await shop.restore();
		expect(operation.level).toBe('critical');
		expect(hashOf(readFileSync(shop.live))).toBe(before);
		expect([shop.done(), shop.asides()]).toEqual([['stop', 'start'], []]);
		expect(output).toContain('nothing was replaced');
		shop.isClean();
	});

	it('goes back to the very same bytes where the service cannot be started', async () => {
		const shop = await openShop({ start: 'echo start >> done; exit 1' });
		const before = hashOf(readFileSync(shop.live));
		const { operation, output } = await shop.restore();
		expect(operation.level).toBe('critical');
		expect(hashOf(readFileSync(shop.live))).toBe(before);
		expect([shop.done(), shop.asides()]).toEqual([['stop', 'start', 'stop', 'start'], []]);
		expect(output).toContain('what was there before stands there again');
		shop.isClean();
	});

	it('goes back to the very same bytes where the proof fails', async () => {
		const shop = await openShop();
		// The newest copy holds one sale only: the checks do not hold for it.
		const second = await carryOut(shop.engine, 'backup', 'database');
		const bad = (second.operation.files[0] ?? '').split('/').at(-1) ?? '';
		query(shop.live, 'insert into sale (cents) values (7)');
		const before = hashOf(readFileSync(shop.live));
		const { operation, output } = await carryOut(shop.engine, 'restore', 'database', { copy: bad });
		expect(operation).toMatchObject({ level: 'critical', reasons: [{ kind: 'fault' }] });
		expect(hashOf(readFileSync(shop.live))).toBe(before);
		expect(output).toContain('putting back what was there');
		expect(shop.asides()).toEqual([]);
		// The safety copy stays: it does no harm, and somebody may want it.
		const pinned = (await copiesOf(shop.engine, 'database')).filter((copy) => copy.pinned === 'restore');
		expect(pinned).toHaveLength(1);
		shop.isClean();
	});

	it('replaces a corrupt database all the same, and sets that aside whole', async () => {
		const shop = await openShop();
		const file = openSync(shop.live, 'r+');
		for (let page = 0; page < 20; page += 1) writeSync(file, Buffer.alloc(80, 0x5a), 0, 80, page * 4_096);
		closeSync(file);
		const before = hashOf(readFileSync(shop.live));
		const { operation, output } = await shop.restore();
		expect([operation.level, shop.sales()]).toEqual(['ok', 3]);
		expect(output).toContain('no safety copy could be made');
		const [aside = ''] = shop.asides();
		expect(hashOf(readFileSync(join(shop.system.folder, aside)))).toBe(before);
		expect(output).toContain(aside);
		// Whoever looks at a restore again is told that it still lies there.
		const asked = { plan: planId('database'), copy: shop.copy, target: null };
		expect((await shop.engine.send('restore.preview', asked)).facts).toMatchObject({ aside });
	});

	it('puts back what is not there any more', async () => {
		const shop = await openShop();
		rmSync(shop.live);
		expect((await shop.restore()).operation.level).toBe('ok');
		expect([shop.sales(), shop.asides()]).toEqual([3, []]);
		rmSync(shop.live);
		shop.system.write(
			'rounds.yaml',
			readFileSync(shop.system.config, 'utf8').replace('sales == 3', 'sales == 4'),
		);
		await shop.engine.next((event) => event.kind === 'system');
		const { operation, output } = await shop.restore();
		expect(operation.level).toBe('critical');
		expect(output).toContain('nothing stood there before');
	});

	it('is carried to its end when the console is closed in the middle: no service stays stopped', async () => {
		const shop = await openShop({
			stop: 'echo stop >> done; sleep 2.5',
			start: 'sleep 0.5; echo start >> done',
		});
		const stopping = shop.engine.next(
			(event) => event.kind === 'operation' && event.tail.some((line) => line.startsWith('stopping')),
		);
		await shop.engine.send('operation.start', ask('restore', 'database', { copy: shop.copy }));
		await stopping;
		await shop.engine.close();
		expect([shop.done(), shop.sales(), shop.asides()]).toEqual([['stop', 'start'], 3, []]);
		shop.isClean();
		const again = await openTest(shop.system.options());
		const { operations } = await again.send('operations.list', { limit: 5 });
		expect(operations.find(({ action }) => action === 'restore.database')).toMatchObject({
			state: 'done',
			level: 'ok',
		});
	});

	it('hears a cancel before anything is replaced, and not in the middle', async () => {
		const shop = await openShop({ stop: 'echo stop >> done; until [ -e go ]; do sleep 0.05; done' });
		const stopping = shop.engine.next(
			(event) => event.kind === 'operation' && event.tail.some((line) => line.startsWith('stopping')),
		);
		const started = await shop.engine.send(
			'operation.start',
			ask('restore', 'database', { copy: shop.copy }),
		);
		await stopping;
		await shop.engine.send('operation.cancel', { operation: started.operation.id });
		shop.system.write('go', '');
		const ended = await shop.engine.ended(started.operation.id);
		// Either way it is whole, said truly, and the service runs again.
		expect(shop.done()).toEqual(['stop', 'start']);
		expect([ended.state, shop.sales()]).toEqual(ended.state === 'cancelled' ? ['cancelled', 1] : ['done', 3]);
		expect(standing(join(shop.system.folder, 'backups')).half).toEqual([]);
		shop.isClean();
	});
});
