import type { Reason } from '../../domain/observation.ts';
import type { Locale } from '../../domain/own-text.ts';
import { excerpt } from '../../domain/text.ts';
import { faultText } from '../../i18n/fault.ts';
import { reasonText } from '../../i18n/reason.ts';

/** Why a level is what it is, in one line: the same words as on the screen. */
export function reasonLine(reason: Reason, locale: Locale): string {
	switch (reason.kind) {
		case 'condition':
			return reasonText(reason.outcome, locale, reason.severity);
		case 'fault':
			return faultText(reason.fault, locale);
		case 'bug':
			return `${locale === 'en' ? 'error in the check itself: ' : '检查本身出错：'}${excerpt(reason.text, 120)}`;
	}
}
