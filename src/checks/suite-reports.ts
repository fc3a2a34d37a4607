import { parseJson } from '../domain/json.ts';
import { operatorPattern } from '../domain/pattern.ts';
import type { Value } from '../domain/value.ts';
import { broken, type Outcome, type Report, results, type TestResult } from './suite-results.ts';

/** TAP 12 to 14, with subtests in either style: only tests that hold no others count. What was planned and never came has failed. */
export function readTap(text: string): Report {
	const found: TestResult[] = [];
	let planned: number | null = null;
	let top = 0;
	let deeper = false;
	let inYaml: number | null = null;
	let bailed = false;
	const above: string[] = [];
	for (const line of text.split(/\r?\n/)) {
		const indent = /^\s*/.exec(line)?.[0].length ?? 0;
		if (inYaml !== null) {
			if (line.trim() === '...' && indent <= inYaml) inYaml = null;
			continue;
		}
		if (line.trim() === '---') inYaml = indent;
		else if (/^Bail out!/.test(line)) bailed = true;
		else if (/^\s*}\s*$/.test(line)) {
			above.pop();
			// Braces say where a subtest ends; the next line of this depth stands for itself.
			deeper = false;
		}
		const plan = /^1\.\.(\d{1,7})/.exec(line);
		if (plan !== null) planned = Number(plan[1]);
		const point = /^\s*(not )?ok\b(?:\s+\d+)?\s*(?:-\s+)?(.*?)\s*(\{)?\s*$/.exec(line);
		if (point === null) continue;
		const [, not, rest = '', opens] = point;
		const [, name = '', directive = ''] = /^(.*?)(?:\s*#\s*(skip|todo|time=).*)?$/i.exec(rest) ?? [];
		if (indent === 0) top++;
		if (opens !== undefined) {
			above.push(name);
			continue;
		}
		if (indent > 0) deeper = true;
		else if (deeper) {
			// The line after an indented block sums it up.
			deeper = false;
			continue;
		}
		const isSkipped = /^(?:skip|todo)$/i.test(directive);
		const outcome = isSkipped ? 'skipped' : not === undefined ? 'passed' : 'failed';
		found.push({ name: [...above, name].join(' › '), outcome });
	}
	if (planned === null && found.length === 0) return broken(text.trim() === '' ? 'empty' : 'broken');
	if (planned === null && !bailed) return broken('truncated');
	const missing = Math.max(0, (planned ?? 0) - top);
	if (missing > 0) found.push({ name: '(never ran)', outcome: 'failed', count: missing });
	else if (bailed) found.push({ name: '(bail out)', outcome: 'failed' });
	return results(found);
}

const PYTEST: Readonly<Record<string, Outcome>> = {
	PASSED: 'passed',
	FAILED: 'failed',
	ERROR: 'failed',
	SKIPPED: 'skipped',
	XFAIL: 'skipped',
	XPASS: 'passed',
};
const PYTEST_COUNTS: readonly (readonly [RegExp, Outcome])[] = [
	[/(\d+) passed/, 'passed'],
	[/(\d+) failed/, 'failed'],
	[/(\d+) errors?/, 'failed'],
	[/(\d+) skipped/, 'skipped'],
	[/(\d+) xfailed/, 'skipped'],
	[/(\d+) xpassed/, 'passed'],
];

/** pytest's own text. With `-rA` every test is named; without, those not named are counted from the closing line. */
export function readPytest(text: string): Report {
	const lines = text.split(/\r?\n/);
	const closing = lines.findLast((line) => /^(?:=+ )?(?:no tests ran|\d+ [a-z]+).* in [\d.]+s/.test(line));
	if (closing === undefined) return broken(text.trim() === '' ? 'empty' : 'truncated');
	const from = lines.findLastIndex((line) => /^=+ short test summary info =+$/.test(line));
	const found: TestResult[] = [];
	const counted: Record<Outcome, number> = { passed: 0, failed: 0, skipped: 0 };
	for (const line of from < 0 ? [] : lines.slice(from + 1)) {
		const [, word = '', times, rest = ''] = /^([A-Z]+) (?:\[(\d+)\] )?(.*)$/.exec(line) ?? [];
		const outcome = PYTEST[word];
		if (outcome === undefined) continue;
		const count = Number(times ?? 1);
		counted[outcome] += count;
		found.push({ name: times === undefined ? rest.replace(/ - .*$/, '') : rest, outcome, count });
	}
	for (const outcome of ['passed', 'failed', 'skipped'] as const) {
		const said = PYTEST_COUNTS.filter(([, of]) => of === outcome).reduce(
			(sum, [count]) => sum + Number(count.exec(closing)?.[1] ?? 0),
			0,
		);
		if (said > counted[outcome]) found.push({ name: '', outcome, count: said - counted[outcome] });
	}
	return results(found);
}

const VITEST: Readonly<Record<string, Outcome>> = {
	passed: 'passed',
	failed: 'failed',
	skipped: 'skipped',
	pending: 'skipped',
	todo: 'skipped',
	disabled: 'skipped',
};

/** The JSON of vitest and jest. A file that could not even be loaded has failed as one test. */
export function readVitest(text: string): Report {
	const parsed = parseJson(text);
	if (!parsed.ok) return broken(parsed.why.code);
	const files = member(parsed.value, 'testResults');
	if (!Array.isArray(files)) return broken('broken');
	const found: TestResult[] = [];
	for (const file of files as readonly Value[]) {
		const path =
			String(member(file, 'name') ?? '')
				.split('/')
				.at(-1) ?? '';
		const tests = member(file, 'assertionResults');
		if (!Array.isArray(tests)) return broken('broken');
		for (const test of tests as readonly Value[]) {
			const outcome = VITEST[String(member(test, 'status'))];
			if (outcome === undefined) return broken('broken');
			found.push({
				name: `${path} › ${String(member(test, 'fullName') ?? member(test, 'title') ?? '')}`,
				outcome,
			});
		}
		if (tests.length === 0 && member(file, 'status') === 'failed')
			found.push({ name: path, outcome: 'failed' });
	}
	return results(found);
}

/**
 * What a regular expression finds. Groups `passed`, `failed`, `skipped`, `total` are counts; `pass`, `fail`, `skip` mark one
 * test each, named by `name`; `category` alone begins a category that holds for what follows, beside others it is theirs.
 * Without categories the last match with counts is the sum and holds alone.
 */
export function readPattern(text: string, source: string): Report {
	const found: TestResult[] = [];
	let sum: TestResult[] = [];
	let category: string | undefined;
	for (const { groups = {} } of text.matchAll(operatorPattern(source, 'gmu'))) {
		const { name = '', pass, fail, skip } = groups;
		if (groups['category'] !== undefined) category = groups['category'].trim();
		const own = category === undefined ? {} : { category };
		const [passed, failed, skipped, total] = ['passed', 'failed', 'skipped', 'total'].map((one) =>
			numberIn(groups[one]),
		);
		if (pass !== undefined || fail !== undefined || skip !== undefined) {
			const outcome = fail !== undefined ? 'failed' : skip !== undefined ? 'skipped' : 'passed';
			found.push({ name: name.trim(), outcome, ...own });
		} else if (passed != null || failed != null || total != null) {
			const left = total == null ? 0 : Math.max(0, total - (passed ?? 0) - (skipped ?? 0));
			const well = passed ?? Math.max(0, (total ?? 0) - (failed ?? 0) - (skipped ?? 0));
			const counts = { passed: well, failed: failed ?? left, skipped: skipped ?? 0 };
			const rows = (['passed', 'failed', 'skipped'] as const).map((outcome) => ({
				name: name.trim(),
				outcome,
				count: counts[outcome],
				...own,
			}));
			if (category === undefined) sum = rows;
			else found.push(...rows);
		}
	}
	const all = [...found, ...sum].filter((one) => one.count !== 0);
	return all.length === 0 ? broken(text.trim() === '' ? 'empty' : 'broken') : results(all);
}

function numberIn(text: string | undefined): number | null {
	return text !== undefined && /^\d{1,9}$/.test(text.trim()) ? Number(text) : null;
}

function member(value: Value | undefined, name: string): Value | undefined {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
	return Object.hasOwn(value, name) ? (value as Record<string, Value>)[name] : undefined;
}

/** Covered share (0 to 1) in a report of coverage.py, Cobertura, Istanbul or a text table; null when none is there. */
export function coverageIn(text: string): number | null {
	const rate = /<coverage\b[^>]{0,2000}?\bline-rate="([\d.]+)"/.exec(text.slice(0, 8192));
	if (rate !== null) return shareOf(Number(rate[1]));
	if (text.trimStart().startsWith('{')) {
		const parsed = parseJson(text);
		if (!parsed.ok) return null;
		const said =
			member(member(parsed.value, 'totals'), 'percent_covered') ??
			member(member(member(parsed.value, 'total'), 'lines'), 'pct');
		return typeof said === 'number' ? shareOf(said / 100) : null;
	}
	const line =
		/^TOTAL\b.*?\s(\d{1,3}(?:\.\d+)?)%\s*$/m.exec(text) ??
		/^All files\s*\|[^|]*\|[^|]*\|[^|]*\|\s*(\d{1,3}(?:\.\d+)?)\s*\|/m.exec(text) ??
		/^Total coverage: (\d{1,3}(?:\.\d+)?)%/m.exec(text);
	return line === null ? null : shareOf(Number(line[1]) / 100);
}

function shareOf(share: number): number | null {
	return Number.isFinite(share) && share >= 0 && share <= 1 ? Math.round(share * 1e6) / 1e6 : null;
}
