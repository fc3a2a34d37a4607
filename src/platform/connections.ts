import type { Socket } from 'node:net';
import Client from 'undici/lib/dispatcher/client.js';
import type { Clock } from '../domain/ports.ts';
import { type Dialled, dial } from './dial.ts';

/** Longer than checks are apart, so that a kept connection is there when it is wanted again. */
const KEEP_MS = 15 * 60_000;
export const HEADER_LIMIT = 16 * 1024;

/** One connection to one origin; opened at its first request and again when the other side has closed it. */
export interface Connection {
	readonly client: Client;
	readonly key: string;
	/** Whether it goes back to the others when its answer has ended well. */
	readonly kept: boolean;
	/** Set when the present request had to open it. */
	dialled: Dialled | null;
	socket: Socket | null;
}

export interface Connections {
	/** One that is free, the last used first, or a new one. */
	take(origin: URL, verifyTls: boolean, kept: boolean): Connection;
	/** Its answer was read to the end. */
	giveBack(connection: Connection): void;
	/** Its answer was not: nothing more may be read from it. */
	drop(connection: Connection): void;
	close(): Promise<void>;
}

/** Connections are counted by who takes them (the services' limits), so there is no limit here. */
export function createConnections(clock: Clock): Connections {
	const idle = new Map<string, Connection[]>();
	const open = new Set<Connection>();

	const create = (origin: URL, verifyTls: boolean, kept: boolean, key: string): Connection => {
		const target = {
			host: origin.hostname.replace(/^\[(.*)\]$/, '$1'),
			port: Number(origin.port) || (origin.protocol === 'https:' ? 443 : 80),
			tls: origin.protocol === 'https:',
			verifyTls,
		};
		const client = new Client(origin.origin, {
			connect: (_options, callback) => {
				const socket = dial(clock, target, (error, dialled) => {
					connection.dialled = dialled;
					if (error !== null) return callback(error, null);
					callback(null, socket);
				});
				connection.socket = socket;
			},
			allowH2: false,
			pipelining: 1,
			keepAliveTimeout: KEEP_MS,
			keepAliveMaxTimeout: KEEP_MS,
			maxHeaderSize: HEADER_LIMIT,
			// One deadline over everything is kept by the exchange; undici's own restart with every byte.
			headersTimeout: 0,
			bodyTimeout: 0,
		});
		const connection: Connection = { client, key, kept, dialled: null, socket: null };
		// A connection the other side has closed while nobody used it is forgotten: origins come and go.
		client.on('disconnect', () => {
			const free = idle.get(key);
			const at = free?.indexOf(connection) ?? -1;
			if (free === undefined || at < 0) return;
			free.splice(at, 1);
			if (free.length === 0) idle.delete(key);
			drop(connection);
		});
		open.add(connection);
		return connection;
	};

	const drop = (connection: Connection) => {
		open.delete(connection);
		connection.client.destroy().catch(() => {});
		connection.socket?.destroy();
	};

	return {
		take(origin, verifyTls, kept) {
			const key = `${verifyTls ? '' : 'any '}${origin.origin}`;
			const connection = kept ? idle.get(key)?.pop() : undefined;
			if (connection === undefined) return create(origin, verifyTls, kept, key);
			connection.dialled = null;
			return connection;
		},
		giveBack(connection) {
			if (!connection.kept || !open.has(connection)) return drop(connection);
			const free = idle.get(connection.key);
			if (free === undefined) idle.set(connection.key, [connection]);
			else free.push(connection);
		},
		drop,
		async close() {
			idle.clear();
			for (const connection of [...open]) drop(connection);
		},
	};
}
