import { z } from 'zod';
import { err, ok } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import type { Unit } from '../domain/value.ts';
import { hostName, port, written } from '../fields/fields.ts';
import { defineCheckKind } from './define.ts';
import { safeLine } from './masking.ts';
import { msSample } from './samples.ts';

const schema = z.strictObject({
	host: hostName().describe('Host name or IP address.'),
	port: port().describe('Port, 1 to 65535.'),
	send: written<string>((value) => typeof value === 'string', {
		json: { type: 'string' },
		error: 'expected text',
	})
		.optional()
		.describe('Text to send once connected. Write \\r\\n in double quotes.'),
	banner: z
		.boolean({ error: 'expected true or false' })
		.optional()
		.describe('Wait for the first line the server says; it becomes the sample `banner`. Implied by `send`.'),
});

export type TcpOptions = z.output<typeof schema>;

const bare = (host: string): string => host.replace(/^\[(.*)\]$/, '$1');
const addressOf = ({ host, port: number }: TcpOptions): string =>
	bare(host).includes(':') ? `[${bare(host)}]:${number}` : `${host}:${number}`;
const wantsBanner = (options: TcpOptions): boolean => options.banner ?? options.send !== undefined;

/** Samples: `latency`, `dns`, `connect` in ms; `banner` when asked for. Faults: those of the network. */
export const tcp = defineCheckKind<TcpOptions>({
	name: 'tcp',
	title: { en: 'TCP connection', 'zh-CN': 'TCP 连接' },
	pool: 'network',
	schema: schema as z.ZodType<TcpOptions>,
	paths: [],
	example: `redis:
  kind: tcp
  host: localhost
  port: 6379
  send: "PING\\r\\n"
  must: [banner == "+PONG"]
`,
	headline: 'latency',
	origin: (options) => `tcp://${addressOf(options)}`,
	target: (options) => clean(addressOf(options), { max: 200 }),
	samples: (options) => {
		const units: Record<string, Unit> = { latency: 'ms', dns: 'ms', connect: 'ms' };
		if (wantsBanner(options)) units['banner'] = 'none';
		return units;
	},
	copyAs: (options) => {
		const quoted = `'${bare(options.host).replaceAll("'", "'\\''")}'`;
		return clean(`nc -vz ${quoted} ${options.port}`);
	},
	async probe(options, ports, context) {
		const banner = wantsBanner(options);
		const began = ports.clock.monotonic();
		const answer = await ports.net.connect(
			{
				host: bare(options.host),
				port: options.port,
				banner,
				...(options.send === undefined ? {} : { send: options.send }),
			},
			context,
		);
		const total = ports.clock.monotonic() - began;
		const request = [`connect ${clean(addressOf(options), { max: 200 })}`];
		if (options.send !== undefined) request.push(safeLine(options, options.send));
		if (!answer.ok) {
			const transcript = {
				request,
				response: [],
				body: '',
				bytes: 0,
				timings: [{ phase: 'total', ms: total }],
			};
			return err({ ...answer.error, transcript });
		}
		const { dnsMs, connectMs } = answer.value;
		const said = safeLine(options, answer.value.banner.split(/\r?\n/)[0] ?? '', 200);
		return ok({
			samples: {
				latency: msSample(total),
				dns: msSample(dnsMs),
				connect: msSample(connectMs),
				...(banner ? { banner: said } : {}),
			},
			transcript: {
				request,
				response: ['connected'],
				body: clean(answer.value.banner, { newlines: 'keep', max: 4096 }),
				bytes: Buffer.byteLength(answer.value.banner),
				timings: [
					{ phase: 'dns', ms: dnsMs },
					{ phase: 'connect', ms: connectMs },
					{ phase: 'total', ms: total },
				],
			},
		});
	},
});
