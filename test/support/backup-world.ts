import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { type BackupVerb, backupActionId, type Manifest } from '../../src/domain/backup.ts';
import type { PlanPicture } from '../../src/domain/backup-picture.ts';
import { actionId, planId } from '../../src/domain/ids.ts';
import type { Operation } from '../../src/domain/operation.ts';
import type { Clock } from '../../src/domain/ports.ts';
import { createWorld, type World } from '../../src/platform/world.ts';
import type { TestEngine } from './engine.ts';

type Args = Readonly<Record<string, string>>;

/** What starts one verb of a plan, agreed to. */
export const ask = (verb: BackupVerb, plan: string, args: Args = {}, confirmed = 'yes') => ({
	action: actionId(backupActionId(verb, plan)),
	step: null,
	confirmed,
	args,
});

/** One verb of a plan, to its end. */
export async function carryOut(
	engine: TestEngine,
	verb: BackupVerb,
	plan: string,
	args: Args = {},
	confirmed = 'yes',
): Promise<{ readonly operation: Operation; readonly output: string }> {
	const started = await engine.send('operation.start', ask(verb, plan, args, confirmed));
	const operation = await engine.ended(started.operation.id);
	const { output } = await engine.send('operation.output', { operation: operation.id });
	return { operation, output };
}

export async function planOf(engine: TestEngine, plan: string): Promise<PlanPicture> {
	const { plans } = await engine.send('backups.look', {});
	const found = plans.find((one) => one.id === plan);
	if (found === undefined) throw new Error(`no plan ${plan}`);
	return found;
}

export async function copiesOf(engine: TestEngine, plan: string) {
	await engine.send('backups.look', {});
	return (await engine.send('backup.copies', { plan: planId(plan) })).copies;
}

/** Everything below a folder by its name: the content's hash, a link's target, or that it is a folder. */
export function treeOf(folder: string): Readonly<Record<string, string>> {
	const found: Record<string, string> = {};
	for (const name of readdirSync(folder, { recursive: true }) as string[]) {
		const path = join(folder, name);
		const stats = lstatSync(path);
		found[name] = stats.isSymbolicLink()
			? `→ ${readlinkSync(path)}`
			: stats.isFile()
				? hashOf(readFileSync(path))
				: 'folder';
	}
	return found;
}

export const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export const manifestAt = (folder: string, name: string): Manifest =>
	JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as Manifest;

/** How a folder of copies stands: those that are exactly what their manifest says, and everything else. */
export function standing(folder: string) {
	const files = readdirSync(folder);
	const isManifest = (name: string) => name.endsWith('.json') && files.includes(name.slice(0, -5));
	const parts = files.filter((name) => name.startsWith('.rounds-'));
	const whole: string[] = [];
	const half: string[] = [];
	const alone: string[] = [];
	for (const name of files) {
		if (parts.includes(name) || isManifest(name)) continue;
		if (!files.includes(`${name}.json`)) alone.push(name);
		else if (manifestAt(folder, name).sha256 === hashOf(readFileSync(join(folder, name)))) whole.push(name);
		else half.push(name);
	}
	return { whole, half, alone, parts };
}

/** A database with so many sales, about `bytes` long. */
export function makeShop(file: string, { sales = 3, bytes = 0 } = {}): void {
	const db = new Database(file);
	db.exec('create table sale (id integer primary key, cents integer); create table filling (body blob)');
	const insert = db.prepare('insert into sale (cents) values (?)');
	const fill = db.prepare('insert into filling values (randomblob(100000))');
	db.transaction(() => {
		for (let count = 1; count <= sales; count += 1) insert.run(count * 100);
		for (let count = 0; count < bytes / 100_000; count += 1) fill.run();
	})();
	db.close();
}

export function query(file: string, sql: string): unknown {
	const db = new Database(file);
	try {
		const statement = db.prepare(sql);
		return statement.reader ? statement.pluck().get() : statement.run().changes;
	} finally {
		db.close();
	}
}

/** How often an engine looks whether something is due, ms. */
const LOOKS_MS = 30_000;

export interface ShiftedWorld {
	readonly world: World;
	shift(ms: number): void;
	/** Once an engine has looked so many times more whether something is due. */
	looked(times?: number): Promise<void>;
}

/** The world with a wall clock that a test sets, and an engine that looks all the time whether something is due. */
export function shiftedWorld(startAt: number): ShiftedWorld {
	const real = createWorld({ split: (line) => line.split(' ') });
	let offset = startAt - real.clock.now();
	let looks = 0;
	let wake = () => {};
	const clock: Clock = {
		...real.clock,
		now: () => real.clock.now() + offset,
		after(ms, run) {
			if (ms !== LOOKS_MS) return real.clock.after(ms, run);
			return real.clock.after(20, () => {
				run();
				looks += 1;
				wake();
			});
		},
	};
	return {
		world: { ...real, clock, probePorts: (sql) => ({ ...real.probePorts(sql), clock }) },
		shift: (ms) => {
			offset += ms;
		},
		async looked(times = 2) {
			for (const until = looks + times; looks < until; )
				await new Promise<void>((resolve) => {
					wake = resolve;
				});
		},
	};
}
