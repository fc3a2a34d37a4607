import { Secret, type Text } from '../domain/secret.ts';
import { clean, createRedactor } from '../domain/text.ts';

const redactors = new WeakMap<object, (text: string) => string>();

/** Hides every secret of these options in a text, also where the other side sends it back. */
export function maskSecrets(options: object, text: string): string {
	let redactor = redactors.get(options);
	if (redactor === undefined) {
		redactor = createRedactor(secretsIn(options).flatMap(valuesOf));
		redactors.set(options, redactor);
	}
	return redactor(text);
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

/** "Bearer abc" is one secret text, but an answer may repeat "abc" alone. */
function valuesOf(secret: Secret): string[] {
	const value = secret.reveal();
	return [value, ...value.split(/[\s=:;,&?/]+/).filter((part) => part !== value && part.length >= 8)];
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
