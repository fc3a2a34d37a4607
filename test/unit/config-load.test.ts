import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { explainCheck } from '../../src/config/explain.ts';
import { Secret } from '../../src/domain/secret.ts';
import { HEAD, loadGood, loadText, MAIN, problemsOf, shortly } from '../support/config-sources.ts';

const http = (url: string, rest = '') => `${HEAD}checks:\n  a: {kind: http, url: "${url}"${rest}}\n`;
const VARS =
	'environments:\n  live: {default: true, vars: {base: "http://one", port: 5000, tls: true}}\n  test: {vars: {base: "http://two", port: 5500, tls: false}}\n';

describe('defaults', () => {
	it('are those of the reference', async () => {
		const { system } = await loadGood(http('http://x/'));
		expect(system).toMatchObject({
			system: 'Test',
			timezone: 'UTC',
			environment: { name: 'default', guard: 'none' },
			folder: '/etc/app',
			state: { path: '/etc/app/.rounds', group: null },
			errorLog: '/etc/app/logs/error.log',
			reportPath: '/etc/app/logs/daily_report_YYYYMMDD.md',
		});
		expect(system.checks[0]).toMatchObject({
			everyMs: 30_000,
			timeoutMs: 5000,
			confirm: 3,
			retryMs: 10_000,
			title: null,
			service: null,
		});
	});

	it('ask again soon, but not more slowly than the check itself', async () => {
		const { system } = await loadGood(http('http://x/', ', every: 3s'));
		expect(system.checks[0]?.retryMs).toBe(3000);
	});

	it('give the usual rounds their titles in both languages', async () => {
		const { system } = await loadGood(
			`${HEAD}rounds:\n  morning: {at: "09:00", steps: [{ask: x}]}\n  night: {steps: [{ask: x}]}\n`,
		);
		expect(system.sheets.map(({ title, atMinute, graceMs }) => ({ title, atMinute, graceMs }))).toEqual([
			{ title: { en: 'Morning round', 'zh-CN': '早班巡检' }, atMinute: 540, graceMs: 1_800_000 },
			{ title: 'night', atMinute: null, graceMs: 1_800_000 },
		]);
	});

	it("use the kind's own condition only where none is written", async () => {
		const own = await loadGood(http('http://x/', ', must: [status == 204]'));
		const implied = await loadGood(http('http://x/'));
		expect(own.system.checks[0]?.must.map((condition) => condition.text)).toEqual(['status == 204']);
		expect(implied.system.checks[0]?.must.map((condition) => condition.text)).toEqual(['status < 400']);
	});
});

describe('recheck', () => {
	const two = (recheck: string) =>
		`${HEAD}checks:\n  a: {kind: http, url: "http://x/"}\n  b: {kind: http, url: "http://y/"}\nactions:\n  fix: {run: [touch, x], recheck: ${recheck}}\n`;

	it('names checks, or all of them', async () => {
		expect((await loadGood(two('[b]'))).system.actions[0]?.recheck).toEqual(['b']);
		expect((await loadGood(two('[all]'))).system.actions[0]?.recheck).toEqual(['a', 'b']);
	});

	it('refuses a check that is not there', async () => {
		expect(await problemsOf(two('[c]'))).toEqual([expect.stringContaining('"c"')]);
	});
});

