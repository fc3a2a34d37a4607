import { readInstant } from '../domain/condition/instant.ts';
import { fingerprintOf } from '../domain/fingerprint.ts';
import { readLine } from '../domain/log-format.ts';
import type { LogLevel } from '../domain/log-line.ts';
import type { LogRecord } from '../domain/log-port.ts';
import { operatorPattern } from '../domain/pattern.ts';
import { createSensitiveMask, type SensitiveMask } from '../domain/sensitive.ts';
import type { LogOptions } from './log-options.ts';

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, unknown: 1, info: 1, warning: 2, error: 3 };
/** Severities of syslog, as the journal writes them. */
const PRIORITIES = ['error', 'error', 'error', 'error', 'warning', 'info', 'info', 'debug'] as const;
const USUAL = {
	message: ['message', 'msg', 'event', 'error', 'MESSAGE'],
	trace: ['trace_id', 'traceId', 'request_id'],
	user: ['user_id', 'userId', 'user'],
	role: ['role'],
	action: ['action'],
	duration: ['duration_ms', 'durationMs', 'elapsed_ms'],
} as const;
const MOST_FINGERPRINTS = 2_000;
const MOST_KNOWN = 20_000;
const MOST_VALUES = 50_000;
const BEFORE_JSON = 200;

/** What one fingerprint stands for in the window. */
export interface Counted {
	readonly fingerprint: string;
	readonly level: LogLevel;
	count: number;
	/** Of the first and the newest record; null where none has a time. */
	firstAt: number | null;
	lastAt: number | null;
	/** The newest record, sensitive fields hidden. */
	example: string;
	isNew: boolean;
}

export interface LogCount {
	/** In the window. */
	readonly count: number;
	readonly errors: number;
	readonly warnings: number;
	/** Of those counted: without a time, so that "since" could not be asked. */
	readonly undated: number;
	/** Of those counted: with a sensitive value in the open. */
	readonly unmasked: number;
	readonly malformed: number;
	readonly users: number;
	readonly traces: number;
	readonly durations: readonly number[];
	/** Most frequent first. */
	readonly sorts: readonly Counted[];
	/** Records of the window that could not be kept apart, since there were too many fingerprints. */
	readonly beyond: number;
	readonly newest: string;
}

interface Entry {
	readonly at: number | null;
	readonly level: LogLevel;
	readonly fields: Readonly<Record<string, unknown>> | null;
	readonly whole: string;
}

/** Counts records of a log by fingerprint; those before the window only say which fingerprints are known. */
export function createLogCounter(
	options: LogOptions,
	sinceAt: number,
	now: number,
	seen: Iterable<string> = [],
) {
	const mask = createSensitiveMask(options.mask);
	const [match, ignore] = [options.match, options.ignore].map((one) =>
		one === undefined ? null : operatorPattern(one, 'mu'),
	);
	const known = new Set<string>(seen);
	const sorts = new Map<string, Counted>();
	const [users, traces] = [new Set<string>(), new Set<string>()];
	const durations: number[] = [];
	let [count, errors, warnings, undated, unmasked, malformed, beyond] = [0, 0, 0, 0, 0, 0, 0];
	let newest: { readonly at: number; readonly text: string } | null = null;

	const isWanted = (entry: Entry, record: LogRecord): boolean => {
		if (options.level !== undefined && RANK[entry.level] < RANK[options.level]) return false;
		const texts = [record.text, record.last];
		if (match && !texts.some((text) => match.test(text))) return false;
		if (ignore && texts.some((text) => ignore.test(text))) return false;
		for (const [name, value] of Object.entries(options.where ?? {}))
			if (entry.fields === null || String(fieldOf(entry.fields, name)) !== String(value)) return false;
		return true;
	};

	return {
		take(record: LogRecord): void {
			const entry = readEntry(record, options, now);
			const isBefore = entry.at !== null && entry.at < sinceAt;
			// A line that is no JSON goes on with the record before it: it lacks everything.
			if (!isBefore && options.require !== undefined) {
				malformed += record.more;
				if (options.require.some((name) => fieldOf(entry.fields ?? {}, name) === undefined)) malformed++;
			}
			if (!isWanted(entry, record)) return;
			const fingerprint = nameOf(entry, record, options, mask);
			if (isBefore) {
				if (known.size < MOST_KNOWN) known.add(fingerprint);
				return;
			}
			count++;
			if (entry.level === 'error') errors++;
			if (entry.level === 'warning') warnings++;
			if (entry.at === null) undated++;
			if (mask.shows(entry.whole)) unmasked++;
			const at = entry.at ?? Number.NEGATIVE_INFINITY;
			if (newest === null || at >= newest.at) newest = { at, text: mask.hide(entry.whole) };
			if (entry.fields !== null) {
				keep(users, pick(entry.fields, options.fields.user, USUAL.user));
				keep(traces, pick(entry.fields, options.fields.trace, USUAL.trace));
				const took = Number(pick(entry.fields, options.fields.duration, USUAL.duration) ?? Number.NaN);
				if (Number.isFinite(took) && took >= 0 && durations.length < MOST_VALUES) durations.push(took);
			}
			const sort = sorts.get(fingerprint);
			if (sort === undefined && sorts.size >= MOST_FINGERPRINTS) beyond++;
			else if (sort === undefined)
				sorts.set(fingerprint, {
					fingerprint,
					level: entry.level,
					count: 1,
					firstAt: entry.at,
					lastAt: entry.at,
					example: mask.hide(entry.whole),
					isNew: false,
				});
			else {
				sort.count++;
				sort.firstAt = least(sort.firstAt, entry.at);
				if ((entry.at ?? 0) >= (sort.lastAt ?? 0)) {
					sort.lastAt = entry.at ?? sort.lastAt;
					sort.example = mask.hide(entry.whole);
				}
			}
		},
		known,
		/** Files are read one after the other: only at the end is it known what was there before. */
		end(): LogCount {
			for (const sort of sorts.values()) sort.isNew = !known.has(sort.fingerprint);
			return {
				count,
				errors,
				warnings,
				undated,
				unmasked,
				malformed,
				users: users.size,
				traces: traces.size,
				durations: durations.sort((a, b) => a - b),
				sorts: [...sorts.values()].sort((a, b) => b.count - a.count),
				beyond,
				newest: newest?.text ?? '',
			};
		},
	};
}

