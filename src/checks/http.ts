import type { z } from 'zod';
import type { HttpAnswer } from '../domain/ports.ts';
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
	impliedMust: () => ['status < 400'],
	copyAs: curlLine,
	async probe(options, ports, context) {
		const method = methodOf(options);
		const headers = headersOf(options);
		const began = ports.clock.monotonic();
		const answered = await ports.http.request(
			{
				url: options.url,
				method,
				headers,
				body: bodyOf(options),
				redirects: options.redirects,
				bodyLimit: options.bodyLimit,
				connection: options.connection,
				verifyTls: options.verifyTls,
			},
			context,
		);
		if (!answered.ok) {
			const spent = [{ phase: 'total', ms: ports.clock.monotonic() - began }];
			const transcript = { request: requestLines(options), response: [], body: '', bytes: 0, timings: spent };
			return err({ ...answered.error, transcript });
		}
		const answer = answered.value;
		const transcript = transcriptOf(options, answer);
		const document = documentOf(options, method, answer);
		if (!document.ok) return err({ ...document.error, transcript });
		const reading = { samples: samplesOf(answer), headers: maskHeaders(options, answer.headers), transcript };
		if (document.value === undefined) return ok(reading);
		return ok({ ...reading, document: maskDocument(options, answer.body, document.value) });
	},
});

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

function transcriptOf(options: HttpOptions, answer: HttpAnswer): Transcript {
	const response = [safeLine(options, `${answer.protocol} ${answer.status} ${answer.statusText}`.trim())];
	for (const [name, value] of Object.entries(answer.headers))
		response.push(safeLine(options, `${name}: ${name === 'set-cookie' ? hideCookies(value) : value}`));
	if (answer.hops > 0) response.push(safeLine(options, `→ ${answer.finalUrl}`));
	const timings: Timing[] = [];
	for (const phase of PHASES) {
		const ms = answer.timings[phase];
		if (ms !== undefined) timings.push({ phase, ms });
	}
	return {
		request: requestLines(options),
		response,
		body: safeStart(options, answer.body),
		bytes: answer.bytes,
		timings,
	};
}

/** A session that a server opened for us is as good as a password. */
function hideCookies(value: string): string {
	return value.replace(/(^|, )([^=;,\s]+)=[^;,]*/g, '$1$2=***');
}
