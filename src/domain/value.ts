import { type Decimal, parseDecimal } from './decimal.ts';

/** What a number counts. `ms` are milliseconds, `ratio` is a part of one (0.05 is drawn as 5 %). */
export type Unit = 'none' | 'ms' | 'bytes' | 'ratio';

/** An exact number with its unit: plain data, crosses threads by structured clone and is stored as JSON. */
export interface Quantity {
	readonly number: Decimal;
	readonly unit: Unit;
}

/** What a named sample may be. The only object among them is a Quantity, so a stored one is never ambiguous. */
export type SampleValue = null | boolean | string | Quantity;

/**
 * A number from a document that a double cannot hold exactly: `digits × 10^exponent`. Documents are hostile and JSON
 * has no bigint, so no body can imitate it; structured clone keeps it.
 */
export interface ExactNumber {
	readonly digits: bigint;
	readonly exponent: number;
}

/**
 * A parsed document. Numbers are doubles where those are exact (at most 15 significant digits), else ExactNumber.
 * There is no Quantity in a document: `{"number": "5", "unit": "none"}` in a body is an ordinary object.
 */
export type Value =
	| null
	| boolean
	| string
	| number
	| ExactNumber
	| readonly Value[]
	| { readonly [key: string]: Value };

/** A quantity from our own number. Throws when it is not finite or the text no decimal: that would be our bug. */
export function quantity(number: number | bigint | string, unit: Unit = 'none'): Quantity {
	if (typeof number === 'number' && isWrittenPlain(number)) return { number: String(number), unit };
	const made = readQuantity(String(number), unit);
	if (made === null) throw new RangeError(`not a decimal number: ${String(number).slice(0, 40)}`);
	return made;
}

// Between these a double is written without an exponent, which is its canonical decimal as it stands.
function isWrittenPlain(number: number): boolean {
	const size = Math.abs(number);
	return number === 0 || (size >= 1e-6 && size < 1e21);
}

/** A quantity from text of the outside world, or null when the text is not a decimal number. */
export function readQuantity(text: string, unit: Unit = 'none'): Quantity | null {
	const number = parseDecimal(text);
	return number === null ? null : { number, unit };
}

/** Only for sample values: in a document an object that looks like one is just an object. */
export function isQuantity(value: SampleValue): value is Quantity {
	return typeof value === 'object' && value !== null;
}

export function isExactNumber(value: Value): value is ExactNumber {
	return typeof value === 'object' && value !== null && typeof (value as ExactNumber).digits === 'bigint';
}

/** The canonical decimal of an exact number, or null beyond the size this program computes with. */
export function exactText(value: ExactNumber): Decimal | null {
	return parseDecimal(`${value.digits}e${value.exponent}`);
}

/** What a document's node is as a sample, or undefined for lists, objects and numbers that are none (NaN). */
export function toSample(value: Value): SampleValue | undefined {
	if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
	if (typeof value === 'number') {
		return isWrittenPlain(value)
			? { number: String(value), unit: 'none' }
			: (readQuantity(String(value)) ?? undefined);
	}
	if (!isExactNumber(value)) return undefined;
	const number = exactText(value);
	return number === null ? undefined : { number, unit: 'none' };
}

export { type FormatOptions, formatBare, formatValue } from './value-text.ts';
