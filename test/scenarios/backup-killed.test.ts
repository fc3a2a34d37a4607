import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
	ask,
	carryOut,
	copiesOf,
	hashOf,
	makeShop,
	query,
	standing,
	treeOf,
} from '../support/backup-world.ts';
import { startCli } from '../support/cli.ts';
import { makeSystem, openTest, type TestSystem } from '../support/engine.ts';

const PROGRAM = fileURLToPath(new URL('../support/killed-engine-program.ts', import.meta.url));

const YAML = `version: 1
system: Shop
checks:
  books: {kind: sqlite, file: shop.db, every: 1h, read: {sales: select count(*) from sale}, must: [sales > 0]}
backups:
  database: {source: sqlite, file: shop.db, to: [backups/, far/], prove: [books]}
  logs: {source: files, files: logs/**, to: backups/}
`;

interface Killed {
	readonly signal: string | null;
	readonly said: { readonly made: readonly string[]; readonly operation: { readonly level: string } } | null;
}

/** Does one thing in a process of its own, killed just before its nth change; 0: not at all. */
function doAndDie(system: TestSystem, what: ReturnType<typeof ask>, at: number): Promise<Killed> {
	const argv = [PROGRAM, JSON.stringify(system.options({ polls: false })), JSON.stringify(what), String(at)];
	const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
	onTestFinished(() => void child.kill('SIGKILL'));
	let out = '';
	child.stdout.on('data', (text) => {
		out += text;
	});
	return new Promise((resolve) =>
		child.once('close', (_code, signal) => resolve({ signal, said: out === '' ? null : JSON.parse(out) })),
	);
}

/** Nothing half under a copy's name, and everything that was there before is as it was. */
function isUnharmed(folder: string, before: Readonly<Record<string, string>>): void {
	const now = treeOf(folder);
	for (const [name, hash] of Object.entries(before))
		if (!name.startsWith('.rounds-')) expect([name, now[name]]).toEqual([name, hash]);
	expect(standing(folder).half).toEqual([]);
}

describe('a backup that is killed', { timeout: 120_000 }, () => {
	it('before each of its changes leaves nothing half, and the next run takes away what it left', async () => {
		const system = makeSystem(YAML);
		makeShop(join(system.folder, 'shop.db'), { bytes: 300_000 });
		const [near, far] = [join(system.folder, 'backups'), join(system.folder, 'far')];
		const first = await doAndDie(system, ask('backup', 'database'), 0);
		expect(first.said?.operation.level).toBe('ok');
		const steps = first.said?.made.length ?? 0;
		expect(steps).toBeGreaterThan(8);
		const marked = (folder: string) => standing(folder).parts.filter((name) => name.split('-').length > 2);
		let swept = 0;
		for (let at = 1; at <= steps; at += 1) {
			const before = [treeOf(near), treeOf(far)] as const;
			const died = await doAndDie(system, ask('backup', 'database'), at);
			expect([at, died.signal]).toEqual([at, 'SIGKILL']);
			isUnharmed(near, before[0]);
			isUnharmed(far, before[1]);
			swept += marked(near).length + marked(far).length;
		}
		const left = [...standing(near).alone, ...standing(far).alone];
		const engine = await openTest(system.options());
		const { operation, output } = await carryOut(engine, 'backup', 'database');
		expect(operation).toMatchObject({ state: 'done', level: 'ok' });
		expect(swept).toBeGreaterThan(0);
		// What got its name and no manifest is nobody's backup: left alone, and told.
		expect(left.length).toBeGreaterThan(0);
		expect(output).toContain(`${left[0]} lies there without a manifest: it is not counted as a backup`);
		expect([marked(near), marked(far)]).toEqual([[], []]);
		expect(readdirSync(join(system.folder, '.rounds/scratch'))).toEqual([]);
		const names = (await copiesOf(engine, 'database')).map(({ name }) => name);
		for (const name of left) expect(names).not.toContain(name);
		for (const { name, state } of await copiesOf(engine, 'database'))
			expect([name, state]).toEqual([name, 'there']);
		expect(new Set(names)).toEqual(new Set([...standing(near).whole, ...standing(far).whole]));
	});

	it('at any moment of a larger copy does no harm either', async () => {
		const system = makeSystem(YAML.replace('to: [backups/, far/]', 'to: backups/, compress: gzip'));
		makeShop(join(system.folder, 'shop.db'), { bytes: 12_000_000 });
		const folder = join(system.folder, 'backups');
		const options = { cwd: system.folder };
		let took = 0;
		// The first one also warms what the others find warm.
		for (let turn = 0; turn < 2; turn += 1) {
			const began = performance.now();
			expect(await startCli(['backup', 'database'], options).ended).toMatchObject({ code: 0 });
			took = performance.now() - began;
		}
		let killed = 0;
		for (let turn = 0; turn < 7; turn += 1) {
			const before = treeOf(folder);
			const run = startCli(['backup', 'database'], options);
			const wait = took * (0.25 + 0.1 * turn);
			await Promise.race([new Promise((resolve) => setTimeout(resolve, wait)), run.ended]);
			run.signal('SIGKILL');
			const { signal } = await run.ended;
			killed += signal === 'SIGKILL' ? 1 : 0;
			isUnharmed(folder, before);
		}
		expect(killed).toBeGreaterThan(0);
		expect(await startCli(['backup', 'database'], options).ended).toMatchObject({ code: 0 });
		expect(standing(folder)).toMatchObject({ half: [], parts: [] });
		expect(readdirSync(join(system.folder, '.rounds/scratch'))).toEqual([]);
	});
});

