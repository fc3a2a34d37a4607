import { describe, expect, it } from 'vitest';
import { configCommand } from '../../src/cli/config.ts';
import { createPrinter } from '../../src/cli/print.ts';
import { findConfig } from '../../src/config/find.ts';
import type { LoadedConfig } from '../../src/config/load.ts';
import { createConfigKeeper } from '../../src/config/watch.ts';
import type { Locale } from '../../src/domain/own-text.ts';
import type { ConfigProblem } from '../../src/domain/picture.ts';
import { err, ok, type Result } from '../../src/domain/result.ts';
import { type ConfigWorld, HEAD, loadGood, MAIN, sourcesOf } from '../support/config-sources.ts';

async function runConfig(
	args: readonly string[],
	world: ConfigWorld,
	{ color = false, locale = 'en' as Locale } = {},
) {
	const out: string[] = [];
	const error: string[] = [];
	const context = {
		...createPrinter({
			out: (text) => void out.push(text),
			err: (text) => void error.push(text),
			color,
		}),
		locale,
		sources: sourcesOf(world),
		configPath: null,
		environment: undefined,
		cwd: '/etc/app/deep/er',
		reservedKeys: ['r'],
	};
	const exit = await configCommand.run(args, context as unknown as Parameters<typeof configCommand.run>[1]);
	return { exit, out: out.join(''), error: error.join('') };
}

const good = {
	files: {
		[MAIN]: `${HEAD}secrets: {t: env:T}\nchecks:\n  a: {kind: http, url: http://a/x, headers: {A: "secret:t"}, must: [status == 200]}\n`,
	},
	secrets: { 'env:T': 'hunter2-hunter2' },
};
const broken = {
	files: { [MAIN]: `${HEAD}checks:\n  a: {kind: http, url: http://a/, evry: 5s}\n  b: {kind: htp}\n` },
};

describe('rounds config', () => {
	it('check: one paragraph and exit 0 when all is well', async () => {
		const { exit, out, error } = await runConfig(['check'], good);
		expect({ exit, error }).toEqual({ exit: 0, error: '' });
		expect(out).toBe(
			'/etc/app/rounds.yaml is good: system Test, environment default; services: 0, checks: 1, actions: 0, round sheets: 0, backup plans: 0, files: 1.\n',
		);
	});

	it('check: every problem with its line and caret, exit 78', async () => {
		const { exit, out, error } = await runConfig(['check'], broken);
		expect({ exit, out }).toEqual({ exit: 78, out: '' });
		expect(error).toContain(
			'/etc/app/rounds.yaml:4:35  unknown key "evry" in checks.a\n      a: {kind: http, url: http://a/, evry: 5s}\n                                      ^^^^\n    did you mean "every"?\n',
		);
		expect(error).toMatch(/2 problems\n$/);
		expect(error).not.toContain('\u001b');
	});

	it('check --json: the same as values', async () => {
		const { exit, out } = await runConfig(['check', '--json'], broken);
		expect(exit).toBe(78);
		expect(JSON.parse(out)).toMatchObject({
			ok: false,
			problems: [
				{ file: MAIN, line: 4, column: 35 },
				{ line: 5, column: 13 },
			],
		});
	});

	it('check: knows the keys of the console', async () => {
		const { exit, error } = await runConfig(['check'], {
			files: { [MAIN]: `${HEAD}actions: {a: {run: x, key: r}}\n` },
		});
		expect(exit).toBe(78);
		expect(error).toContain('key "r" has a meaning of its own in the console');
	});

	it('check: no file, and a file that cannot be read', async () => {
		const none = await runConfig(['check'], { files: {} });
		expect(none.exit).toBe(78);
		expect(none.error).toContain('no rounds.yaml here or in a folder above /etc/app/deep/er');
	});

	it('explain: what will really be asked, and no secret', async () => {
		const { exit, out } = await runConfig(['explain', 'a'], good);
		expect(exit).toBe(0);
		expect(out).toContain('url: http://a/x');
		expect(out).toContain('headers: {A: *** (env:T)}');
		expect(out).toContain('status == 200');
		expect(out).toContain('every 30s, timeout 5s');
		expect(out).not.toContain('hunter2');
	});

	it('explain: a name that is none is a question of usage', async () => {
		const { exit, error } = await runConfig(['explain', 'b'], good);
		expect({ exit, error }).toEqual({ exit: 64, error: 'no check is called "b"; did you mean "a"?\n' });
	});

	it('schema: a JSON Schema', async () => {
		const { exit, out } = await runConfig(['schema'], { files: {} });
		expect(exit).toBe(0);
		expect(JSON.parse(out)).toMatchObject({
			$schema: 'https://json-schema.org/draft/2020-12/schema',
			required: ['version', 'system'],
		});
	});

	it.each([[[]], [['chek']], [['explain']], [['check', 'x']], [['check', '--jsn']]])(
		'%j is a mistake of usage',
		async (args) => {
			const { exit, error } = await runConfig(args, good, { locale: 'zh-CN' });
			expect(exit).toBe(64);
			expect(error).toContain('用法：rounds config check');
		},
	);
});

