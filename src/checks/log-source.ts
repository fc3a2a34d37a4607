import type { ProbeContext } from '../domain/check.ts';
import { type Fault, fault } from '../domain/fault.ts';
import { parseJson } from '../domain/json.ts';
import type { LogRange, LogRecord } from '../domain/log-port.ts';
import type { ProbePorts } from '../domain/ports.ts';
import { err, ok, type Result } from '../domain/result.ts';
import { reveal, Secret, type Text } from '../domain/secret.ts';
import { clean } from '../domain/text.ts';
import type { Value } from '../domain/value.ts';
import type { LogOptions } from './log-options.ts';
import { safeLine } from './masking.ts';

const COMMAND_LIMIT = 16 * 1024 * 1024;
const LOKI_LINES = 5_000;
const LOKI_PAGES = 20;
const LOKI_BODY = 16 * 1024 * 1024;
/** What the journal says on its error output when it has shown nothing because it may not. */
const UNREADABLE = /No journal files|insufficient permissions|not seeing messages|permission denied/i;

type Take = (record: LogRecord) => void;

/** Gives every record from `fromAt` on to `take`; what cannot be read to its end since `sinceAt` is a fault. */
export function readLog(
	options: LogOptions,
	range: LogRange,
	ports: ProbePorts,
	context: ProbeContext,
	take: Take,
): Promise<Result<string, Fault>> {
	if (options.run !== undefined) return readCommand(options, options.run, range, ports, context, take);
	if (options.loki !== undefined) return readLoki(options, options.loki, range, ports, context, take);
	return readFiles(options, range, ports, context, take);
}

async function readFiles(
	{ files = [], missing }: LogOptions,
	range: LogRange,
	ports: ProbePorts,
	context: ProbeContext,
	take: Take,
): Promise<Result<string, Fault>> {
	const wanted: string[] = [];
	for (const glob of files) {
		const found = await ports.files.glob(glob, 1);
		if (!found.ok) return found;
		if (found.value.length > 0) wanted.push(glob);
		else if (missing === 'fault') return err(fault('file-missing', { path: clean(glob, { max: 300 }) }));
	}
	if (wanted.length === 0) return ok('0 files');
	const read = await ports.logs.readFiles(wanted, range, context, take);
	return read.ok ? ok(`${read.value.files} files, ${read.value.bytes} bytes`) : read;
}

/** What is started: where reading begins stands in the arguments. */
export function argumentsFrom(run: readonly string[], fromAt: number): readonly string[] {
	const iso = new Date(fromAt).toISOString();
	return run.map((part) =>
		part.replaceAll('{since}', iso).replaceAll('{epoch}', String(Math.floor(fromAt / 1000))),
	);
}

async function readCommand(
	options: LogOptions,
	run: readonly string[],
	range: LogRange,
	ports: ProbePorts,
	context: ProbeContext,
	take: Take,
): Promise<Result<string, Fault>> {
	const limit = Math.min(options.limit, COMMAND_LIMIT);
	const argv = argumentsFrom(run, range.fromAt);
	const answer = await ports.processes.run({ argv, cwd: options.cwd, env: {}, outputLimit: limit }, context);
	if (!answer.ok) return answer;
	const { exit, signal, stdout, stderr, truncated, bytes } = answer.value;
	const program = clean(argv[0] ?? '', { max: 80 });
	if (exit === null) return err(fault('exit-by-signal', { signal: signal ?? '?', command: program }));
	// The journal says on its error output that it may not be read, and ends as if all were well.
	const isJournal = program.endsWith('journalctl');
	if (!options.exits.includes(exit) || (isJournal && UNREADABLE.test(stderr))) {
		const message = safeLine(options, stderr.trim().split('\n').at(-1) ?? '', 200);
		return err(fault('command-failed', { command: program, exit, ...(message === '' ? {} : { message }) }));
	}
	// A container's own error output is half of its log.
	const text = isJournal ? stdout : `${stdout}\n${stderr}`;
	let oldest = Number.POSITIVE_INFINITY;
	ports.logs.readText(text, range, (record) => {
		if (record.at !== null) oldest = Math.min(oldest, record.at);
		take(record);
	});
	// The beginning was cut off: only what reaches back beyond the window is whole.
	if (truncated && oldest >= range.sinceAt)
		return err(fault('log-too-large', { limitBytes: limit, command: program }));
	return ok(`${bytes} bytes`);
}

