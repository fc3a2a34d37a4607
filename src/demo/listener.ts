import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An HTTP service on loopback that can really go away and come back on the same port. */
export type Listener = {
	readonly port: number;
	isOpen(): boolean;
	/** Stops listening and cuts every connection: the next one is refused. */
	close(): Promise<void>;
	/** Cuts every connection but goes on listening. */
	cut(): void;
	/** Listens again on the port it had. Rejects when somebody else has taken it meanwhile. */
	reopen(): Promise<void>;
};

export type Handle = (request: IncomingMessage, response: ServerResponse) => void;

export async function listen(handle: Handle, port = 0): Promise<Listener> {
	let server = await openServer(handle, port);
	const { port: taken } = server.address() as AddressInfo;
	return {
		port: taken,
		isOpen: () => server.listening,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
		cut: () => server.closeAllConnections(),
		reopen: async () => {
			if (!server.listening) server = await openServer(handle, taken);
		},
	};
}

function openServer(handle: Handle, port: number): Promise<Server> {
	// A console asks every ten seconds or less; with the default it would find its kept connection closed each time.
	const server = createServer({ keepAliveTimeout: 75_000 }, handle);
	return new Promise((resolve, reject) => {
		server.once('error', reject);
		server.listen(port, '127.0.0.1', () => {
			server.off('error', reject);
			resolve(server);
		});
	});
}