describe('finding the file', () => {
	const search = (present: readonly string[], given = {}) =>
		findConfig({ folder: '/a/b/c', exists: async (path) => present.includes(path), ...given });

	it('takes what was asked for, then ROUNDS_CONFIG, then the nearest', async () => {
		const present = ['/x.yaml', '/a/b/c/y.yaml', '/a/b/rounds.yml', '/a/rounds.yaml'];
		expect(await search(present, { asked: '/x.yaml', fromEnvironment: 'y.yaml' })).toEqual(ok('/x.yaml'));
		expect(await search(present, { fromEnvironment: 'y.yaml' })).toEqual(ok('/a/b/c/y.yaml'));
		expect(await search(present)).toEqual(ok('/a/b/rounds.yml'));
		expect(await search([...present, '/a/b/c/rounds.yml', '/a/b/c/rounds.yaml'])).toEqual(
			ok('/a/b/c/rounds.yaml'),
		);
	});

	it('never falls back from a file that was named', async () => {
		expect(await search(['/a/rounds.yaml'], { asked: 'no.yaml' })).toEqual(
			err('/a/b/c/no.yaml cannot be read: no such file'),
		);
	});
});

describe('keeping the last good one', () => {
	it('loads when a file changed, keeps the last good one when the edit is broken', async () => {
		const first = await loadGood(`${HEAD}checks: {a: {kind: http, url: http://a/}}\n`);
		const second: LoadedConfig = { ...first, files: [MAIN, '/etc/app/more.yaml'] };
		const problem: ConfigProblem = {
			file: '/etc/app/new.yaml',
			line: 1,
			column: 1,
			message: 'x',
			hint: null,
			excerpt: null,
		};
		const results: Result<LoadedConfig, readonly ConfigProblem[]>[] = [];
		const stamps = new Map([
			[MAIN, 1],
			['/etc/app/more.yaml', 1],
			['/etc/app/new.yaml', 1],
		]);
		const told: string[] = [];
		const keeper = createConfigKeeper(first, {
			load: async () => results.shift() ?? ok(first),
			stamps: async (files) => files.map((file) => stamps.get(file) ?? null),
			onGood: (config) => told.push(`good ${config.files.length}`),
			onProblems: (problems) => told.push(`problems ${problems.length}`),
		});
		await keeper.look();
		expect(told).toEqual([]);

		results.push(err([problem]));
		stamps.set(MAIN, 2);
		await keeper.look();
		await keeper.look();
		expect(told).toEqual(['problems 1']);
		expect(keeper.current).toBe(first);

		// The mistake is mended in the file that only the broken edit included.
		results.push(ok(second));
		stamps.set('/etc/app/new.yaml', 2);
		await keeper.look();
		await keeper.look();
		expect(told).toEqual(['problems 1', 'good 2']);
		expect(keeper.current).toBe(second);

		stamps.delete('/etc/app/more.yaml');
		await Promise.all([keeper.look(), keeper.look()]);
		expect(told).toEqual(['problems 1', 'good 2', 'good 1']);
	});
});