function least(one: number | null, other: number | null): number | null {
	return one === null || other === null ? (one ?? other) : Math.min(one, other);
}

function keep(set: Set<string>, value: unknown): void {
	if ((typeof value === 'string' || typeof value === 'number') && value !== '' && set.size < MOST_VALUES)
		set.add(String(value).slice(0, 128));
}

function readEntry(record: LogRecord, options: LogOptions, now: number): Entry {
	const json = jsonIn(record.text);
	const whole = record.last === '' ? record.text : `${record.text} ⏎ ${record.last.trim()}`;
	if (json === null) return { at: record.at, level: record.level, fields: null, whole };
	const { fields } = options;
	const inner = record.level === 'unknown' ? readLine(json.text, { toEpoch: (at) => at, now }).level : null;
	const priority = fieldOf(json.fields, 'PRIORITY');
	const written = fields.level === undefined ? undefined : fieldOf(json.fields, fields.level);
	// The mapped field is read with the same words as any other: as if it were called "level".
	const mapped =
		written === undefined
			? null
			: readLine(JSON.stringify({ level: written }), { toEpoch: (at) => at, now }).level;
	const level = mapped ?? inner ?? (record.level === 'unknown' ? PRIORITIES[Number(priority)] : undefined);
	const stamp = fields.time === undefined ? undefined : fieldOf(json.fields, fields.time);
	const journal = Number(fieldOf(json.fields, '__REALTIME_TIMESTAMP') ?? Number.NaN);
	const at = stamp === undefined ? record.at : instantIn(stamp);
	return {
		at: at ?? (Number.isFinite(journal) ? Math.trunc(journal / 1000) : record.at),
		level: level ?? record.level,
		fields: json.fields,
		whole,
	};
}

function instantIn(value: unknown): number | null {
	if (typeof value === 'number') return Number.isFinite(value) ? readInstant(String(value)) : null;
	return typeof value === 'string' ? readInstant(value) : null;
}

/** The JSON object of a line, also behind what docker or kubectl put in front of it. */
function jsonIn(
	line: string,
): { readonly text: string; readonly fields: Readonly<Record<string, unknown>> } | null {
	const from = line.slice(0, BEFORE_JSON).indexOf('{');
	const text = from < 0 ? '' : line.slice(from).trimEnd();
	if (!text.endsWith('}')) return null;
	try {
		const fields = JSON.parse(text) as unknown;
		return typeof fields === 'object' && fields !== null
			? { text, fields: fields as Record<string, unknown> }
			: null;
	} catch {
		return null;
	}
}

/** A field by its name, or by its path where no field is called so. */
function fieldOf(fields: Readonly<Record<string, unknown>>, name: string): unknown {
	if (Object.hasOwn(fields, name)) return fields[name] ?? undefined;
	let found: unknown = fields;
	for (const part of name.split('.')) {
		if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return undefined;
		found = (found as Record<string, unknown>)[part];
	}
	return found ?? undefined;
}

function pick(
	fields: Readonly<Record<string, unknown>>,
	mapped: string | undefined,
	usual: readonly string[],
): unknown {
	if (mapped !== undefined) return fieldOf(fields, mapped);
	for (const name of usual) {
		const value = fieldOf(fields, name);
		if (value !== undefined) return value;
	}
	return undefined;
}

/** What is the same each time. Sensitive values are hidden before: a name in the open must not become one. */
function nameOf(entry: Entry, record: LogRecord, options: LogOptions, mask: SensitiveMask): string {
	const end = record.last.trim();
	const tail = end === '' ? '' : ` ⏎ ${fingerprintOf(mask.hide(end))}`;
	if (entry.fields === null) return fingerprintOf(mask.hide(record.text)) + tail;
	const { message, role, action } = options.fields;
	const said = pick(entry.fields, message, USUAL.message);
	const parts = [
		entry.level,
		pick(entry.fields, action, USUAL.action),
		pick(entry.fields, role, USUAL.role),
		typeof said === 'string' ? fingerprintOf(mask.hide(said)) : undefined,
	];
	const found = parts.filter((part) => typeof part === 'string' && part !== '');
	return found.length > 1
		? found.join(' · ').slice(0, 300) + tail
		: fingerprintOf(mask.hide(record.text)) + tail;
}
