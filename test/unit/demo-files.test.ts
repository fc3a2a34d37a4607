import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { ConfigSources } from '../../src/config/load.ts';
import { loadConfig } from '../../src/config/load.ts';
import { writeConfig } from '../../src/demo/demo-config.ts';
import { DROPPED_ORIGIN, ORIGINS } from '../../src/demo/origins.ts';
import { BANK_TEMPLATES, writeCorsConfig } from '../../src/demo/shipped-files.ts';
import { TROUBLES } from '../../src/demo/troubles.ts';
import { Secret } from '../../src/domain/secret.ts';

const EXAMPLE = new URL('../../examples/creditpilot/', import.meta.url);

function readExample(name: string): ReturnType<typeof parse> {
	return parse(readFileSync(new URL(name, EXAMPLE), 'utf8'));
}

test('the bank templates are 34 KB with 13 banks', () => {
	expect(JSON.parse(BANK_TEMPLATES).banks.length).toBe(13);
	expect(Math.round(BANK_TEMPLATES.length / 1000)).toBe(34);
});

test('the CORS configuration is 1.4 KB with ten origins', () => {
	const text = writeCorsConfig(ORIGINS);
	expect(text.match(/^ {4}"http.*",$/gm)?.length).toBe(10);
	expect((text.length / 1000).toFixed(1)).toBe('1.4');
	expect(ORIGINS).toContain(DROPPED_ORIGIN);
});

test('the demo defines exactly the variables that the example asks for', () => {
	const demo = parse(writeConfig({ flask: 1, accounting: 2, mcp: 3, control: 4 })).environments.demo.vars;
	const { environments } = readExample('rounds.yaml');
	for (const [name, environment] of Object.entries<{ vars: object }>(environments)) {
		expect([name, Object.keys(environment.vars).sort()]).toEqual([name, Object.keys(demo).sort()]);
	}
	const sheets = ['services', 'checks', 'actions', 'rounds'];
	const used = sheets.flatMap((sheet) => {
		const text = readFileSync(new URL(`sheets/${sheet}.yaml`, EXAMPLE), 'utf8');
		return [...text.matchAll(/\$\{(\w+)\}/g)].map((found) => found[1]!);
	});
	expect([...new Set(used)].sort()).toEqual(Object.keys(demo).sort());
});

test('every trouble is an ordinary action with a title in both languages', () => {
	const { actions } = parse(writeConfig({ flask: 1, accounting: 2, mcp: 3, control: 4 }));
	for (const trouble of TROUBLES) {
		expect(actions[`demo-${trouble.name}`]).toEqual({
			title: { en: trouble.en, 'zh-CN': trouble.zh },
			run: ['bash', 'trouble.sh', trouble.name, 'toggle'],
			timeout: '15s',
			recheck: ['all'],
		});
	}
	expect(actions['demo-all-well'].run).toEqual(['bash', 'trouble.sh', 'all-well']);
	expect(Object.keys(actions).length).toBe(TROUBLES.length + 1);
});

test('the example watches the origins that the demo allows', () => {
	expect(readExample('sheets/checks.yaml').checks.cors.origins).toEqual(ORIGINS);
	const script = readFileSync(new URL('test_api_endpoints.sh', EXAMPLE), 'utf8');
	expect([...script.matchAll(/^ {2}(https?:\S+)$/gm)].map((found) => found[1])).toEqual(ORIGINS);
});

test('rounds have the documented numbers of steps and name only what exists', () => {
	const { rounds } = readExample('sheets/rounds.yaml');
	const { checks } = readExample('sheets/checks.yaml');
	const { actions } = readExample('sheets/actions.yaml');
	const { services } = readExample('sheets/services.yaml');
	expect(Object.keys(rounds).map((name) => rounds[name].steps.length)).toEqual([6, 3, 2]);
	for (const step of Object.values<{ steps: Record<string, unknown>[] }>(rounds).flatMap(
		(round) => round.steps,
	)) {
		for (const check of (step['check'] as string[] | undefined) ?? []) expect(checks).toHaveProperty([check]);
		if (step['run']) expect(actions).toHaveProperty([step['run'] as string]);
	}
	for (const part of actions.daily.sequence) expect({ ...checks, ...actions }).toHaveProperty([part]);
	for (const check of Object.values<{ service?: string }>(checks)) {
		if (check.service) expect(services).toHaveProperty([check.service]);
	}
});

describe('the loader', () => {
	const none = { ok: true, value: [] } as const;
	const demo = writeConfig({ flask: 5001, accounting: 8001, mcp: 8081, control: 4 });
	const load = (head: string, environment?: string) => {
		const sources: ConfigSources = {
			read: async (path) => {
				const name = path.slice('/example/'.length);
				return {
					ok: true,
					value: name === 'rounds.yaml' ? head : readFileSync(new URL(name, EXAMPLE), 'utf8'),
				};
			},
			glob: async (pattern) => {
				const folder = /^\/example\/(sheets|host)\/\*\.yaml$/.exec(pattern)?.[1];
				if (folder === undefined) return none;
				const names = [
					'actions',
					'backups',
					'checks',
					folder === 'host' ? 'environments' : 'services',
					'rounds',
				];
				return { ok: true, value: names.map((name) => `/example/${folder}/${name}.yaml`) };
			},
			env: () => undefined,
			resolveSecret: async (reference) => ({ ok: true, value: new Secret('token', reference) }),
		};
		return loadConfig('/example/rounds.yaml', sources, { environment });
	};

	test.each([
		['production', readFileSync(new URL('rounds.yaml', EXAMPLE), 'utf8'), 5000],
		['staging', readFileSync(new URL('rounds.yaml', EXAMPLE), 'utf8'), 5500],
		['demo', demo, 5001],
	])('takes %s without an error or a warning', async (environment, head, port) => {
		const loaded = await load(head, environment);
		if (!loaded.ok) expect.fail(loaded.error.map((problem) => problem.message).join('\n'));
		expect(loaded.value.warnings.map((problem) => problem.message)).toEqual([]);
		const { system } = loaded.value;
		expect(system.services.map((service) => service.port)).toContain(port);
		// The real host has further rounds beside the three of the documents; those three keep their steps.
		expect(system.sheets.map((sheet) => sheet.id).slice(3)).toEqual(
			environment === 'demo' ? [] : ['upkeep', 'after-import', 'after-update'],
		);
		expect(system.sheets.slice(0, 3).map((sheet) => [sheet.id, sheet.atMinute, sheet.steps.length])).toEqual([
			['morning', 540, 6],
			['afternoon', 900, 3],
			['evening', 1260, 2],
		]);
		expect(system.actions.flatMap((action) => action.key ?? []).sort()).toEqual(['d', 't']);
	});
});

test('a console that launches the demo does not load SQLite for it', () => {
	const seen = new Set<string>();
	const follow = (file: URL): void => {
		if (seen.has(file.href)) return;
		seen.add(file.href);
		for (const [, from] of readFileSync(file, 'utf8').matchAll(/ from '([^']+)'/g)) {
			if (from!.startsWith('.')) follow(new URL(from!, file));
			else seen.add(from!);
		}
	};
	follow(new URL('../../src/demo/launch.ts', import.meta.url));
	const outside = [...seen].filter((name) => !name.startsWith('file:') && !name.startsWith('node:'));
	expect(outside).toEqual([]);
	expect(seen.size).toBeGreaterThan(4);
});
