import { compare, multiply, round } from '../decimal.ts';
import { asNumber, type Operand } from './operand.ts';

const ISO =
	/^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|z|[+-]\d{2}(?::?\d{2})?)?)?$/;
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
// Seconds since 1970 stay below this until the year 5138; milliseconds are above it since 1973.
const LEAST_MS = '100000000000';
const MOST_MS = '8640000000000000';

/**
 * The instant an operand names, in epoch ms: ISO 8601 (UTC when it says no zone), an HTTP date, or epoch seconds or
 * milliseconds. null when it is none; 30 February is none.
 */
export function readInstant(operand: Operand): number | null {
	const number = asNumber(operand);
	if (number !== null) {
		const isMs = compare(number.number, LEAST_MS) >= 0;
		const ms = isMs ? number.number : multiply(number.number, '1000');
		const isTime = compare(ms, '0') >= 0 && compare(ms, MOST_MS) <= 0;
		return isTime ? Number(round(ms, 0)) : null;
	}
	return typeof operand === 'string' && operand.length <= 40 ? readTime(operand) : null;
}

/** The same for text alone: numbers are no times here. */
export function readTime(text: string): number | null {
	if (HTTP_DATE.test(text)) {
		const at = Date.parse(text);
		return Number.isNaN(at) ? null : at;
	}
	const parts = ISO.exec(text);
	if (parts === null) return null;
	const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
		.slice(1, 7)
		.map((part) => Number(part ?? 0));
	const isTime = hour < 24 && minute < 60 && second <= 60;
	const midnight = Date.UTC(year, month - 1, day);
	const isDay = new Date(midnight).getUTCMonth() === month - 1 && new Date(midnight).getUTCDate() === day;
	if (!isDay || !isTime || year < 1000) return null;
	const fraction = Number(`0.${parts[7] ?? '0'}`) * 1000;
	return midnight + ((hour * 60 + minute) * 60 + second) * 1000 + Math.floor(fraction) - zoneMs(parts[8]);
}

function zoneMs(zone: string | undefined): number {
	if (zone === undefined || zone === 'Z' || zone === 'z') return 0;
	const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(':', '') || 0)];
	return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
