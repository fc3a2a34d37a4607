import { createHash } from 'node:crypto';
import type net from 'node:net';
import tls from 'node:tls';
import { selfSigned } from './certificates.ts';
import { EVIL, HIDDEN, type Subject, type Surroundings, secret } from './check-subjects.ts';
import { A, type DnsReply, serveDns, TXT } from './dns-server.ts';
import { closedPort, type HOSTILE, JSON_HEAD, plain, serveRaw, type TestServer } from './servers.ts';

/** A TLS server in front of nothing, closed with the world it is made in. */
async function tlsPort(world: Surroundings, subject: string): Promise<number> {
	const server = tls.createServer(selfSigned(subject), (socket) => socket.on('error', () => {}));
	const sockets = new Set<net.Socket>();
	server.on('connection', (socket) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as net.AddressInfo;
	world.servers.push({
		allClosed: async () => {},
		close: () => {
			for (const socket of sockets) socket.destroy();
			return new Promise<void>((resolve) => server.close(() => resolve()));
		},
	} as unknown as TestServer);
	return port;
}

async function dnsServer(world: Surroundings, reply: DnsReply): Promise<string> {
	const server = await serveDns(() => reply);
	world.servers.push({
		allClosed: async () => {},
		close: () => server.close(),
	} as unknown as TestServer);
	return server.address;
}

/** Agrees to a WebSocket, with these headers besides. */
export function agree(socket: { write(text: string): unknown }, request: string, more = ''): void {
	const key = /sec-websocket-key: (\S+)/i.exec(request)?.[1] ?? '';
	const proof = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
	socket.write(
		`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${proof}\r\n${more}\r\n`,
	);
}

const echoesAll = (socket: { write(bytes: Buffer): unknown }, request: string) =>
	void socket.write(plain(JSON.stringify({ token: HIDDEN, request }), { ...JSON_HEAD, 'x-echo': HIDDEN }));

const ws = (port: number) => `ws://127.0.0.1:${port}/ws`;
const wsHostile = async (world: Surroundings, name: keyof typeof HOSTILE) => ({
	url: ws((await world.hostile(name)).port),
});
const plainPort = (world: Surroundings, onOpen: (socket: net.Socket) => void) =>
	serveRaw(() => {}, onOpen).then((server) => {
		world.servers.push(server);
		return server.port;
	});

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: a reference is written so
/** Kinds that look at how something answers on the wire, and at what several requests bring together. */
export const NETWORK_SUBJECTS: Readonly<Record<string, Subject>> = {
	tls: {
		good: async (world) => ({ host: '127.0.0.1', port: await tlsPort(world, 'localhost') }),
		faults: {
			refused: ['refused', async () => ({ host: '127.0.0.1', port: await closedPort() })],
			noSuchName: ['name-not-found', () => ({ host: 'no-such-name.invalid', port: 1 })],
			noTls: [
				'bad-protocol',
				async (world) => ({
					host: '127.0.0.1',
					port: await plainPort(world, (socket) => void socket.write('220 mail.example ESMTP\r\n')),
				}),
			],
			hangsUp: [
				'reset',
				async (world) => ({
					host: '127.0.0.1',
					port: await plainPort(world, (socket) => void socket.destroy()),
				}),
			],
			noAuthorities: [
				'file-missing',
				(world) => ({ host: '127.0.0.1', port: 1, ca: `${world.folder}/none.pem` }),
			],
		},
		hang: async (world) => ({ host: '127.0.0.1', port: await plainPort(world, () => {}) }),
		hostile: async (world) => ({ host: '127.0.0.1', port: await tlsPort(world, EVIL.replace('\u0007', '')) }),
		echo: null,
	},
	dns: {
		good: async (world) => ({
			name: 'booking.example',
			server: await dnsServer(world, { records: [A('203.0.113.7')] }),
			expect: ['203.0.113.7'],
		}),
		faults: {
			noSuchName: [
				'name-not-found',
				async (world) => ({ name: 'none.example', server: await dnsServer(world, { code: 3 }) }),
			],
			serverFailure: [
				'dns-failed',
				async (world) => ({ name: 'booking.example', server: await dnsServer(world, { code: 2 }) }),
			],
			silent: [
				'timeout',
				async (world) => ({ name: 'booking.example', server: await dnsServer(world, { silent: true }) }),
			],
		},
		hang: async (world) => ({ name: 'booking.example', server: await dnsServer(world, { silent: true }) }),
		hostile: async (world) => ({
			name: 'booking.example',
			type: 'TXT',
			server: await dnsServer(world, { records: [TXT(EVIL)] }),
		}),
		echo: null,
	},
	websocket: {
		good: async (world) => ({ url: ws((await world.raw((socket, request) => agree(socket, request))).port) }),
		faults: {
			refused: ['refused', async () => ({ url: ws(await closedPort()) })],
			reset: ['reset', (world) => wsHostile(world, 'reset')],
			garbage: ['bad-protocol', (world) => wsHostile(world, 'garbage')],
			hugeHeaders: ['headers-too-large', (world) => wsHostile(world, 'hugeHeaders')],
		},
		hang: (world) => wsHostile(world, 'hang'),
		hostile: async (world) => ({
			url: ws(
				(
					await world.raw((socket, request) =>
						agree(socket, request, 'Sec-WebSocket-Protocol: a\u009b31m\r\nX-Note: a\u009b31mb\r\n'),
					)
				).port,
			),
		}),
		echo: async (world) => ({
			url: ws(
				(
					await world.raw((socket, request) =>
						agree(socket, request, `Sec-WebSocket-Protocol: ${HIDDEN}\r\nX-Echo: Bearer ${HIDDEN}\r\n`),
					)
				).port,
			),
			auth: { bearer: secret },
			headers: { 'x-key': secret },
		}),
	},
	flow: {
		good: async (world) => {
			const { url } = await world.raw(
				(socket) => void socket.write(plain('{"token": "abcdefgh"}', JSON_HEAD)),
			);
			const headers = { authorization: 'Bearer ${captured.token}' };
			return {
				steps: [
					{ name: 'log-in', url, form: { user: 'probe' }, changes: false, capture: { token: '$.token' } },
					{ name: 'orders', url, headers },
				],
			};
		},
		faults: {
			refused: [
				'refused',
				async () => ({ steps: [{ name: 'one', url: `http://127.0.0.1:${await closedPort()}` }] }),
			],
			brokenJson: [
				'bad-body',
				async (world) => ({ steps: [{ name: 'one', url: (await world.hostile('brokenJson')).url }] }),
			],
			drip: [
				'timeout',
				async (world) => ({ steps: [{ name: 'one', url: (await world.hostile('drip')).url }] }),
			],
			noFile: [
				'file-missing',
				(world) => ({
					files: { bill: `${world.folder}/none.pdf` },
					steps: [{ name: 'one', url: 'http://127.0.0.1:1', upload: { file: 'bill' }, changes: false }],
				}),
			],
		},
		hang: async (world) => ({ steps: [{ name: 'one', url: (await world.hostile('hang')).url }] }),
		hostile: async (world) => ({ steps: [{ name: 'one', url: (await world.hostile('escapes')).url }] }),
		echo: async (world) => {
			const { url } = await world.raw(echoesAll);
			return {
				steps: [
					{
						name: 'log-in',
						url,
						form: { user: 'probe', password: secret },
						changes: false,
						capture: { token: '$.token' },
					},
					{ name: 'orders', url, headers: { 'x-key': '${captured.token}' }, auth: { bearer: secret } },
					{ name: 'one', url: `${url}/${'${captured.token}'}?a=1` },
				],
			};
		},
	},
	upstreams: {
		good: async (world) => {
			const one = await world.raw((socket) => void socket.write(plain('{"count": 3}', JSON_HEAD)));
			const two = await world.raw((socket) => void socket.write(plain('{"count": 3}', JSON_HEAD)));
			return {
				url: 'http://fund.example/orders',
				upstreams: [`127.0.0.1:${one.port}`, `127.0.0.1:${two.port}`],
				compare: { orders: '$.count' },
			};
		},
		faults: {
			nobody: [
				'refused',
				async () => ({
					url: 'http://fund.example/',
					upstreams: [`127.0.0.1:${await closedPort()}`, `127.0.0.1:${await closedPort()}`],
				}),
			],
			drip: ['timeout', async (world) => ({ url: (await world.hostile('drip')).url, times: 2 })],
		},
		hang: async (world) => ({ url: (await world.hostile('hang')).url, times: 2 }),
		hostile: async (world) => ({
			url: (await world.hostile('escapes')).url,
			times: 2,
			compare: { note: 'header("x-note")' },
		}),
		echo: async (world) => ({
			url: (await world.raw(echoesAll)).url,
			times: 2,
			auth: { bearer: secret },
			headers: { 'x-key': secret },
			compare: { said: '$.request', note: 'header("x-echo")' },
		}),
	},
};
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: a reference is written so
