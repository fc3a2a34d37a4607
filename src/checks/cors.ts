import { z } from 'zod';
import type { ProbeContext } from '../domain/check.ts';
import { type Fault, timeoutFault } from '../domain/fault.ts';
import type { HttpAnswer, ProbePorts } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { reveal } from '../domain/secret.ts';
import { clean } from '../domain/text.ts';
import { url, written } from '../fields/fields.ts';
import { defineCheckKind } from './define.ts';
import { maskHeaders, safeLine, shown } from './masking.ts';
import { countSample, msSample } from './samples.ts';
import { shellWord } from './shell-word.ts';

/** Asked at the same time, so that ten origins do not take ten times as long and one check is not a storm. */
const AT_ONCE = 4;
const ALWAYS_ALLOWED = new Set(['GET', 'HEAD', 'POST']);

const isOrigin = (value: unknown): boolean =>
	value === 'null' || (typeof value === 'string' && /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+$/i.test(value));
const origins = () =>
	written<readonly string[]>((value) => Array.isArray(value) && value.every(isOrigin), {
		json: { type: 'array', items: { type: 'string' } },
		error: 'expected origins such as ["https://app.example"], without a path or a slash at the end',
	});

const schema = z
	.strictObject({
		url: url().describe('Address to ask.'),
		origins: origins().optional().describe('Origins that must be allowed.'),
		refuse: origins().optional().describe('Origins that must not be allowed.'),
		credentials: z
			.boolean({ error: 'expected true or false' })
			.prefault(false)
			.describe('Whether the allowed origins must be allowed with cookies too.'),
		methods: z
			.array(
				z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'], { error: 'expected a method such as PUT' }),
				{
					error: 'expected a list of methods',
				},
			)
			.optional()
			.describe('Methods a preflight must allow. Without it no preflight is sent.'),
		verifyTls: z
			.boolean({ error: 'expected true or false' })
			.prefault(true)
			.describe('Whether a certificate must be valid.'),
	})
	.superRefine((options, context) => {
		if ((options.origins?.length ?? 0) + (options.refuse?.length ?? 0) === 0)
			context.addIssue({ code: 'custom', message: 'expected at least one origin in "origins" or "refuse"' });
	});

export type CorsOptions = z.output<typeof schema>;

/**
 * Samples: `allowed` and `refused` (how many of the expected ones), `missing` and `leaked` (the origins that were answered
 * otherwise, in words, empty when all is right), `status` (the highest), `latency`. Faults: those of the network.
 */
export const cors = defineCheckKind<CorsOptions>({
	name: 'cors',
	title: { en: 'CORS', 'zh-CN': '跨域（CORS）' },
	pool: 'network',
	schema: schema as unknown as z.ZodType<CorsOptions>,
	paths: [],
	example: `cors:
  kind: cors
  url: http://localhost:5000/api/customers
  every: 5m
  credentials: true
  origins: ["https://creditpilot.digital", "http://localhost:3000"]
  refuse: ["https://evil.example"]
`,
	headline: 'latency',
	origin: (options) => new URL(reveal(options.url)).origin,
	target: (options) =>
		`CORS ${typeof options.url === 'string' ? clean(new URL(options.url).pathname, { max: 200 }) : '***'}`,
	texts: () => ['missing', 'leaked'],
	samples: () => ({
		allowed: 'none',
		refused: 'none',
		missing: 'none',
		leaked: 'none',
		status: 'none',
		latency: 'ms',
	}),
	impliedMust: () => ['missing == ""', 'leaked == ""'],
	copyAs: (options) => {
		const origin = options.origins?.[0] ?? options.refuse?.[0] ?? '';
		return `curl -sS -o /dev/null -D - -H ${shellWord(`Origin: ${origin}`)} ${shellWord(options.url)}`;
	},
	async probe(options, ports, context) {
		const began = ports.clock.monotonic();
		const asked = questionsOf(options);
		const answers: HttpAnswer[] = [];
		for (let from = 0; from < asked.length; from += AT_ONCE) {
			const some = await Promise.all(
				asked.slice(from, from + AT_ONCE).map((one) => ask(options, one, ports, context)),
			);
			for (const answer of some) {
				if (!answer.ok) return err(withWholeLimit(answer.error, context, began));
				answers.push(answer.value);
			}
		}
		return ok(readingOf(options, asked, answers, ports.clock.monotonic() - began));
	},
});

