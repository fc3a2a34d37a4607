import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import { fault } from '../domain/fault.ts';
import type { WebSocketPort } from '../domain/network-ports.ts';
import type { Clock } from '../domain/ports.ts';
import { err, ok } from '../domain/result.ts';
import { reveal } from '../domain/secret.ts';
import { clean } from '../domain/text.ts';
import { HEADER_LIMIT } from './connections.ts';
import { type Dialled, dial } from './dial.ts';
import { createLeash } from './leash.ts';
import { networkFault } from './network-fault.ts';

/** What RFC 6455 has a server add to the key before it hashes it. */
const PROOF = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The opening handshake of RFC 6455 over node:http; no frame is read. */
export function createWebSocket(clock: Clock): WebSocketPort {
	return {
		open: ({ url: written, protocols, headers, verifyTls }, limits) =>
			new Promise((resolve) => {
				const url = URL.parse(reveal(written).replace(/^ws/i, 'http'));
				if (url === null) return resolve(err(fault('not-supported', { reason: 'address' })));
				const address = typeof written === 'string' ? clean(url.host, { max: 200 }) : '***';
				const leash = createLeash(clock, limits);
				if (leash.ended !== null) return resolve(err(leash.ended));
				const began = clock.monotonic();
				const secure = url.protocol === 'https:';
				let dialled: Dialled | null = null;
				let finished = false;
				const finish = (answer: Parameters<typeof resolve>[0]) => {
					if (finished) return;
					finished = true;
					leash.release();
					leash.onEnd = null;
					request?.destroy();
					socket.destroy();
					resolve(answer);
				};
				let request: http.ClientRequest | null = null;
				const target = {
					host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
					port: Number(url.port) || (secure ? 443 : 80),
					tls: secure,
					verifyTls,
				};
				const socket = dial(clock, target, (error, opened) => {
					if (error !== null) return finish(err(networkFault(error, address)));
					dialled = opened;
					send();
				});
				leash.onEnd = (why) => finish(err(why));

				const send = () => {
					const key = randomBytes(16).toString('base64');
					const sent: Record<string, string> = {
						'user-agent': 'rounds',
						host: url.host,
						connection: 'Upgrade',
						upgrade: 'websocket',
						'sec-websocket-key': key,
						'sec-websocket-version': '13',
					};
					if (protocols.length > 0) sent['sec-websocket-protocol'] = protocols.join(', ');
					for (const [name, value] of Object.entries(headers)) sent[name.toLowerCase()] = reveal(value);
					const answered = (message: http.IncomingMessage) => {
						const head = readHeaders(message.headers);
						const proof = createHash('sha1').update(`${key}${PROOF}`).digest('base64');
						const agreed = message.statusCode === 101 && head['upgrade']?.toLowerCase() === 'websocket';
						const opened = agreed && head['sec-websocket-accept'] === proof;
						// 1000, masked as all that a client sends must be: the other side need not call it a lost connection.
						if (opened) socket.write(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]));
						const { dnsMs = 0, connectMs = 0, tlsMs } = dialled ?? {};
						finish(
							ok({
								status: message.statusCode ?? 0,
								opened,
								protocol: head['sec-websocket-protocol'] ?? '',
								headers: head,
								dnsMs,
								connectMs,
								tlsMs,
								totalMs: clock.monotonic() - began,
							}),
						);
					};
					try {
						request = http.request({
							createConnection: () => socket,
							path: url.pathname + url.search,
							headers: sent,
							maxHeaderSize: HEADER_LIMIT,
							setDefaultHeaders: false,
						});
						request.on('upgrade', answered);
						request.on('response', answered);
						request.on('error', (error) => {
							const found = networkFault(error, address);
							const { code, detail } = found;
							if (code !== 'headers-too-large') return finish(err(found));
							finish(err(fault(code, { ...detail, limitBytes: HEADER_LIMIT })));
						});
						request.end();
					} catch (error) {
						finish(err(networkFault(error, address)));
					}
				};
			}),
	};
}

function readHeaders(headers: http.IncomingHttpHeaders): Record<string, string> {
	// No prototype: a header may be called `constructor`.
	const read: Record<string, string> = Object.create(null);
	for (const [name, value] of Object.entries(headers)) {
		if (value === undefined) continue;
		read[clean(name)] = clean(typeof value === 'string' ? value : value.join(', '), { max: 4096 });
	}
	return read;
}
