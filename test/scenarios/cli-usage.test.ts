import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { runCli, startCli } from '../support/cli.ts';
import { makeSystem } from '../support/engine.ts';

const PLAIN = `version: 1
system: Plain
checks:
  here: {kind: file, path: rounds.yaml, every: 1h}
rounds:
  morning: {at: "09:00", steps: [{check: here}]}
`;

describe('what is asked wrongly', () => {
	const LIST = 'demo, run, status, report, config, watch';
	it.each([
		[['bogus'], `rounds: "bogus" is no command; there is LIST`, 'rounds: 没有命令"bogus"；可用：LIST'],
		[
			['--bogus'],
			'rounds: --bogus is no option; see rounds --help',
			'rounds: 没有选项 --bogus；见 rounds --help',
		],
		[['--env'], 'rounds: --env needs a value', 'rounds: --env 需要一个值'],
		[
			['run', 'noon'],
			'rounds: "noon" is no round of this system; there is morning',
			'rounds: 本系统没有巡检表"noon"；可用：morning',
		],
		[['run'], 'rounds: which round? there is morning', 'rounds: 哪一张巡检表？可用：morning'],
		[
			['run', 'morning', '--jsn'],
			'rounds: --jsn: not known here; there is --json, --complete',
			'rounds: 此处没有 --jsn；可用：--json, --complete',
		],
		[['watch', '--json'], 'rounds: --json: this command takes no options', 'rounds: --json：此命令没有选项'],
		[['status', 'api'], 'rounds: api: rounds status takes no names', 'rounds: api：rounds status 不带名称'],
		[['report', 'api'], 'rounds: api: rounds report takes no names', 'rounds: api：rounds report 不带名称'],
		[['watch', 'api'], 'rounds: api: rounds watch takes no names', 'rounds: api：rounds watch 不带名称'],
		[['--lang', 'fr', 'status'], 'rounds: "fr" is no language; there is en, zh-CN', null],
	])('%j is one sentence and 64', async (args, english, chinese) => {
		const system = makeSystem(PLAIN);
		const run = await runCli(args, { cwd: system.folder });
		const list = /there is (demo[^\n]*)/.exec(run.err)?.[1] ?? LIST;
		expect(list.split(', ')).toEqual(expect.arrayContaining(LIST.split(', ')));
		expect(run).toMatchObject({ code: 64, out: '', err: `${english.replace('LIST', list)}\n` });
		if (chinese === null) return;
		const zh = await runCli(args, { cwd: system.folder, env: { ROUNDS_LANG: 'zh-CN' } });
		expect(zh).toMatchObject({ code: 64, err: `${chinese.replace('LIST', list)}\n` });
	});

	it('without a terminal the console says what there is instead', async () => {
		const system = makeSystem(PLAIN);
		const run = await runCli([], { cwd: system.folder });
		expect(run).toMatchObject({
			code: 64,
			out: '',
			err: 'rounds: the console needs a terminal; without one there is: rounds run SHEET, rounds status, rounds report\n',
		});
		expect((await runCli(['demo', '--lang', 'zh-CN'], { cwd: system.folder })).err).toContain(
			'控制台需要终端',
		);
	});
});

describe('help', () => {
	it('lists every command, and tells one of them when asked with it', async () => {
		const system = makeSystem(PLAIN);
		const cwd = system.folder;
		const [help, option, none] = await Promise.all([
			runCli(['help'], { cwd }),
			runCli(['--help'], { cwd }),
			runCli(['help', 'bogus'], { cwd }),
		]);
		expect(help.code).toBe(0);
		expect(option).toEqual(help);
		for (const name of ['demo', 'run SHEET', 'status', 'report', 'config check', 'watch'])
			expect(help.out).toContain(`  ${name}`);
		expect(help.out).toContain('--lang en|zh-CN');
		const [run, same, chinese] = await Promise.all([
			runCli(['run', '--help'], { cwd }),
			runCli(['help', 'run'], { cwd }),
			runCli(['help', 'run', '--lang', 'zh-CN'], { cwd }),
		]);
		expect(run).toEqual(same);
		expect(run.out).toContain('Usage: rounds run SHEET [--json] [--complete]\n');
		expect(run.out).not.toContain('watch');
		expect(chinese.out).toContain('用法：rounds run SHEET [--json] [--complete]\n');
		expect(none.code).toBe(64);
	});
});

