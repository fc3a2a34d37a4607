import type { Operation } from '../../domain/operation.ts';
import type { Locale } from '../../domain/own-text.ts';
import { formatBare, formatValue, quantity } from '../../domain/value.ts';
import { levelWord } from '../../i18n/levels.ts';
import { ageText } from '../../i18n/times.ts';
import type { StyleName } from '../../ui/theme.ts';
import { stateWord } from './words.ts';

export interface OperationResult {
	readonly text: string;
	readonly style: StyleName;
	/** Which of the theme's level glyphs stands before it. */
	readonly glyph: Operation['level'];
}

/** How an operation stands, in a word: running, its level once done, or how else it ended. */
export function resultOf(operation: Operation, locale: Locale): OperationResult {
	if (operation.state === 'running')
		return { text: stateWord('running', locale), style: 'accent', glyph: 'pending' };
	if (operation.state !== 'done')
		return { text: stateWord(operation.state, locale), style: 'unknown', glyph: 'unknown' };
	return { text: levelWord(operation.level, locale), style: operation.level, glyph: operation.level };
}

/** How long it took, or takes so far; in steps of 5 s while it runs, so that an idle screen stays still. */
export function tookText(operation: Operation, now: number, locale: Locale): string {
	if (operation.endedAt !== null)
		return formatValue(quantity(operation.endedAt - operation.startedAt, 'ms'), { locale });
	return ageText(now - operation.startedAt, locale);
}

/** `passed 8 · total 8`. */
export function samplesText(operation: Operation, locale: Locale): string {
	return Object.entries(operation.samples)
		.map(([name, value]) => `${name} ${formatBare(value, { locale })}`)
		.join(' · ');
}
