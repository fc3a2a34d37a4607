import { describe, expect, it } from 'vitest';
import { KIND_NAMES } from '../../src/config/checks.ts';
import { cellWidth } from '../../src/domain/text.ts';
import { HEAD, loadText, problemsOf, shortly } from '../support/config-sources.ts';

const check = (rest: string) => `${HEAD}checks:\n  a:\n    kind: http\n    url: http://localhost/\n${rest}`;

/** What is written, and every problem it has, with its place. */
const BROKEN: readonly [title: string, text: string, problems: readonly string[]][] = [
	['nothing at all', '', ['1:1 the file is empty']],
	['only a comment', '# nothing\n', ['1:1 the file is empty']],
	[
		'a list',
		'- a\n',
		['1:1 expected a map of sections such as "version:", "services:", "checks:", found a list'],
	],
	[
		'a word',
		'hello\n',
		['1:1 expected a map of sections such as "version:", "services:", "checks:", found "hello"'],
	],
	['a binary file', 'version: 1\n\0\x01', ['2:1 this is not a text file: it holds a control character here']],
	['another encoding', 'system: caf\ufffd\n', ['1:12 this is not UTF-8 text']],
	['no version', 'system: x\n', ['1:1 "version" is missing in rounds.yaml: expected 1']],
	[
		'another version',
		'version: 2\nsystem: x\n',
		['1:10 version 2 is not known to this program; it reads version 1'],
	],
	[
		'a version as text',
		'version: "1"\nsystem: x\n',
		['1:10 version "1" is not known to this program; it reads version 1'],
	],
	['no system', 'version: 1\n', ['1:1 "system" is missing in rounds.yaml: expected text']],
	['a number as system', 'version: 1\nsystem: 5\n', ['2:9 expected text, found 5']],
	[
		'two documents',
		`${HEAD}---\na: 1\n`,
		[
			'4:1 a configuration is one YAML document: remove this "---", or put the rest into its own file and include it',
		],
	],
	['a tab', `${HEAD}services:\n\tflask: {}\n`, ['4:1 YAML is indented with spaces, here is a tab']],
	['an open quote', `${HEAD}timezone: "UTC\n`, ['4:1 a quote is never closed']],
	[
		'a key twice',
		`${HEAD}timezone: UTC\ntimezone: UTC\n`,
		['4:1 "timezone" is written twice, first in line 3'],
	],
	['an unknown anchor', `${HEAD}timezone: *zone\n`, ['3:11 no anchor of this name stands before it']],
	['a misspelt section', `${HEAD}servces: {}\n`, ['3:1 unknown key "servces" in rounds.yaml']],
	[
		'a section of later',
		`${HEAD}channels: {}\nalerts: {}\n`,
		['3:1 "channels" is not in this version', '4:1 "alerts" is not in this version'],
	],
	['a section of the wrong shape', `${HEAD}checks: [a]\n`, ['3:9 expected a map, found a list']],
	[
		'a zone that is none',
		`${HEAD}timezone: Mars/Olympus\n`,
		['3:11 "Mars/Olympus" is not a time zone: expected a name such as UTC or Asia/Kuala_Lumpur'],
	],
	[
		'a name that is none',
		`${HEAD}services:\n  "a b": {}\n`,
		['4:3 "a b" cannot be a name here: expected a letter, then letters, digits, "-" or "_" (at most 64)'],
	],
	[
		'a port out of range',
		`${HEAD}services:\n  a: {port: 70000}\n`,
		['4:13 expected a port from 1 to 65535, found 70000'],
	],
	['no kind', `${HEAD}checks:\n  a: {every: 5s}\n`, ['4:6 "kind" is missing in checks.a: expected text']],
	[
		'a check without its address',
		`${HEAD}checks:\n  a: {kind: http}\n`,
		['4:6 "url" is missing in checks.a: expected text'],
	],
	['a check that is nothing', `${HEAD}checks:\n  a:\n`, ['4:3 expected a map, found nothing']],
	[
		'a duration without a unit',
		check('    every: 10\n'),
		['7:12 expected a duration with its unit, such as 500ms, 10s, 2m, 1h or 7d, found 10'],
	],
	['too often', check('    every: 500ms\n'), ['7:12 a check may not run more often than every 1s']],
	['a misspelt key', check('    timout: 5s\n'), ['7:5 unknown key "timout" in checks.a']],
	[
		'an unknown service',
		`${HEAD}services: {flask: }\n${check('    service: flsk\n').slice(HEAD.length)}`,
		['8:14 no service is called "flsk"'],
	],
	[
		'an unknown sample',
		check('    must: [latncy < 5s]\n'),
		['7:12 no value is called "latncy" in this check'],
	],
	['an unknown other check', check('    must: [b.status == 200]\n'), ['7:12 no check is called "b"']],
	[
		'an unknown sample of another',
		check('    must:\n      - a.net > 1\n'),
		['8:9 check "a" has no value called "net"'],
	],
	[
		'units that do not meet',
		check('    must: [latency < 5KB]\n'),
		['7:20 condition: a duration does not go with a size'],
	],
	[
		'a wrong operator, inside quotes',
		check(`    must: ['$.a = "x"']\n`),
		['7:17 condition: "=" is not an operator'],
	],
	[
		'a condition cut at a colon',
		check('    must:\n      - $.a == "b: c"\n'),
		['8:9 YAML cut this condition at ": " and made a map of it'],
	],
	[
		'a condition cut at a comment',
		check('    must:\n      - $.a == "b #c"\n'),
		['8:9 YAML cut this condition at " #", the rest is a comment'],
	],
	[
		'a condition cut at a comma',
		check('    must: [p95(latency, 5m) < 1s]\n'),
		['7:12 YAML cut this condition at a comma'],
	],
	[
		'a condition that is a list',
		check('    must: [[1]]\n'),
		['7:12 expected a condition such as "status == 200", found a list'],
	],
	[
		'a condition cut at a bracket',
		check('    must: [status in [200, 204]]\n'),
		['7:22 YAML cut this condition at a bracket'],
	],
	[
		'an expression cut at a bracket',
		check('    show: {n: count($.a[*])}\n'),
		['7:24 YAML cut this condition at a bracket'],
	],
	[
		'a condition that begins with a quote',
		check('    must:\n      - "a" == status\n'),
		['8:13 YAML cut a text at this character'],
	],
	[
		'a reference cut at a brace',
		`${HEAD}checks:\n  a: {kind: http, url: \${base}/x}\n  b:\n    kind: http\n`,
		['4:25 YAML cut a text at this character'],
	],
	[
		'conditions that are no list',
		check('    must: status == 200\n'),
		['7:11 expected a list, found "status == 200"'],
	],
	[
		'drift of a nameless value',
		check('    must:\n      - drop($.a) < 5%\n'),
		["8:14 condition: drop() takes the name of one of this check's values"],
	],
	[
		'a shown name that is taken',
		check('    show: {status: $.status}\n'),
		['7:12 "status" is already a value of this kind of check'],
	],
	['an unknown name', check('    service: "${srv}"\n'), ['7:15 "srv" is not set in environment default']],
	[
		'a name that is none',
		check('    service: "${a b}"\n'),
		['7:15 expected a name between the braces, such as ${base}, ${env:HOME} or ${secret:token}'],
	],
	[
		'an open reference',
		check('    service: "a${"\n'),
		['7:16 "${" is never closed; write "$$" for a plain dollar sign'],
	],
	[
		'an unset process variable',
		check('    service: ${env:NO_SUCH}\n'),
		['7:14 the process variable NO_SUCH is not set'],
	],
	['an unknown secret', check('    headers: {A: "secret:tok"}\n'), ['7:26 no secret is called "tok"']],
	[
		'an action without a body',
		`${HEAD}actions:\n  a: {title: x}\n`,
		['4:3 expected exactly one of run, builtin or sequence'],
	],
	[
		'a shell line without a shell',
		`${HEAD}actions:\n  a: {run: "x | y"}\n`,
		['4:12 "|" means nothing without a shell: quote it, or add "shell: true"'],
	],
	[
		'a pattern that is none',
		`${HEAD}actions:\n  a: {run: x, result: "("}\n`,
		['4:23 not a regular expression: /(/mu: Unterminated group'],
	],
	[
		'a group that is none',
		`${HEAD}actions:\n  a: {run: x, must: [passed == 1]}\n`,
		['4:22 the result of an action has "exit" and the named groups of "result", not "passed"'],
	],
	[
		'a key twice',
		`${HEAD}actions:\n  a: {run: x, key: t}\n  b: {run: x, key: t}\n`,
		['5:20 key "t" already starts the action "a"'],
	],
	[
		'a key of the console',
		`${HEAD}actions:\n  a: {run: x, key: r}\n`,
		['4:20 key "r" has a meaning of its own in the console'],
	],
	[
		'a sequence of itself',
		`${HEAD}actions:\n  a: {sequence: [b]}\n  b: {sequence: [a]}\n`,
		['4:3 a sequence may not hold itself: a → b → a'],
	],
	[
		'a step of nothing',
		`${HEAD}rounds:\n  m:\n    steps:\n      - title: x\n`,
		['6:9 expected exactly one of check, run or ask in a step'],
	],
	[
		'a step of the wrong sort',
		`${HEAD}actions: {t: {run: x}}\nrounds:\n  m:\n    steps:\n      - check: t\n`,
		['7:16 "t" is an action, not a check: write "run: t"'],
	],
	[
		'no steps',
		`${HEAD}rounds:\n  m: {at: "09:00"}\n`,
		['4:6 "steps" is missing in rounds.m: expected a list'],
	],
	[
		'a time that is none',
		`${HEAD}rounds:\n  m: {at: 25:00, steps: [{ask: x}]}\n`,
		['4:11 expected a time such as "09:00", found "25:00"'],
	],
	[
		'logs of nobody',
		`${HEAD}rounds:\n  m:\n    steps:\n      - {ask: x, look: {log: flask}}\n`,
		['6:30 "flask" is neither a service nor a path of a log file'],
	],
	['one key for two', `${HEAD}keys: {a.b: x, c.d: x}\n`, ['3:21 key "x" already starts the action "a.b"']],
	[
		'two defaults',
		`${HEAD}environments: {a: {default: true}, b: {default: true}}\n`,
		['3:1 more than one environment is the default'],
	],
	[
		'no default',
		`${HEAD}environments: {a: {}, b: {}}\n`,
		['3:1 no environment is the default: write "default: true" at one, or choose one by --env'],
	],
	[
		'a misspelt guard',
		`${HEAD}environments: {a: {guard: typd}}\n`,
		['3:27 expected one of none, confirm, typed, found "typd"'],
	],
];

