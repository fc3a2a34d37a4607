import type { Why } from '../domain/condition/index.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { parseJson } from '../domain/json.ts';
import type { HttpAnswer } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import type { Value } from '../domain/value.ts';
import { deepMember, listOf, memberOf, textOf } from './members.ts';
import type { Labelled } from './series-samples.ts';

export interface Answer {
	/** Each with its points, oldest first; an instant query gives one point a series. */
	readonly series: readonly { readonly labels: Labelled['labels']; readonly points: readonly string[] }[];
	/** Why it may not be relied on, as it is. */
	readonly doubt: Why | null;
	/** Warnings and hints of the server. */
	readonly notes: readonly string[];
}

/**
 * What the query API of Prometheus answered (`/api/v1/query`, `/api/v1/query_range`). Faults: `bad-query` (the server cannot
 * run it), `no-permission`, `command-failed` (another error of the server or of what stands before it), `bad-body`.
 */
export function readAnswer(
	answer: Pick<HttpAnswer, 'status' | 'body'>,
	name: string,
	address: string,
	isRange: boolean,
): Result<Answer, Fault> {
	const { status, body } = answer;
	if (status === 401 || status === 403) return err(fault('no-permission', { address }));
	const parsed = parseJson(body);
	const said = parsed.ok ? memberOf(parsed.value, 'status') : undefined;
	if (!parsed.ok || (said !== 'success' && said !== 'error')) {
		if (status !== 200)
			return err(fault('command-failed', { command: address, exit: status, message: `HTTP ${status}` }));
		const reason = /^\s*</.test(body)
			? 'html'
			: body.trim() === ''
				? 'empty'
				: parsed.ok
					? 'not-json'
					: parsed.why.code;
		return err(fault('bad-body', { format: 'Prometheus', reason }));
	}
	if (said === 'error' || status !== 200) {
		const kind = textOf(memberOf(parsed.value, 'errorType'), 40);
		const message = textOf(memberOf(parsed.value, 'error'), 300);
		if (kind === 'bad_data' || kind === 'execution')
			return err(fault('bad-query', { query: name, message: message || kind }));
		return err(fault('command-failed', { command: address, exit: status, message: message || kind }));
	}
	return readData(parsed.value, isRange);
}

function readData(document: Value, isRange: boolean): Result<Answer, Fault> {
	const warnings = listOf(memberOf(document, 'warnings')).map((one) => textOf(one, 200));
	const hints = listOf(memberOf(document, 'infos')).map((one) => textOf(one, 200));
	const notes = [...warnings, ...hints];
	const type = deepMember(document, 'data', 'resultType');
	const result = deepMember(document, 'data', 'result');
	const doubt: Why | null =
		warnings.length > 0 ? { code: 'partial-answer', params: { warning: warnings[0] ?? '' } } : null;
	const wrong = err(fault('bad-body', { format: 'Prometheus', reason: 'broken' }));
	if (!Array.isArray(result)) return wrong;
	if (type === 'scalar' || type === 'string') {
		const text = pointOf(result as Value);
		return text === null ? wrong : ok({ series: [{ labels: new Map(), points: [text] }], doubt, notes });
	}
	if (type !== (isRange ? 'matrix' : 'vector')) {
		const odd: Why = { code: 'not-one-value', params: { found: textOf(type, 40) } };
		return ok({ series: [], doubt: odd, notes });
	}
	const series: Answer['series'][number][] = [];
	for (const one of listOf(result as Value)) {
		const labels = labelsOf(memberOf(one, 'metric'));
		const points = isRange ? listOf(memberOf(one, 'values')) : [memberOf(one, 'value')];
		const hasHistogram = memberOf(one, isRange ? 'histograms' : 'histogram') !== undefined;
		const texts = points.map((point) => pointOf(point));
		if (labels === null) return wrong;
		// A native histogram is no number: one of its functions has to be asked for.
		if (hasHistogram) series.push({ labels, points: ['histogram'] });
		else if (texts.some((text) => text === null)) return wrong;
		else series.push({ labels, points: texts as string[] });
	}
	return ok({ series, doubt, notes });
}

/** `[1767603600.123, "0.5"]` → `0.5` */
function pointOf(point: Value | undefined): string | null {
	const [at, text] = listOf(point);
	return at !== undefined && typeof text === 'string' ? text : null;
}

function labelsOf(metric: Value | undefined): Labelled['labels'] | null {
	if (typeof metric !== 'object' || metric === null || Array.isArray(metric)) return null;
	return new Map(Object.entries(metric).map(([label, value]) => [label, textOf(value as Value)]));
}
