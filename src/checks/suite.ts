import type { z } from 'zod';
import type { ProbeContext } from '../domain/check.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { operatorPattern } from '../domain/pattern.ts';
import type { CommandAnswer, ProbePorts } from '../domain/ports.ts';
import type { Samples } from '../domain/reading.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { quantity, type Unit } from '../domain/value.ts';
import { argumentsOf } from '../fields/command-line.ts';
import { defineCheckKind } from './define.ts';
import { maskSecrets, safeLine, safeStart, shown } from './masking.ts';
import { countSample, msSample } from './samples.ts';
import { shellWord } from './shell-word.ts';
import { readJunit } from './suite-junit.ts';
import { SUITE_SAMPLES, type SuiteOptions, suiteSchema } from './suite-options.ts';
import { coverageIn, readPattern, readPytest, readTap, readVitest } from './suite-reports.ts';
import type { Outcome, Report, TestResult } from './suite-results.ts';

const OUTPUT_LIMIT = 4 * 1024 * 1024;
const FAILING_SHOWN = 20;
const TABLE_SHOWN = 40;
/** A file's date may be a little before the clock that said when the run began. */
const SLACK_MS = 1000;
const FORMATS: Readonly<Record<string, string>> = {
	junit: 'JUnit',
	tap: 'TAP',
	pytest: 'pytest',
	vitest: 'JSON',
};
const OUTCOMES = ['passed', 'failed', 'skipped'] as const;
const COUNTS = [...OUTCOMES, 'total', 'rate'] as const;
/**
 * Samples: `passed`, `failed`, `skipped`, `total`, `rate` (passed of those not skipped), the same below each category,
 * `uncategorised`, `failing` (names), `coverage`, `exit`, `took`, `age` (of a report that was only read). A run that ends with
 * an error though no test failed counts as one failure. Faults: `command-missing`, `exit-by-signal`, `timeout`,
 * `file-missing`, `file-malformed` (also a report older than the run), `bad-body`.
 */
export const suite = defineCheckKind<SuiteOptions>({
	name: 'suite',
	title: { en: 'Test suite', 'zh-CN': '测试套件' },
	pool: 'local',
	schema: suiteSchema as unknown as z.ZodType<SuiteOptions>,
	paths: ['cwd', 'report', 'coverage'],
	example: `verification:
  kind: suite
  run: [python3, -m, pytest, -rA, -q]
  cwd: backend_python
  every: 1d
  timeout: 5m
  read: pytest
  categories: {P0: "P0", P1: "P1", P2: "P2", DS: "DS", backend: "api|health"}
  must:
    - failed == 0
    - P0.rate == 100%
    - total >= 14
`,
	headline: null,
	origin: () => null,
	target: (options) => clean(argvOf(options)?.join(' ') ?? options.report ?? '', { max: 200 }),
	texts: () => ['failing'],
	samples: (options) => {
		const units: Record<string, Unit> = { ...SUITE_SAMPLES };
		for (const category of Object.keys(options.categories ?? {}))
			for (const count of COUNTS) units[`${category}.${count}`] = count === 'rate' ? 'ratio' : 'none';
		return units;
	},
	values: () => ['rate', 'failed'],
	impliedMust: ({ floor }) => [
		'failed == 0',
		'passed > 0',
		...(floor === undefined ? [] : [`coverage >= ${floor}`]),
	],
	impliedShould: ({ categories: named }) => (named === undefined ? [] : ['uncategorised == 0']),
	copyAs: (options) => {
		const argv = argvOf(options);
		if (argv === null) return null;
		const variables = Object.entries(options.env ?? {}).map(
			([name, value]) => `${name}=${shellWord(value)} `,
		);
		return `cd ${shellWord(options.cwd)} && ${variables.join('')}${argv.map((part) => shellWord(part)).join(' ')}`;
	},
	async probe(options, ports, context) {
		const answer = await runSuite(options, ports, context);
		if (!answer.ok) return answer;
		const transcript = transcriptOf(options, answer.value);
		const text = await reportOf(options, answer.value, ports, context);
		if (!text.ok) return err({ ...text.error, transcript });
		const report = readReport(options, answer.value, text.value.text);
		if (!report.ok) {
			const format = FORMATS[options.read] ?? 'text';
			const at = options.report === undefined ? null : clean(options.report, { max: 300 });
			const why = { format, reason: report.why };
			return err({
				...(at === null ? fault('bad-body', why) : fault('file-malformed', { ...why, path: at })),
				transcript,
			});
		}
		const exit = answer.value?.exit ?? 0;
		const counted = report.results;
		const hasFailed = counted.some((one) => one.outcome === 'failed');
		const all =
			exit === 0 || hasFailed
				? counted
				: [...counted, { name: `(exit ${exit})`, outcome: 'failed' as const }];
		const coverage = await coverageOf(options, answer.value, ports, context);
		if (!coverage.ok) return err({ ...coverage.error, transcript });
		const { samples, table } = samplesOf(options, all);
		if (coverage.value !== null) samples['coverage'] = quantity(coverage.value, 'ratio');
		if (answer.value !== null) {
			samples['exit'] = countSample(exit);
			samples['took'] = msSample(answer.value.durationMs);
		} else if (text.value.modifiedAt !== null) samples['age'] = msSample(context.now - text.value.modifiedAt);
		return ok({ samples, transcript: { ...transcript, response: [...transcript.response, ...table] } });
	},
});

