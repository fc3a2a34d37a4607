import net from 'node:net';
import tls from 'node:tls';
import type { Clock } from '../domain/ports.ts';

export interface DialTarget {
	/** Name or address; an IPv6 address without brackets. */
	readonly host: string;
	readonly port: number;
	readonly tls: boolean;
	readonly verifyTls: boolean;
}

/** How long each phase of opening took, and when (monotonic ms) the connection could be used. */
export interface Dialled {
	readonly dnsMs: number;
	readonly connectMs: number;
	readonly tlsMs: number | undefined;
	readonly readyAt: number;
}

/** Opens a connection and times it. Returns the socket at once, so that it can be destroyed while it still opens. */
export function dial(
	clock: Clock,
	target: DialTarget,
	done: (error: Error | null, dialled: Dialled | null) => void,
): net.Socket {
	const { host, port } = target;
	const began = clock.monotonic();
	let resolvedAt = began;
	let connectedAt = began;
	let finished = false;
	const finish = (error: Error | null) => {
		if (finished) return;
		finished = true;
		socket.removeListener('lookup', onLookup);
		if (error !== null) return done(error, null);
		const readyAt = clock.monotonic();
		done(null, {
			dnsMs: resolvedAt - began,
			connectMs: connectedAt - resolvedAt,
			tlsMs: target.tls ? readyAt - connectedAt : undefined,
			readyAt,
		});
	};
	const onLookup = () => {
		if (resolvedAt === began) resolvedAt = clock.monotonic();
	};
	const socket: net.Socket = target.tls
		? tls.connect({
				host,
				port,
				rejectUnauthorized: target.verifyTls,
				ALPNProtocols: ['http/1.1'],
				...(net.isIP(host) === 0 ? { servername: host } : {}),
			})
		: net.connect({ host, port, noDelay: true });
	socket.on('lookup', onLookup);
	socket.once('connect', () => {
		connectedAt = clock.monotonic();
		if (!target.tls) finish(null);
	});
	if (target.tls) socket.once('secureConnect', () => finish(null));
	// Stays for the socket's whole life: an error after a destroy must not end the process.
	socket.on('error', finish);
	return socket;
}
