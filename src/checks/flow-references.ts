import { reveal, Secret, type Text } from '../domain/secret.ts';
import type { FlowStep } from './flow-options.ts';

const REFERENCE = /\$\{(captured|test)\.([\p{L}_][\p{L}\p{N}_-]*)\}/gu;

/** Names as they are written: `captured.token`, `test.customer`. */
export type Known = ReadonlyMap<string, Text>;

/** Every reference in what a step sends. */
export function referencesOf({ url, headers, body, form }: FlowStep): readonly string[] {
	const found = new Set<string>();
	const look = (value: unknown, depth = 0) => {
		if (depth > 16) return;
		if (typeof value === 'string' || value instanceof Secret)
			for (const [, word, name] of reveal(value).matchAll(REFERENCE)) found.add(`${word}.${name}`);
		else if (typeof value === 'object' && value !== null)
			for (const part of Object.values(value)) look(part, depth + 1);
	};
	for (const part of [url, headers, body, form]) look(part);
	return [...found];
}

/** The text with every reference in its place; secret as soon as one of its parts is. All must be known. */
export function fillIn(text: Text, known: Known, encode: (value: string) => string = (value) => value): Text {
	const raw = reveal(text);
	if (!raw.includes('${')) return text;
	let isSecret = text instanceof Secret;
	const value = raw.replace(REFERENCE, (whole, word: string, name: string) => {
		const found = known.get(`${word}.${name}`);
		if (found === undefined) return whole;
		if (found instanceof Secret) isSecret = true;
		return encode(reveal(found));
	});
	if (!isSecret) return value;
	return new Secret(value, text instanceof Secret ? text.reference : text);
}

/** The same in every text of a value. */
export function fillDeep(value: unknown, known: Known): unknown {
	if (typeof value === 'string' || value instanceof Secret) return fillIn(value, known);
	if (Array.isArray(value)) return value.map((part) => fillDeep(part, known));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, fillDeep(part, known)]));
}

/** The step as it is asked now. What stands in an address is encoded, so that it stays one part of it. */
export function filledStep(step: FlowStep, known: Known): FlowStep {
	const { url, headers, body, form } = step;
	return {
		...step,
		url: fillIn(url, known, encodeURIComponent),
		...(headers === undefined ? {} : { headers: fillDeep(headers, known) as typeof headers }),
		...(body === undefined ? {} : { body: fillDeep(body, known) }),
		...(form === undefined ? {} : { form: fillDeep(form, known) as typeof form }),
	};
}
