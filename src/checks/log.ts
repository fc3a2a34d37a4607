import type { z } from 'zod';
import type { LogRange } from '../domain/log-port.ts';
import type { Samples } from '../domain/reading.ts';
import { err, ok } from '../domain/result.ts';
import { clean } from '../domain/text.ts';
import { readDuration } from '../fields/fields.ts';
import { defineCheckKind } from './define.ts';
import { type Counted, createLogCounter, type LogCount } from './log-count.ts';
import { type LogOptions, logSchema } from './log-options.ts';
import { argumentsFrom, readLog } from './log-source.ts';
import { safeLine, shown } from './masking.ts';
import { countSample, msSample } from './samples.ts';
import { shellWord } from './shell-word.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const SHOWN = 20;
/** A percentile of fewer is an accident. */
const LEAST_DURATIONS = 20;

/**
 * Samples: `count`, `errors`, `warnings`, `fingerprints`, `new` (fingerprints not seen before the window), `names` (of the
 * new ones), `top`, `newest`, `undated`, `unmasked`, `malformed`, `users`, `traces`, `slowest`, `p95`, `since`.
 * Faults: those of files, commands and HTTP, `log-too-large`. The console's own lines are not counted.
 */
export const log = defineCheckKind<LogOptions>({
	name: 'log',
	title: { en: 'Log lines', 'zh-CN': '日志行' },
	pool: 'local',
	schema: logSchema as unknown as z.ZodType<LogOptions>,
	paths: ['files', 'cwd'],
	example: `app-errors:
  kind: log
  files: logs/app.log
  every: 1m
  timeout: 20s
  since: last-signed
  level: error
  must:
    - count < 100
  should:
    - new == 0
`,
	headline: null,
	origin: ({ loki }) => (typeof loki === 'string' ? new URL(loki).origin : null),
	target: targetOf,
	texts: () => ['names', 'top', 'newest', 'since'],
	samples: () => ({
		count: 'none',
		errors: 'none',
		warnings: 'none',
		fingerprints: 'none',
		new: 'none',
		names: 'none',
		top: 'none',
		newest: 'none',
		undated: 'none',
		unmasked: 'none',
		malformed: 'none',
		users: 'none',
		traces: 'none',
		slowest: 'ms',
		p95: 'ms',
		since: 'none',
	}),
	values: () => ['count', 'new'],
	impliedShould: ({ require, level, match, where }) => [
		...((level ?? match ?? where) ? ['count == 0'] : []),
		...(require === undefined ? [] : ['malformed == 0']),
	],
	copyAs: ({ files, run }) => {
		if (files !== undefined) return `tail -n 100 ${files.map((one) => shellWord(one)).join(' ')}`;
		return run === undefined || run.some((part) => /\{(?:since|epoch)\}/.test(part))
			? null
			: run.map((part) => shellWord(part)).join(' ');
	},
	async probe(options, ports, context) {
		const began = ports.clock.monotonic();
		const sinceAt = sinceOf(options, context.now, context.signedAt ?? null);
		const seen = seenBefore(options, sinceAt, context.now);
		const range: LogRange = {
			sinceAt,
			fromAt: seen === null ? Math.max(0, sinceAt - options.before) : sinceAt,
			// Levels under another name, or lines that must all be looked at, cannot be sought by their bytes.
			level: isPlain(options) ? (options.level ?? null) : null,
			zone: options.zone ?? null,
			limitBytes: options.limit,
		};
		const counter = createLogCounter(options, sinceAt, context.now, seen ?? []);
		const read = await readLog(options, range, ports, context, counter.take);
		const spent = [{ phase: 'total', ms: ports.clock.monotonic() - began }];
		const request = requestOf(options, range);
		if (!read.ok)
			return err({
				...read.error,
				transcript: { request, response: [], body: '', bytes: 0, timings: spent },
			});
		const found = counter.end();
		const readAt = seen === null ? context.now : (memories.get(options)?.readAt ?? context.now);
		memories.set(options, { sinceAt, readAt, known: counter.known, sorts: found.sorts });
		const response = [
			read.value,
			...found.sorts.slice(0, SHOWN).map((sort) => safeLine(options, lineOf(sort), 400)),
		];
		const examples = found.sorts.slice(0, SHOWN).map((sort) => safeLine(options, sort.example, 400));
		return ok({
			samples: samplesOf(options, found, sinceAt),
			transcript: { request, response, body: examples.join('\n'), bytes: 0, timings: spent },
		});
	},
});

