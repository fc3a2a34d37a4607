import type { HttpAnswer } from '../domain/ports.ts';
import { Secret, type Text } from '../domain/secret.ts';
import type { SampleValue, Value } from '../domain/value.ts';
import { type Capture, captureOf, type FlowStep } from './flow-options.ts';
import { readValue } from './read-value.ts';

const MOST = 16 * 1024;
const CONTROL = /[\u0000-\u001f\u007f]/;

export interface Captured {
	/** By name, without its word. */
	readonly values: ReadonlyMap<string, Text>;
	/** Names that were not to be found. */
	readonly missing: readonly string[];
}

/** What later steps are given of an answer. A value of several lines could become a header of its own, so it is none. */
export function captureFrom(
	{ name: step, capture = {} }: FlowStep,
	answer: HttpAnswer,
	document: Value | undefined,
	now: number,
): Captured {
	const values = new Map<string, Text>();
	const missing: string[] = [];
	for (const [name, written] of Object.entries(capture)) {
		const wanted = captureOf(written);
		const found = valueAt(wanted, answer, document, now);
		if (found === null || found === '' || found.length > MOST || CONTROL.test(found)) missing.push(name);
		else values.set(name, wanted.secret === false ? found : new Secret(found, `${step}.${name}`));
	}
	return { values, missing };
}

function valueAt(
	{ json, header, cookie }: Capture,
	answer: HttpAnswer,
	document: Value | undefined,
	now: number,
): string | null {
	if (header !== undefined) return answer.headers[header.toLowerCase()] ?? null;
	if (cookie !== undefined) return cookieOf(answer.headers['set-cookie'] ?? '', cookie);
	return json === undefined ? null : textOf(readValue(json, { document, now }));
}

/** Several cookies come joined with ", "; their dates hold one too, but no "=" before the next ";". */
function cookieOf(headers: string, name: string): string | null {
	const found = new RegExp(`(?:^|, )${name}=("?)([^";,\\s]*)\\1`).exec(headers)?.[2];
	return found === undefined || found === '' ? null : found;
}

function textOf(value: SampleValue | undefined): string | null {
	if (value === undefined || value === null) return null;
	return typeof value === 'object' ? value.number : String(value);
}
