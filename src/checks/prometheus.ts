import type { z } from 'zod';
import type { ProbeContext } from '../domain/check.ts';
import type { Why } from '../domain/condition/index.ts';
import type { Fault } from '../domain/fault.ts';
import type { ProbePorts } from '../domain/ports.ts';
import type { Samples } from '../domain/reading.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { reveal, Secret, type Text } from '../domain/secret.ts';
import { clean } from '../domain/text.ts';
import { formatBare, type Unit } from '../domain/value.ts';
import { defineCheckKind } from './define.ts';
import { headersOf } from './http-options.ts';
import { safeLine, shown } from './masking.ts';
import { type Answer, readAnswer } from './prometheus-answer.ts';
import { type PrometheusOptions, prometheusSchema } from './prometheus-options.ts';
import { countSample, msSample } from './samples.ts';
import { measured, type Reckoned, reckonSeries, seriesTexts, seriesUnits } from './series-samples.ts';
import { shellWord } from './shell-word.ts';

const SECOND = 1000;

/**
 * Samples by query: `<name>` (of one series, exact), `.count`, `.min`, `.max`, `.lowest`, `.highest`, of a range `.points` too;
 * `latency`. What is NaN, infinite, not there, of too few points or under a warning is absent, with its reason. Faults: those
 * of HTTP, `bad-query`, `no-permission`, `command-failed`, `bad-body`.
 */
export const prometheus = defineCheckKind<PrometheusOptions>({
	name: 'prometheus',
	title: { en: 'Prometheus query', 'zh-CN': 'Prometheus 查询' },
	pool: 'network',
	schema: prometheusSchema as unknown as z.ZodType<PrometheusOptions>,
	paths: [],
	example: `api-rules:
  kind: prometheus
  url: http://localhost:9090
  every: 15s
  for: 5m
  query:
    p95: histogram_quantile(0.95, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))
    errors: sum(rate(http_requests_total{status=~"5.."}[5m])) / sum(rate(http_requests_total[5m]))
  unit: {p95: seconds, errors: ratio}
  must:
    - p95 <= 800ms
    - errors <= 2%
`,
	headline: 'latency',
	origin: ({ url }) => new URL(reveal(url)).origin,
	target: ({ query }) => clean(Object.values(query).join('; '), { max: 200 }),
	texts: ({ query }) => Object.keys(query).flatMap(seriesTexts),
	samples: (options) => {
		const units: Record<string, Unit> = { latency: 'ms' };
		for (const name of Object.keys(options.query)) {
			Object.assign(units, seriesUnits(name, options.unit[name] ?? 'none'));
			if (options.range !== undefined) units[`${name}.points`] = 'none';
		}
		return units;
	},
	values: ({ query }) => Object.keys(query),
	impliedMust: ({ query }) => Object.keys(query).map((name) => `${name}.count >= 1`),
	copyAs: (options) => {
		if (options.range !== undefined) return null;
		const sent = Object.entries(headersOf(options)).map(
			([name, value]) => `-H ${shellWord(value, `${name}: `)} `,
		);
		const [query = ''] = Object.values(options.query);
		if (options.url instanceof Secret) return null;
		return `curl -sS -G ${sent.join('')}--data-urlencode ${shellWord(`query=${query}`)} ${shellWord(addressOf(options.url, '/api/v1/query', {}))}`;
	},
	async probe(options, ports, context) {
		const began = ports.clock.monotonic();
		const names = Object.keys(options.query);
		const answers = await Promise.all(names.map((name) => ask(name, options, ports, context)));
		const latency = ports.clock.monotonic() - began;
		const request = names.map((name) => clean(`${name}: ${options.query[name]}`, { max: 1024 }));
		for (const [name, value] of Object.entries(headersOf(options))) request.push(`${name}: ${shown(value)}`);
		const timings = [{ phase: 'total', ms: latency }];
		const transcript = { request, response: [] as string[], body: '', bytes: 0, timings };
		const samples: Record<string, Samples[string]> = { latency: msSample(latency) };
		const absent: Record<string, Why> = {};
		for (const [at, answer] of answers.entries()) {
			const name = names[at] as string;
			if (!answer.ok) {
				const detail = Object.entries(answer.error.detail).map(([key, value]) => [
					key,
					typeof value === 'string' ? safeLine(options, value, 300) : value,
				]);
				return err({ code: answer.error.code, detail: Object.fromEntries(detail), transcript });
			}
			const found = reckonAnswer(name, answer.value, options);
			for (const [key, value] of Object.entries(found.samples))
				samples[key] = typeof value === 'string' ? safeLine(options, value) : value;
			for (const [key, { code, params }] of Object.entries(found.absent))
				absent[key] = {
					code,
					params: Object.fromEntries(
						Object.entries(params).map(([param, text]) => [param, safeLine(options, text, 200)]),
					),
				};
			const value = samples[name];
			const said = value === undefined ? `? ${found.absent[name]?.code ?? ''}` : formatBare(value);
			transcript.response.push(safeLine(options, `${name} = ${said}`, 400));
			for (const note of answer.value.notes) transcript.response.push(safeLine(options, note, 400));
		}
		return ok({ samples, absent, transcript });
	},
});