interface Memory {
	readonly sinceAt: number;
	/** When everything before the window was last read. */
	readonly readAt: number;
	readonly known: ReadonlySet<string>;
	readonly sorts: readonly Counted[];
}

const memories = new WeakMap<LogOptions, Memory>();

/**
 * Fingerprints from before the window, remembered for an hour: a week of log is not read again every minute. What has left
 * the window since is known now. null: all of it has to be read.
 */
function seenBefore(options: LogOptions, sinceAt: number, now: number): Iterable<string> | null {
	const memory = memories.get(options);
	if (memory === undefined || sinceAt < memory.sinceAt) return null;
	if (now - memory.readAt > HOUR || now < memory.readAt) return null;
	const left = memory.sorts.filter(({ firstAt }) => firstAt !== null && firstAt < sinceAt);
	return [...memory.known, ...left.map(({ fingerprint }) => fingerprint)];
}

function isPlain({ fields, require, files }: LogOptions): boolean {
	return (
		files !== undefined && require === undefined && fields.level === undefined && fields.time === undefined
	);
}

function sinceOf({ since }: LogOptions, now: number, signedAt: number | null): number {
	// A time of signing after now would mean that the clock was set back: nothing would be counted at all.
	if (since === 'last-signed') return signedAt !== null && signedAt <= now ? signedAt : now - DAY;
	return now - (readDuration(since) ?? DAY);
}

function samplesOf(options: LogOptions, found: LogCount, sinceAt: number): Samples {
	const fresh = found.sorts.filter((sort) => sort.isNew);
	const top = found.sorts[0];
	const line = (text: string, max: number) => safeLine(options, text, max);
	const samples: Record<string, Samples[string]> = {
		count: countSample(found.count),
		errors: countSample(found.errors),
		warnings: countSample(found.warnings),
		fingerprints: countSample(found.sorts.length),
		new: countSample(fresh.length),
		names: line(fresh.map((sort) => `${sort.count}× ${sort.fingerprint}`).join(' | '), 400),
		top: top === undefined ? '' : line(`${top.count}× ${top.fingerprint}`, 300),
		newest: line(found.newest, 300),
		undated: countSample(found.undated),
		unmasked: countSample(found.unmasked),
		malformed: countSample(found.malformed),
		users: countSample(found.users),
		traces: countSample(found.traces),
		since: new Date(sinceAt).toISOString(),
	};
	const slowest = found.durations.at(-1);
	if (slowest !== undefined) samples['slowest'] = msSample(slowest);
	const p95 = found.durations[Math.ceil(found.durations.length * 0.95) - 1];
	if (p95 !== undefined && found.durations.length >= LEAST_DURATIONS) samples['p95'] = msSample(p95);
	return samples;
}

function lineOf({ count, level, fingerprint, firstAt, isNew }: Counted): string {
	const first = firstAt === null ? '' : ` · ${new Date(firstAt).toISOString()}`;
	return `${isNew ? '+ ' : ''}${count}× ${level} ${fingerprint}${first}`;
}

function requestOf(options: LogOptions, range: LogRange): string[] {
	const what =
		options.run === undefined ? targetOf(options) : argumentsFrom(options.run, range.fromAt).join(' ');
	const lines = [clean(what, { max: 400 }), `since ${new Date(range.sinceAt).toISOString()}`];
	for (const [name, value] of Object.entries(options.headers ?? {})) lines.push(`${name}: ${shown(value)}`);
	return lines;
}

function targetOf({ files, run, loki, query }: LogOptions): string {
	const what =
		files?.join(' ') ?? run?.join(' ') ?? `${typeof loki === 'string' ? loki : '***'} ${query ?? ''}`;
	return clean(what, { max: 200 });
}
