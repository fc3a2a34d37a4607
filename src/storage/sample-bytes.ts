import type { Figure } from '../domain/storage-port.ts';
import type { Quantity, SampleValue, Unit } from '../domain/value.ts';
import type { ByteReader, ByteWriter } from './bytes.ts';
import { DamagedRow } from './faults.ts';

/** Units and kinds as they are stored: never renumber. */
const UNITS: readonly Unit[] = ['none', 'ms', 'bytes', 'ratio'];
const NULL = 0;
const FALSE = 1;
const TRUE = 2;
const TEXT = 3;
const WHOLE = 4;
const SCALED = 5;
/** A decimal too long for a scaled whole number, as its text. */
const LONG = 6;

/** 15 digits fit a double exactly with room for the sign bit of `signed`. */
const MAX_SCALED_DIGITS = 15;

export interface Scaled {
	readonly whole: number;
	readonly scale: number;
}

/** "-12.50" is −1250 at scale 2; null when this would not give the same text back. */
export function toScaled(decimal: string): Scaled | null {
	if (decimal.length > MAX_SCALED_DIGITS + 2) return null;
	const point = decimal.indexOf('.');
	const scale = point === -1 ? 0 : decimal.length - point - 1;
	const digits = point === -1 ? decimal : decimal.slice(0, point) + decimal.slice(point + 1);
	const whole = Number(digits);
	if (!Number.isInteger(whole) || Math.abs(whole) >= 10 ** MAX_SCALED_DIGITS) return null;
	return fromScaled(whole, scale) === decimal ? { whole, scale } : null;
}

export function fromScaled(whole: number, scale: number): string {
	if (scale === 0) return String(whole);
	const digits = String(Math.abs(whole)).padStart(scale + 1, '0');
	const cut = digits.length - scale;
	return `${whole < 0 ? '-' : ''}${digits.slice(0, cut)}.${digits.slice(cut)}`;
}

export function writeValue(to: ByteWriter, value: SampleValue): void {
	if (value === null) {
		to.byte(NULL);
	} else if (typeof value === 'boolean') {
		to.byte(value ? TRUE : FALSE);
	} else if (typeof value === 'string') {
		to.byte(TEXT);
		to.text(value);
	} else {
		writeQuantity(to, value);
	}
}

function writeQuantity(to: ByteWriter, { number, unit }: Quantity): void {
	const unitBits = UNITS.indexOf(unit) << 4;
	const scaled = toScaled(number);
	if (scaled === null) {
		to.byte(LONG | unitBits);
		to.text(number);
		return;
	}
	to.byte((scaled.scale === 0 ? WHOLE : SCALED) | unitBits);
	if (scaled.scale > 0) to.count(scaled.scale);
	to.signed(scaled.whole);
}

export function readValue(from: ByteReader): SampleValue {
	const tag = from.byte();
	const unit = UNITS[tag >> 4];
	if (unit === undefined) throw new DamagedRow(`stored unit ${tag >> 4}`);
	switch (tag & 0x0f) {
		case NULL:
			return null;
		case FALSE:
			return false;
		case TRUE:
			return true;
		case TEXT:
			return from.text();
		case WHOLE:
			return { number: String(from.signed()), unit };
		case SCALED: {
			const scale = from.count();
			return { number: fromScaled(from.signed(), scale), unit };
		}
		case LONG:
			return { number: from.text(), unit };
		default:
			throw new DamagedRow(`stored value kind ${tag & 0x0f}`);
	}
}

/** Both are exact up to here, so their quotient is the double nearest to the decimal. */
const POWERS = Array.from({ length: MAX_SCALED_DIGITS + 2 }, (_, scale) => Number(`1e${scale}`));

export function toFigure(whole: number, scale: number): number {
	const power = POWERS[scale];
	if (power === undefined) throw new DamagedRow(`stored scale ${scale}`);
	return whole / power;
}

/** Reads what `readValue` would, and makes no text of it. `scaled` takes what a step of a column goes on from. */
export function readFigure(from: ByteReader, scaled: { whole: number; scale: number }): Figure {
	const tag = from.byte();
	if (tag >> 4 >= UNITS.length) throw new DamagedRow(`stored unit ${tag >> 4}`);
	switch (tag & 0x0f) {
		case NULL:
			return null;
		case FALSE:
			return false;
		case TRUE:
			return true;
		case TEXT:
			from.skipText();
			return null;
		case WHOLE:
		case SCALED:
			scaled.scale = (tag & 0x0f) === WHOLE ? 0 : from.count();
			scaled.whole = from.signed();
			return toFigure(scaled.whole, scaled.scale);
		case LONG:
			return Number(from.text());
		default:
			throw new DamagedRow(`stored value kind ${tag & 0x0f}`);
	}
}

export function skipValue(from: ByteReader): void {
	const kind = from.byte() & 0x0f;
	if (kind === TEXT || kind === LONG) from.skipText();
	else if (kind === SCALED || kind === WHOLE) {
		if (kind === SCALED) from.count();
		from.count();
	} else if (kind > LONG) throw new DamagedRow(`stored value kind ${kind}`);
}

export function sameValue(a: SampleValue, b: SampleValue): boolean {
	if (a === b) return true;
	if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
	return a.number === b.number && a.unit === b.unit;
}
