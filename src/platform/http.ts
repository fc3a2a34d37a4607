import { type Fault, fault } from '../domain/fault.ts';
import type { Clock, HttpAnswer, HttpPort, HttpRequest, Limits } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { reveal, Secret, type Text } from '../domain/secret.ts';
import { clean } from '../domain/text.ts';
import { createConnections } from './connections.ts';
import { ACCEPTED_ENCODINGS, decode, unpack } from './http-body.ts';
import { askHop, type HopAnswer, type HopOutcome, type HopRequest } from './http-hop.ts';
import { createLeash, type Leash } from './leash.ts';

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
/** Asking these twice does no more than asking once (RFC 9110). */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);
const CREDENTIALS = new Set(['authorization', 'cookie', 'proxy-authorization']);

export interface Http extends HttpPort {
	/** Closes every connection. */
	close(): Promise<void>;
}

/** HTTP/1.1 by undici, with one deadline over the whole exchange and a cap on everything that comes in. Never rejects. */
export function createHttp(clock: Clock): Http {
	const connections = createConnections(clock);
	const monotonic = () => clock.monotonic();

	// One who asks the same again and again does so with the same object.
	const prepared = new WeakMap<HttpRequest, Prepared>();
	const prepare = (request: HttpRequest): Prepared | null => {
		const known = prepared.get(request);
		if (known !== undefined) return known;
		const url = URL.parse(reveal(request.url));
		if (url === null) return null;
		const first: Outgoing = { url, request, method: request.method, foreign: false };
		const ready = { first, hop: hopOf(first, request.redirects > 0) };
		prepared.set(request, ready);
		return ready;
	};

	const askOnce = async (hop: HopRequest, leash: Leash): Promise<HopOutcome> => {
		const outcome = await askHop(connections, monotonic, hop, leash);
		if (outcome.ok || outcome.error.stale !== true || !IDEMPOTENT.has(hop.method)) return outcome;
		return askHop(connections, monotonic, { ...hop, kept: false }, leash);
	};

	const ask = async (ready: Prepared, leash: Leash): Promise<Result<HttpAnswer, Fault>> => {
		const began = monotonic();
		const spent: Spent = { waitMs: 0 };
		let outgoing = ready.first;
		const { request } = outgoing;
		for (let hops = 0; ; ) {
			const hop = hops === 0 ? ready.hop : hopOf(outgoing, hops < request.redirects);
			const outcome = await askOnce(hop, leash);
			if (!outcome.ok) return err({ code: outcome.error.code, detail: outcome.error.detail });
			addTo(spent, outcome.value);
			const { status, headers } = outcome.value;
			if (request.redirects > 0 && isRedirect(status, headers)) {
				if (hops === request.redirects) return err(fault('too-many-redirects', { limit: request.redirects }));
				const next = follow(outgoing, status, headers['location'] as string);
				if (!next.ok) return next;
				outgoing = next.value;
				hops++;
				continue;
			}
			const { packed, encoding } = outcome.value;
			const unpacked = encoding === null ? ok(packed) : await unpack(packed, encoding, request.bodyLimit);
			// Unpacking goes on in another thread and cannot be called back; its result is not wanted any more.
			if (leash.ended !== null) return err(leash.ended);
			if (!unpacked.ok) return unpacked;
			const text = decode(unpacked.value, headers['content-type']);
			if (!text.ok) return text;
			const { waitMs, ...phases } = spent;
			return ok({
				status,
				statusText: outcome.value.statusText,
				protocol: 'HTTP/1.1',
				headers,
				body: text.value,
				bytes: unpacked.value.length,
				finalUrl: clean(outgoing.url.href, { max: 2048 }),
				hops,
				timings: { ...phases, firstByte: waitMs, total: monotonic() - began },
			});
		}
	};

	return {
		async request(request: HttpRequest, limits: Limits) {
			const ready = prepare(request);
			if (ready === null) return err(fault('not-supported', { reason: 'address' }));
			const leash = createLeash(clock, limits);
			try {
				return await ask(ready, leash);
			} finally {
				leash.release();
			}
		},
		close: () => connections.close(),
	};
}