async function readLoki(
	options: LogOptions,
	base: Text,
	range: LogRange,
	ports: ProbePorts,
	context: ProbeContext,
	take: Take,
): Promise<Result<string, Fault>> {
	const address = clean(URL.parse(reveal(base))?.host ?? '', { max: 120 });
	let end = (BigInt(context.now) + 1n) * 1_000_000n;
	const seen = new Set<string>();
	let total = 0;
	for (let page = 0; page < LOKI_PAGES; page++) {
		const answer = await ports.http.request(
			{
				url: addressOf(base, options.query ?? '', BigInt(range.fromAt) * 1_000_000n, end),
				method: 'GET',
				headers: { accept: 'application/json', ...options.headers },
				body: null,
				redirects: 0,
				bodyLimit: LOKI_BODY,
				connection: 'kept',
				verifyTls: true,
			},
			context,
		);
		if (!answer.ok) return answer;
		const { status, body } = answer.value;
		if (status === 401 || status === 403) return err(fault('no-permission', { address }));
		if (status !== 200) {
			const message = safeLine(options, body.trim().split('\n')[0] ?? '', 200);
			return err(fault('command-failed', { command: 'Loki', exit: status, message }));
		}
		const lines = linesOf(body);
		if (!lines.ok) return lines;
		let oldest = end;
		for (const { nanoseconds, line, level } of lines.value) {
			// Lines of the very nanosecond at which a page ends come with both pages.
			const key = `${nanoseconds} ${line}`;
			if (nanoseconds < oldest) oldest = nanoseconds;
			if (seen.has(key)) continue;
			seen.add(key);
			total++;
			const at = Number(nanoseconds / 1_000_000n);
			ports.logs.readText(line, { level: null, zone: range.zone }, (record) =>
				take({ ...record, at, level: record.level === 'unknown' ? level : record.level }),
			);
		}
		if (lines.value.length < LOKI_LINES) return ok(`${total} lines`);
		if (oldest < BigInt(range.sinceAt) * 1_000_000n && page > 0) return ok(`${total} lines`);
		// A whole page within one nanosecond cannot be passed.
		if (oldest + 1n >= end) break;
		end = oldest + 1n;
	}
	return err(fault('log-too-large', { limit: LOKI_LINES * LOKI_PAGES, address }));
}

function addressOf(base: Text, query: string, start: bigint, end: bigint): Text {
	const url = new URL(reveal(base));
	url.pathname = `${url.pathname.replace(/\/$/, '')}/loki/api/v1/query_range`;
	const wanted = {
		query,
		start: String(start),
		end: String(end),
		limit: String(LOKI_LINES),
		direction: 'backward',
	};
	for (const [name, value] of Object.entries(wanted)) url.searchParams.set(name, value);
	return base instanceof Secret ? new Secret(url.href, base.reference) : url.href;
}

interface LokiLine {
	readonly nanoseconds: bigint;
	readonly line: string;
	readonly level: LogRecord['level'];
}

const LEVELS: Readonly<Record<string, LogRecord['level']>> = {
	trace: 'debug',
	debug: 'debug',
	info: 'info',
	warn: 'warning',
	warning: 'warning',
	error: 'error',
	critical: 'error',
	fatal: 'error',
};

/** `{data: {resultType: "streams", result: [{stream: {…}, values: [["<ns>", "<line>"], …]}]}}` */
function linesOf(body: string): Result<readonly LokiLine[], Fault> {
	const parsed = parseJson(body);
	if (!parsed.ok) return err(fault('bad-body', { format: 'JSON', reason: parsed.why.code }));
	const result = member(member(parsed.value, 'data'), 'result');
	if (member(member(parsed.value, 'data'), 'resultType') !== 'streams' || !Array.isArray(result))
		return err(fault('bad-body', { format: 'Loki', reason: 'not-json' }));
	const lines: LokiLine[] = [];
	for (const stream of result) {
		const labels = member(stream, 'stream');
		const said = member(labels, 'level') ?? member(labels, 'detected_level');
		const level = LEVELS[String(said).toLowerCase()] ?? 'unknown';
		const values = member(stream, 'values');
		for (const pair of Array.isArray(values) ? values : []) {
			const [stamp, line] = Array.isArray(pair) ? pair : [];
			if (typeof stamp !== 'string' || !/^\d{1,20}$/.test(stamp) || typeof line !== 'string')
				return err(fault('bad-body', { format: 'Loki', reason: 'broken' }));
			lines.push({ nanoseconds: BigInt(stamp), line, level });
		}
	}
	return ok(lines);
}

function member(value: Value | undefined, name: string): Value | undefined {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
	return Object.hasOwn(value, name) ? (value as Record<string, Value>)[name] : undefined;
}
