import { isStale } from '../domain/check-state.ts';
import type { Level } from '../domain/level.ts';
import type { Reason } from '../domain/observation.ts';
import type { Locale } from '../domain/own-text.ts';
import type { CheckFace, CheckPicture } from '../domain/picture.ts';
import { formatValue } from '../domain/value.ts';
import { faultText } from '../i18n/fault.ts';
import { levelWord } from '../i18n/levels.ts';
import { say } from '../i18n/messages.ts';
import { reasonText } from '../i18n/reason.ts';
import { ageText } from '../i18n/times.ts';
import { type Painted, paint } from './print.ts';
import { cliWords } from './words.ts';

const GLYPH: Readonly<Record<Level, string>> = {
	ok: '●',
	warning: '▲',
	critical: '✖',
	unknown: '?',
	pending: '○',
};
const SGR: Readonly<Record<Level, string>> = {
	ok: '32',
	warning: '33',
	critical: '31',
	unknown: '35',
	pending: '90',
};

/** Glyph, word and colour together: no level is told by colour alone. */
export function levelMark(level: Level, locale: Locale): Painted {
	return paint(SGR[level], `${GLYPH[level]} ${levelWord(level, locale)}`);
}

/** The level to show now: a stale check is unknown, never green. */
export function presentLevel(face: CheckFace, picture: CheckPicture | undefined, now: number): Level {
	if (!picture || picture.at === 0 || picture.hushed?.kind === 'hours') return 'pending';
	return isStale(picture.at, now, face) ? 'unknown' : picture.level;
}

export function reasonLine(reason: Reason, locale: Locale): string {
	if (reason.kind === 'fault') return faultText(reason.fault, locale);
	if (reason.kind === 'bug') return reason.text;
	return reasonText(reason.outcome, locale, reason.severity);
}

/** `customers 8 · latency 52 ms`: what a check is really about, in one line. */
export function valuesLine(face: CheckFace, picture: CheckPicture | undefined, locale: Locale): string {
	if (!picture) return '';
	const shown = face.values.flatMap(({ name }) => {
		const value = picture.samples[name];
		return value === undefined || value === '' ? [] : [`${name} ${formatValue(value, { locale })}`];
	});
	const headline = face.headline === null ? undefined : picture.samples[face.headline];
	const all =
		headline === undefined || face.headline === null
			? shown
			: [...shown, `${face.headline} ${formatValue(headline, { locale })}`];
	return [...new Set(all)].slice(0, 4).join(' · ');
}

/** How old the newest observation is, in words. */
export function ageLine(
	face: CheckFace,
	picture: CheckPicture | undefined,
	now: number,
	locale: Locale,
): string {
	if (!picture || picture.at === 0) return say(cliWords, locale, 'no-observation');
	const age = say(cliWords, locale, 'observed', { age: ageText(now - picture.at, locale) });
	return isStale(picture.at, now, face) ? `${age} (${say(cliWords, locale, 'stale')})` : age;
}
