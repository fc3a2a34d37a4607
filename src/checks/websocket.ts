import { z } from 'zod';
import type { Handshake } from '../domain/network-ports.ts';
import type { Transcript } from '../domain/reading.ts';
import { err, ok } from '../domain/result.ts';
import { reveal, Secret, type Text } from '../domain/secret.ts';
import { clean } from '../domain/text.ts';
import { isText, written } from '../fields/fields.ts';
import { defineCheckKind } from './define.ts';
import { credentialsOf, httpAuth, httpHeaders } from './http-options.ts';
import { maskHeaders, safeLine, shown } from './masking.ts';
import { countSample, msSample } from './samples.ts';
import { shellWord } from './shell-word.ts';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const isAddress = (value: unknown): boolean => {
	if (!isText(value) || !/^(ws|http)s?:\/\//i.test(reveal(value))) return false;
	const url = URL.parse(reveal(value));
	return url !== null && url.hostname !== '' && url.username === '' && url.password === '';
};

const schema = z.strictObject({
	url: written<Text>(isAddress, {
		json: { type: 'string', minLength: 1 },
		error: 'expected an address such as ws://localhost:8000/ws or wss://booking.example/ws',
	}).describe('Address to open, ws or wss.'),
	protocols: z
		.array(
			z
				.string({ error: 'expected names of subprotocols, such as [graphql-ws]' })
				.regex(TOKEN, 'expected names of subprotocols, such as [graphql-ws]'),
			{ error: 'expected names of subprotocols, such as [graphql-ws]' },
		)
		.optional()
		.describe('Subprotocols to offer; the one the server chooses is the sample `protocol`.'),
	headers: httpHeaders().optional().describe('Headers to send, such as Origin or Cookie.'),
	auth: httpAuth().optional().describe('Credentials, by reference to a secret.'),
	verifyTls: z
		.boolean({ error: 'expected true or false' })
		.prefault(true)
		.describe('Whether a certificate must be valid.'),
});

export type WebSocketOptions = z.output<typeof schema>;

/**
 * Samples: `status` (101 when it agreed), `opened` (and proved that it understood), `protocol` (the subprotocol chosen, empty for
 * none), `latency`, `dns`, `connect`, `tls`. A refusal with a status is an answer: `must: [status == 401]`. Faults: the network's.
 */
export const websocket = defineCheckKind<WebSocketOptions>({
	name: 'websocket',
	title: { en: 'WebSocket handshake', 'zh-CN': 'WebSocket 握手' },
	pool: 'network',
	schema: schema as unknown as z.ZodType<WebSocketOptions>,
	paths: [],
	example: `updates:
  kind: websocket
  url: ws://localhost:8000/ws
  protocols: [graphql-ws]
  every: 30s
`,
	headline: 'latency',
	values: () => ['status', 'opened', 'protocol'],
	origin: ({ url }) => new URL(reveal(url).replace(/^ws/i, 'http')).origin,
	target: ({ url }) =>
		typeof url === 'string'
			? clean(`WS ${new URL(url).pathname}${new URL(url).search}`, { max: 200 })
			: 'WS ***',
	texts: () => ['protocol'],
	samples: () => ({
		status: 'none',
		opened: 'none',
		protocol: 'none',
		latency: 'ms',
		dns: 'ms',
		connect: 'ms',
		tls: 'ms',
	}),
	impliedMust: ({ protocols = [] }) =>
		protocols.length === 0
			? ['status == 101', 'opened == true']
			: [
					'status == 101',
					'opened == true',
					`protocol in [${protocols.map((name) => JSON.stringify(name)).join(', ')}]`,
				],
	copyAs(options) {
		const parts = ['curl', '-sS', '-i', '-N', '--http1.1', '--max-time', '5'];
		if (!options.verifyTls) parts.push('-k');
		for (const [name, value] of [...UPGRADE, ...Object.entries(headersOf(options))])
			parts.push('-H', shellWord(value, `${name}: `));
		if (options.protocols !== undefined)
			parts.push('-H', shellWord(`Sec-WebSocket-Protocol: ${options.protocols.join(', ')}`));
		return `${parts.join(' ')} ${shellWord(asHttp(options.url))}`;
	},
	async probe(options, ports, context) {
		const { url, protocols = [], verifyTls } = options;
		const headers = headersOf(options);
		const request = [`GET ${shown(url)}`, 'upgrade: websocket'];
		if (protocols.length > 0) request.push(`sec-websocket-protocol: ${protocols.join(', ')}`);
		for (const [name, value] of Object.entries(headers)) request.push(`${name}: ${shown(value)}`);
		const began = ports.clock.monotonic();
		const answer = await ports.websocket.open({ url, protocols, headers, verifyTls }, context);
		if (!answer.ok) {
			const timings = [{ phase: 'total', ms: ports.clock.monotonic() - began }];
			return err({ ...answer.error, transcript: { request, response: [], body: '', bytes: 0, timings } });
		}
		const { status, opened, totalMs, dnsMs, connectMs, tlsMs } = answer.value;
		return ok({
			samples: {
				status: countSample(status),
				opened,
				protocol: safeLine(options, answer.value.protocol, 100),
				latency: msSample(totalMs),
				dns: msSample(dnsMs),
				connect: msSample(connectMs),
				...(tlsMs === undefined ? {} : { tls: msSample(tlsMs) }),
			},
			headers: maskHeaders(options, answer.value.headers),
			transcript: transcriptOf(options, request, answer.value),
		});
	},
});

const UPGRADE = [
	['Connection', 'Upgrade'],
	['Upgrade', 'websocket'],
	['Sec-WebSocket-Version', '13'],
	['Sec-WebSocket-Key', 'cm91bmRzIGxvb2tzIGluIQ=='],
] as const;

function headersOf({ headers = {}, auth }: WebSocketOptions): Readonly<Record<string, Text>> {
	const sent: Record<string, Text> = {};
	if (auth !== undefined) sent['authorization'] = credentialsOf(auth);
	for (const [name, value] of Object.entries(headers)) sent[name.toLowerCase()] = value;
	return sent;
}

function asHttp(url: Text): Text {
	if (typeof url === 'string') return url.replace(/^ws/i, 'http');
	return new Secret(url.reveal().replace(/^ws/i, 'http'), url.reference.replace(/^ws/i, 'http'));
}

function transcriptOf(options: WebSocketOptions, request: readonly string[], answer: Handshake): Transcript {
	const response = [`HTTP/1.1 ${answer.status}`];
	for (const [name, value] of Object.entries(answer.headers))
		response.push(safeLine(options, `${name}: ${name === 'set-cookie' ? '***' : value}`));
	const timings = [
		{ phase: 'dns', ms: answer.dnsMs },
		{ phase: 'connect', ms: answer.connectMs },
		...(answer.tlsMs === undefined ? [] : [{ phase: 'tls', ms: answer.tlsMs }]),
		{ phase: 'total', ms: answer.totalMs },
	];
	return { request, response, body: '', bytes: 0, timings };
}