describe('texts', () => {
	const urlOf = async (written: string, wishes = {}, world = {}) => {
		const { system } = await loadGood(
			`${VARS.replace('environments', `${HEAD}environments`)}checks:\n  a: {kind: http, url: '${written}'}\n`,
			world,
			wishes,
		);
		const options = system.checks[0]?.options as { readonly url: unknown } | undefined;
		return options?.url;
	};

	it('are filled from the active environment', async () => {
		expect(await urlOf('${base}:${port}/x')).toBe('http://one:5000/x');
		expect(await urlOf('${base}:${port}/x', { environment: 'test' })).toBe('http://two:5500/x');
	});

	it('take process variables only by their own word, and escape dollars', async () => {
		expect(await urlOf('http://${env:HOST}/$$x/$y', {}, { env: { HOST: 'h' } })).toBe('http://h/$x/$y');
	});

	it('keep the type that the field wants', async () => {
		const { system } = await loadGood(
			`${HEAD}${VARS}services: {s: {port: "\${port}"}}\nchecks:\n  a: {kind: http, url: http://x/, verifyTls: "\${tls}", headers: {X-Port: "\${port}"}}\n`,
		);
		expect(system.services[0]?.port).toBe(5000);
		expect(system.checks[0]?.options).toMatchObject({ verifyTls: true, headers: { 'X-Port': '5000' } });
	});

	it('are never filled inside conditions, queries and patterns', async () => {
		const { system } = await loadGood(
			`${HEAD}checks:\n  a:\n    kind: http\n    url: http://x/\n    must: ['$.a == "\${base}"']\n`,
		);
		expect(system.checks[0]?.must[0]?.text).toBe('$.a == "${base}"');
	});

	it('warn of a name that another environment lacks, once', async () => {
		const { warnings } = await loadGood(
			`${HEAD}environments: {live: {default: true, vars: {base: "http://one"}}, test: }\nchecks:\n  a: {kind: http, url: "\${base}/"}\n  b: {kind: http, url: "\${base}/"}\n`,
		);
		expect(warnings.map(shortly)).toEqual([
			'5:25 "base" is not set in environment test: this would fail there',
		]);
	});

	it('refuse a name that only another environment has', async () => {
		expect(
			await problemsOf(
				`${HEAD}environments: {live: {default: true}, test: {vars: {base: x}}}\nchecks:\n  a: {kind: http, url: "\${base}/"}\n`,
			),
		).toEqual(['5:25 "base" is set in environment test but not in live']);
	});

	it('refuse values made of themselves', async () => {
		const found = await problemsOf(
			`${HEAD}environments: {live: {vars: {a: "\${b}", b: "\${a}"}}}\nchecks:\n  a: {kind: http, url: "http://\${a}/"}\n`,
		);
		expect(found[0]).toBe('3:33 "a" is made of itself');
	});

	it('refuse an environment nobody has', async () => {
		expect(
			await problemsOf(`${HEAD}environments: {production: }\n`, {}, { environment: 'producton' }),
		).toEqual(['3:1 no environment is called "producton"']);
	});
});

describe('secrets', () => {
	const text = `${HEAD}secrets: {tok: env:TOK, idle: env:IDLE}\nchecks:\n  a: {kind: http, url: http://x/, headers: {Authorization: "Bearer \${secret:tok}"}}\n  b: {kind: http, url: http://x/}\nactions:\n  t: {run: x, env: {TOK: "secret:tok"}}\n`;

	it('make a secret of the text they stand in, and are known to redaction', async () => {
		const { system, secretValues } = await loadGood(text, { secrets: { 'env:TOK': 'hunter2-hunter2' } });
		const options = system.checks[0]?.options as { readonly headers: Record<string, Secret> } | undefined;
		const authorization = options?.headers['Authorization'];
		expect(authorization).toBeInstanceOf(Secret);
		expect(authorization?.reveal()).toBe('Bearer hunter2-hunter2');
		expect(secretValues).toEqual(['hunter2-hunter2']);
	});

	it('appear in no output at all', async () => {
		const loaded = await loadGood(text, { secrets: { 'env:TOK': 'hunter2-hunter2' } });
		const { secretValues: _, ...rest } = loaded;
		const outputs = [
			JSON.stringify(rest),
			inspect(rest, { depth: 20 }),
			String(explainCheck(loaded.system, 'a')),
		];
		for (const output of outputs) expect(output).not.toContain('hunter2');
		expect(outputs[2]).toContain('*** (Bearer ${env:TOK})');
	});

	it('that cannot be read are a warning; only what needs them is broken', async () => {
		const { system, warnings } = await loadGood(text);
		expect(warnings.map(shortly)).toEqual([
			'3:16 secret "tok" (env:TOK) cannot be read: it is not set; what needs it will say so',
		]);
		const broken = {
			code: 'secret-missing',
			detail: { name: 'tok', reference: 'env:TOK', reason: 'not-set' },
		};
		expect(system.checks.map((check) => check.broken)).toEqual([broken, undefined]);
		expect(system.actions[0]?.broken).toEqual(broken);
	});

	it('break also what is nothing but the secret', async () => {
		const { system } = await loadGood(
			`${HEAD}secrets: {u: env:U}\nchecks:\n  a: {kind: http, url: "secret:u"}\n`,
		);
		expect(system.checks[0]?.broken?.code).toBe('secret-missing');
	});

	it.each([
		['written out', `${HEAD}secrets:\n  tok: hunter2-hunter2\n`],
		['written out beside another mistake', `${HEAD}secrets: {tok: hunter2-hunter2, tok: env:A}\n`],
		[
			'written out in a check',
			`${HEAD}checks:\n  a: {kind: http, url: http://x/, auth: {bearer: hunter2-hunter2}}\n`,
		],
		['written into an address', `${HEAD}checks:\n  a: {kind: http, url: "http://u:hunter2-hunter2@x/"}\n`],
		[
			'beside a misspelt key',
			`${HEAD}checks:\n  a: {kind: http, url: http://x/, headers: {Authorization: hunter2-hunter2}, evry: 5s}\n`,
		],
	])('%s are refused without being shown', async (_title, broken) => {
		const loaded = await loadText(broken);
		expect(loaded.ok).toBe(false);
		expect(JSON.stringify(loaded)).not.toContain('hunter2');
	});

	it('are refused as arguments of a command', async () => {
		const found = await problemsOf(
			`${HEAD}secrets: {tok: env:TOK}\nactions:\n  t: {run: [x, "secret:tok"]}\n`,
			{ secrets: { 'env:TOK': 'hunter2-hunter2' } },
		);
		expect(found.join()).toMatch(/^5:12 expected a command.*arguments$|^5:.* a secret goes into "env"/);
		expect(found.join()).not.toContain('hunter2');
	});

	it('are refused where they would be shown', async () => {
		const found = await problemsOf(`${HEAD}secrets: {tok: env:TOK}\nservices: {s: {title: "secret:tok"}}\n`, {
			secrets: { 'env:TOK': 'hunter2-hunter2' },
		});
		expect(found).toEqual(['4:23 a secret may not stand here, this would be shown']);
	});
});

