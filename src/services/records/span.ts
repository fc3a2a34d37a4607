import type { Locale } from '../../domain/own-text.ts';
import { formatValue, quantity } from '../../domain/value.ts';

/** A duration in a record: whole seconds, in the words values are shown with. */
export function spanText(ms: number, locale: Locale): string {
	return formatValue(quantity(Math.round(ms / 1000) * 1000, 'ms'), { locale });
}
