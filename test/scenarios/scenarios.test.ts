import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { playScenario, type Scenario } from '../support/scenario.ts';

const HERE = new URL('./', import.meta.url);
const names = readdirSync(HERE).filter((name) => name.endsWith('.yaml'));

describe('scenarios', () => {
	it('are found', () => {
		expect(names.length).toBeGreaterThanOrEqual(12);
	});

	it.each(names)('%s', async (name) => {
		await playScenario(parse(readFileSync(new URL(name, HERE), 'utf8')) as Scenario);
	});
});
