import type { z } from 'zod';
import type { HttpAnswer, HttpRequest } from '../domain/ports.ts';
import type { Timing, Transcript } from '../domain/reading.ts';
import { err, ok } from '../domain/result.ts';
import { reveal } from '../domain/secret.ts';
import { clean } from '../domain/text.ts';
import type { Quantity } from '../domain/value.ts';
import { curlLine } from './curl.ts';
import { defineCheckKind } from './define.ts';
import { documentOf } from './http-document.ts';
import { bodyOf, type HttpOptions, headersOf, httpSchema, methodOf } from './http-options.ts';
import { maskDocument, maskHeaders, safeLine, safeStart, shown } from './masking.ts';
import { bytesSample, countSample, msSample } from './samples.ts';

/** A body of up to so many characters is kept as it came until the next answer; of a longer one only its safe start. */
const SHORT_BODY = 8_192;
/** Methods that change nothing by what they are. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const PHASES = ['dns', 'connect', 'tls', 'firstByte', 'total'] as const;

/**
 * Samples: `status`, `latency` (whole exchange), `firstByte`, `bytes` (decoded), `hops` (redirects followed), and `dns`,
 * `connect`, `tls` when a connection was opened. Document: the parsed answer. Faults: those of the network and of a body.
 */
export const http = defineCheckKind<HttpOptions>({
	name: 'http',
	title: { en: 'HTTP request', 'zh-CN': 'HTTP 请求' },
	pool: 'network',
	schema: httpSchema as unknown as z.ZodType<HttpOptions>,
	paths: [],
	example: `api-health:
  kind: http
  url: http://localhost:5000/api/health
  every: 10s
  timeout: 5s
  must:
    - status == 200
    - $.status == "healthy"
  should:
    - latency < 500ms
`,
	headline: 'latency',
	origin: (options) => new URL(reveal(options.url)).origin,
	target: (options) => `${methodOf(options)} ${pathOf(options)}`,
	samples: () => ({
		status: 'none',
		latency: 'ms',
		firstByte: 'ms',
		bytes: 'bytes',
		hops: 'none',
		dns: 'ms',
		connect: 'ms',
		tls: 'ms',
	}),
	// A POST may as well be a question, which only the operator knows; the others never are. A flow alone says what is written and
	// takes it away again.
	refusal(options, { guard }) {
		const method = methodOf(options);
		if (guard === 'none' || SAFE.has(method) || (method === 'POST' && options.reads === true)) return null;
		if (method === 'POST')
			return {
				key: options.method === undefined ? 'body' : 'method',
				message:
					'expected "reads: true" for a POST that changes nothing, or a flow that writes: this environment has a guard',
			};
		return {
			key: 'method',
			message: 'expected a flow for a method that writes: this environment has a guard',
		};
	},
	impliedMust: () => ['status < 400'],
	copyAs: curlLine,
	async probe(options, ports, context) {
		const request = requestOf(options);
		const began = ports.clock.monotonic();
		const answered = await ports.http.request(request, context);
		if (!answered.ok) {
			const spent = [{ phase: 'total', ms: ports.clock.monotonic() - began }];
			const transcript = { request: requestLines(options), response: [], body: '', bytes: 0, timings: spent };
			return err({ ...answered.error, transcript });
		}
		const answer = answered.value;
		const transcript = transcriptOf(options, answer);
		const document = documentOf(options, request.method, answer);
		if (!document.ok) return err({ ...document.error, transcript });
		const reading = { samples: samplesOf(answer), headers: maskHeaders(options, answer.headers), transcript };
		if (document.value === undefined) return ok(reading);
		return ok({ ...reading, document: maskDocument(options, answer.body, document.value) });
	},
});

const requests = new WeakMap<HttpOptions, HttpRequest>();

/** What is asked is the same every time: one object a check, by which the port knows it again. */
function requestOf(options: HttpOptions): HttpRequest {
	const known = requests.get(options);
	if (known !== undefined) return known;
	const { url, redirects, bodyLimit, connection, verifyTls } = options;
	const asked = { url, method: methodOf(options), headers: headersOf(options), body: bodyOf(options) };
	const request = { ...asked, redirects, bodyLimit, connection, verifyTls };
	requests.set(options, request);
	return request;
}

function samplesOf(answer: HttpAnswer): Record<string, Quantity> {
	const { timings } = answer;
	const samples: Record<string, Quantity> = {
		status: countSample(answer.status),
		latency: msSample(timings.total),
		firstByte: msSample(timings.firstByte),
		bytes: bytesSample(answer.bytes),
		hops: countSample(answer.hops),
	};
	for (const phase of ['dns', 'connect', 'tls'] as const) {
		const ms = timings[phase];
		if (ms !== undefined) samples[phase] = msSample(ms);
	}
	return samples;
}

function pathOf(options: HttpOptions): string {
	if (typeof options.url !== 'string') return '***';
	const { pathname, search } = new URL(options.url);
	return clean(pathname + search, { max: 200 });
}

function requestLines(options: HttpOptions): string[] {
	const lines = [`${methodOf(options)} ${shown(options.url)}`];
	for (const [name, value] of Object.entries(headersOf(options))) lines.push(`${name}: ${shown(value)}`);
	const body = bodyOf(options);
	if (body !== null) lines.push('', shown(body));
	return lines;
}

type Head = Pick<HttpAnswer, 'protocol' | 'status' | 'statusText' | 'headers' | 'hops' | 'finalUrl'>;

/** Nobody looks at nearly all of them, so the words are made when they are read. A large body is not kept for that. */
function transcriptOf(options: HttpOptions, answer: HttpAnswer): Transcript {
	const { protocol, status, statusText, headers, hops, finalUrl, bytes, timings: measured } = answer;
	const head: Head = { protocol, status, statusText, headers, hops, finalUrl };
	const isShort = answer.body.length <= SHORT_BODY;
	const start = isShort ? answer.body : safeStart(options, answer.body);
	return {
		get request() {
			return requestLines(options);
		},
		get response() {
			return responseLines(options, head);
		},
		get body() {
			return isShort ? safeStart(options, start) : start;
		},
		bytes,
		get timings() {
			return timingsOf(measured);
		},
	};
}

function responseLines(options: HttpOptions, head: Head): string[] {
	const lines = [safeLine(options, `${head.protocol} ${head.status} ${head.statusText}`.trim())];
	for (const [name, value] of Object.entries(head.headers))
		lines.push(safeLine(options, `${name}: ${name === 'set-cookie' ? hideCookies(value) : value}`));
	if (head.hops > 0) lines.push(safeLine(options, `→ ${head.finalUrl}`));
	return lines;
}

function timingsOf(measured: HttpAnswer['timings']): Timing[] {
	const timings: Timing[] = [];
	for (const phase of PHASES) {
		const ms = measured[phase];
		if (ms !== undefined) timings.push({ phase, ms });
	}
	return timings;
}

/** A session that a server opened for us is as good as a password. */
function hideCookies(value: string): string {
	return value.replace(/(^|, )([^=;,\s]+)=[^;,]*/g, '$1$2=***');
}
