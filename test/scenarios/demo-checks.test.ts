import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findCheckKind } from '../../src/checks/index.ts';
import { type ConfigSources, loadConfig } from '../../src/config/load.ts';
import { makeFolder } from '../../src/demo/folder.ts';
import { type DemoSystem, openSystem } from '../../src/demo/system.ts';
import { judge } from '../../src/domain/judge.ts';
import type { Samples } from '../../src/domain/reading.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { SystemDefinition } from '../../src/domain/system.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createProbePorts, type OpenProbePorts } from '../../src/platform/ports.ts';
import { createPool, type Pool } from '../../src/workers/pool.ts';
import { createSqlPort } from '../../src/workers/sql-port.ts';
import { makeDir, removeDir, runBash } from './demo-world.ts';

const dir = makeDir();
let demo: DemoSystem;
let system: SystemDefinition;
let pool: Pool;
let ports: OpenProbePorts;
let signed: Readonly<Record<string, Samples>>;

/** The demo's files, read as the console does; only the shape of the ports is the test's. */
const sources: ConfigSources = {
	read: async (path) => ({ ok: true, value: readFileSync(path, 'utf8') }),
	glob: (pattern) => ports.files.glob(pattern, 100),
	env: () => undefined,
	resolveSecret: async (reference, folder) => {
		const path = join(folder, reference.slice('file:'.length));
		return { ok: true, value: new Secret(readFileSync(path, 'utf8').trim(), reference) };
	},
};

beforeAll(async () => {
	makeFolder(dir);
	demo = await openSystem({ dir, idleMs: 600_000, onIdle: () => undefined });
	const clock = createClock();
	pool = createPool({ script: new URL('../../src/workers/worker.ts', import.meta.url), clock, size: 1 });
	ports = createProbePorts({ sql: createSqlPort(pool), clock });
	const loaded = await loadConfig(join(dir, 'rounds.yaml'), sources);
	if (!loaded.ok) throw new Error(loaded.error.map((problem) => problem.message).join('\n'));
	system = loaded.value.system;
	signed = (await askAll()).samples;
});

afterAll(async () => {
	await ports.close();
	pool.close();
	await demo.end();
	removeDir(dir);
});

/**
 * Every check asked once, in order, and judged by its `must` alone: what `should` says is about time, which a busy machine has
 * too little of. `bad` holds the checks that are not ok.
 */
async function askAll(): Promise<{ bad: Record<string, string>; samples: Record<string, Samples> }> {
	const samples: Record<string, Samples> = {};
	const bad: Record<string, string> = {};
	for (const check of system.checks) {
		const now = ports.clock.now();
		const deadline = ports.clock.monotonic() + check.timeoutMs;
		const signal = AbortSignal.timeout(check.timeoutMs);
		const outcome = await findCheckKind(check.kind)!.probe(check.options, ports, { now, deadline, signal });
		const judged = judge(
			outcome,
			{ must: check.must, should: [], show: check.show },
			{
				now,
				latest: (other, name) => {
					const value = samples[other]?.[name];
					return value === undefined ? undefined : { value, at: now, stale: false };
				},
				baseline: (name) => {
					const value = signed?.[check.id]?.[name];
					return value === undefined ? undefined : { value, at: 0 };
				},
				window: () => [],
			},
		);
		samples[check.id] = judged.samples;
		if (judged.verdict.level !== 'ok') bad[check.id] = judged.verdict.level;
	}
	return { bad, samples };
}

describe("the example's checks on the demo", () => {
	test('find everything right when all is well', async () => {
		expect((await askAll()).bad).toEqual({});
		expect(system.checks.length).toBeGreaterThan(15);
	});

	test.each([
		['stop-mcp', { 'mcp-health': 'critical', 'mcp-port': 'critical' }],
		['lose-transactions', { integrity: 'critical' }],
		['cors-dropped', { cors: 'critical' }],
		['bad-json', { summary: 'critical', integrity: 'unknown' }],
		[
			'flask-500',
			{
				'api-health': 'critical',
				customers: 'critical',
				'dashboard-stats': 'critical',
				summary: 'critical',
				'ocr-status': 'critical',
				integrity: 'unknown',
			},
		],
	])('find %s, and nothing else', async (name, expected) => {
		expect((await runBash(dir, ['trouble.sh', name, 'on'])).code).toBe(0);
		const { bad } = await askAll();
		await runBash(dir, ['trouble.sh', 'all-well']);
		expect(bad).toEqual(expected);
		expect((await askAll()).bad).toEqual({});
	});
});