/** Where a request stands on its way through redirects. */
interface Outgoing {
	readonly url: URL;
	readonly request: HttpRequest;
	readonly method: string;
	/** It has left the origin it was meant for: nothing secret goes with it, also when it comes back. */
	readonly foreign: boolean;
}

/** What every first question of a request has in common. */
interface Prepared {
	readonly first: Outgoing;
	readonly hop: HopRequest;
}

interface Spent {
	dns?: number;
	connect?: number;
	tls?: number;
	waitMs: number;
}

function addTo(spent: Spent, { dnsMs, connectMs, tlsMs, waitMs }: HopAnswer): void {
	if (dnsMs !== undefined) spent.dns = (spent.dns ?? 0) + dnsMs;
	if (connectMs !== undefined) spent.connect = (spent.connect ?? 0) + connectMs;
	if (tlsMs !== undefined) spent.tls = (spent.tls ?? 0) + tlsMs;
	spent.waitMs += waitMs;
}

function hopOf({ url, request, method, foreign }: Outgoing, mayFollow: boolean): HopRequest {
	const withBody = request.body !== null && method === request.method;
	return {
		url,
		address: foreign ? clean(url.host, { max: 200 }) : safeAddress(request.url),
		method,
		headers: headersToSend(request.headers, foreign, withBody),
		body: withBody ? bodyToSend(request.body) : null,
		bodyLimit: request.bodyLimit,
		verifyTls: request.verifyTls,
		// Where an answer sends us is not ours to remember: such connections are not kept.
		kept: request.connection === 'kept' && !foreign,
		follows: (status, headers) => mayFollow && isRedirect(status, headers),
	};
}

function bodyToSend(body: HttpRequest['body']): string | Uint8Array | null {
	return body === null || body instanceof Uint8Array ? body : reveal(body);
}

function headersToSend(
	headers: Readonly<Record<string, Text>>,
	foreign: boolean,
	withBody: boolean,
): Record<string, string> {
	const sent: Record<string, string> = {
		accept: '*/*',
		'accept-encoding': ACCEPTED_ENCODINGS,
		'user-agent': 'rounds',
	};
	for (const name of Object.keys(headers)) {
		const lower = name.toLowerCase();
		const value = headers[name] as Text;
		if (foreign && (value instanceof Secret || CREDENTIALS.has(lower) || lower === 'host')) continue;
		if (!withBody && lower.startsWith('content-')) continue;
		sent[lower] = reveal(value);
	}
	return sent;
}

function isRedirect(status: number, headers: Readonly<Record<string, string>>): boolean {
	return REDIRECTS.has(status) && headers['location'] !== undefined;
}

function follow(from: Outgoing, status: number, location: string): Result<Outgoing, Fault> {
	const url = URL.parse(location, from.url);
	const to = clean(location, { max: 100 });
	if (url === null) return err(fault('redirect-refused', { reason: 'address', to }));
	if (url.protocol !== 'http:' && url.protocol !== 'https:')
		return err(fault('redirect-refused', { reason: 'scheme', to: clean(url.protocol, { max: 40 }) }));
	// A redirect must not make up credentials either.
	url.username = '';
	url.password = '';
	url.hash = '';
	const foreign = from.foreign || url.origin !== from.url.origin;
	const asGet = status === 303 ? from.method !== 'HEAD' : status < 303 && from.method === 'POST';
	const method = asGet ? 'GET' : from.method;
	// Of bytes nobody can tell whether a secret is among them.
	const { body } = from.request;
	const mayBeSecret = body instanceof Secret || body instanceof Uint8Array;
	if (foreign && method === from.request.method && mayBeSecret)
		return err(fault('redirect-refused', { reason: 'secret', to: clean(url.host, { max: 100 }) }));
	return ok({ url, request: from.request, method, foreign });
}

/** `host:port` of what was asked. Of an address with a secret part only what its reference shows. */
function safeAddress(url: Text): string {
	const written = typeof url === 'string' ? url : url.reference;
	const host = URL.parse(written)?.host ?? '';
	if (host === '' || (typeof url !== 'string' && !/^https?:\/\/[^/$]+\//i.test(written))) return '***';
	return clean(host, { max: 200 });
}
