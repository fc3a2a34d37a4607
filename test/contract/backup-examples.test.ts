import { describe, expect, it } from 'vitest';
import { SOURCES } from '../../src/sources/index.ts';
import { TARGETS } from '../../src/targets/index.ts';
import { HEAD, loadText, problemsOf } from '../support/config-sources.ts';

const indented = (text: string) => text.trimEnd().replace(/^/gm, '  ');

/** Every secret that an example names, and a base plan for increments. */
function around(
	example: string,
	base: string,
): { readonly text: string; readonly secrets: Record<string, string> } {
	const names = [...new Set([...example.matchAll(/secret:([\w-]+)/g)].map((match) => match[1] as string))];
	const declared = names.map((name) => `  ${name}: env:${name.toUpperCase()}`).join('\n');
	return {
		text: `${HEAD}${names.length === 0 ? '' : `secrets:\n${declared}\n`}${base}`,
		secrets: Object.fromEntries(names.map((name) => [`env:${name.toUpperCase()}`, 'http://127.0.0.1:1/a'])),
	};
}

describe.each(SOURCES.map((source) => [source.name, source] as const))(
	'the example of source %s',
	(_, source) => {
		it('is a plan that loads as it stands', async () => {
			const plan = indented(source.example);
			const wanted = 'continues' in source ? source.continues : undefined;
			const base = SOURCES.find(({ name }) => name === wanted);
			const named = /base: (\S+)/.exec(source.example)?.[1];
			const whole =
				base === undefined ? plan : `${indented(base.example.replace(/^\S+:/, `${named}:`))}\n${plan}`;
			const { text, secrets } = around(whole, '');
			const loaded = await loadText(`${text}backups:\n${whole}\n`, { secrets });
			expect(loaded.ok ? [] : loaded.error.map(({ line, message }) => `${line} ${message}`)).toEqual([]);
		});
	},
);

describe.each(TARGETS.map((target) => [target.name, target] as const))(
	'the example of target %s',
	(_, target) => {
		it('is a place that a plan can go to', async () => {
			const { text, secrets } = around(target.example, '');
			const name = /^(\S+):/.exec(target.example)?.[1] ?? '';
			const plan = `backups:\n  database: {source: sqlite, file: app.db, to: ${name}}\n`;
			const loaded = await loadText(`${text}targets:\n${indented(target.example)}\n${plan}`, { secrets });
			expect(loaded.ok ? [] : loaded.error.map(({ line, message }) => `${line} ${message}`)).toEqual([]);
		});
	},
);

it('an example that is wrong is found', async () => {
	const plan = 'backups:\n  database: {source: sqlite, file: app.db, to: b/, at: "03:00 Sunday"}\n';
	expect(await problemsOf(`${HEAD}${plan}`)).toHaveLength(1);
});
