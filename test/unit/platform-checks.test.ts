import { describe, expect, test } from 'vitest';
import { command } from '../../src/checks/command.ts';
import { cors } from '../../src/checks/cors.ts';
import { env } from '../../src/checks/env.ts';
import { file } from '../../src/checks/file.ts';
import { http } from '../../src/checks/http.ts';
import { readPerfdata } from '../../src/checks/perfdata.ts';
import type { ProbeContext } from '../../src/domain/check.ts';
import { FAULTS, type FaultCode } from '../../src/domain/fault.ts';
import { Secret } from '../../src/domain/secret.ts';
import { cellWidth } from '../../src/domain/text.ts';
import { formatValue } from '../../src/domain/value.ts';
import { splitCommand } from '../../src/fields/command-line.ts';
import { readEnvFile } from '../../src/fields/env-file.ts';
import { readDuration, readSize } from '../../src/fields/fields.ts';
import { faultBrief, faultText } from '../../src/i18n/fault.ts';
import { createProbePorts } from '../../src/platform/ports.ts';
import { fakeSql, HIDDEN, Surroundings, secret } from '../support/check-subjects.ts';
import { JSON_HEAD, plain } from '../support/servers.ts';

const ports = createProbePorts({ sql: fakeSql });
const context = (): ProbeContext => ({
	now: ports.clock.now(),
	deadline: ports.clock.monotonic() + 20_000,
	signal: new AbortController().signal,
});

async function inWorld<T>(act: (world: Surroundings) => Promise<T>): Promise<T> {
	const world = new Surroundings();
	try {
		return await act(world);
	} finally {
		await ports.close();
		await world.close();
	}
}

function drawn(samples: Readonly<Record<string, Parameters<typeof formatValue>[0]>>): Record<string, string> {
	return Object.fromEntries(Object.entries(samples).map(([name, value]) => [name, formatValue(value)]));
}

describe('what an operator writes', () => {
	test.each([
		['500ms', 500],
		['1h30m', 5_400_000],
		['7d', 604_800_000],
		['1.5s', 1500],
		['10', null],
		['10 s', null],
		['-1s', null],
		['', null],
	])('duration %s', (text, ms) => expect(readDuration(text)).toBe(ms));

	test.each([
		['64KiB', 65_536],
		['1.5MB', 1_500_000],
		['300', 300],
		['1 GiB', 1_073_741_824],
		['1kb', null],
		['-1', null],
	])('size %s', (text, bytes) => expect(readSize(text)).toBe(bytes));

	test.each([
		['bash -c "a b" c\\ d', ['bash', '-c', 'a b', 'c d']],
		[`echo 'it'"'"'s' ""`, ['echo', "it's", '']],
		["awk '{print $1}'", ['awk', '{print $1}']],
		['echo 5$', ['echo', '5$']],
	])('command %s', (line, argv) => expect(splitCommand(line)).toEqual({ ok: true, value: argv }));

	test.each(['a | b', 'a > b', 'a && b', 'echo $HOME', 'echo "$(x)"', 'echo `x`', 'a "b', '  '])(
		'%s needs a shell or is none',
		(line) => expect(splitCommand(line).ok).toBe(false),
	);
});

