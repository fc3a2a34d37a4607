import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { actionId } from '../../src/domain/ids.ts';
import { ask, carryOut, copiesOf, hashOf, makeShop, manifestAt, query } from '../support/backup-world.ts';
import { makeSystem, openTest } from '../support/engine.ts';

async function open(text: string) {
	const system = makeSystem(`version: 1\nsystem: Shop\n${text}`);
	makeShop(join(system.folder, 'shop.db'));
	return { system, engine: await openTest(system.options()) };
}

describe('the private folder of a run', { timeout: 60_000 }, () => {
	it('is open to nobody else, also where the state is shared by a group', async () => {
		const group = execFileSync('id', ['-gn'], { encoding: 'utf8' }).trim();
		const { system, engine } = await open(`state: {path: .rounds, group: ${group}}
backups:
  modes:
    source: command
    run: [sh, -c, 'stat -c %a "$(dirname "$(dirname "$1")")" > "$1"', sh, '{file}']
    compress: none
    to: backups/
`);
		const { operation } = await carryOut(engine, 'backup', 'modes');
		expect(operation.level).toBe('ok');
		expect(readFileSync(operation.files[0] ?? '', 'utf8')).toBe('700\n');
		expect(existsSync(join(system.folder, '.rounds/scratch'))).toBe(true);
	});
});

describe('a restore', { timeout: 60_000 }, () => {
	const PLAN = 'backups:\n  database: {source: sqlite, file: shop.db, to: backups/}\n';

	it('begins by no way without its guard and its copy', async () => {
		const { system, engine } = await open(
			`environments: {production: {default: true, guard: typed}}\n${PLAN}`,
		);
		const live = join(system.folder, 'shop.db');
		await carryOut(engine, 'backup', 'database');
		const [copy] = await copiesOf(engine, 'database');
		query(live, 'delete from sale');
		const { copy: name, target } = { copy: copy!.name, target: copy!.target };
		const given = { copy: name, target };
		for (const confirmed of ['yes', '', 'Production'])
			expect(
				await engine.refused('operation.start', ask('restore', 'database', given, confirmed)),
			).toMatchObject({ why: 'needs-confirmation' });
		const bare = { action: actionId('restore.database'), step: null, confirmed: null, args: given };
		expect(await engine.refused('operation.start', bare)).toMatchObject({ why: 'needs-confirmation' });
		expect(
			await engine.refused('operation.start', ask('restore', 'database', {}, 'production')),
		).toMatchObject({ why: 'needs-copy' });
		expect(query(live, 'select count(*) from sale')).toBe(0);
		const { operation } = await carryOut(engine, 'restore', 'database', given, 'production');
		expect(operation.level).toBe('ok');
		expect(query(live, 'select count(*) from sale')).toBe(3);
	});

	it('says of nobody that he asked for it, whatever is sent with it', async () => {
		const { engine } = await open(PLAN);
		await carryOut(engine, 'backup', 'database');
		const [copy] = await copiesOf(engine, 'database');
		const sent = { copy: copy!.name, target: copy!.target, askedBy: 'somebody', askedAt: 'noon' };
		const { operation, output } = await carryOut(engine, 'restore', 'database', sent);
		expect(operation.level).toBe('ok');
		expect(output).not.toContain('somebody');
	});
});

describe('a copy exchanged in its target for another', { timeout: 60_000 }, () => {
	it('with a manifest that fits is told apart from the one that was made, and never restored', async () => {
		const { system, engine } = await open(
			'backups:\n  database: {source: sqlite, file: shop.db, to: backups/}\n',
		);
		const live = join(system.folder, 'shop.db');
		await carryOut(engine, 'backup', 'database');
		const [copy] = await copiesOf(engine, 'database');
		const path = join(system.folder, 'backups', copy!.name);
		query(path, 'update sale set cents = 999999');
		const bytes = readFileSync(path);
		const hash = hashOf(bytes);
		const manifest = manifestAt(join(system.folder, 'backups'), copy!.name);
		const forged = {
			...manifest,
			bytes: bytes.length,
			plainBytes: bytes.length,
			sha256: hash,
			plainSha256: hash,
		};
		writeFileSync(`${path}.json`, `${JSON.stringify(forged, null, '\t')}\n \n`);
		expect(await copiesOf(engine, 'database')).toMatchObject([{ name: copy!.name, state: 'damaged' }]);
		const given = { copy: copy!.name, target: copy!.target };
		for (const verb of ['verify', 'drill', 'restore'] as const) {
			const { operation } = await carryOut(engine, verb, 'database', given);
			expect(operation.level).toBe('critical');
		}
		expect(query(live, 'select sum(cents) from sale')).toBe(600);
		// Found again as it was made, it is whole once it was read.
		writeFileSync(`${path}.json`, `${JSON.stringify(manifest, null, '\t')}\n`);
		query(path, 'update sale set cents = id * 100');
		expect(await copiesOf(engine, 'database')).toMatchObject([{ state: 'damaged' }]);
	});
});

describe('why a copy is kept', { timeout: 60_000 }, () => {
	it('is one word that can be read back, and never that of a restore', async () => {
		const { system, engine } = await open(
			'backups:\n  database: {source: sqlite, file: shop.db, to: backups/}\n',
		);
		for (const pin of ['restore', 'x'.repeat(5_000), 'a\u202eb'])
			await carryOut(engine, 'backup', 'database', { pin });
		const copies = await copiesOf(engine, 'database');
		expect(copies.map(({ pinned }) => pinned)).toEqual(['by-hand', 'by-hand', 'by-hand']);
		expect(manifestAt(join(system.folder, 'backups'), copies[0]!.name).pinned).toBe('by-hand');
	});
});
