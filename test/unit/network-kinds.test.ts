// Certificates are made by openssl (Debian: apt-get install openssl); skipped where there is none. Name servers and
// WebSocket servers are this test's own, on loopback.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Asking, createAsking } from '../support/asking-kinds.ts';
import {
	type Authority,
	createAuthority,
	hasOpenssl,
	type Pair,
	selfSigned,
} from '../support/certificates.ts';
import { agree } from '../support/check-subjects-network.ts';
import { A, type DnsReply, type DnsServer, MX, nameBytes, serveDns, TXT } from '../support/dns-server.ts';
import { plain, serveRaw, type TestServer } from '../support/servers.ts';

const DAY = 86_400_000;
const asking: Asking = createAsking();
afterAll(() => asking.close());

const samplesOf = async (kind: string, written: object) => {
	const answer = await asking.ask(kind, written);
	if (!answer.ok) throw new Error(JSON.stringify(answer.error));
	return answer.value.samples;
};

describe.skipIf(!hasOpenssl)('tls', () => {
	let authority: Authority;
	let folder = '';
	let ca = '';
	const servers: tls.Server[] = [];

	beforeAll(() => {
		authority = createAuthority();
		folder = mkdtempSync(join(tmpdir(), 'rounds-tls-'));
		ca = join(folder, 'ca.pem');
		writeFileSync(ca, authority.cert);
	});
	afterEach(async () => {
		for (const server of servers.splice(0)) {
			server.close();
			await once(server, 'close');
		}
	});
	afterAll(() => {
		authority.close();
		rmSync(folder, { recursive: true, force: true });
	});

	const serve = async (pair: Pair, options: tls.TlsOptions = {}) => {
		const server = tls.createServer({ ...pair, ...options }, (socket) => socket.on('error', () => {}).end());
		servers.push(server);
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, ca };
	};
	const soon = (days: number) => new Date(Date.now() + days * DAY + 60_000);

	test('a good one: who signed whom, for which names, how long still', async () => {
		const pair = authority.issue({ names: ['booking.example', '*.booking.example'], to: soon(30) });
		const found = await samplesOf('tls', { ...(await serve(pair)), name: 'api.booking.example' });
		expect(found).toMatchObject({
			valid: true,
			problem: '',
			names: 'booking.example, *.booking.example',
			issuer: 'Rounds Test CA',
			chain: 'booking.example ← Rounds Test CA',
			depth: { number: '2' },
			days: { number: '30' },
			protocol: 'TLSv1.3',
			left: { unit: 'ms' },
		});
		expect(Number((found['left'] as { number: string }).number)).toBeGreaterThan(30 * DAY);
		expect(Number((found['chainLeft'] as { number: string }).number)).toBeGreaterThan(30 * DAY);
	});

	test('days are whole ones', async () => {
		const pair = authority.issue({ names: ['127.0.0.1'], to: soon(13) });
		expect(await samplesOf('tls', await serve(pair))).toMatchObject({ valid: true, days: { number: '13' } });
	});

	test.each([
		['signed by itself', () => selfSigned('127.0.0.1'), {}, 'self-signed, wrong-name'],
		['expired', () => authority.issue({ names: ['127.0.0.1'], from: soon(-9), to: soon(-2) }), {}, 'expired'],
		[
			'not valid yet',
			() => authority.issue({ names: ['127.0.0.1'], from: soon(2), to: soon(9) }),
			{},
			'not-yet-valid',
		],
		['for another name', () => authority.issue({ names: ['other.example'], to: soon(30) }), {}, 'wrong-name'],
		[
			'expired and for another name',
			() => authority.issue({ names: ['other.example'], from: soon(-9), to: soon(-2) }),
			{},
			'expired, wrong-name',
		],
		[
			'signed by nobody we know',
			() => authority.issue({ names: ['127.0.0.1'], to: soon(30) }),
			{ ca: undefined },
			'self-signed',
		],
	])('%s: a fact, not a fault', async (_what, made, more, problem) => {
		const { ca: known, ...target } = await serve(made());
		const found = await samplesOf('tls', 'ca' in more ? target : { ...target, ca: known });
		expect(found).toMatchObject({ valid: false, problem });
	});

	test('what has expired has less than nothing left', async () => {
		const pair = authority.issue({ names: ['127.0.0.1'], from: soon(-9), to: soon(-2) });
		const { left, days } = await samplesOf('tls', await serve(pair));
		expect(Number((left as { number: string }).number)).toBeLessThan(0);
		expect(days).toMatchObject({ number: '-2' });
	});

	test('one that speaks only what nobody should speak any more does not answer', async () => {
		const pair = authority.issue({ names: ['127.0.0.1'], to: soon(30) });
		const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
		expect(await asking.ask('tls', await serve(pair, old))).toMatchObject({
			ok: false,
			error: { code: 'bad-protocol', detail: { reason: 'tls' } },
		});
	});

	test('an older protocol is named', async () => {
		const pair = authority.issue({ names: ['127.0.0.1'], to: soon(30) });
		const target = await serve(pair, { maxVersion: 'TLSv1.2' });
		expect(await samplesOf('tls', target)).toMatchObject({ protocol: 'TLSv1.2', valid: true });
	});
});