describe('include', () => {
	const files = {
		'/etc/app/more/a.yaml': 'version: 1\nx-note: {a: 1}\nservices: {s: {logs: [a.log]}}\n',
		'/etc/app/more/b.yaml':
			'services: {s: {logs: [b.log]}}\nchecks: {b: {kind: http, url: http://b/, must: [a.latency < 1s]}}\n',
	};

	it('merges maps and appends lists; paths are relative to the main file', async () => {
		const { system, files: read } = await loadGood(
			`${HEAD}include: [more/*.yaml]\nchecks: {a: {kind: http, url: http://a/}}\n`,
			{ files },
		);
		expect(system.services[0]?.logs).toEqual(['/etc/app/a.log', '/etc/app/b.log']);
		expect(system.checks.map((check) => check.id)).toEqual(['a', 'b']);
		expect(read).toEqual([MAIN, '/etc/app/more/a.yaml', '/etc/app/more/b.yaml']);
	});

	it('refuses a scalar said twice, naming both places', async () => {
		const twice = { '/etc/app/x.yaml': '\nservices:\n  s: {port: 6}\n' };
		expect(await problemsOf(`${HEAD}include: x.yaml\nservices: {s: {port: 5}}\n`, { files: twice })).toEqual([
			'x.yaml:3:7 "services.s.port" is already set in /etc/app/rounds.yaml, line 4',
		]);
	});

	it('refuses a circle, a file that is missing, and what is too large', async () => {
		const circle = { '/etc/app/x.yaml': 'include: y.yaml\n', '/etc/app/y.yaml': 'include: x.yaml\n' };
		expect(await problemsOf(`${HEAD}include: x.yaml\n`, { files: circle })).toEqual([
			'y.yaml:1:10 files include each other: x.yaml → y.yaml → x.yaml',
		]);
		expect(await problemsOf(`${HEAD}include: no.yaml\n`)).toEqual([
			'3:10 cannot read /etc/app/no.yaml: no such file',
		]);
		const large = { '/etc/app/x.yaml': `# ${'x'.repeat(1024 * 1024)}\n` };
		expect(await problemsOf(`${HEAD}include: x.yaml\n`, { files: large })).toEqual([
			'3:10 the configuration is larger than 1 MiB',
		]);
	});

	it('warns of a pattern that finds nothing', async () => {
		const { warnings } = await loadGood(
			`${HEAD}include: ["none/*.yaml"]\nchecks: {a: {kind: http, url: http://a/}}\n`,
		);
		expect(warnings.map(shortly)).toEqual(['3:11 no file matches "none/*.yaml"']);
	});
});