describe('http', () => {
	const ask = (answer: Buffer, options: Record<string, unknown> = {}) =>
		inWorld(async (world) => {
			const server = await world.raw((socket) => void socket.write(answer));
			return http.probe(http.schema.parse({ url: server.url, ...options }), ports, context());
		});

	test('JSON is read when it is said or looks so, and text only when asked', async () => {
		expect(await ask(plain('{"a": 1}', JSON_HEAD))).toMatchObject({
			ok: true,
			value: { document: { a: 1 } },
		});
		expect(await ask(plain('[1]', { 'content-type': 'text/plain' }))).toMatchObject({
			ok: true,
			value: { document: [1] },
		});
		expect(await ask(plain('pong'), { read: 'text' })).toMatchObject({
			ok: true,
			value: { document: 'pong' },
		});
		for (const body of ['<html>Log in</html>', '', '{"cut": ']) {
			const answer = await ask(plain(body, { 'content-type': 'text/html' }));
			expect(answer.ok && 'document' in answer.value).toBe(false);
			expect(answer.ok).toBe(true);
		}
	});

	test('a secret that comes back in a document is masked where it stands, also as a key', async () => {
		const body = JSON.stringify({ echo: `Bearer ${HIDDEN}`, [HIDDEN]: [HIDDEN], n: 1 });
		const answer = await ask(plain(body, JSON_HEAD), { auth: { bearer: secret } });
		expect(answer).toMatchObject({
			ok: true,
			value: { document: { echo: 'Bearer ***', '***': ['***'], n: 1 } },
		});
	});

	test('a short secret inside a composed text is masked alone', async () => {
		const composed = new Secret('Token t0k/5', `Token \${env:SHORT}`);
		const answer = await ask(plain('[{"you": "t0k/5"}]', JSON_HEAD), {
			headers: { authorization: composed },
		});
		expect(answer).toMatchObject({ ok: true, value: { document: [{ you: '***' }] } });
	});

	test('a cookie that the server sets is not shown', async () => {
		const answer = await ask(plain('x', { 'set-cookie': 'session=abcdef; Path=/' }));
		expect(answer.ok && answer.value.transcript?.response).toContain('set-cookie: session=***; Path=/');
	});
});

describe('cors', () => {
	const ask = (head: (origin: string) => Record<string, string>, options: Record<string, unknown>) =>
		inWorld(async (world) => {
			const server = await world.raw((socket, request) => {
				const origin = /origin: (\S+)/i.exec(request)?.[1] ?? '';
				socket.write(plain('', head(origin)));
			});
			const answer = await cors.probe(cors.schema.parse({ url: server.url, ...options }), ports, context());
			return answer.ok ? drawn(answer.value.samples) : answer.error;
		});
	const list = ['https://a.example', 'https://b.example'];

	test('the origin that is missing is named, and why', async () => {
		const found = await ask(
			(origin): Record<string, string> =>
				origin.includes('a.ex') ? { 'access-control-allow-origin': origin } : {},
			{ origins: list },
		);
		expect(found).toMatchObject({ allowed: '1', missing: '"https://b.example (no header)"', leaked: '""' });
	});

	test('* is enough without cookies, and lets the refused one in', async () => {
		const star = () => ({ 'access-control-allow-origin': '*', 'access-control-allow-credentials': 'true' });
		expect(await ask(star, { origins: list, refuse: ['https://evil.example'] })).toMatchObject({
			allowed: '2',
			refused: '0',
			leaked: '"https://evil.example (*)"',
		});
		expect(await ask(star, { origins: list, credentials: true })).toMatchObject({ allowed: '0' });
	});

	test('a reflected origin is a leak; a preflight must allow the method', async () => {
		const reflect = (origin: string) => ({
			'access-control-allow-origin': origin,
			'access-control-allow-methods': 'GET, PUT',
		});
		expect(await ask(reflect, { refuse: ['null'] })).toMatchObject({ leaked: '"null"' });
		expect(await ask(reflect, { origins: list, methods: ['PUT'] })).toMatchObject({ missing: '""' });
		expect(await ask(reflect, { origins: ['https://a.example'], methods: ['DELETE'] })).toMatchObject({
			missing: '"https://a.example (no DELETE)"',
		});
	});
});

describe('command', () => {
	const run = async (options: Record<string, unknown>) => {
		const answer = await command.probe(command.schema.parse({ cwd: '/', ...options }), ports, context());
		return answer.ok ? drawn(answer.value.samples) : answer.error;
	};

	test('a Nagios plugin: state and declared values with their units; unknown leaves the state out', async () => {
		const perf = { time: 'duration', '/var': 'percent', size: 'size' };
		const found = await run({
			run: ['sh', '-c', `echo "HTTP WARNING | time=0.25s;1;2;0 '/var'=91%;90 size=2KB free=U"; exit 1`],
			nagios: true,
			perf,
		});
		expect(found).toMatchObject({
			exit: '1',
			state: '"warning"',
			time: '250 ms',
			_var: '91 %',
			size: '2 KiB',
		});
		expect(await run({ run: ['sh', '-c', 'exit 3'], nagios: true })).not.toHaveProperty('state');
	});

	test('the last match of the result counts, numbers as numbers', async () => {
		expect(
			await run({ run: ['printf', '%s\\n', '1/8', '8/8'], result: '(?<passed>\\d+)/(?<total>\\d+)' }),
		).toMatchObject({ passed: '8', total: '8' });
	});

	test('perfdata of the long output, quoted labels', () => {
		const found = readPerfdata("OK | a=1c\nlong text | 'b''c d'=5us;;; e=1;2;3;4;5\n");
		expect([...found].map(([label, value]) => `${label} ${formatValue(value)}`)).toEqual([
			'a 1',
			"b'c d 0.005 ms",
			'e 1',
		]);
	});

	test.each([
		[{ run: 'a | b' }],
		[{ run: ['a'], shell: true }],
		[{ run: 'a', result: '(' }],
		[{ run: 'a', result: '(?<exit>1)' }],
	])('%j is refused', (options) => expect(command.schema.safeParse(options).success).toBe(false));
});