interface Question {
	readonly origin: string;
	readonly wanted: boolean;
	/** null: an ordinary GET; else a preflight for this method. */
	readonly method: string | null;
}

function questionsOf({ origins: allow = [], refuse = [], methods = [] }: CorsOptions): Question[] {
	const of = (list: readonly string[], wanted: boolean): Question[] =>
		list.flatMap((origin) => [null, ...methods].map((method) => ({ origin, wanted, method })));
	return [...of(allow, true), ...of(refuse, false)];
}

function ask(
	options: CorsOptions,
	{ origin, method }: Question,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<HttpAnswer, Fault>> {
	const headers = method === null ? { origin } : { origin, 'access-control-request-method': method };
	return ports.http.request(
		{
			url: options.url,
			method: method === null ? 'GET' : 'OPTIONS',
			headers,
			body: null,
			redirects: 0,
			bodyLimit: 1024 * 1024,
			connection: 'kept',
			verifyTls: options.verifyTls,
		},
		context,
	);
}

/** The later questions have only what the first left of the time; what is said is the whole. */
function withWholeLimit(found: Fault, context: ProbeContext, began: number): Fault {
	if (found.code !== 'timeout') return found;
	return timeoutFault(context.deadline - began);
}

/** Why a browser at this origin could not read the answer, or null when it could. */
function whyBlocked(options: CorsOptions, { origin, method }: Question, answer: HttpAnswer): string | null {
	const allowed = answer.headers['access-control-allow-origin'];
	if (allowed === undefined) return 'no header';
	if (allowed !== origin && (allowed !== '*' || options.credentials))
		return allowed === '*' ? '* with credentials' : 'another origin';
	if (options.credentials && answer.headers['access-control-allow-credentials'] !== 'true')
		return 'no credentials';
	if (method === null) return null;
	if (answer.status < 200 || answer.status > 299) return `preflight ${answer.status}`;
	const methods = (answer.headers['access-control-allow-methods'] ?? '')
		.split(',')
		.map((one) => one.trim().toUpperCase());
	const any = methods.includes('*') && !options.credentials;
	return any || ALWAYS_ALLOWED.has(method) || methods.includes(method) ? null : `no ${method}`;
}

/** How an origin that should be refused gets in, or null. Without cookies `*` lets everybody in. */
function howLeaked({ origin }: Question, answer: HttpAnswer): string | null {
	const allowed = answer.headers['access-control-allow-origin'];
	if (allowed === origin) return origin;
	return allowed === '*' ? `${origin} (*)` : null;
}

function readingOf(
	options: CorsOptions,
	asked: readonly Question[],
	answers: readonly HttpAnswer[],
	tookMs: number,
) {
	const missing = new Map<string, string>();
	const leaked = new Map<string, string>();
	const response: string[] = [];
	asked.forEach((question, at) => {
		const answer = answers[at] as HttpAnswer;
		const { origin, wanted, method } = question;
		const blocked = wanted ? whyBlocked(options, question, answer) : null;
		if (blocked !== null && !missing.has(origin)) missing.set(origin, `${origin} (${blocked})`);
		const leak = wanted ? null : howLeaked(question, answer);
		if (leak !== null) leaked.set(origin, leak);
		const said = answer.headers['access-control-allow-origin'] ?? '–';
		response.push(safeLine(options, `${method ?? 'GET'} ${origin} → ${answer.status} ${said}`, 300));
	});
	const list = (of: Map<string, string>) => safeLine(options, [...of.values()].join(', '), 400);
	const first = answers[0];
	return {
		samples: {
			allowed: countSample(new Set(options.origins).size - missing.size),
			refused: countSample(new Set(options.refuse).size - leaked.size),
			missing: list(missing),
			leaked: list(leaked),
			status: countSample(Math.max(...answers.map((answer) => answer.status))),
			latency: msSample(tookMs),
		},
		...(first === undefined ? {} : { headers: maskHeaders(options, first.headers) }),
		transcript: {
			request: [
				`GET ${shown(options.url)}`,
				...asked.map(({ origin }) => `origin: ${clean(origin, { max: 200 })}`),
			],
			response,
			body: '',
			bytes: 0,
			timings: [{ phase: 'total', ms: tookMs }],
		},
	};
}
