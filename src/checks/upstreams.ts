import { z } from 'zod';
import type { ProbeContext } from '../domain/check.ts';
import { parseExpression } from '../domain/condition/index.ts';
import { type Fault, fault } from '../domain/fault.ts';
import type { HttpAnswer, ProbePorts } from '../domain/ports.ts';
import type { Transcript } from '../domain/reading.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { reveal, Secret, type Text } from '../domain/secret.ts';
import { clean } from '../domain/text.ts';
import { formatBare, type SampleValue, type Unit } from '../domain/value.ts';
import { url, written } from '../fields/fields.ts';
import { defineCheckKind } from './define.ts';
import { documentOf } from './http-document.ts';
import { type HttpOptions, headersOf, httpAuth, httpHeaders } from './http-options.ts';
import { safeLine, shown } from './masking.ts';
import { readValue } from './read-value.ts';
import { countSample, msSample } from './samples.ts';
import { shellWord } from './shell-word.ts';

/** So that one check is not a storm on whoever stands behind the name. */
const AT_ONCE = 4;
const OWN = ['asked', 'answered', 'missing', 'disagree', 'slowest', 'latency'];

const isUpstream = (value: unknown): boolean =>
	typeof value === 'string' && /^(\[[0-9a-f:]+\]|[^\s:/?#@[\]]+):\d{1,5}$/i.test(value);
const isCompared = (value: unknown): boolean =>
	typeof value === 'object' &&
	value !== null &&
	!Array.isArray(value) &&
	Object.keys(value).length > 0 &&
	Object.entries(value).every(
		([name, text]) =>
			/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) &&
			!OWN.includes(name) &&
			typeof text === 'string' &&
			parseExpression(text).ok,
	);

const schema = z
	.strictObject({
		url: url().describe('Address as everybody asks it; its host is sent as the name to each upstream.'),
		upstreams: z
			.array(
				written<string>(isUpstream, {
					json: { type: 'string', examples: ['127.0.0.1:8001'] },
					error: 'expected a list of upstreams such as ["127.0.0.1:8001", "127.0.0.1:8002"]',
				}),
				{ error: 'expected a list of upstreams such as ["127.0.0.1:8001", "127.0.0.1:8002"]' },
			)
			.min(1, 'expected a list of upstreams such as ["127.0.0.1:8001", "127.0.0.1:8002"]')
			.optional()
			.describe('Who answers behind the name; the address itself is asked if not said.'),
		times: z
			.int({ error: 'expected a number from 1 to 50' })
			.min(1, 'expected a number from 1 to 50')
			.max(50, 'expected a number from 1 to 50')
			.prefault(1)
			.describe(
				'How often each is asked, on a new connection each time: so several workers behind one port are met.',
			),
		headers: httpHeaders().optional().describe('Headers to send.'),
		auth: httpAuth().optional().describe('Credentials, by reference to a secret.'),
		compare: written<Readonly<Record<string, string>>>(isCompared, {
			json: { type: 'object', additionalProperties: { type: 'string' } },
			error:
				'expected names with what is compared, such as {orders: $.count}; "missing" and the like are taken',
		})
			.optional()
			.describe(
				'Values that must be the same wherever they are asked for; each is a sample. The status if not said.',
			),
		verifyTls: z
			.boolean({ error: 'expected true or false' })
			.prefault(true)
			.describe('Whether a certificate must be valid. It is looked at under the address of each upstream.'),
	})
	.superRefine(({ upstreams = [], times }, context) => {
		if (Math.max(1, upstreams.length) * times < 2)
			context.addIssue({
				code: 'custom',
				message: 'expected at least two answers: several upstreams, or times',
			});
	});

export type UpstreamsOptions = z.output<typeof schema>;

/**
 * Samples: `asked`, `answered`, `missing` (who gave no answer, and why) and `disagree` (what was answered differently, by whom),
 * both empty when all is right; `slowest` answer, `latency` of all together; and each value of `compare` that all agree on.
 * Faults: those of the network, when nobody answers.
 */
export const upstreams = defineCheckKind<UpstreamsOptions>({
	name: 'upstreams',
	title: { en: 'Several upstreams', 'zh-CN': '多个上游' },
	pool: 'network',
	schema: schema as unknown as z.ZodType<UpstreamsOptions>,
	paths: [],
	example: `workers-agree:
  kind: upstreams
  url: http://fund.example/api/v1/orders
  upstreams: ["127.0.0.1:8001", "127.0.0.1:8002"]
  times: 3
  every: 1m
  compare: {orders: $.count}
`,
	headline: 'slowest',
	values: ({ compare = {} }) => [...Object.keys(compare), 'missing', 'disagree'],
	origin: (options) => new URL(reveal(options.url)).origin,
	target: ({ url: address, upstreams: all = [], times }) => {
		const path = typeof address === 'string' ? new URL(address).pathname : '***';
		return clean(`GET ${path} × ${Math.max(1, all.length) * times}`, { max: 200 });
	},
	texts: () => ['missing', 'disagree'],
	samples: ({ compare = {} }) => {
		const units: Record<string, Unit> = {
			asked: 'none',
			answered: 'none',
			missing: 'none',
			disagree: 'none',
			slowest: 'ms',
			latency: 'ms',
		};
		for (const name of Object.keys(compare)) units[name] = 'none';
		return units;
	},
	impliedMust: () => ['missing == ""', 'disagree == ""'],
	copyAs: (options) => {
		const [question] = questionsOf(options);
		return `curl -sS -i -H ${shellWord(`Host: ${question?.host ?? ''}`)} ${shellWord(question?.url ?? '')}`;
	},
	async probe(options, ports, context) {
		const began = ports.clock.monotonic();
		const questions = questionsOf(options);
		const answers: Result<HttpAnswer, Fault>[] = [];
		for (let from = 0; from < questions.length; from += AT_ONCE)
			answers.push(
				...(await Promise.all(
					questions.slice(from, from + AT_ONCE).map((one) => ask(options, one, ports, context)),
				)),
			);
		const took = ports.clock.monotonic() - began;
		const transcript = transcriptOf(options, questions, answers, took);
		const first = answers.find((answer) => !answer.ok);
		const nobody = answers.every((answer) => !answer.ok);
		if (first !== undefined && !first.ok && (nobody || first.error.code === 'cancelled'))
			return err({ ...first.error, transcript });
		return ok({ samples: samplesOf(options, questions, answers, { now: context.now, took }), transcript });
	},
});

interface Question {
	readonly url: Text;
	/** The name that all of them answer to. */
	readonly host: string;
	/** How it is told from the others. */
	readonly who: string;
}

function questionsOf({ url: address, upstreams: all, times }: UpstreamsOptions): Question[] {
	const { host, origin } = new URL(reveal(address));
	const at = (upstream: string): Text => {
		const move = (text: string) =>
			text.replace(/^(https?:\/\/)[^/?#]*/i, (_, scheme: string) => `${scheme}${upstream}`);
		return typeof address === 'string'
			? move(address)
			: new Secret(move(reveal(address)), move(address.reference));
	};
	const each =
		all === undefined ? [{ url: address, who: origin }] : all.map((who) => ({ url: at(who), who }));
	return each.flatMap(({ url: asked, who }) =>
		Array.from({ length: times }, (_, n) => ({
			url: asked,
			host,
			who: times === 1 ? who : `${all === undefined ? '' : who} #${n + 1}`.trim(),
		})),
	);
}

function ask(
	options: UpstreamsOptions,
	{ url: address, host }: Question,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<HttpAnswer, Fault>> {
	if (context.signal.aborted) return Promise.resolve(err(fault('cancelled')));
	return ports.http.request(
		{
			url: address,
			method: 'GET',
			headers: {
				host,
				...headersOf({ url: address, headers: options.headers, auth: options.auth } as HttpOptions),
			},
			body: null,
			redirects: 0,
			bodyLimit: 1024 * 1024,
			connection: 'fresh',
			verifyTls: options.verifyTls,
		},
		context,
	);
}

function samplesOf(
	options: UpstreamsOptions,
	questions: readonly Question[],
	answers: readonly Result<HttpAnswer, Fault>[],
	{ now, took }: { readonly now: number; readonly took: number },
): Record<string, SampleValue> {
	const missing: string[] = [];
	const read: { readonly who: string; readonly value: (text: string) => SampleValue | undefined }[] = [];
	let slowest = 0;
	for (const [at, answer] of answers.entries()) {
		const { who } = questions[at] as Question;
		if (!answer.ok) {
			missing.push(`${who} (${answer.error.code})`);
			continue;
		}
		const { headers, status, timings } = answer.value;
		slowest = Math.max(slowest, timings.total);
		const document = documentOf({ read: 'auto' }, 'GET', answer.value);
		if (!document.ok) {
			missing.push(`${who} (${document.error.code})`);
			continue;
		}
		const from = { now, headers, document: document.value, samples: { status: countSample(status) } };
		read.push({ who, value: (text) => readValue(text, from) });
	}
	const agreed: Record<string, SampleValue> = {};
	const disagree: string[] = [];
	for (const [name, text] of Object.entries(options.compare ?? { status: 'status' })) {
		const groups = new Map<string, { readonly value: SampleValue | undefined; readonly by: string[] }>();
		for (const { who, value } of read) {
			const found = value(text);
			const key = found === undefined ? 'nothing' : safeLine(options, formatBare(found), 80);
			const group = groups.get(key);
			if (group === undefined) groups.set(key, { value: found, by: [who] });
			else group.by.push(who);
		}
		const [only] = groups.values();
		if (groups.size > 1)
			disagree.push(
				`${name}: ${[...groups].map(([said, { by }]) => `${said} (${by.join(', ')})`).join(' ≠ ')}`,
			);
		else if (only?.value === undefined) disagree.push(`${name}: nothing`);
		else if (options.compare !== undefined)
			agreed[name] = typeof only.value === 'string' ? safeLine(options, only.value, 400) : only.value;
	}
	return {
		...agreed,
		asked: countSample(questions.length),
		answered: countSample(read.length),
		missing: safeLine(options, missing.join(', '), 400),
		disagree: safeLine(options, disagree.join('; '), 400),
		slowest: msSample(slowest),
		latency: msSample(took),
	};
}

function transcriptOf(
	options: UpstreamsOptions,
	questions: readonly Question[],
	answers: readonly Result<HttpAnswer, Fault>[],
	took: number,
): Transcript {
	const first = answers.find((answer) => answer.ok);
	return {
		request: questions.map(({ who, url: address }) =>
			safeLine(options, `${who}: GET ${shown(address)}`, 300),
		),
		response: answers.map((answer, at) =>
			safeLine(
				options,
				`${questions[at]?.who}: ${answer.ok ? `${answer.value.status} ${answer.value.statusText}` : answer.error.code}`,
				300,
			),
		),
		body: first?.ok ? safeLine(options, first.value.body, 2048) : '',
		bytes: first?.ok ? first.value.bytes : 0,
		timings: [{ phase: 'total', ms: took }],
	};
}