test('a glob looks at its newest file', () =>
	inWorld(async (world) => {
		world.old(world.file('a.log', 'old'));
		world.file('b.log', 'newer');
		const answer = await file.probe(file.schema.parse({ path: `${world.folder}/*.log` }), ports, context());
		expect(answer.ok && drawn(answer.value.samples)).toMatchObject({
			present: 'true',
			matches: '2',
			name: '"b.log"',
			size: '5 B',
		});
		const none = await file.probe(
			file.schema.parse({ path: `${world.folder}/*.txt`, missing: 'ok' }),
			ports,
			context(),
		);
		expect(none.ok && drawn(none.value.samples)).toEqual({ present: 'false', matches: '0' });
	}));

test('.env files: quotes, comments, many lines, nothing expanded', async () => {
	const read = readEnvFile('A=1 # one\nexport B="x\\"y # no"\nC=\'$A\'\nD="l1\nl2"\nA=2\n\n# c\n');
	expect(read === 7 ? null : Object.fromEntries(read as Map<string, string>)).toEqual({
		A: '2',
		B: 'x\\"y # no',
		C: '$A',
		D: 'l1\nl2',
	});
	expect(readEnvFile('A=1\nB="never closed\n')).toBe(2);
	const found = await inWorld((world) =>
		env.probe(
			env.schema.parse({ file: world.file('.env', 'A=1\nB=\n'), required: ['A', 'B'], advised: ['C'] }),
			ports,
			context(),
		),
	);
	expect(found.ok && drawn(found.value.samples)).toMatchObject({
		set: '1',
		of: '3',
		missing: '"B"',
		unset: '"C"',
		'A.set': 'true',
		'B.set': 'false',
	});
});

describe('faults in words', () => {
	const codes = Object.keys(FAULTS) as FaultCode[];
	const long = 'x'.repeat(500);
	const detail = {
		address: long,
		path: long,
		reason: long,
		command: long,
		to: long,
		limitMs: 5000,
		limitBytes: 1_048_576,
		reference: long,
	};

	test.each(codes)('%s: a sentence that fits, with details and without', (code) => {
		for (const locale of ['en', 'zh-CN'] as const) {
			for (const said of [faultText({ code, detail: {} }, locale), faultText({ code, detail }, locale)]) {
				expect(cellWidth(said)).toBeLessThanOrEqual(160);
				expect(said).not.toMatch(/undefined|NaN|\[object|\{/);
			}
			const brief = faultBrief({ code, detail }, locale);
			expect(cellWidth(brief)).toBeLessThanOrEqual(12);
			expect(brief).not.toContain('…');
		}
	});

	test('values and limits are said', () => {
		const said = (code: FaultCode, of: Record<string, string | number>) =>
			faultText({ code, detail: of }, 'en');
		expect(said('refused', { address: '127.0.0.1:8080' })).toBe(
			'connection refused · nothing listens on 127.0.0.1:8080',
		);
		expect(said('timeout', { limitMs: 5000 })).toBe('timed out after 5 s');
		expect(said('body-too-large', { limitBytes: 1_048_576 })).toBe('answer larger than 1 MiB');
		expect(said('bad-body', { format: 'JSON', reason: 'duplicate-key', key: 'status' })).toBe(
			'the answer cannot be read as JSON: a key stands twice · status',
		);
		expect(faultText({ code: 'timeout', detail: { limitMs: 5000 } }, 'zh-CN')).toBe('5 s 内无响应，已超时');
	});
});
