import { z } from 'zod';
import type { ProbeContext } from '../domain/check.ts';
import { type Expression, evaluateExpression, parseExpression } from '../domain/condition/index.ts';
import { readInstant } from '../domain/condition/instant.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { parseJson } from '../domain/json.ts';
import type { ProbePorts } from '../domain/ports.ts';
import type { Samples } from '../domain/reading.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { reveal } from '../domain/secret.ts';
import { clean } from '../domain/text.ts';
import type { SampleValue } from '../domain/value.ts';
import { duration, path, size, url, written } from '../fields/fields.ts';
import { defineCheckKind } from './define.ts';
import { headerTexts, zone } from './log-options.ts';
import { maskHeaders, shown } from './masking.ts';
import { msSample } from './samples.ts';
import { shellWord } from './shell-word.ts';

const MOST_FILES = 10_000;
const MARKER_LIMIT = 64 * 1024;
const BODY_LIMIT = 1024 * 1024;
/** Two clocks may disagree; a beat further ahead than this is a wrong clock, not a fresh beat. */
const AHEAD_MS = 5 * 60_000;
const LINES_MS = 400 * 86_400_000;

const expression = written<string>((value) => typeof value === 'string' && parseExpression(value).ok, {
	json: { type: 'string', examples: ['$.last_run', 'header("Last-Modified")'] },
	error: 'expected where the time stands, such as $.last_run',
});

const schema = z
	.strictObject({
		file: path().optional().describe('A file, or a glob of which the newest file counts.'),
		url: url().optional().describe('Address of an endpoint that says when it was last alive.'),
		headers: headerTexts().optional().describe('Headers to send to it.'),
		read: z
			.enum(['touched', 'line', 'content'], { error: 'expected touched, line or content' })
			.prefault('touched')
			.describe(
				'What of a file is the beat: when it was last written, the time of its last line that has one, or a time that is all it holds.',
			),
		value: expression
			.optional()
			.describe(
				'Where the time stands in a JSON answer or file: ISO 8601, an HTTP date, or seconds or milliseconds since 1970.',
			),
		within: duration().optional().describe('How old the newest beat may be.'),
		zone: zone()
			.optional()
			.describe('Time zone of times in lines written without one; the system’s if not said.'),
		limit: size().prefault('64MiB').describe('Most of a file that is read for its last line.'),
	})
	.superRefine((options, context) => {
		if ((options.file === undefined) === (options.url === undefined))
			context.addIssue({ code: 'custom', message: 'expected exactly one of file and url' });
		if (options.url !== undefined && options.value === undefined)
			context.addIssue({ code: 'custom', message: 'expected "value": where the time stands in the answer' });
	});

export type HeartbeatOptions = z.output<typeof schema>;

/**
 * Samples: `age` of the newest beat, `at` (UTC), `took`. Faults: `no-time` (none is there, or it lies in the future),
 * `file-missing`, those of files and of HTTP.
 */
