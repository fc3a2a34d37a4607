import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { RegisteredKind } from '../../src/checks/define.ts';
import { CHECK_KINDS } from '../../src/checks/index.ts';
import { explainCheck } from '../../src/config/explain.ts';
import { fieldWords } from '../../src/config/field-words.ts';
import { loadConfig } from '../../src/config/load.ts';
import { referencePage } from '../../src/config/reference.ts';
import { configSchema } from '../../src/config/schema.ts';
import { fault } from '../../src/domain/fault.ts';
import { err, ok } from '../../src/domain/result.ts';
import { Secret } from '../../src/domain/secret.ts';
import { HEAD, loadText } from '../support/config-sources.ts';

const KINDS = CHECK_KINDS as readonly unknown[] as readonly RegisteredKind[];
const root = fileURLToPath(new URL('../../', import.meta.url));

describe.each(KINDS.map((kind) => [kind.name, kind] as const))('kind %s in a configuration', (name, kind) => {
	const indented = kind.example.replace(/^(?=.)/gm, '  ');
	const id = /^([\w-]+):/.exec(kind.example)?.[1] ?? '';
	const secrets = [
		...new Set([...kind.example.matchAll(/secret:([\w-]+)/g)].map((match) => match[1] as string)),
	];
	const vars = [...new Set([...kind.example.matchAll(/\$\{([\w-]+)\}/g)].map((match) => match[1] as string))];
	const services = [...kind.example.matchAll(/service: ([\w-]+)/g)].map((match) => match[1] as string);
	const text = [
		HEAD,
		`secrets: {${secrets.map((secret) => `${secret}: env:${secret.toUpperCase().replaceAll('-', '_')}`).join(', ')}}`,
		`environments: {live: {vars: {${vars.map((variable) => `${variable}: "http://localhost"`).join(', ')}}}}`,
		`services: {${services.map((service) => `${service}: `).join(', ')}}`,
		'checks:',
		indented,
	].join('\n');

	it('loads its own example, explains it, and says no other problem', async () => {
		const loaded = await loadText(text);
		expect(loaded.ok ? [] : loaded.error.map((problem) => `${problem.message}\n${problem.excerpt}`)).toEqual(
			[],
		);
		if (loaded.ok) expect(explainCheck(loaded.value.system, id, 'zh-CN')).toContain(name);
	});

	it('tells an unknown key from its own, in the file and on the reference page', async () => {
		const loaded = await loadText(text.replace(/^ {4}kind:/m, '    knid_x: 1\n    kind:'));
		expect(loaded.ok ? [] : loaded.error.map((problem) => problem.message)).toEqual([
			`unknown key "knid_x" in checks.${id}`,
		]);
		expect(referencePage()).toContain(`### \`kind: ${name}\``);
	});

	it('describes each of its keys in the JSON Schema', () => {
		const checks = (
			configSchema() as {
				properties: {
					checks: {
						additionalProperties: { oneOf: { properties: Record<string, { description?: string }> }[] };
					};
				};
			}
		).properties.checks;
		const shape = checks.additionalProperties.oneOf[KINDS.indexOf(kind)];
		for (const [key, value] of Object.entries(shape?.properties ?? {}))
			expect(value.description, key).toMatch(/\w/);
	});
});

describe('sentences of the fields', () => {
	const sources = globSync(`${root}src/checks/*.ts`).map((path) => readFileSync(path, 'utf8'));
	const sentences = sources.flatMap((text) =>
		[...text.matchAll(/(?:error|message):\s*'((?:expected |an address )[^']+)'/g)].map(
			(match) => match[1] as string,
		),
	);

	it.each([...new Set(sentences)])('"%s" is said in Chinese too', (sentence) => {
		expect(fieldWords(sentence, 'en')).toBe(sentence);
		expect(fieldWords(sentence, 'zh-CN')).toMatch(/\p{Script=Han}/u);
	});
});

describe('what is written beside the program', () => {
	const sources = {
		read: async (path: string) =>
			existsSync(path) ? ok(readFileSync(path, 'utf8')) : err(fault('file-missing', { path })),
		glob: async (pattern: string) => ok(globSync(pattern).sort()),
		env: (variable: string) => process.env[variable],
		resolveSecret: async (reference: string) => ok(new Secret('not-shown-anywhere', reference)),
	};

	it.each(globSync(`${root}examples/*/rounds.yaml`).map((path) => [path.slice(root.length), path] as const))(
		'%s is good',
		async (_name, path) => {
			const loaded = await loadConfig(path, sources);
			expect(
				loaded.ok ? [] : loaded.error.map((problem) => `${problem.file}:${problem.line} ${problem.message}`),
			).toEqual([]);
			if (!loaded.ok) return;
			for (const check of loaded.value.system.checks)
				expect(explainCheck(loaded.value.system, check.id)).not.toContain('not-shown-anywhere');
		},
	);

	it.each([
		['config.md', referencePage()],
		['rounds.schema.json', `${JSON.stringify(configSchema(), null, 2)}\n`],
	])('the generated %s is fresh (node scripts/reference.ts)', (name, text) => {
		expect(readFileSync(`${root}docs/reference/${name}`, 'utf8') === text).toBe(true);
	});
});
