import type { z } from 'zod';
import type { Transcript } from '../domain/reading.ts';
import { err, ok } from '../domain/result.ts';
import { reveal, type Secret } from '../domain/secret.ts';
import { clean } from '../domain/text.ts';
import type { SampleValue, Unit } from '../domain/value.ts';
import { defineCheckKind } from './define.ts';
import { type FlowOptions, flowShape, isWriting, methodOfStep } from './flow-options.ts';
import { checkFlow } from './flow-rules.ts';
import { type Asked, type Ran, runFlow, shownCaptures } from './flow-run.ts';
import { maskDocument, maskHeaders, safeLine, safeStart, shown } from './masking.ts';
import { countSample, msSample } from './samples.ts';

/** What answers are masked by: the secrets of the options, and those that were captured on the way. */
interface Hidden {
	readonly options: FlowOptions;
	readonly secrets: readonly Secret[];
}

/**
 * Requests one after the other, each with what earlier ones brought. Samples: `failed` (which steps were answered otherwise than
 * expected, in words, empty when all is right), `steps` (how many were asked), `latency` (all of them), `STEP.status`,
 * `STEP.latency`, `captured.NAME` of what is no secret, and with a clean-up `uncleaned` (how many of its steps failed). The
 * document is the last step's. Faults: those of the network, of a body and of a file to upload.
 */
export const flow = defineCheckKind<FlowOptions>({
	name: 'flow',
	title: { en: 'Chained requests', 'zh-CN': '连续请求' },
	pool: 'network',
	schema: flowShape.superRefine(checkFlow) as unknown as z.ZodType<FlowOptions>,
	paths: ['files'],
	later: ['captured', 'test'],
	refusal(options, { name, guard }) {
		if (!options.writes || guard === 'none' || options.allowIn?.includes(name) === true) return null;
		return {
			key: 'writes',
			message: 'expected this environment in "allowIn": it has a guard, and the flow writes',
		};
	},
	// biome-ignore-start lint/suspicious/noTemplateCurlyInString: a reference is written so
	example: `roles:
  kind: flow
  every: 5m
  timeout: 10s
  steps:
    - name: log-in
      url: http://localhost:8000/api/login
      form: {user: probe, password: "secret:probe_password"}
      changes: false
      capture: {token: $.access_token}
    - name: orders
      url: http://localhost:8000/api/orders
      headers: {Authorization: "Bearer \${captured.token}"}
    - name: refunds
      url: http://localhost:8000/api/admin/refunds
      headers: {Authorization: "Bearer \${captured.token}"}
      expect: 403
    - name: no-token
      url: http://localhost:8000/api/orders
      expect: 401
`,
	// biome-ignore-end lint/suspicious/noTemplateCurlyInString: a reference is written so
	headline: 'latency',
	values: () => ['failed', 'latency'],
	origin: ({ steps: [first] }) => (first === undefined ? null : new URL(reveal(first.url)).origin),
	target: ({ steps }) => clean(steps.map((step) => step.name).join(' → '), { max: 200 }),
	texts: () => ['failed'],
	samples(options) {
		const units: Record<string, Unit> = { failed: 'none', steps: 'none', latency: 'ms' };
		for (const { name, capture = {} } of options.steps) {
			units[`${name}.status`] = 'none';
			units[`${name}.latency`] = 'ms';
			for (const [captured, how] of Object.entries(capture))
				if (typeof how !== 'string' && how.secret === false) units[`captured.${captured}`] = 'none';
		}
		if (options.cleanup !== undefined) units['uncleaned'] = 'none';
		return units;
	},
	impliedMust: ({ cleanup }) =>
		cleanup === undefined ? ['failed == ""'] : ['failed == ""', 'uncleaned == 0'],
	async probe(options, ports, context) {
		const ran = await runFlow(options, ports, context);
		const hidden: Hidden = { options, secrets: ran.secrets };
		const transcript = transcriptOf(hidden, ran);
		if (ran.fault !== null) {
			const detail = Object.fromEntries(
				Object.entries(ran.fault.detail).map(([name, value]) => [
					name,
					typeof value === 'string' ? safeLine(hidden, value) : value,
				]),
			);
			return err({ code: ran.fault.code, detail, transcript });
		}
		const last = ran.steps.findLast((asked) => asked.answer !== null);
		return ok({
			samples: samplesOf(hidden, ran),
			...(last?.answer == null ? {} : { headers: maskHeaders(hidden, last.answer.headers) }),
			...(last?.answer == null || last.document === undefined
				? {}
				: { document: maskDocument(hidden, last.answer.body, last.document) }),
			transcript,
		});
	},
});

function samplesOf(hidden: Hidden, ran: Ran): Record<string, SampleValue> {
	const { options } = hidden;
	const wrong = ran.steps.filter((asked) => asked.wrong !== null);
	const samples: Record<string, SampleValue> = {
		failed: safeLine(hidden, wrong.map((asked) => `${asked.step.name}: ${asked.wrong}`).join('; '), 400),
		steps: countSample(ran.steps.filter((asked) => asked.answer !== null).length),
		latency: msSample(ran.tookMs),
	};
	for (const { step, answer } of ran.steps) {
		if (answer === null) continue;
		samples[`${step.name}.status`] = countSample(answer.status);
		samples[`${step.name}.latency`] = msSample(answer.timings.total);
	}
	if (options.cleanup !== undefined) samples['uncleaned'] = countSample(ran.uncleaned);
	for (const [name, value] of Object.entries(shownCaptures(options, ran.known)))
		samples[name] = typeof value === 'string' ? safeLine(hidden, value, 400) : value;
	return samples;
}

function transcriptOf(hidden: Hidden, ran: Ran): Transcript {
	const all = [...ran.steps, ...ran.cleanup];
	const last = ran.steps.findLast((asked) => asked.answer !== null);
	const timings = all.flatMap(({ step, answer }) =>
		answer === null ? [] : [{ phase: step.name, ms: answer.timings.total }],
	);
	return {
		request: all.map((asked) => safeLine(hidden, questionLine(asked))),
		response: all.map((asked) => safeLine(hidden, answerLine(asked))),
		// Where one secret was looked for others may stand beside it.
		body: last === undefined || looksForSecrets(last) ? '' : safeStart(hidden, last.answer?.body ?? ''),
		bytes: last?.answer?.bytes ?? 0,
		timings: [...timings, { phase: 'total', ms: ran.tookMs }],
	};
}

function looksForSecrets({ step: { capture = {} } }: Asked): boolean {
	return Object.values(capture).some((how) => typeof how === 'string' || how.secret !== false);
}

function questionLine({ step }: Asked): string {
	const captures = Object.keys(step.capture ?? {});
	const kept = captures.length === 0 ? '' : ` · captures ${captures.join(', ')}`;
	return `${step.name}: ${methodOfStep(step)} ${shown(step.url)}${isWriting(step) ? ' · writes' : ''}${kept}`;
}

function answerLine({ step, answer, wrong }: Asked): string {
	const said = answer === null ? '' : ` ${answer.status} ${answer.statusText}`.trimEnd();
	return `${step.name}:${said}${wrong === null ? '' : `${said === '' ? ' ' : ' · '}${wrong}`}`;
}
