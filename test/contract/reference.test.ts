import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { conditionsPage } from '../../scripts/reference/conditions.ts';
import { PAGES } from '../../scripts/reference/pages.ts';
import { ACTIONS } from '../../src/actions/index.ts';
import { COMMANDS } from '../../src/cli/index.ts';
import { FUNCTIONS } from '../../src/domain/condition/index.ts';
import { FAULTS } from '../../src/domain/fault.ts';

const folder = fileURLToPath(new URL('../../docs/reference/', import.meta.url));

describe('the generated reference', () => {
	it.each(Object.keys(PAGES))('%s is fresh (node scripts/reference.ts)', (name) => {
		expect(readFileSync(`${folder}${name}`, 'utf8') === PAGES[name]?.()).toBe(true);
	});

	it('shows every action by its id, where its keys work', () => {
		const page = PAGES['keys.md']?.() ?? '';
		expect(ACTIONS.filter(({ id }) => !page.includes(`\`${id}\``)).map(({ id }) => id)).toEqual([]);
	});

	it('shows every command, function and fault', () => {
		const pages = `${PAGES['commands.md']?.()}${conditionsPage()}`;
		const names = [
			...COMMANDS.map(({ name }) => `## \`rounds ${name}\``),
			...[...Object.keys(FUNCTIONS), ...Object.keys(FAULTS)].map((name) => `| \`${name}\` |`),
		];
		expect(names.filter((name) => !pages.includes(name))).toEqual([]);
	});

	it('says a reason for every example that does not hold', () => {
		const silent = conditionsPage()
			.split('\n')
			.filter((line) => /\| (?:✖ broken|\? unknown) \|\s*\|$/.test(line));
		expect(silent).toEqual([]);
	});
});
