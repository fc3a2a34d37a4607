import { actionFace } from '../../actions/index.ts';
import type { Operation } from '../../domain/operation.ts';
import { type Locale, ownText } from '../../domain/own-text.ts';
import { formatBare, formatValue, quantity } from '../../domain/value.ts';
import { foundTexts } from '../../i18n/backup.ts';
import { levelWord } from '../../i18n/levels.ts';
import { ageText } from '../../i18n/times.ts';
import type { PictureState } from '../../store/index.ts';
import type { StyleName } from '../../ui/theme.ts';
import { sayReason } from '../reasons.ts';
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
export function samplesText(state: PictureState, operation: Operation, locale: Locale): string {
	if (actionFace(state, operation.action)?.backup) return foundTexts(operation.samples, locale).join(' · ');
	return Object.entries(operation.samples)
		.map(([name, value]) => `${name} ${formatBare(value, { locale })}`)
		.join(' · ');
}

/** What it is called in the reader's language; as it was called when it began where its action is gone. */
export function titleOf(state: PictureState, operation: Operation, locale: Locale): string {
	const face = actionFace(state, operation.action);
	return face ? ownText(face.title, locale) : operation.title;
}

/** Its values, or in their place why it failed. */
export function foundText(state: PictureState, operation: Operation, locale: Locale): string {
	const [reason] = operation.reasons;
	if (reason !== undefined && operation.level !== 'ok') return sayReason(reason, locale);
	return samplesText(state, operation, locale);
}
