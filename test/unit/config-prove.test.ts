import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { configCommand } from '../../src/cli/config.ts';
import { createPrinter } from '../../src/cli/print.ts';
import { loadConfig } from '../../src/config/load.ts';
import { proveSystem } from '../../src/config/proofs.ts';
import { fault } from '../../src/domain/fault.ts';
import type { Locale } from '../../src/domain/own-text.ts';
import { err, ok } from '../../src/domain/result.ts';
import { Secret } from '../../src/domain/secret.ts';
import { proofText } from '../../src/i18n/proof.ts';
import { HEAD, loadGood, MAIN, sourcesOf } from '../support/config-sources.ts';

async function runProve(text: string, args: readonly string[] = [], locale: Locale = 'en', env = {}) {
	const out: string[] = [];
	const error: string[] = [];
	const streams = {
		out: (line: string) => void out.push(line),
		err: (line: string) => void error.push(line),
	};
	const context = {
		...createPrinter({ ...streams, color: false }),
		locale,
		sources: sourcesOf({ files: { [MAIN]: text }, secrets: env }),
		configPath: MAIN,
		environment: undefined,
		cwd: '/etc/app',
		reservedKeys: [],
	};
	const run = configCommand.run as (args: readonly string[], context: unknown) => Promise<number>;
	const exit = await run(['prove', ...args], context);
	return { exit, out: out.join(''), error: error.join('') };
}

const CHECKS = `${HEAD}checks:
  api:
    kind: http
    url: http://a/x
    title: The API
    show: {customers: 'count($.customers[*])'}
    must: [status == 200, customers > 0]
    should: [latency < 500ms]
actions:
  tests:
    title: Tests
    run: [bash, t.sh]
    result: '(?<passed>\\d+)/(?<total>\\d+)'
    must: [exit == 0, passed == total]
`;

describe('rounds config prove', () => {
	it('lists every condition with a reading that fails it; exit 0 when none is vacuous', async () => {
		expect(await runProve(CHECKS)).toEqual({
			exit: 0,
			error: '',
			out: [
				'api · The API',
				'  ● proven      must    status == 200    fails at status = 201',
				'  ● proven      must    customers > 0    fails at customers = 0',
				'  ● proven      should  latency < 500ms  fails at latency = 501 ms',
				'action tests · Tests',
				'  ● proven      must    exit == 0        fails at exit = 1',
				'  ● proven      must    passed == total  fails at passed = 11, total = 10',
				'5 conditions: 5 proven, 0 vacuous, 0 impossible, 0 unproven',
				'',
			].join('\n'),
		});
	});

	it('names the vacuous and the impossible, and exits 1', async () => {
		const vacuous = await runProve(CHECKS.replace('customers > 0', 'customers >= 0'));
		expect(vacuous.exit).toBe(1);
		expect(vacuous.out).toContain(
			'✖ vacuous     must    customers >= 0   no reading could fail it: customers is never less than zero\n',
		);
		const impossible = await runProve(CHECKS.replace('customers > 0', 'customers < 0'), [], 'zh-CN');
		expect(impossible.exit).toBe(1);
		expect(impossible.out).toContain('✖ 不可能  must    customers < 0    任何读数都无法满足：');
	});

	it('only what is unproven is no reason to fail, but is said', async () => {
		const { exit, out } = await runProve(CHECKS.replace('latency < 500ms', 'latency >= 0'));
		expect(exit).toBe(0);
		expect(out).toContain('? unproven    should  latency >= 0');
		expect(out).toContain('4 proven, 0 vacuous, 0 impossible, 1 unproven');
	});

	it('--json: classes, examples as values, totals', async () => {
		const { exit, out } = await runProve(CHECKS.replace('customers > 0', 'customers >= 0'), ['--json']);
		expect(exit).toBe(1);
		expect(JSON.parse(out)).toMatchObject({
			ok: false,
			totals: { proven: 4, vacuous: 1, impossible: 0, unproven: 0 },
			groups: [
				{
					check: 'api',
					conditions: [
						{
							severity: 'must',
							condition: 'status == 200',
							class: 'proven',
							fails: [{ text: 'status', value: { number: '201', unit: 'none' } }],
						},
						{ condition: 'customers >= 0', class: 'vacuous', code: 'never-negative', fails: null },
						{ severity: 'should' },
					],
				},
				{ action: 'tests' },
			],
		});
	});

	it('a broken configuration is told as `check` tells it, exit 78; a word too many is misuse', async () => {
		const broken = await runProve(`${HEAD}checks:\n  a: {kind: htp}\n`);
		expect(broken).toMatchObject({ exit: 78, out: '' });
		expect(broken.error).toContain('1 problem');
		const misused = await runProve(CHECKS, ['api']);
		expect(misused.exit).toBe(64);
		expect(misused.error).toContain('unexpected argument "api"');
	});

	it('lets no secret through that was also written into a condition', async () => {
		const text = `${HEAD}secrets: {t: env:T}\nchecks:\n  a: {kind: http, url: http://a/x, headers: {A: "secret:t"}, must: ['$.token != "hunter2-hunter2"']}\n`;
		for (const args of [[], ['--json']]) {
			const { out } = await runProve(text, args, 'en', { 'env:T': 'hunter2-hunter2' });
			expect(out).toContain('$.token');
			expect(out).not.toContain('hunter2');
		}
	});

	it('knows the units of other checks, and their shown values as they come', async () => {
		const { system } = await loadGood(
			`${HEAD}checks:\n  one: {kind: http, url: http://a/, show: {n: $.n}, must: [status == 200]}\n  two: {kind: http, url: http://b/, must: [one.latency < 2s, one.n > 5]}\n`,
		);
		const [, two] = proveSystem(system);
		expect(two?.proofs.map(({ proof }) => proof.fails?.outcome.resolved[0]?.value)).toEqual([
			{ number: '2100', unit: 'ms' },
			{ number: '5', unit: 'none' },
		]);
	});
});

