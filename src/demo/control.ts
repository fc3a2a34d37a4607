import { createHash, timingSafeEqual } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';

/**
 * The demo's control port: one request a line, `TOKEN WORD …`, answered by one line `ok …` or `no …`. `hold` keeps the
 * connection as a sign of life of one console; the words' meaning belongs to whoever creates the port.
 */
export type Control = {
	readonly port: number;
	close(): void;
};

export type ControlOptions = {
	token: string;
	/** Answers everything but `hold`; the text after `ok` or `no`. */
	answer(words: readonly string[]): Promise<{ ok: boolean; text: string }>;
	/** Called once when no console has held the port for `idleMs`. */
	idleMs: number;
	onIdle(): void;
};

const LINE_LIMIT = 1024;

export async function openControl(options: ControlOptions): Promise<Control> {
	const sockets = new Set<Socket>();
	const holders = new Set<Socket>();
	let idleTimer = setTimeout(options.onIdle, options.idleMs);
	const restartIdle = (): void => {
		clearTimeout(idleTimer);
		if (holders.size === 0) idleTimer = setTimeout(options.onIdle, options.idleMs);
	};

	const server = createServer((socket) => {
		sockets.add(socket);
		socket.setEncoding('utf8');
		let pending = '';
		socket.on('data', (chunk: string) => {
			pending += chunk;
			for (let end = pending.indexOf('\n'); end >= 0; end = pending.indexOf('\n')) {
				const line = pending.slice(0, end);
				pending = pending.slice(end + 1);
				void answerLine(socket, line);
			}
			if (pending.length > LINE_LIMIT) socket.destroy();
		});
		socket.on('error', () => socket.destroy());
		socket.on('close', () => {
			sockets.delete(socket);
			if (holders.delete(socket)) restartIdle();
		});
	});

	const answerLine = async (socket: Socket, line: string): Promise<void> => {
		const [token = '', ...words] = line.trim().split(/\s+/);
		if (!isSame(token, options.token)) {
			socket.end('no wrong token\n');
			return;
		}
		if (words[0] === 'hold') {
			holders.add(socket);
			clearTimeout(idleTimer);
			socket.write('ok held\n');
			return;
		}
		// Whoever asks is about to hold: do not leave under its feet.
		restartIdle();
		const reply = await options.answer(words);
		if (!socket.destroyed) socket.write(`${reply.ok ? 'ok' : 'no'} ${reply.text}\n`);
	};

	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(0, '127.0.0.1', () => resolve());
	});
	return {
		port: (server.address() as AddressInfo).port,
		close: () => {
			clearTimeout(idleTimer);
			server.close();
			for (const socket of sockets) socket.destroy();
		},
	};
}

function isSame(one: string, other: string): boolean {
	const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
	return timingSafeEqual(digest(one), digest(other));
}