describe('YAML', () => {
	it('has anchors and merge keys, with a place for them under x-', async () => {
		const { system } = await loadGood(
			`${HEAD}x-base: &base {kind: http, every: 10s, timeout: 2s}\nchecks:\n  a: {<<: *base, url: http://a/, timeout: 3s}\n`,
		);
		expect(system.checks[0]).toMatchObject({ everyMs: 10_000, timeoutMs: 3000 });
	});

	it('may begin with a byte order mark and end its lines as Windows does', async () => {
		const { system } = await loadGood(`\ufeff${http('http://x/').replaceAll('\n', '\r\n')}`);
		expect(system.system).toBe('Test');
	});

	it('is refused when it unfolds without end', async () => {
		const laughs = Array.from(
			{ length: 12 },
			(_, level) =>
				`x-${level}: &l${level} [${
					level === 0
						? '1'
						: Array(9)
								.fill(`*l${level - 1}`)
								.join(', ')
				}]`,
		);
		expect(await problemsOf(`${HEAD}${laughs.join('\n')}\n`)).toEqual([
			'1:1 this document unfolds into more than 100000 pieces',
		]);
		expect(await problemsOf(`${HEAD}x-a: &a [*a]\n`)).toEqual(['3:10 an anchor holds itself']);
	});

	it('is refused when it is nested without end', async () => {
		const deep = await Promise.all(
			[
				'['.repeat(50_000),
				'{a: '.repeat(50_000),
				'- '.repeat(50_000),
				'? '.repeat(50_000),
				'&a '.repeat(100_000),
			].map((text) => problemsOf(`${HEAD}x-a: ${text}`)),
		);
		for (const found of deep) expect(found.length).toBeGreaterThan(0);
	});
});

describe('warnings', () => {
	it.each([
		['a condition that cannot fail', 'must: [latency == latency]', '5:12 this condition cannot fail'],
		[
			'the same under both headings',
			'must: [status == 200], should: [status==200]',
			'the same stands under "must"',
		],
		['a timeout beyond the interval', 'every: 2s, timeout: 5s', 'is not shorter than the interval'],
	])('tell of %s', async (_title, keys, warning) => {
		const { warnings } = await loadGood(`${HEAD}checks:\n  a: {kind: http, url: http://a/, ${keys}}\n`);
		expect(warnings).toHaveLength(1);
		expect(warnings.map(shortly).join()).toContain(warning.replace(/^5:12 /, ''));
	});
});

describe('any bytes', () => {
	it('give a result and never throw', async () => {
		// A fixed sequence, so that a failure can be met again.
		let seed = 42;
		const next = (limit: number) => {
			seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff;
			return seed % limit;
		};
		const good = `${VARS.replace('environments', `${HEAD}environments`)}checks:\n  a:\n    kind: http\n    url: \${base}\n    must: [status == 200, "$.a > 1"]\nactions: {t: {run: [x]}}\nrounds: {m: {at: "09:00", steps: [{check: a}, {run: t}]}}\n`;
		const pieces = [
			...'[]{}:,&*!|>"\'%@`#-?$\n\t \\\0é界\u{1f600}',
			'\ud800',
			'${',
			'<<: ',
			'null',
			'1e999',
			'0x',
			'...',
			'---',
		];
		for (let round = 0; round < 400; round++) {
			let text = good;
			for (let change = 0; change < 1 + next(6); change++) {
				const at = next(text.length);
				text = text.slice(0, at) + (pieces[next(pieces.length)] ?? '') + text.slice(at + next(4));
			}
			const loaded = await loadText(text);
			if (!loaded.ok) expect(loaded.error.length, text).toBeGreaterThan(0);
		}
		for (let round = 0; round < 200; round++) {
			const text = Buffer.from(Array.from({ length: next(300) }, () => next(256))).toString('latin1');
			expect((await loadText(text)).ok, text).toBe(false);
		}
	});
});
