import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { builtRounds } from '../support/built.ts';
import { atHealth, shows, test } from '../support/console.ts';

const yaml = (state: string, more = ''): string => `version: 1
system: Small
state: {path: ${state}}
checks:
  here: {kind: file, path: rounds.yaml, every: 1s, must: [present == true]}
${more}`;

test.for<readonly [string, string]>([
	['below a file', 'occupied/kept'],
	['where nobody may write', 'locked/kept'],
	['in a file system that takes no folders', '/proc/rounds'],
])(
	'says in a sentence that its state cannot lie %s, and exits 74',
	{ timeout: 30_000 },
	async ([, path], { world, skip }) => {
		if (path.startsWith('locked') && process.getuid?.() === 0) skip('the superuser may write anywhere');
		await writeFile(join(world.home, 'occupied'), '');
		await mkdir(join(world.home, 'locked'));
		await chmod(join(world.home, 'locked'), 0o500);
		const file = join(world.home, 'rounds.yaml');
		await writeFile(file, yaml(path));
		const { node, script } = await builtRounds();
		const pty = await world.run(node, [script, '--config', file]);
		expect((await pty.exit).code).toBe(74);
		const said = pty.screen().join('').trim();
		expect(said).toMatch(/^rounds: .+/);
		expect(said).toContain(path);
		expect(said).not.toMatch(/ {4}at |undefined|\[object|SQLITE_/);
		expect(pty.output).not.toContain('\x1b[?1049h');
	},
);

test('shows a broken configuration on the screen, goes on with the last good one, and takes the mended one', async ({
	world,
}) => {
	const pty = await world.open();
	await atHealth(pty);
	const config = join(world.demo, 'rounds.yaml');
	const good = await readFile(config, 'utf8');
	const line = good.split('\n').findIndex((text) => text.startsWith('timezone:')) + 1;
	await writeFile(config, good.replace('timezone: UTC', 'timezome: UTC'));
	await shows(
		pty,
		new RegExp(`configuration not taken: rounds\\.yaml:${line}:1 .*timezome`),
		'last good one stays',
	);
	// It goes on: values are asked, keys work.
	pty.press('2');
	await shows(pty, /expenses\s+6,904,032\.73/);
	pty.press('R');
	await shows(pty, /asked \d+ checks/);
	await writeFile(config, good.replace('system: CreditPilot', 'system: DebitPilot'));
	await shows(pty, /^ DebitPilot/);
	expect(pty.screen().join('\n')).not.toContain('configuration not taken');
	await writeFile(config, Buffer.alloc(4096, 0xff));
	await shows(pty, /configuration not taken: rounds\.yaml:/);
	await writeFile(config, '');
	await shows(pty, /configuration not taken: rounds\.yaml:/, /^ DebitPilot/);
	await writeFile(config, good);
	await shows(pty, /^ CreditPilot/);
}, 90_000);

test.for<readonly [string, string | Buffer | null]>([
	['that is not there', null],
	['that is empty', ''],
	['that is no text', Buffer.alloc(4096, 0xfe)],
	['with a mistake', yaml('kept', 'chekcs: {}\n')],
])(
	'refuses a configuration %s with a place or a name, and exits 78',
	{ timeout: 30_000 },
	async ([, text], { world }) => {
		const file = join(world.home, 'rounds.yaml');
		if (text !== null) await writeFile(file, text);
		const { node, script } = await builtRounds();
		const pty = await world.run(node, [script, '--config', file]);
		expect((await pty.exit).code).toBe(78);
		expect(pty.output).toContain('rounds.yaml');
		expect(pty.output).not.toMatch(/ {4}at |undefined|\[object/);
		expect(pty.output).not.toContain('\x1b[?1049h');
	},
);