async function ask(
	name: string,
	options: PrometheusOptions,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<Answer, Fault>> {
	const { range, step } = options;
	const query = options.query[name] ?? '';
	// Points of a range lie on whole steps, so that two that ask at once see the same.
	const end = Math.floor(context.now / step) * step;
	const url =
		range === undefined
			? addressOf(options.url, '/api/v1/query', { query })
			: addressOf(options.url, '/api/v1/query_range', {
					query,
					start: String((end - range) / SECOND),
					end: String(end / SECOND),
					step: String(step / SECOND),
				});
	const answer = await ports.http.request(
		{
			url,
			method: 'GET',
			headers: { accept: 'application/json', ...headersOf(options) },
			body: null,
			redirects: 5,
			bodyLimit: options.bodyLimit,
			connection: 'kept',
			verifyTls: options.verifyTls,
		},
		context,
	);
	if (!answer.ok) return answer;
	const address =
		typeof options.url === 'string' ? clean(new URL(options.url).host, { max: 200 }) : 'Prometheus';
	return readAnswer(answer.value, name, address, range !== undefined);
}

/** The server may stand under a path of its own. */
function addressOf<Of extends Text>(base: Of, path: string, query: Readonly<Record<string, string>>): Text {
	const url = new URL(reveal(base));
	url.pathname = url.pathname.replace(/\/+$/, '') + path;
	for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
	return base instanceof Secret ? new Secret(url.href, base.reference) : url.href;
}

function reckonAnswer(name: string, answer: Answer, options: PrometheusOptions): Reckoned {
	const unit = options.unit[name] ?? 'none';
	const declared = [
		...Object.keys(seriesUnits(name, unit)),
		...(options.range === undefined ? [] : [`${name}.points`]),
	];
	const none = (why: Why): Reckoned => ({
		samples: {},
		absent: Object.fromEntries(
			declared.map((one) => [one, { ...why, params: { ...why.params, operand: one } }]),
		),
	});
	if (answer.doubt !== null) return none(answer.doubt);
	const { series } = answer;
	const points = series.flatMap(({ labels, points: texts }) => texts.map((text) => ({ labels, text })));
	const found = reckonSeries(name, points, unit);
	if (options.range === undefined || Object.keys(found.samples).length === 0)
		return points.length === 0 || Object.keys(found.samples).length > 0
			? found
			: none(found.absent[name] as Why);
	// The end of a range may be a moment ahead of what was scraped last.
	const need = Math.floor(options.range / options.step);
	const have = Math.min(...series.map((one) => one.points.length));
	if (have < need)
		return none({ code: 'too-few-samples', params: { have: String(have), need: String(need) } });
	const samples = {
		...found.samples,
		[`${name}.count`]: countSample(series.length),
		[`${name}.points`]: countSample(have),
	};
	const newest = measured(series[0]?.points.at(-1) ?? '', unit);
	if (series.length > 1 || newest === null) {
		const { [name]: _, ...others } = samples;
		return { samples: others, absent: { [name]: { code: 'several-found', params: { operand: name } } } };
	}
	return { samples: { ...samples, [name]: newest }, absent: {} };
}
