import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Handle } from './listener.ts';

export type Reply = { code: number; body: string; headers?: Record<string, string> };

export type Route = {
	methods: readonly string[];
	path: string;
	/** What the documents give as the usual response time, ms. */
	takesMs: number;
	answer(request: IncomingMessage): Reply;
};

export type Routing = {
	routes: readonly Route[];
	/** Looked at before a route is searched; a reply ends the request there. */
	intercept?(request: IncomingMessage): Reply | 'never' | undefined;
	/** Added to every reply, e.g. CORS. */
	decorate?(request: IncomingMessage): Record<string, string>;
	/** On top of a route's own time, ms. */
	delayMs?(): number;
	/** Told after each reply: method, path, code, ms. */
	served?(line: { method: string; path: string; code: number; tookMs: number }): void;
	random(): number;
};

const BODY_LIMIT = 1_048_576;

export function replyJson(code: number, value: unknown, headers: Record<string, string> = {}): Reply {
	return { code, body: `${JSON.stringify(value)}\n`, headers };
}

export function createHandle(routing: Routing): Handle {
	return (request, response) => {
		const startedAt = performance.now();
		const method = request.method ?? 'GET';
		const path = (request.url ?? '/').split('?', 1)[0]!;
		const early = routing.intercept?.(request);
		if (early === 'never') return;
		readBody(request, (tooLarge) => {
			const found = early ? undefined : routing.routes.find((route) => route.path === path);
			const reply = tooLarge
				? replyJson(413, { error: 'body larger than 1 MiB' })
				: (early ?? answerRoute(found, method, request));
			// A usual time is a middle, not a constant: a flat line would look like a broken sensor.
			const usualMs = (found?.takesMs ?? 2) * (0.9 + 0.2 * routing.random());
			const waitMs = usualMs + (routing.delayMs?.() ?? 0) - (performance.now() - startedAt);
			const send = (): void => {
				sendReply(response, reply, { ...routing.decorate?.(request), ...reply.headers });
				routing.served?.({
					method,
					path,
					code: reply.code,
					tookMs: Math.round(performance.now() - startedAt),
				});
			};
			if (waitMs < 1) send();
			else setTimeout(send, waitMs);
		});
	};
}

function answerRoute(route: Route | undefined, method: string, request: IncomingMessage): Reply {
	if (!route) return replyJson(404, { error: 'not found' });
	const isAllowed = route.methods.includes(method) || (method === 'HEAD' && route.methods.includes('GET'));
	if (!isAllowed) return replyJson(405, { error: 'method not allowed' }, { Allow: route.methods.join(', ') });
	return route.answer(request);
}

/** The demo keeps nothing of a body; it only has to be read for the connection to be usable again. */
function readBody(request: IncomingMessage, done: (tooLarge: boolean) => void): void {
	let size = 0;
	let ended = false;
	const end = (tooLarge: boolean): void => {
		if (ended) return;
		ended = true;
		done(tooLarge);
	};
	request.on('data', (chunk: Buffer) => {
		size += chunk.length;
		if (size > BODY_LIMIT) end(true);
	});
	request.on('end', () => end(false));
	request.on('error', () => {
		ended = true;
	});
}

function sendReply(response: ServerResponse, reply: Reply, headers: Record<string, string>): void {
	if (response.destroyed) return;
	const body = Buffer.from(reply.body);
	response.writeHead(reply.code, {
		...(reply.code === 204
			? {}
			: { 'Content-Type': 'application/json', 'Content-Length': String(body.length) }),
		...headers,
	});
	response.end(reply.code === 204 ? undefined : body);
}
