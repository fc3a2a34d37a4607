import Big from 'big.js';

/**
 * Exact decimal numbers. A decimal is canonical text: an optional "-", digits without leading zeros, and an
 * optional "." with digits. Trailing zeros are kept as written, because "12.50" is how money is read.
 * Text in, text out: it crosses threads, is stored as it is, and no binary float ever rounds it.
 */
export type Decimal = string;

/** The most digits a decimal may have on either side of its point; what is longer is not taken for a number. */
export const MAX_DIGITS = 1000;

/** Division is rounded half up to this many significant digits at the least; everything else is exact. */
export const DIVISION_DIGITS = 30;

const SHAPE = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/;
// Two decimals of at most 15 significant digits have distinct doubles in the same order (IEEE 754 binary64).
const EXACT_AS_DOUBLE = 15;

const Exact = Big();
Exact.RM = Big.roundHalfUp;
Exact.NE = -(MAX_DIGITS * 8);
Exact.PE = MAX_DIGITS * 8;

/** The canonical text of a decimal, or null when the text is not one ("", "abc", "NaN", "0x10", "1,000"). */
export function parseDecimal(text: string): Decimal | null {
	if (text.length === 0 || text.length > 2 * MAX_DIGITS + 16) return null;
	const match = SHAPE.exec(text);
	if (match === null) return null;
	const [, sign, whole = '', fraction = '', exponent] = match;
	if (whole === '' && fraction === '') return null;
	const shifted = shift(whole, fraction, exponent === undefined ? 0 : Number(exponent));
	if (shifted === null) return null;
	const integer = shifted.whole.replace(/^0+(?=\d)/, '') || '0';
	if (integer.length > MAX_DIGITS || shifted.fraction.length > MAX_DIGITS) return null;
	const body = shifted.fraction === '' ? integer : `${integer}.${shifted.fraction}`;
	return sign === '-' && /[1-9]/.test(body) ? `-${body}` : body;
}

function shift(whole: string, fraction: string, places: number): { whole: string; fraction: string } | null {
	if (places === 0) return { whole, fraction };
	if (!/[1-9]/.test(whole + fraction)) return { whole: '0', fraction: '' };
	if (Math.abs(places) > 2 * MAX_DIGITS) return null;
	if (places > 0) {
		const padded = fraction.padEnd(places, '0');
		return { whole: whole + padded.slice(0, places), fraction: padded.slice(places) };
	}
	const padded = whole.padStart(-places, '0');
	return {
		whole: padded.slice(0, padded.length + places),
		fraction: padded.slice(padded.length + places) + fraction,
	};
}

export function add(left: Decimal, right: Decimal): Decimal {
	return new Exact(left).plus(right).toFixed();
}

export function subtract(left: Decimal, right: Decimal): Decimal {
	return new Exact(left).minus(right).toFixed();
}

export function multiply(left: Decimal, right: Decimal): Decimal {
	return new Exact(left).times(right).toFixed();
}

/** The quotient with at least DIVISION_DIGITS significant digits, or null when the divisor is zero. */
export function divide(left: Decimal, right: Decimal): Decimal | null {
	const divisor = new Exact(right);
	if (divisor.c[0] === 0) return null;
	const dividend = new Exact(left);
	// big.js counts places, not digits: a small quotient needs more places to keep its digits.
	const Rounded = Big();
	Rounded.RM = Big.roundHalfUp;
	Rounded.DP = DIVISION_DIGITS + Math.max(0, divisor.e - dividend.e + 1);
	return new Rounded(dividend).div(divisor).toFixed();
}

export function negate(value: Decimal): Decimal {
	if (isZero(value)) return value;
	return value.startsWith('-') ? value.slice(1) : `-${value}`;
}

export function absolute(value: Decimal): Decimal {
	return value.startsWith('-') ? value.slice(1) : value;
}

/** Negative, zero or positive, as left is less than, equal to or greater than right. */
export function compare(left: Decimal, right: Decimal): number {
	if (left.length <= EXACT_AS_DOUBLE && right.length <= EXACT_AS_DOUBLE) return Number(left) - Number(right);
	return new Exact(left).cmp(right);
}

export function isZero(value: Decimal): boolean {
	return !/[1-9]/.test(value);
}

export function isNegative(value: Decimal): boolean {
	return value.startsWith('-');
}

/** Rounded half up to so many places after the point, trailing zeros kept: `round("2.5", 2)` is "2.50". */
export function round(value: Decimal, places: number): Decimal {
	const text = new Exact(value).toFixed(places);
	return isZero(text) ? absolute(text) : text;
}

/** Without the zeros that end a fraction: "12.50" is "12.5", "3.00" is "3". */
export function trimZeros(value: Decimal): Decimal {
	return value.includes('.') ? value.replace(/\.?0+$/, '') : value;
}

/** Whether the text keeps within the size that this program computes with. */
export function fits(value: Decimal): boolean {
	return value.length <= MAX_DIGITS || parseDecimal(value) !== null;
}

/** The nearest double, for drawing and for percentiles only. */
export function toNumber(value: Decimal): number {
	return Number(value);
}
