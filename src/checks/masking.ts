import { Secret, type Text } from '../domain/secret.ts';
import { clean, createRedactor } from '../domain/text.ts';
import { isExactNumber, type Value } from '../domain/value.ts';

const redactors = new WeakMap<object, ((text: string) => string) | null>();

/** Prepared once for all probes of these options; null when they hold no secret. */
function redactorOf(options: object): ((text: string) => string) | null {
	let redactor = redactors.get(options);
	if (redactor === undefined) {
		const values = secretsIn(options).flatMap(valuesOf);
		redactor = values.length === 0 ? null : createRedactor(values);
		redactors.set(options, redactor);
	}
	return redactor;
}

/** Hides every secret of these options in a text, also where the other side sends it back. */
export function maskSecrets(options: object, text: string): string {
	return redactorOf(options)?.(text) ?? text;
}

/** One safe line for a sample, a target or a transcript. Masked before it is cut: half a secret would not be found. */
export function safeLine(options: object, text: string, max = 1024): string {
	return clean(maskSecrets(options, text), { max });
}

/** The same, keeping line ends: the start of a body or of what a command printed. */
export function safeStart(options: object, text: string, max = 4096): string {
	// Masking looks at no more than could be shown, and enough to find a secret that lies across the cut.
	return clean(maskSecrets(options, text.slice(0, max + 8192)), { newlines: 'keep', max });
}

/** A document without the secrets that the other side sent back: its values are drawn, stored and told. */
export function maskDocument(options: object, body: string, document: Value): Value {
	return maskSecrets(options, body) === body ? document : maskValue(options, document);
}

function maskValue(options: object, value: Value): Value {
	if (typeof value === 'string') return maskSecrets(options, value);
	if (typeof value !== 'object' || value === null || isExactNumber(value)) return value;
	if (Array.isArray(value)) return value.map((part) => maskValue(options, part));
	return Object.fromEntries(
		Object.entries(value).map(([key, part]) => [maskSecrets(options, key), maskValue(options, part)]),
	);
}

export function maskHeaders(
	options: object,
	headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
	if (redactorOf(options) === null) return headers;
	// No prototype: a header may be called `constructor`.
	const masked: Record<string, string> = Object.create(null);
	for (const name of Object.keys(headers)) masked[name] = maskSecrets(options, headers[name] as string);
	return masked;
}

/** "Bearer abc" is one secret text, but an answer may repeat "abc" alone: its reference says which part is the secret. */
function valuesOf(secret: Secret): string[] {
	const value = secret.reveal();
	const plain = secret.reference.split(/\$\{[^}]*\}/);
	// A whole secret may be an address with a token in its path, which alone is repeated.
	if (plain.length === 1) return [value, ...value.split(/[\s=:;,&?/]+/).filter((part) => part.length >= 8)];
	const shape = plain.map((part) => part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')).join('([^]+?)');
	return [value, ...(new RegExp(`^${shape}$`).exec(value)?.slice(1) ?? [])];
}

function secretsIn(value: unknown, depth = 0): Secret[] {
	if (value instanceof Secret) return [value];
	if (typeof value !== 'object' || value === null || depth > 16) return [];
	return Object.values(value).flatMap((part) => secretsIn(part, depth + 1));
}

/** What may be shown of a text that may be secret. */
export function shown(text: Text, max = 1024): string {
	return typeof text === 'string' ? clean(text, { max }) : '***';
}
