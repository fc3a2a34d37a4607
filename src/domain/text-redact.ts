import { clean } from './text.ts';

const HIDDEN = '***';
const SHORTEST = 4;
const CUT = '…';

/** Replaces every known secret value in `text`, also where it stands URL-encoded, in base64 or JSON-escaped, by `***`. */
export const redact = (text: string, secrets: readonly string[]): string => createRedactor(secrets)(text);

/** Hides known secrets in texts; prepared once for many of them. */
export interface Redactor {
	(text: string): string;
	/** UTF-16 units of the longest text that is looked for; 0: there is nothing to hide. */
	readonly longest: number;
	/** `at`, or where the secret ends that a cut at `at` would leave half. */
	borderAt(text: string, at: number): number;
	/** Where the text's end may be the beginning of a secret whose rest is still to come; its length where it is not. */
	openAt(text: string): number;
}

/**
 * Values shorter than 4 characters are left alone, since hiding them would only tear holes into ordinary words. A secret
 * that a cut left half is hidden too: its beginning before a `…` at the end, its end after one at the beginning.
 */
export const createRedactor = (secrets: readonly string[]): Redactor => {
	const forms = new Set<string>();
	for (const secret of secrets) {
		if (secret.length < SHORTEST) continue;
		for (const form of formsOf(secret)) if (form.length >= SHORTEST) forms.add(form);
	}
	// The longest first, so that a value that contains another one disappears whole.
	const ordered = [...forms].sort((a, b) => b.length - a.length);
	const longest = ordered[0]?.length ?? 0;
	if (longest === 0) {
		const redactNothing = (text: string) => text;
		const borderAt = (_text: string, at: number) => at;
		return Object.assign(redactNothing, { longest, borderAt, openAt: (text: string) => text.length });
	}
	const shortest = ordered.at(-1)?.length ?? 0;
	const pattern = new RegExp(ordered.map(escapePattern).join('|'), 'g');
	const [starts, ends] = [
		Map.groupBy(ordered, (form) => form[0]),
		Map.groupBy(ordered, (form) => form.at(-1)),
	];
	const openAt = (text: string): number => {
		for (let at = Math.max(0, text.length - longest + 1); at < text.length; at++) {
			const fits = (form: string) => form.length > text.length - at && form.startsWith(text.slice(at));
			if (starts.get(text[at])?.some(fits)) return at;
		}
		return text.length;
	};
	const restEnds = (text: string): number => {
		for (let end = Math.min(text.length, longest - 1); end > 0; end--) {
			const fits = (form: string) => form.length > end && form.endsWith(text.slice(0, end));
			if (ends.get(text[end - 1])?.some(fits)) return end;
		}
		return 0;
	};
	const redactAll = (text: string): string => {
		if (text.length < shortest && !text.startsWith(CUT) && !text.endsWith(CUT)) return text;
		let safe = text.replace(pattern, HIDDEN);
		if (safe.endsWith(CUT)) {
			const shown = safe.slice(0, -1);
			const at = openAt(shown);
			if (shown.length - at >= SHORTEST) safe = shown.slice(0, at) + HIDDEN + CUT;
		}
		if (safe.startsWith(CUT)) {
			const end = restEnds(safe.slice(1));
			if (end >= SHORTEST) safe = CUT + HIDDEN + safe.slice(1 + end);
		}
		return safe;
	};
	const borderAt = (text: string, at: number): number => {
		for (const found of text.matchAll(pattern)) {
			const end = found.index + found[0].length;
			if (found.index >= at) break;
			if (end > at) return end;
		}
		return at;
	};
	return Object.assign(redactAll, { longest, borderAt, openAt });
};

/**
 * The same value with every text in it redacted; the very same object where nothing was hidden. Names are redacted too where
 * they came from outside.
 */
export const redactTexts = <Content>(
	value: Content,
	redactor: (text: string) => string,
	names: 'ours' | 'theirs' = 'theirs',
): Content => {
	if (typeof value === 'string') return redactor(value) as Content;
	if (typeof value !== 'object' || value === null) return value;
	if (Array.isArray(value)) {
		const parts = value.map((part) => redactTexts(part, redactor, names));
		return parts.every((part, at) => part === value[at]) ? value : (parts as Content);
	}
	if (isNumber(value)) return value;
	let changed = false;
	// No prototype: a name from outside may be `__proto__`.
	const safe: Record<string, unknown> = Object.create(null);
	for (const [name, part] of Object.entries(value)) {
		const shown = names === 'ours' ? name : redactor(name);
		safe[shown] = redactTexts(part, redactor, names);
		changed ||= shown !== name || safe[shown] !== part;
	}
	return changed ? ({ ...safe } as Content) : value;
};

/** A quantity: its digits are no text. */
const isNumber = (value: object): boolean => {
	const { number, unit } = value as { number?: unknown; unit?: unknown };
	return (
		typeof number === 'string' &&
		typeof unit === 'string' &&
		/^-?[\d.]+$/.test(number) &&
		/^[a-z]{2,5}$/.test(unit)
	);
};

const formsOf = (secret: string): string[] => {
	const safe = secret.toWellFormed();
	const url = encodeURIComponent(safe);
	const strictUrl = url.replace(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
	const json = JSON.stringify(safe).slice(1, -1);
	const asciiJson = json.replace(
		/[^\x20-\x7e]/g,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
	);
	const forms = [secret, url, strictUrl, json, asciiJson, json.replaceAll('/', '\\/')];
	for (const form of [url, strictUrl]) {
		forms.push(
			form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
			form.replaceAll('%20', '+'),
		);
	}
	// As it reads once control characters were made visible.
	forms.push(clean(secret), clean(secret, { newlines: 'keep' }));
	const base64 = toBase64(new TextEncoder().encode(safe));
	// Inside a longer text (user:secret) the secret begins at any of three places of a base64 group.
	for (const form of [base64, base64.replace(/=+$/, ''), ...alignedBase64(safe)]) {
		forms.push(form, form.replaceAll('+', '-').replaceAll('/', '_'), encodeURIComponent(form));
	}
	return forms;
};

/** The base64 characters that depend on the secret alone, for each of the three alignments. */
const alignedBase64 = (secret: string): string[] => {
	const bytes = new TextEncoder().encode(secret);
	const forms: string[] = [];
	for (const offset of [0, 1, 2]) {
		const shifted = new Uint8Array(offset + bytes.length);
		shifted.set(bytes, offset);
		const whole = Math.floor((shifted.length * 8) / 6);
		const core = toBase64(shifted).slice(Math.ceil((offset * 8) / 6), whole);
		// Shorter remains would hit innocent text.
		if (core.length >= 6) forms.push(core);
	}
	return forms;
};

const toBase64 = (bytes: Uint8Array): string => {
	let binary = '';
	for (const byte of bytes) binary += String.fromCharCode(byte);
	return btoa(binary);
};

const escapePattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
