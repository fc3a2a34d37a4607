import type { LogLevel } from './log-line.ts';

/** What one line says about itself. `start` is whether it can begin a record: it has a time or begins with a level. */
export interface LineParts {
	/** Epoch ms, or null. */
	readonly at: number | null;
	/** null when the line names none. */
	readonly level: Exclude<LogLevel, 'unknown'> | null;
	readonly start: boolean;
}

/** What is needed to turn a written time into epoch ms: the zone of times without one, and roughly now, for the year. */
export interface TimeFrame {
	/** Wall-clock fields written as if they were UTC → epoch ms. */
	readonly toEpoch: (asUtc: number) => number;
	readonly now: number;
}

const OWN_CONTEXT = '{"by":';
/** The word that begins and ends every line this console writes into a log. */
export const OWN_MARK = 'rounds';
const HEAD = 320;
const JSON_LIMIT = 64 * 1024;
const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const DAY_MS = 86_400_000;

const ISO =
	/^(\d{4})[-/](\d\d)[-/](\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:\s?(Z|UTC|[+-]\d\d:?\d\d)(?=[\s\]",|]|$))?/;
// What may stand before the time: a bracket, a container's name, a syslog priority, a key, or the level itself.
const BEFORE_TIME =
	/^(?:\[|<\d{1,3}>(?:1 )?|[\w.-]{1,40}\s*\| |(?:time|ts|t|timestamp)="?|[A-Z]{4,9}:?\s+\[?)(?=\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:)/;
const ACCESS =
	/^\S{1,64} \S{1,64} \S{1,64} \[(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-]\d{4})\] /;
const ACCESS_CODE = /^"(?:[^"\\]|\\.)*" (\d{3}) /;
const SYSLOG = /^(?:<\d{1,3}>)?([A-Z][a-z]{2}) ([ \d]\d) (\d\d):(\d\d):(\d\d) /;
const GLOG = /^([IWEF])(\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{3})\d* /;
const LEVEL_FIRST =
	/^\[?(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|CRITICAL|FATAL|PANIC|SEVERE)\]?(?::|\s|$)/i;
const UPPER =
	/(?:^|[\s[(|:<"=-])(TRACE|DEBUG|DBG|INFO|INF|NOTICE|WARN(?:ING)?|WRN|ERROR|ERR|CRITICAL|CRIT|FATAL|PANIC|SEVERE|ALERT|EMERG(?:ENCY)?)(?=$|[\s\])|:>",;-])/;
const LOWER =
	/(?:\[|<|\blevel="?|\blvl="?)(trace|debug|info|notice|warn(?:ing)?|error|err|critical|crit|fatal|panic|severe|alert|emerg)\b/i;
const LEVELS: Readonly<Record<string, Exclude<LogLevel, 'unknown'>>> = {
	TRACE: 'debug',
	DEBUG: 'debug',
	DBG: 'debug',
	INFO: 'info',
	INF: 'info',
	INFORMATION: 'info',
	NOTICE: 'info',
	WARN: 'warning',
	WARNING: 'warning',
	WRN: 'warning',
	ERROR: 'error',
	ERR: 'error',
	CRITICAL: 'error',
	CRIT: 'error',
	FATAL: 'error',
	PANIC: 'error',
	SEVERE: 'error',
	ALERT: 'error',
	EMERG: 'error',
	EMERGENCY: 'error',
};

/**
 * Every line that could be an error contains one of these, so that blocks of bytes are searched without cutting them
 * into lines. Matches more than errors; `readLine` decides.
 */
export const ERROR_BYTES =
	/ERR|Err|err|CRIT|Crit|crit|FATAL|Fatal|fatal|PANIC|Panic|panic|SEVERE|Severe|severe|ALERT|Alert|alert|EMERG|Emerg|emerg|Traceback|" 5\d\d |"(?:level|severity)":\s?"?[56]0|^[EF]\d{4} /gm;
export const WARNING_BYTES = new RegExp(
	`${ERROR_BYTES.source}|WARN|Warn|warn|WRN|" 4\\d\\d |"(?:level|severity)":\\s?"?40|^W\\d{4} `,
	'gm',
);

/** Reads one line of a log: documented, Python, uvicorn, ISO, JSON, nginx, syslog, klog formats, or bare text. */
export function readLine(line: string, frame: TimeFrame): LineParts {
	if (line.startsWith('{')) {
		const parts = readJson(line, frame);
		if (parts) return parts;
	}
	const head = line.length > HEAD ? line.slice(0, HEAD) : line;
	const before = BEFORE_TIME.exec(head)?.[0].length ?? 0;
	const iso = ISO.exec(before > 0 ? head.slice(before) : head);
	if (iso) return { at: isoTime(iso, frame), level: findLevel(head), start: true };
	const access = ACCESS.exec(head);
	if (access) return readAccess(line, access);
	const syslog = SYSLOG.exec(head);
	if (syslog) {
		const [, month = '', day, hour, minute, second] = syslog;
		const at = yearless(MONTHS.indexOf(month) / 3, Number(day), [hour, minute, second], 0, frame);
		if (at !== null) return { at, level: findLevel(head.slice(syslog[0].length)), start: true };
	}
	const glog = GLOG.exec(head);
	if (glog) {
		const [, letter = '', month, day, hour, minute, second, ms] = glog;
		const at = yearless(Number(month) - 1, Number(day), [hour, minute, second], Number(ms), frame);
		const level = letter === 'I' ? 'info' : letter === 'W' ? 'warning' : 'error';
		if (at !== null) return { at, level, start: true };
	}
	const first = LEVEL_FIRST.exec(head);
	if (first) return { at: null, level: LEVELS[first[1]!.toUpperCase()] ?? null, start: true };
	return { at: null, level: findLevel(head), start: false };
}

/** Whether an untimed line goes on with what the line before it began. */
export function looksContinued(line: string): boolean {
	return /^(?:\s|Traceback \(|Caused by:|at |\.{3}|During handling|The above exception|[\w.]+(?:Error|Exception|Warning)\b[^=]*$)/.test(
		line,
	);
}

export function beginsTrace(line: string): boolean {
	return line.startsWith('Traceback (most recent call last)');
}

/**
 * Written by this console: its mark begins the message and its context ends the line. Both are asked for, so that text a
 * stranger brings into the middle of an application's line cannot hide that line from being counted.
 */
export function isOwnLine(line: string, mark: string): boolean {
	const text = line.trimEnd();
	if (!text.endsWith('}') || !/^\[[\d :-]{19}\] \[[A-Z]+\] /.test(text)) return false;
	const message = text.slice(text.indexOf('] ', 22) + 2);
	return message.startsWith(`${mark}: `) && text.lastIndexOf(` ${OWN_CONTEXT}${JSON.stringify(mark)}`) > 0;
}

function findLevel(head: string): LineParts['level'] {
	const upper = UPPER.exec(head);
	const lower = LOWER.exec(head);
	const word = upper && (!lower || upper.index <= lower.index) ? upper[1] : lower?.[1];
	return word === undefined ? null : (LEVELS[word.toUpperCase()] ?? null);
}

function isoTime(parts: RegExpExecArray, frame: TimeFrame): number | null {
	const [, year, month, day, hour, minute, second, fraction = '', zone] = parts;
	const ms = Number(fraction.padEnd(3, '0').slice(0, 3));
	const asUtc = utcOf(Number(year), Number(month) - 1, Number(day), [hour, minute, second], ms);
	return asUtc === null ? null : zone === undefined ? frame.toEpoch(asUtc) : asUtc - zoneOffset(zone);
}

/** Date.UTC turns month 13 into next year; a line that says so has no time instead. */
function utcOf(
	year: number,
	month: number,
	day: number,
	clock: readonly (string | undefined)[],
	ms: number,
): number | null {
	const [hour, minute, second] = clock.map(Number) as [number, number, number];
	if (month < 0 || month > 11 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60) return null;
	return Date.UTC(year, month, day, hour, minute, second, ms);
}

function zoneOffset(zone: string): number {
	if (zone === 'Z' || zone === 'UTC') return 0;
	const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
	return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** The newest such day that is not in the future: logs without a year are about the past. */
function yearless(
	month: number,
	day: number,
	clock: readonly (string | undefined)[],
	ms: number,
	frame: TimeFrame,
): number | null {
	if (!Number.isInteger(month)) return null;
	const year = new Date(frame.now).getUTCFullYear();
	for (const candidate of [year + 1, year, year - 1]) {
		const asUtc = utcOf(candidate, month, day, clock, ms);
		if (asUtc === null) return null;
		const at = frame.toEpoch(asUtc);
		if (at <= frame.now + DAY_MS) return at;
	}
	return null;
}

function readAccess(line: string, access: RegExpExecArray): LineParts {
	const [whole, day, month = '', year, hour, minute, second, zone = '+0000'] = access;
	const asUtc = utcOf(Number(year), MONTHS.indexOf(month) / 3, Number(day), [hour, minute, second], 0);
	const code = Number(ACCESS_CODE.exec(line.slice(whole.length, whole.length + 8192))?.[1] ?? 0);
	const level = code >= 500 ? 'error' : code >= 400 ? 'warning' : code > 0 ? 'info' : null;
	return { at: asUtc === null ? null : asUtc - zoneOffset(zone), level, start: true };
}

const TIME_KEYS = ['timestamp', '@timestamp', 'time', 'ts', 'asctime', 'datetime', 'date', 't'];
const LEVEL_KEYS = ['level', 'levelname', 'severity', 'log.level', 'lvl', 'loglevel'];

function readJson(line: string, frame: TimeFrame): LineParts | null {
	if (line.length > JSON_LIMIT) return null;
	let fields: Record<string, unknown>;
	try {
		fields = JSON.parse(line) as Record<string, unknown>;
	} catch {
		return null;
	}
	const timeKey = TIME_KEYS.find((key) => fields[key] !== undefined);
	const levelKey = LEVEL_KEYS.find((key) => fields[key] !== undefined);
	const at = timeKey === undefined ? null : jsonTime(fields[timeKey], frame);
	return { at, level: levelKey === undefined ? null : jsonLevel(fields[levelKey]), start: true };
}

function jsonTime(value: unknown, frame: TimeFrame): number | null {
	if (typeof value === 'number' && Number.isFinite(value) && value > 0) {
		// Seconds below the year 5138, else milliseconds; finer units are not in use.
		const ms = value < 1e11 ? value * 1000 : value;
		return ms < 1e14 ? Math.trunc(ms) : null;
	}
	const iso = typeof value === 'string' ? ISO.exec(value.slice(0, 64)) : null;
	return iso ? isoTime(iso, frame) : null;
}

function jsonLevel(value: unknown): LineParts['level'] {
	if (typeof value === 'string') return LEVELS[value.toUpperCase()] ?? null;
	if (typeof value !== 'number') return null;
	return value >= 50 ? 'error' : value >= 40 ? 'warning' : value >= 30 ? 'info' : 'debug';
}
