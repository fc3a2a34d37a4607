// What the queries of an example come to, asked of PromQL itself. Debian: apt-get install prometheus.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { findProgram } from '../support/programs.ts';

const promtool = findProgram('promtool');
const CHECKS = fileURLToPath(new URL('../../examples/appointment-booking/checks.yaml', import.meta.url));
const query = parse(readFileSync(CHECKS, 'utf8')).checks.appointments.query.share as string;

/** What promtool says of a share that is expected half a day into the last of these days; '' when it is so. */
async function judge(perDay: readonly number[], expected: number | null): Promise<string> {
	const folder = mkdtempSync(join(tmpdir(), 'rounds-promtool-'));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	// One value an hour, from which `increase` reckons to within a hundredth; each day's whole number is spread over its hours.
	let counter = 0;
	const values = perDay.flatMap((made) => Array.from({ length: 24 }, () => (counter += made / 24)));
	const tests = {
		rule_files: [],
		evaluation_interval: '1h',
		tests: [
			{
				interval: '1h',
				// Series of a test begin at the epoch; days before the first value are those nobody watched.
				input_series: [
					{ series: 'appointments_created_total{pod="a"}', values: `_x240 ${values.join(' ')}` },
				],
				promql_expr_test: [
					{
						expr: `round(${query}, 0.01)`,
						eval_time: `${240 + values.length}h`,
						exp_samples: expected === null ? [] : [{ labels: '{}', value: expected }],
					},
				],
			},
		],
	};
	const file = join(folder, 'test.yaml');
	writeFileSync(file, stringify(tests, { lineWidth: 0 }));
	return new Promise((resolve) =>
		execFile(promtool ?? '', ['test', 'rules', file], (failed, out, err) =>
			resolve(failed === null ? '' : `${out}${err}`),
		),
	);
}

describe.skipIf(promtool === null)('appointments against the daily mean', () => {
	test('is measured on the days before, of which seven are known', async () => {
		expect(await judge([...Array(9).fill(240), 96], 0.4)).toBe('');
	});

	test('is measured on as many whole days as there are, not on a seventh of the week', async () => {
		expect(await judge([...Array(5).fill(240), 240], 1)).toBe('');
	});

	test('is unknown while fewer than three whole days are known', async () => {
		expect(await judge([240, 240, 240], null)).toBe('');
	});

	test('fails where another number is expected', async () => {
		expect(await judge([...Array(9).fill(240), 96], 0.9)).toContain('FAILED');
	});
});
