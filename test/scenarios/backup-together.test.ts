import { appendFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../src/domain/engine.ts';
import { type OperationId, planId } from '../../src/domain/ids.ts';
import {
	ask,
	carryOut,
	copiesOf,
	makeShop,
	planOf,
	shiftedWorld,
	standing,
	treeOf,
} from '../support/backup-world.ts';
import { makeSystem, openTest, polls, type TestEngine } from '../support/engine.ts';
import { startEngine } from '../support/engine-process.ts';

const yaml = (more = '') => `version: 1
system: Shop
actions:
  hold: {title: Hold on, run: [bash, -c, "touch held; until [ -e go ]; do sleep 0.05; done"]}
backups:
  database: {source: sqlite, file: shop.db, to: backups/, restore: {stop: [hold]}${more}}
  www: {source: files, files: www/**, to: backups/${more}}
`;

function makeSite(more = '', size = {}) {
	const system = makeSystem(yaml(more), { 'www/index.html': '<p>\n' });
	makeShop(join(system.folder, 'shop.db'), size);
	const folder = join(system.folder, 'backups');
	const isClean = () => {
		expect(readdirSync(join(system.folder, '.rounds/scratch'))).toEqual([]);
		expect(standing(folder)).toMatchObject({ half: [], alone: [], parts: [] });
	};
	return { system, folder, isClean };
}

const isRunning = (action: string) => (event: EngineEvent) =>
	event.kind === 'operation' && event.operation.action === action && event.operation.state === 'running';
const backupsOf = (engine: TestEngine) =>
	engine.events.flatMap((event) =>
		event.kind === 'operation' &&
		event.operation.state !== 'running' &&
		/^backup\./.test(event.operation.action)
			? [event.operation]
			: [],
	);

describe('two operators', { timeout: 60_000 }, () => {
	it('start the same plan: one runs, the other is told who and when, and the screen of both says so', async () => {
		const { system, folder, isClean } = makeSite('', { bytes: 20_000_000 });
		const mei = await openTest(system.options());
		const tom = await openTest(system.options({ operator: 'tom' }));
		const started = await mei.send('operation.start', ask('backup', 'database'));
		const { by, startedAt } = started.operation;
		for (const verb of ['backup', 'verify', 'drill', 'prune'] as const)
			expect(await tom.refused('operation.start', ask(verb, 'database'))).toEqual({
				kind: 'refused',
				why: verb === 'backup' ? 'already-running' : 'plan-busy',
				detail: { by, at: startedAt },
			});
		expect(by).toBe('mei');
		await tom.until(
			(event) =>
				event.kind === 'backups' &&
				event.plans.some((plan) => plan.running?.operation === started.operation.id),
		);
		// Another plan is another thing.
		expect((await carryOut(tom, 'backup', 'www')).operation.level).toBe('ok');
		expect((await mei.ended(started.operation.id)).level).toBe('ok');
		expect(standing(folder).whole).toHaveLength(2);
		isClean();
	});

	it.each([
		['backup', 'backup', 'backup'],
		['backup', 'prune', 'drill'],
	] as const)('at the very same time (%s, %s, %s): exactly one begins', async (...verbs) => {
		const { system, folder } = makeSite('', { bytes: 3_000_000 });
		const engines = await Promise.all(
			['mei', 'tom', 'ada'].map((operator) => openTest(system.options({ operator }))),
		);
		const answers = await Promise.all(
			engines.map(({ engine }, at) => engine.send('operation.start', ask(verbs[at] ?? 'backup', 'database'))),
		);
		const begun = answers.flatMap((answer, at) => (answer.ok ? [{ at, id: answer.value.operation.id }] : []));
		expect(begun).toHaveLength(1);
		for (const { at, id } of begun) {
			await engines[at]?.ended(id);
			if (verbs[at] === 'backup') expect(standing(folder).whole).toHaveLength(1);
		}
	});

	it('nothing happens to a plan while it is restored', async () => {
		const { system, isClean } = makeSite();
		const mei = await openTest(system.options());
		const made = await carryOut(mei, 'backup', 'database');
		const copy = made.operation.files[0]?.split('/').at(-1) ?? '';
		const held = mei.next(isRunning('hold'));
		const started = await mei.send('operation.start', ask('restore', 'database', { copy }));
		await held;
		const tom = await openTest(system.options({ operator: 'tom' }));
		for (const verb of ['backup', 'drill', 'prune', 'verify'] as const)
			expect(await tom.refused('operation.start', ask(verb, 'database'))).toMatchObject({ why: 'plan-busy' });
		// What tom's console sweeps when it opens is not mei's.
		expect(readdirSync(join(system.folder, '.rounds/scratch'))).toHaveLength(1);
		system.write('go', '');
		expect((await mei.ended(started.operation.id)).level).toBe('ok');
		isClean();
	});

	it('one that was killed keeps nobody from it', async () => {
		const { system, folder, isClean } = makeSite('', { bytes: 20_000_000 });
		const dead = await startEngine(system.options({ operator: 'tom' }));
		const begun = dead.until(isRunning('backup.database'));
		await dead.send('operation.start', ask('backup', 'database'));
		await begun;
		await dead.kill();
		const mei = await openTest(system.options());
		expect((await carryOut(mei, 'backup', 'database')).operation.level).toBe('ok');
		expect(standing(folder).whole).toHaveLength(1);
		isClean();
	});
});

describe('a run that is ended', { timeout: 60_000 }, () => {
	const PHASES = ['copying', 'copied', 'became', 'SHA-256'];
	it.each(PHASES)('by a cancel (%s) leaves nothing, and harms nothing that was there', async (phase) => {
		const { system, folder, isClean } = makeSite(', compress: gzip', { bytes: 15_000_000 });
		const engine = await openTest(system.options());
		await carryOut(engine, 'backup', 'database');
		const before = treeOf(folder);
		const reached = engine.next(
			(event) => event.kind === 'operation' && event.tail.some((line) => line.includes(phase)),
		);
		const started = await engine.send('operation.start', ask('backup', 'database'));
		await reached;
		// It may have come to its end just before.
		await engine.engine.send('operation.cancel', { operation: started.operation.id });
		const { state } = await engine.ended(started.operation.id);
		if (phase === 'copying') expect(state).toBe('cancelled');
		if (state === 'cancelled') expect(treeOf(folder)).toEqual(before);
		else expect(treeOf(folder)).toMatchObject(before);
		expect((await copiesOf(engine, 'database')).map((copy) => copy.state)).toEqual(
			state === 'cancelled' ? ['there'] : ['there', 'there'],
		);
		expect((await planOf(engine, 'database')).reasons.map(({ kind }) => kind)).toEqual(['unproven']);
		isClean();
	});

	it('at once, before it has looked at anything, calls nothing damaged', async () => {
		const { system, folder } = makeSite();
		const engine = await openTest(system.options());
		for (let count = 0; count < 3; count += 1) await carryOut(engine, 'backup', 'database');
		const { whole } = standing(folder);
		for (const verb of ['backup', 'verify', 'drill', 'prune'] as const) {
			// Manifests that are no longer what they were have to be read again.
			for (const name of whole) appendFileSync(join(folder, `${name}.json`), '\n');
			const started = await engine.send('operation.start', ask(verb, 'database'));
			await engine.engine.send('operation.cancel', { operation: started.operation.id });
			await engine.ended(started.operation.id);
			const { copies } = await engine.send('backup.copies', { plan: planId('database') });
			expect([verb, copies.filter(({ state }) => state !== 'there')]).toEqual([verb, []]);
		}
		expect(standing(folder).whole).toEqual(expect.arrayContaining(whole));
	});

	it('between two targets takes back what the first one got', async () => {
		const { system, folder, isClean } = makeSite();
		system.write('rounds.yaml', yaml().replaceAll('to: backups/', 'to: [backups/, far/]'));
		const { world } = shiftedWorld(Date.now());
		let onPlaced = async () => {};
		const folders: typeof world.folders = (group) => {
			const real = world.folders(group);
			return {
				...real,
				async write(path, text, options) {
					const wrote = await real.write(path, text, options);
					if (path.startsWith(join(system.folder, 'far/')) && path.endsWith('.json')) await onPlaced();
					return wrote;
				},
			};
		};
		const engine = await openTest(system.options({ world: { ...world, folders } }));
		await carryOut(engine, 'backup', 'database');
		const before = [treeOf(folder), treeOf(join(system.folder, 'far'))];
		let running: OperationId | null = null;
		onPlaced = async () => {
			if (running !== null) await engine.send('operation.cancel', { operation: running });
		};
		const started = await engine.send('operation.start', ask('backup', 'database'));
		running = started.operation.id;
		expect(await engine.ended(running)).toMatchObject({ state: 'cancelled' });
		expect([treeOf(folder), treeOf(join(system.folder, 'far'))]).toEqual(before);
		expect((await copiesOf(engine, 'database')).map(({ state }) => state)).toEqual(['there', 'there']);
		isClean();
	});

	it('by closing the console leaves nothing either', async () => {
		const { system, folder } = makeSite(', compress: gzip', { bytes: 20_000_000 });
		const first = await openTest(system.options());
		await carryOut(first, 'backup', 'database');
		const before = treeOf(folder);
		const begun = first.next(
			(event) => event.kind === 'operation' && event.tail.some((line) => line.startsWith('copying')),
		);
		await first.send('operation.start', ask('backup', 'database'));
		await begun;
		await first.close();
		expect(treeOf(folder)).toEqual(before);
		expect(readdirSync(join(system.folder, '.rounds/scratch'))).toEqual([]);
		const second = await openTest(system.options());
		expect((await planOf(second, 'database')).running).toBeNull();
		expect((await carryOut(second, 'backup', 'database')).operation.level).toBe('ok');
	});
});

describe('a plan whose time has come', { timeout: 60_000 }, () => {
	const NIGHT = Date.parse('2025-11-22T01:59:59Z');
	const ended = (plan: string) => (event: EngineEvent) =>
		event.kind === 'operation' &&
		event.operation.action === `backup.${plan}` &&
		event.operation.state !== 'running';

	it('is run once, by the one who polls, however many consoles are open', async () => {
		const { system, folder } = makeSite(', at: "02:00"');
		const clocks = [shiftedWorld(NIGHT - 600_000), shiftedWorld(NIGHT - 600_000)];
		const mei = await openTest(system.options({ world: clocks[0]!.world }));
		await mei.until(polls(true));
		const tom = await openTest(system.options({ operator: 'tom', world: clocks[1]!.world }));
		await tom.until(polls(false));
		await clocks[0]!.looked();
		expect((await planOf(mei, 'www')).overdueSince).toBeNull();
		const done = Promise.all([mei.next(ended('www')), mei.next(ended('database'))]);
		for (const clock of clocks) clock.shift(601_000);
		await done;
		// Many looks later it was still once.
		for (const clock of clocks) clock.shift(301_000);
		await Promise.all(clocks.map((clock) => clock.looked(20)));
		const begun = mei.events.flatMap((event) =>
			event.kind === 'operation' && /^backup\./.test(event.operation.action) ? [event.operation.id] : [],
		);
		expect(new Set(begun).size).toBe(2);
		expect(backupsOf(mei).map(({ by, level }) => [by, level])).toEqual([
			['mei', 'ok'],
			['mei', 'ok'],
		]);
		expect(standing(folder).whole).toHaveLength(2);
	});

	it('and passed while nobody was there is overdue since then, and not run in the middle of the day', async () => {
		const { system, folder } = makeSite(', at: "02:00"');
		const before = shiftedWorld(NIGHT - 3_600_000);
		const first = await openTest(system.options({ world: before.world }));
		await first.until(polls(true));
		await before.looked();
		expect((await carryOut(first, 'backup', 'www')).operation.level).toBe('ok');
		await first.close();
		const noon = shiftedWorld(NIGHT + 10 * 3_600_000 + 2 * 86_400_000);
		const second = await openTest(system.options({ world: noon.world }));
		await second.until(polls(true));
		await noon.looked(5);
		expect(await planOf(second, 'www')).toMatchObject({
			level: 'critical',
			overdueSince: Date.parse('2025-11-22T02:00:00Z'),
		});
		expect(standing(folder).whole).toHaveLength(1);
	});

	it('and fails is tried again twice, five minutes apart, and then told', async () => {
		const { system, folder } = makeSite(', at: "02:00"');
		const clock = shiftedWorld(NIGHT - 600_000);
		const engine = await openTest(system.options({ world: clock.world }));
		await engine.until(polls(true));
		await clock.looked();
		system.write('backups', 'in the way\n');
		clock.shift(601_000);
		const runs = () => backupsOf(engine).filter(({ action }) => action === 'backup.www').length;
		for (const count of [1, 2, 3]) {
			await engine.until((event) => ended('www')(event) && runs() >= count);
			clock.shift(301_000);
		}
		for (let more = 0; more < 3; more += 1) {
			await clock.looked();
			clock.shift(301_000);
		}
		expect(runs()).toBe(3);
		expect((await planOf(engine, 'www')).reasons[0]?.kind).toBe('failed');
		expect(() => readdirSync(folder)).toThrow();
	});
});