describe.skipIf(!hasOpenssl)('websocket over TLS', () => {
	const open = async () => {
		const server = tls.createServer(selfSigned('127.0.0.1'), (socket) => {
			socket.on('error', () => {});
			socket.on('data', (chunk) => agree(socket, chunk.toString('latin1')));
		});
		server.listen(0, '127.0.0.1');
		await once(server, 'listening');
		return { server, url: `wss://127.0.0.1:${(server.address() as AddressInfo).port}/ws` };
	};

	test('opens where the certificate is not looked at; else that is the fault', async () => {
		const { server, url } = await open();
		expect(await samplesOf('websocket', { url, verifyTls: false })).toMatchObject({
			opened: true,
			tls: { unit: 'ms' },
		});
		expect(await asking.ask('websocket', { url })).toMatchObject({
			ok: false,
			error: { code: 'bad-certificate', detail: { reason: 'self-signed' } },
		});
		server.close();
		await once(server, 'close');
	});
});

describe('dns', () => {
	let server: DnsServer | null = null;
	afterEach(async () => {
		await server?.close();
		server = null;
	});
	const ask = async (written: object, reply: DnsReply) => {
		server = await serveDns(() => reply);
		return asking.ask('dns', { name: 'booking.example', server: server.address, ...written });
	};
	const srv = (a: number, b: number, c: number, name: string) => ({
		type: 33,
		bytes: Buffer.concat([Buffer.from([0, a, 0, b, c >> 8, c & 255]), nameBytes(name)]),
	});

	test.each<readonly [string, DnsReply, string, number]>([
		['A', { records: [A('203.0.113.8'), A('203.0.113.7')] }, '203.0.113.7, 203.0.113.8', 2],
		[
			'AAAA',
			{ records: [{ type: 28, bytes: Buffer.from('20010db8000000000000000000000007', 'hex') }] },
			'2001:db8::7',
			1,
		],
		['CNAME', { records: [{ type: 5, bytes: nameBytes('edge.example') }] }, 'edge.example', 1],
		['MX', { records: [MX(20, 'b.example'), MX(10, 'a.example')] }, '10 a.example, 20 b.example', 2],
		['TXT', { records: [TXT('v=spf1 -all')] }, 'v=spf1 -all', 1],
		['NS', { records: [{ type: 2, bytes: nameBytes('ns1.example') }] }, 'ns1.example', 1],
		['SRV', { records: [srv(1, 5, 5060, 'sip.example')] }, '1 5 5060 sip.example', 1],
	])('%s records', async (type, reply, answers, count) => {
		const answer = await ask({ type }, reply);
		expect(answer).toMatchObject({
			ok: true,
			value: { samples: { answers, count: { number: String(count) } } },
		});
		expect(server?.asked).toEqual(['booking.example']);
	});

	test('the expected ones: which are missing, which are more', async () => {
		const reply = { records: [A('203.0.113.7', 300), A('203.0.113.9', 60)] };
		const answer = await ask({ expect: ['203.0.113.7', '203.0.113.8'], only: true }, reply);
		expect(answer).toMatchObject({
			ok: true,
			value: {
				samples: { missing: '203.0.113.8', unexpected: '203.0.113.9', ttl: { number: '60000', unit: 'ms' } },
			},
		});
	});

	test('names are the same in capitals and with a dot at the end', async () => {
		const reply = { records: [{ type: 5, bytes: nameBytes('Edge.Example') }] };
		const answer = await ask({ type: 'CNAME', expect: ['edge.example.'] }, reply);
		expect(answer).toMatchObject({ ok: true, value: { samples: { missing: '', unexpected: '' } } });
	});

	test('a name without records of this type is a count of 0, not a fault', async () => {
		expect(await ask({ type: 'TXT' }, {})).toMatchObject({
			ok: true,
			value: { samples: { answers: '', count: { number: '0' } } },
		});
	});

	test('a name server that refuses says so', async () => {
		expect(await ask({}, { code: 5 })).toMatchObject({
			ok: false,
			error: { code: 'dns-failed', detail: { answer: 'REFUSED' } },
		});
	});
});

describe('websocket', () => {
	let server: TestServer;
	afterEach(() => server.close());
	const at = () => `ws://127.0.0.1:${server.port}/ws?v=1`;

	test('agrees on a subprotocol, sees our headers, and is told good-bye', async () => {
		server = await serveRaw((socket, request) =>
			agree(socket, request, 'Sec-WebSocket-Protocol: graphql-ws\r\n'),
		);
		const written = {
			url: at(),
			protocols: ['soap', 'graphql-ws'],
			headers: { Origin: 'https://app.example' },
		};
		expect(await samplesOf('websocket', written)).toMatchObject({
			status: { number: '101' },
			opened: true,
			protocol: 'graphql-ws',
			latency: { unit: 'ms' },
		});
		const [request = ''] = server.seen.requests;
		expect(request).toMatch(/^GET \/ws\?v=1 HTTP\/1\.1/);
		expect(request).toMatch(/sec-websocket-protocol: soap, graphql-ws/i);
		expect(request).toMatch(/origin: https:\/\/app\.example/i);
		await server.allClosed();
	});

	test('a refusal is an answer', async () => {
		server = await serveRaw((socket) => void socket.write(plain('no', {}, '401 Unauthorized')));
		expect(await samplesOf('websocket', { url: at() })).toMatchObject({
			status: { number: '401' },
			opened: false,
		});
	});

	test('one that says 101 and did not understand has not opened', async () => {
		server = await serveRaw(
			(socket) =>
				void socket.write(
					'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: eA==\r\n\r\n',
				),
		);
		expect(await samplesOf('websocket', { url: at() })).toMatchObject({
			status: { number: '101' },
			opened: false,
		});
	});
});
