import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'vitest';
import { builtRounds } from '../support/built.ts';
import { shows, test, until } from '../support/console.ts';

const YAML = `version: 1
system: Ledger
environments:
  production: {guard: typed}
checks:
  sound:
    kind: sqlite
    file: app.db
    read: {customers: SELECT COUNT(*) FROM customers}
    must: [customers > 0]
backups:
  database:
    title: Database
    source: sqlite
    file: app.db
    to: kept/
    at: "02:00"
    prove: [sound]
    restore: {warn: Sessions are lost.}
`;

const count = (file: string): number => {
	const database = new Database(file, { readonly: true });
	const row = database.prepare('SELECT COUNT(*) AS n FROM customers').get() as { n: number };
	database.close();
	return row.n;
};

test('backs up, drills, and restores what was lost, with the environment typed, in a real terminal', async ({
	world,
}) => {
	const file = join(world.home, 'app.db');
	const database = new Database(file);
	database.exec(
		'CREATE TABLE customers (id INTEGER PRIMARY KEY); INSERT INTO customers VALUES (1), (2), (3)',
	);
	database.close();
	await writeFile(join(world.home, 'rounds.yaml'), YAML);
	const { node, script } = await builtRounds();
	const pty = await world.run(node, [script, '--config', join(world.home, 'rounds.yaml')]);
	await pty.waitFor('sound', 30_000);
	pty.press('4');
	await shows(pty, 'never backed up · B makes a copy');
	pty.press('B');
	await shows(pty, 'not proven: no restored copy has passed the checks', /1 plan · 0 proven · 1 copy · /);
	const [name = ''] = await readdir(join(world.home, 'kept'));
	expect(name).toMatch(/^app\.db\.backup\.\d{8}$/);
	pty.press('D');
	await shows(pty, /1 plan · 1 proven/, /Database +● ok/);
	pty.press('enter');
	await shows(pty, /DRILLS/, /● ok +.* app\.db\.backup\.\d{8}/);
	pty.press('esc');
	await shows(pty, 'PROVEN ON');

	const wrong = new Database(file);
	wrong.exec('DELETE FROM customers WHERE id > 1');
	wrong.close();
	pty.press('T');
	await shows(pty, 'Choose the copy to go back to', name);
	pty.press('enter');
	await shows(pty, 'WILL BE REPLACED', /customers +1 +3 +\+2/, 'Sessions are lost.', 'Type production');
	// A confirmation is deaf for a moment: what was typed ahead must not say yes.
	await new Promise((resolve) => setTimeout(resolve, 400));
	pty.type('production');
	await shows(pty, /▸ production/);
	pty.press('enter');
	await shows(pty, 'OUTPUT', /● ok · took/, `is restored from ${name}`);
	expect(count(file)).toBe(3);
	await until(async () => (await readdir(join(world.home, 'kept'))).length === 4);
	expect(await readdir(world.home)).not.toContainEqual(expect.stringContaining('before-restore'));
}, 90_000);