function argvOf({ run, shell }: SuiteOptions): readonly string[] | null {
	if (run === undefined) return null;
	const split = argumentsOf(run, shell);
	return split.ok ? split.value : null;
}

async function runSuite(
	options: SuiteOptions,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<CommandAnswer | null, Fault>> {
	const argv = argvOf(options);
	if (argv === null) return ok(null);
	const { cwd, env = {} } = options;
	const answer = await ports.processes.run({ argv, cwd, env, outputLimit: OUTPUT_LIMIT }, context);
	if (!answer.ok) return answer;
	const { exit, signal } = answer.value;
	if (exit !== null) return answer;
	return err(fault('exit-by-signal', { signal: signal ?? '?', command: clean(argv[0] ?? '', { max: 80 }) }));
}

interface ReportText {
	readonly text: string;
	readonly modifiedAt: number | null;
}

async function reportOf(
	options: SuiteOptions,
	answer: CommandAnswer | null,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<ReportText, Fault>> {
	if (options.report !== undefined) return readFresh(options.report, options, answer, ports, context);
	const { stdout = '', stderr = '', truncated = false } = answer ?? {};
	if (truncated && options.read !== 'exit') return err(fault('body-too-large', { limitBytes: OUTPUT_LIMIT }));
	const isText = options.read === 'pytest' || options.read === 'pattern' || options.read === 'exit';
	return ok({ text: isText ? `${stdout}\n${stderr}` : stdout, modifiedAt: null });
}

/** A report left by an earlier run would tell of tests that were not run now. */
async function readFresh(
	at: string,
	options: SuiteOptions,
	answer: CommandAnswer | null,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<ReportText, Fault>> {
	const shownPath = clean(at, { max: 300 });
	const facts = await ports.files.facts(at);
	if (!facts.ok) return facts;
	const { modifiedAt } = facts.value;
	if (answer !== null && modifiedAt < context.now - SLACK_MS)
		return err(
			fault('file-malformed', {
				format: FORMATS[options.read] ?? 'report',
				reason: 'stale',
				path: shownPath,
			}),
		);
	const text = await ports.files.readText(at, options.limit, context);
	return text.ok ? ok({ text: text.value, modifiedAt }) : text;
}

function readReport(options: SuiteOptions, answer: CommandAnswer | null, text: string): Report {
	switch (options.read) {
		case 'junit':
			return readJunit(text);
		case 'tap':
			return readTap(text);
		case 'pytest':
			return readPytest(text);
		case 'vitest':
			// Words of the runner may stand in front.
			return readVitest(text.slice(Math.max(0, text.search(/^\{/m))));
		case 'pattern':
			return readPattern(text, options.result ?? '');
		case 'exit': {
			const first = text.split('\n').find((line) => line.trim() !== '') ?? '';
			return { ok: true, results: [{ name: first, outcome: answer?.exit === 0 ? 'passed' : 'failed' }] };
		}
	}
}

async function coverageOf(
	options: SuiteOptions,
	answer: CommandAnswer | null,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<number | null, Fault>> {
	if (options.coverage === undefined) return ok(answer === null ? null : coverageIn(answer.stdout));
	const text = await readFresh(options.coverage, options, answer, ports, context);
	return text.ok ? ok(coverageIn(text.value.text)) : text;
}

function samplesOf(options: SuiteOptions, results: readonly TestResult[]) {
	const named = Object.entries(options.categories ?? {}).map(
		([name, source]) => [name, operatorPattern(source, 'mu')] as const,
	);
	const rows = new Map<string | null, Record<Outcome, number>>(named.map(([name]) => [name, none()]));
	const all = none();
	const failing: string[] = [];
	let uncategorised = 0;
	for (const { name, outcome, count = 1, category } of results) {
		all[outcome] += count;
		if (outcome === 'failed') failing.push(name === '' ? `${count}×` : name);
		const found = named.find(([own, holds]) =>
			category === undefined ? holds.test(name) : own === category || holds.test(category),
		);
		const row = found === undefined ? undefined : rows.get(found[0]);
		if (row === undefined) uncategorised += count;
		else row[outcome] += count;
	}
	const samples: Record<string, Samples[string]> = {};
	const put = (prefix: string, row: Record<Outcome, number>) => {
		for (const outcome of OUTCOMES) samples[`${prefix}${outcome}`] = countSample(row[outcome]);
		const ran = row.passed + row.failed;
		samples[`${prefix}total`] = countSample(ran + row.skipped);
		// Of none that ran there is no rate: 0 of 0 is not all of them.
		if (ran > 0) samples[`${prefix}rate`] = quantity(Math.floor((row.passed / ran) * 1e6) / 1e6, 'ratio');
	};
	put('', all);
	for (const [name, row] of rows) put(`${name}.`, row);
	if (named.length > 0) samples['uncategorised'] = countSample(uncategorised);
	const more = failing.length > FAILING_SHOWN ? [`+${failing.length - FAILING_SHOWN}`] : [];
	samples['failing'] = safeLine(options, [...failing.slice(0, FAILING_SHOWN), ...more].join(' | '), 400);
	const table = [...rows, [null, all] as const].map(([name, row]) => {
		const ran = row.passed + row.failed;
		const rate = ran === 0 ? '–' : `${Math.floor((row.passed / ran) * 1000) / 10} %`;
		return `${name ?? 'Σ'}  ${ran + row.skipped}  ✔ ${row.passed}  ✖ ${row.failed}  – ${row.skipped}  ${rate}`;
	});
	const failed = failing.slice(0, FAILING_SHOWN).map((name) => safeLine(options, `✖ ${name}`, 300));
	return { samples, table: [...table.slice(0, TABLE_SHOWN), ...failed] };
}

function none(): Record<Outcome, number> {
	return { passed: 0, failed: 0, skipped: 0 };
}

function transcriptOf(options: SuiteOptions, answer: CommandAnswer | null) {
	const request = [clean(argvOf(options)?.join(' ') ?? options.report ?? '', { max: 1024 })];
	for (const [name, value] of Object.entries(options.env ?? {})) request.push(`${name}=${shown(value)}`);
	if (answer === null) return { request, response: [], body: '', bytes: 0, timings: [] };
	const output = maskSecrets(
		options,
		answer.stderr === '' ? answer.stdout : `${answer.stdout}\n${answer.stderr}`,
	);
	return {
		request,
		response: [`exit ${answer.exit ?? '?'}`],
		// Test runners say at the end what matters.
		body: safeStart(options, output.slice(-4000)),
		bytes: answer.bytes,
		timings: [{ phase: 'total', ms: answer.durationMs }],
	};
}
