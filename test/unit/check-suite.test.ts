import { describe, expect, it } from 'vitest';
import { readJunit } from '../../src/checks/suite-junit.ts';
import { coverageIn, readPattern, readPytest, readTap, readVitest } from '../../src/checks/suite-reports.ts';
import type { Report } from '../../src/checks/suite-results.ts';

function counts(report: Report) {
	if (!report.ok) return report.why;
	const of = (outcome: string) =>
		report.results.filter((one) => one.outcome === outcome).reduce((sum, one) => sum + (one.count ?? 1), 0);
	return [of('passed'), of('failed'), of('skipped')];
}
const failing = (report: Report) =>
	report.ok ? report.results.filter((one) => one.outcome === 'failed').map((one) => one.name) : [];

// What pytest 9.0.3 printed and wrote for seven tests, one of each sort.
const PYTEST = `test_a.py:3: AssertionError
==================================== PASSES ====================================
=========================== short test summary info ============================
PASSED test_a.py::test_p0_ok
PASSED test_a.py::test_param[a b]
PASSED test_a.py::test_param[c::d]
SKIPPED [1] test_a.py:4: later
XFAIL test_a.py::test_x
ERROR test_a.py::test_err - RuntimeError: no db
FAILED test_a.py::test_p1_bad - AssertionError: boom - here
1 failed, 3 passed, 1 skipped, 1 xfailed, 1 error in 0.37s
`;
const JUNIT = `<?xml version="1.0" encoding="utf-8"?><testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="1" skipped="2" tests="7" time="0.016" hostname="vm"><testcase classname="test_a" name="test_p0_ok" time="0.000" /><testcase classname="test_a" name="test_p1_bad" time="0.000"><failure message="AssertionError: boom - here&#10;assert 1 == 2">&gt;   def test_p1_bad(): assert 1 == 2
E   AssertionError: &lt;skipped&gt;</failure></testcase><testcase classname="test_a" name="test_p2_skip" time="0.000"><skipped type="pytest.skip" message="later">/tmp/test_a.py:4: later</skipped></testcase><testcase classname="test_a" name="test_x" time="0.000"><skipped type="pytest.xfail" message="" /></testcase><testcase classname="test_a" name="test_param[a&gt;b]" time="0.000" /><testcase classname="test_a" name="test_param[c::d]" time="0.000" /><testcase classname="test_a" name="test_err" time="0.000"><error message="failed on setup with &quot;RuntimeError: no db&quot;"><![CDATA[</testsuites> <testcase name="no"/>]]></error></testcase></testsuite></testsuites>`;

describe('pytest', () => {
	it('names its tests with -rA', () => {
		const report = readPytest(PYTEST);
		expect(counts(report)).toEqual([3, 2, 2]);
		expect(failing(report)).toEqual(['test_a.py::test_err', 'test_a.py::test_p1_bad']);
	});

	it('is counted from its closing line where it names none', () => {
		expect(counts(readPytest('........ [100%]\n8 passed in 0.12s\n'))).toEqual([8, 0, 0]);
		expect(counts(readPytest('==== 1 failed, 14 passed, 2 warnings in 61.20s (0:01:01) ====\n'))).toEqual([
			14, 1, 0,
		]);
		expect(counts(readPytest('==== no tests ran in 0.45s ====\n'))).toEqual([0, 0, 0]);
	});

	it('is no result when it was cut off', () => {
		expect(counts(readPytest('..F..'))).toBe('truncated');
		expect(counts(readPytest(''))).toBe('empty');
	});
});

describe('JUnit XML', () => {
	it('is read with its escapes', () => {
		const report = readJunit(JUNIT);
		expect(counts(report)).toEqual([3, 2, 2]);
		expect(report.ok && report.results.map((one) => one.name)).toContain('pytest › test_a › test_param[a>b]');
	});

	it('is no result when it was cut off anywhere', () => {
		for (const share of [0.1, 0.3, 0.5, 0.9, 0.99])
			expect(readJunit(JUNIT.slice(0, Math.floor(JUNIT.length * share))).ok).toBe(false);
		expect(counts(readJunit('<html></html>'))).toBe('broken');
	});

	it('takes a suite without tests for what it is', () => {
		expect(counts(readJunit('<testsuites tests="0"/>'))).toEqual([0, 0, 0]);
	});

	it('goes over hostile text once', () => {
		expect(readJunit(`<testsuites>${'<!--'.repeat(200_000)}`).ok).toBe(false);
		expect(readJunit(`<testsuites>${'<a "'.repeat(200_000)}`).ok).toBe(false);
	});
});

