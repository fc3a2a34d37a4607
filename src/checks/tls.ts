import { z } from 'zod';
import type { CertificateFacts, TlsFacts } from '../domain/network-ports.ts';
import type { Transcript } from '../domain/reading.ts';
import { err, ok } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { hostName, path, port } from '../fields/fields.ts';
import { defineCheckKind } from './define.ts';
import { countSample, momentSample, msSample } from './samples.ts';
import { shellWord } from './shell-word.ts';

const DAY_MS = 86_400_000;
const AUTHORITIES_LIMIT = 1024 * 1024;

const schema = z.strictObject({
	host: hostName().describe('Host name or IP address to connect to.'),
	port: port().prefault(443).describe('Port, 443 when not said.'),
	name: hostName()
		.optional()
		.describe('The name the certificate must be for, when it is not the one connected to.'),
	ca: path()
		.optional()
		.describe('PEM file of the authorities whose signature counts, instead of the well-known ones.'),
});

export type TlsOptions = z.output<typeof schema>;

const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');
const addressOf = ({ host, port: number }: TlsOptions): string =>
	bare(host).includes(':') ? `[${bare(host)}]:${number}` : `${host}:${number}`;
const nameOf = ({ host, name }: TlsOptions): string => bare(name ?? host);

/**
 * Samples: `left` until the certificate ends (negative afterwards), `days` (whole ones of it), `valid` (a browser would trust
 * it), `problem` (why not, empty when it would), `expires`, `names`, `issuer`, `chain`, `depth`, `chainLeft` (of the one that
 * ends first), `protocol`, `cipher`, `fingerprint`, `latency`, `dns`, `connect`, `tls`. Faults: those of the network.
 */
export const tls = defineCheckKind<TlsOptions>({
	name: 'tls',
	title: { en: 'TLS certificate', 'zh-CN': 'TLS 证书' },
	pool: 'network',
	schema: schema as unknown as z.ZodType<TlsOptions>,
	paths: ['ca'],
	example: `certificate:
  kind: tls
  host: booking.example
  every: 1h
  must: [valid == true, left > 14d]
  should: [left > 30d, 'protocol in ["TLSv1.2", "TLSv1.3"]']
`,
	headline: 'left',
	values: () => ['left', 'valid', 'names', 'issuer', 'protocol'],
	origin: (options) => `tls://${addressOf(options)}`,
	target: (options) =>
		clean(options.name === undefined ? addressOf(options) : `${addressOf(options)} (${options.name})`, {
			max: 200,
		}),
	texts: () => ['problem', 'expires', 'names', 'issuer', 'chain', 'protocol', 'cipher', 'fingerprint'],
	samples: () => ({
		left: 'ms',
		days: 'none',
		valid: 'none',
		problem: 'none',
		expires: 'none',
		names: 'none',
		issuer: 'none',
		chain: 'none',
		depth: 'none',
		chainLeft: 'ms',
		protocol: 'none',
		cipher: 'none',
		fingerprint: 'none',
		latency: 'ms',
		dns: 'ms',
		connect: 'ms',
		tls: 'ms',
	}),
	impliedMust: () => ['valid == true', 'left > 14d'],
	copyAs: (options) => {
		const parts = ['openssl', 's_client', '-connect', shellWord(addressOf(options))];
		parts.push('-servername', shellWord(nameOf(options)), '-showcerts');
		if (options.ca !== undefined) parts.push('-CAfile', shellWord(options.ca));
		return `${parts.join(' ')} </dev/null`;
	},
	async probe(options, ports, context) {
		const began = ports.clock.monotonic();
		let authorities: string | null = null;
		if (options.ca !== undefined) {
			const read = await ports.files.readText(options.ca, AUTHORITIES_LIMIT, context);
			if (!read.ok) return read;
			authorities = read.value;
		}
		const target = { host: bare(options.host), port: options.port, name: nameOf(options), authorities };
		const shaken = await ports.tls.shakeHands(target, context);
		const took = ports.clock.monotonic() - began;
		const request = [`TLS ${addressOf(options)} · ${nameOf(options)}`];
		if (!shaken.ok) {
			const timings = [{ phase: 'total', ms: took }];
			return err({ ...shaken.error, transcript: { request, response: [], body: '', bytes: 0, timings } });
		}
		const samples = samplesOf(shaken.value, context.now);
		return ok({
			samples: { ...samples, latency: msSample(took) },
			transcript: transcriptOf(request, shaken.value, took),
		});
	},
});

function samplesOf(facts: TlsFacts, now: number) {
	const [leaf] = facts.chain as [CertificateFacts];
	const ends = facts.chain.map((one) => one.validTo).filter((at) => !Number.isNaN(at));
	// What says no end is not good for ever: nobody would accept it.
	const left = Number.isNaN(leaf.validTo) ? 0 : leaf.validTo - now;
	const problem = problemOf(facts, now);
	return {
		left: { number: String(Math.trunc(left)), unit: 'ms' as const },
		days: countSample(Math.floor(left / DAY_MS)),
		valid: problem === '',
		problem,
		expires: momentSample(leaf.validTo),
		names: clean(leaf.names.join(', '), { max: 1024 }),
		issuer: leaf.issuer,
		chain: clean(facts.chain.map((one) => one.subject).join(' ← '), { max: 1024 }),
		depth: countSample(facts.chain.length),
		chainLeft: {
			number: String(Math.trunc((ends.length === 0 ? now : Math.min(...ends)) - now)),
			unit: 'ms' as const,
		},
		protocol: facts.protocol,
		cipher: facts.cipher,
		fingerprint: leaf.fingerprint,
		dns: msSample(facts.dnsMs),
		connect: msSample(facts.connectMs),
		tls: msSample(facts.tlsMs),
	};
}

/** Everything that is wrong with it at once: a certificate that is renewed for the wrong name would only be found next. */
function problemOf({ chain, distrusted, named }: TlsFacts, now: number): string {
	const problems = new Set<string>();
	if (distrusted !== null) problems.add(distrusted);
	if (chain.some((one) => one.validTo < now)) problems.add('expired');
	if (chain.some((one) => one.validFrom > now)) problems.add('not-yet-valid');
	if (!named) problems.add('wrong-name');
	return [...problems].join(', ');
}

function transcriptOf(request: readonly string[], facts: TlsFacts, took: number): Transcript {
	const response = [`${facts.protocol} ${facts.cipher}`];
	for (const one of facts.chain)
		response.push(
			`${one.subject} · ${momentSample(one.validFrom)} – ${momentSample(one.validTo)} · ← ${one.issuer}`,
		);
	return {
		request,
		response,
		body: facts.chain[0]?.names.join('\n') ?? '',
		bytes: 0,
		timings: [
			{ phase: 'dns', ms: facts.dnsMs },
			{ phase: 'connect', ms: facts.connectMs },
			{ phase: 'tls', ms: facts.tlsMs },
			{ phase: 'total', ms: took },
		],
	};
}
