import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fault } from '../../src/domain/fault.ts';
import { checkId } from '../../src/domain/ids.ts';
import { OWN_MARK } from '../../src/domain/log-format.ts';
import { err } from '../../src/domain/result.ts';
import { createLogFiles } from '../../src/platform/log-files.ts';
import { createOwnFiles } from '../../src/platform/own-files.ts';
import { createLogs } from '../../src/services/logs/logs.ts';
import { createErrorLog, type ErrorLogOptions } from '../../src/services/records/error-log.ts';
import { MORNING, operation, stoppedMcp } from '../support/pictures.ts';

let folder: string;
let path: string;
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), 'error-log-'));
	path = join(folder, 'logs', 'error.log');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const clock = { now: () => MORNING + 60_000, monotonic: () => 0, after: () => () => {} };
const options = (change: Partial<ErrorLogOptions> = {}): ErrorLogOptions => ({
	files: createOwnFiles(),
	path,
	clock,
	zone: 'UTC',
	redact: (text) => text.replaceAll('hunter2!', '***'),
	mark: OWN_MARK,
	environment: 'production',
	pid: 42,
	...change,
});
const mcp = checkId('mcp-health');

test('one line a flip and a failed action, in the documented format, in the missing folder too', async () => {
	const log = createErrorLog(options());
	expect(
		(await log.flipped({ check: mcp, at: MORNING, from: 'ok', to: 'critical' }, stoppedMcp().reasons)).ok,
	).toBe(true);
	await log.flipped({ check: mcp, at: MORNING + 1000, from: 'critical', to: 'ok' }, []);
	await log.flipped({ check: mcp, at: MORNING + 2000, from: 'ok', to: 'warning' }, []);
	await log.failed(
		operation({
			state: 'done',
			level: 'critical',
			endedAt: MORNING,
			command: 'run --token hunter2!\n[2025-01-01 00:00:00] [ERROR] forged',
		}),
	);
	const lines = readFileSync(path, 'utf8').split('\n');
	expect(lines).toHaveLength(5);
	expect(lines[0]).toMatch(
		/^\[2025-11-22 09:18:00\] \[ERROR\] rounds: check mcp-health ok -> critical: .+ \{"by":"rounds","pid":42,"environment":"production","check":"mcp-health","from":"ok","to":"critical"\}$/,
	);
	expect(lines[1]).toMatch(/^\[2025-11-22 09:18:01\] \[INFO\] rounds: check mcp-health critical -> ok \{/);
	expect(lines[2]).toMatch(/^\[2025-11-22 09:18:02\] \[WARNING\] /);
	expect(lines[3]).toMatch(
		/^\[2025-11-22 09:18:00\] \[ERROR\] rounds: action api-tests critical \{.*"command":"run --token \*\*\*.*forged"\}$/,
	);
	expect(lines[4]).toBe('');
});

test('our reader knows every line of it as ours, in any zone, and counts none', async () => {
	const zone = 'Asia/Kuala_Lumpur';
	const log = createErrorLog(options({ zone }));
	await log.flipped({ check: mcp, at: MORNING, from: 'ok', to: 'critical' }, stoppedMcp().reasons);
	await log.failed(operation({ state: 'lost', level: 'unknown', title: '{"by":"x"}' }));
	const logs = createLogs({
		ports: { files: createLogFiles(), clock },
		sources: () => [{ id: 'own', globs: [path] }],
		redact: (text) => text,
		ownMark: OWN_MARK,
		zone,
		emit: () => {},
	});
	const page = await logs.read({
		source: null,
		filter: { level: null, text: null, sinceAt: null },
		from: { at: 'end' },
		limit: 10,
	});
	expect(page.ok && page.value.lines.map((line) => [line.ours, line.level, line.at])).toEqual([
		[true, 'error', MORNING],
		[true, 'error', MORNING + 60_000],
	]);
	expect(await logs.countErrors(null, null)).toMatchObject({ ok: true, value: { count: 0 } });
	await logs.close();
});

test('a full disk is a fault, not an exception', async () => {
	const files = { ...createOwnFiles(), append: async () => err(fault('disk-full', { path })) };
	const written = await createErrorLog(options({ files })).flipped(
		{ check: mcp, at: MORNING, from: 'ok', to: 'critical' },
		[],
	);
	expect(written).toEqual(err(fault('disk-full', { path })));
});
