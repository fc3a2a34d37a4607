import type { Dispatcher } from 'undici';
import { type Fault, fault } from '../domain/fault.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { type Connection, type Connections, HEADER_LIMIT } from './connections.ts';
import { encodingOf } from './http-body.ts';
import type { Leash } from './leash.ts';
import { networkFault } from './network-fault.ts';

/** Bytes of a redirect's own body that are read so that the connection can be kept; more is not worth it. */
const REDIRECT_BODY = 64 * 1024;

export interface HopRequest {
	readonly url: URL;
	/** `host:port`, safe to show. */
	readonly address: string;
	readonly method: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly body: string | Uint8Array | null;
	readonly bodyLimit: number;
	readonly verifyTls: boolean;
	readonly kept: boolean;
	/** Whether an answer with this head will be followed, so that its body does not matter. */
	follows(status: number, headers: Readonly<Record<string, string>>): boolean;
}

export interface HopAnswer {
	readonly status: number;
	readonly statusText: string;
	readonly headers: Readonly<Record<string, string>>;
	/** As sent, not yet unpacked. */
	readonly packed: Buffer;
	readonly encoding: string | null;
	/** ms; what is undefined did not happen because the connection was there. */
	readonly dnsMs: number | undefined;
	readonly connectMs: number | undefined;
	readonly tlsMs: number | undefined;
	/** ms from the usable connection to the answer's head. */
	readonly waitMs: number;
}

export type HopOutcome = Result<HopAnswer, Fault & { readonly stale?: boolean }>;

/** One request and its answer's bytes over one connection. Never rejects. */
export function askHop(
	connections: Connections,
	monotonic: () => number,
	request: HopRequest,
	leash: Leash,
): Promise<HopOutcome> {
	return new Promise((resolve) => {
		if (leash.ended !== null) return resolve(err(leash.ended));
		const connection = connections.take(request.url, request.verifyTls, request.kept);
		const hop = new Hop(connection, monotonic, request, (outcome, reusable) => {
			leash.onEnd = null;
			if (reusable) connections.giveBack(connection);
			else connections.drop(connection);
			resolve(outcome);
		});
		leash.onEnd = (why) => hop.fail(why);
		connection.client.dispatch(
			{
				path: request.url.pathname + request.url.search,
				method: request.method as Dispatcher.HttpMethod,
				headers: request.headers,
				body: request.body,
				reset: !request.kept,
			},
			hop,
		);
	});
}

class Hop implements Dispatcher.DispatchHandler {
	readonly #connection: Connection;
	readonly #monotonic: () => number;
	readonly #request: HopRequest;
	readonly #done: (outcome: HopOutcome, reusable: boolean) => void;
	readonly #beganAt: number;
	readonly #bytesBefore: number;
	readonly #chunks: Buffer[] = [];
	#settled = false;
	#bytes = 0;
	#limit = 0;
	#skipBody = false;
	#status = 0;
	#statusText = '';
	#headers: Readonly<Record<string, string>> = {};
	#encoding: string | null = null;
	#headAt = 0;

	constructor(
		connection: Connection,
		monotonic: () => number,
		request: HopRequest,
		done: (outcome: HopOutcome, reusable: boolean) => void,
	) {
		this.#connection = connection;
		this.#monotonic = monotonic;
		this.#request = request;
		this.#done = done;
		this.#beganAt = monotonic();
		this.#bytesBefore = connection.socket?.bytesRead ?? 0;
	}

	onRequestStart(): void {}

	onResponseStart(
		_controller: Dispatcher.DispatchController,
		status: number,
		headers: Record<string, string | string[] | undefined>,
		statusText?: string,
	): void {
		// 100 Continue and 103 Early Hints come before the answer.
		if (status < 200 || this.#settled) return;
		this.#headAt = this.#monotonic();
		this.#status = status;
		this.#statusText = clean(String(statusText ?? ''), { max: 80 });
		this.#headers = readHeaders(headers);
		this.#skipBody = this.#request.follows(status, this.#headers);
		if (this.#skipBody) {
			this.#limit = REDIRECT_BODY;
			return;
		}
		const encoding = encodingOf(this.#headers['content-encoding']);
		if (!encoding.ok) {
			this.fail(encoding.error);
			return;
		}
		this.#encoding = encoding.value;
		const { bodyLimit, method } = this.#request;
		// What does not shrink may grow a little by packing.
		this.#limit = this.#encoding === null ? bodyLimit : bodyLimit + 4096;
		const announced = Number(this.#headers['content-length'] ?? 0);
		if (method !== 'HEAD' && announced > this.#limit) this.fail(this.#tooLarge());
	}

	onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
		if (this.#settled) return;
		this.#bytes += chunk.length;
		if (this.#bytes <= this.#limit) {
			if (!this.#skipBody) this.#chunks.push(chunk);
		} else if (this.#skipBody) this.#settle(false);
		else this.fail(this.#tooLarge());
	}

	onResponseEnd(): void {
		if (!this.#settled) this.#settle(true);
	}

	onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
		if (this.#settled) return;
		const { address } = this.#request;
		let found = networkFault(error, address);
		// A head that cannot be parsed ends as a body of the wrong length when a length stood before the bad line.
		if (this.#status === 0 && (error as { code?: string }).code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH')
			found = fault('bad-protocol', { address, reason: 'http' });
		const { dialled, socket } = this.#connection;
		// A kept connection that the other side closed just now: nothing was said, so it may be asked again on a new one.
		const silent = dialled === null && socket !== null && socket.bytesRead === this.#bytesBefore;
		const stale =
			silent && this.#bytesBefore > 0 && (found.code === 'reset' || found.code === 'closed-early');
		const detail: Record<string, string | number> = { ...found.detail };
		if (found.code === 'headers-too-large') detail['limitBytes'] = HEADER_LIMIT;
		if (found.code === 'closed-early') {
			detail['received'] = this.#bytes;
			const expected = Number(this.#headers['content-length'] ?? Number.NaN);
			if (Number.isFinite(expected)) detail['expected'] = expected;
		}
		this.#settled = true;
		this.#done(err({ code: found.code, detail, stale }), false);
	}

	fail(why: Fault): void {
		if (this.#settled) return;
		this.#settled = true;
		this.#done(err(why), false);
	}

	#tooLarge(): Fault {
		return fault('body-too-large', { limitBytes: this.#request.bodyLimit });
	}

	#settle(reusable: boolean): void {
		this.#settled = true;
		const { dialled } = this.#connection;
		const chunks = this.#chunks;
		const answer: HopAnswer = {
			status: this.#status,
			statusText: this.#statusText,
			headers: this.#headers,
			packed: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks),
			encoding: this.#encoding,
			dnsMs: dialled?.dnsMs,
			connectMs: dialled?.connectMs,
			tlsMs: dialled?.tlsMs,
			waitMs: this.#headAt - (dialled?.readyAt ?? this.#beganAt),
		};
		this.#done(ok(answer), reusable);
	}
}

function readHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
	// No prototype: a header may be called `constructor` or `__proto__`.
	const read: Record<string, string> = Object.create(null);
	for (const name of Object.keys(headers)) {
		const value = headers[name];
		if (value === undefined) continue;
		read[clean(name.toLowerCase())] = clean(typeof value === 'string' ? value : value.join(', '));
	}
	return read;
}
