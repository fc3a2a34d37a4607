import { absolute, divide, isNegative, isZero, subtract } from '../../domain/decimal.ts';
import type { Locale } from '../../domain/own-text.ts';
import { formatValue, isQuantity, type SampleValue } from '../../domain/value.ts';

/** Two values are the same when their numbers and units are; `5` and `5.0` are one number. */
export function isSame(left: SampleValue, right: SampleValue): boolean {
	if (isQuantity(left) && isQuantity(right))
		return left.unit === right.unit && isZero(subtract(left.number, right.number));
	return left === right;
}

/** What became of a signed value: `=`, `−46,649 (−95.97 %)`, or `≠` for what cannot be subtracted. */
export function changeText(from: SampleValue, to: SampleValue, locale: Locale): string {
	if (isSame(from, to)) return '=';
	if (!isQuantity(from) || !isQuantity(to) || from.unit !== to.unit) return '≠';
	const by = subtract(to.number, from.number);
	const sign = isNegative(by) ? '−' : '+';
	const amount = `${sign}${formatValue({ number: absolute(by), unit: from.unit }, { locale })}`;
	const share = isZero(from.number) ? null : divide(absolute(by), absolute(from.number));
	return share === null
		? amount
		: `${amount} (${sign}${formatValue({ number: share, unit: 'ratio' }, { locale })})`;
}
