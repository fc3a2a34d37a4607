import { z } from 'zod';
import { reveal, type Text } from '../domain/secret.ts';
import type { Unit } from '../domain/value.ts';
import { argumentsOf } from '../fields/command-line.ts';
import { commandSource, isText, path, pattern, size, written } from '../fields/fields.ts';
import { isSampleName } from '../fields/queries.ts';

/** Samples every suite has. */
export const SUITE_SAMPLES: Readonly<Record<string, Unit>> = {
	passed: 'none',
	failed: 'none',
	skipped: 'none',
	total: 'none',
	rate: 'ratio',
	failing: 'none',
	uncategorised: 'none',
	coverage: 'ratio',
	exit: 'none',
	took: 'ms',
	age: 'ms',
};

const isMap = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const isPattern = (source: unknown): boolean => {
	try {
		return typeof source === 'string' && source !== '' && new RegExp(source, 'mu') !== null;
	} catch {
		return false;
	}
};

const categories = written<Readonly<Record<string, string>>>(
	(value) =>
		isMap(value) &&
		Object.keys(value).length > 0 &&
		Object.entries(value).every(
			([name, source]) => isSampleName(name) && !Object.hasOwn(SUITE_SAMPLES, name) && isPattern(source),
		),
	{
		json: { type: 'object', minProperties: 1, additionalProperties: { type: 'string', format: 'regex' } },
		error: 'expected categories with a regular expression each, such as {P0: "P0", backend: "api|health"}',
	},
);

const environment = written<Readonly<Record<string, Text>>>(
	(value) =>
		isMap(value) &&
		Object.entries(value).every(
			([name, held]) => /^[A-Za-z_]\w*$/.test(name) && isText(held) && !reveal(held).includes('\0'),
		),
	{
		json: { type: 'object', additionalProperties: { type: 'string' } },
		error: 'expected variable names with their text',
	},
);

const share = written<string>(
	(value) => typeof value === 'string' && /^(?:100|\d{1,2}(?:\.\d{1,4})?)%$/.test(value),
	{
		json: { type: 'string', pattern: '^\\d+(\\.\\d+)?%$', examples: ['80%'] },
		error: 'expected a share such as 80%',
	},
);

export const suiteSchema = z
	.strictObject({
		run: commandSource()
			.optional()
			.describe(
				'The command that runs the tests; without it the report is only read. Give it its `timeout`.',
			),
		shell: z
			.boolean({ error: 'expected true or false' })
			.prefault(false)
			.describe('Hands the line to /bin/sh.'),
		cwd: path().prefault('.').describe('Folder to run in.'),
		env: environment.optional().describe('Variables to set; the place for secrets.'),
		read: z
			.enum(['junit', 'tap', 'pytest', 'vitest', 'pattern', 'exit'], {
				error: 'expected junit, tap, pytest, vitest, pattern or exit',
			})
			.describe(
				'How results are written: JUnit XML, TAP, pytest’s text (best with `-rA`), the JSON of vitest or jest, what `result` finds, or only the exit code (ruff, mypy, `pip check`).',
			),
		report: path()
			.optional()
			.describe('The file results are written to; without it they are read from the output.'),
		result: pattern()
			.optional()
			.describe(
				'For `read: pattern`: named groups passed, failed, skipped, total are counts; pass, fail, skip mark one test called `name`; `category` begins a category.',
			),
		categories: categories
			.optional()
			.describe(
				'Category → what the names of its tests hold; the first that fits. `<category>.passed` … become samples.',
			),
		coverage: path()
			.optional()
			.describe(
				'A coverage report (coverage.xml, coverage.json, coverage-summary.json); without it the output is looked through.',
			),
		floor: share.optional().describe('The least share of lines that must be covered.'),
		limit: size().prefault('16MiB').describe('The largest report that is read.'),
	})
	.superRefine((options, context) => {
		const refuse = (message: string) => context.addIssue({ code: 'custom', message });
		if (options.run === undefined && options.report === undefined) refuse('expected run, report, or both');
		if ((options.read === 'pattern') !== (options.result !== undefined))
			refuse('expected result with "read: pattern", and only there');
		if (options.read === 'exit' && options.run === undefined) refuse('expected run with "read: exit"');
		const split = options.run === undefined ? null : argumentsOf(options.run, options.shell);
		if (split !== null && !split.ok)
			context.addIssue({ code: 'custom', message: split.error, path: ['run'] });
	});

export type SuiteOptions = z.output<typeof suiteSchema>;
