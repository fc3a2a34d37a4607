import type { z } from 'zod';
import { fault } from '../domain/fault.ts';
import type { HttpRequest } from '../domain/ports.ts';
import type { Samples } from '../domain/reading.ts';
import { err, ok } from '../domain/result.ts';
import { reveal } from '../domain/secret.ts';
import { clean } from '../domain/text.ts';
import { formatBare, type Unit } from '../domain/value.ts';
import { defineCheckKind } from './define.ts';
import { readExposition } from './exposition.ts';
import { headersOf } from './http-options.ts';
import { safeLine, safeStart, shown } from './masking.ts';
import { type MetricsOptions, metricsSchema } from './metrics-options.ts';
import { namesWanted, reckon, unitsOf } from './metrics-reckon.ts';
import { countSample, msSample } from './samples.ts';
import { type Reckoned, seriesTexts } from './series-samples.ts';
import { shellWord } from './shell-word.ts';

const ACCEPTED = 'text/plain;version=0.0.4, application/openmetrics-text;version=1.0.0;q=0.5';

/**
 * Samples: those of each watched name (`metrics-reckon.ts`), `latency`, `series` (read from the page). Counters are compared with what this
 * process saw of them before; a mean day also with what is stored. Faults: those of HTTP, `bad-body`, `no-permission`, `command-failed` (another HTTP
 * status).
 */
export const metrics = defineCheckKind<MetricsOptions>({
	name: 'metrics',
	title: { en: 'Metrics page', 'zh-CN': '指标页面' },
	pool: 'network',
	schema: metricsSchema as unknown as z.ZodType<MetricsOptions>,
	paths: [],
	example: `api-metrics:
  kind: metrics
  url: http://localhost:8000/metrics
  every: 15s
  watch:
    p95: {quantile: 0.95, of: http_request_duration_seconds, over: 5m, unit: seconds}
    errors: {ratio: 'http_requests_total{status=~"5.."}', of: http_requests_total, over: 5m}
    created: {daily: appointments_created_total}
    misses: {ratio: availability_cache_miss_total, beside: availability_cache_hit_total, over: 5m}
  must:
    - p95 <= 800ms
    - p95.floor < 800ms
    - errors <= 2%
  should:
    - created >= 50%
    - misses <= 80%
`,
	headline: 'latency',
	origin: ({ url }) => new URL(reveal(url)).origin,
	target: ({ url }) =>
		typeof url === 'string' ? clean(`GET ${new URL(url).pathname}`, { max: 200 }) : 'GET ***',
	texts: ({ watch }) => Object.keys(watch).flatMap(seriesTexts),
	samples: ({ watch }) => {
		const units: Record<string, Unit> = { latency: 'ms', series: 'none' };
		for (const [name, watched] of Object.entries(watch)) Object.assign(units, unitsOf(name, watched));
		return units;
	},
	values: ({ watch }) => Object.keys(watch),
	// What cannot be reckoned may not pass for well.
	impliedMust: ({ watch }) =>
		Object.entries(watch).map(([name, { value }]) =>
			value === undefined ? `${name} >= 0` : `${name}.count >= 1`,
		),
	copyAs: (options) => {
		const sent = Object.entries(headersOf(options)).map(
			([name, value]) => `-H ${shellWord(value, `${name}: `)} `,
		);
		return `curl -sS ${sent.join('')}${shellWord(options.url)}`;
	},
	async probe(options, ports, context) {
		const began = ports.clock.monotonic();
		const answer = await ports.http.request(requestOf(options), context);
		const latency = ports.clock.monotonic() - began;
		const request = [`GET ${shown(options.url)}`];
		for (const [name, value] of Object.entries(headersOf(options))) request.push(`${name}: ${shown(value)}`);
		const transcript = {
			request,
			response: answer.ok ? [`HTTP ${answer.value.status}`] : [],
			body: answer.ok ? safeStart(options, answer.value.body) : '',
			bytes: answer.ok ? answer.value.bytes : 0,
			timings: [{ phase: 'total', ms: latency }],
		};
		if (!answer.ok) return err({ ...answer.error, transcript });
		const { status, body, headers } = answer.value;
		const address = typeof options.url === 'string' ? clean(new URL(options.url).host, { max: 200 }) : '***';
		if (status === 401 || status === 403) return err({ ...fault('no-permission', { address }), transcript });
		if (status !== 200) {
			const detail = { command: address, exit: status, message: `HTTP ${status}` };
			return err({ ...fault('command-failed', detail), transcript });
		}
		const watch = Object.entries(options.watch);
		const wanted = new Set(watch.flatMap(([, watched]) => namesWanted(watched)));
		const type = headers['content-type'] ?? '';
		const page = readExposition(body, (name) => wanted.has(name), /openmetrics/i.test(type));
		if (!page.ok) {
			const { code, detail } = page.error;
			const key = detail['key'] === undefined ? {} : { key: safeLine(options, String(detail['key']), 80) };
			return err({ code, detail: { ...detail, ...key }, transcript });
		}
		const samples: Record<string, Samples[string]> = {
			latency: msSample(latency),
			series: countSample(page.value.length),
		};
		const absent: Record<string, Reckoned['absent'][string]> = {};
		const around = {
			now: context.now,
			memory: context.memory ?? new Map<string, unknown>(),
			history: context.history ?? (() => []),
		};
		for (const [name, watched] of watch) {
			const found = reckon(name, watched, page.value, around);
			for (const [key, value] of Object.entries(found.samples))
				samples[key] = typeof value === 'string' ? safeLine(options, value) : value;
			Object.assign(absent, found.absent);
			const value = samples[name];
			const said = value === undefined ? `? ${found.absent[name]?.code ?? ''}` : formatBare(value);
			transcript.response.push(safeLine(options, `${name} = ${said}`));
		}
		return ok({ samples, absent, transcript });
	},
});

const requests = new WeakMap<MetricsOptions, HttpRequest>();

/** What is asked is the same every time: one object a check, by which the port knows it again. */
function requestOf(options: MetricsOptions): HttpRequest {
	const known = requests.get(options);
	if (known !== undefined) return known;
	const request: HttpRequest = {
		url: options.url,
		method: 'GET',
		headers: { accept: ACCEPTED, ...headersOf(options) },
		body: null,
		redirects: 5,
		bodyLimit: options.bodyLimit,
		connection: 'kept',
		verifyTls: options.verifyTls,
	};
	requests.set(options, request);
	return request;
}
