import { multiply, parseDecimal } from '../decimal.ts';
import type { Quantity, Unit } from '../value.ts';
import { nearest } from './spelling.ts';
import type { ParseProblem } from './syntax.ts';

export type Token = { readonly offset: number; readonly text: string } & (
	| { readonly kind: 'number'; readonly value: Quantity }
	| { readonly kind: 'string'; readonly value: string }
	| { readonly kind: 'name' | 'path' | 'symbol' | 'end' }
);

/** Thrown inside the parser only; `parseCondition` turns it into a value. */
export class Stop {
	readonly problem: ParseProblem;
	constructor(problem: ParseProblem) {
		this.problem = problem;
	}
}

const UNITS: Readonly<Record<string, readonly [Unit, string]>> = {
	ns: ['ms', '0.000001'],
	us: ['ms', '0.001'],
	ms: ['ms', '1'],
	s: ['ms', '1000'],
	m: ['ms', '60000'],
	h: ['ms', '3600000'],
	d: ['ms', '86400000'],
	B: ['bytes', '1'],
	KB: ['bytes', '1000'],
	MB: ['bytes', '1000000'],
	GB: ['bytes', '1000000000'],
	KiB: ['bytes', '1024'],
	MiB: ['bytes', '1048576'],
	GiB: ['bytes', '1073741824'],
	'%': ['ratio', '0.01'],
};
const NAME = /[\p{L}_][\p{L}\p{N}_]*(?:[.-][\p{L}\p{N}_]+)*/uy;
const NUMBER = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const SUFFIX = /%|[\p{L}µ]+/uy;
const SPACE = /[ \t\r\n]+/y;
// Longest first: `=<` must not be read as `=` and `<`.
const SYMBOL = /===|!==|==|!=|<=|>=|=<|=>|<>|&&|\|\||=~|[-+*/()[\],<>=!&|≤≥≠~]/y;
const MEMBER = /\.\.?(?:\*|[\p{L}_\u{80}-\u{10FFFF}][\p{L}\p{N}_\u{80}-\u{10FFFF}]*)|\.\.(?=\[)|\.\.?/uy;

/** All tokens of a condition, the last one `end`. Linear in the length of the text. */
export function lex(text: string): Token[] {
	const tokens: Token[] = [];
	let at = 0;
	while (true) {
		at += matchAt(SPACE, text, at).length;
		if (at >= text.length) break;
		const token = next(text, at, tokens.at(-1));
		tokens.push(token);
		at += token.text.length;
	}
	tokens.push({ kind: 'end', offset: text.length, text: '' });
	return tokens;
}

function next(text: string, at: number, last: Token | undefined): Token {
	const first = text[at] as string;
	if (first === '$') return { kind: 'path', offset: at, text: readPath(text, at) };
	if (first === '"' || first === "'") return readString(text, at, first);
	if (first >= '0' && first <= '9') return readNumber(text, at);
	const name = matchAt(NAME, text, at);
	if (name !== '') return { kind: 'name', offset: at, text: name };
	const symbol = matchAt(SYMBOL, text, at);
	if (symbol === '-') checkMinus(text, at, last);
	if (symbol !== '') return { kind: 'symbol', offset: at, text: symbol };
	const odd = String.fromCodePoint(text.codePointAt(at) as number);
	const meant = first === '%' && last?.kind === 'number' ? `${last.text}%` : fraction(text, at);
	const hint = meant === null ? {} : suggestion(meant);
	throw new Stop({
		code: 'unexpected-character',
		params: { found: odd },
		offset: at,
		length: odd.length,
		...hint,
	});
}

function fraction(text: string, at: number): string | null {
	const digits = matchAt(/\.\d+/y, text, at);
	return digits === '' ? null : `0${digits}`;
}

export function suggestion(word: string): Pick<ParseProblem, 'hint'> {
	return { hint: { code: 'did-you-mean', params: { word } } };
}

function matchAt(pattern: RegExp, text: string, at: number): string {
	pattern.lastIndex = at;
	return pattern.exec(text)?.[0] ?? '';
}

/** A name may hold a hyphen, so a minus between two operands has spaces round it; before one operand it has none after. */
function checkMinus(text: string, at: number, last: Token | undefined): void {
	const isBinary = last !== undefined && (last.kind !== 'symbol' || last.text === ')' || last.text === ']');
	const isWord = last?.kind === 'name' && /^(?:in|contains|startsWith|endsWith|matches)$/.test(last.text);
	if (!isBinary || isWord) return;
	const spaced = at > 0 && /\s/.test(text[at - 1] as string) && /\s|^$/.test(text[at + 1] ?? '');
	if (spaced) return;
	const hint = last.kind === 'path' ? { hint: { code: 'quote-name' as const, params: {} } } : {};
	throw new Stop({ code: 'minus-spaces', params: {}, offset: at, length: 1, ...hint });
}

/** The extent of a JSONPath: it ends where no further `.name`, `..` or `[…]` is attached. */
function readPath(text: string, start: number): string {
	let at = start + 1;
	while (at < text.length) {
		if (text[at] === '[') {
			at = closeBracket(text, at);
			continue;
		}
		const member = matchAt(MEMBER, text, at);
		if (member === '') break;
		at += member.length;
		// `$.items.0` is not a path, but reading the digits makes the message point at them.
		if (/^\.+$/.test(member)) at += matchAt(/[\p{N}\p{L}_]*/uy, text, at).length;
	}
	return text.slice(start, at);
}

function closeBracket(text: string, open: number): number {
	let depth = 0;
	for (let at = open; at < text.length; at++) {
		const here = text[at] as string;
		if (here === '[' || here === '(') depth++;
		else if (here === ']' || here === ')') {
			depth--;
			if (depth === 0) return at + 1;
		} else if (here === '"' || here === "'") at = closeQuote(text, at, here) - 1;
	}
	throw cut({ code: 'bracket-open', params: { bracket: '[' }, offset: open, length: 1 });
}

/** A problem that looks as if YAML had cut the text. */
export function cut(problem: ParseProblem): Stop {
	return new Stop({ ...problem, hint: { code: 'quote-it', params: {} } });
}

function closeQuote(text: string, open: number, mark: string): number {
	for (let at = open + 1; at < text.length; at++) {
		if (text[at] === '\\') at++;
		else if (text[at] === mark) return at + 1;
	}
	throw cut({ code: 'string-open', params: { mark }, offset: open, length: text.length - open });
}

const ESCAPES: Readonly<Record<string, string>> = {
	n: '\n',
	t: '\t',
	r: '\r',
	'\\': '\\',
	'"': '"',
	"'": "'",
};

/** `\n \t \r \\ \" \' \uXXXX` are escapes; any other backslash stays, so that patterns read as they are known. */
function readString(text: string, at: number, mark: string): Token {
	const raw = text.slice(at, closeQuote(text, at, mark));
	const value = raw
		.slice(1, -1)
		.replace(
			/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g,
			(whole, code: string | undefined, letter: string | undefined) =>
				code !== undefined
					? String.fromCharCode(Number.parseInt(code, 16))
					: (ESCAPES[letter ?? ''] ?? whole),
		);
	return { kind: 'string', offset: at, text: raw, value };
}

function readNumber(text: string, at: number): Token {
	const digits = matchAt(NUMBER, text, at);
	const suffix = matchAt(SUFFIX, text, at + digits.length);
	const whole = digits + suffix;
	const number = parseDecimal(digits);
	const odd = /^[_.\p{N}]+/u.exec(text.slice(at + whole.length))?.[0] ?? '';
	if (number === null || odd !== '') {
		const found = whole + odd;
		throw new Stop({ code: 'number-form', params: { found }, offset: at, length: found.length });
	}
	if (suffix === '') return { kind: 'number', offset: at, text: whole, value: { number, unit: 'none' } };
	const unit = Object.hasOwn(UNITS, suffix) ? UNITS[suffix] : undefined;
	if (unit === undefined) throw unknownUnit(digits, suffix, at);
	return {
		kind: 'number',
		offset: at,
		text: whole,
		value: { number: unit[1] === '1' ? number : multiply(number, unit[1]), unit: unit[0] },
	};
}

function unknownUnit(digits: string, suffix: string, at: number): Stop {
	const names = Object.keys(UNITS);
	const meant = names.find((name) => name.toLowerCase() === suffix.toLowerCase()) ?? nearest(suffix, names);
	return new Stop({
		code: 'unknown-unit',
		params: { unit: suffix },
		offset: at + digits.length,
		length: suffix.length,
		...(meant === null ? {} : suggestion(digits + meant)),
	});
}

/** Whether a word is a unit that should have stood right behind its number. */
export function isUnit(word: string): boolean {
	return Object.hasOwn(UNITS, word);
}