describe('a restore that is killed', { timeout: 120_000 }, () => {
	it('before each of its changes: the old or the new database stands, and the old one is whole somewhere', async () => {
		const system = makeSystem(YAML);
		const live = join(system.folder, 'shop.db');
		makeShop(live, { sales: 5 });
		await doAndDie(system, ask('backup', 'database'), 0);
		const [name = ''] = standing(join(system.folder, 'backups')).whole;
		const what = ask('restore', 'database', { copy: name });
		let [at, isOver] = [1, false];
		for (; !isOver && at < 80; at += 1) {
			// The application has gone on since: eight sales are what must not be lost.
			query(live, 'delete from sale where id > 5');
			for (let more = 0; more < 3; more += 1) query(live, 'insert into sale (cents) values (1)');
			const old = hashOf(readFileSync(live));
			const backups = treeOf(join(system.folder, 'backups'));
			const died = await doAndDie(system, what, at);
			isOver = died.signal === null;
			isUnharmed(join(system.folder, 'backups'), backups);
			const stands = query(live, 'select count(*) from sale');
			expect([at, stands === 5 || stands === 8]).toEqual([at, true]);
			expect(query(live, 'pragma integrity_check')).toBe('ok');
			if (stands === 8 || isOver) continue;
			const asides = readdirSync(system.folder).filter((one) => one.startsWith('shop.db.before-restore.'));
			const isKept = asides.some((one) => hashOf(readFileSync(join(system.folder, one))) === old);
			expect([at, isKept]).toEqual([at, true]);
		}
		expect(isOver).toBe(true);
		expect(at).toBeGreaterThan(12);
	});

	it('while folders are exchanged: every file is there, old or new, and what was moved is in the aside', async () => {
		const system = makeSystem(YAML, { 'logs/a.log': 'old a\n', 'logs/b/c.log': 'old c\n' });
		mkdirSync(join(system.folder, 'backups'));
		makeShop(join(system.folder, 'shop.db'));
		await doAndDie(system, ask('backup', 'logs'), 0);
		const [name = ''] = standing(join(system.folder, 'backups')).whole;
		const what = ask('restore', 'logs', { copy: name });
		let isOver = false;
		for (let at = 1; !isOver && at < 60; at += 1) {
			system.write('logs/a.log', 'new a\n');
			const died = await doAndDie(system, what, at);
			isOver = died.signal === null;
			const texts = (readdirSync(join(system.folder, 'logs'), { recursive: true }) as string[])
				.filter((one) => one.endsWith('a.log'))
				.map((one) => readFileSync(join(system.folder, 'logs', one), 'utf8'));
			if (!isOver) expect([at, texts.includes('new a\n')]).toEqual([at, true]);
			expect(readFileSync(join(system.folder, 'logs/b/c.log'), 'utf8')).toBe('old c\n');
		}
		expect(isOver).toBe(true);
		expect(readFileSync(join(system.folder, 'logs/a.log'), 'utf8')).toBe('old a\n');
	});
});