describe('TAP', () => {
	it('is read from perl and node', () => {
		const perl =
			'1..4\nok 1 - P0 a\nnot ok 2 - P1 b\nok 3 # skip no db\nnot ok 4 - t # TODO x\n#   Failed (TODO) test\n';
		expect(counts(readTap(perl))).toEqual([1, 1, 2]);
		const node = `TAP version 13
# Subtest: outer
    # Subtest: inner
    ok 1 - inner
      ---
      ok 7 - not a test
      ...
    not ok 2 - other
    1..2
not ok 1 - outer
ok 2 - alone
1..2
`;
		expect(counts(readTap(node))).toEqual([2, 1, 0]);
	});

	it('is read from vitest, which puts the sum before its parts', () => {
		const vitest = `TAP version 13
1..2
not ok 1 - a.test.ts # time=5.00ms {
    1..1
    not ok 1 - P0 store # time=4.14ms {
        1..4
        ok 1 - ok # time=0.76ms
        not ok 2 - bad # time=3.04ms
            ---
            error:
                name: "AssertionError"
            ...
        ok 3 - later # SKIP
        ok 4 - todo # TODO
    }
}
not ok 2 - b.test.ts
    ---
    at: "b.test.ts:1:7"
    ...
`;
		expect(counts(readTap(vitest))).toEqual([1, 2, 2]);
		expect(failing(readTap(vitest))).toEqual(['a.test.ts › P0 store › bad', 'b.test.ts']);
	});

	it('fails what was planned and never ran', () => {
		expect(counts(readTap('1..5\nok 1\nok 2\n'))).toEqual([2, 3, 0]);
		expect(counts(readTap('1..5\nok 1\nBail out! no db\n'))).toEqual([1, 4, 0]);
		expect(counts(readTap('ok 1\nok 2\n'))).toBe('truncated');
		expect(counts(readTap('1..0 # SKIP nothing\n'))).toEqual([0, 0, 0]);
	});
});

describe('the JSON of vitest', () => {
	it('counts a file that could not be loaded as one failure', () => {
		const text = JSON.stringify({
			numTotalTests: 2,
			testResults: [
				{
					name: '/x/a.test.ts',
					status: 'failed',
					assertionResults: [
						{ fullName: 'P0 store ok', status: 'passed' },
						{ fullName: 'P0 store later', status: 'todo' },
					],
				},
				{ name: '/x/b.test.ts', status: 'failed', assertionResults: [], message: 'no' },
			],
		});
		expect(counts(readVitest(text))).toEqual([1, 1, 1]);
		expect(counts(readVitest('{"a": 1}'))).toBe('broken');
	});
});

describe('a regular expression of the operator', () => {
	it('reads the pass-rate table of a deployment report', () => {
		const table = `| P0 级修复 | 2 | 2 | 0 | 100% |
| P1 级修复 | 4 | 3 | 1 | 75% |
| 后端服务 | 2 | 2 | 0 | 100% |`;
		const report = readPattern(
			table,
			'^\\| (?<category>\\S+)[^|]*\\| (?<total>\\d+) \\| (?<passed>\\d+) \\| (?<failed>\\d+)',
		);
		expect(counts(report)).toEqual([7, 1, 0]);
		expect(report.ok && report.results.map((one) => one.category)).toContain('后端服务');
	});

	it('reads marks below headings', () => {
		const text = 'P0 级修复验证:\n✅ 索引定义正确\n❌ 查询使用索引\n后端服务验证:\n✅ /health\n⏳ /later\n';
		const report = readPattern(
			text,
			'^(?:(?<category>P0|后端).*验证|(?:(?<pass>✅)|(?<fail>❌)|(?<skip>⏳)) (?<name>.+))',
		);
		expect(counts(report)).toEqual([2, 1, 1]);
		expect(failing(report)).toEqual(['查询使用索引']);
	});

	it('takes the last of repeated sums', () => {
		expect(counts(readPattern('Passed: 1/8\nPassed: 7/8\n', '(?<passed>\\d+)/(?<total>\\d+)'))).toEqual([
			7, 1, 0,
		]);
		expect(counts(readPattern('nothing', '(?<passed>\\d+)/(?<total>\\d+)'))).toBe('broken');
	});
});

describe('coverage', () => {
	it.each([
		['Name  Stmts  Miss  Cover\nTOTAL    120    24    80%\n', 0.8],
		['TOTAL    120    24    12    3    79.5%\n', 0.795],
		['File | % Stmts | % Branch | % Funcs | % Lines |\nAll files | 83.1 | 70 | 90 | 82.5 | \n', 0.825],
		['<?xml version="1.0"?><coverage version="7" line-rate="0.8312" branch-rate="0">', 0.8312],
		['{"totals": {"percent_covered": 91.25}}', 0.9125],
		['{"total": {"lines": {"pct": 64.5}}}', 0.645],
		['no coverage here', null],
		['TOTAL 1 1 180%\n', null],
	])('%s', (text, share) => {
		expect(coverageIn(text)).toBe(share);
	});
});