describe('a broken configuration', () => {
	it.each(BROKEN)('%s: every problem at its place', async (_title, text, problems) => {
		expect(await problemsOf(text, {}, { reservedKeys: ['r'] })).toEqual(problems);
	});

	it.each(BROKEN)('%s: says the same places in Chinese, in Chinese', async (_title, text, problems) => {
		const found = await problemsOf(text, {}, { reservedKeys: ['r'], locale: 'zh-CN' });
		const place = (problem: string) => problem.split(' ')[0];
		expect(found.map(place)).toEqual(problems.map(place));
		for (const problem of found) expect(problem).toMatch(/\p{Script=Han}/u);
	});

	it('lists every problem, not only the first', async () => {
		const text = `version: 3\nsystm: x\nservices: {a: {prt: 1}}\nchecks:\n  c: {kind: http, url: ftp://x, every: 1, servce: a}\nrounds:\n  m: {steps: [{check: [c, d]}]}\n`;
		expect((await problemsOf(text)).map((problem) => problem.split(' ')[0])).toEqual([
			'1:1',
			'1:10',
			'2:1',
			'3:16',
			'5:24',
			'5:40',
			'5:43',
			'7:27',
		]);
	});

	it('puts the caret under the exact token, also behind wide characters', async () => {
		const loaded = await loadText(`${HEAD}services:\n  a: {title: 弗拉斯克服务, prt: 5}\n`);
		const [problem] = loaded.ok ? [] : loaded.error;
		expect(problem?.hint).toBe('did you mean "port"?');
		expect(problem?.column).toBe(22);
		const [line = '', carets = ''] = problem?.excerpt?.split('\n') ?? [];
		expect(carets.indexOf('^')).toBe(cellWidth(line.slice(0, line.indexOf('prt'))));
		expect(carets.trim()).toBe('^^^');
	});

	it('cleans what it shows', async () => {
		const loaded = await loadText(`${HEAD}services:\n  a: {"t\u202eitle": "\u200bx"}\n`);
		const [problem] = loaded.ok ? [] : loaded.error;
		expect(`${problem?.message}${problem?.excerpt}`).not.toMatch(/[\u202e\u200b]/);
	});

	it('keeps a long line within a screen, with the token in view', async () => {
		const loaded = await loadText(`${HEAD}services: {a: {title: "${'x'.repeat(5000)}", prt: 5}}\n`);
		const [line = '', carets = ''] = (loaded.ok ? '' : (loaded.error[0]?.excerpt ?? '')).split('\n');
		expect(cellWidth(line)).toBeLessThanOrEqual(120);
		expect(line.slice(carets.indexOf('^'), carets.length)).toBe('prt');
	});

	it('suggests names of services, checks, actions and kinds', async () => {
		const text = `${HEAD}services: {flask: }\nchecks:\n  health: {kind: htpp, service: flsk}\nactions:\n  tests: {run: x}\nrounds:\n  m: {steps: [{check: helth}, {run: test}]}\n`;
		const loaded = await loadText(text);
		const hints = loaded.ok ? [] : loaded.error.map((problem) => problem.hint);
		expect(hints).toEqual([
			'did you mean "http"?',
			'did you mean "flask"?',
			'did you mean "health"?',
			'did you mean "tests"?',
		]);
	});

	it('names the file a problem is in', async () => {
		const loaded = await loadText(`${HEAD}include: more.yaml\n`, {
			files: { '/etc/app/more.yaml': 'services:\n  a: {prt: 1}\n' },
		});
		expect(loaded.ok ? [] : loaded.error.map(shortly)).toEqual([
			'more.yaml:2:7 unknown key "prt" in services.a',
		]);
	});
});

it('an unknown kind names the kinds there are, cut where a line would grow too long', async () => {
	const text = `${HEAD}checks:\n  a: {kind: htp}\n`;
	const [problem] = await problemsOf(text);
	expect(problem).toContain(`4:13 unknown kind "htp": expected ${KIND_NAMES.slice(0, 8).join(', ')}`);
});
