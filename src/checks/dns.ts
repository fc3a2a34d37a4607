import { z } from 'zod';
import { RECORD_TYPES } from '../domain/network-ports.ts';
import type { Samples, Transcript } from '../domain/reading.ts';
import { err, ok } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import type { SampleValue, Unit } from '../domain/value.ts';
import { written } from '../fields/fields.ts';
import { defineCheckKind } from './define.ts';
import { countSample, msSample } from './samples.ts';

const isName = (value: unknown): boolean =>
	typeof value === 'string' && value.length <= 253 && /^[^\s.]{1,63}(\.[^\s.]{1,63})*\.?$/.test(value);
const isServer = (value: unknown): boolean =>
	typeof value === 'string' &&
	/^(\d{1,3}(\.\d{1,3}){3}(:\d{1,5})?|\[[0-9a-f:]+\](:\d{1,5})?|[0-9a-f]*:[0-9a-f:]+)$/i.test(value);

const schema = z
	.strictObject({
		name: written<string>(isName, {
			json: { type: 'string' },
			error: 'expected a name such as booking.example',
		}).describe('The name to look up, in full: no search domain is added.'),
		type: z
			.enum(RECORD_TYPES, { error: `expected one of ${RECORD_TYPES.join(', ')}` })
			.prefault('A')
			.describe('What is asked for.'),
		server: written<string>(isServer, {
			json: { type: 'string', examples: ['127.0.0.1', '127.0.0.1:5353'] },
			error: 'expected the address of a name server, such as 127.0.0.1 or 127.0.0.1:5353',
		})
			.optional()
			.describe('The name server to ask; those of this host if not said.'),
		expect: z
			.array(z.string({ error: 'expected text' }).min(1, 'expected text'), {
				error: 'expected a list of answers, such as ["203.0.113.7"]',
			})
			.min(1, 'expected a list of answers, such as ["203.0.113.7"]')
			.optional()
			.describe('Answers that must be among those given.'),
		only: z
			.boolean({ error: 'expected true or false' })
			.prefault(false)
			.describe('Whether no answer beside the expected ones may be given.'),
	})
	.superRefine((options, context) => {
		if (options.only && options.expect === undefined)
			context.addIssue({ code: 'custom', message: 'expected "expect" beside "only"' });
	});

export type DnsOptions = z.output<typeof schema>;

/**
 * Samples: `answers` (in order, as one text), `count` (0 when the name has none of this type), `took`, `ttl` (A and AAAA), and
 * with `expect` also `missing` and `unexpected` (empty when all is right). Faults: `name-not-found`, `dns-failed`, `refused`,
 * `timeout`.
 */
export const dns = defineCheckKind<DnsOptions>({
	name: 'dns',
	title: { en: 'DNS answers', 'zh-CN': 'DNS 解析' },
	pool: 'network',
	schema: schema as unknown as z.ZodType<DnsOptions>,
	paths: [],
	example: `name:
  kind: dns
  name: booking.example
  type: A
  every: 5m
  expect: ["203.0.113.7"]
  only: true
`,
	headline: 'took',
	values: () => ['answers'],
	origin: ({ server }) => `dns://${server ?? ''}`,
	target: ({ name, type, server }) =>
		clean(`${type} ${name}${server === undefined ? '' : ` @${server}`}`, { max: 200 }),
	texts: () => ['answers', 'missing', 'unexpected'],
	samples: ({ expect, type }) => {
		const units: Record<string, Unit> = { answers: 'none', count: 'none', took: 'ms' };
		if (type === 'A' || type === 'AAAA') units['ttl'] = 'ms';
		if (expect !== undefined) Object.assign(units, { missing: 'none', unexpected: 'none' });
		return units;
	},
	impliedMust: ({ expect, only }) => {
		if (expect === undefined) return ['count > 0'];
		return only ? ['missing == ""', 'unexpected == ""'] : ['missing == ""'];
	},
	copyAs: ({ name, type, server }) => {
		const [, host = '', port] = /^(.*?)(?::(\d+))?$/.exec(server ?? '') ?? [];
		const isV6 = (server ?? '').includes('::') && !(server ?? '').startsWith('[');
		const at = server === undefined ? '' : ` @${(isV6 ? server : host).replace(/[[\]]/g, '')}`;
		return clean(
			`dig +short${isV6 || port === undefined ? '' : ` -p ${port}`}${at} '${name.replaceAll("'", '')}' ${type}`,
		);
	},
	async probe(options, ports, context) {
		const { name, type, server = null, expect } = options;
		const began = ports.clock.monotonic();
		const answer = await ports.dns.resolve({ name, type, server }, context);
		const took = ports.clock.monotonic() - began;
		const transcript = (response: readonly string[]): Transcript => ({
			request: [clean(`${type} ${name}${server === null ? '' : ` @${server}`}`, { max: 400 })],
			response,
			body: '',
			bytes: 0,
			timings: [{ phase: 'total', ms: took }],
		});
		if (!answer.ok) return err({ ...answer.error, transcript: transcript([]) });
		const { ttl } = answer.value;
		const records = [...answer.value.records].sort();
		const samples: Record<string, SampleValue> = {
			answers: clean(records.join(', '), { max: 1024 }),
			count: countSample(records.length),
			took: msSample(took),
		};
		if (ttl !== null) samples['ttl'] = msSample(ttl * 1000);
		if (expect !== undefined) Object.assign(samples, against(expect, records, type));
		return ok({ samples, transcript: transcript(records) });
	},
});

function against(expect: readonly string[], records: readonly string[], type: string): Samples {
	const same = type === 'TXT' ? (text: string) => text : plainName;
	const given = new Set(records.map(same));
	const wanted = new Set(expect.map(same));
	const list = (of: readonly string[]) => clean(of.join(', '), { max: 400 });
	return {
		missing: list(expect.filter((one) => !given.has(same(one)))),
		unexpected: list(records.filter((one) => !wanted.has(same(one)))),
	};
}

/** `Mail.Example.` is `mail.example`; two spellings of one IPv6 address are one. */
function plainName(text: string): string {
	const lower = text.trim().toLowerCase().replace(/\.$/, '');
	if (!/^[0-9a-f]*:[0-9a-f:.]*$/.test(lower)) return lower;
	return URL.parse(`http://[${lower}]`)?.hostname ?? lower;
}
