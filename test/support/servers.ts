import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import zlib from 'node:zlib';

/** A server on loopback that answers as one of HOSTILE does, on a port of its own. */
export interface TestServer {
	readonly port: number;
	/** `http://127.0.0.1:<port>` */
	readonly url: string;
	/** How many connections were opened, and the requests as they came in (raw bytes as latin1). */
	readonly seen: { connections: number; readonly requests: string[] };
	/** Connections that are open now. */
	openConnections(): number;
	/** Resolves when the other side has closed all of them. */
	allClosed(): Promise<void>;
	close(): Promise<void>;
}

type OnConnection = (socket: net.Socket, request: string) => void;

/** A raw TCP server: `answer` is called once for each request head that arrives. */
export async function serveRaw(
	answer: OnConnection,
	onOpen?: (socket: net.Socket) => void,
): Promise<TestServer> {
	const sockets = new Set<net.Socket>();
	const seen = { connections: 0, requests: [] as string[] };
	let emptied: (() => void)[] = [];
	const server = net.createServer((socket) => {
		sockets.add(socket);
		seen.connections++;
		socket.on('error', () => {});
		socket.on('close', () => {
			sockets.delete(socket);
			if (sockets.size > 0) return;
			for (const resolve of emptied) resolve();
			emptied = [];
		});
		onOpen?.(socket);
		let received = '';
		socket.on('data', (chunk) => {
			received += chunk.toString('latin1');
			for (let end = received.indexOf('\r\n\r\n'); end >= 0; end = received.indexOf('\r\n\r\n')) {
				const head = received.slice(0, end + 4);
				const length = Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0);
				if (received.length < end + 4 + length) return;
				const request = received.slice(0, end + 4 + length);
				received = received.slice(end + 4 + length);
				seen.requests.push(request);
				answer(socket, request);
			}
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		port,
		url: `http://127.0.0.1:${port}`,
		seen,
		openConnections: () => sockets.size,
		allClosed: () =>
			sockets.size === 0 ? Promise.resolve() : new Promise((resolve) => emptied.push(resolve)),
		async close() {
			for (const socket of sockets) socket.destroy();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** An ordinary answer with its length. */
export function plain(body: string | Buffer, head: Record<string, string> = {}, status = '200 OK'): Buffer {
	const bytes = Buffer.from(body as string);
	const lines = Object.entries({ 'content-length': String(bytes.length), ...head }).map(
		([k, v]) => `${k}: ${v}\r\n`,
	);
	return Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${lines.join('')}\r\n`, 'latin1'), bytes]);
}

export const JSON_HEAD = { 'content-type': 'application/json' };

function flood(socket: net.Socket, megabytes: number): void {
	const block = Buffer.alloc(64 * 1024, 'a');
	let left = (megabytes * 1024 * 1024) / block.length;
	const push = () => {
		while (left-- > 0 && !socket.destroyed) if (!socket.write(block)) return void socket.once('drain', push);
		socket.end();
	};
	push();
}

/** One byte each time the other side has had time to restart an idle timer. */
function drip(socket: net.Socket): void {
	const timer = setInterval(() => socket.write('x'), 20);
	socket.on('close', () => clearInterval(timer));
}

/** What a hostile or broken HTTP server does with a request. The name says it. */
export const HOSTILE = {
	hang: () => {},
	hangInBody: (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc'),
	drip: (socket) => {
		socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n');
		drip(socket);
	},
	dripHead: (socket) => {
		socket.write('HTTP/1.1 200 OK\r\nx-slow: ');
		drip(socket);
	},
	reset: (socket) => socket.resetAndDestroy(),
	closeAtOnce: (socket) => socket.end(),
	redirectForever: (socket) => socket.write(plain('', { location: '/again' }, '302 Found')),
	redirectToFile: (socket) => socket.write(plain('', { location: 'file:///etc/passwd' }, '302 Found')),
	flood: (socket) => {
		socket.write('HTTP/1.1 200 OK\r\n\r\n');
		flood(socket, 100);
	},
	announcedFlood: (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 104857600\r\n\r\nabc'),
	gzipBomb: (socket) =>
		socket.write(plain(zlib.gzipSync(Buffer.alloc(64 * 1024 * 1024)), { 'content-encoding': 'gzip' })),
	brokenGzip: (socket) => socket.write(plain('this is no gzip', { 'content-encoding': 'gzip' })),
	truncatedGzip: (socket) =>
		socket.write(
			plain(zlib.gzipSync('{"a": 1, "b": "long enough to be cut"}').subarray(0, -12), {
				'content-encoding': 'gzip',
			}),
		),
	twoEncodings: (socket) => socket.write(plain('x', { 'content-encoding': 'gzip, gzip' })),
	invalidUtf8: (socket) => socket.write(plain(Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), JSON_HEAD)),
	brokenJson: (socket) => socket.write(plain('{"a": 1,,}', JSON_HEAD)),
	truncatedJson: (socket) => socket.write(plain('{"customers": [1, 2', JSON_HEAD)),
	emptyJson: (socket) => socket.write(plain('', JSON_HEAD)),
	htmlAsJson: (socket) => socket.write(plain('<html>Log in</html>', JSON_HEAD)),
	duplicateKeys: (socket) => socket.write(plain('{"status": "bad", "status": "ok"}', JSON_HEAD)),
	deepJson: (socket) => socket.write(plain('['.repeat(100_000) + ']'.repeat(100_000), JSON_HEAD)),
	escapes: (socket) =>
		socket.write(
			plain('\u001b[2J\u001b]0;title\u0007evil\u202e', { 'x-note': 'a\u009b31mb' }, '200 O\u009bK'),
		),
	escapeInHeader: (socket) => socket.write(plain('x', { 'x-note': 'a\u001b[31mb' })),
	hugeHeaders: (socket) => {
		socket.write('HTTP/1.1 200 OK\r\n');
		for (let n = 0; n < 100; n++) socket.write(`x-${n}: ${'h'.repeat(1000)}\r\n`);
		socket.write('\r\n');
	},
	endlessHeaders: (socket) => {
		socket.write('HTTP/1.1 200 OK\r\nx: ');
		flood(socket, 100);
	},
	tooShort: (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc'),
	cutChunks: (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabc'),
	garbage: (socket) => socket.write('\u0000\u0001 220 mail.example ESMTP\r\n\r\n'),
	switches: (socket) =>
		socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
} as const satisfies Record<string, OnConnection>;

export function serveHostile(name: keyof typeof HOSTILE): Promise<TestServer> {
	return serveRaw(HOSTILE[name]);
}

/** A port nobody listens on: it was free a moment ago. */
export async function closedPort(): Promise<number> {
	const server = await serveRaw(() => {});
	await server.close();
	return server.port;
}

/** A server of node:http for answers that need no tricks. */
export async function serve(
	handler: http.RequestListener,
): Promise<{ url: string; port: number; close(): Promise<void> }> {
	const server = http.createServer(handler);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return { port, url: `http://127.0.0.1:${port}`, close: () => closeServer(server) };
}

/** HTTPS with a certificate nobody vouches for, made for `name`; null where there is no openssl. */
export async function serveTls(
	name: string,
): Promise<{ url: string; port: number; cert: string; close(): Promise<void> } | null> {
	const pair = certificateFor(name);
	if (pair === null) return null;
	const server = https.createServer(pair, (_request, response) => response.end('{"ok": true}'));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return { port, url: `https://127.0.0.1:${port}`, cert: pair.cert, close: () => closeServer(server) };
}

function closeServer(server: http.Server | https.Server): Promise<void> {
	server.closeAllConnections();
	return new Promise((resolve) => server.close(() => resolve()));
}

function certificateFor(name: string): { key: string; cert: string } | null {
	const folder = mkdtempSync(join(tmpdir(), 'rounds-tls-'));
	try {
		const key = join(folder, 'key.pem');
		const cert = join(folder, 'cert.pem');
		const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
		execFileSync('openssl', [...args, '-keyout', key, '-out', cert, '-days', '2', '-subj', `/CN=${name}`], {
			stdio: 'ignore',
		});
		return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
	} catch {
		return null;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