describe('the examples', () => {
	const root = fileURLToPath(new URL('../../', import.meta.url));

	const sources = {
		read: async (file: string) =>
			existsSync(file) ? ok(readFileSync(file, 'utf8')) : err(fault('file-missing', { path: file })),
		glob: async (pattern: string) => ok(globSync(pattern).sort()),
		env: (variable: string) => process.env[variable],
		resolveSecret: async (reference: string) => ok(new Secret('not-shown-anywhere', reference)),
	};

	it.each(globSync(`${root}examples/*/rounds.yaml`).map((path) => [path.slice(root.length), path] as const))(
		'%s has no condition that tests nothing',
		async (_, path) => {
			const loaded = await loadConfig(path, sources);
			if (!loaded.ok) throw new Error(JSON.stringify(loaded.error));
			const proofs = proveSystem(loaded.value.system).flatMap((group) => group.proofs);
			expect(proofs.length).toBeGreaterThan(0);
			const idle = proofs.filter(({ proof }) => proof.kind === 'vacuous' || proof.kind === 'impossible');
			expect(idle.map(({ proof }) => `${proof.kind}: ${proof.condition}`)).toEqual([]);
		},
	);
});

describe('a sample that is a word', () => {
	it('has changed wholly or not at all, as the judge of real readings has it', async () => {
		const { system } = await loadGood(
			`${HEAD}checks:\n  db: {kind: sqlite, file: a.db, facts: true, must: [change(schema) == 0, change(size) < 20%]}\n`,
		);
		const said = proveSystem(system).flatMap(({ proofs }) =>
			proofs.map(({ proof }) => proofText(proof, 'en')),
		);
		expect(said).toEqual([
			'fails at change(schema) = 100 % ("one" → "other")',
			'fails at change(size) = 21 % (1,000 B → 1.2 KiB)',
		]);
	});
});
