import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../src/domain/ports.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createClock } from '../../src/platform/clock.ts';
import { createHttp } from '../../src/platform/http.ts';
import {
	closedPort,
	type HOSTILE,
	plain,
	serveHostile,
	serveRaw,
	serveTls,
	type TestServer,
} from '../support/servers.ts';

const clock = createClock();
const http = createHttp(clock);
const servers: { close(): Promise<void> }[] = [];

afterEach(async () => {
	await http.close();
	await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function up(server: Promise<TestServer>): Promise<TestServer> {
	const made = await server;
	servers.push(made);
	return made;
}

function ask(
	url: HttpRequest['url'],
	more: Partial<HttpRequest> = {},
	limitMs = 20_000,
	signal = new AbortController().signal,
) {
	const request: HttpRequest = {
		url,
		method: 'GET',
		headers: {},
		body: null,
		redirects: 5,
		bodyLimit: 1024 * 1024,
		connection: 'kept',
		verifyTls: true,
		...more,
	};
	return http.request(request, { deadline: clock.monotonic() + limitMs, signal });
}

async function faultOf(name: keyof typeof HOSTILE, more: Partial<HttpRequest> = {}, limitMs?: number) {
	const server = await up(serveHostile(name));
	const answer = await ask(server.url, more, limitMs);
	if (answer.ok) throw new Error(`answered ${answer.value.status} ${answer.value.body.slice(0, 80)}`);
	// Kept connections are meant to stay; nothing else may.
	await http.close();
	await server.allClosed();
	return answer.error;
}

describe('what a server can do wrong', () => {
	test.each([
		['hang', 'timeout', 150],
		['hangInBody', 'timeout', 150],
		['drip', 'timeout', 150],
		['dripHead', 'timeout', 150],
		['reset', 'reset'],
		['closeAtOnce', 'closed-early'],
		['redirectForever', 'too-many-redirects'],
		['redirectToFile', 'redirect-refused'],
		['flood', 'body-too-large'],
		['announcedFlood', 'body-too-large'],
		['gzipBomb', 'body-too-large'],
		['brokenGzip', 'bad-body'],
		['truncatedGzip', 'bad-body'],
		['twoEncodings', 'bad-encoding'],
		['invalidUtf8', 'bad-encoding'],
		['hugeHeaders', 'headers-too-large'],
		['endlessHeaders', 'headers-too-large'],
		['tooShort', 'closed-early'],
		['cutChunks', 'closed-early'],
		['garbage', 'bad-protocol'],
		['escapeInHeader', 'bad-protocol'],
		['switches', 'bad-protocol'],
	] as const)('%s is %s, and nothing stays open', async (name, code, limitMs?: number) => {
		const found = await faultOf(name, {}, limitMs);
		expect(found.code).toBe(code);
	});

	test('nobody listens', async () => {
		const port = await closedPort();
		const answer = await ask(`http://127.0.0.1:${port}/`);
		expect(answer).toEqual({
			ok: false,
			error: { code: 'refused', detail: { address: `127.0.0.1:${port}` } },
		});
	});

	test('a name that does not exist', async () => {
		const answer = await ask('http://no-such-name.invalid/');
		expect(answer).toMatchObject({ ok: false, error: { code: 'name-not-found' } });
	});

	test('a certificate nobody vouches for, unless that is allowed', async ({ skip }) => {
		const server = await serveTls('localhost');
		if (server === null) return skip('no openssl here to make a certificate');
		servers.push(server);
		expect(await ask(server.url)).toMatchObject({
			ok: false,
			error: { code: 'bad-certificate', detail: { reason: 'self-signed' } },
		});
		const answer = await ask(server.url, { verifyTls: false });
		expect(answer).toMatchObject({ ok: true, value: { body: '{"ok": true}' } });
		expect(answer.ok && answer.value.timings.tls).toBeGreaterThan(0);
	});

	test('a certificate that is trusted but made for another name', async ({ skip }) => {
		const server = await serveTls('other.example');
		if (server === null) return skip('no openssl here to make a certificate');
		servers.push(server);
		const folder = mkdtempSync(join(tmpdir(), 'rounds-ca-'));
		servers.push({ close: async () => rmSync(folder, { recursive: true, force: true }) });
		writeFileSync(join(folder, 'ca.pem'), server.cert);
		// Node reads who is trusted once at its start, so another one asks.
		const of = (name: string) =>
			JSON.stringify(new URL(`../../src/platform/${name}.ts`, import.meta.url).href);
		const script = `
			const { createClock } = await import(${of('clock')});
			const { createHttp } = await import(${of('http')});
			const clock = createClock();
			const http = createHttp(clock);
			const request = { method: 'GET', headers: {}, body: null, redirects: 0, bodyLimit: 1000, connection: 'kept', verifyTls: true };
			const limits = { deadline: clock.monotonic() + 20_000, signal: new AbortController().signal };
			const answer = await http.request({ ...request, url: ${JSON.stringify(server.url)} }, limits);
			console.log(JSON.stringify(answer));
			await http.close();`;
		const env = { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') };
		const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
			env,
		});
		expect(JSON.parse(stdout)).toMatchObject({
			ok: false,
			error: { code: 'bad-certificate', detail: { reason: 'wrong-name' } },
		});
	});

	test('HTTPS to a server that speaks plain HTTP', async () => {
		const server = await up(
			serveRaw(
				(socket) => void socket.write(plain('x')),
				(socket) => void socket.write('HTTP/1.1 400 Bad\r\n\r\n'),
			),
		);
		expect(await ask(`https://127.0.0.1:${server.port}/`)).toMatchObject({
			ok: false,
			error: { code: 'bad-protocol' },
		});
	});

	test('control and direction characters are replaced before anybody sees them', async () => {
		const server = await up(serveHostile('escapes'));
		const answer = await ask(server.url);
		if (!answer.ok) throw new Error(answer.error.code);
		expect(`${answer.value.statusText}${JSON.stringify(answer.value.headers)}`).not.toMatch(
			/[\u0000-\u001f\u007f-\u009f\u202e]/,
		);
	});

	test('cancelled from outside', async () => {
		const server = await up(serveHostile('hang'));
		const controller = new AbortController();
		const answer = ask(server.url, {}, 20_000, controller.signal);
		controller.abort();
		expect(await answer).toEqual({ ok: false, error: { code: 'cancelled', detail: {} } });
		await server.allClosed();
	});

	test('a header that cannot be sent is a fault, not an exception', async () => {
		const server = await up(serveHostile('hang'));
		const answer = await ask(server.url, { headers: { 'x-bad': 'a\r\nb: c' } });
		expect(answer).toMatchObject({ ok: false, error: { code: 'not-supported' } });
	});
});

describe('encodings', () => {
	const text = JSON.stringify({ customers: 'ünïcode'.repeat(50) });
	test.each([
		['gzip', zlib.gzipSync(text)],
		['deflate', zlib.deflateSync(text)],
		['deflate', zlib.deflateRawSync(text)],
		['br', zlib.brotliCompressSync(text)],
		['zstd', zlib.zstdCompressSync(text)],
	])('%s is unpacked and counted decoded', async (encoding, packed) => {
		const server = await up(
			serveRaw((socket) => void socket.write(plain(packed, { 'content-encoding': encoding }))),
		);
		const answer = await ask(server.url);
		expect(answer).toMatchObject({ ok: true, value: { body: text, bytes: Buffer.byteLength(text) } });
	});

	test.each([
		['gzip', zlib.gzipSync(text)],
		['deflate', zlib.deflateSync(text)],
		['br', zlib.brotliCompressSync(text)],
		['zstd', zlib.zstdCompressSync(text)],
	])('a %s stream without its end is a fault', async (encoding, packed) => {
		const cut = packed.subarray(0, packed.length - 9);
		const server = await up(
			serveRaw((socket) => void socket.write(plain(cut, { 'content-encoding': encoding }))),
		);
		expect(await ask(server.url)).toMatchObject({ ok: false, error: { code: 'bad-body' } });
	});

	test('the limit is of decoded bytes, to the byte', async () => {
		const server = await up(
			serveRaw(
				(socket) => void socket.write(plain(zlib.gzipSync('a'.repeat(1000)), { 'content-encoding': 'gzip' })),
			),
		);
		expect(await ask(server.url, { bodyLimit: 1000 })).toMatchObject({ ok: true, value: { bytes: 1000 } });
		expect(await ask(server.url, { bodyLimit: 999 })).toMatchObject({
			ok: false,
			error: { code: 'body-too-large' },
		});
	});

	test('another charset is decoded, an unknown one refused', async () => {
		const server = await up(
			serveRaw((socket, request) => {
				const charset = request.startsWith('GET /gbk') ? 'gbk' : 'klingon';
				socket.write(plain(Buffer.from([0xd6, 0xd0]), { 'content-type': `text/plain; charset=${charset}` }));
			}),
		);
		expect(await ask(`${server.url}/gbk`)).toMatchObject({ ok: true, value: { body: '中' } });
		expect(await ask(`${server.url}/x`)).toMatchObject({ ok: false, error: { code: 'bad-encoding' } });
	});
});

describe('connections', () => {
	test('kept ones are used again and have no phases; fresh ones are opened each time', async () => {
		const server = await up(serveRaw((socket) => void socket.write(plain('x'))));
		const first = await ask(server.url);
		const second = await ask(server.url);
		expect(server.seen.connections).toBe(1);
		expect(first.ok && first.value.timings).toHaveProperty('connect');
		expect(second.ok && second.value.timings).not.toHaveProperty('connect');
		await ask(server.url, { connection: 'fresh' });
		expect(server.seen.connections).toBe(2);
	});

	test('a kept one that the server closes when it is asked again is opened anew', async () => {
		let answered = 0;
		const server = await up(
			serveRaw((socket) => {
				answered++;
				if (answered === 2) socket.end();
				else socket.write(plain('x'));
			}),
		);
		await ask(server.url);
		expect(await ask(server.url)).toMatchObject({ ok: true, value: { status: 200 } });
		expect(answered).toBe(3);
	});

	test('what is not safe to repeat is not repeated', async () => {
		let answered = 0;
		const server = await up(
			serveRaw((socket) => {
				answered++;
				if (answered === 2) socket.end();
				else socket.write(plain('x'));
			}),
		);
		await ask(server.url);
		expect(await ask(server.url, { method: 'POST', body: 'pay' })).toMatchObject({
			ok: false,
			error: { code: 'closed-early' },
		});
		expect(answered).toBe(2);
	});
});

describe('redirects', () => {
	const token = new Secret('t0ken-value', 'env:TOKEN');

	test('secrets and cookies never reach another origin, ordinary headers do', async () => {
		const other = await up(serveRaw((socket) => void socket.write(plain('there'))));
		const first = await up(
			serveRaw((socket) => void socket.write(plain('', { location: `${other.url}/x` }, '307 Elsewhere'))),
		);
		const answer = await ask(first.url, {
			headers: { 'x-key': token, cookie: 'a=b', Authorization: 'plain', 'x-note': 'n' },
		});
		expect(answer).toMatchObject({ ok: true, value: { body: 'there', hops: 1, finalUrl: `${other.url}/x` } });
		expect(first.seen.requests[0]).toContain('t0ken-value');
		expect(other.seen.requests[0]).toContain('x-note: n');
		expect(other.seen.requests[0]).not.toMatch(/t0ken|cookie|authorization/i);
	});

	test('a secret body does not follow either', async () => {
		const other = await up(serveRaw((socket) => void socket.write(plain('there'))));
		const first = await up(
			serveRaw((socket) => void socket.write(plain('', { location: other.url }, '307 Elsewhere'))),
		);
		const answer = await ask(first.url, { method: 'POST', body: token });
		expect(answer).toMatchObject({
			ok: false,
			error: { code: 'redirect-refused', detail: { reason: 'secret' } },
		});
		expect(other.seen.requests).toEqual([]);
	});

	test('within one origin secrets go along, and POST becomes GET after 302', async () => {
		const server = await up(
			serveRaw(
				(socket, request) =>
					void socket.write(
						request.includes(' /next ') ? plain('end') : plain('', { location: '/next' }, '302 Found'),
					),
			),
		);
		await ask(server.url, { method: 'POST', body: 'b', headers: { 'x-key': token } });
		expect(server.seen.requests[1]).toMatch(/^GET \/next HTTP[\s\S]*x-key: t0ken-value/);
		expect(server.seen.connections).toBe(1);
	});

	test('with no redirects allowed the redirect is the answer', async () => {
		const server = await up(serveHostile('redirectForever'));
		expect(await ask(server.url, { redirects: 0 })).toMatchObject({
			ok: true,
			value: { status: 302, hops: 0 },
		});
	});
});

test('an IPv6 address', async () => {
	const answer = await ask(`http://[::1]:${await closedPort()}/`);
	expect(answer.ok ? '' : answer.error.code).toMatch(/refused|unreachable/);
});
