import {
	absolute,
	compare,
	type Decimal,
	divide,
	isNegative,
	isZero,
	multiply,
	round,
	trimZeros,
} from './decimal.ts';
import type { Locale } from './own-text.ts';
import { clean } from './text.ts';
import type { Quantity, SampleValue } from './value.ts';

export interface FormatOptions {
	readonly locale?: Locale;
	/** No rounding, for when two rounded values would read the same though they differ. */
	readonly exact?: boolean;
	/** The most characters of a string that are shown; 60 when not said. */
	readonly maxText?: number;
}

const SMALL_SIZES = [
	['1099511627776', 'TiB'],
	['1073741824', 'GiB'],
	['1048576', 'MiB'],
	['1024', 'KiB'],
] as const;
const SECOND = '1000';
const MINUTE = 60_000;
const LONG_UNITS = {
	en: { day: 'd', hour: 'h', minute: 'min', second: 's' },
	'zh-CN': { day: '天', hour: '小时', minute: '分', second: '秒' },
} as const;
const LIST_SHOWN = 8;

/**
 * A value as screens, reports and notices show it: `48,609`, `612 ms`, `1.5 MiB`, `95.97 %`, `"ready"`, `[200, 204]`.
 * One line, safe to draw: strings are quoted, cleaned, and cut on character borders. The one place for this.
 */
export function formatValue(
	value: SampleValue | readonly SampleValue[],
	options: FormatOptions | Locale = {},
): string {
	const settings = typeof options === 'string' ? { locale: options } : options;
	if (isList(value)) return formatList(value, settings);
	if (value === null) return 'null';
	if (typeof value === 'boolean') return value ? 'true' : 'false';
	if (typeof value === 'string') return quote(value, settings.maxText ?? 60);
	return formatQuantity(value, settings);
}

/** The same, but text is drawn bare, as a cell of a table wants it: `ready`. */
export function formatBare(value: SampleValue | readonly SampleValue[], options: FormatOptions = {}): string {
	return typeof value === 'string'
		? clean(value, { max: options.maxText ?? 60 })
		: formatValue(value, options);
}

function isList(value: SampleValue | readonly SampleValue[]): value is readonly SampleValue[] {
	return Array.isArray(value);
}

function formatList(values: readonly SampleValue[], options: FormatOptions): string {
	const shown = values.slice(0, LIST_SHOWN).map((value) => formatValue(value, { ...options, maxText: 20 }));
	return `[${shown.join(', ')}${values.length > LIST_SHOWN ? ', …' : ''}]`;
}

function formatQuantity({ number, unit }: Quantity, options: FormatOptions): string {
	switch (unit) {
		case 'none':
			return group(options.exact ? number : shorten(number));
		case 'ratio': {
			const percent = multiply(number, '100');
			return `${group(trimZeros(options.exact ? percent : significant(percent, 2)))} %`;
		}
		case 'bytes':
			return formatBytes(number, options.exact === true);
		case 'ms':
			return formatDuration(number, options);
	}
}

function formatBytes(number: Decimal, exact: boolean): string {
	const step = exact ? undefined : SMALL_SIZES.find(([size]) => compare(absolute(number), size) >= 0);
	if (step === undefined) return `${group(trimZeros(exact ? number : significant(number, 1)))} B`;
	return `${group(trimZeros(round(divide(number, step[0]) ?? '0', 1)))} ${step[1]}`;
}

function formatDuration(number: Decimal, { locale = 'en', exact = false }: FormatOptions): string {
	const size = Number(absolute(number));
	if (exact || size < 999.5) {
		const places = size < 9.995 ? 2 : size < 99.95 ? 1 : 0;
		return `${group(trimZeros(exact ? number : significant(number, places)))} ms`;
	}
	const seconds = divide(number, SECOND) ?? '0';
	if (size < MINUTE) return `${trimZeros(round(seconds, 2))} s`;
	return `${isNegative(number) ? '−' : ''}${formatLong(Math.round(size / 1000), locale)}`;
}

/** The two largest units of a long duration; more would be noise. */
function formatLong(seconds: number, locale: Locale): string {
	const names = LONG_UNITS[locale];
	const parts: [number, string][] = [
		[Math.floor(seconds / 86_400), names.day],
		[Math.floor(seconds / 3600) % 24, names.hour],
		[Math.floor(seconds / 60) % 60, names.minute],
		[seconds % 60, names.second],
	];
	const first = parts.findIndex(([count]) => count > 0);
	return parts
		.slice(first, first + 2)
		.filter(([count]) => count > 0)
		.map(([count, name]) => `${group(String(count))} ${name}`)
		.join(' ');
}

/** A plain number as written when that is short, else rounded to six places. */
function shorten(number: Decimal): string {
	const fraction = number.split('.')[1] ?? '';
	return fraction.length <= 6 ? number : trimZeros(significant(number, 6));
}

/** Rounded to so many places, but a small number keeps two digits: nothing that is not zero is drawn as zero. */
function significant(number: Decimal, places: number): string {
	const zeros = /^-?0\.(0*)[1-9]/.exec(number)?.[1]?.length ?? 0;
	return isZero(number) ? '0' : round(number, Math.max(places, zeros === 0 ? 0 : zeros + 2));
}

function group(number: string): string {
	const [whole = '', fraction] = number.replace('-', '−').split('.');
	const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
	return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

function quote(text: string, limit: number): string {
	return JSON.stringify(clean(text, { max: limit }));
}
