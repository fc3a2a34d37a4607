import type { Refusal } from '../domain/engine.ts';
import type { Locale } from '../domain/own-text.ts';
import { say } from '../i18n/messages.ts';
import { refusalText } from '../i18n/refusal.ts';
import { clockText } from '../i18n/times.ts';
import { backupWords } from './backup-words.ts';

const MINUTE_MS = 60_000;

/** Why the engine did not do it; where another operator has to agree, who asked and until when. */
export function planRefusalText(refusal: Refusal, locale: Locale, zone: string): string {
	if (refusal.kind !== 'refused' || refusal.why !== 'needs-second') return refusalText(refusal, locale, zone);
	const { by, at, minutes } = refusal.detail;
	if (by === undefined || at === undefined || minutes === undefined)
		return refusalText(refusal, locale, zone);
	return say(backupWords, locale, 'second-wait', {
		by,
		at: clockText(Number(at), zone),
		until: clockText(Number(at) + Number(minutes) * MINUTE_MS, zone),
	});
}