export const heartbeat = defineCheckKind<HeartbeatOptions>({
	name: 'heartbeat',
	title: { en: 'Heartbeat', 'zh-CN': '心跳' },
	pool: 'local',
	schema: schema as unknown as z.ZodType<HeartbeatOptions>,
	paths: ['file'],
	example: `importer-alive:
  kind: heartbeat
  file: run/importer.beat
  every: 1m
  within: 15m
`,
	headline: 'age',
	origin: ({ url }) => (url === undefined ? null : new URL(reveal(url)).origin),
	target: targetOf,
	texts: () => ['at'],
	samples: () => ({ age: 'ms', at: 'none', took: 'ms' }),
	// Without a limit it can only say that there was a beat at all.
	impliedMust: ({ within }) => [within === undefined ? 'age >= 0ms' : `age <= ${within}ms`],
	copyAs: ({ file, url, read }) => {
		if (url !== undefined) return `curl -sS ${shellWord(url)}`;
		if (file === undefined || /[*?[{(]/.test(file)) return null;
		return read === 'touched' ? `stat -c %y ${shellWord(file)}` : `tail -n 1 ${shellWord(file)}`;
	},
	async probe(options, ports, context) {
		const began = ports.clock.monotonic();
		const found = await (options.url === undefined
			? beatOfFile(options, ports, context)
			: beatOfAnswer(options, ports, context));
		if (!found.ok) return found;
		const { at, where } = found.value;
		if (at === null) return err(fault('no-time', where));
		if (at > context.now + AHEAD_MS)
			return err(fault('no-time', { ...where, reason: 'future', time: new Date(at).toISOString() }));
		const took = ports.clock.monotonic() - began;
		const samples: Record<string, Samples[string]> = {
			age: msSample(context.now - at),
			at: new Date(at).toISOString(),
			took: msSample(took),
		};
		const request = [targetOf(options)];
		for (const [name, value] of Object.entries(options.headers ?? {}))
			request.push(`${name}: ${shown(value)}`);
		const response = [...Object.values(where).map(String), new Date(at).toISOString()];
		return ok({
			samples,
			transcript: { request, response, body: '', bytes: 0, timings: [{ phase: 'total', ms: took }] },
		});
	},
});

function targetOf({ file, url }: HeartbeatOptions): string {
	if (file !== undefined) return clean(file, { max: 200 });
	return typeof url === 'string' ? clean(`GET ${new URL(url).pathname}`, { max: 200 }) : 'GET ***';
}

interface Beat {
	/** Epoch ms, null when no time is there. */
	readonly at: number | null;
	readonly where: Readonly<Record<string, string>>;
}

async function beatOfFile(
	options: HeartbeatOptions,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<Beat, Fault>> {
	const pattern = options.file ?? '';
	const paths = await ports.files.glob(pattern, MOST_FILES);
	if (!paths.ok) return paths;
	let newest: { readonly at: string; readonly modifiedAt: number } | null = null;
	for (const at of paths.value) {
		const facts = await ports.files.facts(at);
		if (!facts.ok && facts.error.code !== 'file-missing') return facts;
		if (facts.ok && (newest === null || facts.value.modifiedAt > newest.modifiedAt))
			newest = { at, modifiedAt: facts.value.modifiedAt };
	}
	if (newest === null) return err(fault('file-missing', { path: clean(pattern, { max: 300 }) }));
	const where = { path: clean(newest.at, { max: 300 }) };
	if (options.value !== undefined) {
		const text = await ports.files.readText(newest.at, BODY_LIMIT, context);
		if (!text.ok) return text;
		const parsed = parseJson(text.value);
		if (!parsed.ok)
			return err(fault('file-malformed', { format: 'JSON', reason: parsed.why.code, ...where }));
		return ok({ at: valueIn(options.value, parsed.value, undefined, context.now), where });
	}
	if (options.read === 'touched') return ok({ at: newest.modifiedAt, where });
	if (options.read === 'content') {
		const text = await ports.files.readText(newest.at, MARKER_LIMIT, context);
		return text.ok ? ok({ at: readInstant(text.value.trim()), where }) : text;
	}
	let last: number | null = null;
	const range = {
		sinceAt: context.now - LINES_MS,
		fromAt: context.now - LINES_MS,
		level: null,
		zone: options.zone ?? null,
		limitBytes: options.limit,
	};
	const read = await ports.logs.readFiles([newest.at], range, context, ({ at }) => {
		if (at !== null) last = at;
	});
	return read.ok ? ok({ at: last, where }) : read;
}

async function beatOfAnswer(
	options: HeartbeatOptions,
	ports: ProbePorts,
	context: ProbeContext,
): Promise<Result<Beat, Fault>> {
	const { url = '', value = '' } = options;
	const where = { address: typeof url === 'string' ? clean(new URL(url).host, { max: 200 }) : '***' };
	const answer = await ports.http.request(
		{
			url,
			method: 'GET',
			headers: { accept: 'application/json', ...options.headers },
			body: null,
			redirects: 5,
			bodyLimit: BODY_LIMIT,
			connection: 'kept',
			verifyTls: true,
		},
		context,
	);
	if (!answer.ok) return answer;
	const { status, body } = answer.value;
	if (status >= 400) return err(fault('no-time', { address: `${where.address} (HTTP ${status})` }));
	const headers = maskHeaders(options, answer.value.headers);
	const fromHeader = /\bheader\(/.test(value);
	const parsed = parseJson(body);
	if (!parsed.ok && !fromHeader) return err(fault('bad-body', { format: 'JSON', reason: parsed.why.code }));
	const at = valueIn(value, parsed.ok ? parsed.value : undefined, headers, context.now);
	return ok({ at, where });
}

const parsedExpressions = new Map<string, Expression>();

function valueIn(
	text: string,
	document: Parameters<typeof evaluateExpression>[1]['document'],
	headers: Readonly<Record<string, string>> | undefined,
	now: number,
): number | null {
	let parsed = parsedExpressions.get(text);
	if (parsed === undefined) {
		const made = parseExpression(text);
		if (!made.ok) return null;
		parsed = made.value;
		parsedExpressions.set(text, parsed);
	}
	const found = evaluateExpression(parsed, {
		now,
		sample: () => undefined,
		document,
		header: (name) => headers?.[name.toLowerCase()],
		latest: () => undefined,
		baseline: () => undefined,
		window: () => [],
	});
	return instantOfSample(found.value);
}

function instantOfSample(value: SampleValue | undefined): number | null {
	if (value === undefined || value === null || typeof value === 'boolean') return null;
	return readInstant(value);
}