describe('what cannot be opened', () => {
	it('no configuration is 78 and names the folder', async () => {
		const system = makeSystem(PLAIN);
		mkdirSync(join(system.folder, 'empty'));
		const run = await runCli(['status', '--config', 'nowhere.yaml'], { cwd: system.folder });
		expect(run.code).toBe(78);
		expect(run.err).toMatch(/^rounds: .*nowhere\.yaml.*\n$/);
	});

	it('an environment that is not there is 78, with what there is', async () => {
		const system = makeSystem(`${PLAIN}environments: {production: {default: true}, staging: {}}\n`);
		const run = await runCli(['status', '--env', 'stagin'], { cwd: system.folder });
		expect(run.code).toBe(78);
		expect(run.err).toContain('no environment is called "stagin"');
		expect(run.err).toContain('staging');
	});

	it('a configuration with mistakes is 78 and lists them all', async () => {
		const system = makeSystem(
			PLAIN.replace('kind: file', 'kind: flie').replace('morning:', 'mornign:\n    stpes: []\n  x:'),
		);
		const run = await runCli(['status'], { cwd: system.folder });
		expect(run.code).toBe(78);
		expect(run.err).toContain('rounds.yaml:4:');
		expect(run.err).toContain('flie');
		expect(run.err).toContain('stpes');
		expect(run.err).not.toMatch(/undefined|\[object|at .*\.ts:/);
	});

	it('a store that is no database is 74, one that is held is 75', async () => {
		const system = makeSystem(PLAIN, {
			'.rounds/rounds.db': 'this was never a database, but it is long enough to look at\n'.repeat(99),
		});
		const broken = await runCli(['status'], { cwd: system.folder });
		expect(broken).toMatchObject({
			code: 74,
			out: '',
			err: `rounds: the store is damaged · ${system.folder}/.rounds/rounds.db\n`,
		});
		const held = makeSystem(PLAIN);
		expect((await runCli(['run', 'morning'], { cwd: held.folder })).code).toBe(0);
		const db = new Database(join(held.folder, '.rounds/rounds.db'));
		db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE held (x)');
		const locked = await runCli(['status', '--lang', 'zh-CN'], { cwd: held.folder });
		db.close();
		expect(locked).toMatchObject({
			code: 75,
			err: `rounds: 存储正被其他程序使用 · ${held.folder}/.rounds/rounds.db\n`,
		});
	});

	it('a state directory that is a file is 74 and named', async () => {
		const system = makeSystem(PLAIN);
		writeFileSync(join(system.folder, '.rounds'), '');
		const run = await runCli(['status'], { cwd: system.folder });
		expect(run.code).toBe(74);
		expect(run.err).toContain(`${system.folder}/.rounds`);
		expect(run.err.split('\n')).toHaveLength(2);
	});
});

describe('a headless run', () => {
	it('loads no screen library', async () => {
		const system = makeSystem(PLAIN);
		const hooks = system.write(
			'hooks.mjs',
			`import { registerHooks } from 'node:module';
import { appendFileSync } from 'node:fs';
registerHooks({ load(url, context, next) { appendFileSync(${JSON.stringify(join(system.folder, 'loaded.txt'))}, url + '\\n'); return next(url, context); } });
`,
		);
		const run = await runCli(['run', 'morning'], { cwd: system.folder, node: ['--import', hooks] });
		expect(run.code).toBe(0);
		const loaded = (await import('node:fs'))
			.readFileSync(join(system.folder, 'loaded.txt'), 'utf8')
			.split('\n');
		expect(loaded.some((url) => url.endsWith('/src/engine.ts'))).toBe(true);
		const screen = loaded.filter((url) =>
			/node_modules\/(ink|react|react-reconciler|yoga-layout|zustand)\/|\/src\/(ui|screens|store)\/|console\.tsx/.test(
				url,
			),
		);
		expect(screen).toEqual([]);
	});

	it('that meets a mistake of ours says where the details are, and is 70', async () => {
		const system = makeSystem(PLAIN);
		const bug = 'data:text/javascript,setTimeout(() => { throw new Error("a mistake\\u001b[31m") }, 700)';
		const run = await runCli(['watch'], { cwd: system.folder, node: ['--import', bug] });
		expect(run.code).toBe(70);
		const file = /^rounds: a mistake of this program: a mistake[^\u001b]* · details in (.*)\n$/.exec(
			run.err,
		)?.[1];
		expect(file).toMatch(/own\/rounds\/crash-.*\.txt$/);
		expect(readFileSync(file!, 'utf8')).toContain('at ');
	});

	it('that watches ends quietly when its reader leaves', async () => {
		const system = makeSystem(
			PLAIN.replace('every: 1h', 'every: 1s').replace('path: rounds.yaml', 'path: flag'),
		);
		const running = startCli(['watch'], { cwd: system.folder });
		await running.line((line) => line.startsWith('polling'));
		running.child.stdout!.destroy();
		system.write('flag', '1');
		const { code, err } = await running.ended;
		expect({ code, err }).toEqual({ code: 141, err: '' });
	});

	it('ends quietly when nobody reads it', async () => {
		const system = makeSystem(PLAIN);
		const running = startCli(['config', 'schema'], { cwd: system.folder });
		running.child.stdout!.destroy();
		const { code, err } = await running.ended;
		expect(err).toBe('');
		expect([0, 141]).toContain(code);
	});
});
