import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RegisteredKind } from '../../src/checks/define.ts';
import type { ProbeContext } from '../../src/domain/check.ts';
import { OWN_MARK } from '../../src/domain/log-format.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createLogFiles } from '../../src/platform/log-files.ts';
import { createProbePorts } from '../../src/platform/ports.ts';
import { createLogRecords } from '../../src/services/logs/records.ts';
import { fakeSql } from './check-subjects.ts';

/** When these probes are asked: a Sunday morning. */
export const NOW = Date.parse('2025-11-23T09:00:00Z');
export const HOUR = 3_600_000;

/** A folder of dated files, and kinds asked about it through the real ports as if it were `NOW`. */
export function createAsking() {
	const clock = createClock();
	const files = createLogFiles();
	const logs = createLogRecords({
		files,
		clock,
		redact: (text) => text,
		ownMark: OWN_MARK,
		zone: () => 'UTC',
	});
	const ports = createProbePorts({ sql: fakeSql, logs, clock });
	const folder = mkdtempSync(join(tmpdir(), 'rounds-records-'));
	const parse = (kind: object, written: object) => (kind as RegisteredKind).schema.parse(written);
	/** Options that were parsed already keep what the kind remembers of them. */
	const probe = async (kind: object, options: unknown, more: Partial<ProbeContext> = {}) => {
		const asked = kind as RegisteredKind;
		const deadline = clock.monotonic() + 30_000;
		const context = { now: NOW, deadline, signal: new AbortController().signal, ...more };
		const answer = await asked.probe(options, ports, context);
		if (!answer.ok) return { fault: answer.error.code, detail: answer.error.detail };
		return Object.fromEntries(
			Object.entries(answer.value.samples).map(([name, value]) => [
				name,
				typeof value === 'object' && value !== null ? value.number : value,
			]),
		);
	};
	return {
		folder,
		parse,
		probe,
		ask: (kind: object, written: object, more: Partial<ProbeContext> = {}) =>
			probe(kind, parse(kind, written), more),
		file(name: string, text: string, at = NOW): string {
			const path = join(folder, name);
			writeFileSync(path, text);
			utimesSync(path, new Date(at), new Date(at));
			return path;
		},
		async close() {
			await ports.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}
